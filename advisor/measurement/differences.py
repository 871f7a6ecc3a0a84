"""What a reader must know of a measurement: where it differs, is slow, or is of something else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from advisor.engine.facts import Facts
from advisor.measurement.restate import PER_SECOND, SECOND, highest, in_milliseconds
from advisor.measurement.result import Result
from advisor.measurement.weigh import UNUSABLE, answer_s
from advisor.model.workload import USUAL_FIRST, Finding, Interval, Measured, Measurement, Stated
from advisor.options import names
from advisor.options.load import per_second, seconds
from advisor.text.quantity_format import percent

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
