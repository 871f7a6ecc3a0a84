"""``whatif --format csv``: one row for each value, for a spreadsheet."""

from __future__ import annotations

from advisor.compare.scenario import Outcome
from advisor.compare.whatif import Sweep
from advisor.model.options import OPTIONS
from advisor.reports.terminal_chart import Canvas
from advisor.text.csv_text import csv_text
from advisor.text.quantity_format import plain, unit, word


def render(found: Sweep, _: Canvas) -> str:
    """The table; an option that may not be used at a value has empty cells."""
    words = bool(found.stretches[0].words)
    name = found.key if words else f"{found.key} [{unit(found.kind)}]".replace(" []", "")
    ends = [f"{option} usd_{end}" for option in OPTIONS for end in ("low", "high")]
    ends += [f"{option} usd_estimate" for option in OPTIONS]
    rows = [_row(found, point) for point in found.points]
    return csv_text((name, "answer", "cheapest", *ends), rows)


def _row(found: Sweep, point: Outcome) -> list[object]:
    value = point.value
    first = plain(value, found.kind) if type(value) is int else word(value)
    cells: list[object] = [first, point.option or "", point.cheapest or ""]
    costs = [point.costs.get(option) for option in OPTIONS]
    for cost in costs:
        cells += ["", ""] if cost is None else [cost.usd_low or "", cost.usd_high or ""]
    return [*cells, *("" if cost is None else cost.usd_estimate or "" for cost in costs)]
