"""The whole gate: options → files → answers and documents → findings → report. Read this first."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

from advisor.configuration.discover import FoundFiles, discover, place_of_stdin
from advisor.configuration.document import Document
from advisor.configuration.files import read_source
from advisor.configuration.source import SourceText
from advisor.gate.archive import CheckedArchives
from advisor.gate.checks import Check, load_checks
from advisor.gate.configurations import JudgedConfigurations, judge_configurations
from advisor.gate.finding import OPEN, GateFinding, in_order
from advisor.gate.intent.pairing import AnsweredWorkloads, of_archives, unpaired
from advisor.gate.policy.waivers import triage
from advisor.gate.settings import CheckOptions, Pair, pair_of
from advisor.model.errors import InputError
from advisor.model.value import Value


class CheckReport(Value):
    """What the gate found. ``sources`` are the files in which findings lie, for their excerpts."""

    findings: tuple[GateFinding, ...]
    errors: tuple[InputError, ...]
    unread: tuple[str, ...]
    workloads: int
    configurations: int
    resources: int
    ignored: int
    over: int  # entries of the baseline that are gone
    as_of: str
    checks: Mapping[str, Check]
    sources: Mapping[str, SourceText]
    files: tuple[str, ...]  # that were looked at
    answers: Mapping[str, Mapping[str, object]]  # workload -> what a lock file keeps of it
    archives: int = 0
    unresolved: tuple[str, ...] = ()  # resources that no scenario has, or that were not followed
    read: tuple[Document, ...] = ()  # the configurations, where the caller wants their values

    def open(self, severity: str) -> int:
        """How many findings of a severity stand."""
        return sum(1 for f in self.findings if f.severity == severity and f.status == OPEN)


class _RunInput(Value):
    """What a run looks at, and with which checks."""

    options: CheckOptions
    checks: Mapping[str, Check]
    found: FoundFiles
    pairs: tuple[Pair, ...]  # that the caller and the project name

    @property
    def workloads(self) -> tuple[str, ...]:
        """The workloads that were found, and those that a pair names."""
        named = {pair.workload for pair in self.pairs}
        return (*self.found.workloads, *sorted(named.difference(self.found.workloads)))


def check(options: CheckOptions) -> CheckReport:
    """Check everything that the paths of a run hold.

    Raises:
        InputError: a setting or the baseline cannot be read; files that cannot are in the report.
    """
    if options.region:
        from advisor.rulebook.load import known_regions
        from advisor.rulebook.regions import require_region

        require_region(options.region, known_regions(), "--region")
    run = _run_input(options, load_checks())
    found, checks = run.found, run.checks
    answered = _answered(run)
    pairs = (*run.pairs, *answered.pairs)
    made = frozenset(os.path.normpath(pair.artifact.partition("#")[0]) for pair in pairs)
    alone = unpaired(answered.workloads, pairs)
    judged = judge_configurations(found, options, checks, made, alone)
    pairs += judged.pairs
    archives = _archives(run, pairs, answered, judged)
    findings, failed = _fitted(run, pairs, answered, judged, archives)
    stand = triage(findings, judged.comments, checks, options, found.files)
    errors = (*found.errors, *judged.errors, *archives.errors, *answered.errors, *failed)
    return CheckReport(
        findings=tuple(sorted(stand.findings, key=in_order)),
        errors=tuple({str(error): error for error in errors}.values()),
        unread=tuple(dict.fromkeys((*found.unread, *judged.unread, *archives.unread))),
        workloads=len(answered.workloads),
        configurations=judged.configurations,
        resources=judged.resources,
        ignored=found.ignored + judged.ignored,
        over=stand.over,
        as_of=options.as_of,
        checks=checks,
        sources=_texts(stand.findings, judged.sources),
        files=found.files,
        answers=answered.answers,
        archives=archives.archives,
        unresolved=judged.unresolved,
        read=tuple(document for document, *_ in judged.read),
    )


def _run_input(options: CheckOptions, checks: Mapping[str, Check]) -> _RunInput:
    """The files and pairs of a run; with ``changed``, those that a change reaches."""
    project = options.project
    base = project.says.get("exclude", "")
    found = discover(options.paths, project.exclude, options.progress, options.sift, base=base)
    found = place_of_stdin(found, options.stdin)
    pairs = _looked_at(project.pairs, found)
    if options.changed is not None:
        from advisor.gate.affected import only_affected

        workload = options.workload.partition("#")[0]
        found, pairs = only_affected(found, pairs, options.changed, workload)
    if options.workload:
        folders = (folder or "." for folder in found.folders)
        made = (*found.configurations, *folders, *found.archives)
        pairs += [pair_of(options.workload, path, "--workload") for path in made]
    return _RunInput(options=options, checks=checks, found=found, pairs=tuple(pairs))


def _looked_at(pairs: Sequence[Pair], found: FoundFiles) -> list[Pair]:
    """The pairs of which a side is among what was found."""
    if not pairs:
        return []
    seen = {os.path.realpath(path or ".") for path in (*found.files, *found.folders)}
    return [
        pair
        for pair in pairs
        if seen & {os.path.realpath(pair.workload), os.path.realpath(pair.artifact.split("#")[0])}
    ]


def _answered(run: _RunInput) -> AnsweredWorkloads:
    """The answers of the workloads of a run; a run without workloads does not load the engine."""
    if not run.workloads:
        return AnsweredWorkloads()
    from advisor.gate.intent.workloads import answer_workloads

    return answer_workloads(run.workloads, run.options, run.checks, run.pairs, run.found)


def _archives(
    run: _RunInput, pairs: Sequence[Pair], answered: AnsweredWorkloads, judged: JudgedConfigurations
) -> CheckedArchives:
    """What is wrong with the model archives that were named, and with those of the pairs."""
    own, others = of_archives(pairs, run.found.archives)
    if not own and not run.found.archives:
        return CheckedArchives()
    from advisor.gate.archive.run import ArchiveRun, check_archives

    archives = ArchiveRun(
        checks=run.checks,
        framework=run.options.framework,
        answered=answered,
        others=others,
        documents=judged.documents,
    )
    return check_archives(run.found.archives, own, archives)


def _fitted(
    run: _RunInput,
    pairs: Sequence[Pair],
    answered: AnsweredWorkloads,
    judged: JudgedConfigurations,
    archives: CheckedArchives,
) -> tuple[Sequence[GateFinding], Sequence[InputError]]:
    """All findings, once configurations were compared with their workloads; what could not be."""
    configured = (*judged.findings, *archives.findings)
    if not run.workloads:
        return configured, ()
    from advisor.gate.intent.workloads import compare_pairs, notes_of_unpaired, with_acceptances

    _, others = of_archives(pairs, run.found.archives)
    compared, failed = compare_pairs(others, answered, judged.documents, run.checks)
    of_workloads = (*archives.of_workloads, *compared)
    alone = unpaired(answered.workloads, pairs) if judged.configurations else {}
    configured = (*configured, *notes_of_unpaired(alone, run.checks))
    return with_acceptances(answered, of_workloads, configured, pairs), failed


def _texts(
    findings: Iterable[GateFinding], known: Mapping[str, SourceText]
) -> dict[str, SourceText]:
    """The texts in which findings lie, those of the configurations among them."""
    texts = dict(known)
    for file in {finding.file for finding in findings if finding.line} - known.keys():
        try:
            texts[file] = read_source(file)
        except InputError:
            continue  # a file that vanished, or no text: the finding stands without an excerpt
    return texts
