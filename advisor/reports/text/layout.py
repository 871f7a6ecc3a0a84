"""The few shapes that the text report is made of: labelled lines, tables and hanging paragraphs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from advisor.model.printable import printable
from advisor.reports.advice_view import SEVERITIES
from advisor.text.tones import QUIET, TITLE, TONES

_LABEL = 12
_HANG = 2
_GAP = 2
_LEAST_TEXT = 26


def said(text: object, style: str = "") -> Text:
    """Any text as it stands: no markup in it is read, and no character acts on the terminal."""
    return Text(printable(str(text)), style=style)


class Row(NamedTuple):
    """A row of cells with a text beside it, or below it where there is no room."""

    cells: Sequence[str]
    text: str
    tone: str
    under: Sequence[str] = ()  # quiet lines below


def aligned(headings: Sequence[str], rows: Sequence[Row], width: int) -> Iterator[RenderableType]:
    """Rows in columns; the last heading is that of their texts."""
    *titles, last = headings
    widths = [
        max(map(cell_len, column))
        for column in zip(titles, *(row.cells for row in rows), strict=True)
    ]
    used = sum(widths) + _GAP * len(widths)
    beside = width - used >= _LEAST_TEXT
    yield said(_cells(titles, widths) + (last if beside else ""), QUIET)
    for row in rows:
        start = _cells(row.cells, widths)
        if beside:
            yield Hanging(said(start + row.text, row.tone), hang=used)
        else:
            yield Hanging(said(start.rstrip(), row.tone), hang=_HANG)
            yield Hanging(said("  " + row.text, row.tone), hang=4)
        yield from (Hanging(said(f"    {each}", QUIET), hang=6) for each in row.under)


def _cells(cells: Sequence[str], widths: Sequence[int]) -> str:
    """The first to the left, the others to the right."""
    pads = [" " * (width - cell_len(each)) for each, width in zip(cells, widths, strict=True)]
    first, *rest = zip(cells, pads, strict=True)
    parts = ["".join(first), *(pad + each for each, pad in rest)]
    return "".join(part + " " * _GAP for part in parts)


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
            line = said(start.ljust(_LABEL), TITLE).append_text(text)
            yield Hanging(line, hang=_LABEL + _HANG)
            start = ""
