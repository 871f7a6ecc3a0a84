"""JSON to nodes with places: a whole document, or value by value where a file is large."""

from __future__ import annotations

import re
from json import JSONDecodeError, decoder
from typing import Any

from advisor.configuration.document import Mark, Node
from advisor.configuration.source import SourceText
from advisor.configuration.yaml_nodes import Parsed, Repeated
from advisor.model.errors import InputError
from advisor.text.terms import CONFIGURATION

_HALF = re.compile("[\ud800-\udfff]")
_SPACE = re.compile(r"[ \t\r\n]*")
_LITERAL = re.compile(r"true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_SKIP = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]')
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}


def read_json(source: SourceText) -> Parsed:
    """Read a JSON document.

    Raises:
        InputError: bad syntax, or nesting or size beyond the bounds.
    """
    reader = JsonReader(source)
    node, end = reader.value(reader.space(0))
    if reader.space(end) != len(source.text):
        raise source.error("something follows the end of the JSON document", reader.space(end))
    return Parsed(documents=(node,), repeated=tuple(reader.repeated))


class JsonReader:
    """Reads values of one source by the offset at which they start."""

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.text = source.text
        self.repeated: list[Repeated] = []
        self.count = 0

    def space(self, at: int) -> int:
        """The offset of the next character that is no white space."""
        found = _SPACE.match(self.text, at)
        assert found is not None
        return found.end()

    def value(self, at: int, depth: int = 0) -> tuple[Node, int]:
        """The value at an offset, and the offset of its end.

        Raises:
            InputError: bad syntax, or nesting or size beyond the bounds.
        """
        self.count += 1
        first = self.text[at : at + 1]
        if depth >= CONFIGURATION.deepest and first in ("{", "["):
            message = f"nested more than {CONFIGURATION.deepest} levels deep"
            raise self.source.error(message, at, CONFIGURATION.hint)
        if self.count > CONFIGURATION.most_values:
            message = f"more than {CONFIGURATION.most_values:,} values"
            raise self.source.error(message, at, CONFIGURATION.hint)
        if first == "{":
            return self._object(at, depth)
        if first == "[":
            return self._array(at, depth)
        if first == '"':
            text, end = self.string(at)
            return Node("scalar", text, self._mark(at, end)), end
        found = _LITERAL.match(self.text, at)
        if not found:
            raise self._bad("a value is expected here", at)
        return Node("scalar", self._plain(found[0], at), self._mark(at, found.end())), found.end()

    def outline(self, at: int) -> dict[str | int, int]:
        """Keys (or indexes) of the object (or array) at an offset -> offsets of their values.

        The values themselves are passed over, not built. Any other value has none.
        """
        if self.text[at : at + 1] not in ("{", "["):
            return {}
        found: dict[str | int, int] = {}
        closing = "}" if self.text[at] == "{" else "]"
        at = self.space(at + 1)
        while self.text[at : at + 1] != closing:
            key: str | int = len(found)
            if closing == "}":
                key, _, at = self._key(at)
            found[key] = at
            at = self._next(self.skip(at), closing)
        return found

    def skip(self, at: int) -> int:
        """The offset at which the value at an offset ends."""
        if self.text[at : at + 1] not in ("{", "["):
            return self.value(at)[1]
        depth = 0
        for found in _SKIP.finditer(self.text, at):
            if found[0] in "{[":
                depth += 1
            elif found[0] in "}]":
                depth -= 1
                if depth == 0:
                    return found.end()
        raise self._bad("the end is missing of what starts here", at)

    def string(self, at: int) -> tuple[str, int]:
        """The string at an offset, and the offset of its end."""
        try:
            text, end = decoder.scanstring(self.text, at + 1, False)  # type: ignore[attr-defined]
        except JSONDecodeError as error:
            escape = self.text.rfind("\\", at, error.pos + 1)
            if error.pos == at or escape < 0:
                raise self._bad("this string is not closed", at) from None
            raise self._bad("this escape is unknown", escape) from None
        if not text.isascii() and _HALF.search(text):
            text = _HALF.sub(
                "\ufffd", text
            )  # as every decoder does: no request can be sent with it
        return text, end

    def _object(self, at: int, depth: int) -> tuple[Node, int]:
        entries: dict[str, Node] = {}
        mark = self._mark(at, at + 1)
        at = self.space(at + 1)
        while self.text[at : at + 1] != "}":
            key, key_mark, at = self._key(at)
            node, at = self.value(at, depth + 1)
            if key in entries:
                self.repeated.append(Repeated(key=key, mark=key_mark, first=entries[key].place))
            entries[key] = node.under(key_mark)
            at = self._next(at, "}")
        return Node("map", entries, mark), at + 1

    def _array(self, at: int, depth: int) -> tuple[Node, int]:
        items: list[Node] = []
        mark = self._mark(at, at + 1)
        at = self.space(at + 1)
        while self.text[at : at + 1] != "]":
            node, at = self.value(at, depth + 1)
            items.append(node)
            at = self._next(at, "]")
        return Node("list", items, mark), at + 1

    def _key(self, at: int) -> tuple[str, Mark, int]:
        """The key at an offset, its place, and the offset of its value."""
        if self.text[at : at + 1] != '"':
            raise self._bad('a key in " is expected here', at)
        key, end = self.string(at)
        colon = self.space(end)
        if self.text[colon : colon + 1] != ":":
            raise self._bad("a colon is expected here", colon)
        return key, self._mark(at, end), self.space(colon + 1)

    def _next(self, at: int, closing: str) -> int:
        """The offset of the next member, or of the closing bracket, after a value."""
        at = self.space(at)
        if self.text[at : at + 1] == closing:
            return at
        if self.text[at : at + 1] != ",":
            raise self._bad(f"a comma or {closing} is expected here", at)
        at = self.space(at + 1)
        if self.text[at : at + 1] == closing:
            raise self._bad("a value is expected after the comma", at)
        return at

    def _plain(self, text: str, at: int) -> Any:
        if text in _WORDS:
            return _WORDS[text]
        if len(text) > 40:
            raise self._bad("a number has more than 40 characters", at)
        return float(text) if set(text) & set(".eE") else int(text)

    def _mark(self, start: int, end: int) -> Mark:
        line, column = self.source.position(start)
        return Mark(self.source.file, line, column, max(1, end - start))

    def _bad(self, what: str, at: int) -> InputError:
        return self.source.error(f"this is not valid JSON: {what}", at)
