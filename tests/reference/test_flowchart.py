"""The drawings show every question once, with both ways out."""

from __future__ import annotations

import re
from itertools import combinations
from xml.etree import ElementTree

import pytest

from advisor.reference import DRAWINGS, drawing
from advisor.reference.flowchart import Chart, ChartNode, read_chart
from advisor.rulebook.load import load
from advisor.rulebook.types import Leaf

SVG = "{http://www.w3.org/2000/svg}"
# a asks for b or c, and b leads to c as well: a question with two ways to it
MESH = Chart(
    "a",
    {
        "a": ChartNode("a", "A & B?", True, (("yes", "b"), ("no", "c"))),
        "b": ChartNode("b", "Is <b>?", False, (("yes", ("x", "y")), ("no", "c"))),
        "c": ChartNode("c", "C?", False, (("yes", ("y",)), ("no", ("z",)))),
    },
)
CHARTS = [read_chart(), MESH]


def test_the_chart_is_the_one_that_is_walked() -> None:
    chart, book = read_chart(), load("safe")
    assert chart.start == book.start.id
    assert set(chart.nodes) == set(book.questions)
    for question in book.questions.values():
        node = chart.nodes[question.id]
        for (_, target), end in zip(node.ways, (question.then, question.otherwise), strict=True):
            assert target == (end.options if isinstance(end, Leaf) else end)


@pytest.mark.parametrize("chart", CHARTS, ids=["rules", "mesh"])
def test_the_text_asks_each_question_once(chart: Chart) -> None:
    lines = drawing("text")(chart).splitlines()
    asked = [re.sub(r"^[│ ]*[◆●] ", "", line) for line in lines if re.match(r"[│ ]*[◆●] \w+", line)]
    asked = [line for line in asked if ": " in line]
    assert sorted(asked) == sorted(f"{node.id}: {node.asks}" for node in chart.nodes.values())


def test_the_text_leads_everywhere() -> None:
    assert drawing("text")(MESH).splitlines()[:9] == [
        "◆ a: A & B?",
        "│    yes",
        "│    ● b: Is <b>?",
        "│         yes → x, y",
        "│         no → question c",
        "│ no",
        "● c: C?",
        "     yes → y",
        "     no → z",
    ]


@pytest.mark.parametrize("chart", CHARTS, ids=["rules", "mesh"])
def test_mermaid_has_two_ways_from_each_question(chart: Chart) -> None:
    text = drawing("mermaid")(chart)
    assert text.startswith("flowchart TD\n")
    for name in chart.nodes:
        ways = re.findall(rf"^  q_{name.replace('-', '_')} -- (yes|no) --> ", text, re.MULTILINE)
        assert ways == ["yes", "no"]


def test_a_chart_without_questions_of_the_faq_marks_none() -> None:
    node = ChartNode("only", "Only?", False, (("yes", ("x",)), ("no", ("y",))))
    assert "class" not in drawing("mermaid")(Chart("only", {"only": node}))


def test_mermaid_reads_no_markup_in_a_question() -> None:
    text = drawing("mermaid")(MESH)
    assert "A &amp; B?" in text
    assert "Is &lt;b>?" in text


@pytest.mark.parametrize("chart", CHARTS, ids=["rules", "mesh"])
def test_the_image_is_well_formed_and_shows_every_question(chart: Chart) -> None:
    root = ElementTree.fromstring(drawing("svg")(chart))  # noqa: S314 - our own text
    said = " ".join(text.text or "" for text in root.iter(f"{SVG}text"))
    for node in chart.nodes.values():
        assert all(word in said for word in node.asks.split())
    answers = re.findall(r"\b(yes|no)\b", " ".join(
        text.text or "" for text in root.iter(f"{SVG}text") if text.get("class") == "answer"
    ))  # fmt: skip
    assert sorted(answers) == ["no"] * len(chart.nodes) + ["yes"] * len(chart.nodes)


@pytest.mark.parametrize("chart", CHARTS, ids=["rules", "mesh"])
def test_the_boxes_of_the_image_lie_apart_and_inside(chart: Chart) -> None:
    root = ElementTree.fromstring(drawing("svg")(chart))  # noqa: S314 - our own text
    width, height = int(root.get("width", "0")), int(root.get("height", "0"))
    boxes = [
        tuple(int(rect.get(name, "0")) for name in ("x", "y", "width", "height"))
        for rect in root.iter(f"{SVG}rect")
        if rect.get("class")
    ]
    assert len(boxes) > len(chart.nodes)
    for x, y, wide, high in boxes:
        assert 0 <= x <= width - wide
        assert 0 <= y <= height - high
    for (x1, y1, wide, high), (x2, y2, _, _) in combinations(boxes, 2):
        assert abs(x1 - x2) >= wide or abs(y1 - y2) >= high


def test_the_text_of_a_box_fits_into_it() -> None:
    root = ElementTree.fromstring(drawing("svg")(read_chart()))  # noqa: S314 - our own text
    for text in root.iter(f"{SVG}text"):
        assert len(text.text or "") <= 40  # at 13 px a box of 300 px holds 40 letters


def test_every_form_of_a_drawing_is_the_same_each_time() -> None:
    for name in DRAWINGS:
        assert drawing(name)(read_chart()) == drawing(name)(read_chart())
