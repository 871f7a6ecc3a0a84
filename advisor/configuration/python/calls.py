"""Calls of boto3 and of the SageMaker SDK as requests, each value where the program has it."""

from __future__ import annotations

import ast
import warnings
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import accumulate, pairwise
from typing import Any

from advisor.configuration.api.service import OPERATIONS, operation_in
from advisor.configuration.document import (
    PARTIAL,
    Document,
    Mark,
    Node,
    Resource,
    World,
    addressed,
    unknown,
)
from advisor.configuration.python.program import Names, Program
from advisor.configuration.python.values import OPEN, Place, Values, settled
from advisor.configuration.requests import is_ours, without_placeholders
from advisor.configuration.rulefiles import read_json_rules
from advisor.configuration.source import SourceText
from advisor.model.errors import InputError
from advisor.text.spelling import plain

_MOST_CALLS = 2_000
_SERVICES = ("sagemaker", "application-autoscaling", "cloudwatch")


def read_program(source: SourceText) -> Document | None:
    """The requests of a module; ``None`` when it makes none.

    Raises:
        InputError: it is no Python of today, or nested too deep.
    """

    @cache
    def starts(line: int) -> list[int] | None:
        """The byte at which each character of a line begins; ``None`` where each is one byte."""
        text = source.line(line)
        return None if text.isascii() else [*accumulate(map(_bytes, text), initial=0)]

    def place(part: ast.AST) -> Mark:
        line, column = getattr(part, "lineno", 1), getattr(part, "col_offset", 0)
        known = starts(line)
        column = column + 1 if known is None else bisect_right(known, column)
        return Mark(source.file, line, column, _width(part))

    return document(source.file, parsed(source.text, source.file), place, lambda _: "")


def parsed(text: str, file: str) -> tuple[ast.stmt, ...]:
    """The statements of a text.

    Raises:
        InputError: it is no Python of today, or nested too deep.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an escape in a text is none of our matters
            return tuple(ast.parse(text).body)
    except (SyntaxError, ValueError) as error:
        line, column = getattr(error, "lineno", 0) or 0, getattr(error, "offset", 0) or 0
        said = getattr(error, "msg", None) or str(error)
        message = f"this is no Python that can be read: {said}"
        raise InputError(message, file=file, line=line, column=column) from None
    except (RecursionError, MemoryError):
        raise InputError("this Python is nested too deep to be read", file=file) from None


def document(
    file: str,
    module: Iterable[ast.stmt],
    place: Place,
    within: Callable[[ast.Call], str] = lambda _: "",
) -> Document | None:
    """The requests of a module; ``None`` when there are none.

    Args:
        file: its name.
        module: the statements.
        place: where a part of them stands.
        within: what stands before the address of a call.
    """
    found: list[Resource] = []

    def heard(call: ast.Call, names: Names) -> None:
        if len(found) < _MOST_CALLS:
            found.extend(_resources(call, names, values, within(call)))

    def made(call: ast.Call, names: Mapping[str, Node]) -> Node | None:
        return _made(call, names, values)

    values = Values(place, made)
    try:
        Program(values, heard).follow(module)
    except RecursionError:
        raise InputError("this Python is nested too deep to be read", file=file) from None
    return (
        Document(file=file, dialect="request", worlds=(World("", tuple(found)),)) if found else None
    )


def _resources(
    call: ast.Call, names: Mapping[str, Node], values: Values, before: str
) -> Iterator[Resource]:
    """The request that a call makes, if it is one of ours."""
    name = _name(call.func)
    kind = operation_in(name) if isinstance(call.func, ast.Attribute) and "_" in name else ""
    if kind and OPERATIONS[kind][0] in _SERVICES:
        body = Node("map", dict(values.arguments(call, names)), values.place(call))
        if body.value.keys() & _members(kind) and not call.args and is_ours(kind, body):
            yield _resource(kind, body, before, is_open=OPEN in body.value)
        return
    kind = _created(call.func)
    if kind:
        fields = _camel(dict(values.arguments(call, names)), kind, values.place(call))
        if fields is not None and not call.args:
            yield _resource(kind, fields, before, is_open=OPEN in fields.value)
        return
    entry = _table().get(name)
    is_method = isinstance(call.func, ast.Attribute)
    if entry is not None and entry.get("kind") and (is_method or name[:1].isupper()):
        given = _given(call, entry, names, values)
        if given and _is_told(entry, given) and not _is_local(given):
            body = _shaped(given, entry, values.place(call))
            yield _resource(entry["kind"], body, before, is_open=True)


def _resource(kind: str, body: Node, before: str, *, is_open: bool) -> Resource:
    known = {key: value for key, value in body.value.items() if key != OPEN}
    entries = {key: without_placeholders(settled(value)) for key, value in known.items()}
    address = " ".join(filter(None, (before, OPERATIONS[kind][1])))
    made = addressed(kind, "request", address, body._replace(value=entries), body.mark)
    return made._replace(lifecycle={PARTIAL: True}) if is_open else made


@cache
def _members(kind: str) -> frozenset[str]:
    """The fields of a kind of request, or of a shape; none for another name."""
    table = read_json_rules("service", "model.json")
    return frozenset(table["shapes"].get(table["kinds"].get(kind, kind), {}).get("members", ()))


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    """Class or method of the SDK -> what it makes, and the path of each argument."""
    found: Mapping[str, Mapping[str, Any]] = read_json_rules("service", "python-sdk.json")["calls"]
    return found


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _made(call: ast.Call, names: Mapping[str, Node], values: Values) -> Node | None:
    """A part of a request that a class of the SDK stands for."""
    name = _name(call.func)
    entry = _table().get(name)
    if entry is None and not call.args and name[:1].isupper() and _members(name):
        return _camel(dict(values.arguments(call, names)), name, values.place(call))
    if entry is None or entry.get("kind"):
        return None
    return _shaped(_given(call, entry, names, values), entry, values.place(call))


def _created(function: ast.expr) -> str:
    """The kind whose class of the SDK's third version has this ``create``."""
    if not isinstance(function, ast.Attribute) or function.attr != "create":
        return ""
    name = _name(function.value)
    return name if OPERATIONS.get(name, ("",))[0] == "sagemaker" else ""


