"""``cost --format csv``: one row for each variant and job."""

from __future__ import annotations

from advisor.gate.costs import ConfiguredCosts
from advisor.reports.terminal_chart import Canvas
from advisor.text.csv_text import csv_text

_BEFORE, _AFTER = ("file", "line", "address"), ("option", "runs_on", "region")
_UNIT = ("unit_usd", "unit")
_HEADINGS = (*_BEFORE, "variant", *_AFTER, "usd_low", "usd_high", *_UNIT, "scenario", "open")


def render(found: ConfiguredCosts, _: Canvas) -> str:
    """The table, with what is not known left empty."""
    rows = [
        (
            *(getattr(row, key) for key in _BEFORE),
            row.part,
            *(getattr(row, key) for key in _AFTER),
            row.cost.usd_low,
            row.cost.usd_high,
            *(getattr(row, key) for key in _UNIT),
            row.when,
            "; ".join(row.open),
        )
        for row in found.rows
    ]
    return csv_text(_HEADINGS, rows)
