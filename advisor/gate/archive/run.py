"""The model archives of a run → findings, each with the workload that it belongs to."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from advisor.configuration.document import Document, Resource
from advisor.gate.archive import CheckedArchives
from advisor.gate.archive.contents import read_archive
from advisor.gate.archive.deployed import Deployed, deployed
from advisor.gate.archive.judge import ArchiveJudge
from advisor.gate.checks import Check
from advisor.gate.finding import together
from advisor.gate.intent.pairing import (
    BY_ARTIFACT,
    AnsweredWorkloads,
    OfWorkload,
    documents_of,
    meant,
    resources_of,
)
from advisor.gate.settings import Pair, organisation_of
from advisor.model.errors import InputError
from advisor.model.value import Value

_ELSEWHERE = re.compile(r"(?:^|/)[a-z][a-z0-9]+:/")  # s3://…, also where a path was made of it


class ArchiveRun(Value):
    """What is the same for every archive of a run."""

    checks: Mapping[str, Check]
    framework: str  # the name that the caller gave; empty for none
    answered: AnsweredWorkloads
    others: Sequence[Pair]  # pairs of configurations, which say where archives are deployed
    documents: Mapping[str, Document]  # normalised path -> a configuration of a pair

    @property
    def judge(self) -> ArchiveJudge:
        """The checks of archives."""
        return ArchiveJudge(checks=self.checks, framework=self.framework)


def check_archives(named: Sequence[str], pairs: Iterable[Pair], run: ArchiveRun) -> CheckedArchives:
    """Check the archives that were named, and those that a pair names.

    Raises:
        InputError: no framework has the name that the caller gave.
    """
    written = {os.path.normpath(path): path for path in named}
    by_path: dict[str, list[Pair]] = {path: [] for path in written}
    for pair in pairs:
        path = os.path.normpath(pair.artifact)
        by_path.setdefault(path, []).append(pair)
        written.setdefault(path, pair.artifact)
    parts = [_checked(path, written[path], found, run) for path, found in by_path.items()]
    return together(CheckedArchives, parts)._replace(archives=len(parts))


def _checked(path: str, file: str, pairs: Sequence[Pair], run: ArchiveRun) -> CheckedArchives:
    """One archive, ``file`` as people write it."""
    if _ELSEWHERE.search(path):
        return CheckedArchives(unread=(f"{file}: the archive is not on this machine",))
    try:
        archive = read_archive(file)
    except InputError as error:
        return CheckedArchives(errors=(_of_pair(error, pairs),))
    owners = _owners(path, pairs)
    unread = _unclear(path, pairs) if pairs and not owners else ()
    belonging: list[OfWorkload] = []
    errors: list[InputError] = []
    for pair in owners:
        where = _deployed(pair, run)
        try:
            advices = meant(pair, run.answered)
        except InputError as error:
            errors.append(error)
            continue
        for advice in advices:
            findings = tuple(run.judge.findings(archive, advice, where))
            belonging.append(OfWorkload(workload=advice.workload, findings=findings))
    owner = organisation_of(os.path.dirname(file)).owner
    own = () if belonging else run.judge.findings(archive)
    alone = tuple(each._replace(owner=owner) for each in own)
    return CheckedArchives(
        findings=alone, of_workloads=tuple(belonging), errors=tuple(errors), unread=unread
    )


def _deployed(pair: Pair, run: ArchiveRun) -> Deployed:
    """Where the configurations that were made for the workload of a pair put its model."""
    made: list[Resource] = []
    models: list[Resource] = []
    for other in run.others:
        if not _of_one(pair, other):
            continue
        with suppress(InputError):  # the comparison with the workload tells it
            found = documents_of(other, run.documents)
            worlds = [world for document in found for world in document.worlds]
            models += [each for world in worlds for each in world.resources]
            made += [resource for _, resource in resources_of(other, found)]
    return deployed(made, [each for each in models if each.kind == "Model"])


def _owners(path: str, pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs that count: those that were written down, else the one that is plain."""
    written = [pair for pair in pairs if pair.where != BY_ARTIFACT]
    found = _workloads(pairs)
    if written or len(found) < 2:
        return written or found
    beside = [pair for pair in found if _folder(pair.workload) == _folder(path)]
    return beside if len(beside) == 1 else []


def _workloads(pairs: Sequence[Pair]) -> list[Pair]:
    """One pair of each workload."""
    return list({(os.path.normpath(pair.workload), pair.name): pair for pair in pairs}.values())


def _unclear(path: str, pairs: Sequence[Pair]) -> tuple[str, ...]:
    """That nobody can tell which of several workloads an archive belongs to."""
    number = len(_workloads(pairs))
    return (f"{path}: {number} workloads name this archive; choose one with --workload",)


def _of_one(one: Pair, other: Pair) -> bool:
    """Whether two pairs are of one workload."""
    same = os.path.normpath(one.workload) == os.path.normpath(other.workload)
    return same and (one.name == other.name or not (one.name and other.name))


def _of_pair(error: InputError, pairs: Sequence[Pair]) -> InputError:
    """An error that says who names the archive, where it is not the caller."""
    if not pairs or pairs[0].where in ("--workload", BY_ARTIFACT):
        return error
    return InputError(f"{pairs[0].where} names this file: {error.message}", file=error.file)


def _folder(path: str) -> str:
    return os.path.dirname(os.path.normpath(path))
