"""What the settings accept per file; remembers what was used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatch

from advisor.configuration.source import seen_from
from advisor.gate.finding import GateFinding
from advisor.gate.policy.waivers import Waiver
from advisor.gate.settings import Accepted


class ProjectWaivers:
    """The waivers of a project, the nearest file's first."""

    def __init__(self, accept: Sequence[Accepted]) -> None:
        self.by_rule: dict[str, list[tuple[Accepted, Waiver]]] = {}
        for each in accept:
            waiver = Waiver(each.rule, each.why, each.file, each.line, each.column, 0)
            self.by_rule.setdefault(each.rule, []).append((each, waiver))
        self.used: set[Waiver] = set()

    def of(self, finding: GateFinding) -> Waiver | None:
        """The first that names the rule and the file of a finding, as its own folder sees it."""
        for accepted, waiver in self.by_rule.get(finding.rule, ()):
            named = accepted.file and finding.file != "-"
            file = seen_from(accepted.file, finding.file) if named else finding.file
            if fnmatch(file, accepted.pattern):
                self.used.add(waiver)
                return waiver
        return None

    def unused(self) -> Iterator[Waiver]:
        """Those that no finding asked for; only a run over all their files may say so."""
        for waivers in self.by_rule.values():
            yield from (waiver for _, waiver in waivers if waiver not in self.used)
