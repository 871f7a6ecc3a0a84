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
    if name == "svg":
        from advisor.reference.flowchart_svg import svg_drawing

        return svg_drawing
    from advisor.reference.flowchart import mermaid_drawing, text_drawing

    return mermaid_drawing if name == "mermaid" else partial(text_drawing, colour=colour)
