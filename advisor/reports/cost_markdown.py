"""``cost --format markdown``: the table for a page."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.gate.costs import ConfiguredCosts
from advisor.reports.terminal_chart import Canvas
from advisor.text.markup import code, prose, table


def render(found: ConfiguredCosts, _: Canvas) -> str:
    """A heading with the total, the rows, and what is open."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: ConfiguredCosts) -> Iterator[str]:
    yield f"# Cost of configurations: {prose(found.words)}\n"
    rows = [
        (
            code(f"{row.file}:{row.line}"),
            prose(f"{row.address} {row.part}"),
            row.option,
            prose(row.runs_on),
            prose(row.money),
            prose("; ".join(row.notes)),
        )
        for row in found.rows
    ]
    yield from table(("Place", "What", "Option", "Runs on", "USD a month", "Open"), rows)
    yield f"\n{prose(found.basis)}"
    for each in found.unread:
        yield f"\nNot read: {prose(each)}"
