"""What each option is charged for in a month: quantities, and the prices of their units."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from advisor.catalogue.price_snapshot import Price, Prices
from advisor.model.options import ASYNCHRONOUS, REAL_TIME
from advisor.model.usage import (
    FleetUsage,
    JobUsage,
    OffHours,
    Part,
    Quantity,
    ServerlessUsage,
    Traffic,
    Usage,
    known,
)
from advisor.pricing.amounts import Range, decimal, exactly, read
from advisor.text.quantity import MONTH_HOURS

# AWS's own serverless benchmarking toolkit divides bytes by 1024 ** 3 before it multiplies by the
# price of a GB (aws-samples/sagemaker-serverless-inference-benchmarking).
BYTES_PER_GB = Decimal(1024**3)
_MONTH = exactly(MONTH_HOURS)
_SECONDS_PER_HOUR = exactly(3600)
_MINUTES_A_WEEK = Decimal(7 * 24 * 60)
# What the hours of a fleet follow from that has instances, or none, when nothing is asked of it.
_LOADS = {
    True: ("requests", "rate", "rate_of_one", "count"),
    False: ("requests", "processing_s", "linger_s", "wake_s"),
}
_WORK = ("requests", "seconds")
_OF_TRAFFIC = ("requests", "bytes_in", "bytes_out")
# The price components of an endpoint with instances: by the hour, data in, data out.
_SOLD_AS = {
    REAL_TIME: ("hosting", "in", "out"),
    ASYNCHRONOUS: ("asynchronous", "asynchronous", "asynchronous"),
}


class Line(NamedTuple):
    """A quantity in a month, and the price of its unit if it is known."""

    name: str
    quantity: Range
    unit: str
    price: Price | None
    keys: tuple[str, ...] = ()  # the quantities of the plan that it grows with


def lines(option: str, usage: Usage, prices: Prices) -> tuple[Line, ...]:
    """The lines of an option's bill; what is certainly zero is left out."""
    if usage.parts:
        found = _merged(
            line._replace(quantity=line.quantity.times(_times(line, part)))
            for part in usage.parts
            for line in lines(option, part.usage, prices)
        )
    elif isinstance(usage, JobUsage):
        found = _job(usage, prices)
    elif isinstance(usage, ServerlessUsage):
        found = _serverless(usage, prices)
    else:
        found = _fleet(option, usage, prices)
    return tuple(line for line in found if line.quantity.high != 0)


def _times(line: Line, part: Part) -> Range:
    """How often a line is paid where its part stands for several models.

    Their traffic is split among as many as there may be, so its sum is the same for fewer.
    """
    found = read("times", part.times)
    return exactly(found.high) if line.unit == "GB" and found.high is not None else found


def _merged(found: Iterator[Line]) -> Iterator[Line]:
    """The lines of several endpoints: those of one name and price are added up."""
    sums: dict[tuple[str, str], Line] = {}
    for line in found:
        before = sums.get((line.name, line.unit))
        quantity = line.quantity if before is None else before.quantity.plus(line.quantity)
        sums[line.name, line.unit] = line._replace(quantity=quantity)
    yield from sums.values()


def varying(usage: Usage) -> dict[str, Quantity]:
    """The quantities of a plan on which its cost depends, by name."""
    if isinstance(usage, JobUsage):
        return {"count": usage.count, "job_hours": usage.job_hours, "runs": usage.runs}
    moved = usage.traffic
    data = {"bytes_in": moved.bytes_in, "bytes_out": moved.bytes_out}
    if isinstance(usage, ServerlessUsage):
        return {"requests": moved.requests, "seconds": usage.seconds, **data}
    if usage.instance_hours is not None:
        return {"instance_hours": usage.instance_hours, "requests": moved.requests, **data}
    return {"count": usage.count, "requests": moved.requests, **data}


def pinned(usage: Usage, name: str, value: Decimal) -> Usage:
    """The same plan with a known value of one quantity that varies."""
    changes: dict[str, Any] = {name: known(value)}
    if not isinstance(usage, JobUsage) and name in _OF_TRAFFIC:
        changes = {"traffic": usage.traffic._replace(**changes)}
    return usage._replace(**changes)


def _fleet(option: str, usage: FleetUsage, prices: Prices) -> Iterator[Line]:
    """Instances by the hour, the volumes they carry while they run, and the data they move."""
    component, into, out = _SOLD_AS[option]
    hours = read("instance_hours", usage.instance_hours, otherwise=_fleet_hours(usage))
    if usage.endpoints is not None:
        many = hours.times(read("endpoints", usage.endpoints))
        # Those that go to zero share what work there is.
        hours = Range(hours.low, many.high) if usage.minimum == 0 else many
    price, keys = prices.lookup(component, usage.instance_type), _LOADS[bool(usage.minimum)]
    yield Line(f"Instances {usage.instance_type}", hours, "instance-hour", price, keys)
    for other in usage.variants:
        beside = exactly(other.count).times(_open_hours(usage))
        other_price = prices.lookup(component, other.instance_type)
        name = f"Variant {other.name} on {other.instance_type}"
        yield Line(name, beside, "instance-hour", other_price)
    if usage.volume_gb:
        gb_months = exactly(usage.volume_gb).times(hours).over(_MONTH.low)
        yield Line("Storage volumes", gb_months, "GB-month", prices.lookup("storage", "gp2"), keys)
    yield from _data(usage.traffic, prices, into, out)


