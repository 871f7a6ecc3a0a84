"""``compare --format csv``: one row for each option."""

from __future__ import annotations

from advisor.compare.compare import ComparedOption, Comparison
from advisor.engine.standing import why
from advisor.pricing.plan_cost import in_brief
from advisor.reports.terminal_chart import Canvas
from advisor.text.csv_text import csv_text

_HEADINGS = (
    "workload", "option", "standing", "why", "plan", "usd_low", "usd_high",
    "usd_per_1000_low", "usd_per_1000_high", "p50_ms", "p99_ms", "cold_start_share",
    "latency_basis", "price_basis", "usd_estimate", "estimate_rests_on", "usd_per_1000_estimate",
)  # fmt: skip


def render(found: Comparison, _: Canvas) -> str:
    """The table, with what is not known left empty."""
    return csv_text(_HEADINGS, [_cells(found, row) for row in found.rows])


def _cells(found: Comparison, row: ComparedOption) -> tuple[object, ...]:
    candidate = row.candidate
    cost, latency = candidate.cost, candidate.latency
    share = row.per_thousand
    return (
        found.advice.workload.name,
        candidate.option,
        candidate.standing.standing,
        why(candidate.standing),
        None if candidate.plan is None else in_brief(candidate.plan),
        None if cost is None else cost.usd_low,
        None if cost is None else cost.usd_high,
        None if share is None else share.usd_low,
        None if share is None else share.usd_high,
        None if latency is None else latency.p50_ms,
        None if latency is None else latency.p99_ms,
        None if latency is None else latency.cold_start_share,
        None if latency is None else latency.basis,
        None if cost is None else cost.basis,
        None if cost is None else cost.usd_estimate,
        None if cost is None else "; ".join(cost.estimate_rests_on),
        None if share is None else share.usd_estimate,
    )
