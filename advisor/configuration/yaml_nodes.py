"""A configuration in YAML as the gate's nodes; CloudFormation's short tags in their long form."""

from __future__ import annotations

from typing import Any

from advisor.configuration.document import Mark, Node, ReadFault
from advisor.configuration.source import SourceText
from advisor.model.errors import InputError
from advisor.model.value import Value


class Repeated(Value):
    """A key that stands twice in one map; the later value is the one that counts."""

    key: str
    mark: Mark
    first: Mark

    def fault(self) -> ReadFault:
        """What is wrong with it, at the later place."""
        message = f"{self.key} is repeated; first on line {self.first.line}"
        return ReadFault("repeated-key", Node("scalar", self.key, self.mark), "", message)


class Parsed(Value):
    """The documents of a file, as they are written."""

    documents: tuple[Node, ...]
    repeated: tuple[Repeated, ...]


def read_yaml(source: SourceText) -> Parsed:
    """Read every document of a YAML stream.

    ``!Ref x`` becomes ``{"Ref": "x"}``; tags of others mean nothing here.

    Raises:
        InputError: bad syntax, a key that is no plain text, nesting or aliases beyond the bounds.
    """
    from advisor.text.terms import CONFIGURATION
    from advisor.text.yaml_reader import read_text

    roots = read_text(source.text, source.file, CONFIGURATION)
    nodes = _Nodes(source.file)
    return Parsed(
        documents=tuple([nodes.node(root, None) for root in roots]), repeated=tuple(nodes.repeated)
    )


_new = tuple.__new__  # a third of the time of calling the class


class _Nodes:
    """Makes the nodes of one file and notes its repeated keys."""

    def __init__(self, file: str) -> None:
        from advisor.text.yaml_reader import MappingNode, ScalarNode
        from advisor.text.yaml_values import scalar

        self._file = file
        self._mapping, self._text, self._scalar = MappingNode, ScalarNode, scalar
        self.repeated: list[Repeated] = []

    def node(self, found: Any, key: Mark | None) -> Node:
        """A node under the place of its key."""
        kind = found.__class__
        if kind is self._text:
            mark = self._mark(found)
            made = _new(Node, ("scalar", self._scalar(found), mark, key, ""))
        else:
            start = found.start_mark
            mark = _new(Mark, (self._file, start.line + 1, start.column + 1, 1))
            if kind is self._mapping:
                made = _new(Node, ("map", self._entries(found.value), mark, key, ""))
            else:
                items = [self.node(item, None) for item in found.value]
                made = _new(Node, ("list", items, mark, key, ""))
        tag = found.tag
        if not tag or tag[0] != "!" or tag == "!":
            return made
        function = tag[1:] if tag in ("!Ref", "!Condition") else f"Fn::{tag[1:]}"
        return Node("map", {function: made.under(mark)}, mark, key)

    def _mark(self, found: Any) -> Mark:
        start, end = found.start_mark, found.end_mark
        width = end.column - start.column if end.line == start.line else 1
        return _new(Mark, (self._file, start.line + 1, start.column + 1, max(1, width)))

    def _entries(self, turns: list[Any]) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        first: dict[str, Mark] = {}
        turn = iter(turns)
        for key_node, value in zip(turn, turn, strict=True):
            mark = self._mark(key_node)
            if key_node.__class__ is not self._text:
                message, hint = "a key must be plain text", "write `key: value`"
                raise InputError(
                    message, file=mark.file, line=mark.line, column=mark.column, hint=hint
                )
            key = key_node.value
            node = self.node(value, mark)
            if key == "<<" and node.kind == "map":
                for name, inherited in node.value.items():
                    entries.setdefault(name, inherited)
                continue
            if key in first:
                self.repeated.append(Repeated(key=key, mark=mark, first=first[key]))
            first[key] = mark
            entries[key] = node
        return entries
