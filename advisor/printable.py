"""Values as texts: words for truths, and what others wrote made safe to print."""

from __future__ import annotations


def word(value: object) -> str:
    """A value as the workload file writes it: true, not True."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def yes_no(holds: bool) -> str:
    """An answer to a question."""
    return "yes" if holds else "no"


def printable(text: str) -> str:
    r"""The text on one line, with control and direction characters as escapes such as ``\x1b``.

    File names, tags and reasons reach a terminal or a page as they were written; a character that
    moves the cursor, colours what follows or reverses its direction would make it lie.
    """
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else _shown(each) for each in text)


def _shown(character: str) -> str:
    return " " if character.isspace() else character.encode("unicode_escape").decode("ascii")
