"""Rules in, pages for people out: one entry explained, all listed, the flowchart drawn."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from advisor.reference.flowchart import Chart

DRAWINGS = {
    "text": "advisor.reference.flowchart_text",
    "mermaid": "advisor.reference.flowchart_mermaid",
    "svg": "advisor.reference.flowchart_svg",
}


def drawing(name: str) -> Callable[[Chart], str]:
    """The function that draws a flowchart in one form.

    Raises:
        KeyError: no drawing has that name; the command line offers only the table's names.
    """
    return cast("Callable[[Chart], str]", import_module(DRAWINGS[name]).draw)
