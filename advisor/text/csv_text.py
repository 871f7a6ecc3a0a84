"""Rows as CSV; no text in it is a formula to a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from advisor.model.printable import printable

_FORMULA = ("=", "+", "-", "@")


def csv_text(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table with a line of headings; what is not known, ``None``, is left empty.

    A text that a spreadsheet would take for a formula gets an apostrophe; a number stays one.
    """
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows([_cell(each) for each in row] for row in rows)
    return stream.getvalue()


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return "" if value is None else value
    text = printable(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
