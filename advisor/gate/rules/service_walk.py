"""A resource held against the service model, value by value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

from advisor.configuration.api.service import ServiceModel, Shape, service_model
from advisor.configuration.document import PARTIAL, Node, Path, Resource
from advisor.configuration.rulefiles import of_dialects
from advisor.configuration.scalars import as_text, number, quoted
from advisor.gate.checks import bounded_fields
from advisor.gate.rules.field_texts import (
    ServiceProblem,
    last_name,
    partly_known,
    text_problems,
)
from advisor.text.spelling import misspelt, nearest


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
    walk = _ServiceWalk(model, resource.dialect, PARTIAL in resource.lifecycle)
    yield from walk.node(resource.body, model.kinds[resource.kind], ())


class _ServiceWalk:
    def __init__(self, model: ServiceModel, dialect: str, partial: bool = False) -> None:
        self.partial = partial  # the file holds one field of the request
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
            holder = last_name(path) if path else _request(name)
            yield self._unknown_field(node.value[key], holder, shape["members"], (*path, key))
        if self.partial and not path:
            return
        for key in (*shape["required"], *self._also_required(name)):
            wrong = misspelt(key, unknown, ())
            if node.get(key) is None and not wrong and key not in self._optional(node, name):
                message = f"{key} is missing"
                yield ServiceProblem(
                    "missing-field", message, node, (*path, key), suggestion=key, at_key=True
                )

    def _also_required(self, name: str) -> Sequence[str]:
        """Fields that only this dialect asks for."""
        found: Sequence[str] = of_dialects("required").get(self.dialect, {}).get(name, ())
        return found

    def _optional(self, node: Node, name: str) -> Sequence[str]:
        """Required fields that this dialect does without."""
        if "ScalingTargetId" in node.value:
            target: Sequence[str] = of_dialects("of_the_target")
            return target
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
        if near:
            message = f"{key} is no field of {holder}"
        else:
            message = f"{key} is not a field that the service model {self.model.version} knows here"
        return ServiceProblem(
            "unknown-field",
            message,
            value,
            path,
            severity="error" if near else "warning",
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
        message = f"{quoted(node.value)} is no value of {last_name(path)}: {_words(values)}"
        severity = "error"
        if _is_other_version(text, values) or not (near or len(values) < _FEW_VALUES):
            message += f"; a newer service model than {self.model.version} may know it"
            severity = "warning"
        return ServiceProblem(
            "unknown-value", message, node, path, severity=severity, suggestion=near
        )

    def anything(self, node: Node, name: str, path: Path) -> Iterator[ServiceProblem]:
        """Bytes and times, of which a file can hold several forms."""
        del node, name, path
        yield from ()


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
    "blob": _ServiceWalk.anything,
    "timestamp": _ServiceWalk.anything,
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


def _request(shape: str) -> str:
    """The request that a shape is the input of: ``CreateModel`` for ``CreateModelInput``."""
    return shape.rpartition(":")[2].removesuffix("Input").removesuffix("Request")


def _is_other_version(text: str, values: Sequence[str]) -> bool:
    """Whether a word differs from a listed one by its numbers only, as the next version's will."""
    shape = _NUMBERS.sub("#", text)
    return shape != text and any(_NUMBERS.sub("#", value) == shape for value in values)


def _words(values: Sequence[str]) -> str:
    shown = ", ".join(values[:8])
    return shown + (f" … ({len(values)} values)" if len(values) > 8 else "")
