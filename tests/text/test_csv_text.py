"""A table for a spreadsheet: texts are no formulas, numbers stay numbers."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.text.csv_text import csv_text


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", " =1", "\r@x"]
)
def test_a_text_is_no_formula(text: str) -> None:
    (_, (cell,)) = csv.reader(StringIO(csv_text(["a"], [[text]])))
    assert cell.startswith("'")


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("-1.5", "-1.5"),
        ("+3", "+3"),
        (-2, "-2"),
        (0.25, "0.25"),
        (None, ""),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_numbers_and_other_texts_stay(value: object, cell: str) -> None:
    # A line of one empty cell is quoted, so that it is a line.
    (_, (found, _)) = csv.reader(StringIO(csv_text(["a", "b"], [[value, "x"]])))
    assert found == cell


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_every_row_is_one_line_and_no_cell_begins_a_formula(rows: list[list[str]]) -> None:
    read = list(csv.reader(StringIO(csv_text(["one", "two"], rows))))
    assert len(read) == len(rows) + 1
    for row in read[1:]:
        for cell in row:
            try:
                float(cell)
            except ValueError:
                assert not cell.lstrip().startswith(("=", "+", "-", "@"))
