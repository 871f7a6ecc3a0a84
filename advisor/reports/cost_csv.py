"""``cost --format csv``: one row for each variant and job."""

from __future__ import annotations

from advisor.gate.costs import ConfiguredCosts
from advisor.reports.terminal_chart import Canvas
from advisor.text.csv_text import csv_text

_HEADINGS = (
    "file", "line", "address", "variant", "option", "runs_on", "region", "usd_low", "usd_high",
    "unit_usd", "unit", "scenario", "open",
)  # fmt: skip


def render(found: ConfiguredCosts, _: Canvas) -> str:
    """The table, with what is not known left empty."""
    rows = [
        (
            row.file,
            row.line,
            row.address,
            row.part,
            row.option,
            row.runs_on,
            row.region,
            row.cost.usd_low,
            row.cost.usd_high,
            row.unit_usd,
            row.unit,
            row.when,
            "; ".join(row.open),
        )
        for row in found.rows
    ]
    return csv_text(_HEADINGS, rows)
