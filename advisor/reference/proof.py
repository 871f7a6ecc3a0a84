"""The result of `rules verify` in words, with a witness for each claim that fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from advisor.configuration.rulefiles import read_json_rules
from advisor.text.tones import BAD, GOOD, painted

if TYPE_CHECKING:
    from advisor.engine.verify import Report


def proof(report: Report, *, colour: bool = False) -> str:
    """A block for one limits mode."""
    return "\n".join(_lines(report, colour)) + "\n"


def _lines(report: Report, colour: bool) -> Iterator[str]:
    failed = len(report.problems)
    several = "claims fail" if failed > 1 else "claim fails"
    outcome = "every claim holds" if report.holds else f"{failed} {several}"
    tone = GOOD if report.holds else BAD
    yield f"limits {report.limits}: {painted(outcome, tone, colour=colour)}"
    counted = read_json_rules("service", "reference.json")["proved"]
    for claim, count in report.proved.items():
        yield f"  {claim:<10} {count:>5} {counted.get(claim, 'cases')}"
    for note in report.notes:
        yield f"  note: {note}"
    for problem in report.problems:
        yield f"  {painted('FAILED', BAD, colour=colour)} {problem.claim}: {problem.message}"
        for line in problem.witness.splitlines():
            yield f"      {line}"
