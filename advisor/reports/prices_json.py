"""``prices show --format json``: ``sm-advise/price-list.v1``."""

from __future__ import annotations

import json
from typing import Any

from advisor.pricing.price_listing import Book, RegionPrices
from advisor.reports.terminal_chart import Canvas

SCHEMA = "sm-advise/price-list.v1"


def render(found: Book, _: Canvas) -> str:
    """One object; the prices themselves only where one Region was asked for."""
    value = {"schema": SCHEMA, "regions": [_region(found, each) for each in found.regions]}
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _region(found: Book, known: RegionPrices) -> dict[str, Any]:
    value: dict[str, Any] = {
        "region": known.region,
        "date": known.date,
        "age_days": known.age_days,
        "stale": known.stale,
        "own": known.own,
        "count": known.prices,
    }
    if found.single:
        value["prices"] = [
            {
                "component": row.component,
                "key": row.key,
                "usd": row.price.usd,
                "basis": row.price.basis,
                "source": row.price.source,
                "as_of": row.price.as_of,
            }
            for row in known.rows
        ]
    return value
