"""Cuts between two values are all found, whatever way what follows rises or falls."""

from __future__ import annotations

from collections.abc import Callable

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
