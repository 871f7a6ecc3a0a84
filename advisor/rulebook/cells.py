"""Where the rules can change: cuts of numbers, classes of words, and what depends on what."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Any

from advisor.rulebook.formulas import Formula
from advisor.rulebook.types import INFINITY, Condition, FactEntry, Limit


def bit_set(variables: Iterable[int]) -> int:
    """Variables as the bits of a number."""
    bits = 0
    for variable in variables:
        bits |= 1 << variable
    return bits


def triggers(facts: Iterable[FactEntry], active: int) -> set[int]:
    """Variables that some assumption depends on."""
    done: set[int] = set()
    for fact in facts:
        for alternative in fact.assume:
            if alternative.when is not None:
                done |= alternative.when.variables
            if alternative.follows >= 0:
                done |= {alternative.follows, active}
    return done


def word_classes(
    facts: Iterable[FactEntry],
    conditions: Iterable[Condition],
    limits: Iterable[Limit],
    apart: AbstractSet[int],
) -> dict[int, tuple[int, ...]]:
    """Words of a fact that no rule tells apart, as bit sets in the order of their first word.

    Args:
        facts: the base facts.
        conditions: every condition of the rulebook.
        limits: every limit.
        apart: variables whose words a formula tells apart.
    """
    masks: dict[int, set[int]] = {}
    for condition in conditions:
        for variable, bits in _word_tests(condition.form):
            masks.setdefault(variable, set()).add(bits)
    for limit in limits:
        if limit.discrete:
            bounds = (limit.bound.admits.words or 0, limit.newest.admits.words or 0)
            masks.setdefault(limit.variable, set()).update(bounds)
    done = {}
    for fact in facts:
        if fact.discrete:
            told = sorted(masks.get(fact.variable, ()))
            if fact.variable in apart:
                told = [1 << word for word in range(len(fact.words))]
            groups: dict[tuple[int, ...], int] = {}
            for word in range(len(fact.words)):
                key = tuple(bits >> word & 1 for bits in told)
                groups[key] = groups.get(key, 0) | 1 << word
            done[fact.variable] = tuple(groups.values())
    return done


def _word_tests(form: tuple[Any, ...]) -> list[tuple[int, int]]:
    if form[0] in ("all", "any"):
        return [test for part in form[1] for test in _word_tests(part)]
    return [(form[1], form[2])] if form[0] == "one" else []


def form_cuts(form: tuple[Any, ...]) -> list[tuple[int, int]]:
    """Where a condition can change: (variable, c) means between c and c + 1."""
    if form[0] in ("all", "any"):
        return [cut for part in form[1] for cut in form_cuts(part)]
    if form[0] != "in":
        return []
    _, variable, low, high = form
    cuts = [(variable, low - 1)] if low > 0 else []
    return cuts + ([(variable, high)] if high < INFINITY else [])


def limit_cuts(limit: Limit) -> list[tuple[int, int]]:
    """Where a limit can change its outcome."""
    if limit.discrete:
        return []
    cuts = []
    for bound in (limit.bound, limit.newest):
        cuts += form_cuts(("in", limit.variable, bound.admits.low, bound.admits.high))
    return cuts


def merge_cuts(parts: Iterable[Iterable[tuple[int, int]]]) -> dict[int, tuple[int, ...]]:
    """Cuts by variable, sorted."""
    done: dict[int, set[int]] = {}
    for part in parts:
        for variable, cut in part:
            done.setdefault(variable, set()).add(cut)
    return {variable: tuple(sorted(cuts)) for variable, cuts in done.items()}


def dependents(formulas: Iterable[Formula], size: int) -> list[tuple[Formula, ...]]:
    """Of each variable the formulas that read it."""
    done: list[list[Formula]] = [[] for _ in range(size)]
    for formula in formulas:
        for variable in formula.inputs:
            done[variable].append(formula)
    return [tuple(each) for each in done]
