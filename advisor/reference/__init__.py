"""Rules in, pages for people out: one entry explained, all listed, the flowchart drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from advisor.reference.flowchart import Chart

DRAWINGS = ("text", "mermaid", "svg")


def drawing(name: str) -> Callable[[Chart], str]:
    """The function that draws a flowchart in one form of ``DRAWINGS``."""
    from advisor.reference import flowchart

    drawings = (flowchart.text_drawing, flowchart.mermaid_drawing, flowchart.svg_drawing)
    return drawings[DRAWINGS.index(name)]
