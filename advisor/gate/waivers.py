"""Findings that people accept: comments beside the code, per file in pyproject, in the workload."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from advisor.gate.checks import Check
from advisor.gate.finding import ACCEPTED, OPEN, Acceptance, Finding
from advisor.gate.settings import Organisation, Project
from advisor.gate.source import Source
from advisor.gate.spelling import nearest

_COMMENT = re.compile(r"(?:#|//)\s*sm-advise:\s*accept\b(.*)$", re.MULTILINE)
_WAIVER = re.compile(r"\s+([a-z0-9-]+)\s*:\s*(.*?)\s*(?:\[until=([^\]]*)\])?\s*$")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Waiver(NamedTuple):
    """A comment that accepts a rule for what stands on a line, or begins there."""

    rule: str
    acceptance: Acceptance
    file: str
    line: int  # of the comment
    column: int
    covers: int  # the line that it speaks of


class Waived(NamedTuple):
    """Findings after waivers, and the findings that the waivers themselves are."""

    findings: list[Finding]
    about: list[Finding]


def comments_of(source: Source) -> Iterator[Waiver]:
    """The waivers in a file, well formed or not (then without a reason)."""
    if "sm-advise:" not in source.text:
        return
    for found in _COMMENT.finditer(source.text):
        line, column = source.position(found.start())
        before = source.line(line)[: column - 1].strip()
        match = _WAIVER.match(found[1])
        rule, because, until = match.groups() if match else ("", "", None)
        covers = line if before else _next_line(source, line)
        acceptance = Acceptance(because, until=until or "", where=f"{source.file}:{line}")
        yield Waiver(rule, acceptance, source.file, line, column, covers)


def _next_line(source: Source, line: int) -> int:
    """The next line that holds more than a comment."""
    number = line + 1
    while number < line + 20:
        text = source.line(number).strip()
        if text and not text.startswith(("#", "//")):
            return number
        number += 1
    return line + 1


class Waivers:
    """Applies what people accept, and notes what was used."""

    def __init__(self, checks: Mapping[str, Check], organisation: Organisation, as_of: str) -> None:
        self.checks = checks
        self.organisation = organisation
        self.as_of = as_of

    def apply(
        self, findings: Iterable[Finding], comments: Sequence[Waiver], project: Project
    ) -> Waived:
        """Accept what is accepted; say which waivers are unused, expired or not allowed."""
        about: list[Finding] = []
        used: set[Waiver] = set()
        result: list[Finding] = []
        for finding in findings:
            if finding.acceptance is not None and not self._allowed(
                finding.rule, finding.acceptance
            ):
                about.append(self._elsewhere(finding, finding.acceptance))
                finding = finding._replace(status=OPEN, acceptance=None)  # noqa: PLW2901
            accepted, waiver = self._acceptance(finding, comments, project)
            if waiver is not None:
                used.add(waiver)
            if accepted is not None and self._allowed(finding.rule, accepted):
                finding = finding._replace(status=ACCEPTED, acceptance=accepted)  # noqa: PLW2901
            result.append(finding)
        for waiver in comments:
            about += self._about(waiver, waiver in used)
        return Waived(result, about)

    def _acceptance(
        self, finding: Finding, comments: Sequence[Waiver], project: Project
    ) -> tuple[Acceptance | None, Waiver | None]:
        if self.organisation.inline_waivers:
            places = (finding.line, *finding.lines)
            for waiver in comments:
                if waiver.rule == finding.rule and waiver.covers in places:
                    return waiver.acceptance, waiver
        for pattern, rules in project.accept.items():
            from fnmatch import fnmatch

            if fnmatch(finding.file, pattern) and finding.rule in rules:
                return rules[finding.rule], None
        return None, None

    def _allowed(self, rule: str, acceptance: Acceptance) -> bool:
        """Whether a waiver holds: it gives a reason, is not over, and the organisation lets it."""
        if rule in self.organisation.never_waived or not acceptance.because:
            return False
        return not self._over(acceptance) and not self._too_long(acceptance)

    def _over(self, acceptance: Acceptance) -> bool:
        until = acceptance.until
        return bool(until) and (not _DATE.fullmatch(until) or until < self.as_of)

    def _too_long(self, acceptance: Acceptance) -> bool:
        longest = self.organisation.longest_waiver
        if not longest:
            return False
        if not _DATE.fullmatch(acceptance.until):
            return True
        from datetime import date, timedelta

        last = date.fromisoformat(self.as_of) + timedelta(days=longest)
        return acceptance.until > last.isoformat()

    def _about(self, waiver: Waiver, used: bool) -> Iterator[Finding]:
        """What is to be said of a comment."""
        if waiver.rule not in self.checks or not waiver.acceptance.because:
            near, message = "", "a waiver needs a rule and a reason"
            if waiver.rule and waiver.rule not in self.checks:
                near = nearest(waiver.rule, self.checks)
                message = f"no rule is called {waiver.rule}"
            yield self._finding("waiver-unclear", waiver, message, near)
        elif not self.organisation.inline_waivers:
            message = f"comments do not count here, says {self.organisation.file}"
            yield self._finding("waiver-not-allowed", waiver, message)
        elif waiver.rule in self.organisation.never_waived:
            message = f"{waiver.rule} may not be waived, says {self.organisation.file}"
            yield self._finding("waiver-not-allowed", waiver, message)
        elif used and self._over(waiver.acceptance):
            message = f"the acceptance of {waiver.rule} ended on {waiver.acceptance.until}"
            yield self._finding("waiver-expired", waiver, message)
        elif used and self._too_long(waiver.acceptance):
            days = self.organisation.longest_waiver
            message = f"{waiver.rule} is accepted for more than {days} days or without an end"
            yield self._finding("waiver-not-allowed", waiver, message)
        elif not used:
            message = f"{waiver.rule} is accepted here, and there is no such finding"
            yield self._finding("waiver-unused", waiver, message)

    def _elsewhere(self, finding: Finding, acceptance: Acceptance) -> Finding:
        """What is to be said of an acceptance in a workload that does not hold."""
        message = f"{finding.rule} may not be waived, says {self.organisation.file}"
        if finding.rule not in self.organisation.never_waived:
            days = self.organisation.longest_waiver
            message = f"{finding.rule} is accepted for more than {days} days or without an end"
        waiver = Waiver(finding.rule, acceptance, acceptance.where, 0, 0, 0)
        return self._finding("waiver-not-allowed", waiver, message)

    def _finding(self, rule: str, waiver: Waiver, message: str, suggestion: str = "") -> Finding:
        check = self.checks[rule]
        return Finding(
            rule=rule,
            severity=check.severity,
            message=message,
            file=waiver.file,
            line=waiver.line,
            column=waiver.column,
            value=waiver.rule,
            because=check.because,
            source=check.source,
            as_of=check.as_of,
            fix=check.fix,
            suggestion=suggestion,
        )
