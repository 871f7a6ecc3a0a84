"""``prices refresh --format json``: ``sm-advise/price-refresh.v1``."""

from __future__ import annotations

import json
from typing import Any

from advisor.model.advice import Cost
from advisor.pricing.price_refresh.refresh import Difference, MovedCost, PriceChange
from advisor.reports.terminal_chart import Canvas

SCHEMA = "sm-advise/price-refresh.v1"


def render(found: tuple[tuple[Difference, ...], tuple[MovedCost, ...]], _: Canvas) -> str:
    """One object."""
    regions, workloads = found
    value = {
        "schema": SCHEMA,
        "regions": [_region(one) for one in regions],
        "workloads": [_workload(each) for each in workloads],
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _region(one: Difference) -> dict[str, Any]:
    lists = {"changed": one.changed, "new": one.new, "gone": one.gone, "wrong": one.wrong}
    return {**one._asdict(), **{name: [_change(each) for each in lists[name]] for name in lists}}


def _change(each: PriceChange) -> dict[str, Any]:
    percent = each.percent
    return {**each._asdict(), "percent": None if percent is None else round(float(percent), 3)}


def _workload(each: MovedCost) -> dict[str, Any]:
    whens = zip(("old", "new"), each.ways, each.costs, strict=True)
    return {
        "name": each.new.workload.name,
        "file": each.new.workload.file,
        "costs_otherwise": each.costs_otherwise,
        "runs_otherwise": each.runs_otherwise,
        **{when: {"plan": way or None, "monthly_cost": _cost(cost)} for when, way, cost in whens},
    }


def _cost(cost: Cost | None) -> dict[str, Any] | None:
    if cost is None:
        return None
    return {name: getattr(cost, name) for name in ("usd_low", "usd_high", "usd_estimate")}
