"""Escape text for Markdown pages, in a sentence and in a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from advisor.model.printable import printable

_SPECIAL = {each: "\\" + each for each in "\\`*_[]<>|~$#:."} | {"@": "@&#8203;", "&": "&amp;"}
# Markup, and what GitHub turns into a link by itself: addresses, and numbers of issues. A space of
# no width stands within a number, since GitHub looks for these once the page is made.
_MARKED = re.compile(r"(?i)(#|gh-)(?=[0-9])|(?<=www)\.|:(?=//)|[\\`*_\[\]<>|~$#@&]")


def prose(text: object) -> str:
    """Text in which no markup is read, nothing is linked or mentioned and no table cell ends."""
    return _MARKED.sub(_as_text, printable(str(text)))


def _as_text(found: re.Match[str]) -> str:
    return _SPECIAL.get(found[0], found[0]) + ("&#8203;" if found[1] else "")


def code(text: object) -> str:
    """A code span of any text, also inside a table; nothing for no text."""
    plain = printable(str(text)).replace("|", "\\|")
    if not plain:
        return ""
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
