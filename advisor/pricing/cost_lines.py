"""What each option is charged for in a month: quantities, and the prices of their units."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from advisor.catalogue.price_snapshot import Price, Prices
from advisor.model.options import ASYNCHRONOUS, BATCH_TRANSFORM, REAL_TIME, SERVERLESS
from advisor.pricing.amounts import decimal
from advisor.pricing.ranges import Range, exactly, read
from advisor.text.quantity import MONTH_HOURS

# AWS's own serverless benchmarking toolkit divides bytes by 1024 ** 3 before it multiplies by the
# price of a GB (aws-samples/sagemaker-serverless-inference-benchmarking).
BYTES_PER_GB = Decimal(1024**3)
_MONTH = exactly(MONTH_HOURS)
_SECONDS_PER_HOUR = exactly(3600)
# What the hours of a fleet follow from that has instances, or none, when nothing is asked of it.
_LOADS = {
    True: ("requests", "rate", "rate_of_one"),
    False: ("requests", "processing_s", "linger_s", "wake_s"),
}
_WORK = ("requests", "seconds")


class Line(NamedTuple):
    """A quantity in a month, and the price of its unit if it is known."""

    name: str
    quantity: Range
    unit: str
    price: Price | None
    keys: tuple[str, ...] = ()  # the quantities of the plan that it grows with


def lines(option: str, facts: Mapping[str, Any], prices: Prices) -> tuple[Line, ...]:
    """The lines of an option's bill; what is certainly zero is left out.

    Raises:
        KeyError: the plan names no instance type or memory size.
    """
    if "each" in facts:
        found = _merged(
            line._replace(quantity=line.quantity.times(_times(line, part)))
            for part in facts["each"]
            for line in lines(option, part, prices)
        )
    else:
        found = _LINES[option](facts, prices)
    return tuple(line for line in found if line.quantity.high != 0)


def _times(line: Line, part: Mapping[str, Any]) -> Range:
    """How often a line is paid where its part stands for several models.

    Their traffic is split among as many as there may be, so its sum is the same for fewer.
    """
    found = read(part, "times", otherwise=exactly(1))
    return exactly(found.high) if line.unit == "GB" and found.high is not None else found


def _merged(found: Iterator[Line]) -> Iterator[Line]:
    """The lines of several endpoints: those of one name and price are added up."""
    sums: dict[tuple[str, str], Line] = {}
    for line in found:
        before = sums.get((line.name, line.unit))
        quantity = line.quantity if before is None else before.quantity.plus(line.quantity)
        sums[line.name, line.unit] = line._replace(quantity=quantity)
    yield from sums.values()


def varying(option: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys of a plan's quantities on which an option's cost depends."""
    if option == BATCH_TRANSFORM:
        return ("count", "job_hours", "runs")
    if option == SERVERLESS:
        return ("requests", "seconds", "bytes_in", "bytes_out")
    scaled = any(key.startswith("instance_hours") for key in facts)
    return ("instance_hours" if scaled else "count", "requests", "bytes_in", "bytes_out")


def _real_time(facts: Mapping[str, Any], prices: Prices) -> Iterator[Line]:
    yield from _endpoint("hosting", facts, prices)
    yield from _data(facts, prices, "in", "out")


def _asynchronous(facts: Mapping[str, Any], prices: Prices) -> Iterator[Line]:
    yield from _endpoint("asynchronous", facts, prices)
    yield from _data(facts, prices, "asynchronous", "asynchronous")


def _endpoint(component: str, facts: Mapping[str, Any], prices: Prices) -> Iterator[Line]:
    """Instances by the hour, and the volumes they carry while they run."""
    instance_type = facts["instance_type"]
    hours = read(facts, "instance_hours", otherwise=_fleet_hours(facts))
    if "endpoints" in facts or "endpoints_low" in facts:
        hours = _of_many(hours, read(facts, "endpoints"), facts.get("minimum"))
    price, keys = prices.lookup(component, instance_type), _LOADS[bool(facts.get("minimum"))]
    yield Line(f"Instances {instance_type}", hours, "instance-hour", price, keys)
    for name, other, count in facts.get("beside", ()):
        beside = exactly(count).times(_MONTH)
        other_price = prices.lookup(component, other)
        yield Line(f"Variant {name} on {other}", beside, "instance-hour", other_price)
    volume = facts.get("volume_gb")
    if volume:
        gb_months = exactly(volume).times(hours).over(_MONTH.low)
        yield Line("Storage volumes", gb_months, "GB-month", prices.lookup("storage", "gp2"), keys)


def _fleet_hours(facts: Mapping[str, Any]) -> Range:
    minimum, maximum = facts.get("minimum"), facts.get("maximum")
    if minimum is None or maximum is None or minimum >= maximum:
        return read(facts, "count").times(_MONTH)
    if any(facts.get(key) is None for key in _LOADS[minimum > 0][1:]):
        return read(facts, "count").times(_MONTH)
    from advisor.pricing.fleet_hours import scaled_hours

    return scaled_hours(facts)


def _of_many(hours: Range, endpoints: Range, minimum: int | None) -> Range:
    """Instance hours of several endpoints; those that go to zero share what work there is."""
    each = hours.times(endpoints)
    return Range(hours.low, each.high) if minimum == 0 else each


def _serverless(facts: Mapping[str, Any], prices: Prices) -> Iterator[Line]:
    memory = str(facts["memory_mb"])
    busy = read(facts, "requests").times(read(facts, "seconds"))
    count = facts.get("provisioned")
    if count:
        share = read(facts, "provisioned_share", otherwise=_provisioned_share(facts, busy))
        hours = read(facts, "provisioned_hours", otherwise=_MONTH)
        yield Line(
            f"Provisioned concurrency {memory} MB, kept warm",
            exactly(count).times(hours).times(_SECONDS_PER_HOUR),
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
    yield from _data(facts, prices, "in", "out")


def _provisioned_share(facts: Mapping[str, Any], busy: Range) -> Range:
    """The share of the work that provisioned levels carry: most when there is least to do."""
    from advisor.modelling.queueing.cold_starts import carried_share

    month_s = float(_MONTH.low * _SECONDS_PER_HOUR.low)
    active_s = month_s * float(facts.get("active_share", 1.0))
    count = int(facts["provisioned"])
    low = 0.0 if busy.high is None else carried_share(float(busy.high) / active_s, count)
    return Range(decimal(low), decimal(carried_share(float(busy.low) / active_s, count)))


def _batch_transform(facts: Mapping[str, Any], prices: Prices) -> Iterator[Line]:
    instance_type = facts["instance_type"]
    hours = read(facts, "count").times(read(facts, "job_hours")).times(read(facts, "runs"))
    price = prices.lookup("batch-transform", instance_type)
    yield Line(f"Jobs on {instance_type}", hours, "instance-hour", price, ("job_hours",))


def _data(facts: Mapping[str, Any], prices: Prices, into: str, out: str) -> Iterator[Line]:
    """Bodies on their way in and out of an endpoint."""
    requests = read(facts, "requests")
    for name, key, price in (("Data in", "bytes_in", into), ("Data out", "bytes_out", out)):
        gigabytes = requests.times(read(facts, key)).over(BYTES_PER_GB)
        yield Line(name, gigabytes, "GB", prices.lookup("data", price), ("requests", key))


_LINES: dict[str, Callable[[Mapping[str, Any], Prices], Iterator[Line]]] = {
    REAL_TIME: _real_time,
    ASYNCHRONOUS: _asynchronous,
    SERVERLESS: _serverless,
    BATCH_TRANSFORM: _batch_transform,
}
