"""The few shapes that the text report is made of: labelled lines, tables and hanging paragraphs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from advisor.model.printable import printable
from advisor.reports.advice_view import SEVERITIES

GOOD, DOUBT, BAD, QUIET = "green", "yellow", "red", "dim"
TONES = {
    "recommended": GOOD,
    "assumed": DOUBT,
    "decided": GOOD,
    "none-fits": BAD,
    "chosen": GOOD,
    "open": DOUBT,
    "ranked lower": "",
    "ruled out": QUIET,
    "error": BAD,
    "warning": DOUBT,
    "info": QUIET,
}
_LABEL = 12
_HANG = 2
_LEAST_TEXT = 20


def said(text: object, style: str = "") -> Text:
    """Any text as it stands: no markup in it is read, and no character acts on the terminal."""
    return Text(printable(str(text)), style=style)


def columns(
    headings: Sequence[str],
    rows: Iterable[Sequence[Text]],
    *,
    flexible: int = -1,
    header: bool = True,
) -> Table:
    """A table without lines; only the ``flexible`` column wraps, all do when there is none."""
    table = Table(
        box=None,
        padding=(0, 2, 0, 0),
        pad_edge=False,
        show_edge=False,
        header_style=QUIET,
        show_header=header,
    )
    for number, each in enumerate(headings):
        wraps = flexible in (-1, number)
        table.add_column(said(each), overflow="fold", no_wrap=not wraps)
    for row in rows:
        table.add_row(*row)
    return table


class Hanging:
    """A paragraph whose lines are indented after the first."""

    def __init__(self, text: Text, *, hang: int) -> None:
        self.text = text
        self.hang = hang

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        first, *rest = self.text.wrap(console, options.max_width, overflow="fold")
        yield first
        width = max(options.max_width - self.hang, _LEAST_TEXT)
        left = self.text[len(first.plain) :]
        left.plain = left.plain.lstrip()
        if rest:
            for each in left.wrap(console, width, overflow="fold"):
                yield Text(" " * self.hang).append_text(each)


class Labelled:
    """A label in a column of its own, and lines beside it that hang after their first."""

    def __init__(self, label: str, lines: Sequence[str]) -> None:
        self.label = label
        self.lines = lines

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        start = self.label
        for each in self.lines:
            text = said(each)
            word = each.partition(" ")[0]
            text.stylize(TONES.get(word, "") if word in SEVERITIES else "", 0, len(word))
            line = said(start.ljust(_LABEL), "bold").append_text(text)
            yield Hanging(line, hang=_LABEL + _HANG)
            start = ""
