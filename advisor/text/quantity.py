"""Quantities as people write them: text to closed ranges of whole base units, and back.

Base units are integers so that comparisons and solved bounds are exact:

=========  ==================================================================
kind       base unit
=========  ==================================================================
size       byte; KB, MB, GB, TB are binary, as in AWS's own texts
time       microsecond
rate       1/84,000 of a request per month: 84 months of 730 h hold whole
           numbers of hours, days, weeks and years; the thousand carries
           three decimals
share      microsecond per week (time with traffic: 8 h/day, 40 h/week)
money      millionth of a USD per month
count      one (k, M, G and B for thousands, millions and thousands of millions)
percent    one thousandth of a percent
=========  ==================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from typing import TypeAlias

from advisor.model.workload import Interval, Window, minutes_covered

_KIB = 1024
_SECOND = 1_000_000
_HOUR = 3600 * _SECOND
MIB = 1024 * _KIB
WHOLE = 100_000  # of a percentage, which is counted in thousandths of a percent
RATE_PER_MONTH = 84_000
MONTH_HOURS = 730
MICROSECONDS_PER_MONTH = MONTH_HOURS * _HOUR
WEEK = 168 * _HOUR

_SIZES = {"B": 1}
for _power, _prefix in enumerate("KMGT", start=1):
    _SIZES[_prefix + "B"] = _SIZES[_prefix + "iB"] = _KIB**_power
_TIMES = {"us": 1, "ms": 1000, "s": _SECOND, "min": 60 * _SECOND, "h": _HOUR, "d": 24 * _HOUR}
_RATES = {
    "/s": RATE_PER_MONTH * MONTH_HOURS * 3600,
    "/min": RATE_PER_MONTH * MONTH_HOURS * 60,
    "/h": RATE_PER_MONTH * MONTH_HOURS,
    "/day": RATE_PER_MONTH * MONTH_HOURS // 24,
    "/week": RATE_PER_MONTH * MONTH_HOURS // 168,
    "/month": RATE_PER_MONTH,
    "/year": RATE_PER_MONTH // 12,
}
_SHARES = {
    "min/week": 60 * _SECOND,
    "min/day": 7 * 60 * _SECOND,
    "h/week": _HOUR,
    "h/day": 7 * _HOUR,
    "h/month": 7 * 24 * _HOUR // 10,
}
# A month has 730 / 168 weeks, so that an hour a month is no whole number of base units: a 73rd of
# the number above.
DENOMINATORS = {"h/month": MONTH_HOURS // 10}
_MULTIPLES = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9, "B": 10**9}

# Kind -> unit as written -> base units in one of it.
KINDS: dict[str, dict[str, int]] = {
    "size": _SIZES,
    "time": _TIMES,
    "rate": {
        multiple + unit: times * factor
        for unit, factor in _RATES.items()
        for multiple, times in _MULTIPLES.items()
    },
    "share": _SHARES,
    "money": {"USD/month": _SECOND},
    "count": _MULTIPLES,
    "percent": {"%": 1000},
}

FORMS = {
    "size": "20 KB, 1.5 MB, <=6 MB, >4 MB or 1 MB..5 MB",
    "time": "250 ms, 60 s, 15 min, 4 h, >60 s or 5 min..15 min",
    "rate": "20/s, 400/h, 5/day, 2M/month, >=1000/s or 2/h..6/h",
    "share": "8 h/day, 40 h/week, 160 h/month or 1 h/day..3 h/day",
    "money": "500 USD/month or <=800 USD/month",
    "count": "12, 2k, 10M, 8B, >=100 or 300..600",
    "percent": "5 % or 1 %..10 %",
}

NAMES = {
    "size": "a size",
    "time": "a time",
    "rate": "a rate",
    "share": "a share of time",
    "money": "an amount per month",
    "count": "a count",
    "percent": "a percentage",
}

# Beyond these a number is a slip of the keyboard, and arithmetic on it only costs time: an exabyte,
# centuries, a thousand million requests a second, a million million USD a month.
MOST_DIGITS = 15
MOST_DECIMALS = 9
_MOST = {
    "size": 10**6 * _SIZES["TB"],
    "time": 10**5 * _TIMES["d"],
    "rate": 10**9 * _RATES["/s"],
    "money": 10**12 * _SECOND,
}
DIGITS = {
    kind: {
        unit: min(MOST_DIGITS, len(str(_MOST.get(kind, 10**16) // factor - 1)))
        for unit, factor in units.items()
    }
    for kind, units in KINDS.items()
}
"""Kind -> unit as written -> digits before the point of the largest number of it."""

_AFTER_NUMBER = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/% "


class QuantityError(ValueError):
    """A text that is no quantity of its kind.

    Args:
        problem: what is wrong with it, without a final stop.
        kind: a key of ``KINDS``; decides which accepted forms are shown.
        hint: what to write instead of one of these forms.
    """

    def __init__(self, problem: str, kind: str, hint: str = "") -> None:
        self.problem, self.hint = problem, hint
        self.forms = hint or f"write it like {FORMS[kind]}"
        super().__init__(f"{problem}; {self.forms}")


class TooLargeError(QuantityError):
    """A quantity beyond the largest that is read."""


@lru_cache(maxsize=4096)
def parse(text: str, kind: str) -> Interval:
    """Read a quantity: a point, ``LOW..HIGH``, or a bound behind ``>``, ``>=``, ``<``, ``<=``.

    A point that is not a whole number of base units becomes the nearest one, though something never
    becomes nothing; a bound keeps exactly the whole base units that satisfy it.

    Args:
        text: the quantity with its unit, such as ``20 KB`` or ``>=1000/s``.
        kind: a key of ``KINDS``.

    Raises:
        QuantityError: the text is no quantity of this kind; the message shows the accepted forms.
    """
    first = text[:1]
    if first == ">":
        if text[1:2] == "=":
            return Interval(_at_least(*_ratio(text[2:].lstrip(" "), kind)), None)
        return Interval(_above(*_ratio(text[1:].lstrip(" "), kind)), None)
    if first == "<":
        if text[1:2] == "=":
            return Interval(None, _at_most(*_ratio(text[2:].lstrip(" "), kind)))
        high = _below(*_ratio(text[1:].lstrip(" "), kind))
        if high < 0:
            raise QuantityError(f"{text!r} holds no value", kind)
        return Interval(None, high)
    start, dots, end = text.partition("..")
    if not dots:
        point = _nearest(*_ratio(text, kind))
        return Interval(point, point)
    low = _nearest(*_ratio(start.rstrip(" "), kind))
    high = _nearest(*_ratio(end.lstrip(" "), kind))
    if low > high:
        raise QuantityError(f"the range {text!r} has its larger value first", kind)
    return Interval(low, high)


def _ratio(text: str, kind: str) -> tuple[int, int]:
    """A number with its unit as a fraction of base units: numerator and denominator."""
    number = text.rstrip(_AFTER_NUMBER)
    unit = text[len(number) :].lstrip(" ")
    factor, parts = KINDS[kind].get(unit), DENOMINATORS.get(unit, 1)
    whole, point, decimals = number.partition(".")
    if (
        factor is None
        or not (whole.isdigit() and number.isascii() and len(whole) <= DIGITS[kind][unit])
        or (point and not (decimals.isdigit() and len(decimals) <= MOST_DECIMALS))
    ):
        raise _refusal(text, kind)
    if not point:
        return int(whole) * factor, parts
    scaled, scale = int(whole + decimals) * factor, 10 ** len(decimals) * parts
    if kind == "count" and scaled % scale:
        raise QuantityError(f"{text!r} is not a whole number", kind)
    return scaled, scale


def _refusal(text: str, kind: str) -> QuantityError:
    """Describe the mistake in a number and its unit."""
    number = text.rstrip(_AFTER_NUMBER)
    unit = text[len(number) :].strip(" ")
    whole, point, decimals = number.partition(".")
    if not text:
        return QuantityError("a number is missing", kind)
    if number.startswith("-"):
        return QuantityError(f"{text!r} is below zero", kind)
    if not (number.isascii() and whole.isdigit() and (decimals.isdigit() or not point)):
        return QuantityError(f"{text!r} is not {NAMES[kind]}", kind)
    if len(decimals) > MOST_DECIMALS:
        return QuantityError(f"{text!r} has more than {MOST_DECIMALS} decimals", kind)
    if not unit and kind != "count":
        return QuantityError(f"{text!r} has no unit", kind)
    if unit not in KINDS[kind]:
        return QuantityError(f"{unit!r} in {text!r} is no unit of {NAMES[kind]}", kind)
    most = f"{'9' * DIGITS[kind][unit]} {unit}".strip().replace(" /", "/")
    return TooLargeError(f"{text!r} is too large", kind, f"write {most} or less")


def _nearest(numerator: int, denominator: int) -> int:
    nearest = (2 * numerator + denominator) // (2 * denominator)
    return nearest or int(numerator > 0)


def _at_least(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)


def _above(numerator: int, denominator: int) -> int:
    return numerator // denominator + 1


def _at_most(numerator: int, denominator: int) -> int:
    return numerator // denominator


def _below(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator) - 1


# Least value shown in it, base units in one, unit as written.
_Units: TypeAlias = tuple[tuple[int, int, str], ...]

# Kind -> units, the one that people expect first.
_SHOWN: dict[str, _Units] = {
    "size": tuple(
        (_SIZES[unit], _SIZES[unit], " " + unit) for unit in ("TB", "GB", "MB", "KB", "B")
    ),
    "time": (
        (48 * _HOUR, 24 * _HOUR, " d"),
        (_HOUR, _HOUR, " h"),
        (120 * _SECOND, 60 * _SECOND, " min"),
        (_SECOND, _SECOND, " s"),
        (1, 1000, " ms"),
    ),
    "rate": tuple((factor, factor, unit) for unit, factor in _RATES.items()),
    "share": tuple(
        (1, _SHARES[unit], " " + unit) for unit in ("h/day", "h/week", "h/month", "min/week")
    ),
    "money": ((1, _SECOND, " USD/month"),),
    "count": ((1, 1, ""),),
    "percent": ((1, 1000, " %"),),
}
_ZERO = {
    "size": "0 B",
    "time": "0 s",
    "rate": "0/s",
    "share": "0 h/day",
    "money": "0 USD/month",
    "count": "0",
    "percent": "0 %",
}


@lru_cache(maxsize=20_000)
def show(interval: Interval, kind: str) -> str:
    """Write a range so that ``parse`` reads the same one, in the unit that people expect.

    Exact for values below 10**17 base units; beyond, a bound may be written a little stricter and a
    point be rounded. A range without any bound is written as ``>=`` nothing, which is the same set.
    """
    low, high = interval
    if low is not None and high is not None:
        text = _number(low, _nearest, low, kind)
        return text if low == high else f"{text}..{_number(high, _nearest, high, kind)}"
    if high is not None:
        at_most = "<= " + _number(high, _at_most, high, kind)
        below = "< " + _number(high, _below, high + 1, kind)
        return _better(at_most, below, interval, kind)
    low = low or 0
    at_least = ">= " + _number(low, _at_least, low, kind)
    if low == 0:
        return at_least
    return _better(at_least, "> " + _number(low, _above, low - 1, kind), interval, kind)


def _better(first: str, second: str, interval: Interval, kind: str) -> str:
    """The shorter of two texts for a one-sided range, unless only the longer one is exact."""
    short, long = sorted((first, second), key=len)
    with suppress(QuantityError):  # beyond the digits that are read, neither is exact
        if parse(short, kind) == interval:
            return short
    return long


def time_covered(windows: tuple[Window, ...]) -> int:
    """Time of the week that windows cover together, in base units."""
    return minutes_covered(windows) * _SHARES["min/week"]


def largest(kind: str) -> int:
    """The largest number of a kind that ``parse`` reads without a multiple, in base units."""
    return max(
        int(10 ** DIGITS[kind][unit.strip()] - 1) * each // DENOMINATORS.get(unit.strip(), 1)
        for _, each, unit in _SHOWN[kind]
    )


def _number(value: int, read: Callable[[int, int], int], near: int, kind: str) -> str:
    """The roundest number near ``near`` that ``read`` turns into ``value``, with its unit."""
    if near == 0:
        return _ZERO[kind]
    units = _SHOWN[kind]
    for (_, factor, unit), places in _roundest_first(units, near):
        scale = 10**places * DENOMINATORS.get(unit[1:], 1)
        digits, rest = divmod(near * scale, factor)
        if rest and places == 3:  # 1.001 KB would read back to 1025 B, and is no rounder
            continue
        for candidate in (digits, digits + 1) if rest else (digits,):
            if read(candidate * factor, scale) == value:
                text = _shortest(candidate, places, kind)
                number = text.rstrip("kMGB")
                read_as = text[len(number) :] + unit.strip()
                if len(number.partition(".")[0]) <= DIGITS[kind][read_as]:
                    return text + unit
    return f"{near // units[0][1] + (read in (_at_least, _above))}{units[0][2]}"


def _roundest_first(units: _Units, near: int) -> Iterator[tuple[tuple[int, int, str], int]]:
    """Units with decimal places to try: few places in a large unit before many in a small one."""
    for unit in units:
        if near >= unit[0]:
            for places in range(4):
                yield unit, places
    for unit in reversed(units):
        for places in range(4, MOST_DECIMALS + 1):
            yield unit, places


def _shortest(digits: int, places: int, kind: str) -> str:
    """The number as text, with k, M, G or B where that is shorter, or where it must be."""
    if places or digits < 10_000 or kind not in ("rate", "count"):
        return _decimal(digits, places)
    texts = [str(digits)] if digits < 10**MOST_DIGITS else []
    for power, multiple in ((3, "k"), (6, "M"), (9, "B" if kind == "count" else "G")):
        if digits % 10 ** (power - 3) == 0:
            texts.append(_decimal(digits // 10 ** (power - 3), 3) + multiple)
    return min(texts, key=len)


def _decimal(digits: int, places: int) -> str:
    if not places:
        return str(digits)
    whole, rest = divmod(digits, 10**places)
    return f"{whole}.{rest:0{places}}".rstrip("0").rstrip(".")
