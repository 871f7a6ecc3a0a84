"""``diff --format json``: ``sm-advise/diff.v1``, an object for each workload on both sides."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from advisor import __version__
from advisor.compare.diff import ChangedValue, Difference, chosen_cost, rise
from advisor.model.advice import Advice
from advisor.reports.terminal_chart import Canvas

SCHEMA = "sm-advise/diff.v1"


def render(found: tuple[Sequence[Difference], Sequence[str], Sequence[str]], _: Canvas) -> str:
    """One object; ``changed`` is false, and the lists are empty, when nothing changed."""
    differences, added, removed = found
    value = {
        "schema": SCHEMA,
        "tool": {"version": __version__},
        "changed": bool(added or removed or any(each.matters for each in differences)),
        "added": list(added),
        "removed": list(removed),
        "workloads": [_workload(each) for each in differences],
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _workload(found: Difference) -> dict[str, Any]:
    return {
        "name": found.new.workload.name,
        "changed": found.matters,
        "old": _side(found.old),
        "new": _side(found.new),
        "increase": rise(chosen_cost(found.old), chosen_cost(found.new)).for_programs(),
        "facts": _changes(found.facts),
        "answer": _changes(found.answer),
        "options": _changes(found.options),
        "settings": _changes(found.settings),
        "requests": [change.name for change in found.requests],
        "monthly_costs": _changes(found.costs),
        "findings": {
            "new": [finding._asdict() for finding in found.appeared],
            "gone": [finding._asdict() for finding in found.gone],
        },
    }


def _side(advice: Advice) -> dict[str, Any]:
    cost = chosen_cost(advice)
    return {
        "file": advice.workload.file,
        "sha256": advice.workload.sha256,
        **advice.workload.settings.as_inputs(),
        "option": advice.decision.option,
        "status": advice.decision.status,
        "usd_low": cost.usd_low,
        "usd_high": cost.usd_high,
        "usd_estimate": cost.usd_estimate,
        "estimate_rests_on": cost.estimate_rests_on,
    }


def _changes(changes: Sequence[ChangedValue]) -> list[dict[str, Any]]:
    return [change._asdict() for change in changes]
