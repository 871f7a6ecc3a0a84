"""A plan while it is being made: settings with their reasons, findings, needs that are carried."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from advisor.model.advice import Invoke, Plan, Quota, Request, Setting
from advisor.model.workload import Finding
from advisor.options.plan_basis import Basis

T = TypeVar("T")

NOT_CALLED = Invoke("", {}, None, ())


class Draft:
    """What one ``size`` call has decided so far, with the questions of its basis."""

    __slots__ = (
        "_settings",
        "basis",
        "carried",
        "facts",
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
        self.number_of = 0  # of the model among several; 0 where it is the only one

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
        line, column = (stated.line, stated.column) if stated is not None else (0, 0)
        found = Finding(rule, severity, message, workload.file, line, column, fix)
        if found not in self.findings:
            self.findings.append(found)

    def take(self, other: Draft) -> None:
        """Note what was found and carried while a part of this plan was made, each finding once."""
        self.findings += [each for each in other.findings if each not in self.findings]
        self.carried |= other.carried

    def carry(self, *features: str) -> None:
        """Note features that the requests, or the option itself, take care of."""
        self.carried.update(features)

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
        """The finished plan."""
        return Plan(
            self.option,
            tuple(self._settings),
            requests,
            invoke,
            quotas,
            tuple(self.findings),
            frozenset(self.carried),
            facts,
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
