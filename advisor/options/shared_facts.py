"""What costs and latency read of a plan, as far as it follows from the workload alone."""

from __future__ import annotations

from typing import Any

from advisor.model import Interval
from advisor.options.draft import Draft
from advisor.options.load import SECOND, Load, upper
from advisor.quantity import RATE_PER_MONTH


def traffic(draft: Draft, load: Load) -> dict[str, Any]:
    """Volume, sizes and times; see ``advisor.options`` for the keys."""
    facts = draft.facts
    done: dict[str, Any] = {}
    _range(done, "requests", facts.interval("traffic.volume"), RATE_PER_MONTH)
    _range(done, "bytes_in", _wire(draft, "requests.payload"))
    _range(done, "bytes_out", _wire(draft, "requests.response"))
    p99 = facts.workload.interval("requests.processing.p99") or facts.workload.interval(
        "requests.processing.max"
    )
    return {
        **done,
        "processing_s": load.processing_s,
        "processing_p99_s": (upper(p99) or 0) / SECOND or None,
        "rate": load.peak,
        "mean_rate": load.mean,
        "active_share": load.active_share,
        "pattern": facts.word("traffic.pattern"),
    }


def measured(draft: Draft, instance_type: str) -> bool:
    """Whether the stated times were measured on the type of the plan."""
    return draft.facts.workload.text("model.measured_on") == instance_type


def _wire(draft: Draft, path: str) -> Interval | None:
    """The usual size on the wire: base64 makes four bytes of every three."""
    size = draft.facts.typical(path)
    if size is None or draft.facts.taken("requests.encoding") != "base64":
        return size
    low, high = (None if end is None else -(-end // 3) * 4 for end in size)
    return Interval(low, high)


def _range(done: dict[str, Any], key: str, interval: Interval | None, unit: int = 1) -> None:
    """A point as one key, a range as two; an open end is left out."""
    if interval is None:
        return
    if interval.low == interval.high and interval.low is not None:
        done[key] = interval.low / unit if unit > 1 else interval.low
        return
    for suffix, end in (("low", interval.low), ("high", interval.high)):
        if end is not None:
            done[f"{key}_{suffix}"] = end / unit if unit > 1 else end
