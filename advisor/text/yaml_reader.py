"""The one YAML reader: a text to nodes with places, or an InputError.

It goes by the events of PyYAML's parser and bounds depth, size, values and aliases itself. Nothing
is ever built from a tag. JSON that is stated as a workload is read by the same reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

import yaml
from yaml.error import Mark
from yaml.events import AliasEvent, DocumentEndEvent, MappingEndEvent, SequenceEndEvent
from yaml.scanner import ScannerError

from advisor.model.errors import InputError
from advisor.text.places import UNSEEN, UNSEEN_HINT, decode, error_in, refuse_unseen
from advisor.text.terms import WORKLOAD, Terms

if TYPE_CHECKING or yaml.__with_libyaml__:
    from yaml._yaml import CParser as Parser
else:
    from yaml import SafeLoader as Parser

if TYPE_CHECKING:

    class YamlNode:
        """The event of the parser at which a value starts; an alias is the node of its anchor.

        Marks count characters, lines and columns from 0.
        """

        start_mark: Mark
        end_mark: Mark  # of the event; of a whole document at its root
        value: Any
        tag: str | None
        anchor: str | None

        def __init__(self, *arguments: object) -> None: ...

    class ScalarNode(YamlNode):
        """One text; ``style`` is empty where it has no quotes, ``implicit`` false with a tag."""

        value: str
        style: str | None
        implicit: tuple[bool, bool]

    class SequenceNode(YamlNode):
        """A list of nodes."""

        value: list[YamlNode]
        flow_style: bool

    class MappingNode(YamlNode):
        """Key and value in turns, as they are written."""

        value: list[YamlNode]
        flow_style: bool

else:
    # A class of our own for each text would cost a tenth of the time of reading a workload.
    from yaml.events import MappingStartEvent as MappingNode
    from yaml.events import NodeEvent as YamlNode
    from yaml.events import ScalarEvent as ScalarNode
    from yaml.events import SequenceStartEvent as SequenceNode


_SURROGATE = r"\ud800-\udfff"
# What YAML itself takes nowhere.
_UNPRINTABLE = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff"
_NOTHING = frozenset(("", "~", "null", "Null", "NULL"))
_TAG_PREFIX = "tag:yaml.org,2002:"
_CORE_TAGS = {
    MappingNode: {"map"},
    SequenceNode: {"seq"},
    ScalarNode: {"str", "int", "float", "bool", "null"},
}
# A JSON encoder writes a character beyond the first 65,536 as two escapes, which YAML refuses.
_SURROGATES = r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
# A value is one event, and two where it is a list or mapping; its key is one more.
_EVENTS_PER_VALUE = 3


def read_documents(data: bytes, file: str) -> list[YamlNode]:
    """Every document of a workload file that holds something.

    Raises:
        InputError: the bytes are no YAML, are empty, or go beyond the terms of workloads.
    """
    if len(data) > WORKLOAD.most_bytes:
        raise _too_large(file, WORKLOAD)
    documents = [root for root in read_text(decode(data, file), file) if not is_nothing(root)]
    if not documents:
        raise InputError(
            "the file is empty", file=file, hint="write a first workload file with: sm-advise init"
        )
    return documents


def read_text(text: str, file: str, terms: Terms = WORKLOAD) -> list[YamlNode]:
    """Every document of a YAML stream.

    Raises:
        InputError: the text is no YAML, or goes beyond the terms.
    """
    if len(text) > terms.most_bytes:
        raise _too_large(file, terms)
    if terms.strict and not text.isascii():
        refuse_unseen(text, file, UNSEEN)
    if "\\u" in text:
        text = re.sub(_SURROGATES, _joined, text)
    return _Reading(text, file, terms).documents()


def _joined(pair: re.Match[str]) -> str:
    high, low = int(pair[2], 16), int(pair[3], 16)
    return f"{pair[1]}\\U{0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF):08X}"


def _too_large(file: str, terms: Terms) -> InputError:
    message = f"the file is larger than {terms.most_bytes >> 20} MB"
    return InputError(message, file=file, hint=terms.hint)


class _Reading:
    """The state of one text during reading: open collections, and the nodes of anchors."""

    __slots__ = ("_anchors", "_file", "_opened", "_terms", "_text", "_too_deep", "_values")

    def __init__(self, text: str, file: str, terms: Terms) -> None:
        self._text, self._file, self._terms = text, file, terms
        self._opened: list[Any] = []
        self._anchors: dict[str, Any] = {}
        self._values = 0
        self._too_deep = False

    def documents(self) -> list[YamlNode]:
        """The root of each document."""
        documents: list[YamlNode] = []
        try:
            events = iter(Parser(self._text).get_event, None)
            most = _EVENTS_PER_VALUE * (self._terms.most_values + 2)  # the root and the stream
            self._read(islice(events, most), documents)
            after = next(events, None)
        except (yaml.YAMLError, ValueError) as error:  # a ValueError: an escape beyond Unicode
            raise self._explained(error) from None
        if after is not None:
            raise self._too_many(after)
        return documents

    def _read(self, events: Iterable[Any], documents: list[YamlNode]) -> None:
        """Build nodes from events. Every text of a file pays for this loop."""
        text = self._text  # anchors, tags, aliases and escapes need a closer look
        careful = "&" in text or "!" in text or "*" in text or "\\" in text
        opened, deepest, most = self._opened, self._terms.deepest, self._terms.most_values
        append = documents.append
        for event in events:
            kind = event.__class__
            if kind is ScalarNode:
                if careful and (event.anchor or event.tag or event.style == '"'):
                    self._note(event)
                append(event)
            elif kind is MappingNode or kind is SequenceNode:
                append(event)
                opened.append(event)
                if careful or len(opened) > deepest:
                    self._note(event)
                event.value = nodes = []  # type: ignore[var-annotated]
                append = nodes.append
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                done = opened.pop()
                done.end_mark = event.end_mark
                self._values += len(done.value) >> (kind is MappingEndEvent)
                if careful or self._values > most:
                    self._weigh(done)
                append = opened[-1].value.append if opened else documents.append
            elif kind is AliasEvent:
                append(self._aliased(event))
            elif kind is DocumentEndEvent:
                self._anchors.clear()

    def _note(self, event: Any) -> None:
        """Check where a node stands, what it is and what it holds, and keep its anchor."""
        if len(self._opened) > self._terms.deepest:
            self._too_deep = True
            raise self._error(event, f"nested more than {self._terms.deepest} levels deep")
        if event.anchor:
            if self._terms.strict and event.anchor in self._anchors:
                hint = "give each anchor its own name"
                raise self._error(event, "this anchor is repeated", hint)
            # Less what is counted before it; what is counted at its end makes it the difference.
            event.weight = 0 if event.__class__ is ScalarNode else -self._values
            self._anchors[event.anchor] = event
        if event.tag and self._terms.strict:
            _check_tag(event, self._file)
        if event.__class__ is ScalarNode:
            found = re.search(f"[{UNSEEN if self._terms.strict else _SURROGATE}]", event.value)
            if found:
                from advisor.text.yaml_faults import escaped

                raise self._error(event, escaped(f"{ord(found[0]):X}"), UNSEEN_HINT)

    def _weigh(self, done: Any) -> None:
        """Check how many values there are once a collection has ended, and how many are its own."""
        if self._values > self._terms.most_values:
            raise self._too_many(done)
        if done.anchor:
            done.weight += self._values

    def _aliased(self, event: Any) -> Any:
        """The node that an alias repeats."""
        node = self._anchors.get(event.anchor)
        if node is None:
            hint = "put a text that starts with * in quotes"
            raise self._error(event, "this alias has no anchor", hint)
        if any(each is node for each in self._opened):
            raise self._error(
                event, "this alias repeats a value that contains it", "write the value out"
            )
        self._values += node.weight
        if self._values > self._terms.most_values:
            raise self._too_many(event)
        return node

    def _too_many(self, node: Any) -> InputError:
        hint = "write fewer values or aliases: an alias counts as all that it repeats"
        return self._error(node, f"more than {self._terms.most_values:,} values", hint)

    def _error(self, node: Any, message: str, hint: str = "") -> InputError:
        return error_at(node, message, self._file, hint or self._terms.hint)

    def _explained(self, error: Exception) -> InputError:
        """The error for a text at which the parser stopped."""
        from advisor.text.yaml_faults import Stop, beyond_unicode, fault

        text, file = self._text, self._file
        refuse_unseen(text, file, UNSEEN if self._terms.strict else _UNPRINTABLE)
        at, start = (
            mark and mark.index
            for mark in (getattr(error, f"{name}_mark", None) for name in ("problem", "context"))
        )
        if at is None:
            found = beyond_unicode(text, self._opened[-1].start_mark.index if self._opened else 0)
        else:
            self._refuse_depth_before(at)
            brackets = [node.start_mark.index for node in self._opened if node.flow_style]
            bracket = brackets[-1] if brackets else None
            scanning = isinstance(error, ScannerError)
            found = fault(text, Stop(at, start, scanning, bracket, bool(self._opened)))
        return error_in(text, found.at, found.message, file, found.hint)

    def _refuse_depth_before(self, at: int) -> None:
        """Refuse nesting that is too deep before the place at which the parser stopped.

        A parser reads up to a thousand characters ahead of its events, and some have a bound of
        their own. Of a text that ends in time, all events come.
        """
        text = self._text[:at]
        before = _Reading(text, self._file, self._terms)
        try:
            before._read(iter(Parser(text).get_event, None), [])
        except (yaml.YAMLError, ValueError):
            pass
        except InputError:
            if before._too_deep:
                raise


def _check_tag(node: Any, file: str) -> None:
    """Drop a tag of YAML's core schema, refuse any other."""
    if node.tag == "!":
        node.tag = None
        return
    name = node.tag.removeprefix(_TAG_PREFIX)
    if name == node.tag or name not in _CORE_TAGS[node.__class__]:
        hint = "remove the tag: write the plain value"
        raise error_at(node, f"the tag {node.tag[:60]!r} is not allowed", file, hint)
    node.tag = None
    if node.__class__ is ScalarNode:
        node.style = "'" if name == "str" else ""


