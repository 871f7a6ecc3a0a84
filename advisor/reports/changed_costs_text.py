"""``diff --format text`` of configurations: what costs something else, then the totals."""

from __future__ import annotations

from advisor.gate.cost_changes import ChangedCosts
from advisor.reports.terminal_chart import Canvas, table, wrapped
from advisor.text.money_format import money
from advisor.text.tones import TITLE


def render(found: ChangedCosts, canvas: Canvas) -> str:
    """Nothing without a change."""
    if not found.rows:
        return ""
    by = f" ({found.risen.text})" if found.risen.text else ""
    total = f"Total: {money(found.old)} {canvas.signs.arrow} {found.new.words}{by}."
    rows = [
        (f"  {name}", f"{old or '-'} {canvas.signs.arrow} {new or '-'}")
        for name, old, new in found.rows
    ]
    lines = [*table(("", ""), rows, canvas, flexible=1), "", *wrapped(total, canvas, tone=TITLE)]
    return "\n".join(lines) + "\n"
