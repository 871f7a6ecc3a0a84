"""The model archives of a run → findings, each with the workload that it belongs to."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from advisor.configuration.document import Document, Resource
from advisor.gate.archive import CheckedArchives
from advisor.gate.archive.contents import Archive, ArchiveFault, read_archive
from advisor.gate.archive.framework import (
    AT_TOP,
    Framework,
    Layout,
    LayoutFault,
    Names,
    around_everything,
    example,
    framework_of,
    holds,
    names_of,
    without_folder,
)
from advisor.gate.archive.members_checks import (
    Deployed,
    deployed,
    member_faults,
    planned_rooms,
    room_faults,
    stated_faults,
)
from advisor.gate.checks import Check
from advisor.gate.finding import ERROR, WARNING, GateFinding, together
from advisor.gate.intent import pairing
from advisor.gate.settings import Pair, organisation_of
from advisor.model.advice import Advice
from advisor.model.errors import InputError
from advisor.model.value import Value

_ELSEWHERE = re.compile(r"(?:^|/)[a-z][a-z0-9]+:/")  # s3://…, also where a path was made of it


class ArchiveRun(Value):
    """What is the same for every archive of a run."""

    checks: Mapping[str, Check]
    framework: str  # the name that the caller gave; empty for none
    answered: pairing.AnsweredWorkloads
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
    unread: tuple[str, ...] = ()
    if pairs and not owners:
        number = len(_workloads(pairs))
        unread = (f"{path}: {number} workloads name this archive; choose one with --workload",)
    belonging: list[pairing.OfWorkload] = []
    errors: list[InputError] = []
    for pair in owners:
        where = _deployed(pair, run)
        try:
            advices = pairing.meant(pair, run.answered)
        except InputError as error:
            errors.append(error)
            continue
        for advice in advices:
            findings = tuple(run.judge.findings(archive, advice, where))
            belonging.append(pairing.OfWorkload(workload=advice.workload, findings=findings))
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
            found = pairing.documents_of(other, run.documents)
            worlds = [world for document in found for world in document.worlds]
            models += [each for world in worlds for each in world.resources]
            made += [resource for _, resource in pairing.resources_of(other, found)]
    return deployed(made, [each for each in models if each.kind == "Model"])


def _owners(path: str, pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs that count: those that were written down, else the one that is plain."""
    written = [pair for pair in pairs if pair.where != pairing.BY_ARTIFACT]
    found = _workloads(pairs)
    if written or len(found) < 2:
        return written or found
    beside = [pair for pair in found if _folder(pair.workload) == _folder(path)]
    return beside if len(beside) == 1 else []


def _workloads(pairs: Sequence[Pair]) -> list[Pair]:
    """One pair of each workload."""
    return list({(os.path.normpath(pair.workload), pair.name): pair for pair in pairs}.values())


def _of_one(one: Pair, other: Pair) -> bool:
    """Whether two pairs are of one workload."""
    same = os.path.normpath(one.workload) == os.path.normpath(other.workload)
    return same and (one.name == other.name or not (one.name and other.name))


def _of_pair(error: InputError, pairs: Sequence[Pair]) -> InputError:
    """An error that says who names the archive, where it is not the caller."""
    if not pairs or pairs[0].where in ("--workload", pairing.BY_ARTIFACT):
        return error
    return InputError(f"{pairs[0].where} names this file: {error.message}", file=error.file)


def _folder(path: str) -> str:
    return os.path.dirname(os.path.normpath(path))


LONGEST_SHOWN = 200
"""Characters of a name or a message that a finding keeps; names of tar have no bound."""


class ArchiveJudge(Value):
    """The checks of model archives, and what was given on the command line."""

    checks: Mapping[str, Check]
    framework: str

    def findings(
        self, archive: Archive, advice: Advice | None = None, deployed: Deployed | None = None
    ) -> Iterator[GateFinding]:
        """Every finding of an archive, with the workload that it belongs to.

        Raises:
            InputError: the framework on the command line is not known.
        """
        for fault in (*archive.problems, *member_faults(archive)):
            yield self._finding(archive, fault)
        if archive.files:
            yield from self._layout(archive, advice, deployed or Deployed())
        if advice is not None:
            every = (*planned_rooms(advice), *(deployed.rooms if deployed else ()))
            rooms = room_faults(archive, advice.workload, every)
            for fault in (*stated_faults(archive, advice.workload), *rooms):
                yield self._finding(archive, fault)

    def _layout(
        self, archive: Archive, advice: Advice | None, deployed: Deployed
    ) -> Iterator[GateFinding]:
        names = names_of(archive)
        stated = advice.workload.text("model.framework") or "" if advice else ""
        image = advice.workload.text("model.image") or "" if advice else ""
        framework = framework_of(names, self.framework, stated, image or deployed.image)
        if framework.note:
            yield self._finding(archive, ArchiveFault("archive-framework", framework.note))
        if framework.differs:
            told = ArchiveFault("archive-framework-differs", framework.differs)
            yield self._finding(archive, told)
        if framework.layout is not None:
            environment = deployed.environment
            standing = [
                fault for fault in framework.layout.faults if not fault.excused(environment)
            ]
            yield from self._faults(
                archive, names, framework, framework.layout._replace(faults=tuple(standing))
            )

    def _faults(
        self, archive: Archive, names: Names, framework: Framework, layout: Layout
    ) -> Iterator[GateFinding]:
        """What breaks the layout; below a folder around everything, as if it were not there."""
        folder = around_everything(names) if layout.root == AT_TOP else ""
        if folder:
            message = (
                f"everything is in {folder}, but the container looks at the top of the archive"
            )
            yield self._of_layout(
                archive, layout, framework, LayoutFault("archive-nested", {}, message), folder
            )
            names = without_folder(names, folder)
        for fault in layout.faults:
            if holds(fault.when, names):
                member = example(fault.when, names)
                yield self._of_layout(
                    archive, layout, framework, fault, folder + member if member else ""
                )

    def _of_layout(
        self,
        archive: Archive,
        layout: Layout,
        framework: Framework,
        fault: LayoutFault,
        member: str,
    ) -> GateFinding:
        told = ArchiveFault(fault.check, f"{layout.title}: {fault.says}", member)
        found = self._finding(archive, told)
        severity = fault.severity or found.severity
        if framework.own_image and severity == ERROR:
            severity = WARNING  # a container of one's own may look elsewhere
        return found._replace(severity=severity, source=layout.source, as_of=layout.as_of)

    def _finding(self, archive: Archive, fault: ArchiveFault) -> GateFinding:
        found = self.checks[fault.check].finding(_shown(fault.message), archive.file)
        return found._replace(address=_shown(fault.member), value=fault.value)


def _shown(text: str) -> str:
    """A text without what no encoding can write, and not longer than people read."""
    whole = text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    if len(whole) <= LONGEST_SHOWN * 2:
        return whole
    return f"{whole[:LONGEST_SHOWN]}…{whole[-LONGEST_SHOWN:]}"
