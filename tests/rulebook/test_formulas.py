"""Derived facts: their values, ranges that hold every value, cuts where bisection finds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from advisor.rulebook.formulas import (
    BUSY_UNIT,
    IN_FLIGHT_UNIT,
    Formula,
    mean_rate,
)
from advisor.rulebook.load import load
from advisor.rulebook.types import INFINITY, UNSET, Point
from advisor.text.quantity import RATE_PER_MONTH, WEEK

BOOK = load()
FORMULAS = {
    each.id: each
    for each in BOOK.formulas
    if each.id != "needs" and not BOOK.fact[each.id].discrete
}
SECOND = 1_000_000  # microseconds
MB = 1 << 20
PER_SECOND = RATE_PER_MONTH * 730 * 3600
LARGEST = 1 << 60


def point(values: Mapping[str, int]) -> Point:
    """A point with some facts at a value and the others without one."""
    done = [UNSET] * len(BOOK.facts)
    for name, each in values.items():
        done[BOOK.index[name]] = each
    return done


def at(name: str) -> int:
    return BOOK.index[name]


# -- values ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "stated", "expected"),
    [
        ("wire.payload", {"requests.payload": 4, "requests.encoding": 0}, 4),
        # RFC 4648: three bytes become four, and the last begun three as well.
        ("wire.payload", {"requests.payload": 3, "requests.encoding": 1}, 4),
        ("wire.payload", {"requests.payload": 4, "requests.encoding": 1}, 8),
        ("wire.payload", {"requests.payload": 6 * MB * 3 // 4, "requests.encoding": 1}, 6 * MB),
        ("wire.response", {"requests.response": 0, "requests.encoding": 1}, 0),
        # Little: 20 requests a second of half a second each are ten in progress.
        (
            "load.in-flight",
            {"traffic.peak": 20 * PER_SECOND, "requests.processing.mean": SECOND // 2},
            10 * IN_FLIGHT_UNIT,
        ),
        # Of requests in progress and rate times time the larger counts: 40 a second of one second.
        (
            "load.in-flight",
            {
                "traffic.concurrent": 30,
                "traffic.peak": 40 * PER_SECOND,
                "requests.processing.mean": SECOND,
            },
            40 * IN_FLIGHT_UNIT,
        ),
        (
            "load.in-flight",
            {
                "traffic.concurrent": 30,
                "traffic.peak": PER_SECOND,
                "requests.processing.mean": SECOND,
            },
            30 * IN_FLIGHT_UNIT,
        ),
        # 1,051,200 a month of one second are 1,051,200 of the month's 2,628,000 seconds: 40 %.
        (
            "load.busy-share",
            {
                "traffic.volume": 1_051_200 * RATE_PER_MONTH,
                "requests.processing.mean": SECOND,
            },
            40_000 * BUSY_UNIT,
        ),
        # 100 bytes in 7 records: the largest has at least 15.
        ("dataset.record", {"dataset.size": 100, "dataset.records": 7}, 15),
        ("dataset.record", {"dataset.size": 100, "requests.payload": 9}, 9),
        ("dataset.record", {"dataset.records": 7, "requests.payload": 9}, 9),
        ("dataset.object", {"dataset.size": 100, "dataset.files": 7}, 15),
        ("dataset.object", {"dataset.size": 100}, 0),
        # 3 billion parameters: 12 GB in fp32, 6 in fp16 and bf16, 3 in int8, 1.5 in int4.
        ("model.loaded", {"model.parameters": 3 * 10**9, "model.precision": 0}, 12 * 10**9),
        ("model.loaded", {"model.parameters": 3 * 10**9, "model.precision": 1}, 6 * 10**9),
        ("model.loaded", {"model.parameters": 3 * 10**9, "model.precision": 2}, 6 * 10**9),
        ("model.loaded", {"model.parameters": 3 * 10**9, "model.precision": 3}, 3 * 10**9),
        ("model.loaded", {"model.parameters": 3 * 10**9, "model.precision": 4}, 15 * 10**8),
        ("model.loaded", {"model.parameters": 3, "model.precision": 4}, 2),  # 12 bits
        ("model.loaded", {"model.memory": 5, "model.size": 7}, 7),
        ("model.unpacked", {"model.size": 5, "model.disk": 7}, 12),
        # 15 s; 60 s until the alarm + 300 s for an instance + 15 s; and 2 x 60 s + 300 s + 15 s.
        ("start.serverless", {"model.startup": 15 * SECOND}, 15 * SECOND),
        ("start.component", {"model.startup": 15 * SECOND}, 375 * SECOND),
        ("start.asynchronous", {"model.startup": 15 * SECOND}, 435 * SECOND),
        # 15 s of the accepted 2 s: 750 %. Nothing is accepted, or every start.
        (
            "wait.serverless",
            {"model.startup": 15 * SECOND, "requests.cold_start": 2 * SECOND},
            750_000,
        ),
        ("wait.serverless", {"model.startup": 1, "requests.cold_start": 0}, INFINITY),
        ("wait.component", {"model.startup": 1, "requests.cold_start": 7200 * SECOND}, 0),
        # (15 s + 0.1 s) of 2 s: 755 %.
        (
            "answer.serverless",
            {
                "model.startup": 15 * SECOND,
                "requests.processing.typical": SECOND // 10,
                "requests.answer": 2 * SECOND,
            },
            755_000,
        ),
        # 10 an hour, 1 s of work, kept for 645 s: e ** -(10 x 646 / 3600) = e ** -1.794 = 16.6 %.
        (
            "serverless.cold-share",
            {
                "traffic.volume": 7300 * RATE_PER_MONTH,
                "traffic.active": WEEK,
                "requests.processing.mean": SECOND,
            },
            16_621,
        ),
    ],
)
def test_a_derived_fact_has_the_value_that_follows(
    formula: str, stated: dict[str, int], expected: int
) -> None:
    assert FORMULAS[formula].value(point(stated)) == expected


def test_a_fact_that_asks_for_a_feature_joins_the_needed_ones() -> None:
    bit = BOOK.feature["response-streaming"].bit
    formula = next(each for each in BOOK.formulas if each.id == "needs")
    here = point({"needs": 1, "requests.streaming": 1})
    assert formula.value(here) == 1 | bit
    here[at("requests.streaming")] = 0
    here[at("needs")] = 1 | bit
    assert formula.value(here) == 1


def test_a_mean_rate_is_spread_over_the_active_time() -> None:
    # 100 in a week of 168 hours, all of it within 8 hours a day: three times as much meanwhile.
    week = 100 * RATE_PER_MONTH * 730 // 168
    assert mean_rate(week, WEEK) == week
    assert mean_rate(week, WEEK // 3) == week * 3
    assert mean_rate(1, WEEK - 1) == 2  # rounded up


# -- cuts ------------------------------------------------------------------------------------------


def last_within(reached: Callable[[int], int], bound: int) -> int | None:
    """The cut found by bisection: between it and the next value the bound is crossed, once.

    ``None`` when it is crossed nowhere from 1 to ``LARGEST``.
    """
    low, high = 1, LARGEST
    within_low, within_high = reached(low) <= bound, reached(high) <= bound
    if within_low == within_high:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if (reached(middle) <= bound) == within_low:
            low = middle
        else:
            high = middle
    return low


amounts = st.one_of(st.integers(1, 10), st.integers(1, 10**6), st.integers(1, 10**14))
NUMERIC = [
    (name, variable)
    for name, formula in FORMULAS.items()
    for variable in formula.inputs
    if not BOOK.facts[variable].discrete and not name.startswith("load.")  # these are asked
]


def somewhere(data: st.DataObject, formula: Formula) -> Point:
    """A point at which every input of a formula has a value, or an optional one none."""
    here = [UNSET] * len(BOOK.facts)
    for variable in formula.inputs:
        fact = BOOK.facts[variable]
        if fact.discrete:
            here[variable] = data.draw(st.integers(0, len(fact.words) - 1))
        elif not fact.assume and fact.id != "requests.processing.mean":
            here[variable] = data.draw(st.one_of(st.just(UNSET), amounts))
        else:
            here[variable] = data.draw(amounts)
    return here


# -- ranges ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMULAS)
@given(data=st.data())
def test_a_range_holds_every_value_of_the_sets(name: str, data: st.DataObject) -> None:
    """Of facts that are stated; one that is not may have any value, so its range is open."""
    formula = FORMULAS[name]
    low, high = BOOK.template_low.copy(), BOOK.template_high.copy()
    here = [UNSET] * len(BOOK.facts)
    stated = 0
    for variable in formula.inputs:
        fact = BOOK.facts[variable]
        if not data.draw(st.booleans()):
            if fact.discrete:
                here[variable] = data.draw(st.integers(0, len(fact.words) - 1))
            elif fact.assume or fact.id == "requests.processing.mean":
                here[variable] = data.draw(amounts)
            continue
        stated |= 1 << variable
        if fact.discrete:
            word = data.draw(st.integers(0, len(fact.words) - 1))
            here[variable], low[variable] = word, 1 << word
        else:
            first, second, third = sorted(data.draw(st.tuples(amounts, amounts, amounts)))
            low[variable], here[variable], high[variable] = first, second, third
    if name == "model.loaded" and stated >> at("model.memory") & 1:
        # Who states the memory states the most there is: archive and weights are within it.
        assume(not {at("model.size"), at("model.parameters")} & unstated(formula, stated))
    if name == "load.in-flight" and stated >> at("traffic.concurrent") & 1:
        assume(not unstated(formula, stated))  # else rate or time follow from it
    smallest, largest = formula.bounds(low, high, stated)
    assert smallest <= formula.value(here) <= largest
    assert 0 <= smallest <= largest <= INFINITY


def unstated(formula: Formula, stated: int) -> set[int]:
    return {variable for variable in formula.inputs if not stated >> variable & 1}


def test_a_stated_range_of_the_archive_widens_the_memory() -> None:
    """1 GB to 8 GB of archive beside 4 GB of memory: up to 8 GB may be loaded."""
    low, high = BOOK.template_low.copy(), BOOK.template_high.copy()
    low[at("model.memory")] = high[at("model.memory")] = 4 << 30
    low[at("model.size")], high[at("model.size")] = 1 << 30, 8 << 30
    stated = 1 << at("model.memory") | 1 << at("model.size")
    assert FORMULAS["model.loaded"].bounds(low, high, stated) == (4 << 30, 8 << 30)


def test_a_disk_that_nobody_stated_may_be_of_any_size() -> None:
    low, high = BOOK.template_low.copy(), BOOK.template_high.copy()
    low[at("model.size")] = high[at("model.size")] = 1 << 30
    bounds = FORMULAS["model.unpacked"].bounds(low, high, 1 << at("model.size"))
    assert bounds == (1 << 30, INFINITY)
