"""The traffic of an endpoint: the part of its usage that the workload alone tells."""

from __future__ import annotations

from advisor.model.usage import UNKNOWN, Quantity, Traffic, between
from advisor.model.workload import Interval
from advisor.options.load import SECOND, known
from advisor.options.plan_builder import Draft, once
from advisor.text.quantity import RATE_PER_MONTH

_OPEN = Interval(None, None)


@once
def traffic(draft: Draft) -> Traffic:
    """Volume, sizes and times of a workload, as far as it states them."""
    work, requests = known(draft), UNKNOWN
    if draft.upper("traffic.volume") is not None:
        requests = between(draft.facts.interval("traffic.volume") or _OPEN, RATE_PER_MONTH)
    p99 = draft.upper("requests.processing.p99")
    if p99 is None:
        p99 = draft.upper("requests.processing.max")
    return Traffic(
        requests=requests,
        bytes_in=_wire(draft, "requests.payload"),
        bytes_out=_wire(draft, "requests.response"),
        processing_s=work.processing_s,
        median_s=work.median_s if draft.upper("requests.processing.p99") else None,
        processing_p99_s=p99 / SECOND if p99 else None,
        rate=work.peak,
        mean_rate=work.mean,
        active_share=work.active_share,
        pattern=draft.text("traffic.pattern"),
    )


def measured(draft: Draft, instance_type: str) -> bool:
    """Whether the stated times were measured on the type of the plan."""
    return draft.text("model.measured_on") == instance_type


def _wire(draft: Draft, path: str) -> Quantity:
    """The usual size on the wire: base64 makes four bytes of every three."""
    if not draft.facts.is_stated(path):
        return UNKNOWN
    size = draft.facts.typical(path) or _OPEN
    if draft.facts.taken("requests.encoding") == "base64":
        low, high = (None if end is None else -(-end // 3) * 4 for end in size)
        size = Interval(low, high)
    return between(size)
