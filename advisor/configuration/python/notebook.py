"""Notebooks: the code of all cells as one module, each value where the file has its line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from advisor.configuration.document import Document, Mark, Node
from advisor.configuration.json_nodes import read_json
from advisor.configuration.python.calls import Cell, document, parsed
from advisor.configuration.python.values import Place
from advisor.configuration.source import SourceText
from advisor.model.errors import InputError

_MAGIC = re.compile(r"[ \t]*(?:[%!]|[\w.\[\]]+\?{1,2}\s*$|\?)")
_ASSIGNED = re.compile(r"([ \t]*+\w[\w, ]*+=[ \t]*+)[!%].*")
_OTHER = re.compile(r"%%(?!time\b|timeit\b|capture\b)")
"""The first line of a cell that holds another language."""


def read_notebook(source: SourceText) -> Document | None:
    """The requests that the cells of a notebook make; ``None`` when they make none.

    Raises:
        InputError: it is no JSON, or beyond the bounds.
    """
    top = read_json(source).documents[0]
    language = top.at("metadata", "kernelspec", "language")
    if language is not None and language.value != "python":
        return None
    sheets = [top, *top.items("worksheets")]
    cells = [cell for sheet in sheets for cell in sheet.items("cells")]
    return document(source.file, _cells(source.file, cells))


def _cells(file: str, cells: list[Node]) -> Iterator[Cell]:
    for number, cell in enumerate(cells, 1):
        kind = cell.get("cell_type")
        written = cell.get("source") or cell.get("input")
        if kind is None or kind.value != "code" or written is None:
            continue
        lines = list(_lines(written))
        if lines and _OTHER.match(lines[0][0]):
            continue
        text = "\n".join(_without_magic(line) for line, _ in lines)
        try:
            statements = parsed(text, file)
        except InputError:  # a line of another language, an example that is cut short
            continue
        marks = [mark for _, mark in lines]
        yield Cell(statements=statements, place=_place(file, marks), address=f"cell {number}:")


def _place(file: str, marks: list[Mark]) -> Place:
    def place(part: ast.AST) -> Mark:
        line, column = getattr(part, "lineno", 1), getattr(part, "col_offset", 0)
        mark = marks[min(line, len(marks)) - 1]
        return Mark(file, mark.line, mark.column + 1 + column)  # behind the quote

    return place


def _lines(written: Node) -> Iterator[tuple[str, Mark]]:
    """The lines of a cell, with the place of the text that holds each."""
    for item in written.value if written.kind == "list" else [written]:
        if isinstance(item, Node) and isinstance(item.value, str):
            for line in item.value.removesuffix("\n").split("\n"):
                yield line, item.mark


def _without_magic(line: str) -> str:
    """A line of Python; a command of the notebook is left out, and its indentation stays."""
    assigned = _ASSIGNED.match(line)
    if assigned:
        return f"{assigned[1]}None"
    if _MAGIC.match(line):
        return f"{line[: len(line) - len(line.lstrip())]}pass"
    return line
