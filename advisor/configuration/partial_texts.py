"""Scalars as the API reads them; texts put together from pieces, and answers, some not known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import isfinite
from typing import TypeAlias

from advisor.configuration.document import Hidden, Mark, Node, Reference, unknown
from advisor.text.quantity_format import word


def number(text: str) -> int | float | None:
    """The number that a text writes, ``None`` when it writes none, or none that ends."""
    try:
        found = int(text) if re.fullmatch(r"[+-]?\d{1,18}", text) else float(text)
    except ValueError:
        return None
    return found if isfinite(found) else None


def as_text(value: object) -> str:
    """A scalar as the API would receive it for a text field."""
    return word(value)


def quoted(value: object) -> str:
    """A scalar as a message shows it: a text in quotes, numbers and truths as they are written."""
    return repr(value) if isinstance(value, str) else as_text(value)


Part: TypeAlias = "str | Reference | Hidden"

LONGEST = 64 * 1024
"""Characters; no field of a request takes as many, and doubling a text ends here."""
MOST_PARTS = 256
"""Known and unknown parts of one text."""


def joined(pieces: Iterable[Node | str], mark: Mark) -> Node:
    """Pieces as one value: a plain text, a lone reference, or a text that is known in part."""
    parts: list[Part] = []
    size, via = 0, ""
    for piece in pieces:
        if isinstance(piece, Node):
            via = via or piece.via
        for part in _parts(piece):
            size += len(part) if isinstance(part, str) else 0
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            elif part != "":
                parts.append(part)
        if size > LONGEST or len(parts) > MOST_PARTS:
            return unknown(f"a text of more than 64 KB or {MOST_PARTS} parts", mark)
    return _whole(parts, mark, via)


def joined_by(separator: str, items: Iterable[Node], mark: Mark) -> Node:
    """The same of items with a text between each two."""
    return joined([piece for item in items for piece in (separator, item)][1:], mark)


def all_of(answers: Iterable[bool | None]) -> bool | None:
    """Whether all hold; ``None`` where one that is open decides."""
    found = set(answers)
    return False if False in found else None if None in found else True


def any_of(answers: Iterable[bool | None]) -> bool | None:
    """Whether one holds; ``None`` where one that is open decides."""
    return negated(all_of(map(negated, answers)))


def negated(answer: bool | None) -> bool | None:
    """The opposite; what is open stays so."""
    return None if answer is None else not answer


def _whole(parts: list[Part], mark: Mark, via: str) -> Node:
    if not parts:
        return Node("scalar", "", mark, via=via)
    if len(parts) > 1:
        return Node("text", tuple(parts), mark, via=via)
    lone = parts[0]
    if isinstance(lone, str):
        return Node("scalar", lone, mark, via=via)
    return Node("reference" if isinstance(lone, Reference) else "unknown", lone, mark, via=via)


def _parts(piece: Node | str) -> tuple[Part, ...]:
    if isinstance(piece, str):
        return (piece,)
    if piece.kind == "scalar":
        return (as_text(piece.value),)
    if piece.kind == "reference":
        return (piece.value,)
    if piece.kind == "text":
        return tuple(piece.value)
    return (Hidden("computed"),)
