"""Other spellings of a quantity that have one meaning, as the spelling that is read.

``20 rps``, ``3 minutes``, ``400mb``, ``5-10s``, ``2 million a month``. A spelling of several
meanings is left alone: ``Mb`` (bits), ``5 m`` (months), ``2m/month`` (thousandths).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_RANGE = re.compile(r"([0-9.]+[^-\u2013.]*?) *(?:-|\u2013|\.\.|\bto\b) *([0-9.]+.*)")
_ONE = re.compile(r"([<>]?=? *)\$?([0-9.]+) *(.*)")
_RATE = re.compile(
    r"(k|K|M|G|B|thousand|million|billion)? *"
    r"(?:(?:requests?|reqs?|calls?|queries|records|runs|times)? *(?:/|per|an?|each|every) *(.+)"
    r"|([rtq]p[smh]))"
)
_SHARE = re.compile(r"(min|h)[a-z]* *(?:/|per|an?|each|every) *(day|week)")
_MONEY = re.compile(r"(?:usd|dollars?|\$)? *(?:/|per|an?|each|every) *mo(?:nth)?")
_COUNTS = {"": "", "thousand": "k", "million": "M", "billion": "B", "b": "B"}
# Without the s of a plural, in lower case.
_NAMES = {"byte": "B", "kilobyte": "KB", "megabyte": "MB", "gigabyte": "GB", "terabyte": "TB"}
_NAMES |= {"microsecond": "us", "millisecond": "ms", "msec": "ms", "sec": "s", "second": "s"}
_NAMES |= {"minute": "min", "hr": "h", "hour": "h", "day": "d", "percent": "%"}
_PERIODS = {"s": "/s", "min": "/min", "h": "/h", "d": "/day", "week": "/week", "year": "/year"}
_PERIODS |= {"month": "/month", "mo": "/month", "m": "/min"}


def spelt(text: str, kind: str, units: Mapping[str, int]) -> str | None:
    """The text in the spelling that is read, ``None`` where there is no one meaning.

    Args:
        text: that could not be read.
        kind: a key of ``advisor.text.quantity.KINDS``.
        units: of that kind.
    """
    found = _RANGE.fullmatch(text)
    if found is None:
        return _one(text, kind, units)
    low, high = found[1].strip(), _one(found[2], kind, units) or ""
    if low.replace(".", "").isdigit():
        low += high.lstrip("0123456789. ")
    return f"{_one(low, kind, units)}..{high}"


def _one(text: str, kind: str, units: Mapping[str, int]) -> str | None:
    found = _ONE.fullmatch(text.strip())
    if found is None:
        return None
    sign, number, written = found.groups()
    unit = written if written in units else _unit(written.strip(), kind, units)
    if unit is None or ("$" in text and kind != "money"):
        return None
    return f"{sign}{number} {unit}".rstrip()


def meant_by(written: str, kind: str, units: Mapping[str, int]) -> str | None:
    """The unit that was probably meant by another one, ``None`` without a guess."""
    lower = written.lower()
    known = {each.lower(): each for each in reversed([*units])}
    likely = {"time": {"m": "min"}, "money": {"usd": "USD/month", "$": "USD/month"}}
    return likely.get(kind, {}).get(lower) or _unit(written, kind, units) or known.get(lower)


def _unit(written: str, kind: str, units: Mapping[str, int]) -> str | None:
    """A unit as KINDS has it; case does not count in a name that is all of one case."""
    lower = written.lower()
    if kind == "rate":
        return _rate(written)
    if kind == "share":
        found = _SHARE.fullmatch(lower)
        return f"{found[1]}/{found[2]}" if found else None
    if kind == "money":
        return "USD/month" if _MONEY.fullmatch(lower) else None
    if kind == "count":
        return _COUNTS.get(lower)
    if lower.removesuffix("s") in _NAMES:
        return _NAMES[lower.removesuffix("s")]
    if lower in ("m", "b") or not (written.isupper() or written.islower() or written == "kB"):
        return None
    return next((each for each in units if each.lower() in (lower, lower.removesuffix("s"))), None)


def _rate(written: str) -> str | None:
    found = _RATE.fullmatch(written)
    if found is None:
        return None
    multiple, period, short = found.groups()
    if short:
        period = short[-1]
    elif period.lower() == "m":
        return None  # a month or a minute
    else:
        period = period.lower()
        period = _NAMES.get(period.removesuffix("s"), period)
    per = _PERIODS.get(period) or _PERIODS.get(period.removesuffix("s"))
    return None if per is None else f"{_COUNTS.get(multiple or '', multiple)}{per}"
