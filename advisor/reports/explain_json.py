"""``explain ID WORKLOAD --format json``: an array, since a word may belong to several facts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from advisor.compare.explained import Here
from advisor.model.advice import Candidate, Cost
from advisor.reports.terminal_chart import Canvas


def render(found: Sequence[tuple[str, str, Here]], _: Canvas) -> str:
    """An object for each entry of the id; what does not belong to it is empty or null."""
    value = [_here(*each) for each in found]
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _here(name: str, title: str, here: Here) -> dict[str, Any]:
    workload, chosen = here.advice.workload, here.advice.chosen
    return {
        "id": name,
        "title": title,
        "workload": {"name": workload.name, "file": workload.file, "sha256": workload.sha256},
        "recommendation": {
            "option": here.advice.decision.option,
            "monthly_cost": None if chosen is None else _cost(chosen.cost),
        },
        "stands": here.stands,
        "facts": [each._asdict() for each in here.facts],
        "question": None if here.step is None else _step(here),
        "options": [_option(each) for each in here.candidates],
        "verdicts": [
            {"option": each.option, **each.verdict._asdict(), "taken": each.taken or None}
            for each in here.verdicts
        ],
        "chosen_with": [
            {
                "changes": [change._asdict() for change in way.changes],
                "monthly_cost": _cost(way.cost),
            }
            for way in here.ways or ()
        ],
        "would_change": [each._asdict() for each in here.outcomes],
        "read_by": [{"kind": kind, "id": name} for kind, name in here.read_by],
        "findings": [each._asdict() for each in here.findings],
    }


def _step(here: Here) -> dict[str, Any]:
    assert here.step is not None
    taken = here.step.way if here.step.answer else None
    return {**here.step._asdict(), "answer": here.step.answer or None, "taken": taken}


def _option(candidate: Candidate) -> dict[str, Any]:
    standing = candidate.standing
    return {
        "option": candidate.option,
        "standing": standing.standing,
        "reasons": [each.without_verdict() for each in standing.reasons],
        "monthly_cost": _cost(candidate.cost),
    }


def _cost(cost: Cost | None) -> dict[str, Any] | None:
    if cost is None:
        return None
    return {
        "usd_low": cost.usd_low,
        "usd_high": cost.usd_high,
        "usd_estimate": cost.usd_estimate,
        "complete": cost.complete,
    }
