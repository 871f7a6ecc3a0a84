"""One model archive to findings: what it is, its members, its layout, its size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.gate.archive.contents import Archive, ArchiveFault
from advisor.gate.archive.deployed import Deployed, planned_rooms
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
from advisor.gate.archive.members_checks import member_faults, room_faults, stated_faults
from advisor.gate.checks import Check
from advisor.gate.finding import ERROR, WARNING, GateFinding
from advisor.model.advice import Advice
from advisor.model.value import Value

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
