"""What of a plan is paid for: its quantities, as ``advisor.pricing`` reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisor.engine.facts import Facts
from advisor.model.advice import Plan
from advisor.model.options import BATCH_TRANSFORM, ENDPOINT_EACH, SERVERLESS
from advisor.model.workload import Interval
from advisor.rulebook.fact_entries import TYPICAL_PROCESSING
from advisor.text.quantity import MONTH_HOURS, RATE_PER_MONTH

_SECOND = 1_000_000
_HOUR_S = 3600
_PER_SECOND = RATE_PER_MONTH * MONTH_HOURS * _HOUR_S


def charged(plan: Plan, facts: Facts) -> Mapping[str, Any]:
    """The quantities of a plan, as far as stated facts lead to them.

    An endpoint that works through a stored data set gets its records as requests, and models that
    cannot share an endpoint have one each.
    """
    found = plan.facts
    if "each" in found:
        return {**found, "each": tuple(charged(made, alone) for made, alone in found["each"])}
    more: dict[str, Any] = {}
    if plan.option != BATCH_TRANSFORM and facts.word("requests.arrival") == "batch":
        more |= _work_of_a_data_set(plan, facts)
    models = facts.workload.interval("model.count")
    if models is not None and models.high != 1 and not _share(plan):
        more |= _one_each(plan, models)
    return {**found, **more} if more else found


def completed(plan: Plan, facts: Facts) -> Mapping[str, Any]:
    """The same with what is assumed wherever nothing, or a range, was stated.

    Estimates, curves and break-even points are single figures, so they need one value for each
    fact. ``assumed`` names, for each quantity that nothing stated bounds, the fact that decides it.
    """
    found = charged(plan, facts)
    if "each" in found:
        parts = tuple(completed(made, alone) for made, alone in plan.facts["each"])
        return {**found, "each": parts}
    assumed = _assumed_run if plan.option == BATCH_TRANSFORM else _assumed_load
    taken = {key: each for key, each in assumed(plan, facts).items() if key not in found}
    if not taken:
        return found
    rests_on = {key: fact for key, (_, fact) in taken.items() if key + "_high" not in found}
    return {**{key: value for key, (value, _) in taken.items()}, **found, "assumed": rests_on}


def _assumed_load(plan: Plan, facts: Facts) -> dict[str, tuple[float, str]]:
    """The quantities of an endpoint that its cost may turn on, each with its fact."""
    made = plan.facts
    time = facts.taken(TYPICAL_PROCESSING) / _SECOND
    taken = {
        "requests": (facts.taken("traffic.volume") / RATE_PER_MONTH, "traffic.volume"),
        "bytes_in": (facts.taken("wire.payload"), "requests.payload"),
        "bytes_out": (facts.taken("wire.response"), "requests.response"),
    }
    if plan.option == SERVERLESS:
        return {**taken, "seconds": (time, "requests.processing")}
    if made["minimum"] >= made["maximum"]:
        return taken
    if made["minimum"] == 0:
        return {**taken, "processing_s": (time, "requests.processing")}
    rate = made["workers"] / time * made.get("planned_share", 1.0)
    return {
        **taken,
        "rate": (facts.taken("traffic.peak") / _PER_SECOND, "traffic.peak"),
        "rate_of_one": (rate, "requests.processing"),
    }


def _assumed_run(plan: Plan, facts: Facts) -> dict[str, tuple[float, str]]:
    """How long a job of known records runs when the time of one is assumed."""
    made, records = plan.facts, facts.workload.interval("dataset.records")
    if records is None or records.high is None or "job_hours_high" in made:
        return {}
    from advisor.modelling.queueing.transform_jobs import job_seconds

    files = facts.workload.interval("dataset.files")
    objects = None if files is None else files.high or files.low or None
    rate = made["workers"] * _SECOND / facts.taken(TYPICAL_PROCESSING)
    time = job_seconds(records.high, made["count"], objects, rate, made["start_s"])
    return {"job_hours": (time / _HOUR_S, "requests.processing")}


def _work_of_a_data_set(plan: Plan, facts: Facts) -> dict[str, Any]:
    """Records of all runs of a month as requests, and the instance hours that they take."""
    records = facts.workload.interval("dataset.records")
    runs = facts.workload.interval("dataset.runs")
    if records is None or runs is None:
        return {}
    low, high = (
        None if one is None or other is None else one * other / RATE_PER_MONTH
        for one, other in zip(records, runs, strict=True)
    )
    more: dict[str, Any] = {"requests": None, "requests_low": low, "requests_high": high}
    more["origins"] = dict.fromkeys(("requests", "instance_hours"), "dataset.records")
    return more if plan.option == SERVERLESS else {**more, **_hours(plan, facts, low, high)}


def _hours(
    plan: Plan, facts: Facts, low: float | None, high: float | None
) -> dict[str, float | None]:
    """Instance hours of a fleet that works through the records, if it is never scaled in at most.

    The plan is sized for callers, so what the records alone take may be more.
    """
    made = plan.facts
    rate = made.get("rate_of_one")
    least = made.get("count", made.get("count_low")) or 0
    most = made.get("count", made.get("count_high"))
    if rate is None or high is None or most is None:
        return {"instance_hours_low": float(least * MONTH_HOURS), "instance_hours_high": None}
    records = facts.workload.interval("dataset.records")
    deadline = facts.workload.interval("dataset.deadline")
    wanted = 0
    if deadline is not None and deadline.low and records is not None and records.high:
        from advisor.modelling.queueing.scaling import whole

        wanted = whole(records.high * _SECOND / (rate * deadline.low))
    work = high / rate / _HOUR_S
    return {
        "instance_hours_low": max(float(least * MONTH_HOURS), (low or 0.0) / rate / _HOUR_S),
        "instance_hours_high": max(float(max(most, wanted) * MONTH_HOURS), work),
    }


def _share(plan: Plan) -> bool:
    """Whether one endpoint or job serves all models."""
    way: str = plan.facts.get("hosting", ENDPOINT_EACH)
    return way != ENDPOINT_EACH


def _one_each(plan: Plan, models: Interval) -> dict[str, Any]:
    """Endpoints of their own; of a job the runs, which may share the work or repeat it."""
    if plan.option == SERVERLESS:
        many = models.high or models.low or 1
        provisioned = plan.facts.get("provisioned") or 0
        return {"provisioned": provisioned * many} if provisioned else {}
    if plan.option == BATCH_TRANSFORM:
        runs = plan.facts.get("runs", plan.facts.get("runs_high"))
        if runs is None or models.high is None:
            return {"runs": None, "runs_low": plan.facts.get("runs", plan.facts.get("runs_low"))}
        least = plan.facts.get("runs", plan.facts.get("runs_low"))
        return {"runs": None, "runs_low": least, "runs_high": runs * models.high}
    if models.low == models.high:
        return {"endpoints": models.low}
    return {"endpoints_low": models.low, "endpoints_high": models.high}
