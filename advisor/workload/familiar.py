"""Other spellings of a value that have one meaning, as the spelling that is read.

``20 rps``, ``1h30m``, ``$6k a year``, ``jsonl``. What is rewritten, and what has two meanings and
is refused, stands in rules/service/spellings.json; nothing of it is read before a value is odd.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from typing import Any

from advisor.model.workload import Interval
from advisor.text.quantity import (
    KINDS,
    MOST_DECIMALS,
    NAMES,
    QuantityError,
    TooLargeError,
    parse,
)
from advisor.text.spelling import listed, plain
from advisor.workload.forms import RefusedError, service_table, shown

_MOST_FAMILIAR = 100  # characters of a text that may be another spelling
_FLAGS = re.IGNORECASE | re.ASCII
_AMOUNT = re.compile(r"((?:[<>]=?)?) *(\d+(?:\.\d+)?(?:e\+?\d\d?(?!\d))?) *(.*)", _FLAGS)
_PARTS = re.compile(r"(?:\d+(?:\.\d+)? *[a-z]+ *){2,}", _FLAGS)
_PART = re.compile(r"(\d+(?:\.\d+)?) *([a-z]+) *", _FLAGS)
_PERIOD = re.compile(r"(\d*(?:\.\d+)?) *(.*)", _FLAGS)
_Unit = tuple[Fraction, str]


def spellings() -> dict[str, Any]:
    """The tables of rules/service/spellings.json.

    Raises:
        RulebookError: the file cannot be read.
    """
    return service_table("spellings.json")


def meanings(text: str, *names: str) -> tuple[str, ...]:
    """The plain spellings of a word: several where it has several meanings, else one or none.

    Args:
        text: as it was written.
        names: of a key, a form or a kind; the first that knows the word answers.
    """
    for name in names:
        for written in (text, rewritten(text, name)):
            found = spellings()["words"].get(name, {}).get(plain(written))
            if found is not None:
                return (found,) if isinstance(found, str) else tuple(found)
    return ()


def only_meaning(text: str, *names: str) -> str:
    """The plain spelling of a word, of the first of several tables that knows it; or empty.

    Raises:
        RefusedError: it has several meanings.
    """
    found = meanings(text, *names)
    if len(found) > 1:
        raise RefusedError(f"{shown(text)} has several meanings", f"write {listed(found)}")
    return found[0] if found else ""


def device_named(text: str) -> str:
    """The device that a text names, as instances.csv calls it; empty where it names none."""
    name = plain(rewritten(text, "accelerator"))
    found: str = spellings()["devices"].get(re.sub("^(?:nvidia|aws|tesla)+", "", name), "")
    return found


def rewritten(text: str, *names: str) -> str:
    """A text after the rewriting of some kinds or forms, in their order."""
    text = text.strip() if len(text) <= _MOST_FAMILIAR else ""
    for name in names:
        for pattern, new in spellings()["rewrite"].get(name, ()):
            text = re.sub(pattern, new, text, flags=re.IGNORECASE).strip()
    return text


def parse_any(text: str, kind: str) -> Interval:
    """As ``quantity.parse``; a text in another spelling that has one meaning is read as well.

    Raises:
        QuantityError: the text is no quantity of this kind; the message says what to write.
    """
    try:
        return parse(text, kind)
    except QuantityError as error:
        tidy = rewritten(text, "any")
        problem, hint = refusal(tidy, "any", kind)
        if problem:
            raise QuantityError(f"{text!r} {problem}", kind, hint) from None
        for meant in _spelt(rewritten(tidy, kind), kind):
            try:
                return parse(meant, kind)
            except TooLargeError:
                raise
            except QuantityError:
                continue
        for other in KINDS:
            spelt = _spelt(rewritten(tidy, other), other) if other not in (kind, "count") else ()
            if any(reads(meant, other) for meant in spelt):
                problem = f"{text!r} is {NAMES[other]}, and {NAMES[kind]} is expected"
                raise QuantityError(problem, kind) from None
        raise error from None


def reads(text: str, kind: str) -> bool:
    """Whether a text in its plain spelling is a quantity of a kind."""
    with suppress(QuantityError):
        parse(text, kind)
        return True
    return False


def refusal(tidy: str, *names: str) -> tuple[str, str]:
    """Why a text of some kinds or forms is refused, and what to write; empty: it is not."""
    for of, pattern, problem, hint in spellings()["refused"]:
        found = re.search(pattern, tidy, re.IGNORECASE) if of in names else None
        if found:
            return found.expand(problem), found.expand(hint)
    return "", ""


def _spelt(text: str, kind: str) -> Iterator[str]:
    """What a text may mean, the likelier first: the first that can be read is meant."""
    low, dots, high = (part.strip() for part in text.partition(".."))
    if not dots:
        yield _amount(text, kind) or ""
        return
    unit = high.lstrip("0123456789. ")
    ends: Sequence[str] = ("", unit, "/" + unit.partition("/")[2])
    for end in (*ends[1:], "") if low.replace(".", "").isdigit() else ends:
        yield f"{_amount(low + end, kind)}..{_amount(high, kind)}"


def _amount(text: str, kind: str) -> str | None:
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return None
    sign, number, written = found.groups()
    unit = _unit(written.strip(), kind)
    if unit is None:
        whole = kind == "time" and _PARTS.fullmatch(text[len(sign) :].strip())
        return f"{sign}{_together(_PART.findall(text))} us" if whole else None
    nines = round(Fraction(number) * unit[0] * 10**MOST_DECIMALS)
    whole_part, decimals = divmod(nines, 10**MOST_DECIMALS)
    shown = f"{whole_part}.{decimals:0{MOST_DECIMALS}}".rstrip("0").rstrip(".")
    return f"{sign}{shown} {unit[1]}".rstrip()


def _together(parts: Sequence[tuple[str, str]]) -> int:
    """Microseconds of ``1h30m``, where m is a minute; -1 unless each unit is below the last."""
    units = [_named({"m": "min"}, name, "time") or _named(None, name, "time") for _, name in parts]
    times = [KINDS["time"][unit[1]] * unit[0] if unit else Fraction(0) for unit in units]
    if times != sorted(set(times), reverse=True):
        return -1
    return int(sum(Fraction(part[0]) * time for part, time in zip(parts, times, strict=True)))


def _unit(written: str, kind: str) -> _Unit | None:
    """A unit as a number of one of KINDS, ``None`` where it has no one meaning."""
    head, slash, period = written.partition("/")
    if not slash or kind not in ("rate", "share", "money"):
        return _named(None, written, kind)
    found = _PERIOD.fullmatch(period.strip())
    number, name = found.groups() if found else ("", "")
    per = _named(spellings()["units"]["period"], name.strip(), "period")
    above = _named(None, head.strip(), "time" if kind == "share" else "count")
    if per is None or above is None or (number and not Fraction(number)):
        return None
    factor = above[0] / per[0] / Fraction(number or 1)
    if kind == "money":
        rates = KINDS["rate"]
        each_month = Fraction(rates[f"/{per[1]}"], rates["/month"])
        return factor * KINDS["count"][above[1]] * each_month, "USD/month"
    unit = f"{above[1]}/{per[1]}"
    return (factor, unit) if unit in KINDS[kind] else None


def _named(table: dict[str, str] | None, name: str, kind: str) -> _Unit | None:
    """A unit by its name. Case does not count in a name that is all of one case."""
    units, lower = KINDS.get(kind, {}), name.lower()
    if name in units:
        return Fraction(1), name
    if table is None:
        table = spellings()["units"].get(kind, {})
    short = lower.removesuffix("s")
    found = table.get(name) or table.get(lower) or table.get(short)
    if found is not None:
        factor, _, unit = found.rpartition(" ")
        return Fraction(factor or 1), unit
    if lower in ("m", "b") or not (name.isupper() or name.islower() or name == "kB"):
        return None
    near = next((each for each in units if each.lower() in (lower, short)), None)
    return None if near is None else (Fraction(1), near)
