"""Scalars as the API reads them: a text may write a number, and a truth is a word."""

from __future__ import annotations

import re

from advisor.text.quantity_format import word


def number(text: str) -> int | float | None:
    """The number that a text writes, ``None`` when it writes none."""
    try:
        return int(text) if re.fullmatch(r"[+-]?\d{1,18}", text) else float(text)
    except ValueError:
        return None


def as_text(value: object) -> str:
    """A scalar as the API would receive it for a text field."""
    return word(value)


def quoted(value: object) -> str:
    """A scalar as a message shows it: a text in quotes, numbers and truths as they are written."""
    return repr(value) if isinstance(value, str) else as_text(value)
