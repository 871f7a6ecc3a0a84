"""``compare --format json``: ``sm-advise/compare.v1``, built key by key."""

from __future__ import annotations

import json
from typing import Any

from advisor import __version__
from advisor.compare.break_even import number_at
from advisor.compare.compare import Axis, BreakEven, ComparedOption, Comparison
from advisor.engine.standing import why
from advisor.model.advice import Cost
from advisor.model.workload import Measured
from advisor.reports.cost_curves import costs, pair_break_even
from advisor.reports.terminal_chart import Canvas
from advisor.text.quantity_format import about, plain, unit

SCHEMA = "sm-advise/compare.v1"
_KINDS = {"traffic.volume": "rate", "requests.processing": "time", "dataset.records": "count"}


def render(found: Comparison, _: Canvas) -> str:
    """One object."""
    advice = found.advice
    value = {
        "schema": SCHEMA,
        "tool": {"version": __version__, "rules": advice.rules_digest},
        "workload": {
            "name": advice.workload.name,
            "file": advice.workload.file,
            "sha256": advice.workload.sha256,
        },
        "inputs": {
            "limits": advice.limits,
            "region": advice.region,
            "prices": advice.prices_date,
            "set": dict(advice.changes),
            **advice.workload.settings.as_inputs(),
        },
        **_measured(advice.workload.measured),
        "recommendation": {
            "option": advice.decision.option,
            "status": advice.decision.status,
            "summary": advice.summary,
        },
        "options": [_row(row) for row in found.rows],
        "break_even_requests": dict(found.break_even_requests),
        "break_evens": [_break_even(each) for each in found.break_evens],
        "pair_break_evens": [
            pair_break_even(axis.key, _KINDS[axis.key], each)
            for axis in found.axes
            for each in axis.turns
        ],
        "assumed": dict(found.assumed),
        "curves": [_curve(axis) for axis in found.axes],
        "findings": [finding._asdict() for finding in advice.findings],
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _measured(measured: Measured | None) -> dict[str, Any]:
    """The load tests that sizes rest on; what they measured is in the JSON of `advise`."""
    if measured is None:
        return {}
    jobs = [{"job": job.name, "date": job.date or None, "file": job.file} for job in measured.jobs]
    return {"measured": {"jobs": jobs}}


def _row(row: ComparedOption) -> dict[str, Any]:
    candidate = row.candidate
    plan, latency = candidate.plan, candidate.latency
    return {
        "option": candidate.option,
        "title": candidate.title,
        "standing": candidate.standing.standing,
        "reasons": [each.without_verdict() for each in candidate.standing.reasons],
        "eligible": candidate.eligible,
        "why": why(candidate.standing),
        "plan": None
        if plan is None
        else {"settings": [setting._asdict() for setting in plan.settings]},
        "monthly_cost": None if candidate.cost is None else _cost(candidate.cost),
        "usd_per_thousand_requests": None
        if row.per_thousand is None
        else row.per_thousand._asdict(),
        "unit_costs": None if row.units is None else row.units._asdict(),
        "latency": None if latency is None else latency._asdict(),
    }


def _cost(cost: Cost) -> dict[str, Any]:
    value = {**cost._asdict(), "items": [item._asdict() for item in cost.items]}
    for key in ("part_time", "always_on"):
        other = value.pop(key)
        if other is not None:
            value[key] = {**other._asdict(), "items": [item._asdict() for item in other.items]}
    return value


def _break_even(each: BreakEven) -> dict[str, Any]:
    crossing, kind = each.crossing, _KINDS[each.key]
    below, above = number_at(crossing.below), number_at(crossing.above)
    return {
        "fact": each.key,
        "at": about(above, kind),
        "unit": unit(kind),
        "below": plain(below, kind),
        "above": plain(above, kind),
        "busy_share": each.busy_share,
        "before": crossing.before,
        "after": crossing.after,
        "step": crossing.jump,
        "usd_below": costs(crossing.below),
        "usd_above": costs(crossing.above),
    }


def _curve(axis: Axis) -> dict[str, Any]:
    kind = _KINDS[axis.key]
    return {
        "fact": axis.key,
        "unit": unit(kind),
        "current": plain(axis.current, kind),
        "points": [
            {
                "value": plain(int(str(point.value)), kind),
                "cheapest": point.cheapest,
                "usd": costs(point),
            }
            for point in axis.points
        ],
    }
