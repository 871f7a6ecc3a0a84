"""``diff --format json`` of configurations: ``sm-advise/diff.v1`` without workloads."""

from __future__ import annotations

import json

from advisor import __version__
from advisor.gate.cost_changes import ChangedCosts
from advisor.reports.terminal_chart import Canvas


def render(found: ChangedCosts, _: Canvas) -> str:
    """The rows that differ by address, and the totals."""
    old, new = (
        {"usd_low": side.usd_low, "usd_high": side.usd_high, "complete": not side.unpriced}
        for side in (found.old, found.new)
    )
    value = {
        "schema": "sm-advise/diff.v1",
        "tool": {"version": __version__},
        "changed": bool(found.rows),
        "added": [],
        "removed": [],
        "workloads": [],
        "configurations": [each._asdict() for each in found.rows],
        "total": {"old": old, "new": new, "increase": found.risen.for_programs()},
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
