"""Which configurations and archives were made for which workload, as pairs; what a pair means."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from advisor.configuration.document import REQUESTS, Document, Resource, World
from advisor.configuration.files import (
    is_archive_name,
    parameter_sources,
    read_source,
    read_sources,
    terraform_files,
)
from advisor.configuration.reading import read_configuration
from advisor.gate.finding import GateFinding
from advisor.gate.rules.service_walk import load_service
from advisor.gate.settings import Pair, pair_of
from advisor.model.errors import InputError
from advisor.model.value import Value
from advisor.model.workload import Workload
from advisor.text.spelling import nearest

if TYPE_CHECKING:
    from advisor.model.advice import Advice

COMPARED = ("EndpointConfig", "TransformJob")
"""Kinds of resources that make one of the four options."""
BY_ARTIFACT, BY_NAME = "model.artifact", "the name of the workload"
"""Where a pair comes from that nobody wrote down: both have the same name, or end in it."""
_SUFFIX = re.compile(
    r"[0-9a-f]{6,}|v?\d+|c(?:on)?fi?g(?:uration)?|ep|endpoint|variant|transform|job|prod(?:uction)?"
    r"|dev|test|stag(?:e|ing)|serverless|async|batch|real|time|this|main"
)
"""Words that may follow the name of a workload in the name of what was made for it."""
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+")


class AnsweredWorkloads(Value):
    """The workloads of a run with what is known of their answers."""

    workloads: tuple[Workload, ...] = ()
    findings: tuple[GateFinding, ...] = ()
    errors: tuple[InputError, ...] = ()
    pairs: tuple[Pair, ...] = ()  # that the workloads state themselves
    advices: Mapping[str, tuple[Advice, ...]] = {}  # normalised path -> answers that have a pair
    answers: Mapping[str, Mapping[str, object]] = {}  # workload -> what a lock file keeps of it


class OfWorkload(Value):
    """Findings of something that was made for a workload, which may accept them."""

    workload: Workload
    findings: tuple[GateFinding, ...]


def own_pairs(workload: Workload) -> list[Pair]:
    """``artifacts:`` of a workload, relative to its file."""
    base = os.path.dirname(workload.file)
    return [
        Pair(
            workload=workload.file,
            artifact=os.path.normpath(os.path.join(base, str(path))),
            where=workload.file,
            name=workload.name,
        )
        for path in workload.mapping("artifacts").values()
    ]


def is_of(pair: Pair, finding: GateFinding) -> bool:
    """Whether a finding lies in the configuration of a pair, which may be a folder of Terraform."""
    path, _, address = pair.artifact.partition("#")
    places = (os.path.normpath(finding.file), os.path.dirname(finding.file) or ".")
    return os.path.normpath(path) in places and address in ("", finding.address)


def pairs_by_artifact(workload: Workload, archives: Sequence[str]) -> list[Pair]:
    """The archives that end in the same name as what a workload states for its model."""
    stated = (workload.text("model.artifact") or "").rpartition("/")[2]
    return [
        Pair(workload=workload.file, artifact=path, where=BY_ARTIFACT, name=workload.name)
        for path in archives
        if stated and os.path.basename(path) == stated
    ]


def unpaired(workloads: Iterable[Workload], pairs: Iterable[Pair]) -> dict[str, list[Workload]]:
    """The workloads that no pair names, by the folder of their file, normalised."""
    named = {(os.path.normpath(pair.workload), pair.name) for pair in pairs}
    found: dict[str, list[Workload]] = {}
    for each in workloads:
        path = os.path.normpath(each.file)
        if named.isdisjoint(((path, ""), (path, each.name))):
            found.setdefault(os.path.dirname(path) or ".", []).append(each)
    return found


def with_those_above(folders: Iterable[str]) -> set[str]:
    """Folders and all in which they lie, normalised."""
    found: set[str] = set()
    for folder in folders:
        path = os.path.normpath(folder or ".")
        while path not in found:
            found.add(path)
            path = os.path.dirname(path) or "."
    return found


def pairs_by_name(workloads: Mapping[str, list[Workload]], document: Document) -> list[Pair]:
    """The configurations of a document that have the name of a workload in or above its folder."""
    own = document.file if os.path.isdir(document.file or ".") else os.path.dirname(document.file)
    near = [each for folder in with_those_above([own]) for each in workloads.get(folder, ())]
    found: dict[Pair, None] = {}
    for world in document.worlds if near else ():
        for resource in chain.from_iterable(map(world.of_kind, COMPARED)):
            path = resource.mark.file if resource.dialect in REQUESTS else document.file
            names = [_words(name) for name in _names(world, resource)]
            address = resource.address
            for each in near:
                if any(_is_for(_words(each.name), words) for words in names):
                    pair = pair_of(f"{each.file}#{each.name}", f"{path or '.'}#{address}", BY_NAME)
                    found[pair] = None
    return list(found)


def _names(world: World, resource: Resource) -> Iterator[str]:
    """What a configuration and its endpoints are called, as far as that is literal."""
    using = [
        each
        for each in world.of_kind("Endpoint")
        if world.meant_by(each.body.get("EndpointConfigName"), *CONFIG) is resource
    ]
    for each in (resource, *using):
        node = each.body.get(f"{each.kind}Name")
        first = node.value[0] if node is not None and node.kind == "text" else None
        yield str(node.value) if node is not None and node.kind == "scalar" else str(first or "")
        yield "" if each.dialect in REQUESTS else each.identity.rpartition(".")[2]


CONFIG = ("EndpointConfig", "EndpointConfigName")
"""The kind that an endpoint names, and the field in which it does."""


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]


def _is_for(wanted: Sequence[str], words: Sequence[str]) -> bool:
    """Whether a name is that of a workload, with nothing behind it that makes it another."""
    rest = words[len(wanted) :]
    return words[: len(wanted)] == wanted and all(map(_SUFFIX.fullmatch, rest))


def of_archives(pairs: Iterable[Pair], named: Sequence[str]) -> tuple[list[Pair], list[Pair]]:
    """The pairs whose artifact is a model archive, and the others."""
    known = {os.path.normpath(path) for path in named}
    archives: list[Pair] = []
    others: list[Pair] = []
    for pair in pairs:
        path = os.path.normpath(pair.artifact)
        (archives if path in known or is_archive_name(path) else others).append(pair)
    return archives, others


def meant(pair: Pair, answered: AnsweredWorkloads) -> list[Advice]:
    """The answers to the workload of a pair; none where its file could not be read.

    Raises:
        InputError: the file holds several, or none of the name.
    """
    advices = answered.advices.get(os.path.normpath(pair.workload), ())
    names = [advice.workload.name for advice in advices]
    if pair.name and advices and pair.name not in names:
        near = nearest(pair.name, names)
        hint = f"did you mean {near}?" if near else f"there is {', '.join(names)}"
        raise InputError(
            f"no workload here has the name {pair.name}", file=pair.workload, hint=hint
        )
    if not pair.name and len(advices) > 1:
        raise InputError(
            f"this file holds {len(advices)} workloads, and {pair.where} names none of them",
            file=pair.workload,
            hint=f"name one: {pair.workload}#{names[0]}",
        )
    return [each for each in advices if pair.name in ("", each.workload.name)]


def documents_of(pair: Pair, known: Mapping[str, Document]) -> list[Document]:
    """The configuration of a pair, read now when it is not among those of the run.

    Args:
        pair: a workload and its configuration.
        known: the documents of the run by their normalised path.

    Raises:
        InputError: it cannot be read.
    """
    path = pair.artifact.partition("#")[0]
    found = known.get(os.path.normpath(path))
    if found is not None:
        return [found]
    try:
        return [document for document, _ in documents_at(path)]
    except InputError as error:
        message = f"{pair.where} names this file: {error.message}"
        raise InputError(message, file=path, hint=error.hint) from None


def documents_at(path: str) -> list[tuple[Document, str]]:
    """The documents of a file or a folder of Terraform, each with the Region of its provider.

    Raises:
        InputError: it cannot be read.
    """
    from advisor.configuration.terraform.modules import read_modules
    from advisor.configuration.terraform.neighbours import with_neighbours

    if not os.path.isdir(path) and not path.endswith((".tf", ".tf.json")):
        source, beside = read_source(path), parameter_sources(path)
        document = read_configuration(source, load_service(), beside=beside).document
        return [] if document is None else [(document, "")]
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    try:
        files = terraform_files(folder)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path) from None
    sources, errors = read_sources(files)
    own = [each for each in errors if each.file == path]
    if own:
        raise own[0]
    folders = with_neighbours({folder: sources}, lambda _: False)
    return [
        (found.read.document, found.region)
        for found in read_modules(folders, load_service(), [each.file for each in sources])
        if found.read.document is not None
        and (path == folder or any(source.file == path for source in found.read.sources))
    ]


def resources_of(pair: Pair, documents: Sequence[Document]) -> Iterator[tuple[World, Resource]]:
    """The resources that a pair means, each in its world.

    Raises:
        InputError: it names an address, and nothing is there.
    """
    path, _, address = pair.artifact.partition("#")
    known: list[str] = []
    found = False
    for world in (world for document in documents for world in document.worlds):
        for resource in world.resources:
            if resource.kind not in COMPARED or not _is_in(path, resource):
                continue
            if not address or address in (resource.address, resource.identity):
                found = True
                yield world, resource
            known.append(resource.address)
    if address and not found:
        names = list(dict.fromkeys(known))
        near = nearest(address, names)
        listed = f"there is {', '.join(names)}" if names else "it holds no endpoint configuration"
        raise InputError(
            f"{pair.where} names {address} in this file, and it is not there",
            file=path,
            hint=f"did you mean {near}?" if near else listed,
        )


def _is_in(path: str, resource: Resource) -> bool:
    """Whether a resource is of a path; a file of requests is read with the others beside it."""
    file = os.path.normpath(resource.mark.file)
    return resource.dialect not in REQUESTS or os.path.normpath(path) in (
        file,
        os.path.dirname(file) or ".",
    )
