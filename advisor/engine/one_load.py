"""Peak, volume, active time, mean time and requests in progress: one load that agrees.

A box holds what is still possible of each of these five: lower and upper end in the order of
``LoadRules.places``, in the base units of the facts. What is stated narrows what is not.
"""

from functools import lru_cache

from advisor.rulebook.formulas import IN_FLIGHT_UNIT, mean_rate
from advisor.rulebook.types import INFINITY, LoadRules
from advisor.text.quantity import WEEK, largest

_ACTIVE, _TIME, _PEAK, _VOLUME, _CONCURRENT = range(0, 10, 2)
_ROUNDS = 3
_MOST = (WEEK, largest("time"), INFINITY, INFINITY, INFINITY)  # no file states more
# What keeps the five together, as bits of what was dropped because nothing would be left.
MEAN_WITHIN_PEAK, PEAK_WITHIN_BURST, IN_PROGRESS = 1, 2, 4

Box = list[int]


@lru_cache(maxsize=1024)
def mean_time(median: int, tail: int) -> int:
    """The mean of a log-normal time with a median and a 99th percentile, all in one unit."""
    if tail <= median or not median:
        return median
    from advisor.modelling.queueing.service_times import lognormal

    return round(lognormal(median, tail).mean_s)


def box_of(rules: LoadRules, low: list[int], high: list[int]) -> Box:
    """What the sets of a workload say of its load."""
    box: Box = []
    for variable, most in zip(rules.places, _MOST, strict=True):
        box += (low[variable] or 1, min(high[variable], most) or 1)
    return box


def put(rules: LoadRules, box: Box, low: list[int], high: list[int]) -> None:
    """Narrow the sets of a workload to a box."""
    ends = zip(rules.places, box[::2], box[1::2], _MOST, strict=True)
    for variable, least, most, any_ in ends:
        if least > 1:
            low[variable] = least
        if most < any_:
            high[variable] = most


def narrow(rules: LoadRules, box: Box, stated: int, burst: int) -> int:
    """Narrow a box by what keeps the load together; the bits of what would empty it.

    Args:
        rules: the variables of the load.
        box: narrowed in place.
        stated: bits of the stated variables.
        burst: the peak is at most so many times the mean; 0: any.
    """
    dropped = 0
    concurrent = stated >> rules.concurrent & 1
    both = stated >> rules.peak & stated >> rules.time & 1
    for _ in range(_ROUNDS if burst or concurrent else 1):  # the first alone is kept at once
        before = box.copy()
        if not dropped & MEAN_WITHIN_PEAK and not _at_most(box, _VOLUME, WEEK, (_PEAK, _ACTIVE), 1):
            dropped |= MEAN_WITHIN_PEAK
        if (
            burst
            and not dropped & PEAK_WITHIN_BURST
            and not _at_least(box, _VOLUME, burst * WEEK, (_PEAK, _ACTIVE))
        ):
            dropped |= PEAK_WITHIN_BURST
        if concurrent and not both and not dropped & IN_PROGRESS and not _exactly(box):
            dropped |= IN_PROGRESS
        if box == before:
            break
    if both and not _about(box, rules.spread):
        dropped |= IN_PROGRESS
    return dropped


