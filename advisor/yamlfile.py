"""Strict YAML with positions: each document of a stream as PyYAML's own nodes, or an InputError.

A subset on which people and programs agree: nothing is ever built from a tag, ``true`` and
``false`` are the only booleans, dates and numbers stay the text that was written, a repeated key is
an error, and size, depth and expansion are bounded. JSON is read by the same reader.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from advisor.errors import InputError

if TYPE_CHECKING or yaml.__with_libyaml__:
    from yaml._yaml import CParser as _Parser
else:
    from yaml import SafeLoader as _Parser

# PyYAML's, for those who walk over them.
__all__ = ["MappingNode", "Node", "ScalarNode", "SequenceNode"]

MOST_BYTES = 1 << 20
DEEPEST = 50
MOST_VALUES = 50_000

# Control characters, and those that change the direction of the text around them, as the inside of
# a character class: what a person sees would not be what the program reads, and a terminal would
# obey what is printed.
UNSEEN = (
    r"\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff"
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
)
_UNSEEN_HINT = "it is invisible and changes how the text around it is shown or read: remove it"
_EXPANSION_HINT = "anchors may not expand without bound: write the values out"
_NOTHING = frozenset(("", "~", "null", "Null", "NULL"))
_CORE_TAGS = {
    MappingNode: {"map"},
    SequenceNode: {"seq"},
    ScalarNode: {"str", "int", "float", "bool", "null"},
}
_TAG_PREFIX = "tag:yaml.org,2002:"
# A JSON encoder writes a character beyond the first 65,536 as two escapes, which YAML refuses.
_SURROGATES = r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"

# What PyYAML says -> what is wrong and what to do. The first that is contained applies.
_TOO_DEEP = "too deep"
_PROBLEMS = {
    _TOO_DEEP: (f"nested more than {DEEPEST} levels deep", "a workload file has three levels"),
    "block scalar": (
        "a text that starts with > or | must stand in quotes",
        "write '>60 s' with the quotes",
    ),
    "mapping values are not allowed": (
        "a colon stands where no key can stand",
        "give the key the indentation of its neighbours, or put the text in quotes",
    ),
    "cannot start any token": ("a value cannot start with this character", "put it in quotes"),
    "end of stream": ("this quote is not closed", "close it, or leave it out"),
    "expected ',' or": (
        "this bracket is not closed, or a comma is missing in it",
        "close it, or put the text in quotes",
    ),
    "node content": ("a value is missing here", "write it, or take the bracket away"),
    "undefined alias": ("this alias has no anchor", "put a text that starts with * in quotes"),
    "second occurrence": ("this anchor is repeated", "give each anchor a name of its own"),
    "could not find expected ':'": (
        "a key has no colon",
        "write `key: value`, with a space after the colon",
    ),
    "expected key": (
        "a line does not continue what stands above it",
        "give it the indentation of its neighbours, and close every quote",
    ),
    "expected <document start>": (
        "this does not belong to what stands above it",
        "give it the indentation of its neighbours; another document starts with ---",
    ),
    "sequence entries are not allowed": (
        "a list cannot start on the line of its key",
        "write [a, b], or start each item on a line of its own",
    ),
    "escape": (
        "this escape is not known",
        "use single quotes, in which a backslash is just a backslash",
    ),
}
# Told where they start: the end of the file says nothing.
_UNCLOSED = ("end of stream", "expected ',' or")


class _Composer(_Parser):
    """Composes nodes without resolving tags."""

    def resolve(self, _kind: object, _value: object, _implicit: object) -> str:
        return ""

    def descend_resolver(self, parent: Node | None, _index: object) -> None:
        pass

    def ascend_resolver(self) -> None:
        pass


class _BoundedComposer(_Composer):
    """Counts levels while composing, because libyaml's composer would overflow the C stack."""

    depth = 0

    def descend_resolver(self, parent: Node | None, _index: object) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            mark = parent.start_mark if parent else None
            raise yaml.MarkedYAMLError(problem=_TOO_DEEP, problem_mark=mark)

    def ascend_resolver(self) -> None:
        self.depth -= 1


