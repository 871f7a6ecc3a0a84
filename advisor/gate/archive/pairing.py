"""The model archives of a run: which are checked, and the workload that each belongs to."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from advisor.configuration.archive_names import is_archive_name
from advisor.gate.intent.pairing import resources_of
from advisor.gate.settings import Pair, organisation_of
from advisor.model.errors import InputError
from advisor.model.value import Value

if TYPE_CHECKING:
    from advisor.configuration.document import Document, Resource
    from advisor.gate.archive.contents import Archive
    from advisor.gate.archive.deployed import Deployed
    from advisor.gate.checks import Check
    from advisor.gate.finding import GateFinding
    from advisor.gate.intent.workloads import Workloads
    from advisor.model.advice import Advice
    from advisor.model.workload import Workload

_ELSEWHERE = re.compile(r"(?:^|/)[a-z][a-z0-9]+:/")  # s3://…, also where a path was made of it
BY_ARTIFACT = "model.artifact"
"""Where a pair comes from that nobody wrote down: both end in the same name."""


class Checked(Value):
    """What came of the archives of a run."""

    findings: list[GateFinding]
    errors: list[InputError]
    unread: list[str]
    archives: int


class Archives:
    """The archives that were named, and those that a pair names; other pairs are left over."""

    def __init__(self, named: Sequence[str], pairs: Sequence[Pair]) -> None:
        known = {os.path.normpath(path) for path in named}
        self._pairs: dict[str, list[Pair]] = {os.path.normpath(path): [] for path in named}
        self._as_written = {os.path.normpath(path): path for path in named}
        self.other_pairs: list[Pair] = []
        for pair in pairs:
            path = os.path.normpath(pair.artifact)
            if path not in known and not is_archive_name(path):
                self.other_pairs.append(pair)
                continue
            self._pairs.setdefault(path, []).append(pair)
            self._as_written.setdefault(path, pair.artifact)

    def check(
        self,
        checks: Mapping[str, Check],
        framework: str,
        workloads: Workloads | None,
        documents: Mapping[str, Document],
    ) -> Checked:
        """Check every archive, each with the workloads that it belongs to.

        Findings that belong to a workload are left with it; the others are in the answer.

        Args:
            checks: every check by its id.
            framework: the name that the caller gave; empty for none.
            workloads: of the run.
            documents: configurations of the run by their path.

        Raises:
            InputError: the framework is not known.
        """
        done = Checked([], [], [], len(self._pairs))
        if not self._pairs:
            return done
        from advisor.gate.archive.judge import ArchiveJudge

        judge = ArchiveJudge(checks, framework)
        for path, pairs in self._pairs.items():
            archive = self._read(path, pairs, done)
            if archive is None:
                continue
            belongs = False
            for pair in _owners(path, pairs, done.unread) if workloads else ():
                assert workloads is not None
                where = self._deployed(pair, workloads, documents)
                for advice in _answers(pair, workloads, done.errors):
                    workloads.add(judge.findings(archive, advice, where), advice.workload)
                    belongs = True
            if not belongs:
                done.findings.extend(_owned(judge.findings(archive)))
        return done

    def _read(self, path: str, pairs: Sequence[Pair], done: Checked) -> Archive | None:
        """An archive; ``None`` when it cannot be read, which is noted."""
        from advisor.gate.archive.contents import read_archive

        file = self._as_written[path]
        if _ELSEWHERE.search(path):
            done.unread.append(f"{file}: the archive is not on this machine")
            return None
        try:
            return read_archive(file)
        except InputError as error:
            done.errors.append(_of_pair(error, pairs))
            return None

    def _deployed(
        self, pair: Pair, workloads: Workloads, documents: Mapping[str, Document]
    ) -> Deployed:
        """Where the configurations that were made for the workload of a pair put its model."""
        from advisor.gate.archive.deployed import deployed

        made: list[Resource] = []
        models: list[Resource] = []
        for other in self.other_pairs:
            if not _of_one(pair, other):
                continue
            with suppress(InputError):  # the comparison with the workload tells it
                found = workloads.documents(other, documents)
                worlds = [world for document in found for world in document.worlds]
                models += [each for world in worlds for each in world.resources]
                made += [resource for _, resource in resources_of(other, found)]
        return deployed(made, [each for each in models if each.kind == "Model"])


def pairs_by_artifact(workload: Workload, named: Sequence[str]) -> list[Pair]:
    """The archives that end in the same name as what a workload states for its model."""
    stated = (workload.text("model.artifact") or "").rpartition("/")[2]
    return [
        Pair(workload.file, path, BY_ARTIFACT, workload.name)
        for path in named
        if stated and os.path.basename(path) == stated
    ]


def _owners(path: str, pairs: Sequence[Pair], unread: list[str]) -> list[Pair]:
    """The pairs that count: those that were written down, else the one that is plain."""
    written = [pair for pair in pairs if pair.where != BY_ARTIFACT]
    found = list({(os.path.normpath(pair.workload), pair.name): pair for pair in pairs}.values())
    if written or len(found) < 2:
        return written or found
    beside = [pair for pair in found if _folder(pair.workload) == _folder(path)]
    if len(beside) == 1:
        return beside
    unread.append(f"{path}: {len(found)} workloads name this archive; choose one with --workload")
    return []


def _answers(pair: Pair, workloads: Workloads, errors: list[InputError]) -> list[Advice]:
    """The answers of the workload of a pair; none where it is not plain which one that is."""
    try:
        return workloads.meant(pair)
    except InputError as error:
        errors.append(error)
        return []


def _of_one(one: Pair, other: Pair) -> bool:
    """Whether two pairs are of one workload."""
    same = os.path.normpath(one.workload) == os.path.normpath(other.workload)
    return same and (one.name == other.name or not (one.name and other.name))


def _owned(findings: Iterator[GateFinding]) -> Iterator[GateFinding]:
    """Findings with the owner that the organisation's file names."""
    for each in findings:
        yield each._replace(owner=organisation_of(os.path.dirname(each.file)).owner)


def _of_pair(error: InputError, pairs: Sequence[Pair]) -> InputError:
    """An error that says who names the archive, where it is not the caller."""
    if not pairs or pairs[0].where in ("--workload", BY_ARTIFACT):
        return error
    return InputError(f"{pairs[0].where} names this file: {error.message}", file=error.file)


def _folder(path: str) -> str:
    return os.path.dirname(os.path.normpath(path))
