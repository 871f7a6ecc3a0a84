"""Make foreign text safe to print: characters that act on a terminal are shown."""

from __future__ import annotations


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
