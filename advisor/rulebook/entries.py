"""Compiled entries to their resolved types: the parts that need no other entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from advisor.model.errors import RulebookError
from advisor.model.options import OPTIONS
from advisor.rulebook.types import (
    INFINITY,
    UNSET,
    Admitted,
    Bound,
    Feature,
    Leaf,
    Limit,
    NumberCheck,
    Source,
    Support,
    Word,
    WordCheck,
)


def pick(low: int, high: int, unfavourable_high: bool) -> int:
    """The value taken of a range: next to the bound of a one-sided one, else the worse end."""
    if high >= INFINITY:
        return low
    if low <= 0:
        return high
    return high if unfavourable_high else low


def origin(raw: Mapping[str, Any]) -> Source:
    """Reason, source and dates of an entry; empty where one is missing, as the verifier tells."""
    return Source(**{key: raw.get(key, "") for key in ("because", "source", "as_of", "since")})


def features(raw: Iterable[Mapping[str, Any]]) -> tuple[Feature, ...]:
    """Every feature, each with a bit of its own."""
    done = []
    for number, entry in enumerate(raw):
        support = {}
        for option in OPTIONS:
            each = entry["support"][option]
            each = {"is": each} if isinstance(each, str) else each
            support[option] = Support(
                outcome=each["is"],
                note=each.get("note", ""),
                source=each.get("source", entry.get("source", "")),
                as_of=each.get("as_of", entry.get("as_of", "")),
            )
        done.append(
            Feature(
                id=entry["id"],
                title=entry["title"],
                bit=1 << number,
                fact=entry.get("fact", ""),
                charges=entry.get("charges", ""),
                support=support,
                origin=origin(entry),
            )
        )
    return tuple(done)


def bounds_by_limit(
    options: Iterable[Mapping[str, Any]], limits: str
) -> dict[str, tuple[Admitted, str, Any]]:
    """Limit id -> what is admitted in force, fact and the raw `when`."""
    done = {}
    for option in options:
        for raw in option["limits"]:
            documented = [raw, *raw["also"]]
            if limits == "latest":
                documented = [each for each in documented if each.get("newest")] or documented
            done[raw["id"]] = (bound(documented[0], raw).admits, raw["fact"], raw["when"])
    return done


def bound(raw: Mapping[str, Any], limit: Mapping[str, Any]) -> Bound:
    """One documented bound; what it leaves unsaid is the limit's."""
    parsed = raw["bound"]
    if "mask" in parsed:
        admits = Admitted(low=0, high=0, words=parsed["mask"])
        text = " or ".join(str(word) for word in raw.get("one_of") or raw["not_in"])
        text = text if "one_of" in raw else f"not {text}"
    elif "at_most" in parsed:
        admits, text = Admitted(low=0, high=parsed["at_most"]), str(raw["at_most"])
    else:
        admits, text = Admitted(low=parsed["at_least"], high=INFINITY), str(raw["at_least"])
    return Bound(
        admits=admits,
        text=text,
        newest=bool(raw.get("newest")),
        because=raw.get("because", limit.get("because", "")),
        source=raw.get("source", ""),
        as_of=raw.get("as_of", ""),
    )


def words(
    raw: Iterable[Mapping[str, Any]], number: Callable[[str, Any, str], int]
) -> dict[tuple[str, str], Word]:
    """Every word as an interval, by fact and word."""
    done = {}
    for entry in raw:
        low, high = 0, INFINITY
        for name, operand in entry["bounds"].items():
            value = number(entry["fact"], operand, "high")
            if name == "at_least":
                low = value
            elif name == "above":
                low = value + 1
            elif name == "below":
                high = value - 1
            else:
                high = value
        done[entry["fact"], entry["id"]] = Word(
            id=entry["id"],
            fact=entry["fact"],
            title=entry["title"],
            low=low,
            high=high,
            stated=bool(entry.get("stated")),
            origin=origin(entry),
            ordinary=entry.get("ordinary", UNSET),
        )
    return done


def leaf(name: str, raw: Mapping[str, Any]) -> Leaf:
    """A leaf of the flowchart.

    Raises:
        RulebookError: it names an option that does not exist.
    """
    unknown = [option for option in raw["options"] if option not in OPTIONS]
    if unknown:
        raise RulebookError(f"flowchart.yaml: {name}: the option {unknown[0]!r} does not exist")
    return Leaf(id=name, options=tuple(raw["options"]), excluded=raw.get("not", {}))


def negated(form: tuple[Any, ...]) -> tuple[Any, ...]:
    """The opposite of a condition over words, flags and needs, which is all a `when` may hold."""
    kind = form[0]
    if kind == "one":
        return ("one", form[1], ~form[2])
    if kind == "need":
        return ("need", form[1], form[2], not form[3])
    if kind in ("all", "any"):
        return ("any" if kind == "all" else "all", tuple(negated(part) for part in form[1]))
    raise RulebookError("a limit's `when` may only read words, flags and needs")


def checks(limits: Iterable[Limit]) -> dict[str, Any]:
    """Limits as the fields of an ``OptionEntry`` that judging it reads."""
    numbers = [limit for limit in limits if not limit.discrete]
    return {
        "number_checks": tuple(number_check(limit) for limit in numbers if not limit.late),
        "late_checks": tuple(number_check(limit) for limit in numbers if limit.late),
        "word_checks": tuple(word_check(limit) for limit in limits if limit.discrete),
    }


def number_check(limit: Limit) -> NumberCheck:
    """A limit of a number as ``advisor.engine.decide`` reads it."""
    when = limit.when.test if limit.when else None
    bound, newest = limit.bound.admits, limit.newest.admits
    return (limit.variable, bound.low, bound.high, newest.low, newest.high, when)


def word_check(limit: Limit) -> WordCheck:
    """A limit of words as ``advisor.engine.decide`` reads it."""
    when = limit.when.test if limit.when else None
    return (limit.variable, limit.bound.admits.words or 0, limit.newest.admits.words or 0, when)
