"""Escape text for Markdown pages, in a sentence and in a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from advisor.model.printable import printable

_SPECIAL = str.maketrans(
    {each: "\\" + each for each in "\\`*_[]<>|~$#"} | {"@": "@&#8203;", "&": "&amp;"}
)


def prose(text: object) -> str:
    """Text in which no markup is read, no person is mentioned and no table cell ends."""
    return printable(str(text)).translate(_SPECIAL)


def code(text: object) -> str:
    """A code span of any text, also inside a table."""
    plain = printable(str(text)).replace("|", "\\|")
    if "`" not in plain:
        return f"`{plain}`"
    runs = "".join(each if each == "`" else " " for each in plain).split()
    fence = "`" * (max(map(len, runs)) + 1)
    return f"{fence} {plain} {fence}"


def cited(url: str, text: str) -> str:
    """A link to the page that a rule names; a figure of our own has none."""
    return f"[{prose(text)}]({url})" if url.startswith("https://") else prose(text)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a table; the cells are Markdown already."""
    yield f"| {' | '.join(headings)} |"
    yield f"|{' --- |' * len(headings)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
