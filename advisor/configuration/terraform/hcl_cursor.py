"""Where a reader of HCL stands in its text, and what it passes over."""

from __future__ import annotations

import re

from advisor.configuration.document import Mark
from advisor.configuration.source import DEEPEST, MOST_VALUES, SourceText
from advisor.model.errors import InputError

NAME = re.compile(r"[^\W\d][\w-]*")
_BLANK = re.compile(r"(?:[ \t\r]+|#[^\n]*|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_ALL_BLANK = re.compile(r"(?:\s+|#[^\n]*|//[^\n]*|/\*.*?\*/)+", re.DOTALL)


class Cursor:
    """A place in a text; ``end`` cuts the text short."""

    def __init__(self, source: SourceText, at: int = 0, end: int | None = None) -> None:
        self.source = source
        self.text = source.text if end is None else source.text[:end]
        self.at = at
        self.depth = 0
        self.count = 0

    def bad(self, what: str, at: int | None = None) -> InputError:
        """An error at the place where the reader stands, or at another."""
        return self.source.error(f"this is not valid HCL: {what}", self.at if at is None else at)

    def mark(self, start: int, end: int | None = None) -> Mark:
        """The place of a stretch of text that ends where the reader stands."""
        line, column = self.source.position(start)
        stop = self.at if end is None else end
        newline = self.text.find("\n", start, stop)
        return Mark(
            self.source.file, line, column, max(1, (stop if newline < 0 else newline) - start)
        )

    def blank(self, lines: bool = False) -> None:
        """Pass over white space and comments, line ends only when told."""
        found = (_ALL_BLANK if lines else _BLANK).match(self.text, self.at)
        if found:
            self.at = found.end()

    def peek(self, text: str) -> bool:
        """Whether a text stands here."""
        return self.text.startswith(text, self.at)

    def take(self, text: str, what: str = "") -> None:
        """Pass over a text that must stand here."""
        if not self.peek(text):
            raise self.bad(f"expected {what or repr(text)} here")
        self.at += len(text)

    def name(self) -> str:
        """Pass over a name that must stand here."""
        found = NAME.match(self.text, self.at)
        if not found:
            raise self.bad("expected a name here")
        self.at = found.end()
        return found[0]

    def deeper(self) -> None:
        """Count a level and a value, both bounded."""
        self.depth += 1
        self.count += 1
        if self.depth > DEEPEST or self.count > MOST_VALUES:
            raise self.bad(f"more than {DEEPEST} levels or {MOST_VALUES:,} values")
