"""What a named model tells, in lines of text and as a member of the JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from advisor.model.workload import Modelled, OnType
from advisor.text.money_format import figure
from advisor.text.quantity import KINDS, MONTH_HOURS
from advisor.text.quantity_format import about

_SECOND = 1_000_000
_PER_SECOND = KINDS["rate"]["/s"]


def lines(told: Modelled) -> Iterator[str]:
    """Memory, what the load settles at, the highest rate, and what else would carry the load."""
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
        f" {_time(on.first_token_s)} ({_time(first[0])}..{_time(first[1])}), TPOT"
        f" {_time(on.per_token_s)} ({_time(each[0])}..{_time(each[1])}){_dollars(on)} (modelled)"
    )
    highest = about(on.highest * on.instances * _PER_SECOND, "rate")
    yield f"highest stable rate {highest}, with {on.most * on.instances:,} in flight"
    for other in told.alternatives:
        yield f"{other.change}: {_fleet(other.on)}"


def _where(on: OnType) -> str:
    split = f" (degree {on.degree}, {on.copies} copies)" if on.degree * on.copies > 1 else ""
    return on.instance_type + split


def _dollars(on: OnType) -> str:
    if on.usd_at_load is None or on.usd_at_most is None:
        return ""
    return (
        f", {on.usd_at_load:.3g} USD per 1M output tokens at this load and {on.usd_at_most:.3g} at"
        " its highest"
    )


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
    return {
        "name": told.name,
        "kind": told.kind,
        "precision": told.precision,
        "weights_bytes": told.weights,
        "kv_bytes_per_token": told.kv_per_token,
        "context": told.context or None,
        "input_tokens": told.given,
        "output_tokens": told.written,
        "peak_per_s": _digits(told.rate),
        "held": told.held,
        "on": None if told.on is None else _on(told.on),
        "alternatives": [{"change": each.change, **_on(each.on)} for each in told.alternatives],
    }


def _on(on: OnType) -> dict[str, Any]:
    return {
        "instance_type": on.instance_type,
        "instances": on.instances,
        "tensor_parallel": on.degree,
        "copies": on.copies,
        "fits": "yes" if on.certain else "open",
        "targets_kept": on.kept,
        "holds": on.holds,
        "concurrency": on.most,
        "in_flight": _digits(on.in_flight),
        "first_token_s": _digits(on.first_token_s),
        "first_token_interval_s": [_digits(end) for end in on.first_token],
        "per_token_s": _digits(on.per_token_s),
        "per_token_interval_s": [_digits(end) for end in on.per_token],
        "request_s": _digits(on.request_s),
        "highest_per_s": _digits(on.highest),
        "usd_per_million_tokens": _digits(on.usd_at_load),
        "usd_per_million_tokens_at_highest": _digits(on.usd_at_most),
    }


def _digits(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
