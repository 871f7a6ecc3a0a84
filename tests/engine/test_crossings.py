"""Cuts between two values are all found, whatever way what follows rises or falls."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.engine.crossings import crossings

HIGH = 600
Over = Callable[[int], int]


def product(factor: int, under: int, cut: int) -> Over:
    return lambda value: -(-value * factor // under) - cut


def inverse(whole: int, under: int, cut: int) -> Over:
    return lambda value: whole // (value + 1) // under - cut


def bounded(factor: int, least: int, cut: int) -> Over:
    return lambda value: max(least, min(value * factor, 20 * least)) - cut


def jump(at: int, under: int, cut: int) -> Over:
    return lambda value: (value >= at * 7) * 10**30 - cut - under


@given(
    st.lists(
        st.builds(
            lambda make, *numbers: make(*numbers),
            st.sampled_from((product, inverse, bounded, jump)),
            st.integers(1, 90),
            st.integers(1, 90),
            st.integers(0, 900),
        ),
        min_size=1,
        max_size=4,
    ),
    st.integers(0, 3),
)
def test_every_change_of_sign_is_found(parts: list[Over], low: int) -> None:
    def over(value: int) -> list[int]:
        return [part(value) for part in parts]

    def signs(value: int) -> list[bool]:
        return [each > 0 for each in over(value)]

    changes = [value for value in range(low, HIGH) if signs(value) != signs(value + 1)]
    assert sorted(crossings(over, low, HIGH)) == changes


@given(st.integers(1, 10**12), st.integers(1, 10**12), st.integers(0, 10**15))
def test_a_straight_line_takes_few_questions(factor: int, under: int, cut: int) -> None:
    asked = 0

    def over(value: int) -> list[int]:
        nonlocal asked
        asked += 1
        return [value * factor - cut * under]

    (found,) = crossings(over, 0, 10**30)
    assert found * factor <= cut * under < (found + 1) * factor
    assert asked <= 8


@pytest.mark.parametrize(
    ("over", "low", "high", "found", "most"),
    [
        # Positive from 11 on, or up to 9: the last value before the change is named.
        (lambda value: [value - 10], 0, 100, [10], 4),
        (lambda value: [10 - value], 0, 100, [9], 4),
        # 3 x 33 = 99 and 3 x 34 = 102; a straight line is guessed at once, however long it is.
        (lambda value: [3 * value - 100], 0, 10**12, [33], 4),
        # 31,622 squared is 999,950,884 and 31,623 squared 1,000,014,129.
        (lambda value: [value * value - 10**9], 0, 10**9, [31622], 16),
        # 10**12 // (v + 1) is above 1000 as long as v + 1 <= 10**12 / 1001 = 999,000,999.0.
        (lambda value: [10**12 // (value + 1) - 1000], 0, 10**12, [999000998], 58),
        # A flag tells no distance: half of the digits, then half of the rest.
        (lambda value: [int(value >= 77)], 0, 10**6, [76], 13),
        (lambda value: [value - 10, value - 500], 0, 1000, [10, 500], 6),
        (lambda value: [value - 5], 6, 10, [], 2),
        (lambda value: [value - 5], 0, 5, [], 2),
        (lambda value: [value - 5], 5, 6, [5], 2),
    ],
)
def test_the_last_value_before_a_change_is_named_after_few_questions(
    over: Callable[[int], list[int]], low: int, high: int, found: list[int], most: int
) -> None:
    asked = []

    def counted(value: int) -> list[int]:
        asked.append(value)
        return over(value)

    assert sorted(crossings(counted, low, high)) == found
    assert len(asked) <= most
    assert all(low <= each <= high for each in asked)
