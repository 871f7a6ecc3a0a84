"""Where the rules can change: cuts of numbers, classes of words, and what depends on what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from operator import itemgetter
from typing import Any

from advisor.rulebook.entries import number_check, word_check
from advisor.rulebook.formulas import Formula
from advisor.rulebook.types import (
    INFINITY,
    Condition,
    FactEntry,
    Limit,
    OptionEntry,
    Point,
    Question,
    Test,
)


def bit_set(variables: Iterable[int]) -> int:
    """Variables as the bits of a number."""
    bits = 0
    for variable in variables:
        bits |= 1 << variable
    return bits


def triggers(facts: Iterable[FactEntry]) -> set[int]:
    """Variables that some assumption depends on."""
    done: set[int] = set()
    for fact in facts:
        for alternative in fact.assume:
            if alternative.when is not None:
                done |= alternative.when.variables
    return done


def word_classes(
    facts: Iterable[FactEntry],
    conditions: Iterable[Condition],
    limits: Iterable[Limit],
    apart: AbstractSet[int],
) -> dict[int, tuple[int, ...]]:
    """Words of a fact that no rule tells apart, as bit sets in the order of their first word."""
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
    """Where a limit can change its outcome; a flag of its `when` may have a cut as well."""
    cuts = []
    if limit.when is not None:
        cuts += [
            *form_cuts(limit.when.form),
            *((flag, 0) for flag, _ in _word_tests(limit.when.form)),
        ]
    if limit.discrete:
        return cuts
    for bound in (limit.bound, limit.newest):
        cuts += form_cuts(("in", limit.variable, bound.admits.low, bound.admits.high))
    return cuts


def only_with_needs(limits: Iterable[Limit], read: AbstractSet[int]) -> dict[int, int]:
    """Variables that only limits of needed features read: the features, as bits.

    Args:
        limits: of every option.
        read: what other conditions read.
    """
    done: dict[int, int] = {}
    for limit in limits:
        bits = 0 if limit.when is None or limit.variable in read else _needed(limit.when.form)
        known = done.get(limit.variable, bits)
        done[limit.variable] = known | bits if known and bits else 0
    return {variable: bits for variable, bits in done.items() if bits}


def _needed(form: tuple[Any, ...]) -> int:
    """Features (bits) that a condition needs in any case; 0: it may hold without them."""
    if form[0] == "all":
        return next((bits for part in form[1] if (bits := _needed(part))), 0)
    return form[2] if form[0] == "need" and form[3] else 0


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


class Outcomes:
    """Every rule that decides, numbered, so that what rules say of a point is bits.

    The questions come first, then the limits of each option and the needs that it lacks.
    """

    __slots__ = (
        "_lacks",
        "_late",
        "_numbers",
        "_questions",
        "_words",
        "checks",
        "needs",
        "options",
        "question",
        "questions",
        "reads",
    )

    def __init__(
        self, needs: int, questions: Iterable[Question], options: Iterable[OptionEntry]
    ) -> None:
        self.needs = needs
        self.reads: list[AbstractSet[int]] = []  # the variables that a rule reads
        self._questions: list[tuple[int, Test]] = []
        self.question: dict[str, int] = {}
        for question in questions:
            self.question[question.id] = 1 << len(self.reads)
            self._questions.append((1 << len(self.reads), question.when.test))
            self.reads.append(question.when.variables)
        self.questions = (1 << len(self.reads)) - 1
        self.options: dict[str, int] = {}
        self._words: list[tuple[Any, ...]] = []
        self._numbers: list[tuple[Any, ...]] = []
        self._lacks: list[tuple[int, int]] = []
        self._late = 0
        self.checks: dict[str, list[tuple[int, str, Any]]] = {}  # bit, field and check of limits
        for option in options:
            first, checks = len(self.reads), self.checks.setdefault(option.id, [])
            for limit in option.limits:
                bit = 1 << len(self.reads)
                if limit.discrete:
                    checks.append((bit, "word_checks", word_check(limit)))
                    self._words.append((bit, *checks[-1][2]))
                else:
                    kind = "late_checks" if limit.late else "number_checks"
                    checks.append((bit, kind, number_check(limit)))
                    self._numbers.append((bit, *checks[-1][2]))
                    self._late |= bit * limit.late
                self.reads.append(limit.reads)
            self._lacks.append((1 << len(self.reads), option.unsupported))
            self.reads.append({needs})
            self.options[option.id] = (1 << len(self.reads)) - (1 << first)

    def at(self, point: Point) -> tuple[int, int, int]:
        """As bits: limits met only at the newest bound, late ones, and rules that do not hold."""
        contested = late = broken = 0
        for bit, test in self._questions:
            if not test(point):
                broken |= bit
        for bit, variable, words, newest, when in self._words:
            value = point[variable]
            if not words >> value & 1 and (when is None or when(point)):
                if newest >> value & 1:
                    contested |= bit
                else:
                    broken |= bit
        for bit, variable, low, high, newest_low, newest_high, when in self._numbers:
            value = point[variable]
            if not low <= value <= high and (when is None or when(point)):
                if bit & self._late:
                    late |= bit
                elif newest_low <= value <= newest_high:
                    contested |= bit
                else:
                    broken |= bit
        needed = point[self.needs]
        return contested, late, broken | sum(bit for bit, lacks in self._lacks if needed & lacks)


class Reach:
    """What setting some variables can move, and what the answers on the way then depend on.

    All else is what rules that read nothing of it say at the workload's point.
    """

    __slots__ = (
        "_apart",
        "_needs_move",
        "_options",
        "_outcomes",
        "_touched",
        "assumed",
        "beside",
        "exact",
        "limits",
        "questions",
    )

    def __init__(
        self,
        variables: tuple[int, ...],
        unstated: Iterable[FactEntry],
        *,
        outcomes: Outcomes,
        options: Mapping[str, OptionEntry],
        dependents: Sequence[Iterable[Formula]],
        load: AbstractSet[int],
        weighed: tuple[frozenset[int], int],
    ) -> None:
        moved, assumed = set(variables), set()
        for fact in unstated:  # what is assumed of these may be assumed anew
            leading = triggers([fact])
            if fact.variable in weighed[0]:
                leading.add(weighed[1])  # which may tell it
            if not leading.isdisjoint(variables):
                moved.add(fact.variable)
                assumed |= leading
        if not weighed[0].isdisjoint(moved):  # the size follows from these
            moved.add(weighed[1])
        if not load.isdisjoint(moved):  # the facts of one load move each other
            moved |= load
            assumed |= load
        formulas = {formula for each in moved for formula in dependents[each]}
        inputs = {each for formula in formulas for each in formula.inputs}
        moved |= {formula.variable for formula in formulas}
        beside = assumed | moved | inputs
        apart = 0  # the rules that read nothing of what moves
        for number, read in enumerate(outcomes.reads):
            if moved.isdisjoint(read):
                apart |= 1 << number
            else:
                beside |= read
        self.questions = apart & outcomes.questions
        self._needs_move = outcomes.needs in moved
        self._outcomes, self._apart = outcomes, apart
        self._options = options
        self._touched: dict[str, OptionEntry] = {}
        self.limits = {name: bits & apart for name, bits in outcomes.options.items()}
        self.assumed = sorted(assumed)
        self.beside = picker(beside - set(variables))
        self.exact = picker(inputs | assumed)

    def touched(self, name: str) -> OptionEntry:
        """An option with only those of its rules that read what moves."""
        known = self._touched.get(name)
        if known is None:
            option = self._options[name]
            checks = self._outcomes.checks[name]
            known = self._touched[name] = option._replace(
                unsupported=option.unsupported if self._needs_move else 0,
                **{
                    field: tuple(
                        check for bit, of, check in checks if of == field and not bit & self._apart
                    )
                    for field in ("word_checks", "number_checks", "late_checks")
                },
            )
        return known


def picker(variables: set[int]) -> Callable[[list[int]], Any]:
    """A function that takes the values of some variables out of all."""
    return itemgetter(*sorted(variables)) if variables else lambda values: ()
