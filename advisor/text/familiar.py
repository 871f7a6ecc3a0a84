"""Other spellings of a quantity that have one meaning, as the spelling that is read.

``20 rps``, ``3 minutes``, ``400mb``, ``5-10s``, ``2 million a month``. A spelling of several
meanings is left alone: ``Mb`` (bits), ``5 m`` (months), ``2m/month`` (thousandths).
"""

from __future__ import annotations

import re

from advisor.text.quantity import KINDS, QuantityError, parse

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


def spelt(text: str, kind: str) -> str | None:
    """The text in the spelling that ``parse`` reads, ``None`` where there is no one meaning.

    Args:
        text: that ``parse`` refused.
        kind: a key of ``advisor.text.quantity.KINDS``.
    """
    found = _RANGE.fullmatch(text)
    if found is None:
        return _read(_one(text, kind), kind)
    high = _one(found[2], kind)
    unit = high.lstrip("0123456789. ") if high else ""
    bare = found[1].strip()
    low = f"{bare}{unit}" if bare.replace(".", "").isdigit() else _one(bare, kind)
    return _read(f"{low}..{high}", kind)


def _read(text: str | None, kind: str) -> str | None:
    try:
        parse(text or "", kind)
    except QuantityError:
        return None
    return text


def _one(text: str, kind: str) -> str | None:
    found = _ONE.fullmatch(text.strip())
    if found is None:
        return None
    sign, number, written = found.groups()
    unit = written if written in KINDS[kind] else _unit(written.strip(), kind)
    if unit is None or ("$" in text and kind != "money"):
        return None
    return f"{sign}{number} {unit}".rstrip()


def meant_by(written: str, kind: str) -> str | None:
    """The unit that was probably meant by another one, ``None`` without a guess."""
    lower = written.lower()
    known = {each.lower(): each for each in reversed(KINDS[kind])}
    likely = {"time": {"m": "min"}, "money": {"usd": "USD/month", "$": "USD/month"}}
    return likely.get(kind, {}).get(lower) or _unit(written, kind) or known.get(lower)


def _unit(written: str, kind: str) -> str | None:
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
    return next(
        (each for each in KINDS[kind] if each.lower() in (lower, lower.removesuffix("s"))), None
    )


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
