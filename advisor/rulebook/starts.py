"""Starts of the options after a pause, and how they compare with what callers accept.

Formulas like those of ``advisor.rulebook.formulas``. A ratio is in thousandths of a percent; a
start that is compared with no accepted wait at all is above every ratio.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, TypeAlias

from advisor.model.value import Value
from advisor.rulebook.fact_entries import MEAN_PROCESSING, SAID
from advisor.rulebook.formulas import IN_FLIGHT_UNIT, Formula, Sets, mean_rate
from advisor.rulebook.types import INFINITY, UNSET, Point
from advisor.text.quantity import WEEK, WHOLE

_SECOND = 1_000_000
KEPT_WARM = "serverless.kept-warm"
# The functions of a formula: its value and its bounds.
_How: TypeAlias = tuple[Callable[[Point], int], Callable[[Sets, Sets, int], tuple[int, int]]]


class Constants(Value):
    """The numbers of the sizing that starts rest on."""

    pauses: Mapping[str, int]  # microseconds before a container starts, by way
    keep_alive: tuple[int, int]  # microseconds, shortest and longest
    fits_one: int  # most of load.in-flight that one warm environment takes


def constants(sizing: Iterable[Mapping[str, Any]]) -> Constants:
    """The constants of compiled sizing."""
    number = {entry["id"]: entry["value"] for entry in sizing}
    machine = number["instance-start"]
    alarm = number["wake-alarm-period"] * number["wake-alarm-periods"]
    pauses = {
        "serverless": 0,
        "component": (number["component-wake-period"] + machine) * _SECOND,
        "asynchronous": (alarm + machine) * _SECOND,
    }
    shortest = number["serverless-keep-alive-least"] * _SECOND
    longest = number["serverless-keep-alive-most"] * _SECOND
    part = 0  # thousandths of a request; P(two or more in progress) <= spill for Poisson arrivals
    while 1 - math.exp(-part / 1000) * (1 + part / 1000) <= number["provisioned-spill"]:
        part += 1
    fits_one = (part - 1) * IN_FLIGHT_UNIT // 1000
    return Constants(pauses=pauses, keep_alive=(shortest, longest), fits_one=fits_one)


def starts(index: Mapping[str, int], known: Constants, every: int) -> tuple[Formula, ...]:
    """The formulas of starts; a wait of ``every`` microseconds accepts each of them."""
    cold, answer = index["requests.cold_start"], index["requests.answer"]
    time = index["requests.processing.typical"]
    each = [_start(way, pause, index) for way, pause in known.pauses.items()]
    waits = [_ratio("wait", start, 0, (cold, every), index) for start in each]
    answers = [_ratio("answer", start, time, (answer, INFINITY), index) for start in each]
    flags = _is_number(index), _warm(index)
    return (*each, *waits, *answers, _cold_share(known, index), *flags)


def _formula(
    name: str,
    index: Mapping[str, int],
    inputs: tuple[int, ...],
    how: _How,
    finer: Callable[[Point, int], int] | None = None,
) -> Formula:
    value, bounds = how
    return Formula(
        id=name, variable=index[name], inputs=inputs, value=value, bounds=bounds, finer=finer
    )


def _start(way: str, pause: int, index: Mapping[str, int]) -> Formula:
    startup = index["model.startup"]

    def bounds(low: Sets, high: Sets, stated: int) -> tuple[int, int]:
        return max(low[startup], 1) + pause, min(high[startup] + pause, INFINITY)

    return _formula(
        f"start.{way}", index, (startup,), (lambda point: point[startup] + pause, bounds)
    )


def _ratio(
    kind: str, start: Formula, work: int, accepted: tuple[int, int], index: Mapping[str, int]
) -> Formula:
    """A start, and the work of a variable after it (0: none), as a share of what is accepted.

    That is a variable, and the value from which on it accepts whatever a start takes.
    """
    whole, every = accepted
    name = f"{kind}.{start.id.partition('.')[2]}"
    (startup,) = start.inputs

    def part(point: Point) -> int:
        return start.value(point) + (point[work] if work else 0)

    def value(point: Point) -> int:
        if point[whole] == UNSET or point[whole] >= every:
            return 0
        return _share(part(point), point[whole])

    def finer(point: Point, cut: int) -> int:
        return part(point) * WHOLE - cut * point[whole]

    def bounds(low: Sets, high: Sets, stated: int) -> tuple[int, int]:
        least, most = start.bounds(low, high, stated)
        if work:
            least, most = least + low[work], min(most + high[work], INFINITY)
        if low[whole] >= every:
            return 0, 0
        smallest = 0 if high[whole] >= min(every, INFINITY) else _share(least, high[whole])
        return smallest, INFINITY if most >= INFINITY else _share(most, low[whole])

    inputs = (startup, work, whole) if work else (startup, whole)
    return _formula(name, index, inputs, (value, bounds), finer)


def _share(part: int, whole: int) -> int:
    if whole <= 0:
        return INFINITY if part > 0 else 0
    return -(-part * WHOLE // whole)


def _cold_share(known: Constants, index: Mapping[str, int]) -> Formula:
    """The requests before which none came within the work and the keep-alive (Poisson arrivals).

    The point takes the longest keep-alive, so that what is held against it holds for each; the
    range reaches to the shortest. It is the share of one environment, which no load makes larger.
    """
    volume, active = index["traffic.volume"], index["traffic.active"]
    time = index[MEAN_PROCESSING]
    shortest, longest = known.keep_alive

    def share(rate: int, kept: int) -> int:
        return int(WHOLE * math.exp(-min(rate * kept / IN_FLIGHT_UNIT, 700)))

    @cache
    def reached(cut: int) -> int:
        """About the product of rate and time from which on the share is at most a cut."""
        return round(IN_FLIGHT_UNIT * math.log(WHOLE / (cut + 1)))

    def bounds(low: Sets, high: Sets, stated: int) -> tuple[int, int]:
        rarely = mean_rate(low[volume], min(high[active], WEEK))
        if high[volume] >= INFINITY:
            return 0, share(rarely, low[time] + shortest)
        often = mean_rate(high[volume], low[active])
        most = min(high[time], INFINITY) + longest
        return share(min(often, INFINITY), most), share(rarely, low[time] + shortest)

    def value(point: Point) -> int:
        return share(mean_rate(point[volume], point[active]), point[time] + longest)

    def finer(point: Point, cut: int) -> int:
        most = reached(cut) // (point[time] + longest)  # the rate is rounded up to a whole one
        return most * point[active] - point[volume] * WEEK + 1

    inputs = volume, active, time
    return _formula("serverless.cold-share", index, inputs, (value, bounds), finer)


def _is_number(index: Mapping[str, int]) -> Formula:
    """Whether the answer time binds starts: it is a number, and no start is accepted apart."""
    said, answer, cold = index[SAID], index["requests.answer"], index["requests.cold_start"]

    def value(point: Point) -> int:
        return point[said] >> answer & ~(point[said] >> cold) & 1

    def bounds(low: Sets, high: Sets, stated: int) -> tuple[int, int]:
        return 1 << value(low), 0

    return _formula("answer-is-stated-number", index, (answer, cold), (value, bounds))


def _warm(index: Mapping[str, int]) -> Formula:
    """A flag that ``advisor.engine.kept_warm`` sets from these, among others."""
    warm = index[KEPT_WARM]
    inputs = tuple(index[name] for name in ("traffic.concurrent", "traffic.peak", MEAN_PROCESSING))
    how = (lambda point: point[warm], lambda low, high, stated: (0b11, 0))
    return _formula(KEPT_WARM, index, inputs, how)
