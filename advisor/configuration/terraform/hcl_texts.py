"""Where a reader of HCL stands in its text; quoted texts and heredocs, with the places in them."""

from __future__ import annotations

import re
from typing import Any

from advisor.configuration.document import Mark
from advisor.configuration.source import DEEPEST, MOST_VALUES, SourceText
from advisor.configuration.terraform.hcl_tree import Expression, Interpolation, Literal, Opaque
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

    def passes(self, text: str) -> bool:
        """Pass over a text where it stands here; whether it does."""
        found = self.peek(text)
        self.at += len(text) * found
        return found

    def take(self, text: str, what: str = "") -> None:
        """Pass over a text that must stand here."""
        if not self.passes(text):
            raise self.bad(f"expected {what or repr(text)} here")

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


HEREDOC = re.compile(r"<<(-?)([^\W\d][\w-]*)[ \t\r]*\n")
_ESCAPE = re.compile(r"\\(?:([nrt\"\\])|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
_PLAIN = re.compile(r'[^"\\$%\n]+')
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


class TextReader(Cursor):
    """Reads texts; what stands in their places, a reader of expressions reads."""

    def expression(self, strength: int = 0, lines: bool = False) -> Expression:
        """An expression; see ``advisor.configuration.terraform.hcl_expressions``."""
        raise NotImplementedError

    def within(self, source: SourceText, at: int, end: int) -> TextReader:
        """A reader of the same kind for a stretch of the text."""
        inner = type(self)(source, at, end)
        inner.depth, inner.count = self.depth, self.count
        return inner

    def quoted(self) -> Expression:
        """A text in quotes."""
        start = self.at
        self.at += 1
        parts: list[Any] = []
        while True:
            if self.at >= len(self.text) or self.text[self.at] == "\n":
                raise self.bad('the closing " is missing', start)
            if self.text[self.at] == '"':
                self.at += 1
                return self._whole(parts, start)
            if not self.place(parts):
                parts.append(self._piece())

    def _piece(self) -> str:
        """The next stretch of a quoted text that has no place in it."""
        plain = _PLAIN.match(self.text, self.at)
        if plain:
            self.at = plain.end()
            return plain[0]
        if self.text[self.at] != "\\":
            self.at += 1
            return self.text[self.at - 1]
        found = _ESCAPE.match(self.text, self.at)
        if not found:
            raise self.bad("a backslash here needs n, r, t, a quote, a backslash or u")
        self.at = found.end()
        if found[1]:
            return _ESCAPED[found[1]]
        number = int(found[2] or found[3], 16)
        if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
            raise self.bad("this escape is no character", found.start())
        return chr(number)

    def place(self, parts: list[Any]) -> bool:
        """Read ``${…}`` or ``%{…}`` where one stands here; ``$${`` is a text."""
        for sign in "$%":
            if self.passes(sign * 2 + "{"):
                parts.append(sign + "{")
                return True
            if self.peek(sign + "{"):
                start = self.at
                self.at += 2
                self.passes("~")
                self.blank(lines=True)
                if sign == "%":
                    parts.append(self._directive(start))
                else:
                    parts.append(self.expression(lines=True))
                    self.blank(lines=True)
                    self.passes("~")
                    self.take("}", "} after the expression")
                return True
        return False

    def _directive(self, start: int) -> Expression:
        """Pass over ``%{ if … }`` and its kin."""
        end = self.text.find("}", self.at)
        if end < 0:
            raise self.bad("the } of this directive is missing", start)
        self.at = end + 1
        return Opaque("a template directive", self.mark(start))

    def heredoc(self, found: re.Match[str]) -> Expression:
        """A text that ends at a line with its own word."""
        start = self.at
        ending = re.compile(rf"^[ \t]*{re.escape(found[2])}[ \t\r]*$", re.MULTILINE)
        stop = ending.search(self.text, found.end())
        if not stop:
            raise self.bad(f"the end of this text, a line with {found[2]}, is missing")
        parts: list[Any] = []
        inner = self.within(self.source, found.end(), stop.start())
        while inner.at < len(inner.text):
            if not inner.place(parts):
                following = [
                    at for sign in "$%" if (at := inner.text.find(sign, inner.at + 1)) >= 0
                ]
                end = min(following, default=len(inner.text))
                parts.append(inner.text[inner.at : end])
                inner.at = end
        self.count = inner.count
        self.at = stop.end()
        expression = self._whole(parts, start)
        return _dedented(expression) if found[1] else expression

    def _whole(self, parts: list[Any], start: int) -> Expression:
        """Pieces as one literal where they are all text, else as a template."""
        merged: list[Any] = []
        for part in parts:
            if isinstance(part, str) and merged and isinstance(merged[-1], str):
                merged[-1] += part
            else:
                merged.append(part)
        if not merged or (len(merged) == 1 and isinstance(merged[0], str)):
            return Literal(merged[0] if merged else "", self.mark(start))
        return Interpolation(tuple(merged), self.mark(start))


def _dedented(expression: Expression) -> Expression:
    """What ``<<-`` does: the indentation of the least indented line is taken from every line."""
    if not isinstance(expression, Literal):
        return expression
    lines = expression.value.split("\n")
    least = min((len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()), default=0)
    return Literal("\n".join(line[least:] for line in lines), expression.mark)
