"""Usage that is written in a test as a flat table, and figures of a plan's usage by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisor.catalogue.price_snapshot import Prices
from advisor.model.advice import Cost
from advisor.model.options import BATCH_TRANSFORM, SERVERLESS
from advisor.model.usage import (
    FleetUsage,
    JobUsage,
    Quantity,
    ServerlessUsage,
    Traffic,
    Usage,
    known,
)
from advisor.pricing import monthly

_QUANTITIES = frozenset(
    {
        "bytes_in", "bytes_out", "count", "endpoints", "instance_hours", "job_hours",
        "provisioned_hours", "provisioned_share", "requests", "runs", "seconds",
    }
)  # fmt: skip
_NOTHING = {
    "instance_type": "",
    "memory_mb": 0,
    "count": Quantity(),
    "keep_alive_s": (300.0, 645.0),
}
_OF_TRAFFIC = frozenset(Traffic.__annotations__)


def usage(option: str, figures: Mapping[str, Any]) -> Usage:
    """The usage of an option, of the figures that it has.

    A quantity is a number, or a range under its name with ``_low`` and ``_high``.
    """
    made = {BATCH_TRANSFORM: JobUsage, SERVERLESS: ServerlessUsage}.get(option, FleetUsage)
    fields = made.__annotations__
    values: dict[str, Any] = {name: each for name, each in _NOTHING.items() if name in fields}
    traffic: dict[str, Any] = {}
    for name, each in _quantities(figures).items():
        if name in fields:
            values[name] = each
        elif name in _OF_TRAFFIC and "traffic" in fields:
            traffic[name] = each
    if traffic:
        values["traffic"] = Traffic(**traffic)
    found: Usage = made(**values)
    return found


def _quantities(figures: Mapping[str, Any]) -> dict[str, Any]:
    done: dict[str, Any] = {}
    for name, each in figures.items():
        stem, _, end = name.rpartition("_")
        if stem in _QUANTITIES and end in ("low", "high"):
            done[stem] = done.get(stem, Quantity())._replace(**{end: each})
        else:
            done[name] = known(each) if name in _QUANTITIES else each
    return done


def cost(option: str, figures: Mapping[str, Any], prices: Prices) -> Cost:
    """The monthly cost of those figures."""
    return monthly.cost(option, usage(option, figures), prices)


def figure(found: Usage, name: str) -> Any:
    """A figure by its name, of the traffic or of what it comes to; a range as its two ends."""
    holder = found if name in type(found).__annotations__ else found.traffic  # type: ignore[union-attr]
    value = getattr(holder, name)
    if not isinstance(value, Quantity):
        return value
    return [value.low, value.high] if value.exact is None else value.exact
