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
    RULES,
    data,
    entries,
    stated,
    total,
    totals,
)


def unlike(held: dict[str, Any], told: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What the rules hold and what is stated, where they differ."""
    keys = [*held, *(key for key in told if key not in held)]
    return {key: (held.get(key), told.get(key)) for key in keys if held.get(key) != told.get(key)}


@pytest.mark.parametrize("name", FILES)
def test_each_entry_holds_what_is_stated_and_stands_where_it_should(name: str) -> None:
    held, told = entries(read_rules(RULES / name)), stated(name)
    assert unlike(held, told) == {}, f"change tests/rulebook/stated/{name} too, if it is meant"
    assert list(held) == list(told)


TOTALS = [(file, name) for file, tables in totals().items() for name in tables]


@pytest.mark.parametrize(("file", "name"), TOTALS)
def test_a_table_has_the_stated_totals(file: str, name: str) -> None:
    """Its columns, the prices of its components, or the parts of a service table."""
    assert unlike(totals()[file][name], stated(file)[name]) == {}


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