def _fleet_hours(usage: FleetUsage) -> Range:
    """Hours of a fleet that scales where its load is known, else of the instances in service."""
    if usage.off is not None:
        share, kept = _off(usage.off)
        within = _fleet_hours(usage._replace(off=None, open_share=share.rest().low))
        return within.plus(kept)
    minimum, maximum, traffic = usage.minimum, usage.maximum, usage.traffic
    if minimum is None or maximum is None or minimum >= maximum:
        return read("count", usage.count).times(_open_hours(usage))
    needed: tuple[float | None, ...] = (traffic.rate, usage.rate_of_one)
    if minimum == 0:
        needed = (traffic.processing_s, usage.linger_s, usage.wake_s)
    if None in needed:
        return read("count", usage.count).times(_open_hours(usage))
    from advisor.pricing.fleet_hours import scaled_hours

    return scaled_hours(usage)


def _off(off: OffHours) -> tuple[Range, Range]:
    """The share of a month outside of scheduled hours, and the hours of what stays then."""
    share = exactly(off.minutes).over(_MINUTES_A_WEEK)
    return share, exactly(off.count).times(share).times(_MONTH)


def _open_hours(usage: FleetUsage) -> Range:
    """Hours of a month in which an endpoint exists."""
    return _MONTH.times(exactly(usage.open_share))


def _serverless(usage: ServerlessUsage, prices: Prices) -> Iterator[Line]:
    memory = str(usage.memory_mb)
    busy = read("requests", usage.traffic.requests).times(read("seconds", usage.seconds))
    if usage.provisioned:
        carried = _provisioned_share(usage, busy)
        share = read("provisioned_share", usage.provisioned_share, otherwise=carried)
        hours = read("provisioned_hours", usage.provisioned_hours, otherwise=_MONTH)
        hours = exactly(usage.provisioned).times(hours)
        if usage.scaled_from is not None and usage.provisioned_hours is None:
            hours = _followed(usage, busy, hours)
        if usage.off is not None:
            share, kept = _off(usage.off)
            hours = hours.times(share.rest()).plus(kept)
        yield Line(
            f"Provisioned concurrency {memory} MB, kept warm",
            hours.times(_SECONDS_PER_HOUR),
            "second",
            prices.lookup("provisioned-concurrency-usage", memory),
        )
        yield Line(
            f"Requests on provisioned concurrency {memory} MB",
            busy.times(share),
            "second",
            prices.lookup("provisioned-concurrency-duration", memory),
            _WORK,
        )
        busy = busy.times(share.rest())
    price = prices.lookup("serverless", memory)
    yield Line(f"Requests {memory} MB", busy, "second", price, _WORK)
    yield from _data(usage.traffic, prices, "in", "out")


def _followed(usage: ServerlessUsage, busy: Range, most: Range) -> Range:
    """Hours of the provisioned concurrency where a policy keeps a share of it busy.

    At each moment that is the larger of the least and of what is busy by that share: never less on
    average than either, nor more than both together.
    """
    least = exactly(usage.scaled_from or 0).times(_MONTH)
    wanted = busy.over(_SECONDS_PER_HOUR.low).over(decimal(usage.kept_busy))
    low = min(max(least.low, wanted.low), most.low)
    return Range(low, most.low if wanted.high is None else min(least.low + wanted.high, most.low))


def _provisioned_share(usage: ServerlessUsage, busy: Range) -> Range:
    """The share of the work that provisioned levels carry: most when there is least to do."""
    from advisor.modelling.queueing.cold_starts import carried_share

    month_s = float(_MONTH.low * _SECONDS_PER_HOUR.low)
    active_s = month_s * float(usage.traffic.active_share)
    count = usage.provisioned
    low = 0.0 if busy.high is None else carried_share(float(busy.high) / active_s, count)
    return Range(decimal(low), decimal(carried_share(float(busy.low) / active_s, count)))


def _job(usage: JobUsage, prices: Prices) -> Iterator[Line]:
    one = read("count", usage.count).times(read("job_hours", usage.job_hours))
    hours = one.times(read("runs", usage.runs))
    price = prices.lookup("batch-transform", usage.instance_type)
    yield Line(f"Jobs on {usage.instance_type}", hours, "instance-hour", price, ("job_hours",))


def _data(traffic: Traffic, prices: Prices, into: str, out: str) -> Iterator[Line]:
    """Bodies on their way in and out of an endpoint."""
    requests = read("requests", traffic.requests)
    for name, key, body, price in (
        ("Data in", "bytes_in", traffic.bytes_in, into),
        ("Data out", "bytes_out", traffic.bytes_out, out),
    ):
        gigabytes = requests.times(read(key, body)).over(BYTES_PER_GB)
        yield Line(name, gigabytes, "GB", prices.lookup("data", price), ("requests", key))
