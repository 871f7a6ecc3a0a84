"""A plan while it is being made: settings with their reasons, findings, needs that are carried."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from advisor.facts import Facts
from advisor.model import Finding, Invoke, Plan, Quota, Request, Setting
from advisor.rulebook.knowledge import Knowledge

T = TypeVar("T")

NOT_CALLED = Invoke("", {}, None, ())
_MOST_REMEMBERED = 4096
_by_bits: dict[tuple[str, int], Mapping[str, bool]] = {}


class Common:
    """What the plans of one workload have in common; ``done`` holds what was worked out of it."""

    __slots__ = ("done", "facts", "knowledge", "needed")

    def __init__(self, facts: Facts, knowledge: Knowledge) -> None:
        self.facts = facts
        self.knowledge = knowledge
        self.needed = _needed(facts)
        self.done: dict[object, Any] = {}


class Draft:
    """What one ``size`` call has decided so far.

    ``number`` gives the value of a sizing constant, ``needs`` whether a feature is needed, by name
    or by the fact that asks for it; both raise ``KeyError`` for a name that the rules do not have.
    """

    __slots__ = (
        "_carried",
        "_findings",
        "_settings",
        "common",
        "facts",
        "knowledge",
        "needs",
        "number",
        "option",
    )

    def __init__(self, option: str, common: Common) -> None:
        self.option = option
        self.common = common
        self.facts = common.facts
        self.knowledge = common.knowledge
        self.number: Callable[[str], Any] = common.knowledge.numbers.__getitem__
        self.needs: Callable[[str], bool] = common.needed.__getitem__
        self._settings: list[Setting] = []
        self._findings: list[Finding] = []
        self._carried: set[str] = set()

    def set(self, name: str, value: Any, because: str, *, constant: str = "") -> None:
        """Note a setting with its formula and inputs; a constant adds its reason and source."""
        source = ""
        if constant:
            origin = self.knowledge.sizing[constant].origin
            because = f"{because} {origin.because}"
            source = origin.source
        self._settings.append(Setting(name, value, because, source))

    def find(
        self, rule: str, severity: str, message: str, *, path: str = "", fix: str = ""
    ) -> None:
        """Note something the reader must know, at the line of a key if that was stated."""
        workload = self.facts.workload
        stated = workload.values.get(path)
        line, column = (stated.line, stated.column) if stated is not None else (0, 0)
        self._findings.append(Finding(rule, severity, message, workload.file, line, column, fix))

    def carry(self, *features: str) -> None:
        """Note features that the requests, or the option itself, take care of."""
        self._carried.update(features)

    def sized(self, facts: Mapping[str, Any]) -> Plan:
        """The plan of an option that is only compared: without requests and what goes with them."""
        return self.plan((), NOT_CALLED, (), facts)

    def plan(
        self,
        requests: tuple[Request, ...],
        invoke: Invoke,
        quotas: tuple[Quota, ...],
        facts: Mapping[str, Any],
    ) -> Plan:
        """The finished plan; facts without a value are left out."""
        return Plan(
            self.option,
            tuple(self._settings),
            requests,
            invoke,
            quotas,
            tuple(self._findings),
            frozenset(self._carried),
            {key: value for key, value in facts.items() if value is not None},
        )


def once(work: Callable[[Draft], T]) -> Callable[[Draft], T]:
    """Make a function that reads nothing but the workload run once for all options of one."""

    @wraps(work)
    def remembered(draft: Draft) -> T:
        done = draft.common.done
        if work not in done:
            done[work] = work(draft)
        found: T = done[work]
        return found

    return remembered


def _needed(facts: Facts) -> Mapping[str, bool]:
    """Feature to whether it is needed; few combinations occur among many workloads."""
    book = facts.book
    bits = facts.point[book.needs]
    key = (book.digest, bits)
    found = _by_bits.get(key)
    if found is None:
        if len(_by_bits) >= _MOST_REMEMBERED:
            _by_bits.clear()
        found = _by_bits[key] = {each.id: bool(bits & each.bit) for each in book.features}
    return found
