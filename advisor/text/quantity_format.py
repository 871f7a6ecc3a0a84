"""Values as people read them and the workload file takes them, quantities in a few digits."""

from __future__ import annotations

from contextlib import suppress

from advisor.model.workload import Interval
from advisor.text.quantity import KINDS, QuantityError, parse, show

_DIGITS = 3
# Kind -> units as written, largest first, each with how many of it there must be.
_UNITS: dict[str, tuple[tuple[str, float], ...]] = {
    "size": ((" TB", 1), (" GB", 1), (" MB", 1), (" KB", 1), (" B", 0)),
    "time": ((" d", 2), (" h", 2), (" min", 2), (" s", 1), (" ms", 1), (" us", 0)),
    "rate": (("/s", 1), ("/min", 1), ("/h", 1), ("/day", 1), ("/month", 1), ("/year", 0)),
    "volume": (("/month", 1), ("/year", 0)),
    "share": ((" h/day", 1), (" h/week", 1), (" min/week", 0)),
    "money": ((" USD/month", 0),),
    "count": (("", 0),),
    "percent": ((" %", 0),),
}
_MULTIPLES = ((10**9, "G"), (10**6, "M"), (10**4, "k"))
_COUNTED = ("rate", "volume", "count")
_MANY_DIGITS = 5
_OUTWARD = (0, 1, 2, 5, 10)  # thousandths: the third digit counts at most ten of them


def word(value: object) -> str:
    """A word or a truth as the workload file writes it: true, not True."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def about(value: float, kind: str) -> str:
    """A value in base units in about three digits with its unit: 1.23M/month.

    Args:
        value: base units of the kind.
        kind: of ``advisor.text.quantity``; ``volume`` for a rate that is given by the month.
    """
    if not value:
        return show(Interval(0, 0), "rate" if kind == "volume" else kind)
    unit = unit_of(value, kind)
    return amount(value, kind, unit) + unit


def unit_of(value: float, kind: str) -> str:
    """The unit in which a value is given, as it stands behind the number."""
    largest = (unit for unit, least in _UNITS[kind] if value / _factor(kind, unit) >= least)
    return next(largest)  # the last unit takes everything


def amount(value: float, kind: str, unit: str) -> str:
    """The number of a value in a unit of its kind, in about three digits."""
    return _written(value / _factor(kind, unit), kind)


def _factor(kind: str, unit: str) -> int:
    return KINDS["rate" if kind == "volume" else kind][unit.strip()]


def few_digits(text: str, kind: str) -> str:
    """An exact value in about three digits; a bound is moved outward so that it stays true.

    Above 8524.8 ms becomes above 8.53 s: whatever is above the second is above the first. A value,
    and the ends of a range, are only shortened where they have five digits or more.

    Args:
        text: ``> 8524.8 ms``, ``29235 MB`` or ``LOW..HIGH``, as the workload file accepts it.
        kind: of its quantity.
    """
    sign = text[: 1 + text.startswith((">=", "<="))]
    if sign not in (">", ">=", "<", "<="):
        return "..".join(_few_digits(end.strip(), kind) for end in text.split(".."))
    try:
        low, high = parse(text, kind)
    except QuantityError:  # absurd loads leave bounds that no file can state
        return text
    exact, outward = (low, 1) if high is None else (high, -1)
    for steps in _OUTWARD:
        shorter = f"{sign} {about((exact or 0) * (1 + outward * steps / 1000), kind)}"
        with suppress(QuantityError):  # a count is whole
            moved = parse(shorter, kind)[high is not None]
            if len(shorter) < len(text) and ((moved or 0) - (exact or 0)) * outward >= 0:
                return shorter
    return text


def _few_digits(value: str, kind: str) -> str:
    if sum(map(str.isdigit, value)) < _MANY_DIGITS:
        return value
    with suppress(QuantityError):
        return min(value, about(parse(value, kind).low or 0, kind), key=len)
    return value


# Kind -> unit in which data for programs is given, and base units in one of it.
_PLAIN = {
    "size": ("B", 1),
    "time": ("s", 1_000_000),
    "rate": ("requests/month", KINDS["rate"]["/month"]),
    "share": ("h/week", KINDS["share"]["h/week"]),
    "money": ("USD/month", 1_000_000),
    "count": ("", 1),
    "percent": ("%", 1000),
}


def unit(kind: str) -> str:
    """The unit of ``plain``: s, B, requests/month."""
    return _PLAIN[kind][0]


def plain(value: int, kind: str) -> int | float:
    """A value in base units as a number in its kind's plain unit, for programs."""
    factor = _PLAIN[kind][1]
    return value // factor if value % factor == 0 else value / factor


def milliseconds(time: float) -> str:
    """A time that is given in milliseconds."""
    return about(time * 1000, "time")


def percent(part: float) -> str:
    """A share, 0 to 1, in percent; <0.01 % for less than that."""
    hundredths = part * 100
    return f"{hundredths:.3g} %" if hundredths >= 0.01 or not part else "<0.01 %"


def busy(part: float) -> str:
    """The load of one environment or worker; above 1 the number that is busy."""
    return f"{percent(part)} busy" if part < 1 else f"{part:.3g} at once"


def _written(number: float, kind: str) -> str:
    if kind in _COUNTED:
        for multiple, letter in _MULTIPLES:
            if number >= multiple:
                scale = 1000 if letter == "k" else multiple
                return _significant(number / scale) + ("B" if kind + letter == "countG" else letter)
    return _significant(number)


def number(value: float) -> str:
    """A number without a unit: three significant digits, whole from a hundred on."""
    return f"{value:,.0f}" if value >= 99.95 else _significant(value)


def _significant(number: float) -> str:
    """Three significant digits, without an exponent."""
    if number >= 10**_DIGITS:
        return f"{number:.0f}"
    if number >= 10 ** (_DIGITS - 1):
        return f"{number:.1f}".removesuffix(".0")
    text = f"{number:.{_DIGITS}g}"
    if "e" in text:
        text = f"{number:.9f}".rstrip("0").rstrip(".")
    return text
