"""What the reports of compare and whatif say alike of outcomes: costs, and a curve an option."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from advisor.costs.money import usd
from advisor.drawing import Curve
from advisor.scenario import Outcome

_LETTERS = {"batch-transform": "B", "asynchronous": "A", "serverless": "S", "real-time": "R"}


def costs(outcome: Outcome) -> dict[str, Any]:
    """USD a month of each option that may be used, as texts; ``None`` where it is not known."""
    return {
        option: {
            "usd_low": None if cost.low is None else usd(cost.low),
            "usd_high": None if cost.high is None else usd(cost.high),
        }
        for option, cost in outcome.costs.items()
    }


def curves(points: Sequence[Outcome]) -> list[Curve]:
    """One curve for each option that has a cost at a point; what is preferred is drawn last."""
    return [
        Curve(
            _LETTERS[option],
            tuple(
                None if (cost := point.middle(option)) is None else float(cost) for point in points
            ),
        )
        for option in reversed(_options(points))
    ]


def legend(points: Sequence[Outcome]) -> str:
    """The letters of the curves."""
    return ", ".join(f"{_LETTERS[option]} {option}" for option in _options(points))


def _options(points: Sequence[Outcome]) -> list[str]:
    return list(dict.fromkeys(option for point in points for option in point.costs))
