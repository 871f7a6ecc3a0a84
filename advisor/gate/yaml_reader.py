"""YAML to nodes with places: iterative, bounded, and without ever building an object from a tag.

Events rather than PyYAML's composer, because the composer recurses in C: enough brackets end the
process there.
"""

from __future__ import annotations

from typing import Any

from advisor.errors import InputError
from advisor.gate.document import Mark, Node
from advisor.gate.source import DEEPEST, MOST_VALUES, Source
from advisor.value import Value


class Repeated(Value):
    """A key that stands twice in one map; the later value is the one that counts."""

    key: str
    mark: Mark
    first: Mark


class Parsed(Value):
    """The documents of a file, as they are written."""

    documents: tuple[Node, ...]
    repeated: tuple[Repeated, ...]


class _Open:
    """A container that has not ended yet."""

    __slots__ = ("anchor", "entries", "keys", "mark", "pending", "sequence", "tag", "weight")

    def __init__(self, sequence: bool, mark: Mark, tag: str | None, anchor: str | None) -> None:
        self.sequence, self.mark, self.tag, self.anchor = sequence, mark, tag, anchor
        self.entries: Any = [] if sequence else {}
        self.keys: dict[str, Mark] = {}
        self.pending: tuple[str, Mark] | None = None
        self.weight = 1


def read_yaml(source: Source) -> Parsed:
    """Read every document of a YAML stream.

    CloudFormation's short tags become their long form: ``!Ref x`` is ``{"Ref": "x"}``.

    Raises:
        InputError: bad syntax, a key that is no plain text, nesting or aliases beyond the bounds.
    """
    import yaml

    try:
        return _Reader(source).read(yaml)
    except yaml.YAMLError as error:
        from advisor.yamlfile import in_words

        message, hint, line, column = in_words(error, source.text)
        raise InputError(message, file=source.file, line=line, column=column, hint=hint) from None


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.documents: list[Node] = []
        self.repeated: list[Repeated] = []

    def read(self, yaml: Any) -> Parsed:
        parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(self.source.text)
        events = yaml.events
        try:
            while parser.check_event():
                event = parser.get_event()
                kind = type(event)
                if kind is events.ScalarEvent:
                    self._scalar(event)
                elif kind in (events.MappingStartEvent, events.SequenceStartEvent):
                    self._start(event, kind is events.SequenceStartEvent)
                elif kind in (events.MappingEndEvent, events.SequenceEndEvent):
                    self._end()
                elif kind is events.AliasEvent:
                    self._alias(event)
                elif kind is events.DocumentEndEvent:
                    self.anchors = {}
        finally:
            parser.dispose()
        return Parsed(tuple(self.documents), tuple(self.repeated))

    def _mark(self, event: Any) -> Mark:
        start, end = event.start_mark, event.end_mark
        width = end.column - start.column if end.line == start.line else 1
        return Mark(self.source.file, start.line + 1, start.column + 1, max(1, width))

    def _scalar(self, event: Any) -> None:
        mark = self._mark(event)
        top = self.stack[-1] if self.stack else None
        if top is not None and not top.sequence and top.pending is None:
            top.pending = (event.value, mark)
            return
        value = event.value if event.style or not event.implicit[0] else plain(event.value)
        self._add(_tagged(event.tag, Node("scalar", value, mark)), 1, event.anchor)

    def _start(self, event: Any, sequence: bool) -> None:
        mark = self._mark(event)._replace(width=1)
        if len(self.stack) >= DEEPEST:
            raise self._refuse(f"nested more than {DEEPEST} levels deep", mark)
        if self.stack and not self.stack[-1].sequence and self.stack[-1].pending is None:
            raise self._refuse("a key must be plain text", mark)
        self.stack.append(_Open(sequence, mark, event.tag, event.anchor))

    def _end(self) -> None:
        done = self.stack.pop()
        node = Node("list" if done.sequence else "map", done.entries, done.mark)
        self._add(_tagged(done.tag, node), done.weight, done.anchor)

    def _alias(self, event: Any) -> None:
        mark = self._mark(event)
        if event.anchor not in self.anchors:
            raise self._refuse(f"*{event.anchor} stands for nothing, or for itself", mark)
        node, weight = self.anchors[event.anchor]
        top = self.stack[-1] if self.stack else None
        if top is not None and not top.sequence and top.pending is None:
            top.pending = (str(node.value), mark)
            return
        self._add(node, weight, None)

    def _add(self, node: Node, weight: int, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = (node, weight)
        if not self.stack:
            self.documents.append(node)
            return
        top = self.stack[-1]
        top.weight += weight
        if top.weight > MOST_VALUES:
            raise self._refuse(f"more than {MOST_VALUES:,} values", node.mark)
        if top.sequence:
            top.entries.append(node)
            return
        assert top.pending is not None
        key, mark = top.pending
        top.pending = None
        if key == "<<" and node.kind == "map":
            for name, value in node.value.items():
                top.entries.setdefault(name, value)
            return
        if key in top.keys:
            self.repeated.append(Repeated(key, mark, top.keys[key]))
        top.keys[key] = mark
        top.entries[key] = node.under(mark)

    def _refuse(self, what: str, mark: Mark) -> InputError:
        return InputError(
            f"this YAML is not read: {what}", file=mark.file, line=mark.line, column=mark.column
        )


def _tagged(tag: str | None, node: Node) -> Node:
    """A node with CloudFormation's short tag in its long form; other tags mean nothing here."""
    if not tag or not tag.startswith("!") or tag == "!":
        return node
    name = tag[1:]
    function = name if name in ("Ref", "Condition") else f"Fn::{name}"
    return Node("map", {function: node.under(node.mark)}, node.mark)


_WORDS: dict[str, bool | None] = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
    "null": None,
    "Null": None,
    "NULL": None,
    "~": None,
    "": None,
}


def plain(text: str) -> str | int | float | bool | None:
    """What unquoted YAML means: true, false, null, a decimal number, else the text itself.

    A number with a leading zero stays text, so that account ids keep their digits, and so does
    what only YAML 1.1 reads as something else (``yes``, dates).
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "0123456789+-.":
        return text
    digits = text[1:] if text[0] in "+-" else text
    if digits.isascii() and digits.isdigit():
        return int(text) if len(digits) < 20 and (digits[0] != "0" or digits == "0") else text
    if set(digits) <= set("0123456789.eE+-") and digits[:1] not in ("", "e", "E"):
        try:
            return float(text)
        except ValueError:
            return text
    return text