def _at_most(box: Box, one: int, factor: int, two: tuple[int, int], up: int) -> bool:
    """``factor`` x one <= the product of two; ``up``: lower ends are rounded up, else down."""
    first, second = two
    whole = factor * box[one]
    rest = up * (box[second + 1] - 1)
    first_low = max(box[first], (whole + rest) // box[second + 1])
    rest = up * (box[first + 1] - 1)
    second_low = max(box[second], (whole + rest) // box[first + 1])
    high = min(box[one + 1], box[first + 1] * box[second + 1] // factor) if up else box[one + 1]
    if first_low > box[first + 1] or second_low > box[second + 1] or high < box[one]:
        return False
    box[first], box[second], box[one + 1] = first_low, second_low, high
    return True


def _at_least(box: Box, one: int, factor: int, two: tuple[int, int]) -> bool:
    """``factor`` x one >= the product of two; a lower end is rounded down."""
    first, second = two
    whole = factor * box[one + 1]
    first_high = min(box[first + 1], whole // box[second])
    second_high = min(box[second + 1], whole // box[first])
    low = max(box[one], box[first] * box[second] // factor)
    if first_high < box[first] or second_high < box[second] or low > box[one + 1]:
        return False
    box[first + 1], box[second + 1], box[one] = first_high, second_high, low
    return True


def _exactly(box: Box) -> bool:
    """Requests in progress are rate times time; a rate or a time that follows is rounded down."""
    two = (_PEAK, _TIME)
    kept = box[_CONCURRENT : _CONCURRENT + 2]
    # A count of one says no more than that there are not two.
    held = kept[0] <= 1 or _at_most(box, _CONCURRENT, IN_FLIGHT_UNIT, two, 0)
    held = held and _at_least(box, _CONCURRENT, IN_FLIGHT_UNIT, two)
    box[_CONCURRENT:] = kept  # a stated one, which others follow
    return held


def _about(box: Box, spread: int) -> bool:
    """Requests in progress beside a rate and a time that are both stated."""
    least = box[_PEAK] * box[_TIME] // (spread * IN_FLIGHT_UNIT)
    most = -(-box[_PEAK + 1] * box[_TIME + 1] * spread // IN_FLIGHT_UNIT)
    low, high = max(box[_CONCURRENT], least), min(box[_CONCURRENT + 1], most, INFINITY)
    if low > high:
        return False
    box[_CONCURRENT:] = low, high
    return True


def assume(rules: LoadRules, box: Box, point: list[int], stated: int, times: int) -> None:
    """Take one value for each part of the load, in their order, and write it into a point.

    Args:
        rules: the variables of the load.
        box: narrowed by stated facts; empty afterwards.
        point: holds what is stated, else assumed, without regard of the others.
        stated: bits of the stated variables.
        times: an unstated peak is so many times the mean of the volume.
    """
    burst = rules.bursts[point[rules.pattern]]
    if burst and not stated >> rules.pattern & 1:
        narrow(rules, box, stated, burst)
    least, most, quickest, slowest, slow, fast, few, many, fewest, busiest = box
    active = point[rules.active] = _within(point[rules.active], least, most)
    slow = min(fast, max(slow, -(-few * WEEK // active)))
    if burst:
        fast = max(slow, min(fast, burst * many * WEEK // active))
    follows = stated >> rules.concurrent & 1
    if follows:
        point[rules.concurrent] = _within(point[rules.concurrent], fewest, busiest)
        fewest = fewest if fewest > 1 else 0
        follows = not stated >> rules.peak & stated >> rules.time & 1
    if follows:
        slowest = max(quickest, min(slowest, busiest * IN_FLIGHT_UNIT // slow))
        quickest = min(slowest, max(quickest, fewest * IN_FLIGHT_UNIT // fast))
    time = point[rules.time] = _within(point[rules.time], quickest, slowest)
    if follows:
        fast = max(slow, min(fast, busiest * IN_FLIGHT_UNIT // time))
        slow = min(fast, max(slow, fewest * IN_FLIGHT_UNIT // time))
    peak, volume = point[rules.peak], point[rules.volume]
    if not stated >> rules.peak & 1:
        peak = times * mean_rate(_within(volume, few, many), active)
    peak = point[rules.peak] = _within(peak, slow, fast)
    many = max(few, min(many, peak * active // WEEK))
    if burst:
        few = min(many, max(few, peak * active // (burst * WEEK)))
    point[rules.volume] = _within(volume, few, many)


def _within(value: int, low: int, high: int) -> int:
    return low if value < low else min(value, high)