def _camel(given: Mapping[str, Node], kind: str, mark: Mark) -> Node | None:
    """Arguments in snake_case as the fields of a kind or shape; ``None`` where none is one."""
    fields = {plain(name): name for name in _members(kind)}
    entries = {fields.get(plain(name), name): value for name, value in given.items()}
    session = {"session", "region", OPEN}  # the client's, no field of the request
    known = entries.keys() & _members(kind)
    if not known or entries.keys() - session - known:
        return None
    return Node("map", {name: entries[name] for name in entries if name in known | {OPEN}}, mark)


def _given(
    call: ast.Call, entry: Mapping[str, Any], names: Mapping[str, Node], values: Values
) -> dict[str, Node]:
    """The arguments of a call by name, those without one by their place."""
    if any(isinstance(each, ast.Starred) for each in call.args):
        return {}
    by_place = zip(entry.get("positional", ()), call.args, strict=False)
    given = {name: values.value(each, names) for name, each in by_place}
    return {**given, **dict(values.arguments(call, names))}


def _is_told(entry: Mapping[str, Any], given: Mapping[str, Node]) -> bool:
    """Whether the arguments tell the SDK's method from one of the same name elsewhere."""
    told = entry.get("told")
    return told is None or any(name in given for name in told)


def _is_local(given: Mapping[str, Node]) -> bool:
    """Whether the SDK's local mode runs it on this machine, and AWS hears nothing of it."""
    chosen = given.get("instance_type")
    return chosen is not None and chosen.value in ("local", "local_gpu")


def _shaped(given: Mapping[str, Node], entry: Mapping[str, Any], mark: Mark) -> Node:
    """Arguments as the API's own fields; without one, the SDK's default where it has one."""
    root: dict[str, Any] = {}
    void = {name for by, names in entry.get("ignored", {}).items() if by in given for name in names}
    for name, path in entry["fields"].items():
        value = None if name in void else given.get(name)
        if value is None or value.is_null:
            default = entry.get("defaults", {}).get(name)
            if default is None or OPEN in given:
                continue
            value = Node("scalar", default, mark, via=f"default of {name}")
        if name in entry.get("uploads", ()) and not str(value.value).startswith("s3://"):
            value = unknown("the SDK uploads it", value.mark).under(value.key)
        _put(root, path.split("."), value)
    for path, text in entry.get("always", {}).items():
        _put(root, path.split("."), Node("scalar", text, mark))
    unless = entry.get("unless", {})
    for path in (*entry.get("open", ()), *(path for path in unless if unless[path] not in given)):
        _put(root, path.split("."), unknown("the SDK chooses it", mark))
    return _as_node(root, mark)


def _put(root: dict[str, Any], path: list[str], value: Node) -> None:
    for step, after in pairwise(path):
        inner = root.setdefault(step, {})
        if not isinstance(inner, dict):
            return
        root, _ = inner, after
    root.setdefault(path[-1], value)


def _as_node(value: Any, mark: Mark) -> Node:
    if isinstance(value, Node):
        return value
    if value.keys() == {"0"}:
        return Node("list", [_as_node(value["0"], mark)], mark)
    return Node("map", {key: _as_node(each, mark) for key, each in value.items()}, mark)


def _bytes(character: str) -> int:
    return len(character.encode())


def _width(part: ast.AST) -> int:
    end, start = getattr(part, "end_col_offset", None), getattr(part, "col_offset", 0)
    same = getattr(part, "end_lineno", None) == getattr(part, "lineno", None)
    return max(1, end - start) if same and end is not None else 1
