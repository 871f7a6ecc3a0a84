"""A job's metrics in seconds and requests a second, and a workload with the measured values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from advisor.engine.facts import Facts
from advisor.measurement.result import Benchmark, Result
from advisor.model.workload import Interval, Job, Measurement, Stated, Workload
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
        elsewhere = workload.text("model.measured_on") not in (None, found.instance_type)
        if "model.concurrency" not in values or elsewhere:
            at_once = max(1, round(found.per_second * found.latency_s))
            new["model.concurrency"] = _quantity(at_once, "count")
    for path, (text, value) in new.items():
        values.pop(path, None)
        values[path] = Stated(path, text, value, 0, 0)
    return workload._replace(values=values), tuple(new)


def highest(facts: Facts, item: Stated) -> int:
    """The largest value that a stated time admits; a word stands for its interval."""
    if isinstance(item.value, Interval):
        return INFINITY if item.value.high is None else item.value.high
    return facts.book.words[_PROCESSING, item.value].high


def _quantity(value: int, kind: str) -> tuple[str, Interval]:
    interval = Interval(value, value)
    return show(interval, kind), interval


MILLISECONDS, MICROSECONDS = 1000, 1_000_000  # of a second
_MINUTE_S = 60


def in_milliseconds(result: Result, number: Callable[[str], Any]) -> bool:
    """Whether ModelLatency is given in milliseconds.

    The page on results says milliseconds, the one on load tests microseconds, and there are results
    of both kinds. Milliseconds are taken unless a benchmark proves the other: no request takes
    longer than an endpoint waits for its container, and no more are in progress than the job has
    virtual users, each of which waits for its answer.
    """
    longest = number("answer-default")
    for each in result.benchmarks:
        latency_s = each.latency / MILLISECONDS
        if latency_s > longest:
            return False
        if result.users is not None and each.invocations / _MINUTE_S * latency_s > result.users:
            return False
    return True


def measurement(
    result: Result, benchmark: Benchmark, region: str | None, number: Callable[[str], Any]
) -> Measurement:
    """One benchmark in seconds, requests a second and USD an hour, not yet weighed.

    Args:
        result: the job it belongs to.
        benchmark: its metrics.
        region: the workload's; a cost from another Region is left out.
        number: the value of a sizing constant.
    """
    unit = MILLISECONDS if in_milliseconds(result, number) else MICROSECONDS
    rate = benchmark.invocations / benchmark.instances / _MINUTE_S
    latency_s = max(1, benchmark.latency) / unit  # whole numbers: 0 is anything below one
    if benchmark.tokens is not None:
        rate, latency_s = benchmark.tokens.per_second, benchmark.tokens.request_s
    usd = None
    if benchmark.usd_per_hour is not None and result.region in ("", region):
        # A price has four decimals, which a float of 32 bits blurs in the eighth digit.
        usd = f"{benchmark.usd_per_hour / benchmark.instances:.5f}".rstrip("0").rstrip(".")
    return Measurement(
        job=Job(name=result.job, date=result.date, file=result.file),
        instance_type=benchmark.instance_type,
        memory_mb=benchmark.memory_mb,
        per_second=rate,
        latency_s=latency_s,
        setup_s=_setup_s(benchmark, number),
        cpu_percent=benchmark.cpu_percent,
        memory_percent=benchmark.memory_percent,
        usd_per_hour=usd if usd != "0" else None,
        instances=None,
        standing="",
        note="",
        tokens=benchmark.tokens,
    )


def _setup_s(benchmark: Benchmark, number: Callable[[str], Any]) -> float | None:
    """Microseconds as documented, unless no container starts that fast."""
    if benchmark.memory_mb is None or not benchmark.setup:
        return None
    time = benchmark.setup / MICROSECONDS
    least = number("measured-setup-least")
    return time if time >= least else benchmark.setup / MILLISECONDS
