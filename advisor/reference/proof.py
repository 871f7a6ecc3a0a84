"""The result of `rules verify` in words, with a witness for each claim that fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from advisor.engine.verify import Report

# claim -> what was counted
_COUNTED = {
    "total": "paths, each with an answer or with a reason why none fits",
    "sound": "choices that break no limit and have every needed feature",
    "alive": "questions, options, limits, features and assumptions that each change some answer",
    "monotone": "limits for which a larger value never makes an option fit",
    "consistent": "limits that are consistent, with bounds in the order of their dates",
    "coherent": "combinations of a load whose assumed values agree with the stated ones",
    "models": "rows of models and accelerators, recomputed where they state their sizes",
    "accepted": "requests with a size, bound, Region, word or type of the rules that check accepts",
    "sourced": "entries with a reason, a source, its date and a release",
}


def proof(report: Report) -> str:
    """A block for one limits mode."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    failed = len(report.problems)
    several = "claims fail" if failed > 1 else "claim fails"
    outcome = "every claim holds" if report.holds else f"{failed} {several}"
    yield f"limits {report.limits}: {outcome}"
    for claim, count in report.proved.items():
        yield f"  {claim:<10} {count:>5} {_COUNTED.get(claim, 'cases')}"
    for note in report.notes:
        yield f"  note: {note}"
    for problem in report.problems:
        yield f"  FAILED {problem.claim}: {problem.message}"
        for line in problem.witness.splitlines():
            yield f"      {line}"
