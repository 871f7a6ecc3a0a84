"""The flowchart: questions, each with two answers; drawn with characters, in Mermaid, as SVG.

The image has questions down the page, and the options that they lead to beside them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from html import escape
from textwrap import wrap
from typing import NamedTuple, TypeAlias

from advisor.configuration.rulefiles import read_parts
from advisor.rulebook.cache import rules_directory
from advisor.rulebook.source import Folder, read_rules
from advisor.text.tones import GOOD, painted

Target: TypeAlias = str | tuple[str, ...]  # another question, or options, best first
_LEGEND = "◆ is a question of AWS's hosting FAQ, ● a refinement with its own source."
_WIDTH, _HEIGHT = 300, 54  # of a box
_ACROSS, _DOWN = 360, 88  # from one box to the next
_EDGE = 20
_LETTERS = 40  # that fit into a box at the size of the text
_LINE = 17
_SVG_LEGEND = "blue: a question of AWS's hosting FAQ"


class ChartNode(NamedTuple):
    """One question."""

    id: str
    asks: str
    faq: bool  # one of the four of AWS's hosting FAQ
    ways: tuple[tuple[str, Target], tuple[str, Target]]  # "yes" and "no", with where they lead

    def onward(self, drawn: set[str]) -> tuple[str, str] | None:
        """The way that goes on with a question not drawn yet, the no first; ``None`` at an end."""
        for answer, target in reversed(self.ways):
            if isinstance(target, str) and target not in drawn:
                return answer, target
        return None


class Chart(NamedTuple):
    """All questions, and the one to start with."""

    start: str
    nodes: Mapping[str, ChartNode]


def read_chart(rules: Folder | None = None) -> Chart:
    """The flowchart of a rules folder.

    Raises:
        RulebookError: the file cannot be read.
    """
    document = read_rules(os.path.join(rules or rules_directory(), "flowchart.yaml"))
    nodes = {}
    for raw in document["questions"]:
        yes, no = (
            raw[side] if isinstance(raw[side], str) else tuple(raw[side]["options"])
            for side in ("then", "otherwise")
        )
        faq = bool(raw.get("faq"))
        nodes[raw["id"]] = ChartNode(raw["id"], raw["asks"], faq, (("yes", yes), ("no", no)))
    return Chart(document["start"], nodes)


def text_drawing(chart: Chart, *, colour: bool = False) -> str:
    """The drawing, some 80 columns wide; where there is colour the options are green."""
    lines = [*_branch(chart, chart.start, "", set()), "", _LEGEND]
    leaf = re.compile(r"(?<=→ )(?!question ).+")
    return "".join(
        leaf.sub(lambda found: painted(found[0], GOOD, colour=colour), line) + "\n"
        for line in lines
    )


def _branch(chart: Chart, name: str, prefix: str, drawn: set[str]) -> Iterator[str]:
    while True:
        node = chart.nodes[name]
        drawn.add(name)
        yield f"{prefix}{'◆' if node.faq else '●'} {node.id}: {node.asks}"
        onward = node.onward(drawn)
        if onward is not None:
            drawn.add(onward[1])
        bar = "│" if onward else " "
        for answer, target in node.ways:
            if isinstance(target, tuple):
                yield f"{prefix}{bar}    {answer} → {', '.join(target)}"
            elif (answer, target) != onward and target in drawn:
                yield f"{prefix}{bar}    {answer} → question {target}"
            elif (answer, target) != onward:
                yield f"{prefix}{bar}    {answer}"
                yield from _branch(chart, target, f"{prefix}{bar}    ", drawn)
        if onward is None:
            return
        answer, name = onward
        yield f"{prefix}│ {answer}"


def mermaid_drawing(chart: Chart) -> str:
    """A Mermaid diagram without the fence around it."""
    return "\n".join(_lines(chart)) + "\n"


def _lines(chart: Chart) -> Iterator[str]:
    yield "flowchart TD"
    for node in chart.nodes.values():
        yield f'  {_id(node.id)}{{"{_quoted(node.asks)}"}}'
        for answer, target in node.ways:
            if isinstance(target, str):
                yield f"  {_id(node.id)} -- {answer} --> {_id(target)}"
            else:
                leaf = f"{_id(node.id)}_{answer}"
                yield f'  {_id(node.id)} -- {answer} --> {leaf}["{_quoted(", ".join(target))}"]'
    asked = ",".join(_id(node.id) for node in chart.nodes.values() if node.faq)
    if asked:
        yield "  classDef faq stroke-width:3px"
        yield f"  class {asked} faq"


def _id(name: str) -> str:
    return "q_" + name.replace("-", "_")  # "end" and the like are words of Mermaid's own


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


class _Box(NamedTuple):
    """A box on the grid, with the ways that leave it."""

    column: int
    row: int
    lines: tuple[str, ...]
    style: str
    ways: list[tuple[str, str]]  # answer, name of the box it leads to

    @property
    def left(self) -> int:
        return _EDGE + self.column * _ACROSS

    @property
    def top(self) -> int:
        return _EDGE + self.row * _DOWN


def svg_drawing(chart: Chart) -> str:
    """A complete SVG document."""
    boxes: dict[str, _Box] = {}
    _place(chart, chart.start, (0, 0), boxes, {chart.start})
    width = max(box.left for box in boxes.values()) + _WIDTH + _EDGE
    height = max(box.top for box in boxes.values()) + _HEIGHT + 2 * _EDGE
    body = [line for box in boxes.values() for line in _drawn(box, boxes)]
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    looks = read_parts("service", "flowchart.svg.txt")
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title">',
        '<title id="title">The questions that lead to an inference option</title>',
        f"<style>\n{looks['style']}</style>",
        looks["tip"].rstrip(),
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    )
    legend = f'<text class="answer" x="{_EDGE}" y="{height - 10}">{_SVG_LEGEND}</text>'
    return "\n".join([*head, *body, legend, "</svg>"]) + "\n"


def _place(
    chart: Chart, name: str, at: tuple[int, int], boxes: dict[str, _Box], taken: set[str]
) -> int:
    """Put a question and all that follows it on the grid; the first row that is free below.

    What ends beside a question stands to its right, what goes on stands below it.
    """
    node = chart.nodes[name]
    column, row = at
    onward = node.onward(taken)
    taken.update({onward[1]} if onward else ())
    ways: list[tuple[str, str]] = []
    boxes[name] = _Box(column, row, _wrapped(node.asks), "box faq" if node.faq else "box", ways)
    beside = row
    for answer, target in node.ways:
        end = f"{name} {answer}"
        if (answer, target) == onward:
            end = onward[1]
        elif isinstance(target, str) and target not in taken:
            taken.add(target)
            end = target
            beside = _place(chart, target, (column + 1, beside), boxes, taken)
        else:
            boxes[end] = _Box(column + 1, beside, _wrapped(_said(chart, target)), "leaf", [])
            beside += 1
        ways.append((answer, end))
    free = max(row + 1, beside)
    return _place(chart, onward[1], (column, free), boxes, taken) if onward else free


def _said(chart: Chart, target: Target) -> str:
    """Options in their order, or the question that stands elsewhere in the drawing."""
    return f"see: {chart.nodes[target].asks}" if isinstance(target, str) else " > ".join(target)


def _wrapped(text: str) -> tuple[str, ...]:
    return tuple(wrap(text, _LETTERS, break_on_hyphens=False))


def _drawn(box: _Box, boxes: Mapping[str, _Box]) -> Iterator[str]:
    yield (
        f'<rect class="{box.style}" x="{box.left}" y="{box.top}" width="{_WIDTH}"'
        f' height="{_HEIGHT}" rx="6"/>'
    )
    first = box.top + _HEIGHT / 2 + 5 - _LINE * (len(box.lines) - 1) / 2
    for number, line in enumerate(box.lines):
        yield f'<text x="{box.left + 14}" y="{first + number * _LINE:g}">{escape(line)}</text>'
    for answer, name in box.ways:
        yield from _way(box, answer, boxes[name])


def _way(box: _Box, answer: str, target: _Box) -> Iterator[str]:
    """An arrow down to what goes on below, else to the right."""
    if target.column == box.column:
        x, top = box.left + 40, box.top + _HEIGHT
        yield f'<path class="way" d="M{x} {top}V{target.top}"/>'
        yield f'<text class="answer" x="{x + 8}" y="{top + 22}">{answer}</text>'
        return
    start, end = box.top + _HEIGHT // 2, target.top + _HEIGHT // 2
    right = box.left + _WIDTH
    bend = right + (_ACROSS - _WIDTH) // 3
    yield f'<path class="way" d="M{right} {start}H{bend}V{end}H{target.left}"/>'
    yield f'<text class="answer" x="{bend + 4}" y="{end - 6}">{answer}</text>'
