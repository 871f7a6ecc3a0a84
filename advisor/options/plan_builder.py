"""A plan while it is being made: what its workload says, settings with reasons, findings, needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from advisor.engine.facts import Facts
from advisor.model.advice import Invoke, Plan, Quota, Request, Setting
from advisor.model.usage import Usage
from advisor.model.workload import Finding, Interval
from advisor.rulebook.knowledge import Knowledge

T = TypeVar("T")

NOT_CALLED = Invoke(operation="", parameters={}, client_timeout_s=None, notes=())
_MOST_REMEMBERED = 4096
_needs: dict[tuple[str, int], Mapping[str, bool]] = {}


class Basis:
    """The questions that sizing asks most, the same for all options of a workload.

    ``number`` gives the value of a sizing constant, ``needs`` whether a feature is needed, by name
    or by the fact that asks for it; both raise ``KeyError`` for a name that the rules do not have.
    ``upper`` and ``text`` give what the workload states under a key path, or ``None``: of a
    quantity the end that loads more, of a word for one its usual value, and words or free text.
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
                fact = facts.book.fact.get(path)
                if fact is not None and not fact.discrete:  # a word for a number
                    uppers[path] = facts.taken(path)
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


class Draft:
    """What one ``size`` call has decided so far, with the questions of its basis."""

    __slots__ = (
        "_settings",
        "basis",
        "carried",
        "facts",
        "fallback",
        "findings",
        "knowledge",
        "needs",
        "number",
        "number_of",
        "option",
        "text",
        "upper",
        "way",
    )

    def __init__(self, option: str, basis: Basis) -> None:
        self.option = option
        self.basis = basis
        self.facts = basis.facts
        self.knowledge = basis.knowledge
        self.needs = basis.needs
        self.number = basis.number
        self.text = basis.text
        self.upper = basis.upper
        self._settings: list[Setting] = []
        self.findings: list[Finding] = []
        self.carried: set[str] = set()
        self.way = ""  # how several models are hosted; empty where there is one, plainly
        self.fallback: tuple[str, ...] = ()  # types for the time when AWS has none of the plan's
        self.number_of = 0  # of the model among several; 0 where it is the only one

    @property
    def pools(self) -> tuple[str, ...]:
        """The types behind the plan's own that instance pools may hold; none unless asked for."""
        return self.fallback[: (self.upper("deploy.instance_pools") or 1) - 1]

    @property
    def settings(self) -> tuple[Setting, ...]:
        """What was set so far, in its order."""
        return tuple(self._settings)

    def set(
        self, name: str, value: Any, because: str, *, constant: str = "", source: str = ""
    ) -> None:
        """Note a setting with its formula and inputs; a constant adds its reason and source."""
        if constant:
            origin = self.knowledge.sizing[constant].origin
            because = f"{because} {origin.because}"
            source = origin.source
        self._settings.append(Setting(name, value, because, source))

    def find(
        self, rule: str, severity: str, message: str, *, path: str = "", fix: str = ""
    ) -> None:
        """Note something the reader must know, once, at the line of a key if that was stated."""
        workload = self.facts.workload
        stated = workload.values.get(path)
        place = (stated.line, stated.column) if stated is not None else (0, 0)
        found = Finding(rule, severity, message, workload.file, *place, fix=fix)
        if found not in self.findings:
            self.findings.append(found)

    def apart(self) -> Draft:
        """A draft of the same plan to try something in: nothing noted there is noted here."""
        made = Draft(self.option, self.basis)
        made.way, made.number_of = self.way, self.number_of
        return made

    def take(self, other: Draft) -> None:
        """Note what was found and carried while a part of this plan was made, each finding once."""
        self.findings += [each for each in other.findings if each not in self.findings]
        self.carried |= other.carried

    def carry(self, *features: str) -> None:
        """Note features that the requests, or the option itself, take care of."""
        self.carried.update(features)

    def sized(self, usage: Usage) -> Plan:
        """The plan of an option that is only compared: without requests and what goes with them."""
        return self.plan((), NOT_CALLED, (), usage)

    def plan(
        self, requests: tuple[Request, ...], invoke: Invoke, quotas: tuple[Quota, ...], usage: Usage
    ) -> Plan:
        """The finished plan."""
        return Plan(
            option=self.option,
            settings=self.settings,
            requests=requests,
            invoke=invoke,
            quotas=quotas,
            findings=tuple(self.findings),
            carried=frozenset(self.carried),
            usage=usage,
            fallback_types=self.fallback,
        )


def once(work: Callable[[Draft], T]) -> Callable[[Draft], T]:
    """Make a function that reads nothing but the workload run once for all options of one."""

    @wraps(work)
    def remembered(draft: Draft) -> T:
        done = draft.basis.done
        if work not in done:
            done[work] = work(draft)
        found: T = done[work]
        return found

    return remembered
