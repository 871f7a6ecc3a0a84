"""What of a plan is paid for: its usage as far as stated facts lead, or with assumed ones."""

from __future__ import annotations

from advisor.model.advice import Plan
from advisor.model.options import ENDPOINT_EACH
from advisor.model.usage import (
    EndpointUsage,
    FleetUsage,
    JobUsage,
    Number,
    Quantity,
    ServerlessUsage,
    Usage,
    WorkloadFacts,
    known,
)
from advisor.model.workload import Interval
from advisor.rulebook.fact_entries import MEAN_PROCESSING
from advisor.text.quantity import MONTH_HOURS, RATE_PER_MONTH

_SECOND = 1_000_000
_HOUR_S = 3600
_PER_SECOND = RATE_PER_MONTH * MONTH_HOURS * _HOUR_S


def charged(plan: Plan, facts: WorkloadFacts) -> Usage:
    """The usage of a plan, as far as stated facts lead to it.

    An endpoint that works through a stored data set gets its records as requests, and models that
    cannot share an endpoint have one each.
    """
    return _charged(plan.usage, facts, shared=plan.hosting not in ("", ENDPOINT_EACH))


def completed(plan: Plan, facts: WorkloadFacts) -> Usage:
    """The same with what is assumed wherever nothing, or a range, was stated.

    Estimates, curves and break-even points are single figures, so they need one value for each
    fact. ``assumed`` names, for each quantity that nothing stated bounds, the fact that decides it.
    """
    return _completed(charged(plan, facts), facts)


def _charged(usage: Usage, facts: WorkloadFacts, *, shared: bool) -> Usage:
    """The usage of one plan or part; ``shared``: one endpoint or job serves all models."""
    if usage.parts:
        parts = (
            part._replace(usage=_charged(part.usage, part.facts, shared=False))
            for part in usage.parts
        )
        return usage._replace(parts=tuple(parts))
    found = usage
    if not isinstance(usage, JobUsage) and facts.word("requests.arrival") == "batch":
        found = _work_of_a_data_set(usage, facts)
    models = facts.workload.interval("model.count")
    if models is None or models.high == 1 or shared:
        return found
    return _one_each(found, models)


def _completed(usage: Usage, facts: WorkloadFacts) -> Usage:
    if usage.parts:
        parts = (part._replace(usage=_completed(part.usage, part.facts)) for part in usage.parts)
        return usage._replace(parts=tuple(parts))
    if isinstance(usage, JobUsage):
        return _assumed_run(usage)
    if isinstance(usage, ServerlessUsage):
        return _assumed_work(usage, facts)
    return _assumed_load(usage, facts)


class _Assuming:
    """Takes what is assumed in place of what is not one number, and notes what is rested on."""

    __slots__ = ("facts", "rests_on")

    def __init__(self, facts: WorkloadFacts) -> None:
        self.facts = facts
        self.rests_on: dict[str, str] = {}

    def quantity(self, name: str, found: Quantity, value: Number, fact: str) -> Quantity:
        """The quantity, or the assumed value of it where a range is stated, or nothing."""
        if found.exact is not None:
            return found
        if found.high is None or self.facts.word(fact) is not None:
            self.rests_on[name] = fact
        return known(value)

    def single(self, name: str, found: float | None, value: float, fact: str) -> float:
        """The number, or the assumed one where none is stated."""
        if found is not None:
            return found
        self.rests_on[name] = fact
        return value

    def moved(self, usage: EndpointUsage, facts: WorkloadFacts) -> dict[str, Quantity]:
        """Requests and their bodies; of a data set its records are the requests."""
        traffic = usage.traffic
        requests = traffic.requests
        if "requests" not in usage.origins:
            volume = facts.taken("traffic.volume") / RATE_PER_MONTH
            requests = self.quantity("requests", requests, volume, "traffic.volume")
        into, out = facts.taken("wire.payload"), facts.taken("wire.response")
        return {
            "requests": requests,
            "bytes_in": self.quantity("bytes_in", traffic.bytes_in, into, "requests.payload"),
            "bytes_out": self.quantity("bytes_out", traffic.bytes_out, out, "requests.response"),
        }


