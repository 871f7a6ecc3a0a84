"""``cost --format text``: a line for each variant and job by file, then the total."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from advisor.gate.costs import ConfiguredCosts
from advisor.reports.terminal_chart import Canvas, heading, table, wrapped
from advisor.text.tones import QUIET, TITLE


def render(found: ConfiguredCosts, canvas: Canvas) -> str:
    """The table; nothing that is open is left unsaid."""
    return "".join(f"{line}\n" for line in _lines(found, canvas)).lstrip("\n")


def _lines(found: ConfiguredCosts, canvas: Canvas) -> Iterator[str]:
    for file, in_file in groupby(found.rows, key=lambda row: row.file):
        yield from heading(file, canvas)
        for address, of_one in groupby(in_file, key=lambda row: row.address):
            yield from wrapped(address, canvas, "  ", "    ")
            rows = list(of_one)
            cells = [
                (f"    {row.part or row.nameless}", row.option, row.runs_on, row.money)
                for row in rows
            ]
            notes = [[f"      {note}" for note in row.notes] for row in rows]
            yield from table(("",) * 4, cells, canvas, 2, below=notes)
    yield ""
    yield from wrapped(f"Total: {found.words}.", canvas, tone=TITLE)
    for note in (found.basis, *(f"Not read: {each}" for each in found.unread)):
        yield from wrapped(note, canvas, tone=QUIET)
