"""The configurations of a run → findings: each file is read, judged and let go, one by one."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from advisor.configuration.api.service import ServiceModel
from advisor.configuration.discover import STDIN, FoundFiles
from advisor.configuration.document import Document, Node, Read, ReadFault
from advisor.configuration.files import (
    is_terraform,
    parameter_sources,
    read_source,
    read_sources,
    terraform_files,
)
from advisor.configuration.reading import read_configuration
from advisor.configuration.source import SourceText, decode
from advisor.gate.checks import Check
from advisor.gate.finding import GateFinding, Waiver, together
from advisor.gate.policy.waivers import comments_of
from advisor.gate.rules.judge import Judge
from advisor.gate.rules.service_walk import load_service
from advisor.gate.settings import CheckOptions, Organisation, organisation_of
from advisor.model.errors import InputError
from advisor.model.value import Value

if TYPE_CHECKING:
    from advisor.configuration.terraform.modules import TerraformRead


class JudgedConfigurations(Value):
    """What came of one configuration, or of several together."""

    findings: tuple[GateFinding, ...] = ()
    errors: tuple[InputError, ...] = ()
    unread: tuple[str, ...] = ()  # file, and what of it is in a form that is not read
    comments: Mapping[str, tuple[Waiver, ...]] = {}  # file -> the waivers in it
    sources: Mapping[str, SourceText] = {}  # file -> its text, where a finding or waiver is in it
    documents: Mapping[str, Document] = {}  # normalised path -> what was made for a workload
    read: tuple[Document, ...] = ()  # all of them, where the caller wants to see their values
    configurations: int = 0
    resources: int = 0
    unresolved: tuple[str, ...] = ()  # resources that are not among them, and why
    ignored: int = 0  # files


class _Judging(Value):
    """What is the same for every configuration of a run."""

    options: CheckOptions
    found: FoundFiles
    checks: Mapping[str, Check]
    service: ServiceModel
    kept: frozenset[str]  # normalised paths of configurations that were made for a workload


def judge_configurations(
    found: FoundFiles, options: CheckOptions, checks: Mapping[str, Check], kept: frozenset[str]
) -> JudgedConfigurations:
    """Judge every request, template, plan and Terraform folder that was found.

    Args:
        found: their names.
        options: of the run.
        checks: every check by its id.
        kept: normalised paths of those whose documents are wanted afterwards.

    Raises:
        InputError: an organisation's file cannot be read.
    """
    run = _Judging(options=options, found=found, checks=checks, service=load_service(), kept=kept)
    paths = options.counted(found.configurations, "configurations")
    return together(
        JudgedConfigurations, [*(_of_file(path, run) for path in paths), _of_terraform(run)]
    )


def _of_file(path: str, run: _Judging) -> JudgedConfigurations:
    try:
        source = _source(path, run.options)
        organisation = organisation_of(os.path.dirname(path))
        region = run.options.configured_in or organisation.region
        beside = parameter_sources(path) if path != STDIN else ()
        read = read_configuration(source, run.service, region, beside)
    except InputError as error:
        return JudgedConfigurations(errors=(error,))
    if read.document is None or not _holds_something(read.document):
        return _of_nothing(path, read, run)
    return _judged(read.document, read.sources, organisation, region, run)


def _source(path: str, options: CheckOptions) -> SourceText:
    return decode(STDIN, options.stdin) if path == STDIN else read_source(path)


def _of_nothing(path: str, read: Read, run: _Judging) -> JudgedConfigurations:
    """A file without resources: an error where somebody named it and it is not known why."""
    unread = _unread(path, read.document) if read.document is not None else ()
    noted = any(note.startswith(f"{path}: ") for note in (*run.found.unread, *unread))
    sifted = run.options.sift and path != STDIN
    if sifted or noted or path not in run.found.named:
        return JudgedConfigurations(unread=unread, ignored=1)
    error = InputError(
        "this file has nothing to check",
        file=path,
        hint="it reads workloads, SageMaker requests, CloudFormation and Terraform",
    )
    return JudgedConfigurations(unread=unread, ignored=1, errors=(error,))


def _judged(
    document: Document,
    sources: Sequence[SourceText],
    organisation: Organisation,
    region: str,
    run: _Judging,
) -> JudgedConfigurations:
    judge = Judge(
        checks=run.checks,
        service=run.service,
        profiles=run.options.select,
        region=region,
        organisation=organisation,
    )
    findings = judge.findings(document)
    if organisation.owner:
        findings = [finding._replace(owner=organisation.owner) for finding in findings]
    comments = {source.file: tuple(comments_of(source)) for source in sources}
    told = {finding.file for finding in findings}
    names = {os.path.normpath(each or ".") for each in (document.file, *comments)}
    return JudgedConfigurations(
        findings=tuple(findings),
        unread=_unread(document.file, document),
        comments={file: waivers for file, waivers in comments.items() if waivers},
        sources={each.file: each for each in sources if comments[each.file] or each.file in told},
        documents=dict.fromkeys(names & run.kept, document),
        read=(document,) if run.options.verbose else (),
        configurations=1,
        unresolved=tuple(map(" ".join, document.unresolved)),
        resources=max((len(world.resources) for world in document.worlds), default=0),
    )


def _of_terraform(run: _Judging) -> JudgedConfigurations:
    """The Terraform of all folders: a folder may call another as a module."""
    if not run.found.folders:
        return JudgedConfigurations()
    # Reading HCL takes a dozen modules, and most runs hold none.
    from advisor.configuration.terraform.modules import read_modules

    files = list(chain.from_iterable(run.found.folders.values()))
    wanted = frozenset(files)
    folders, errors = _folders(run)
    parts: list[JudgedConfigurations] = []
    made: set[str] = set()  # places of resources: what one root does not make, another may
    holders = Counter[str]()  # file -> the roots that it belongs to
    for module in read_modules(folders, run.service, wanted):
        parts.append(_of_module(module, wanted, run))
        if module.read.document is not None:
            worlds = module.read.document.worlds
            marks = {each.mark for world in worlds for each in world.resources}
            made.update(f"{mark.file}:{mark.line} " for mark in marks)
            holders.update(source.file for source in module.read.sources)
    whole = together(JudgedConfigurations, [JudgedConfigurations(errors=tuple(errors)), *parts])
    findings = tuple(_once([part.findings for part in parts], holders))
    told = {*wanted, *(finding.file for finding in findings)}
    return whole._replace(
        findings=findings,
        comments={file: waivers for file, waivers in whole.comments.items() if file in told},
        unread=tuple(dict.fromkeys(whole.unread)),
        unresolved=tuple(
            dict.fromkeys(each for each in whole.unresolved if not each.startswith(tuple(made)))
        ),
        ignored=0 if whole.configurations else len(files),
    )


def _once(
    parts: Sequence[Sequence[GateFinding]], holders: Mapping[str, int]
) -> Iterator[GateFinding]:
    """The findings of several roots, each once: a module that they share is one text."""
    found: dict[tuple[object, ...], list[GateFinding]] = {}
    for finding in chain.from_iterable(parts):
        key = (finding.rule, finding.file, finding.line, finding.column, finding.message)
        found.setdefault(key, []).append(finding)
    for first, *others in found.values():
        when = first.when
        if len(others) + 1 < holders[first.file] and first.files[-1:] != (first.file,):
            when = ", ".join(filter(None, (f"called from {first.files[-1]}", when)))
        yield first._replace(when=when)


def _folders(run: _Judging) -> tuple[dict[str, list[SourceText]], list[InputError]]:
    """The sources of each folder, also of files that were not named: they belong together."""
    from advisor.configuration.terraform.neighbours import with_neighbours

    folders: dict[str, list[SourceText]] = {}
    errors: list[InputError] = []
    for folder, files in run.found.folders.items():
        if folder != STDIN:
            listed = _whole_folder(folder, files) if run.found.named.intersection(files) else files
            folders[folder], failed = read_sources(listed)
            errors += [error for error in failed if error.file in files]
    walked = [path for path in run.options.paths if os.path.isdir(path)]
    if run.options.changed is not None:
        walked = []
    folders = with_neighbours(folders, run.found.is_excluded, walked)
    if STDIN in run.found.folders:
        folders[STDIN] = [_source(STDIN, run.options)]
    return folders, errors


def _whole_folder(folder: str, files: Sequence[str]) -> list[str]:
    try:
        return list(dict.fromkeys([*files, *terraform_files(folder)]))
    except OSError:
        return list(files)


def _of_module(
    module: TerraformRead, wanted: frozenset[str], run: _Judging
) -> JudgedConfigurations:
    """One Terraform module, unless none of its files is wanted."""
    read, document = module.read, module.read.document
    errors = tuple(error for error in read.errors if error.file in wanted)
    nothing = JudgedConfigurations(
        errors=errors,
        unread=module.unread,
        unresolved=tuple(map(" ".join, document.unresolved)) if document is not None else (),
    )
    if document is None or not _holds_something(document):
        return nothing
    organisation = organisation_of(os.path.dirname(read.sources[0].file))
    misspelt = tuple(_misspelt(module.provider))
    document = document._replace(faults=(*misspelt, *document.faults))
    own = "" if misspelt else module.region
    region = run.options.configured_in or own or organisation.region
    judged = _judged(document, read.sources, organisation, region, run)

    def counts(found: GateFinding) -> bool:
        # Only what is written in a named file, or called or made by one.
        return not wanted.isdisjoint((found.file, *found.files)) or not is_terraform(found.file)

    return judged._replace(
        findings=tuple(filter(counts, judged.findings)),
        errors=errors,
        unread=(*module.unread, *judged.unread),
    )


def _misspelt(provider: Node | None) -> Iterator[ReadFault]:
    """That the Region of a provider is a letter or two away from a known one."""
    if provider is None:
        return
    from advisor.rulebook.load import known_regions
    from advisor.rulebook.regions import misspelling

    wrong = misspelling(str(provider.value), known_regions())
    if wrong is not None:
        yield ReadFault("region-misspelt", provider, "provider.aws", "; ".join(wrong))


def _unread(path: str, document: Document) -> tuple[str, ...]:
    return tuple(f"{path}: {note}" for note in document.unread)


def _holds_something(document: Document) -> bool:
    return bool(document.faults) or any(world.resources for world in document.worlds)
