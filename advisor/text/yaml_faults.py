"""Name the mistake where a YAML parser stops: by the text there, never by the parser's words.

Parsers agree on where they stop and on what they were in the middle of; their sentences differ
from release to release.
"""

# No `from __future__ import annotations` here: NamedTuple compiles annotations that are texts.
import re
from typing import NamedTuple

from advisor.text.places import UNSEEN_HINT


class Stop(NamedTuple):
    """The place where a parser stopped. Places are indexes of characters, from 0.

    Attributes:
        at: the character at which it stopped; the length of the text at its end.
        start: where that began which the parser was in the middle of; ``None`` when in nothing.
        scanning: whether it stopped within a word, quote or sign, else between two of them.
        bracket: the innermost bracket that is open; ``None`` when no bracket is.
        nested: whether a list or mapping is open.
    """

    at: int
    start: int | None
    scanning: bool
    bracket: int | None
    nested: bool


class YamlFault(NamedTuple):
    """The mistake, the remedy and the character."""

    message: str
    hint: str
    at: int


_SURROGATE = re.compile(r"\\u([dD][89a-fA-F][0-9a-fA-F]{2})")
_BEYOND_UNICODE = re.compile(r"\\U(?!000|0010)[0-9a-fA-F]{8}")
_QUOTES = {
    "'": re.compile(r"'(?:[^']++|'')*+'"),
    '"': re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL),
}
_INDENTATION = re.compile(r"[ \t]*")

_TAB = "a tab is not allowed here", "indent with spaces"
_NO_KEY = (
    "a colon is not allowed here",
    "indent the key like its neighbours, or put the text in quotes",
)
_NO_SPACE = "a colon has no space after it", "add a space, or put the text in quotes"
_NO_COLON = "a key has no colon", "write `key: value`, with a space after the colon"
_NO_LIST = (
    "a list cannot start on the line of its key",
    "write [a, b], or start each item on a line of its own",
)
_NO_QUESTION = (
    "a question mark is not allowed here",
    "write `key: value`, or put the text in quotes",
)
_BAD_START = "a value cannot start with this character", "put it in quotes"
_BLOCK_TEXT = ("a text that starts with > or | needs quotes", "put it in quotes, such as '>60 s'")
_OPEN_QUOTE = "this quote is not closed", "close it, or remove it"
_ESCAPE = ("this escape is unknown", "use single quotes, which keep a backslash as it is")
_OPEN_BRACKET = (
    "this bracket is not closed, or a comma is missing in it",
    "close it, or put the text in quotes",
)
_CLOSED = "this bracket closes nothing", "remove it, or put the text in quotes"
_NO_VALUE = "a value is missing here", "write it, or remove the comma"
_DASHES = "a list with dashes is not allowed in brackets", "write [a, b]"
_DIRECTIVE = "this directive is unknown", "remove the line, or put the text in quotes"
_TAG = "this tag has the wrong form", "put a text that starts with ! in quotes"
_ANCHOR = (
    "an anchor or alias needs a name of letters and digits",
    "put a text that starts with & or * in quotes",
)
_NAMED_ALIAS = "an alias cannot have an anchor or a tag", "remove the anchor or the tag"
_OUTSIDE = (
    "this line is outside the document above it",
    "indent it like its neighbours, or start another document with ---",
)
_UNLIKE = (
    "this line does not continue the line above it",
    "indent it like its neighbours, and close every quote",
)


def fault(text: str, stop: Stop) -> YamlFault:
    """The fault at which a parser stopped."""
    at, start = stop.at, stop.at if stop.start is None else stop.start
    if stop.scanning and start != at:
        return _within(text, start, at)
    if stop.bracket is None:
        indentation = _INDENTATION.match(text, text.rfind("\n", 0, at) + 1)
        tab = indentation[0].find("\t") if indentation else -1
        if indentation and 0 <= tab <= at - indentation.start():
            return YamlFault(*_TAB, indentation.start() + tab)
    if stop.scanning:
        signs = {"\t": _TAB, ":": _NO_KEY, "-": _NO_LIST, "?": _NO_QUESTION}
        return YamlFault(*signs.get(text[at : at + 1], _BAD_START), at)
    return _between(text, start, stop)


def beyond_unicode(text: str, start: int) -> YamlFault:
    """The fault of a text, from an index on, that a parser ends in an error without a place for."""
    found = _BEYOND_UNICODE.search(text, start)
    return YamlFault(*_ESCAPE, found.start()) if found else YamlFault(*_DIRECTIVE, start)


def _within(text: str, start: int, at: int) -> YamlFault:
    """A fault in the middle of a quote, of a sign with a name, or of a key."""
    first = text[start]
    if first in _QUOTES:
        whole = _QUOTES[first].match(text, start)
        if whole is None or whole.end() > at:
            return _within_quote(text, start, at)
    if text[at : at + 1] == "\t":
        return YamlFault(*_TAB, at)
    if first in "|>":
        return YamlFault(*_BLOCK_TEXT, start)
    if "\n" not in text[start:at]:
        if first == "%":
            return YamlFault(*_DIRECTIVE, start)
        if first in "&*!" and at < len(text):
            return YamlFault(*(_TAG if first == "!" else _ANCHOR), start)
        if text[at : at + 1] == ":":
            return YamlFault(*_NO_SPACE, at)
    return YamlFault(*_NO_COLON, start)


def _within_quote(text: str, start: int, at: int) -> YamlFault:
    escape = text.rfind("\\", start, at + 1)
    ended = at >= len(text) or (text.startswith(("---", "..."), at) and text[at - 1] in "\r\n")
    if ended or escape in (-1, len(text) - 1):
        return YamlFault(*_OPEN_QUOTE, start)
    surrogate = _SURROGATE.match(text, escape)
    if surrogate:
        return YamlFault(escaped(surrogate[1]), UNSEEN_HINT, start)
    return YamlFault(*_ESCAPE, escape)


def _between(text: str, start: int, stop: Stop) -> YamlFault:
    """A mistake in the order of the text."""
    at = stop.at
    here = text[at : at + 1]
    if here == "!":
        return YamlFault(*_TAG, at)
    if here == "%":
        return YamlFault(*_DIRECTIVE, at)
    if stop.bracket is not None:
        known = {",": _NO_VALUE, "-": _DASHES}.get(here) if start == at else None
        return YamlFault(*known, at) if known else YamlFault(*_OPEN_BRACKET, stop.bracket)
    signs = {"]": _CLOSED, "}": _CLOSED, ",": _BAD_START, "*": _NAMED_ALIAS}
    return YamlFault(*signs.get(here, _UNLIKE if stop.nested else _OUTSIDE), at)


def escaped(digits: str) -> str:
    """The message for an escape that stands for a character by its hexadecimal number."""
    return f"this escape is the invisible character U+{digits.upper():0>4}"
