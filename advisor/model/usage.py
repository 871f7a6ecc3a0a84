"""What a plan takes in a month and how fast it works: what its cost and its latency follow from.

Rates are per second, times seconds and sizes bytes unless a field says otherwise. ``None`` stands
for what nothing stated leads to. Where a fact is a range, single numbers are its unfavourable end.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from advisor.model.value import Value

if TYPE_CHECKING:
    from advisor.model.workload import Interval, Workload

Number: TypeAlias = int | float | str | Decimal  # a float was modelled; a text is decimal


class Quantity(Value):
    """A number as far as it is known: two equal ends, the ends of a range, or open ends."""

    low: Number | None = None
    high: Number | None = None

    @property
    def exact(self) -> Number | None:
        """The number, where it is one."""
        return self.low if self.low == self.high else None


UNKNOWN = Quantity()
_NONE: Mapping[str, str] = {}


def known(value: Number) -> Quantity:
    """A number that is known."""
    return Quantity(low=value, high=value)


def between(ends: Interval, unit: int = 1) -> Quantity:
    """A range of the workload file, whose whole numbers are so many to the unit wanted."""
    if unit == 1:
        return Quantity(low=ends.low, high=ends.high)
    low, high = (None if end is None else end / unit for end in ends)
    return Quantity(low=low, high=high)


class Traffic(Value):
    """What comes to an endpoint, and how long it works on one request."""

    requests: Quantity = UNKNOWN  # a month
    bytes_in: Quantity = UNKNOWN  # usual size of a request on the wire
    bytes_out: Quantity = UNKNOWN  # usual size of a response on the wire
    processing_s: float | None = None  # mean time of one request
    median_s: float | None = None  # its usual time; the mean where it is not given
    processing_p99_s: float | None = None  # the largest stated time below an open end
    rate: float | None = None  # requests at the peak
    mean_rate: float | None = None  # requests, mean over the active time
    active_share: float = 1.0  # of the week, 0 to 1
    pattern: str | None = None  # traffic.pattern, if it is stated


class VariantUsage(Value):
    """Instances of another variant on the same endpoint."""

    name: str
    instance_type: str
    count: int


class OffHours(Value):
    """What stays of a plan outside of the hours that its scheduled actions keep it up."""

    count: int  # instances, or provisioned environments
    minutes: int  # of a week


class FleetUsage(Value):
    """A real-time or an asynchronous endpoint."""

    instance_type: str
    count: Quantity = UNKNOWN  # instances in service
    traffic: Traffic = Traffic()
    minimum: int | None = None  # instances when scaled in
    instances: int = 1  # for the stated peak
    maximum: int | None = None  # instances when scaled out
    workers: int = 1  # requests that one instance processes at once
    max_rate: float | None = None  # requests that one instance was measured to serve; wins over it
    rate_of_one: float | None = None  # requests planned for one instance, safety factor included
    planned_share: float = 1.0  # that safety factor, 0 to 1
    routing: str | None = None  # least-outstanding-requests where it is set
    measured: bool = False  # the times were measured on the instance type
    wake_s: float | None = None  # where it goes to zero: from a request to its service
    linger_s: float | None = None  # where it goes to zero: without work until an instance goes
    open_share: Number = 1  # of the month in which it exists
    off: OffHours | None = None  # where scheduled actions scale it in
    volume_gb: Number | None = None  # GB of the storage volume asked for, on each instance
    variants: tuple[VariantUsage, ...] = ()
    busiest: FleetUsage | None = None  # of the model with most requests, which latency reads
    parts: tuple[Part, ...] = ()  # what is paid for by itself, in place of the whole
    endpoints: Quantity | None = None  # of the same kind, one for each model
    instance_hours: Quantity | None = None  # a month, over the fleet, where the count does not tell
    origins: Mapping[str, str] = _NONE  # quantity -> fact that decides it, where not the usual one
    assumed: Mapping[str, str] = _NONE  # quantity -> fact that nothing stated bounds


class ServerlessUsage(Value):
    """A serverless endpoint."""

    instance_type = None  # there are no instances

    memory_mb: int
    traffic: Traffic = Traffic()
    seconds: Quantity = UNKNOWN  # billed for one request
    max_concurrency: int | None = None  # requests in progress; more are refused
    provisioned: int = 0  # provisioned concurrency
    scaled_from: int | None = None  # the least of it, where a policy scales it
    kept_busy: Number = 1  # share of it that the policy keeps busy
    provisioned_hours: Quantity | None = None  # a month that it is provisioned; all where None
    off: OffHours | None = None  # where scheduled actions lower it
    provisioned_share: Quantity | None = None  # of the work that it does; modelled where None
    cold_start_s: float | None = None  # from a request to an environment that serves it
    keep_alive_s: tuple[float, float] = (0.0, 0.0)  # of an idle environment, shortest and longest
    measured: bool = False  # the times were measured on a serverless endpoint
    parts: tuple[Part, ...] = ()
    origins: Mapping[str, str] = _NONE
    assumed: Mapping[str, str] = _NONE


class JobUsage(Value):
    """Transform jobs."""

    instance_type: str
    count: Quantity  # instances of one job
    job_hours: Quantity = UNKNOWN  # that one job runs
    taken_hours: float | None = None  # the same as far as assumptions hold, where it rests on any
    runs: Quantity = UNKNOWN  # jobs a month
    workers: int = 1  # requests that one instance processes at once
    start_s: float = 0.0  # until a job works
    parts: tuple[Part, ...] = ()
    origins: Mapping[str, str] = _NONE
    assumed: Mapping[str, str] = _NONE


Usage: TypeAlias = FleetUsage | ServerlessUsage | JobUsage
EndpointUsage: TypeAlias = FleetUsage | ServerlessUsage


class WorkloadFacts(Protocol):
    """What pricing asks of a workload; ``advisor.engine.facts.Facts`` answers."""

    @property
    def workload(self) -> Workload:
        """What the user said."""

    def word(self, fact: str) -> str | None:
        """The word or text that is stated."""

    def taken(self, fact: str) -> Any:
        """The one value of a fact that is stated or assumed."""


class Part(Value):
    """One of several models that are paid for by themselves."""

    usage: Usage
    facts: WorkloadFacts  # of a workload with this model alone
    times: Quantity = known(1)  # models that it stands for
