"""The parts of the JSON that repeat from one workload to the next, each encoded once and kept.

A verdict, a step or an assumed fact is the same for many workloads; to look its text up costs a
fifth of encoding it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from advisor.model.advice import (
    Cost,
    CostItem,
    CostUnknown,
    DecisiveUnknown,
    Fact,
    Fix,
    Latency,
    Quota,
    Reason,
    Setting,
    Step,
    Verdict,
)
from advisor.model.value import Memo
from advisor.model.workload import Finding, Measured, Measurement, TokenTimes

quoted = json.encoder.encode_basestring  # one text, with its quotation marks


def _encoder() -> Callable[[Any], str]:
    """What ``JSONEncoder.encode`` does, but made once and not for every value: half the time."""
    plain = json.JSONEncoder(ensure_ascii=False)
    make: Any = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return plain.encode
    parts = make(None, plain.default, quoted, None, ": ", ", ", False, False, True)
    return lambda value: "".join(parts(value, 0)) if value else plain.encode(value)


encode = _encoder()
_kept: Memo[Any, str] = Memo()


def kept(key: Any, make: Callable[[], dict[str, Any]]) -> str:
    """The text of a value, encoded when its key is first met."""
    text = _kept.get(key)
    if text is None:
        text = _kept[key] = encode(make())
    return text


def array(texts: Iterable[str], separator: str = ", ") -> str:
    """An array of encoded values."""
    return f"[{separator.join(texts)}]"


def fact(item: Fact) -> str:
    """A stated fact with its place, or an assumed or derived one with its reason."""
    return kept(item, lambda: _fact(item))


def _fact(item: Fact) -> dict[str, Any]:
    value: dict[str, Any] = {"fact": item.fact, "value": item.value, "origin": item.origin}
    if item.origin == "stated":
        return value | {"line": item.line, "column": item.column}
    return value | {"because": item.because}


def step(item: Step) -> str:
    """One question of the path."""
    key = (item.question, item.taken, item.answer, *item.facts.items())
    return kept(
        key,
        lambda: {
            "question": item.question,
            "asks": item.asks,
            "answer": item.answer or None,
            "taken": item.way if item.answer else None,
            "assumed": item.assumed,
            "facts": item.facts,
            "leads_to": item.leads_to,
            "because": item.because,
            "source": item.source,
            "as_of": item.as_of,
        },
    )


def reason(item: Reason) -> str:
    """Why an option stands as it does; its limit or need is among the verdicts."""
    return kept(item, item.without_verdict)


def verdict(item: Verdict) -> str:
    """What one limit or feature says of an option."""
    return kept(item, lambda: _verdict(item))


def _verdict(item: Verdict) -> dict[str, Any]:
    value: dict[str, Any] = {
        "rule": item.rule,
        "title": item.title,
        "outcome": item.outcome,
        "fact": item.fact,
        "value": item.value or None,
        "bound": item.bound,
        "margin": item.margin,
        "source": item.source,
        "as_of": item.as_of,
    }
    return value | {"note": item.note} if item.note else value


def setting(item: Setting) -> str:
    """One number or name of a plan; a value that cannot be a key is not kept."""
    if isinstance(item.value, (list, dict)):
        return encode(_setting(item))
    # 1, 1.0 and True are equal as keys and differ as JSON.
    return kept((item, item.value.__class__), lambda: _setting(item))


def _setting(item: Setting) -> dict[str, Any]:
    value = {"name": item.name, "value": item.value, "because": item.because}
    return value | {"source": item.source} if item.source else value


def money(usd: str | None) -> str:
    """An amount, which is a decimal text of our own, or null where it is not known."""
    return "null" if usd is None else f'"{usd}"'


_ORIGIN = ("basis", "source", "as_of")  # of a price, as the JSON names them


def cost_item(item: CostItem) -> str:
    """One line of a monthly cost; hardly two are the same, so only its origin is kept."""
    origin = item.basis, item.source, item.as_of
    return (
        f'{{"name": {quoted(item.name)}, "quantity": "{item.quantity}", '
        f'"unit": "{item.unit}", "unit_price_usd": {money(item.unit_price_usd)}, '
        f'"usd_low": {money(item.usd_low)}, "usd_high": {money(item.usd_high)}, '
        f'"usd_estimate": {money(item.usd_estimate)}, '
        f"{kept(origin, lambda: dict(zip(_ORIGIN, origin, strict=True)))[1:]}"
    )


def latency(item: Latency) -> str:
    """Expected answer times."""
    return kept(item, item._asdict)


def rest_of_cost(item: Cost) -> str:
    """The members of a cost that many workloads share, without the braces around them."""
    key = ("cost", item.complete, item.basis, item.widest, item.notes, item.estimate_rests_on)
    return kept(
        key,
        lambda: {
            "complete": item.complete,
            "basis": item.basis,
            "widest": item.widest or None,
            "estimate_rests_on": item.estimate_rests_on,
            "notes": item.notes,
        },
    )[1:-1]


def quota(item: Quota) -> str:
    """A quota to look at."""
    return kept(item, item._asdict)


def unknown(item: DecisiveUnknown) -> str:
    """A fact that would turn the answer."""
    key = (item.fact, item.remote, item.assumed, *item.outcomes.items())
    return kept(
        key,
        lambda: {
            "fact": item.fact,
            "remote": item.remote,
            "assumed": item.assumed or None,
            "outcomes": item.outcomes,
        },
    )


def cost_unknown(item: CostUnknown) -> str:
    """A fact that would move the size or the cost."""
    outcomes = [
        {
            "value": each.value,
            "option": each.option,
            "runs_on": each.runs_on,
            "usd_low": each.cost and each.cost.usd_low,
            "usd_high": each.cost and each.cost.usd_high,
            "usd_estimate": each.cost and each.cost.usd_estimate,
        }
        for each in item.outcomes
    ]
    return encode({"fact": item.fact, "assumed": item.assumed, "outcomes": outcomes})


def fix(item: Fix) -> dict[str, Any]:
    """Changes that make an option fit."""
    return {
        "changes": [{"fact": change.fact, "to": change.to} for change in item.changes],
        "option": item.option,
        "advice": item.advice,
        "source": item.source,
        "breaks": item.breaks,
    }


def measured(item: Measured) -> dict[str, Any]:
    """A load test: the configurations that were measured, and which of them sizing takes."""
    return {
        "jobs": [
            {"job": job.name, "date": job.date or None, "file": job.file} for job in item.jobs
        ],
        "facts": item.keys,
        "tests": [_measurement(each) for each in item.tests],
    }


def _measurement(item: Measurement) -> dict[str, Any]:
    return {
        "job": item.job.name,
        "instance_type": item.instance_type or None,
        "memory_mb": item.memory_mb,
        "per_second": round(item.per_second, 6),
        "latency_ms": round(item.latency_s * 1000, 3),
        "setup_ms": None if item.setup_s is None else round(item.setup_s * 1000, 3),
        "cpu_percent": item.cpu_percent,
        "memory_percent": item.memory_percent,
        "usd_per_hour": item.usd_per_hour,
        "instances": item.instances,
        "standing": item.standing,
        "because": item.note,
        "tokens": _times(item.tokens),
        "modelled": _times(item.modelled),
    }


def _times(times: TokenTimes | None) -> dict[str, float] | None:
    if times is None:
        return None
    return {name: float(f"{value:.4g}") for name, value in times._asdict().items()}


def finding(item: Finding) -> dict[str, Any]:
    """A message with its place."""
    value = {
        "rule": item.rule,
        "severity": item.severity,
        "message": item.message,
        "file": item.file,
        "line": item.line or None,
        "column": item.column or None,
    }
    if item.fix:
        value["fix"] = item.fix
    if item.source:
        value["source"] = item.source
    return value
