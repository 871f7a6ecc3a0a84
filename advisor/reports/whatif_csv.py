"""``whatif --format csv``: one row for each value, for a spreadsheet."""

from __future__ import annotations

import csv
from io import StringIO

from advisor.costs.money import usd
from advisor.drawing import Canvas
from advisor.model import OPTIONS
from advisor.rounding import plain, unit
from advisor.scenario import Outcome
from advisor.sweep import Sweep


def render(found: Sweep, canvas: Canvas) -> str:
    """The table; an option that may not be used at a value has empty cells."""
    del canvas
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    words = bool(found.stretches[0].words)
    name = found.key if words else f"{found.key} [{unit(found.kind)}]".replace(" []", "")
    ends = [f"{option} usd_{end}" for option in OPTIONS for end in ("low", "high")]
    writer.writerow([name, "answer", "cheapest", *ends])
    for point in found.points:
        writer.writerow(_row(found, point))
    return stream.getvalue()


def _row(found: Sweep, point: Outcome) -> list[object]:
    value = point.value
    first: object = value
    if isinstance(value, bool):
        first = str(value).lower()
    elif isinstance(value, int):
        first = plain(value, found.kind)
    cells: list[object] = [first, point.option or "", point.cheapest or ""]
    for option in OPTIONS:
        cost = point.costs.get(option)
        ends = (None, None) if cost is None else (cost.low, cost.high)
        cells += ["" if end is None else usd(end) for end in ends]
    return cells