def error_at(node: YamlNode, message: str, file: str, hint: str = "") -> InputError:
    """An error at the start of a node, or at the option that brought it."""
    mark = node.start_mark
    if mark.line < 0:
        return InputError(message, file=mark.name, hint=hint)
    return InputError(message, file=file, line=mark.line + 1, column=mark.column + 1, hint=hint)


def entries(mapping: MappingNode, file: str) -> dict[str, tuple[ScalarNode, YamlNode]]:
    """Keys of a mapping with the nodes of key and value, in the order of the file.

    Raises:
        InputError: a key is repeated or is not a plain text.
    """
    nodes: Any = mapping.value
    turns = iter(nodes)
    try:
        found = {pair[0].value: pair for pair in zip(turns, turns, strict=False)}
    except TypeError:
        found = {}
    if len(found) * 2 != len(nodes):
        raise _bad_key(nodes[::2], file)
    return found


def _bad_key(keys: list[YamlNode], file: str) -> InputError:
    """A key that is no text, else the first that is repeated."""
    for key in keys:
        if not isinstance(key, ScalarNode):
            return error_at(key, "a key must be a text", file, "write `key: value`")
    first: dict[str, YamlNode] = {}
    again = next(key for key in keys if first.setdefault(key.value, key) is not key)
    line = first[again.value].start_mark.line + 1
    hint = f"line {line} has the same key: keep one of them" if line else "keep one of them"
    return error_at(again, f"the key {again.value[:40]!r} is repeated", file, hint)


def is_nothing(node: YamlNode) -> bool:
    """Whether the node is YAML's null: nothing, ``~`` or ``null``."""
    return isinstance(node, ScalarNode) and not node.style and node.value in _NOTHING


def nowhere(name: str) -> Mark:
    """The place of a value that came with a command-line option of that name."""
    return Mark(name, -1, -1, -1, "", 0)


def text_node(value: str, mark: Mark | None = None, style: str = "") -> ScalarNode:
    """A text as if it had been read at a place."""
    return ScalarNode(None, None, (True, True), value, mark, mark, style)


def mapping_node(turns: list[YamlNode], mark: Mark) -> MappingNode:
    """A mapping of key and value in turns, as if it had been read at a place."""
    node = MappingNode(None, None, True, mark, mark)
    node.value = turns
    return node
