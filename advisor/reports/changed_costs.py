"""``diff`` of configurations: what costs something else by address, then the totals."""

from __future__ import annotations

import json

from advisor import __version__
from advisor.gate.cost_changes import ChangedCosts
from advisor.reports.terminal_chart import Canvas, table, wrapped
from advisor.text import markup
from advisor.text.tones import TITLE


def render(found: ChangedCosts, form: str, canvas: Canvas) -> str:
    """A format of ``diff``; nothing without a change, but for programs."""
    if form == "json":
        return _json(found)
    if not found.rows:
        return ""
    total = found.words(canvas.signs.arrow if form == "text" else "→")
    if form == "markdown":
        rows = [[markup.code(text) if text else "-" for text in each] for each in found.rows]
        head = [f"### Cost of configurations: {markup.prose(total)}", ""]
        return "\n".join([*head, *markup.table(("", "Before", "After"), rows), ""])
    cells = [
        (f"  {name}", f"{old or '-'} {canvas.signs.arrow} {new or '-'}")
        for name, old, new in found.rows
    ]
    told = wrapped(f"Total: {total}.", canvas, tone=TITLE)
    return "\n".join([*table(("", ""), cells, canvas, flexible=1), "", *told, ""])


def _json(found: ChangedCosts) -> str:
    """``sm-advise/diff.v1`` without workloads."""
    old, new = (
        {"usd_low": side.usd_low, "usd_high": side.usd_high, "complete": not side.unpriced}
        for side in (found.old, found.new)
    )
    value = {
        "schema": "sm-advise/diff.v1",
        "tool": {"version": __version__},
        "changed": bool(found.rows),
        **dict.fromkeys(("added", "removed", "workloads"), ()),
        "configurations": [each._asdict() for each in found.rows],
        "total": {"old": old, "new": new, "increase": found.risen.for_programs()},
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
