"""Whole costs of every option, stated with their arithmetic: settings, lines, ends, other hours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from advisor.model.advice import Candidate, Cost, CostItem, OtherHours
from advisor.pipeline import advise
from advisor.rulebook.source import read_rules
from tests.planned import facts_of

CASES = sorted((Path(__file__).parent / "costs").glob("*.yaml"))

NAMES = {"ModelName", "EndpointConfigName", "EndpointName", "TransformJobName"}
"""Settings that say nothing of what an option costs."""


def ends(what: Cost | CostItem | OtherHours) -> str:
    """``79.89``, ``79.89..160.10``, or ``79.89.. about 90`` where nothing bounds it."""
    text = str(what.usd_low)
    if what.usd_high != what.usd_low:
        text += f"..{what.usd_high or ''}"
    return text if what.usd_estimate is None else f"{text} about {what.usd_estimate}"


def of_item(each: CostItem) -> str:
    price = each.unit_price_usd or "?"
    return f"{each.quantity} {each.unit} x {price} = {ends(each)} ({each.basis})"


def of_option(candidate: Candidate) -> dict[str, Any]:
    plan, cost = candidate.plan, candidate.cost
    if plan is None or cost is None:
        return {"plan": "none"}
    said: dict[str, Any] = {
        "settings": {each.name: each.value for each in plan.settings if each.name not in NAMES},
        "items": {each.name: of_item(each) for each in cost.items},
        "total": ends(cost),
    }
    if cost.widest or cost.estimate_rests_on:
        said["rests on"] = f"{cost.widest}; {', '.join(cost.estimate_rests_on)}"
    for name, other in (("part time", cost.part_time), ("always on", cost.always_on)):
        if other is not None:
            said[name] = f"{other.hours} h: {ends(other)}"
    latency = candidate.latency
    if latency is not None:
        said["latency"] = f"{latency.p50_ms} {latency.p99_ms} {latency.cold_start_share}"
    quotas = {each.name: each.wanted for each in plan.quotas}
    if quotas:
        said["quotas"] = quotas
    return said


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_line_of_every_option_is_that(path: Path) -> None:
    case = dict(read_rules(path))
    advice = advise(facts_of({"name": "case", **case.pop("workload")}).workload)
    assert {each.option: of_option(each) for each in advice.candidates} == case
