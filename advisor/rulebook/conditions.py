"""The closed vocabulary of conditions, as functions of a point and of sets of values."""

from __future__ import annotations

from typing import Any

from advisor.rulebook.types import Condition, OpenTest, Point, Test


def make(form: tuple[Any, ...]) -> Condition:
    """A condition from its nested form (see ``Condition``)."""
    parts = tuple(make(part) for part in form[1]) if form[0] in ("all", "any") else ()
    variables = frozenset(_variables(form))
    return Condition(
        form=form,
        test=_point_test(form),
        possible=_open_test(form),
        variables=variables,
        parts=parts,
    )


def _variables(form: tuple[Any, ...]) -> set[int]:
    if form[0] in ("all", "any"):
        return set().union(*(_variables(part) for part in form[1]))
    return {form[1]}


def _point_test(form: tuple[Any, ...]) -> Test:
    kind = form[0]
    if kind == "in":
        _, variable, low, high = form
        return lambda point: low <= point[variable] <= high
    if kind == "one":
        _, variable, bits = form
        return lambda point: bits >> point[variable] & 1 == 1
    if kind == "need":
        _, variable, bit, wanted = form
        return lambda point: (point[variable] & bit != 0) is wanted
    tests = [_point_test(part) for part in form[1]]
    if len(tests) == 2:
        first, second = tests
        if kind == "all":
            return lambda point: first(point) and second(point)
        return lambda point: first(point) or second(point)
    decided = kind == "any"  # one such answer decides

    def combined(point: Point) -> bool:
        for test in tests:
            if test(point) is decided:
                return decided
        return not decided

    return combined


def _open_test(form: tuple[Any, ...]) -> OpenTest:
    kind = form[0]
    if kind == "in":
        return _open_range(*form[1:])
    if kind == "one":
        return _open_words(*form[1:])
    if kind == "need":
        _, variable, bit, wanted = form
        return lambda low, high: (low[variable] & bit != 0) is wanted
    tests = [_open_test(part) for part in form[1]]
    decided = kind == "any"  # one such answer decides

    def combined(low: list[int], high: list[int]) -> bool | None:
        answer: bool | None = not decided
        for test in tests:
            each = test(low, high)
            if each is decided:
                return decided
            if each is None:
                answer = None
        return answer

    return combined


def _open_range(variable: int, lowest: int, highest: int) -> OpenTest:
    def within(low: list[int], high: list[int]) -> bool | None:
        smallest, largest = low[variable], high[variable]
        if lowest <= smallest and largest <= highest:
            return True
        if largest < lowest or smallest > highest:
            return False
        return None

    return within


def _open_words(variable: int, bits: int) -> OpenTest:
    def among(low: list[int], high: list[int]) -> bool | None:
        possible = low[variable]
        if possible & bits == 0:
            return False
        return True if possible & ~bits == 0 else None

    return among