def _assumed_work(usage: ServerlessUsage, facts: WorkloadFacts) -> ServerlessUsage:
    """The work of a serverless endpoint."""
    taking, time = _Assuming(facts), facts.taken(MEAN_PROCESSING) / _SECOND
    traffic = usage.traffic._replace(**taking.moved(usage, facts))
    spent = taking.quantity("seconds", usage.seconds, time, "requests.processing")
    return usage._replace(traffic=traffic, seconds=spent, assumed=taking.rests_on)


def _assumed_load(usage: FleetUsage, facts: WorkloadFacts) -> FleetUsage:
    """The load of an endpoint with instances, as far as its cost may turn on it."""
    taking, traffic = _Assuming(facts), usage.traffic
    time = facts.taken(MEAN_PROCESSING) / _SECOND
    traffic = traffic._replace(**taking.moved(usage, facts))
    planned = usage.rate_of_one
    assert usage.minimum is not None
    assert usage.maximum is not None
    if usage.minimum >= usage.maximum:
        fact = usage.origins.get("count", "")
        count = taking.quantity("count", usage.count, usage.minimum, fact)
        return usage._replace(traffic=traffic, count=count, assumed=taking.rests_on)
    if usage.minimum == 0:
        spent = taking.single("processing_s", traffic.processing_s, time, "requests.processing")
        traffic = traffic._replace(processing_s=spent)
    else:
        peak = facts.taken("traffic.peak") / _PER_SECOND
        traffic = traffic._replace(rate=taking.single("rate", traffic.rate, peak, "traffic.peak"))
        rate = usage.workers / time * usage.planned_share
        planned = taking.single("rate_of_one", planned, rate, "requests.processing")
    return usage._replace(traffic=traffic, rate_of_one=planned, assumed=taking.rests_on)


def _assumed_run(usage: JobUsage) -> JobUsage:
    """How long a job of known records runs when the time of one is assumed."""
    if usage.taken_hours is None:
        return usage
    return usage._replace(job_hours=known(usage.taken_hours), assumed=usage.origins)


def _work_of_a_data_set(usage: EndpointUsage, facts: WorkloadFacts) -> EndpointUsage:
    """Records of all runs of a month as requests, and the instance hours that they take."""
    records = facts.workload.interval("dataset.records")
    runs = facts.workload.interval("dataset.runs")
    if records is None or runs is None:
        return usage
    low, high = (
        None if one is None or other is None else one * other / RATE_PER_MONTH
        for one, other in zip(records, runs, strict=True)
    )
    origins = dict.fromkeys(("requests", "instance_hours"), "dataset.records")
    traffic = usage.traffic._replace(requests=Quantity(low=low, high=high))
    if isinstance(usage, ServerlessUsage):
        return usage._replace(traffic=traffic, origins=origins)
    hours = _hours(usage, facts, low, high)
    return usage._replace(traffic=traffic, origins=origins, instance_hours=hours)


def _hours(
    usage: FleetUsage, facts: WorkloadFacts, low: float | None, high: float | None
) -> Quantity:
    """Instance hours of a fleet that works through the records, if it is never scaled in at most.

    The plan is sized for callers, so what the records alone take may be more.
    """
    rate, least, most = usage.rate_of_one, int(usage.count.low or 0), usage.count.high
    if rate is None or high is None or most is None:
        return Quantity(low=float(least * MONTH_HOURS), high=None)
    records = facts.workload.interval("dataset.records")
    deadline = facts.workload.interval("dataset.deadline")
    wanted = 0
    if deadline is not None and deadline.low and records is not None and records.high:
        from advisor.modelling.queueing.scaling import whole

        wanted = whole(records.high * _SECOND / (rate * deadline.low))
    work = high / rate / _HOUR_S
    return Quantity(
        low=max(float(least * MONTH_HOURS), (low or 0.0) / rate / _HOUR_S),
        high=max(float(max(int(most), wanted) * MONTH_HOURS), work),
    )


def _one_each(usage: Usage, models: Interval) -> Usage:
    """Endpoints of their own; of a job the runs, which may share the work or repeat it."""
    if isinstance(usage, ServerlessUsage):
        many = models.high or models.low or 1
        return usage._replace(provisioned=usage.provisioned * many)
    if isinstance(usage, FleetUsage):
        return usage._replace(endpoints=Quantity(low=models.low, high=models.high))
    least, most = usage.runs.low, usage.runs.high
    if most is None or models.high is None:
        return usage._replace(runs=Quantity(low=least, high=None))
    return usage._replace(runs=Quantity(low=least, high=float(most) * models.high))
