"""The table of formats for findings; a format prints a ``CheckReport`` and decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

from advisor.gate.run import CheckReport
from advisor.model.value import Value
from advisor.text.tones import painted


class FindingContext(Value):
    """The target of a renderer's text: width, colour and characters."""

    width: int = 80
    colour: bool = False
    rules_digest: str = ""
    columns: int = 160  # of the widest line that is not wrapped

    def paint(self, text: str, tone: str) -> str:
        """A text in a tone, where there is colour."""
        return painted(text, tone, colour=self.colour)


Renderer = Callable[[CheckReport, FindingContext], str]

FINDING_FORMATS = {
    name: f"advisor.reports.findings_{name}"
    for name in ("text", "concise", "json", "sarif", "junit", "github", "gitlab", "markdown")
}


def finding_renderer(name: str) -> Renderer:
    """The renderer of a format of the table.

    Raises:
        KeyError: no format has that name; the command line offers only the table's names.
    """
    return cast(Renderer, import_module(FINDING_FORMATS[name]).render)
