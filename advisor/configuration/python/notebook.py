"""Notebooks: the code of all cells as one module, each value where the file has its line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from advisor.configuration.document import Document, Mark, Node
from advisor.configuration.json_nodes import read_json
from advisor.configuration.python.calls import document, parsed
from advisor.configuration.source import SourceText
from advisor.model.errors import InputError

_MAGIC = re.compile(r"[ \t]*(?:[%!]|[\w.\[\]]+\?{1,2}\s*$|\?)")
_ASSIGNED = re.compile(r"([ \t]*+\w[\w, ]*+=[ \t]*+)[!%].*")
_OTHER = re.compile(r"%%(?!time\b|timeit\b|capture\b)")
"""The first line of a cell that holds another language."""


class _Line(NamedTuple):
    """A line of the module that the cells are together."""

    cell: int  # the number of its cell, from 1
    text: str
    mark: Mark  # of the text in the file that holds it


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
    module: list[ast.stmt] = []
    lines: list[_Line] = []
    for number, cell in enumerate((cell for sheet in sheets for cell in sheet.items("cells")), 1):
        own = [_Line(number, text, mark) for text, mark in _code(cell)]
        try:
            statements = parsed("\n".join(line.text for line in own), source.file)
        except InputError:  # a line of another language, an example that is cut short
            continue
        for statement in statements:
            ast.increment_lineno(statement, len(lines))
        module += statements
        lines += own

    def line_of(part: ast.AST) -> _Line:
        return lines[getattr(part, "lineno", 1) - 1]

    def place(part: ast.AST) -> Mark:
        mark = line_of(part).mark
        column = mark.column + 1 + getattr(part, "col_offset", 0)  # behind the quote
        return Mark(source.file, mark.line, column)

    return document(source.file, module, place, lambda call: f"cell {line_of(call).cell}:")


def _code(cell: Node) -> list[tuple[str, Mark]]:
    """The lines of a cell of Python, with the place of the text that holds each."""
    kind, written = cell.get("cell_type"), cell.get("source") or cell.get("input")
    if kind is None or kind.value != "code" or written is None:
        return []
    lines = list(_lines(written))
    if lines and _OTHER.match(lines[0][0]):
        return []
    return [(_without_magic(line), mark) for line, mark in lines]


def _lines(written: Node) -> Iterator[tuple[str, Mark]]:
    """The lines of a cell, with the place of the text that holds each."""
    for item in written.value if written.kind == "list" else [written]:
        if isinstance(item, Node) and isinstance(item.value, str):
            # A return within a line would end it for Python alone.
            for line in item.value.removesuffix("\n").replace("\r", " ").split("\n"):
                yield line, item.mark


def _without_magic(line: str) -> str:
    """A line of Python; a command of the notebook is left out, and its indentation stays."""
    assigned = _ASSIGNED.match(line)
    if assigned:
        return f"{assigned[1]}None"
    if _MAGIC.match(line):
        return f"{line[: len(line) - len(line.lstrip())]}pass"
    return line
