"""What a named model tells, in lines of text and as a member of the JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from advisor.model.workload import Alternative, Modelled, OnType
from advisor.text.money_format import NOT_APPLICABLE, UNKNOWN, figure, money
from advisor.text.quantity import KINDS
from advisor.text.quantity_format import about, number

_SECOND = 1_000_000
_PER_SECOND = KINDS["rate"]["/s"]


def lines(told: Modelled, *, job: bool) -> Iterator[str]:
    """Memory, what the load settles at, the highest rate, and what else would carry the load.

    Of a list the same of each model that is named, behind its name.

    Args:
        told: of a model.
        job: whether costs are those of a run, and not of a month.
    """
    alike: dict[str, tuple[list[str], Modelled]] = {}
    for name, of_list in told.members:
        alike.setdefault(repr(of_list), ([], of_list))[0].append(name)
    for names, of_list in alike.values():
        said = ", ".join(names[:2]) + (f" and {len(names) - 2} more" if names[2:] else "")
        yield from (f"{said}: {line}" for line in lines(of_list, job=job))
    if told.members or not told.weights:
        return
    cache = f" + KV {about(told.kv_per_token, 'size')}/token" if told.kv_per_token else ""
    held = f"{told.name}: weights {about(told.weights, 'size')} {told.precision}{cache}"
    on = told.on
    if on is None:
        yield held
        return
    length = f"{told.given + told.written:,} tokens"
    yield f"{held}; {on.instance_type}{_split(on)} holds {on.holds:,} requests of {length}"
    stated = "" if on.request_s == on.modelled_s else f" for {_time(on.request_s)} each as stated"
    yield (
        f"at {_rate(on.rate)} on {on.instances:,} instance{'s'[: on.instances != 1]}:"
        f" {number(on.in_flight)} requests in flight{stated}, TTFT"
        f" {_modelled(on.first_token_s, on.first_token)}, TPOT"
        f" {_modelled(on.per_token_s, on.per_token)}{_dollars(on)}"
        f" ({'modelled' if on.first_token[0] < on.first_token[1] else 'measured'});"
        f" highest stable rate {_rate(on.highest_per_s * on.instances)},"
        f" {on.concurrency * on.instances:,} in flight"
    )
    if on.beside:
        yield f"measured by others: {on.beside}"
    for other in told.alternatives:
        yield f"{other.change}: {_fleet(other, 'a run' if job else 'a month')}"


def _modelled(middle: float, interval: tuple[float, float]) -> str:
    """A time with the ends of its interval, each unit said once; a measured one has no ends."""
    low, high = map(_time, interval)
    said, unit = _time(middle), _time(middle).partition(" ")[2]
    if low == high:
        return said
    if low.endswith(f" {unit}") and high.endswith(f" {unit}"):
        low, high = low.partition(" ")[0], high.partition(" ")[0]
    return f"{said} ({low}..{high})"


def _split(on: OnType) -> str:
    """How the devices of an instance are shared out; empty where it has one."""
    if on.copies == 1:
        return f" (1 copy on {on.tensor_parallel} devices)" if on.tensor_parallel > 1 else ""
    each = "1 device" if on.tensor_parallel == 1 else f"{on.tensor_parallel} devices"
    return f" ({on.copies} copies on {each} each)"


def _dollars(on: OnType) -> str:
    if on.usd_at_load is None or on.usd_at_most is None:
        return ""
    return (
        f", {figure(on.usd_at_load)} USD per 1M output tokens, {figure(on.usd_at_most)} at the"
        " highest rate"
    )


def _fleet(other: Alternative, period: str) -> str:
    usd, on = money(other.cost), other.on
    paid = "price unknown" if usd in (UNKNOWN, NOT_APPLICABLE) else f"{usd} USD {period}"
    late = "" if on.kept else ", misses a target"
    return (
        f"{other.runs_on}{_split(on)}, {paid}, TTFT {_time(on.first_token_s)}, answer"
        f" {_time(on.modelled_s)}{late}"
    )


def _time(seconds: float) -> str:
    return about(seconds * _SECOND, "time")


def _rate(per_second: float) -> str:
    return about(per_second * _PER_SECOND, "rate")


def member(told: Modelled) -> dict[str, Any]:
    """The same as values; times are seconds, sizes bytes, rates requests a second."""
    kept = ("name", "kind", "precision", "weights", "kv_per_token", "context", "given", "written")
    said: dict[str, Any] = {name: getattr(told, name) for name in (*kept, "held")}
    said["rate"] = _digits(told.rate)
    said["on"] = None if told.on is None else _on(told.on)
    said["alternatives"] = [_other(each) for each in told.alternatives]
    if told.members:
        said["members"] = [{"model": name, **member(each)} for name, each in told.members]
    return said


def _other(each: Alternative) -> dict[str, Any]:
    """With the cost of a month, or of a run of a job."""
    paid = {name: getattr(each.cost, name) for name in ("usd_low", "usd_high", "usd_estimate")}
    return {"change": each.change, "runs_on": each.runs_on, **paid, **_on(each.on)}


def _on(on: OnType) -> dict[str, Any]:
    return {name: _digits(value) for name, value in on._asdict().items()}


def _digits(value: Any) -> Any:
    """A modelled number, or the ends of an interval, with the digits that say something."""
    if isinstance(value, tuple):
        return [_digits(end) for end in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value
