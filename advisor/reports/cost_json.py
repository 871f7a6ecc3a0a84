"""``cost --format json``: ``sm-advise/cost.v1``, built key by key."""

from __future__ import annotations

import json
from typing import Any

from advisor import __version__
from advisor.gate.costs import ConfiguredCost, ConfiguredCosts
from advisor.reports.terminal_chart import Canvas


def render(found: ConfiguredCosts, _: Canvas) -> str:
    """One object."""
    value = {
        "schema": "sm-advise/cost.v1",
        "tool": {"version": __version__},
        "inputs": {"prices": found.prices_date, "use": found.use.words()},
        "total": {
            "usd_low": found.usd_low,
            "usd_high": found.usd_high,
            "complete": not found.unpriced,
        },
        "configurations": [_row(row) for row in found.rows],
        "not_read": list(found.unread),
        "errors": [str(error) for error in found.errors],
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _row(row: ConfiguredCost) -> dict[str, Any]:
    cost = row.cost
    return {
        **{key: getattr(row, key) for key in ("file", "line", "address")},
        "variant": row.part or None,
        "option": row.option or None,
        "runs_on": row.runs_on or None,
        "region": row.region,
        "scenario": row.when or None,
        "monthly_cost": {
            **{key: getattr(cost, key) for key in ("usd_low", "usd_high", "complete", "basis")},
            "items": [item._asdict() for item in cost.items],
        },
        "unit_price": None if row.unit_usd is None else {"usd": row.unit_usd, "per": row.unit},
        "open": list(row.open),
    }
