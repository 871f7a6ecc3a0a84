"""What costs and latency read of a plan, as far as it follows from the workload alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisor.model.workload import Interval
from advisor.options.load import SECOND, load
from advisor.options.plan_builder import Draft, once
from advisor.text.quantity import RATE_PER_MONTH

_OPEN = Interval(None, None)


@once
def traffic(draft: Draft) -> Mapping[str, Any]:
    """Volume, sizes and times; see ``advisor.options`` for the keys."""
    work = load(draft)
    done: dict[str, Any] = {"active_share": work.active_share}
    if draft.upper("traffic.volume") is not None:
        volume = draft.facts.interval("traffic.volume") or _OPEN
        put_range(done, "requests", *volume, unit=RATE_PER_MONTH)
    put_range(done, "bytes_in", *_wire(draft, "requests.payload"))
    put_range(done, "bytes_out", *_wire(draft, "requests.response"))
    p99 = draft.upper("requests.processing.p99")
    if p99 is None:
        p99 = draft.upper("requests.processing.max")
    put(done, "processing_p99_s", p99 / SECOND if p99 else None)
    put(done, "processing_s", work.processing_s)
    put(done, "rate", work.peak)
    put(done, "mean_rate", work.mean)
    put(done, "pattern", draft.text("traffic.pattern"))
    return done


def put(done: dict[str, Any], key: str, value: object) -> None:
    """Put a fact among the others; one that is not known is left out."""
    if value is not None:
        done[key] = value


def put_range(
    done: dict[str, Any], key: str, low: float | None, high: float | None, unit: int = 1
) -> None:
    """Put a point as one fact, a range as two."""
    if unit > 1:
        low = None if low is None else low / unit
        high = None if high is None else high / unit
    if low == high:
        put(done, key, low)
    else:
        put(done, key + "_low", low)
        put(done, key + "_high", high)


def measured(draft: Draft, instance_type: str) -> bool:
    """Whether the stated times were measured on the type of the plan."""
    return draft.text("model.measured_on") == instance_type


def _wire(draft: Draft, path: str) -> Interval:
    """The usual size on the wire: base64 makes four bytes of every three."""
    if not draft.facts.is_stated(path):
        return _OPEN
    size = draft.facts.typical(path) or _OPEN
    if draft.facts.taken("requests.encoding") != "base64":
        return size
    low, high = (None if end is None else -(-end // 3) * 4 for end in size)
    return Interval(low, high)
