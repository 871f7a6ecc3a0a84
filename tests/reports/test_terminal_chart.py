"""Drawings keep to their width, with block characters and without."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.model.printable import printable
from advisor.reports.advice_view import columns_of
from advisor.reports.terminal_chart import (
    Bar,
    Canvas,
    Curve,
    bars,
    foot,
    heading,
    labelled,
    plot,
    strip,
    table,
    wrapped,
)

PLAIN = Canvas(40, unicode=False)
BLOCKS = Canvas(40)
ENDS = {1.0: "1", 100.0: "100"}
canvases = st.builds(Canvas, st.integers(40, 160), st.booleans())
amounts = st.floats(0, 1e9, allow_nan=False)


def test_bars_are_in_proportion() -> None:
    rows = [Bar("a", 10, 10, "10"), Bar("bb", 5, 5, "5"), Bar("c", 0, 0, "0")]
    # 40 wide: 2 of labels, 2 of texts and 4 between leave 32 for the longest.
    assert list(bars(rows, PLAIN)) == [
        "a   " + "#" * 32 + "  10",
        "bb  " + "#" * 16 + " " * 16 + "   5",
        "c   " + " " * 32 + "   0",
    ]
    assert list(bars(rows, BLOCKS))[1] == "bb  " + "█" * 16 + " " * 16 + "   5"


def test_a_small_amount_is_not_nothing() -> None:
    rows = [Bar("a", 1000, 1000, "x"), Bar("b", 0.1, 0.1, "y")]
    assert list(bars(rows, PLAIN))[1].split() == ["b", "|", "y"]
    assert list(bars(rows, BLOCKS))[1].split() == ["b", "▏", "y"]


def test_a_range_and_an_open_end_are_told_apart() -> None:
    rows = [Bar("a", 16, 32, "r"), Bar("b", 16, None, "o")]
    ranged, unbounded = bars(rows, Canvas(38, unicode=False))
    assert ranged == "a  " + "#" * 16 + "-" * 16 + "  r"
    assert "#" * 16 + "--->" in unbounded


def test_eighths_of_a_cell() -> None:
    rows = [Bar("a", 32, 32, "x"), Bar("b", 16.5, 16.5, "y")]
    assert list(bars(rows, Canvas(38)))[1].rstrip(" y") == "b  " + "█" * 16 + "▌"


def test_no_bars_without_amounts() -> None:
    assert list(bars([], PLAIN)) == []
    assert list(bars([Bar("a", 0, 0, "0")], PLAIN)) == ["a" + " " * 38 + "0"]


def test_a_curve_rises_from_corner_to_corner() -> None:
    curve = Curve("S", (1.0, 10.0, 100.0))
    lines = list(plot([1, 10, 100], [curve], {1: "1", 100: "100"}, 10, PLAIN))
    assert lines[0].endswith("S")
    assert lines[0].startswith("100 |")
    assert lines[5].startswith(" 10 |")
    assert lines[10].startswith("  1 |S")
    assert lines[11] == "    +" + "-" * 35
    assert lines[12].strip() == "^"
    assert lines[13].split() == ["1", "100"]


def test_the_last_curve_lies_on_top_and_gaps_stay_open() -> None:
    level, partial = Curve("A", (5.0, 5.0)), Curve("B", (5.0, None))
    lines = list(plot([1, 100], [level, partial], {1: "1", 100: "100"}, None, PLAIN))
    drawn = next(line for line in lines if "A" in line)
    assert drawn.index("B") < drawn.index("A")
    assert drawn.endswith("A")


@pytest.mark.parametrize("curves", [[], [Curve("A", (None, None))], [Curve("A", (0.0, 0.0))]])
def test_nothing_to_draw(curves: list[Curve]) -> None:
    assert list(plot([1, 2], curves, {1: "1", 2: "2"}, None, PLAIN)) == []


def test_the_mark_has_its_words_on_the_side_where_there_is_room() -> None:
    curve = Curve("S", (1.0, 2.0))
    labels: dict[float, str] = {1: "1", 100: "100", 2: "2, as it is", 99: "99, as it is"}
    left = list(plot([1, 100], [curve], labels, 2, PLAIN))[-2]
    right = list(plot([1, 100], [curve], labels, 99, PLAIN))[-2]
    assert left.strip() == "^ 2, as it is"
    assert right.strip() == "99, as it is ^"


@given(
    canvases,
    st.lists(st.tuples(amounts, amounts), min_size=2, max_size=40),
    st.floats(1e-3, 1e18),
)
def test_a_plot_of_anything_keeps_to_its_width(
    canvas: Canvas, heights: list[tuple[float, float]], now: float
) -> None:
    values = [10.0**number for number in range(len(heights))]
    curves = [
        Curve(letter, tuple(pair[side] for pair in heights)) for side, letter in enumerate("AB")
    ]
    labels = {values[0]: "first", values[-1]: "last", now: "now"}
    for line in plot(values, curves, labels, now, canvas):
        assert len(line) <= canvas.width
        assert canvas.unicode or line.isascii()


def test_a_strip_gives_each_word_its_share() -> None:
    assert strip([(0.5, "left"), (1.0, "right")], PLAIN, 0) == (
        "|--------left-------|-------right-------"
    )
    assert len(strip([(0.0, "a"), (0.01, "b"), (1.0, "long word")], BLOCKS, 10)) == 30


@given(
    canvases,
    st.lists(st.tuples(st.floats(0, 1), st.text("abc", min_size=1, max_size=20)), min_size=1),
)
def test_a_strip_of_anything_keeps_to_its_width(
    canvas: Canvas, spans: list[tuple[float, str]]
) -> None:
    assert len(strip(sorted(spans), canvas, 10)) <= canvas.width - 10


def test_numbers_align_and_the_flexible_column_wraps() -> None:
    rows = [("a", "1.00", "some words that need two lines at least"), ("bb", "22.00", "few")]
    lines = list(table(("Name", "USD ", "Why"), rows, PLAIN, flexible=2))
    assert lines[:3] == [
        "Name    USD  Why",
        "a      1.00  some words that need two",
        "             lines at least",
    ]
    assert lines[3] == "bb    22.00  few"


def test_without_room_the_flexible_column_stands_below() -> None:
    rows = [("a long name of an option", "123,456.78", "some words that have no room")]
    lines = list(table(("Name", "USD ", "Why"), rows, PLAIN, flexible=2))
    assert lines == [
        "Name" + " " * 29 + "USD",
        "a long name of an option  123,456.78",
        "    some words that have no room",
    ]


def test_texts_from_files_move_no_cursor() -> None:
    (line,) = table(("", ""), [("\x1b[31mred", "a\nb")], PLAIN)
    assert line == "\\x1b[31mred  a b"
    assert list(wrapped("\x1b]0;title\x07", PLAIN)) == ["\\x1b]0;title\\x07"]


def test_a_table_that_has_no_room_is_a_paragraph_for_each_row() -> None:
    rows = [("a long name of an option", "123,456.78", "1,000,000.00", "text")]
    lines = list(table(("Name", "USD ", "per 1,000 ", "Why"), rows, PLAIN, flexible=3))
    # 24 + 2 + 10 + 2 + 12 = 50 of 40 columns; the first and the flexible cell need no heading.
    assert lines == [
        "a long name of an option, USD",
        "    123,456.78, per 1,000 1,000,000.00,",
        "    text",
    ]


words = st.text("ab 東-", min_size=1, max_size=60)


@given(
    canvases,
    st.lists(st.tuples(words, words, words), min_size=1, max_size=5),
    st.integers(-1, 2),
)
def test_a_table_of_anything_keeps_to_its_width_and_loses_nothing(
    canvas: Canvas, rows: list[tuple[str, str, str]], flexible: int
) -> None:
    lines = list(table(("One", "Two ", "Three"), rows, canvas, flexible))
    assert all(columns_of(line) <= canvas.width for line in lines)
    said = "".join("".join(lines).split())
    for row in rows:
        for cell in row:
            assert all(letter in said for letter in cell.replace(" ", ""))


@given(canvases, st.text("abc 東\x1b\n", max_size=300), st.text(" ", max_size=12))
def test_a_paragraph_ends_its_lines_between_words(canvas: Canvas, text: str, hang: str) -> None:
    lines = list(wrapped(text, canvas, "", hang))
    assert all(columns_of(line) <= canvas.width for line in lines)
    shown = printable(text).split()
    if all(columns_of(word) <= canvas.width - len(hang) for word in shown):
        assert " ".join(lines).split() == shown


def test_colour_paints_headings_tones_and_labels_and_moves_nothing() -> None:
    coloured = Canvas(40, unicode=False, colour=True)
    rows = [("a", "1"), ("b", "2")]
    drawn = list(table(("Name", "USD "), rows, coloured, tones=["green", ""]))
    assert drawn == ["\x1b[2mName  USD\x1b[0m", "\x1b[32ma       1\x1b[0m", "b       2"]
    assert list(labelled("Findings", ["error x", "fine"], coloured)) == [
        "\x1b[1mFindings    \x1b[0m\x1b[31merror\x1b[0m x",
        " " * 12 + "fine",
    ]
    assert list(heading("Cost", PLAIN)) == ["", "Cost"]


def test_lines_that_coincide_are_named() -> None:
    level = (5.0, 5.0, 5.0)
    same = [Curve("A", level), Curve("B", level)]
    assert list(plot([1, 10, 100], same, ENDS, None, PLAIN))[-1] == "A lies under B."
    # From 10 on B falls to a tenth, so A is hidden in the left half alone.
    parting = [Curve("A", level), Curve("B", (5.0, 5.0, 0.5))]
    assert list(plot([1, 10, 100], parting, ENDS, None, PLAIN))[-1] == "A lies under B in part."
    apart = [Curve("A", level), Curve("B", (50.0, 50.0, 50.0))]
    assert "lies" not in "".join(plot([1, 10, 100], apart, ENDS, None, PLAIN))


def test_the_title_of_an_axis_stands_between_its_ends_or_below() -> None:
    assert list(foot(("1", "100"), "requests per month", PLAIN, 4)) == [
        "    1       requests per month       100"
    ]
    long = "requests per month, all of them, on a log scale"
    assert list(foot(("1", "100"), long, PLAIN, 4)) == [
        "    1" + " " * 32 + "100",
        "    requests per month, all of them, on",
        "    a log scale",
    ]
