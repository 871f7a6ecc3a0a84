"""The bodies that a shell script gives the AWS CLI as ``--cli-input-json``; nothing is run.

A body is a quoted word, a heredoc of the command, or one that the script writes to the file that
the command names. It is read where it stands: what the shell fills in is masked by as many
characters, so that every value keeps its line and column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from advisor.configuration.api.service import OPERATIONS, operation_in
from advisor.configuration.document import (
    PARTIAL,
    Document,
    Hidden,
    Node,
    Resource,
    World,
    addressed,
    walk,
)
from advisor.configuration.json_nodes import JsonReader
from advisor.configuration.requests import is_ours, without_placeholders
from advisor.configuration.source import SourceText
from advisor.model.errors import InputError

OPTION = "--cli-input-json"
_MOST_COMMANDS = 500
_LONGEST = 64 * 1024
"""Characters of one command, and of one body."""
_HOLE = "\ue000"
"""Stands for each character of what is not known."""
_COMMAND = re.compile(
    r"\baws\b(?:[^\n;|&#\\]|\\\r?\n){0,120}?\b(sagemaker|application-autoscaling)"
    r"(?:[ \t]|\\\r?\n)+([a-z-]+)"
)
_WORD = re.compile(r"""(?:\\.|'[^']*'|"(?:[^"\\]|\\.)*"|[^\s;|&()<>'"\\])+""", re.DOTALL)
_BETWEEN = re.compile(r"(?:[ \t]|\\\r?\n)+")
_HEREDOC = re.compile(r"<<-?[ \t]*(['\"\\]?)(\w+)['\"]?")
_IN_PLACE = re.compile(r"[\"']?\$\(\s*cat\s*(?=<<)")
_WRITING = re.compile(r"^[^\n]*<<[^\n]*$", re.MULTILINE)
_WRITTEN = re.compile(r"(?:>|\btee\b)[ \t]*[\"']?([^\s\"'<>|;&]+)")
_FILLED = r"\$\{[^}\n]{0,500}\}|\$\([^)\n]{0,500}\)|\$\w+|`[^`\n]{0,500}`"
_VARIABLE = re.compile(_FILLED)
_TOKEN = re.compile(rf'"(?:[^"\\]|\\[\s\S])*(?:"|\\?\Z)| ?(?:{_FILLED})')
_SPLICE = re.compile(r"'(?:\"[^\"'\n]*\"|[^'\"\s]*)'")
_FILLS = Hidden("the shell fills it in")


class _Body(NamedTuple):
    """Where a body stands, and what a JSON reader is to see there."""

    start: int
    masked: str


def read_script(source: SourceText) -> Document | None:
    """The requests whose bodies stand in a script; ``None`` when there are none."""
    commands = list(_commands(source.text))
    pieces, at = [], 0
    for _, _, body in sorted(commands, key=lambda each: each[2].start):
        if body.start >= at:  # two commands may read one file
            pieces += [source.text[at : body.start], body.masked]
            at = body.start + len(body.masked)
    reader = JsonReader(SourceText(source.file, "".join((*pieces, source.text[at:]))))
    read = (_resource(reader, *each) for each in commands)
    found = tuple(each for each in read if each is not None)
    if not found:
        return None
    whole = len(found) == sum(1 for _ in _calls(source.text))
    return Document(
        file=source.file,
        dialect="request",
        worlds=(World("", found),),
        unread=() if whole else ("calls of the API in code",),
    )


def _calls(text: str) -> Iterator[tuple[str, int]]:
    """Kind of each command that makes something of ours, and where its options begin."""
    for command in _COMMAND.finditer(text):
        kind = operation_in(command[2])
        line = text[text.rfind("\n", 0, command.start()) + 1 : command.start()]
        if kind and "#" not in line and OPERATIONS[kind][0] == command[1]:
            yield kind, command.end()


def _commands(text: str) -> Iterator[tuple[str, list[str], _Body]]:
    """Kind, other words and body of each command that has one."""
    written = [
        (name[1], line.start())
        for line in _WRITING.finditer(text)
        for name in _WRITTEN.finditer(line[0])
    ]
    written.reverse()
    files: dict[str, int] = {}
    for kind, end in islice(_calls(text), _MOST_COMMANDS):
        while written and written[-1][1] < end:
            files.update([written.pop()])
        words, start = _words(text, end)
        body = _body(text, start, files)
        if body is not None:
            yield kind, words, body


