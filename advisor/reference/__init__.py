"""Rules in, pages for people out: one entry explained, all listed, the flowchart drawn."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from advisor.reference.flowchart import Chart

DRAWINGS = {"text": "flowchart", "mermaid": "flowchart", "svg": "flowchart_svg"}
"""Form of a drawing -> the module that draws it, in a function such as ``svg_drawing``."""


def drawing(name: str) -> Callable[[Chart], str]:
    """The function that draws a flowchart in one form.

    Raises:
        KeyError: no drawing has that name; the command line offers only the table's names.
    """
    module = import_module(f"advisor.reference.{DRAWINGS[name]}")
    return cast("Callable[[Chart], str]", getattr(module, f"{name}_drawing"))
