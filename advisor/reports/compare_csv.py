"""``compare --format csv``: one row for each option."""

from __future__ import annotations

import csv
from io import StringIO

from advisor.compare.compare import ComparedOption, Comparison
from advisor.engine.standing import why
from advisor.model.printable import printable
from advisor.pricing.plan_cost import in_brief
from advisor.reports.terminal_chart import Canvas

_HEADINGS = (
    "workload", "option", "standing", "why", "plan", "usd_low", "usd_high",
    "usd_per_1000_low", "usd_per_1000_high", "p50_ms", "p99_ms", "cold_start_share",
    "latency_basis", "price_basis", "usd_estimate", "estimate_rests_on", "usd_per_1000_estimate",
)  # fmt: skip


def render(found: Comparison, _: Canvas) -> str:
    """The table, with what is not known left empty."""
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_HEADINGS)
    for row in found.rows:
        writer.writerow(["" if cell is None else cell for cell in _cells(found, row)])
    return stream.getvalue()


def _cells(found: Comparison, row: ComparedOption) -> tuple[object, ...]:
    candidate = row.candidate
    cost, latency = candidate.cost, candidate.latency
    share = row.per_thousand
    return (
        printable(found.advice.workload.name),
        candidate.option,
        candidate.standing.standing,
        printable(why(candidate.standing)),
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
