"""Values in, printed text out: a module for each format. A report computes nothing.

Each format is a module of this package with a function ``render(advices, context) -> str``; the
table names it, so that only the chosen one is imported.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias, cast

from advisor.model.value import Value

if TYPE_CHECKING:
    # The table is read by commands that advise on nothing; the model is not theirs to load.
    from collections.abc import Callable, Sequence

    from advisor.model.advice import Advice


class Context(Value):
    """The target of a renderer's text: width, colour and characters; and how much it says."""

    width: int = 80
    colour: bool = False
    interactive: bool = False
    verbose: bool = False


Renderer: TypeAlias = "Callable[[Sequence[Advice], Context], str]"

ADVICE_FORMATS = {
    "text": "advisor.reports.text",
    "json": "advisor.reports.json_v1",
    "jsonl": "advisor.reports.jsonl",
    "markdown": "advisor.reports.markdown",
    "csv": "advisor.reports.advice_csv",
    "request": "advisor.reports.request",
}


def renderer(name: str) -> Renderer:
    """The renderer of an advice format.

    Raises:
        KeyError: no format has that name; the command line offers only the table's names.
    """
    return cast("Renderer", import_module(ADVICE_FORMATS[name]).render)
