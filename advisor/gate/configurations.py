"""The configurations of a run → findings: each file is read, judged and let go, one by one."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain, groupby
from typing import TYPE_CHECKING

from advisor.configuration.api.service import ServiceModel
from advisor.configuration.discover import CODE, DATA, STDIN, FoundFiles, discover, nothing_to_check
from advisor.configuration.document import REQUESTS, Document, Node, Read, ReadFault
from advisor.configuration.files import (
    is_terraform,
    parameter_sources,
    read_source,
    read_sources,
    terraform_files,
)
from advisor.configuration.reading import READ_CODE, read_configuration
from advisor.configuration.scenarios import scene
from advisor.configuration.source import SourceText, decode
from advisor.gate.checks import Check
from advisor.gate.finding import GateFinding, Waiver, together
from advisor.gate.intent.pairing import pairs_by_name
from advisor.gate.policy.waivers import comments_of
from advisor.gate.rules.judge import Judge
from advisor.gate.rules.service_walk import load_service
from advisor.gate.settings import CheckOptions, Organisation, Pair, organisation_of
from advisor.model.errors import InputError
from advisor.model.value import Value
from advisor.model.workload import Workload

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
    read: tuple[tuple[Document, str, Organisation], ...] = ()  # with Region; where it is wanted
    pairs: tuple[Pair, ...] = ()  # of workloads with configurations that have their name
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
    workloads: Mapping[str, list[Workload]]  # of which it is not known yet what was made for them

    def may_miss(self, folder: str) -> bool:
        """Whether a folder holds what may make a resource and is not read with its requests."""
        notes = self.found.unread
        return folder in self.found.folders or any(_folder_of(note) == folder for note in notes)


def judge_configurations(
    found: FoundFiles,
    options: CheckOptions,
    checks: Mapping[str, Check],
    kept: frozenset[str],
    workloads: Mapping[str, list[Workload]],
) -> JudgedConfigurations:
    """Judge every request, template, plan and Terraform folder that was found.

    Args:
        found: their names.
        options: of the run.
        checks: every check by its id.
        kept: normalised paths of those whose documents are wanted afterwards.
        workloads: those that no pair names, by their folder; a configuration may have the name.

    Raises:
        InputError: an organisation's file cannot be read.
    """
    run = _Judging(
        options=options,
        found=found,
        checks=checks,
        service=load_service(),
        kept=kept,
        workloads=workloads,
    )
    paths = options.counted(found.configurations, "configurations")
    parts = (_of_folder(folder, held, run) for folder, held in groupby(paths, _folder_of))
    return together(JudgedConfigurations, [*chain.from_iterable(parts), _of_terraform(run)])


def read_configurations(found: FoundFiles, options: CheckOptions) -> JudgedConfigurations:
    """Read what ``judge_configurations`` judges, each document with its Region and settings.

    Raises:
        InputError: an organisation's file cannot be read.
    """
    return judge_configurations(found, options, {}, frozenset(), {})


def _folder_of(path: str) -> str:
    return STDIN if path == STDIN else os.path.dirname(path)


def _of_folder(folder: str, paths: Iterable[str], run: _Judging) -> Iterator[JudgedConfigurations]:
    """The files of a folder: each by itself, but the requests together, as one scene."""
    wanted = dict.fromkeys(paths)
    requests: list[Read] = []
    whole = not run.may_miss(folder)

    def files() -> Iterator[str]:
        yield from wanted
        yield from _beside(folder, wanted, run) if requests else ()

    for path in files():
        read = _read(path, run)
        document = read.document
        whole = whole and not path.endswith(CODE)  # a program may make more than it says
        if document is not None and document.dialect in REQUESTS:
            requests.append(read)
            continue
        whole = whole and document is None and not read.errors
        if path in wanted:
            yield _of_file(path, read, run)
    if requests:
        yield _of_scene(requests, wanted, whole, run)


def _of_file(path: str, read: Read, run: _Judging) -> JudgedConfigurations:
    """A template or a plan; or why there is none."""
    if read.errors:
        return JudgedConfigurations(errors=read.errors)
    if read.document is None or not _holds_something(read.document):
        return _of_nothing(path, read, run)
    return _judged(read.document, read.sources, *_settings(path, run), run)


_MOST_BESIDE = 1000
"""Files of a folder of which one was named; among more its requests are judged by themselves."""


def _beside(folder: str, wanted: Collection[str], run: _Judging) -> Iterator[str]:
    """What else is in a folder of which not all was asked for: requests belong together."""
    if folder == STDIN or (run.options.changed is None and run.found.named.isdisjoint(wanted)):
        return
    project = run.options.project
    with suppress(OSError):
        paths = (os.path.join(folder, name) for name in sorted(os.listdir(folder or ".")))
        files = [path for path in paths if path not in wanted and os.path.isfile(path)]
        base = project.says.get("exclude", "")
        if len(files) <= _MOST_BESIDE:
            found = discover(files, project.exclude, sift=True, base=base)
            yield from found.files
            yield from (note.partition(": ")[0] for note in found.unread)


def _of_scene(
    requests: Sequence[Read], wanted: Collection[str], whole: bool, run: _Judging
) -> JudgedConfigurations:
    """The requests of a folder: what lies in those asked for, and what only they bring about."""
    own = [read for read in requests if read.sources[0].file in wanted]
    judged = _judged_together(requests, whole, run)
    if len(own) < len(requests):
        more = [read for read in requests if read.sources[0].file not in wanted]
        without = _judged_together(more, whole, run).findings
        known = {each._replace(when="") for each in without}
        shown = [e for e in judged.findings if e.file in wanted or e._replace(when="") not in known]
        told = {(each.file, each.rule) for each in shown}
        comments = {
            file: tuple(each for each in held if file in wanted or (file, each.rule) in told)
            for file, held in judged.comments.items()
        }
        judged = judged._replace(findings=tuple(shown), comments=comments)
    worlds = [read.document.worlds[0] for read in own if read.document is not None]
    resources = sum(len(world.resources) for world in worlds)
    return judged._replace(configurations=len(own), resources=resources)


def _judged_together(requests: Sequence[Read], whole: bool, run: _Judging) -> JudgedConfigurations:
    documents = [read.document for read in requests if read.document is not None]
    sources = [source for read in requests for source in read.sources]
    return _judged(scene(documents, whole), sources, *_settings(documents[0].file, run), run)


def _read(path: str, run: _Judging) -> Read:
    """What a file holds; an error where it cannot be read, or is of a kind that is not."""
    other = path != STDIN and not path.endswith((*DATA, *READ_CODE)) and os.path.isfile(path)
    try:
        if is_terraform(path) or (path.endswith(CODE) and not path.endswith(READ_CODE)):
            raise nothing_to_check(path)  # it is read with its folder, or not at all
        if path in run.found.programs:  # discovery has had to read it
            return Read(document=run.found.programs[path], sources=(read_source(path),))
        beside = parameter_sources(path) if path != STDIN else ()
        _, region = _settings(path, run)
        return read_configuration(_source(path, run.options), run.service, region, beside)
    except InputError as error:
        failed = nothing_to_check(path) if other else error
        return Read(document=None, sources=(), errors=(failed,))


def _settings(path: str, run: _Judging) -> tuple[Organisation, str]:
    """What holds for a file, and the Region in which it is deployed."""
    organisation = organisation_of(os.path.dirname(path))
    return organisation, run.options.configured_in or organisation.region


def _source(path: str, options: CheckOptions) -> SourceText:
    return decode(STDIN, options.stdin) if path == STDIN else read_source(path)


def _of_nothing(path: str, read: Read, run: _Judging) -> JudgedConfigurations:
    """A file without resources: an error where somebody named it and it is not known why."""
    unread = _unread(path, read.document) if read.document is not None else ()
    noted = any(note.startswith(f"{path}: ") for note in (*run.found.unread, *unread))
    sifted = run.options.sift and path != STDIN
    if sifted or noted or path not in run.found.named:
        return JudgedConfigurations(unread=unread, ignored=1)
    error = nothing_to_check(path)
    return JudgedConfigurations(unread=unread, ignored=1, errors=(error,))


def _judged(
    document: Document,
    sources: Sequence[SourceText],
    organisation: Organisation,
    region: str,
    run: _Judging,
) -> JudgedConfigurations:
    if not run.checks:
        return JudgedConfigurations(
            read=((document, region, organisation),),
            unread=_unread(document.file, document),
            configurations=1,
        )
    judge = Judge(
        checks=run.checks,
        service=run.service,
        profiles=run.options.select,
        region=region,
        organisation=organisation,
    )
    findings = judge.findings(document)
    named = () if run.options.sift else run.found.named  # a hook names whatever was staged
    findings = [_of_code(finding, named) for finding in findings]
    if organisation.owner:
        findings = [finding._replace(owner=organisation.owner) for finding in findings]
    comments = {source.file: tuple(comments_of(source)) for source in sources}
    told = {finding.file for finding in findings}
    names = {os.path.normpath(each or ".") for each in (document.file, *comments)}
    pairs = tuple(pairs_by_name(run.workloads, document))
    return JudgedConfigurations(
        findings=tuple(findings),
        unread=_unread(document.file, document),
        comments={file: waivers for file, waivers in comments.items() if waivers},
        sources={each.file: each for each in sources if comments[each.file] or each.file in told},
        documents=dict.fromkeys(names if pairs else names & run.kept, document),
        pairs=pairs,
        read=((document, region, organisation),) if run.options.verbose else (),
        configurations=1,
        unresolved=tuple(map(" ".join, document.unresolved)),
        resources=max((len(world.resources) for world in document.worlds), default=0),
    )


def _of_code(finding: GateFinding, named: Collection[str]) -> GateFinding:
    """A finding in code is at most a warning in this release, unless its file was named."""
    if finding.severity != "error" or not finding.file.endswith(CODE) or finding.file in named:
        return finding
    return finding._replace(severity="warning")


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
