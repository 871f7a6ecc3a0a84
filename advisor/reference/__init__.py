"""Rules in, pages for people out: one entry explained, all listed, the flowchart drawn."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from advisor.reference.flowchart import Chart

DRAWINGS = ("text", "mermaid", "svg")


def drawing(name: str, *, colour: bool = False) -> Callable[[Chart], str]:
    """The function that draws a flowchart in one form of ``DRAWINGS``; only text has colour."""
    from advisor.reference import flowchart

    text = partial(flowchart.text_drawing, colour=colour)
    return (text, flowchart.mermaid_drawing, flowchart.svg_drawing)[DRAWINGS.index(name)]
