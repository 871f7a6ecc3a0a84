"""The flowchart: questions, each with two answers; drawn with characters, and in Mermaid."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from advisor.rulebook.cache import rules_directory
from advisor.rulebook.source import Folder, read_rules
from advisor.text.tones import GOOD, painted

Target: TypeAlias = str | tuple[str, ...]  # another question, or options, best first
_LEGEND = "◆ is a question of AWS's hosting FAQ, ● a refinement with its own source."


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
