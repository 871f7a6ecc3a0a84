"""``whatif --format json``: ``sm-advise/whatif.v1``, built key by key."""

from __future__ import annotations

import json
from typing import Any

from advisor import __version__
from advisor.compare.break_even import Crossing
from advisor.compare.scenario import KeyValue, Outcome
from advisor.compare.whatif import Stretch, Sweep
from advisor.model.workload import Interval
from advisor.reports.cost_curves import costs, pair_break_even
from advisor.reports.terminal_chart import Canvas
from advisor.text.quantity import show
from advisor.text.quantity_format import plain, unit

SCHEMA = "sm-advise/whatif.v1"


def render(found: Sweep, _: Canvas) -> str:
    """One object."""
    value = {
        "schema": SCHEMA,
        "tool": {"version": __version__},
        "workload": {
            "name": found.workload.name,
            "file": found.workload.file,
            "sha256": found.workload.sha256,
        },
        **found.workload.settings.as_inputs(),
        "fact": found.key,
        "unit": "" if found.stretches[0].words else unit(found.kind),
        "current": None if found.current is None else _value(found, found.current),
        "stated": found.stated,
        "answers": [_stretch(found, each) for each in found.stretches],
        "cheapest_changes": [_crossing(found, each) for each in found.crossings],
        "pair_break_evens": [pair_break_even(found.key, found.kind, it) for it in found.turns],
        "points": [_point(found, each) for each in found.points],
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _value(found: Sweep, value: KeyValue) -> Any:
    """Words as they are, numbers in the plain unit of their kind."""
    return value if isinstance(value, str | bool) else plain(value, found.kind)


def _stretch(found: Sweep, each: Stretch) -> dict[str, Any]:
    if each.words:
        return {"values": list(each.words), "option": each.option}
    return {
        "low": plain(each.low, found.kind),
        "high": plain(each.high, found.kind),
        "from": show(Interval(each.low, None), found.kind),
        "to": show(Interval(None, each.high), found.kind),
        "option": each.option,
    }


def _crossing(found: Sweep, each: Crossing) -> dict[str, Any]:
    return {
        "below": _value(found, each.below.value),
        "above": _value(found, each.above.value),
        "before": each.before,
        "after": each.after,
        "step": each.jump,
        "usd_below": costs(each.below),
        "usd_above": costs(each.above),
    }


def _point(found: Sweep, each: Outcome) -> dict[str, Any]:
    return {
        "value": _value(found, each.value),
        "option": each.option,
        "cheapest": each.cheapest,
        "usd": costs(each),
    }
