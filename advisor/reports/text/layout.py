"""The few shapes that the text report is made of: labelled lines, tables and hanging paragraphs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from advisor.model.printable import printable

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
_LEAST_TEXT = 20


def said(text: object, style: str = "") -> Text:
    """Any text as it stands: no markup in it is read, and no character acts on the terminal."""
    return Text(printable(str(text)), style=style)


def line(*parts: Text | str) -> Text:
    """Parts in a row."""
    done = Text()
    for part in parts:
        done.append_text(said(part) if isinstance(part, str) else part)
    return done


def heading(text: str, aside: str = "") -> Text:
    """The title of a section, after an empty line."""
    title = said(text, "bold")
    return Text("\n").append_text(line(title, "  ", said(aside, QUIET)) if aside else title)


def labelled(label: str, lines: Iterable[Text]) -> Table:
    """Lines beside a label in the margin."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=_LABEL, no_wrap=True)
    table.add_column(overflow="fold")
    for number, each in enumerate(lines):
        table.add_row(said("" if number else label, "bold"), each)
    return table


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

    def __init__(self, text: Text, *, indent: int = 2, hang: int = 4) -> None:
        self.text = text
        self.indent = indent
        self.hang = hang

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = max(options.max_width - self.indent - self.hang, _LEAST_TEXT)
        for number, each in enumerate(self.text.wrap(console, width, overflow="fold")):
            yield Text(" " * (self.indent + (self.hang if number else 0))).append_text(each)
