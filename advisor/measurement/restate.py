"""A workload as a measurement has it: the key paths of the file with measured values."""

from __future__ import annotations

from advisor.engine.facts import Facts
from advisor.model.workload import Interval, Measurement, Stated, Workload
from advisor.rulebook.types import INFINITY
from advisor.text.quantity import KINDS, show

SECOND = 1_000_000
PER_SECOND = KINDS["rate"]["/s"]
_PROCESSING = "requests.processing"


def restated(
    workload: Workload, facts: Facts, found: Measurement
) -> tuple[Workload, tuple[str, ...]]:
    """The workload with the measured values, and the key paths that hold them.

    Latency at the highest rate is the usual time of a request: an instance that is given half of
    that rate answers no slower. A stated p99 or largest time stays unless it is below that, and
    requests at once unless they were stated of another type. Times on serverless environments say
    nothing of an instance type.
    """
    values = dict(workload.values)
    time = max(1, round(found.latency_s * SECOND))
    one = values.pop(_PROCESSING, None)
    if one is not None and f"{_PROCESSING}.max" not in values:
        values[f"{_PROCESSING}.max"] = one._replace(path=f"{_PROCESSING}.max")
    for part in (f"{_PROCESSING}.p99", f"{_PROCESSING}.max"):
        if part in values and highest(facts, values[part]) < time:
            del values[part]
    new: dict[str, tuple[str, Interval | str]] = {}
    new[f"{_PROCESSING}.typical"] = _quantity(time, "time")
    if found.instance_type:
        rate = max(1, int(found.per_second * PER_SECOND))
        new["model.throughput"] = _quantity(rate, "rate")
        new["model.measured_on"] = (found.instance_type, found.instance_type)
        if "model.concurrency" not in values or _elsewhere(workload, found):
            at_once = max(1, int(found.per_second * found.latency_s))
            new["model.concurrency"] = _quantity(at_once, "count")
    for path, (text, value) in new.items():
        values.pop(path, None)
        values[path] = Stated(path, text, value, 0, 0)
    return workload._replace(values=values), tuple(new)


def _elsewhere(workload: Workload, found: Measurement) -> bool:
    """Whether the file tells what it states of another instance type."""
    return workload.text("model.measured_on") not in (None, found.instance_type)


def highest(facts: Facts, item: Stated) -> int:
    """The largest value that a stated time admits; a word stands for its interval."""
    if isinstance(item.value, Interval):
        return INFINITY if item.value.high is None else item.value.high
    return facts.book.words[_PROCESSING, item.value].high


def _quantity(value: int, kind: str) -> tuple[str, Interval]:
    interval = Interval(value, value)
    return show(interval, kind), interval
