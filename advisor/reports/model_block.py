"""What a named model tells, in lines of text and as a member of the JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from advisor.model.workload import Modelled, OnType
from advisor.text.money_format import figure
from advisor.text.quantity import KINDS, MONTH_HOURS
from advisor.text.quantity_format import about

_CENTS = 100  # from here on cents are as fine as three digits
_SECOND = 1_000_000
_PER_SECOND = KINDS["rate"]["/s"]


def lines(told: Modelled) -> Iterator[str]:
    """Memory, what the load settles at, the highest rate, and what else would carry the load.

    Of a list the same of each model that is named, behind its name.
    """
    alike: dict[str, tuple[list[str], Modelled]] = {}
    for name, of_list in told.members:
        alike.setdefault(repr(of_list), ([], of_list))[0].append(name)
    for names, of_list in alike.values():
        said = ", ".join(names[:2]) + (f" and {len(names) - 2} more" if names[2:] else "")
        yield from (f"{said}: {line}" for line in lines(of_list))
    if told.members:
        return
    cache = f" + KV {about(told.kv_per_token, 'size')}/token" if told.kv_per_token else ""
    held = f"{told.name}: weights {about(told.weights, 'size')} {told.precision}{cache}"
    on = told.on
    if on is None:
        yield held
        return
    length = f"{told.given + told.written:,} tokens"
    yield f"{held}; {_where(on)} holds {on.holds:,} requests of {length}"
    rate, first, each = about(told.rate * _PER_SECOND, "rate"), on.first_token, on.per_token
    yield (
        f"at {rate}: {on.in_flight:.3g} in flight on {on.instances} x {on.instance_type}, TTFT"
        f" {_time(on.first_token_s)}{_ends(first)}, TPOT {_time(on.per_token_s)}{_ends(each)}"
        f"{_dollars(on)} ({'modelled' if _ends(first) else 'measured'})"
    )
    highest = about(on.highest_per_s * on.instances * _PER_SECOND, "rate")
    yield f"highest stable rate {highest}, with {on.concurrency * on.instances:,} in flight"
    if on.beside:
        yield f"measured by others: {on.beside}"
    for other in told.alternatives:
        yield f"{other.change}: {_fleet(other.on)}"


def _ends(interval: tuple[float, float]) -> str:
    """Those of a modelled figure; empty for a measured one."""
    low, high = interval
    return f" ({_time(low)}..{_time(high)})" if low < high else ""


def _where(on: OnType) -> str:
    if on.tensor_parallel * on.copies == 1:
        return on.instance_type
    copies = "1 copy" if on.copies == 1 else f"{on.copies} copies"
    return f"{on.instance_type} ({copies} on {on.tensor_parallel} devices)"


def _dollars(on: OnType) -> str:
    if on.usd_at_load is None or on.usd_at_most is None:
        return ""
    return (
        f", {_usd(on.usd_at_load)} USD per 1M output tokens at this load and"
        f" {_usd(on.usd_at_most)} at its highest"
    )


def _usd(amount: float) -> str:
    return f"{amount:.3g}" if amount < _CENTS else figure(f"{amount:.2f}")


def _fleet(on: OnType) -> str:
    usd = "price unknown"
    if on.usd_hour is not None:
        usd = f"{figure(f'{on.usd_hour * on.instances * MONTH_HOURS:.2f}')} USD/month"
    late = "" if on.kept else ", misses a target"
    return (
        f"{on.instances} x {_where(on)}, {usd}, TTFT {_time(on.first_token_s)}, answer"
        f" {_time(on.request_s)}{late}"
    )


def _time(seconds: float) -> str:
    return about(seconds * _SECOND, "time")


def member(told: Modelled) -> dict[str, Any]:
    """The same as values; times are seconds, sizes bytes, rates requests a second."""
    kept = ("name", "kind", "precision", "weights", "kv_per_token", "context", "given", "written")
    said: dict[str, Any] = {name: getattr(told, name) for name in (*kept, "held")}
    said["rate"] = _digits(told.rate)
    said["on"] = None if told.on is None else _on(told.on)
    said["alternatives"] = [{"change": each.change, **_on(each.on)} for each in told.alternatives]
    if told.members:
        said["members"] = [{"model": name, **member(each)} for name, each in told.members]
    return said


def _on(on: OnType) -> dict[str, Any]:
    return {name: _digits(value) for name, value in on._asdict().items()}


def _digits(value: Any) -> Any:
    """A modelled number, or the ends of an interval, with the digits that say something."""
    if isinstance(value, tuple):
        return [_digits(end) for end in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value