def read_documents(data: bytes, file: str) -> list[Node]:
    """Compose every document of a YAML stream that holds something.

    Tags are checked and dropped: ``node.tag`` is empty. Aliases share their node.

    Args:
        data: UTF-8, with or without a byte order mark.
        file: how messages name it.

    Raises:
        InputError: the bytes are no YAML, are empty, or go beyond the strict subset.
    """
    documents = _compose(_decode(data, file), file)
    if not documents:
        raise InputError("the file is empty", file=file, hint="sm-advise init writes one")
    return documents


def _compose(text: str, file: str) -> list[Node]:
    documents: list[Node] = []
    try:
        composer = _Composer(text) if _is_shallow(text) else _BoundedComposer(text)
        while composer.check_node():
            root = composer.get_node()
            if root is not None and not is_nothing(root):
                documents.append(root)
    except yaml.YAMLError as error:
        raise _syntax_error(error, text, file) from error
    if "&" in text or "!" in text or "\\" in text:
        for root in documents:
            _inspect(root, file)
    return documents


def _decode(data: bytes, file: str) -> str:
    if len(data) > MOST_BYTES:
        raise InputError(
            "the file is larger than 1 MB", file=file, hint="a workload file has a few kilobytes"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        byte, before = error.object[error.start], error.object[: error.start].decode()
        message, hint = f"byte 0x{byte:02X} is not UTF-8", "save the file as UTF-8"
        raise _error_in(before, len(before), message, file, hint) from error
    if not text.isascii():
        _refuse_unseen(text, file)
    if "\\ud" in text or "\\uD" in text:
        text = re.sub(_SURROGATES, _joined, text)
    return text


def _is_shallow(text: str) -> bool:
    """Whether a text is too short to nest deeply; counting levels costs a third of composing.

    A level takes one of these characters, or a line that is indented further than all lines of the
    levels above it: 200 of the one and 8 KB of the other make less than 500 levels.
    """
    return len(text) <= 8192 and sum(map(text.count, "[{-?")) <= 200


def _joined(pair: re.Match[str]) -> str:
    high, low = int(pair[2], 16), int(pair[3], 16)
    return f"{pair[1]}\\U{0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF):08X}"


def _refuse_unseen(text: str, file: str) -> None:
    found = re.search(rf"(?!\r)[{UNSEEN}]", text)
    if found:
        message = f"the character U+{ord(found[0]):04X} is not allowed"
        raise _error_in(text, found.start(), message, file, _UNSEEN_HINT)


def _error_in(text: str, index: int, message: str, file: str, hint: str) -> InputError:
    """An error at a character of the text."""
    before = text[:index]
    line, column = before.count("\n") + 1, index - before.rfind("\n")
    return InputError(message, file=file, line=line, column=column, hint=hint)


def _syntax_error(error: yaml.YAMLError, text: str, file: str) -> InputError:
    """PyYAML's error in our form."""
    if not isinstance(error, yaml.MarkedYAMLError):  # its reader's, about a character
        _refuse_unseen(text, file)
    message, hint, line, column = in_words(error, text)
    return InputError(message, file=file, line=line, column=column, hint=hint)


def in_words(error: yaml.YAMLError, text: str) -> tuple[str, str, int, int]:
    """What PyYAML found wrong with a text: message, hint, line and column (0 where unknown)."""
    found = (getattr(error, name, None) for name in ("context", "problem", "reason"))
    problem = ": ".join(filter(None, found)) or "bad YAML"
    start, mark = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
    if start and any(each in problem for each in _UNCLOSED):
        mark = start
    message, hint = f"this is not YAML: {problem}", "compare the indentation with the lines above"
    for known, explanation in _PROBLEMS.items():
        if known in problem:
            message, hint = explanation
            break
    if mark and text[mark.index : mark.index + 1] == "\t":
        message, hint = "a tab stands where only spaces can", "indent with spaces"
    return message, hint, mark.line + 1 if mark else 0, mark.column + 1 if mark else 0


def _inspect(root: Node, file: str) -> None:
    """Refuse foreign tags, invisible characters behind escapes, and anchors that expand too far."""
    waiting: list[tuple[Node, int]] = [(root, 1)]
    values = 0
    while waiting:
        node, depth = waiting.pop()
        values += 1
        if values > MOST_VALUES or depth > DEEPEST:
            raise error_at(node, f"more than {MOST_VALUES} values", file, _EXPANSION_HINT)
        _check_tag(node, file)
        if isinstance(node, ScalarNode):
            found = re.search(f"[{UNSEEN}]", node.value)
            if found:
                message = f"an escape stands for the character U+{ord(found[0]):04X}"
                raise error_at(node, message, file, _UNSEEN_HINT)
        elif isinstance(node, SequenceNode):
            waiting += [(item, depth + 1) for item in node.value]
        else:
            waiting += [(item, depth + 1) for pair in node.value for item in pair]


def _check_tag(node: Node, file: str) -> None:
    """Drop a tag of YAML's core schema, refuse any other."""
    if not node.tag:
        return
    name = node.tag.removeprefix(_TAG_PREFIX)
    if name == node.tag or name not in _CORE_TAGS[type(node)]:
        hint = "nothing is built from tags: write the plain value"
        raise error_at(node, f"the tag {node.tag[:60]!r} is not allowed", file, hint)
    node.tag = ""
    if isinstance(node, ScalarNode):
        node.style = "'" if name == "str" else ""


def error_at(node: Node, message: str, file: str, hint: str = "") -> InputError:
    """An error at the start of a node. A node made for ``--set`` carries its own place."""
    mark = node.start_mark
    if mark.line < 0:
        return InputError(message, file=mark.name, hint=hint)
    return InputError(message, file=file, line=mark.line + 1, column=mark.column + 1, hint=hint)


class _Option:
    """The mark of a node that stands in no file but came with a command-line option."""

    index = line = column = -1

    def __init__(self, name: str) -> None:
        self.name = name


def read_value(text: str, option: str) -> Node:
    """Compose the YAML value that came with a command-line option.

    What starts with ``>`` is taken as written: a bound such as ``> 4 MB``, not a folded text.

    Args:
        text: the value.
        option: how messages name the option, such as ``--set budget``.

    Raises:
        InputError: the text is no YAML, or holds what no file may hold.
    """
    stripped = text.strip()
    if re.search(f"[{UNSEEN}]", text):
        hint = "write the plain value"
        raise InputError("the value holds invisible characters", file=option, hint=hint)
    if stripped.startswith(">") or stripped in _NOTHING:
        node: Node = ScalarNode("", stripped, style="'" if stripped.startswith(">") else "")
    else:
        try:
            documents = _compose(text, option)
        except InputError as error:
            raise InputError(error.message, file=option, hint=error.hint) from error
        if len(documents) != 1:
            raise InputError("this is not one value", file=option, hint="give one value")
        node = documents[0]
    place(node, option)
    return node


def place(node: Node, option: str) -> None:
    """Say of a node, and of all in it, that an option brought it."""
    node.start_mark = node.end_mark = _Option(option)
    if not isinstance(node, ScalarNode):
        for item in node.value:
            for each in item if isinstance(item, tuple) else (item,):
                place(each, option)


def entries(mapping: MappingNode, file: str) -> dict[str, tuple[ScalarNode, Node]]:
    """Keys of a mapping with the nodes of key and value, in the order of the file.

    Raises:
        InputError: a key is repeated or is not a plain text.
    """
    pairs = mapping.value
    try:
        found = {pair[0].value: pair for pair in pairs}
    except TypeError:
        found = {}
    if len(found) != len(pairs):
        raise _bad_key(pairs, file)
    return found


def _bad_key(pairs: list[tuple[Node, Node]], file: str) -> InputError:
    """A key that is no text, else the first that is repeated."""
    keys = [key for key, _ in pairs]
    for key in keys:
        if not isinstance(key, ScalarNode):
            return error_at(key, "a key must be a text", file, "write `key: value`")
    first: dict[str, Node] = {}
    again = next(key for key in keys if first.setdefault(key.value, key) is not key)
    line = first[again.value].start_mark.line + 1
    hint = f"it stands on line {line} already: keep one of them" if line else "keep one of them"
    return error_at(again, f"the key {again.value[:40]!r} is repeated", file, hint)


def is_nothing(node: Node) -> bool:
    """Whether the node is YAML's null: nothing, ``~`` or ``null``."""
    return isinstance(node, ScalarNode) and not node.style and node.value in _NOTHING


def is_number(text: str) -> bool:
    """Whether an editor would read an unquoted text as a number."""
    digits = text.lstrip("+-")
    if not digits.isascii() or "_" in text or not (digits[:1].isdigit() or digits[:1] == "."):
        return False
    try:
        float(text)
    except ValueError:
        return digits[:2] in ("0x", "0o") or digits.lower() in (".inf", ".nan")
    return True