def _words(text: str, at: int) -> tuple[list[str], int]:
    """The words of a command besides the body, and where the body's word begins (0: nowhere)."""
    words: list[str] = []
    start, end = 0, at + _LONGEST
    while (space := _BETWEEN.match(text, at, end)) and (
        word := _WORD.match(text, space.end(), end)
    ):
        at = word.end()
        if word[0] == OPTION:
            after = _BETWEEN.match(text, at, end)
            start = after.end() if after else 0
            value = _WORD.match(text, start, end) if start else None
            if value is None or _IN_PLACE.match(text, start):
                break
            at = value.end()
        elif word[0].startswith(OPTION + "="):
            start = word.start() + len(OPTION) + 1
        else:
            words.append(word[0])
    return words, start


def _body(text: str, start: int, written: Mapping[str, int]) -> _Body | None:
    """The body that a word is, or that was written before to the file that it names."""
    if not start:
        return None
    if _IN_PLACE.match(text, start):
        return _heredoc(text, start)
    word = _WORD.match(text, start, start + _LONGEST)
    if word is None:
        return None
    if word[0][0] == word[0][-1] == "'" and "{" in word[0]:
        inner = word[0][1:-1]
        return _Body(start + 1, _SPLICE.sub(lambda found: _HOLE * len(found[0]), inner))
    if word[0][0] == word[0][-1] == '"' and "{" in word[0]:
        turn = iter(range(len(word[0])))
        inner = re.sub(r'\\"', lambda _: ' "' if next(turn) % 2 == 0 else '" ', word[0][1:-1])
        return _Body(start + 1, _masked(inner))
    name = word[0].strip("\"'").removeprefix("file://")
    if name in ("/dev/stdin", "-"):
        return _heredoc(text, start)
    return _heredoc(text, written[name]) if name in written else None


def _heredoc(text: str, at: int) -> _Body | None:
    """The text of the heredoc that begins on the line of an offset."""
    end = text.find("\n", at)
    opening = _HEREDOC.search(text, at, end) if end >= 0 else None
    if opening is None:
        return None
    closing = re.compile(rf"^\t*{opening[2]}\)?[ \t\r]*$", re.MULTILINE)
    last = closing.search(text, end + 1, end + _LONGEST)
    if last is None:
        return None
    inner = text[end + 1 : last.start()]
    return _Body(end + 1, inner if opening[1] else _masked(inner))


def _masked(text: str) -> str:
    """A text of the same length in which what the shell fills in is a text of holes."""

    def mask(found: re.Match[str]) -> str:
        token = found[0]
        if token[0] == '"':
            return _VARIABLE.sub(lambda inner: _HOLE * len(inner[0]), token)
        # Two characters have no room for quotes and a hole: such a body is left out.
        return f'"{_HOLE * (len(token) - 2)}"' if len(token) > 2 else token

    return _TOKEN.sub(mask, text)


def _resource(reader: JsonReader, kind: str, words: list[str], body: _Body) -> Resource | None:
    """The request of a command; ``None`` when its body is no JSON object, or another service's."""
    try:
        top, end = reader.value(reader.space(body.start))
    except InputError:
        return None
    keys = (step for path, _ in walk(top) for step in path[-1:] if isinstance(step, str))
    within = body.start + len(body.masked)
    if top.kind != "map" or end > within or any(_HOLE in key for key in keys):
        return None
    # What else the command says adds to the body, or stands in place of its value.
    said = {word[2:].partition("=")[0].replace("-", "") for word in words if word[:2] == "--"}
    known = without_placeholders(_filled(top))
    entries = {
        key: Node("unknown", Hidden("another option gives it"), value.mark, value.key)
        if key.lower() in said
        else value
        for key, value in known.value.items()
    }
    made = known._replace(value=entries)
    if not is_ours(kind, made):
        return None
    resource = addressed(kind, "request", OPERATIONS[kind][1], made, top.mark)
    return resource._replace(lifecycle={PARTIAL: True} if words else {})


def _filled(node: Node) -> Node:
    """The same value; texts with holes are known in part, or not at all."""
    if any(str(each.value) and not str(each.value).strip(_HOLE) for each in node.items()):
        return node._replace(kind="unknown", value=_FILLS)  # it may be several members, or none
    if node.kind != "scalar" or not isinstance(node.value, str) or _HOLE not in node.value:
        return node.within(_filled)
    pieces = [each for each in re.split(f"({_HOLE}+)", node.value) if each]
    if len(pieces) == 1:
        return node._replace(kind="unknown", value=_FILLS)
    known = tuple(_FILLS if each[0] == _HOLE else each for each in pieces)
    return node._replace(kind="text", value=known)
