"""``diff --format markdown`` of configurations: a comment for a pull request."""

from __future__ import annotations

from advisor.gate.cost_changes import ChangedCosts
from advisor.reports.terminal_chart import Canvas
from advisor.text.markup import code, prose, table
from advisor.text.money_format import money


def render(found: ChangedCosts, _: Canvas) -> str:
    """A table of what changed; nothing without a change."""
    if not found.rows:
        return ""
    by = f" ({found.risen.text})" if found.risen.text else ""
    title = f"### Cost of configurations: {prose(f'{money(found.old)} → {found.new.words}{by}')}"
    rows = [[code(text) if text else "-" for text in each] for each in found.rows]
    return "\n".join([title, "", *table(("", "Before", "After"), rows)]) + "\n"
