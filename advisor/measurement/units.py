"""The metrics of a job in seconds and requests a second: AWS names two units for its times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from advisor.measurement.result import Benchmark, Result
from advisor.model.workload import Job, Measurement

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
    usd = None
    if benchmark.usd_per_hour is not None and result.region in ("", region):
        # A price has four decimals, which a float of 32 bits blurs in the eighth digit.
        usd = f"{benchmark.usd_per_hour / benchmark.instances:.5f}".rstrip("0").rstrip(".")
    return Measurement(
        job=Job(name=result.job, date=result.date, file=result.file),
        instance_type=benchmark.instance_type,
        memory_mb=benchmark.memory_mb,
        per_second=benchmark.invocations / benchmark.instances / _MINUTE_S,
        latency_s=max(1, benchmark.latency) / unit,  # whole numbers: 0 is anything below one
        setup_s=_setup_s(benchmark, number),
        cpu_percent=benchmark.cpu_percent,
        memory_percent=benchmark.memory_percent,
        usd_per_hour=usd if usd != "0" else None,
        instances=None,
        standing="",
        note="",
    )


def _setup_s(benchmark: Benchmark, number: Callable[[str], Any]) -> float | None:
    """Microseconds as documented, unless no container starts that fast."""
    if benchmark.memory_mb is None or not benchmark.setup:
        return None
    time = benchmark.setup / MICROSECONDS
    least = number("measured-setup-least")
    return time if time >= least else benchmark.setup / MILLISECONDS
