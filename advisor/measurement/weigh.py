"""Which of the measured configurations to take, and what a reader must know of a measurement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from advisor.catalogue.price_snapshot import Prices
from advisor.engine.facts import Facts
from advisor.measurement.restate import PER_SECOND, SECOND, highest, in_milliseconds, restated
from advisor.measurement.result import Result
from advisor.model.options import REAL_TIME
from advisor.model.usage import FleetUsage
from advisor.model.workload import USUAL_FIRST, Finding, Interval, Measured, Measurement, Stated
from advisor.options import instances, memory, names, plan
from advisor.options.load import per_second, seconds
from advisor.options.plan_builder import Basis, Draft
from advisor.rulebook.knowledge import Knowledge
from advisor.text.quantity_format import percent

TAKEN, SLOWER, DEARER, UNUSABLE = "taken", "slower", "dearer", "unusable"


class _Weighed(NamedTuple):
    """A measurement with what it is ordered by."""

    late: bool
    usd: Decimal | None  # of the fleet an hour
    found: Measurement

    @property
    def order(self) -> tuple[bool, bool, Decimal, int, str]:
        """In time first, then a known price, then the cheapest fleet, then the smallest."""
        usd, found = self.usd or Decimal(0), self.found
        return self.late, self.usd is None, usd, found.instances or 0, found.instance_type


def weighed(
    facts: Facts, known: Knowledge, prices: Prices, tests: tuple[Measurement, ...]
) -> tuple[Measurement, ...]:
    """The same measurements, each with its fleet for the peak and how it stands.

    One of the instance types and one of the serverless sizes is taken, if any can be used. The
    fleet is sized as for real-time inference, the option that the job measures.
    """
    done: dict[int, Measurement] = {}
    for serverless in (False, True):
        usable: list[tuple[int, _Weighed]] = []
        for place, each in enumerate(tests):
            if bool(each.memory_mb) is not serverless:
                continue
            reason = _against(facts, known, each)
            if reason:
                done[place] = each._replace(standing=UNUSABLE, note=reason)
            else:
                usable.append((place, _weigh(facts, prices, each)))
        usable.sort(key=lambda entry: entry[1].order)
        for rank, (place, one) in enumerate(usable):
            slower = one.late and not usable[0][1].late
            standing = TAKEN if rank == 0 else SLOWER if slower else DEARER
            done[place] = one.found._replace(standing=standing)
    return tuple(done[place] for place in range(len(tests)))


def answer_s(facts: Facts) -> float | None:
    """How soon an answer is needed, the stricter end of a range; ``None`` where nobody says."""
    stated = facts.interval("requests.answer")
    end = None if stated is None else stated.low or stated.high
    return None if end is None else end / SECOND


def _against(facts: Facts, known: Knowledge, found: Measurement) -> str:
    """Why a configuration cannot be used, empty when it can."""
    draft = Draft(REAL_TIME, Basis(facts, known))
    if found.memory_mb:
        sizes = draft.number("serverless-memory-tiers")
        return "" if found.memory_mb in sizes else "serverless inference has no such memory size"
    types = instances.types_for(draft, None)
    instance = types.catalogue.get(found.instance_type)
    if instance is None:
        return f"the instance type {found.instance_type} does not exist"
    stated = facts.workload.text("deploy.instance_type")
    if stated is not None:
        same = stated == found.instance_type
        return "" if same else f"deploy.instance_type names {stated}"
    many = memory.shared(draft)
    need = memory.need(draft, together=memory.models(draft), multi_model=many)
    return types.misfit(instance, need)


def _weigh(facts: Facts, prices: Prices, found: Measurement) -> _Weighed:
    answer = answer_s(facts)
    late = answer is not None and found.latency_s > answer
    if found.memory_mb:
        # The price of a second follows the memory size, so this orders by cost.
        usd = Decimal(found.memory_mb) * Decimal(repr(found.latency_s))
        note = f"{found.memory_mb} MB x {seconds(found.latency_s)}"
        return _Weighed(late, usd, found._replace(note=note))
    workload, _ = restated(facts.workload, facts, found)
    listed = prices.shipped.per_hour("hosting", sold=True)
    made = plan(REAL_TIME, Facts(facts.book, workload), listed, deploy=False)
    assert isinstance(made.usage, FleetUsage)
    count = made.usage.instances
    price = prices.lookup("hosting", found.instance_type)
    if price is None:
        note, total = f"{count} for the peak, price unknown", None
    else:
        total = count * Decimal(price.usd)
        note = f"{count} for the peak x {price.usd} = {total.normalize():f} USD an hour"
    return _Weighed(late, total, found._replace(instances=count, note=note))


_PROCESSING = "requests.processing"
_MEASURED_WINS = "Sizes and costs use the measured value; state it in the workload file."


def findings(
    facts: Facts, results: Sequence[Result], measured: Measured, number: Callable[[str], Any]
) -> Iterator[Finding]:
    """The findings about a measurement, in the order of importance."""
    for result in results:
        yield from _model(facts, result)
    chosen = measured.taken or measured.serverless
    yield from _unusable(facts, measured)
    if chosen is None:
        return
    yield from _slow(facts, chosen)
    yield from _differs(facts, chosen, number("measured-tolerance"))
    yield from _memory(chosen, number("usable-memory"))
    for result in results:
        if not in_milliseconds(result, number):
            yield Finding(
                "measured-unit",
                "info",
                f"ModelLatency of the job {result.job} was read as microseconds: as milliseconds "
                "it cannot be",
                result.file,
            )


def _model(facts: Facts, result: Result) -> Iterator[Finding]:
    """The name of a model of this workload is its own name and a digest."""
    own = names.versioned(facts.workload.name, "")[: -len(names.digest(""))]
    if result.model and not result.model.startswith(own):
        yield Finding(
            "measured-model",
            "error",
            f"the job {result.job} measured the model {result.model}, and those of the workload "
            f"{facts.workload.name} are called {own}…",
            result.file,
            fix="Pass the result of a job for this model. If it is the same model under another "
            "name, accept the finding measured-model with that reason.",
        )


def _unusable(facts: Facts, measured: Measured) -> Iterator[Finding]:
    """Instance types were measured, and sizing can take none of them."""
    reasons = [
        f"{each.instance_type}: {each.note}"
        for each in measured.tests
        if each.instance_type and each.standing == UNUSABLE
    ]
    if reasons and measured.taken is None:
        yield Finding(
            "measured-elsewhere",
            "warning",
            "none of the measured instance types can be used "
            f"({'; '.join(reasons)}), so their times and rates are not",
            *facts.workload.place("deploy.instance_type"),
            "Measure on the plan's type; times of one type do not apply to another.",
        )


def _slow(facts: Facts, chosen: Measurement) -> Iterator[Finding]:
    answer = answer_s(facts)
    if answer is None or chosen.latency_s <= answer:
        return
    yield Finding(
        "measured-slow",
        "warning",
        f"{chosen.name} took {seconds(chosen.latency_s)} at its highest rate, longer than "
        f"requests.answer, {seconds(answer)}, and nothing else that was measured is in "
        "time",
        *facts.workload.place("requests.answer"),
        "Measure a faster type, or with ModelLatencyThresholds at the answer time: at a lower "
        "rate the same type answers sooner.",
    )


def _differs(facts: Facts, chosen: Measurement, tolerance: float) -> Iterator[Finding]:
    values = facts.workload.as_stated.values
    elsewhere = values.get("model.measured_on")
    if elsewhere is not None and elsewhere.value != chosen.instance_type:
        # Times that were stated of another type are not contradicted, only not used.
        message = (
            f"the stated times were measured on {elsewhere.text}, and sizing takes {chosen.name}, "
            "which the load test measured"
        )
        place = facts.workload.place(elsewhere.path)
        yield Finding("measured-differs", "info", message, *place, _MEASURED_WINS)
        return
    yield from _time(facts, chosen, tolerance)
    stated = values.get("model.throughput")
    if stated is not None and isinstance(stated.value, Interval):
        low, high = stated.value
        rate = chosen.per_second * PER_SECOND
        below = low is not None and rate < low * (1 - tolerance)
        if below or (high is not None and rate > high * (1 + tolerance)):
            yield _differing(facts, stated, per_second(chosen.per_second), chosen, worse=below)


def _time(facts: Facts, chosen: Measurement, tolerance: float) -> Iterator[Finding]:
    """A stated usual time can be off either way, a p99 or largest one only by being exceeded."""
    values = facts.workload.as_stated.values
    time, text = chosen.latency_s * SECOND, seconds(chosen.latency_s)
    for part in USUAL_FIRST:
        stated = values.get(_PROCESSING + part)
        if stated is None:
            continue
        above = time > highest(facts, stated) * (1 + tolerance)
        low = stated.value.low if isinstance(stated.value, Interval) else None
        below = part == ".typical" and low is not None and time < low * (1 - tolerance)
        if above or below:
            yield _differing(facts, stated, text, chosen, worse=above)


def _differing(
    facts: Facts, stated: Stated, measured: str, chosen: Measurement, *, worse: bool
) -> Finding:
    message = (
        f"{stated.path} is stated as {stated.text} and was measured as {measured} on {chosen.name}"
    )
    severity, place = "warning" if worse else "info", facts.workload.place(stated.path)
    return Finding("measured-differs", severity, message, *place, _MEASURED_WINS)


def _memory(chosen: Measurement, usable: float) -> Iterator[Finding]:
    if chosen.memory_percent is not None and chosen.memory_percent > 100 * usable:
        yield Finding(
            "measured-memory",
            "warning",
            f"{chosen.name} used {percent(chosen.memory_percent / 100)} of its memory in the load "
            f"test, more than the {percent(usable)} that are planned for",
            chosen.job.file,
            fix="Choose a type with more memory, or run fewer workers in the container.",
        )
