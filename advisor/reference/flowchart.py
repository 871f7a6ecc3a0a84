"""The flowchart for its drawings: questions, each with two answers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from advisor.rulebook.cache import rules_directory
from advisor.rulebook.source import Folder, read_rules

Target: TypeAlias = str | tuple[str, ...]  # another question, or options, best first


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
