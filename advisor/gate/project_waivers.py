"""What ``[tool.sm-advise.accept]`` accepts per file, and where in ``pyproject.toml`` it stands."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch

from advisor.gate.finding import Acceptance, Finding
from advisor.gate.locking import seen_from
from advisor.gate.settings import Project
from advisor.gate.waivers import Waiver


class ProjectWaivers:
    """The waivers of a project; remembers which were used."""

    def __init__(self, project: Project) -> None:
        self.file = project.file
        self.by_pattern = {
            pattern: [_waiver(project, pattern, rule, why) for rule, why in rules.items()]
            for pattern, rules in project.accept.items()
        }
        self.used: set[Waiver] = set()

    def of(self, finding: Finding) -> Waiver | None:
        """The first that names the rule and the file of a finding, as the project sees it."""
        if not self.by_pattern:
            return None
        file = finding.file
        if self.file and file != "-":
            file = seen_from(self.file, file)
        for pattern, waivers in self.by_pattern.items():
            for waiver in waivers if fnmatch(file, pattern) else ():
                if waiver.rule == finding.rule:
                    self.used.add(waiver)
                    return waiver
        return None

    def unused(self) -> Iterator[Waiver]:
        """Those that no finding asked for; only a run over the whole project may say so."""
        for waivers in self.by_pattern.values():
            yield from (waiver for waiver in waivers if waiver not in self.used)


def _waiver(project: Project, pattern: str, rule: str, why: Acceptance) -> Waiver:
    line = _line(project.text.splitlines(), pattern, rule)
    where = f"{project.file}:{line}" if line else project.file
    return Waiver(
        rule, why._replace(where=where or why.where), project.file, line, 1 if line else 0, 0
    )


def _line(lines: list[str], pattern: str, rule: str) -> int:
    """The line that names a rule, from the one with its pattern on; 0 where neither is found."""
    start = next((number for number, text in enumerate(lines) if pattern in text), len(lines))
    return next((n for n, text in enumerate(lines[start:], start + 1) if rule in text), 0)
