"""What the plans of one workload have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from advisor.engine.facts import Facts
from advisor.model.workload import Interval
from advisor.rulebook.knowledge import Knowledge

_MOST_REMEMBERED = 4096
_needs: dict[tuple[str, int], Mapping[str, bool]] = {}


class Basis:
    """The questions that sizing asks most, the same for all options of a workload.

    ``number`` gives the value of a sizing constant, ``needs`` whether a feature is needed, by name
    or by the fact that asks for it; both raise ``KeyError`` for a name that the rules do not have.
    ``upper`` and ``text`` give what the workload states under a key path, or ``None``: of a
    quantity the end that loads more, and words or free text.
    """

    __slots__ = ("done", "facts", "knowledge", "needs", "number", "text", "upper")

    def __init__(self, facts: Facts, knowledge: Knowledge) -> None:
        self.facts = facts
        self.knowledge = knowledge
        texts: dict[str, str] = {}
        uppers: dict[str, int | None] = {}
        for path, item in facts.workload.values.items():
            value = item.value
            if isinstance(value, Interval):
                uppers[path] = upper(value)
            elif isinstance(value, str):
                texts[path] = value
        self.needs: Callable[[str], bool] = _needed(facts).__getitem__
        self.number: Callable[[str], Any] = knowledge.numbers.__getitem__
        self.text: Callable[[str], str | None] = texts.get
        self.upper: Callable[[str], int | None] = uppers.get
        self.done: dict[object, Any] = {}  # what was worked out of it, by function


def upper(interval: Interval | None) -> int | None:
    """The end of a range that loads more; the stated one of an open range."""
    if interval is None:
        return None
    return interval.high if interval.high is not None else interval.low


def _needed(facts: Facts) -> Mapping[str, bool]:
    """Feature to whether it is needed; few combinations occur among many workloads."""
    book = facts.book
    bits = facts.point[book.needs]
    key = (book.digest, bits)
    found = _needs.get(key)
    if found is None:
        if len(_needs) >= _MOST_REMEMBERED:
            _needs.clear()
        found = _needs[key] = {each.id: bool(bits & each.bit) for each in book.features}
    return found
