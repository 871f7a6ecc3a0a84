"""Outcomes in the reports of compare and whatif: costs, stretches, a curve for each option."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from advisor.compare.scenario import Outcome
from advisor.compare.whatif import Stretch, Sweep
from advisor.model.advice import Latency
from advisor.model.workload import Interval
from advisor.reports.terminal_chart import Curve
from advisor.text.money_format import NOT_APPLICABLE, UNKNOWN
from advisor.text.quantity import show
from advisor.text.quantity_format import milliseconds, percent

_LETTERS = {"batch-transform": "B", "asynchronous": "A", "serverless": "S", "real-time": "R"}


def costs(outcome: Outcome) -> dict[str, Any]:
    """USD a month of each option that may be used, as texts; ``None`` where it is not known."""
    return {
        option: {
            "usd_low": cost.usd_low,
            "usd_high": cost.usd_high,
            "usd_estimate": cost.usd_estimate,
        }
        for option, cost in outcome.costs.items()
    }


def times(latency: Latency | None) -> tuple[str, str, str]:
    """Median and 99th percentile of the answer time, and the share of cold starts."""
    if latency is None:
        return (NOT_APPLICABLE,) * 3
    p50, p99 = (
        UNKNOWN if time is None else milliseconds(time) for time in (latency.p50_ms, latency.p99_ms)
    )
    cold = latency.cold_start_share
    return p50, p99, UNKNOWN if cold is None else percent(cold)


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


def kind_of(found: Sweep) -> str:
    """The kind as figures are written: a volume is given by the month."""
    return "volume" if found.key == "traffic.volume" else found.kind


def span(found: Sweep, each: Stretch) -> str:
    """A stretch as the workload file accepts it; open at the ends of the sweep."""
    if each.words:
        return ", ".join(each.words)
    first, last = each is found.stretches[0], each is found.stretches[-1]
    low = "" if first else show(Interval(each.low, None), found.kind)
    high = "" if last else show(Interval(None, each.high), found.kind)
    return ", ".join(text for text in (low, high) if text) or "any"
