"""How far the answers agree with published deployments: ``python -m tests.agreement``.

Each folder of ``tests/cases`` is one deployment: ``workload.yaml`` says what its source tells of
the workload, ``expected.yaml`` which option the source chose. Rules are never made to fit a case.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

from advisor.model.advice import Advice
from advisor.pipeline import advise
from advisor.workload import read_file

CASES = Path(__file__).resolve().parent / "cases"
NONE = "none"  # the label of a workload that fits no option


class Case(NamedTuple):
    """One published deployment."""

    name: str
    label: str
    confidence: str  # high | medium | low: how much of facts, choice and reason the source states
    also: tuple[str, ...]  # what an ambiguous case may be answered with as well
    advised: str  # of a case labelled none: what its source would say today
    says: str


class Outcome(NamedTuple):
    """One case with our answer: 1 agrees, 0.5 when the first fix names the label, 0 disagrees."""

    case: Case
    option: str | None
    status: str
    points: float
    summary: str


class Score(NamedTuple):
    """Points out of a number of cases."""

    points: float
    cases: int

    @property
    def share(self) -> float:
        """Points of the cases, 0 to 1."""
        return self.points / self.cases


def cases() -> list[Case]:
    """Every case, by name."""
    return [_case(folder) for folder in sorted(CASES.iterdir())]


def _case(folder: Path) -> Case:
    raw = yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8"))
    also = tuple(raw.get("also", ())) if raw["ambiguous"] else ()
    return Case(
        name=folder.name,
        label=raw["label"],
        confidence=raw["confidence"],
        also=also,
        advised=raw.get("advised", ""),
        says=raw["says"],
    )


def judge(case: Case) -> Outcome:
    """Our answer to a case, on the shipped rules with their safe limits."""
    (workload,) = read_file(str(CASES / case.name / "workload.yaml"))
    advice = advise(workload)
    decision = advice.decision
    return Outcome(case, decision.option, decision.status, _points(case, advice), advice.summary)


def _points(case: Case, advice: Advice) -> float:
    option = advice.decision.option
    if case.label == NONE:
        return float(option is None or option == case.advised)
    if option is None:
        fixes = advice.decision.fixes
        return 0.5 if fixes and fixes[0].option == case.label else 0.0
    return float(option == case.label or option in case.also)


def score(outcomes: Sequence[Outcome]) -> Score:
    """The points of some outcomes."""
    return Score(sum(each.points for each in outcomes), len(outcomes))


def high_confidence(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Cases whose source states facts, choice and reason."""
    return [each for each in outcomes if each.case.confidence == "high"]


def four_options(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Cases for which one of the four options was chosen."""
    return [each for each in outcomes if each.case.label != NONE]


def assumed(outcomes: Sequence[Outcome]) -> Score:
    """How many answers rest on an assumption that may plausibly be wrong."""
    return Score(sum(each.status == "assumed" for each in outcomes), len(outcomes))


def main() -> None:
    """Print every case, every disagreement with our reason, and the scores."""
    outcomes = [judge(case) for case in cases()]
    lines = [f"{'case':46}{'published':17}{'ours':17}{'status':13}points"]
    for each in outcomes:
        case, option = each.case, each.option or NONE
        lines.append(f"{case.name:46}{case.label:17}{option:17}{each.status:13}{each.points:g}")
    for each in outcomes:
        if each.points < 1:
            lines += ["", f"{each.case.name} ({each.case.confidence} confidence)"]
            lines += [
                f"  published: {each.case.label}. {each.case.says}",
                f"  ours: {each.summary}",
            ]
    lines.append("")
    for title, found in (
        ("high confidence", score(high_confidence(outcomes))),
        ("four options", score(four_options(outcomes))),
        ("all", score(outcomes)),
        ("assumed", assumed(outcomes)),
    ):
        lines.append(f"{title:16}{found.points:5g} of {found.cases:3}  {found.share:6.1%}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
