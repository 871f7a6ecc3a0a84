"""Which configurations were made for which workload, and how one that lies elsewhere is found."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

from advisor.configuration.api.spelling import nearest
from advisor.configuration.document import Document, Resource, World
from advisor.configuration.source import read_source
from advisor.gate.finding import GateFinding
from advisor.gate.rules.service_walk import load_service
from advisor.gate.settings import Pair
from advisor.model.errors import InputError
from advisor.model.workload import Workload

COMPARED = ("EndpointConfig", "TransformJob")
"""Kinds of resources that make one of the four options."""
_TERRAFORM = (".tf", ".tf.json", ".tfvars")


def own_pairs(workload: Workload) -> list[Pair]:
    """``artifacts:`` of a workload, relative to its file."""
    base = os.path.dirname(workload.file)
    return [
        Pair(
            workload.file,
            os.path.normpath(os.path.join(base, str(path))),
            workload.file,
            workload.name,
        )
        for path in workload.mapping("artifacts").values()
    ]


def is_of(pair: Pair, finding: GateFinding) -> bool:
    """Whether a finding lies in the configuration of a pair, which may be a folder of Terraform."""
    path, _, address = pair.artifact.partition("#")
    places = (os.path.normpath(finding.file), os.path.dirname(finding.file) or ".")
    return os.path.normpath(path) in places and address in ("", finding.address)


def documents_at(path: str) -> list[Document]:
    """The documents of a file or folder that is not among the paths of a run.

    Raises:
        InputError: it cannot be read.
    """
    from advisor.configuration.reading import read_configuration, read_terraform
    from advisor.configuration.terraform.modules import read_modules

    if not os.path.isdir(path) and not path.endswith((".tf", ".tf.json")):
        document = read_configuration(read_source(path), load_service()).document
        return [] if document is None else [document]
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    try:
        names = sorted(name for name in os.listdir(folder or ".") if name.endswith(_TERRAFORM))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path) from None
    sources, errors = read_terraform(os.path.join(folder, name) for name in names)
    own = [each for each in errors if each.file == path]
    if own:
        raise own[0]
    reads = (found.read for found in read_modules({folder: sources}, load_service()))
    return [
        read.document
        for read in reads
        if read.document is not None
        and (path == folder or any(source.file == path for source in read.sources))
    ]


def resources_of(pair: Pair, documents: Sequence[Document]) -> Iterator[tuple[World, Resource]]:
    """The resources that a pair means, each in its world.

    Raises:
        InputError: it names an address, and nothing is there.
    """
    address = pair.artifact.partition("#")[2]
    known: list[str] = []
    found = False
    for world in (world for document in documents for world in document.worlds):
        for resource in world.resources:
            if resource.kind not in COMPARED:
                continue
            if not address or address in (resource.address, resource.identity):
                found = True
                yield world, resource
            known.append(resource.address)
    if address and not found:
        raise _nothing_there(pair, address, known)


def _nothing_there(pair: Pair, address: str, known: Iterable[str]) -> InputError:
    names = list(dict.fromkeys(known))
    near = nearest(address, names)
    listed = f"there is {', '.join(names)}" if names else "it holds no endpoint configuration"
    return InputError(
        f"{pair.where} names {address} in this file, and it is not there",
        file=pair.artifact.partition("#")[0],
        hint=f"did you mean {near}?" if near else listed,
    )
