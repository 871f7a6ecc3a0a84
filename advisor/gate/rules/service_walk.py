"""A resource held against the service model, value by value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from advisor.configuration.api.service import ServiceModel, Shape, service_model
from advisor.configuration.document import PARTIAL, Node, Path, Reference, Resource, written
from advisor.configuration.partial_texts import as_text, number, quoted
from advisor.configuration.rulefiles import of_dialects
from advisor.gate.checks import bounded_fields
from advisor.text.spelling import misspelt, nearest

LONGEST_NAME = 63
"""Characters; what shapes of names have in common."""


class ServiceProblem(NamedTuple):
    """One way in which a value disagrees with the service model."""

    rule: str
    message: str
    node: Node
    path: Path
    severity: str = "error"
    suggestion: str = ""
    at_key: bool = False


def last_name(path: Path) -> str:
    """How a message calls a value: by the last name of its path, with the index in a list."""
    names = [index for index, step in enumerate(path) if isinstance(step, str)]
    return written(path[names[-1] :]) if names else "this"


def text_problems(
    text: str, shape: Shape, node: Node, path: Path, at_key: bool = False
) -> Iterator[ServiceProblem]:
    """Length and pattern of a text that is wholly known; ``at_key`` when it is the key itself."""
    pattern, rule, size = compiled(shape.get("pattern")), "wrong-length", len(text)
    most, least, name = shape.get("max", size), shape.get("min", 0), last_name(path)
    if size > most:
        message = f"{name} has {size} characters; at most {most} are allowed"
    elif pattern and not pattern.fullmatch(text):
        rule, message = "wrong-form", form_message(text, shape, path)
    elif size < least:
        message = f"{name} has {size} characters; at least {least} are needed"
    else:
        return
    yield ServiceProblem(rule, message, node, path, at_key=at_key)


def form_message(text: str, shape: Shape, path: Path) -> str:
    """Why a text does not have the form of its field, in words where the form is well known."""
    pattern = shape["pattern"]
    shown = text if len(text) <= 80 else text[:77] + "…"
    if not text:
        return f"{last_name(path)} is empty"
    if _is_name(shape):
        if text.startswith("arn:"):
            return f"{last_name(path)} is an ARN; a name is expected: what follows the last /"
        wanted = "letters, digits and inner hyphens only"
        return f"{last_name(path)} {shown!r} has characters that a name cannot have: {wanted}"
    if _is_place(shape):
        return f"{last_name(path)} {shown!r} is no S3 address: s3://bucket/prefix is expected"
    for beginning, wanted in _FORMS:
        if pattern.startswith(beginning):
            return f"{last_name(path)} {shown!r} {wanted}"
    return f"{last_name(path)} {shown!r} does not have the form {pattern}"


_FORMS = (
    ("arn:aws[a-z\\-]*:iam::", "is no role: arn:aws:iam::ACCOUNT:role/NAME is expected"),
    ("arn:aws[a-z\\-]*:sns:", "is no topic: arn:aws:sns:REGION:ACCOUNT:NAME is expected"),
    ("[\\S]+", "has a space; none is allowed"),
    (
        "[a-zA-Z_][a-zA-Z0-9_]",
        "is no name of a variable: letters, digits and _ only, no digit first",
    ),
)
"""How a pattern of the model begins -> what it wants, in words."""


def partly_known(node: Node, shape: Shape, path: Path) -> Iterator[ServiceProblem]:
    """What is certain of a text of which parts are not known."""
    parts = node.value
    size = sum(len(p) if isinstance(p, str) else getattr(p, "least", 0) for p in parts)
    if size > shape.get("max", size):
        name = last_name(path)
        message = f"{name} has {size} characters and more; at most {shape['max']} are allowed"
        yield ServiceProblem("wrong-length", message, node, path)
    elif _is_name(shape) and (wrong := _wrong_in_name(parts)):
        message = f"{last_name(path)} has {wrong}: letters, digits and inner hyphens only"
        yield ServiceProblem("wrong-form", message, node, path)
    elif _is_place(shape) and not (
        not isinstance(parts[0], str)
        or len(parts[0]) < len("https://")  # it can still become one
        or parts[0].startswith(("s3://", "https://"))
    ):
        name = last_name(path)
        message = f"{name} does not start with s3://: s3://bucket/prefix is expected"
        yield ServiceProblem("wrong-form", message, node, path)


def _wrong_in_name(parts: tuple[object, ...]) -> str:
    """What a name cannot have, of what is known of it; empty when nothing is wrong so far."""
    letters = "".join(part for part in parts if isinstance(part, str))
    bad = next((c for c in letters if not (c.isascii() and (c.isalnum() or c == "-"))), "")
    if bad:
        return repr(bad)
    first, last = parts[0], parts[-1]
    if isinstance(first, str) and first.startswith("-"):
        return "'-' at its start"
    return "'-' at its end" if isinstance(last, str) and last.endswith("-") else ""


def _is_name(shape: Shape) -> bool:
    return (
        str(shape.get("pattern", "")).startswith("[a-zA-Z0-9](")
        and shape.get("max") == LONGEST_NAME
    )


def _is_place(shape: Shape) -> bool:
    return str(shape.get("pattern", "")).startswith("(https|s3)://")


@cache
def compiled(pattern: str | None) -> re.Pattern[str] | None:
    """A pattern of the model; ``None`` for the few in a dialect that Python does not speak."""
    if not pattern or "\\p{" in pattern or "\\z" in pattern or "\\uD800" in pattern:
        return None
    return re.compile(pattern)


@cache
def load_service() -> ServiceModel:
    """The service model, with the bounds of our limits."""
    return service_model(bounded_fields())


_LOOSE = ("cloudformation", "terraform", "plan")
_FEW_VALUES = 20
"""In a short list an unknown word is wrong; in a long one a newer model may know it."""
_NUMBERS = re.compile(r"-?\d+(?:-\d+)*")
_TRUTHS = frozenset({"true", "false", "True", "False", "1", "0", "yes", "no"})


def problems(model: ServiceModel, resource: Resource) -> Iterator[ServiceProblem]:
    """Every disagreement of a resource with its shape, in the order of the document."""
    # The provider awscc takes what CloudFormation takes.
    cloud = Reference(resource.identity, "").within.startswith("awscc_")
    dialect = "cloudformation" if cloud else resource.dialect
    walk = _ServiceWalk(model, dialect, PARTIAL in resource.lifecycle)
    walk.closed = resource.lifecycle.get("closed") is True
    yield from walk.node(resource.body, model.kinds[resource.kind], ())


class _ServiceWalk:
    def __init__(self, model: ServiceModel, dialect: str, partial: bool = False) -> None:
        self.partial = partial  # the file holds one field of the request
        self.closed = False  # the provider's schema says it all
        self.model = model
        self.dialect = dialect
        self.loose = dialect in _LOOSE
        self.described = dialect == "described"

    def node(self, node: Node, name: str, path: Path) -> Iterator[ServiceProblem]:
        """The problems of one value that should have a shape."""
        if node.is_null and not self.described:
            message = "expected a value, found null"
            yield ServiceProblem("wrong-type", message, node, path)
        if node.kind == "unknown" or node.is_null:
            return
        shape = self.model.shapes[name]
        yield from _READINGS[shape["type"]](self, node, name, path)

    def structure(self, node: Node, name: str, path: Path) -> Iterator[ServiceProblem]:
        """An object with the fields of its shape."""
        if node.kind != "map":
            yield from _not(node, path, "an object")
            return
        members: dict[str, str] = self.model.shapes[name]["members"]
        for key, value in node.value.items():
            if key in members:
                yield from self.node(value, members[key], (*path, key))
        if not self.described:
            yield from self._names(node, name, path)

    def _names(self, node: Node, name: str, path: Path) -> Iterator[ServiceProblem]:
        """Fields that do not exist, and required ones that are missing."""
        shape = self.model.shapes[name]
        own = of_dialects("of_the_template").get(name, ()) if self.loose else ()
        unknown = [key for key in node.value if key not in shape["members"] and key not in own]
        for key in unknown:
            # CreateModel for CreateModelInput.
            request = name.rpartition(":")[2].removesuffix("Input").removesuffix("Request")
            holder = last_name(path) if path else request
            yield self._unknown_field(node.value[key], holder, shape["members"], (*path, key))
        if self.partial and not path:
            return
        also = of_dialects("required").get(self.dialect, {}).get(name, ())  # by this dialect alone
        for key in (*shape["required"], *also):
            wrong = misspelt(key, unknown, ())
            if node.get(key) is None and not wrong and key not in self._optional(node, name):
                message = f"{key} is missing"
                yield ServiceProblem(
                    "missing-field", message, node, (*path, key), suggestion=key, at_key=True
                )

    def _optional(self, node: Node, name: str) -> Sequence[str]:
        """Required fields that this dialect does without."""
        if "ScalingTargetId" in node.value:
            return list(of_dialects("of_the_target"))
        made_up = of_dialects("made_up")
        by_terraform = self.dialect in ("terraform", "plan")
        return [
            *(made_up["by_both"].get(name, ()) if self.loose else ()),
            *(made_up["by_terraform"].get(name, ()) if by_terraform else ()),
        ]

    def _unknown_field(
        self, value: Node, holder: str, members: dict[str, str], path: Path
    ) -> ServiceProblem:
        key = last_name(path)
        near = nearest(key, members)
        if near or self.closed:
            message = f"{key} is no field of {holder}"
        else:
            message = f"{key} is not a field that the service model {self.model.version} knows here"
        return ServiceProblem(
            "unknown-field",
            message,
            value,
            path,
            severity="error" if near or self.closed else "warning",
            suggestion=near,
            at_key=True,
        )

    def list(self, node: Node, name: str, path: Path) -> Iterator[ServiceProblem]:
        """A list, whose unknown entries may be none or many."""
        if node.kind != "list":
            yield from _not(node, path, "a list")
            return
        shape = self.model.shapes[name]
        certain = sum(1 for item in node.items() if item.kind != "unknown")
        if certain == len(node.items()) and certain < shape.get("min", 0) and not self.described:
            yield _entries(node, path, certain, f"at least {shape['min']} are needed")
        if certain > shape.get("max", certain):
            yield _entries(node, path, certain, f"at most {shape['max']} are allowed")
        for index, item in enumerate(node.items()):
            yield from self.node(item, shape["member"], (*path, index))

    def map(self, node: Node, name: str, path: Path) -> Iterator[ServiceProblem]:
        """An object whose keys are the user's own."""
        if node.kind != "map":
            yield from _not(node, path, "an object")
            return
        shape = self.model.shapes[name]
        if len(node.value) > shape.get("max", len(node.value)):
            yield _entries(node, path, len(node.value), f"at most {shape['max']} are allowed")
        keys = self.model.shapes[shape["key"]]
        for key, value in node.value.items():
            if key.startswith("Fn::"):
                continue  # a function that makes further entries
            yield from text_problems(key, keys, value, (*path, key), True)
            yield from self.node(value, shape["value"], (*path, key))

    def number(self, node: Node, name: str, path: Path) -> Iterator[ServiceProblem]:
        """A number within its bounds; templates may write it as text."""
        shape = self.model.shapes[name]
        if node.kind != "scalar":
            yield from _not(node, path, "a number")
            return
        value = node.value
        if isinstance(value, str) and self.loose:
            value = number(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield from _not(node, path, "a number")
        elif shape["type"] in ("integer", "long") and value != value // 1:
            yield from _not(node, path, "a whole number")
        elif not self.described:
            yield from _out_of_range(node, path, value, shape)

    def truth(self, node: Node, name: str, path: Path) -> Iterator[ServiceProblem]:
        """True or false; templates may write it as text."""
        del name
        if node.kind == "scalar" and isinstance(node.value, bool):
            return
        if not (node.kind == "scalar" and self.loose and str(node.value) in _TRUTHS):
            yield from _not(node, path, "true or false")

    def text(self, node: Node, name: str, path: Path) -> Iterator[ServiceProblem]:
        """A text of its length and form, or one of a list of words."""
        shape = self.model.shapes[name]
        if node.kind == "text":
            yield from partly_known(node, shape, path)
        elif node.kind != "scalar" or not (self.loose or isinstance(node.value, str)):
            yield from _not(node, path, "text")
        elif "enum" not in shape:
            yield from text_problems(as_text(node.value), shape, node, path)
        elif as_text(node.value) not in shape["enum"] and not name.endswith("InstanceType"):
            yield self._unknown_value(node, shape["enum"], path)

    def _unknown_value(self, node: Node, values: Sequence[str], path: Path) -> ServiceProblem:
        text = as_text(node.value)
        near = nearest(text, values)
        message = f"{quoted(node.value)} is no value of {last_name(path)}: {', '.join(values[:8])}"
        message += f" … ({len(values)} values)" if len(values) > 8 else ""
        severity = "error"
        if _is_other_version(text, values) or not (near or len(values) < _FEW_VALUES):
            message += f"; a newer service model than {self.model.version} may know it"
            severity = "warning"
        return ServiceProblem(
            "unknown-value", message, node, path, severity=severity, suggestion=near
        )


_READINGS: Mapping[str, Callable[[_ServiceWalk, Node, str, Path], Iterator[ServiceProblem]]] = {
    "structure": _ServiceWalk.structure,
    "list": _ServiceWalk.list,
    "map": _ServiceWalk.map,
    "integer": _ServiceWalk.number,
    "long": _ServiceWalk.number,
    "float": _ServiceWalk.number,
    "double": _ServiceWalk.number,
    "boolean": _ServiceWalk.truth,
    "string": _ServiceWalk.text,
    "blob": lambda *_: iter(()),  # of which a file can hold several forms, as of times
    "timestamp": lambda *_: iter(()),
}


def _not(node: Node, path: Path, expected: str) -> Iterator[ServiceProblem]:
    """A value of another type; what only the deployment knows is left alone."""
    if node.kind in ("reference", "text"):
        return
    found = {"map": "an object", "list": "a list"}.get(node.kind) or quoted(node.value)
    message = f"{last_name(path)} is {found}; {expected} is expected"
    yield ServiceProblem("wrong-type", message, node, path)


def _entries(node: Node, path: Path, count: int, bound: str) -> ServiceProblem:
    message = f"{last_name(path)} has {count} entries; {bound}"
    return ServiceProblem("wrong-length", message, node, path)


def _out_of_range(node: Node, path: Path, value: float, shape: Shape) -> Iterator[ServiceProblem]:
    for bound, broken, words in (
        ("min", value < shape.get("min", value), "at least"),
        ("max", value > shape.get("max", value), "at most"),
    ):
        if broken:
            message = f"{last_name(path)} is {node.value}; it must be {words} {shape[bound]}"
            yield ServiceProblem("out-of-range", message, node, path, suggestion=str(shape[bound]))


def _is_other_version(text: str, values: Sequence[str]) -> bool:
    """Whether a word differs from a listed one by its numbers only, as the next version's will."""
    shape = _NUMBERS.sub("#", text)
    return shape != text and any(_NUMBERS.sub("#", value) == shape for value in values)
