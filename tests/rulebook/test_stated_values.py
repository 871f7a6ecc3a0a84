"""Every datum of rules/ is entered twice, as in book-keeping: here again, without its words.

``stated/`` has a line for each entry: its bounds, words, severity, conditions and order. A rule
changes in both places or the test names it. Of tables and prices the totals of each column are
stated; they change with any cell, and the second one with the order of the rows. What the values
mean is shown by ``test_rules_fire.py``, ``tests/checks`` and the tests of each room.
"""

from __future__ import annotations

from typing import Any

import pytest

from advisor.rulebook.source import read_rules
from tests.rulebook.stated_values import (
    FILES,
    PRICES,
    RULES,
    SERVICE,
    TABLES,
    columns,
    data,
    entries,
    parts,
    prices,
    stated,
    total,
)

PARTS = [*(f"service/{name}" for name in SERVICE), "prices/terms.json", "prices/price-list.json"]


def unlike(held: dict[str, Any], told: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What the rules hold and what is stated, where they differ."""
    keys = [*held, *(key for key in told if key not in held)]
    return {key: (held.get(key), told.get(key)) for key in keys if held.get(key) != told.get(key)}


@pytest.mark.parametrize("name", FILES)
def test_each_entry_holds_what_is_stated_and_stands_where_it_should(name: str) -> None:
    held, told = entries(read_rules(RULES / name)), stated(name)
    assert unlike(held, told) == {}, f"change tests/rulebook/stated/{name} too, if it is meant"
    assert list(held) == list(told)


@pytest.mark.parametrize("name", TABLES)
def test_each_column_of_a_table_has_the_stated_total(name: str) -> None:
    assert unlike(columns(name), stated("tables.yaml")[name]) == {}


@pytest.mark.parametrize("name", PRICES)
def test_the_prices_of_a_region_have_the_stated_totals(name: str) -> None:
    assert unlike(prices(name), stated("prices.yaml")[name]) == {}


@pytest.mark.parametrize("name", PARTS)
def test_each_part_of_what_the_program_knows_of_services_has_its_number(name: str) -> None:
    assert unlike(parts(name), stated("parts.yaml")[name]) == {}


def test_words_are_left_out_and_everything_else_is_kept() -> None:
    rule = {"id": "a", "at_most": "4 MB", "because": "…", "lower": {"serverless": "too slow"}}
    document = {"title": "…", "start": "a", "questions": [{**rule, "limits": [{"id": "b"}]}]}
    assert entries(document) == {
        "start": "a",
        "questions a": {"at_most": "4 MB", "lower": ["serverless"]},
        "questions a limits b": {"id": "b"},
    }
    assert data({"not": {"field": "x"}}) == {"not": {"field": "x"}}


def test_a_total_tells_a_changed_cell_and_swapped_rows_apart() -> None:
    # 2 + 3.5 = 5.5; by row 1 * 2 + 2 * 3.5 = 9, swapped 1 * 3.5 + 2 * 2 = 7.5.
    assert total(["2", "3.5"]) == "2 numbers: 5.5, by row 9.0"
    assert total(["3.5", "2"]) == "2 numbers: 5.5, by row 7.5"
    assert total(["a", "b"]) != total(["b", "a"])
