"""CloudFormation's functions: a template's values as they are in one world of its conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import repeat

from advisor.configuration.document import Hidden, Mark, Node, Reference, unknown
from advisor.configuration.partial_texts import all_of, any_of, as_text, joined, joined_by, negated
from advisor.model.value import Value

NO_VALUE = Node("unknown", Hidden("AWS::NoValue", maybe_absent=True), Mark("", 0, 0))
"""Stands for a property that is taken out; it never reaches a resource."""

_PLACE = re.compile(r"\$\{([^{}]*)\}")
_DYNAMIC = re.compile(r"\{\{resolve:[^{}]*\}\}")


class TemplateValues(Value):
    """The sections of a template that values are looked up in."""

    parameters: Mapping[str, Node]
    mappings: Mapping[str, Node]
    conditions: Mapping[str, Node]
    resources: Mapping[str, Node]


class Resolver:
    """Resolves values in one world: parameters with values, conditions true or false."""

    def __init__(
        self, template: TemplateValues, values: Mapping[str, Node], region: str = ""
    ) -> None:
        self.template = template
        self.values = values
        self.region = region
        self._truth: dict[str, bool | None] = {}

    def resolve(self, node: Node) -> Node:
        """A value without functions; what is not settled is unknown, a reference, or in parts."""
        if node.kind == "map":
            if len(node.value) == 1:
                name, argument = next(iter(node.value.items()))
                function = _FUNCTIONS.get(name)
                if function is not None:
                    return function(self, argument, node.mark).under(node.key)
                if name.startswith("Fn::"):
                    return unknown(f"{name} is not followed", node.mark).under(node.key)
            return node._replace(value=self._members(node))
        if node.kind == "list":
            items = (self.resolve(item) for item in node.value)
            return node._replace(value=[item for item in items if not is_no_value(item)])
        if node.kind == "scalar" and isinstance(node.value, str) and "{{resolve:" in node.value:
            hole = unknown("a dynamic reference", node.mark)
            filled = _in_turn(_DYNAMIC.split(node.value), repeat(hole))
            return joined(filled, node.mark).under(node.key)
        return node

    def condition(self, name: str) -> bool | None:
        """Whether a condition is true in this world; ``None`` where nothing settles it."""
        if name not in self._truth:
            self._truth[name] = None  # a condition that refers to itself stays open
            node = self.template.conditions.get(name)
            self._truth[name] = None if node is None else self.truth(node)
        return self._truth[name]

    def truth(self, node: Node) -> bool | None:
        """The value of a condition's expression."""
        if node.kind != "map" or len(node.value) != 1:
            return None
        name, argument = next(iter(node.value.items()))
        if name == "Condition" and argument.kind == "scalar":
            return self.condition(str(argument.value))
        parts = argument.items()
        if name == "Fn::Equals" and len(parts) == 2:
            return _equal(self.resolve(parts[0]), self.resolve(parts[1]))
        answers = [self.truth(part) for part in parts]
        if name == "Fn::Not" and len(answers) == 1:
            return negated(answers[0])
        return (
            all_of(answers) if name == "Fn::And" else any_of(answers) if name == "Fn::Or" else None
        )

    def _members(self, node: Node) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for key, value in node.value.items():
            if key.startswith("Fn::"):
                found[key] = unknown(f"{key} is not followed", value.mark, maybe_absent=True)
                continue
            resolved = self.resolve(value)
            if not is_no_value(resolved):
                found[key] = resolved
        return found

    def ref(self, argument: Node, mark: Mark) -> Node:
        """``Ref``: a parameter's value, or a reference to a resource."""
        name = str(argument.value)
        if name == "AWS::NoValue":
            return NO_VALUE
        if name == "AWS::Region" and self.region:
            return Node("scalar", self.region, mark)
        if name in self.values:
            return self.values[name]
        if name.startswith("AWS::"):
            return unknown(f"Ref to {name}", mark)
        return Node("reference", Reference(name, "Ref"), mark)  # to nothing, where it has no such

    def get_attribute(self, argument: Node, mark: Mark) -> Node:
        """``Fn::GetAtt``: an attribute of another resource, compared as a reference."""
        if argument.kind == "list":
            parts = [str(item.value) for item in argument.items()]
        else:
            parts = str(argument.value).split(".", 1)
        if len(parts) != 2:
            return unknown("Fn::GetAtt of something computed", mark)
        return Node("reference", Reference(parts[0], parts[1]), mark)

    def choose(self, argument: Node, mark: Mark) -> Node:
        """``Fn::If``: one of two values, as the world has it."""
        parts = argument.items()
        if len(parts) != 3:
            return unknown("Fn::If without three parts", mark, maybe_absent=True)
        truth = self.condition(str(parts[0].value))
        if truth is None:
            return unknown(f"the condition {parts[0].value} is open", mark, maybe_absent=True)
        return self.resolve(parts[1] if truth else parts[2])

    def substitute(self, argument: Node, mark: Mark) -> Node:
        """``Fn::Sub``: a text with places to fill."""
        parts = argument.items()
        text = parts[0] if parts else argument
        own = parts[1].value if len(parts) == 2 and parts[1].kind == "map" else {}
        if text.kind != "scalar":
            return unknown("Fn::Sub of something computed", mark)
        pieces = _PLACE.split(str(text.value))
        filled = (self._filling(name, own, mark) for name in pieces[1::2])
        return joined(_in_turn(pieces[::2], filled), mark)

    def _filling(self, name: str, own: Mapping[str, Node], mark: Mark) -> Node | str:
        if name.startswith("!"):
            return f"${{{name[1:]}}}"
        if name in own:
            return self.resolve(own[name])
        if "." in name:
            target, attribute = name.split(".", 1)
            return Node("reference", Reference(target, attribute), mark)
        return self.ref(Node("scalar", name, mark), mark)

    def join(self, argument: Node, mark: Mark) -> Node:
        """``Fn::Join``: a list put together."""
        parts = argument.items()
        listed = self.resolve(parts[1]) if len(parts) == 2 else None
        if listed is None or listed.kind != "list" or parts[0].kind != "scalar":
            return unknown("Fn::Join of something computed", mark)
        return joined_by(str(parts[0].value), listed.items(), mark)

    def find_in_map(self, argument: Node, mark: Mark) -> Node:
        """``Fn::FindInMap`` where map and both keys are known."""
        keys = [self.resolve(item) for item in argument.items()[:3]]
        if len(keys) != 3 or any(key.kind != "scalar" for key in keys):
            return unknown("Fn::FindInMap with a key that is not known", mark)
        node: Node | None = self.template.mappings.get(str(keys[0].value))
        for key in keys[1:]:
            node = node.get(str(key.value)) if node is not None else None
        if node is None:
            return unknown("Fn::FindInMap finds nothing", mark)
        return node._replace(via=f"mapping {keys[0].value}")

    def select(self, argument: Node, mark: Mark) -> Node:
        """``Fn::Select`` of a list that is known."""
        parts = argument.items()
        index = as_text(parts[0].value) if len(parts) == 2 else ""
        listed = self.resolve(parts[1]) if len(parts) == 2 else None
        if listed is None or listed.kind != "list" or not index.isdigit():
            return unknown("Fn::Select of something computed", mark)
        items = listed.items()
        certain = all(item.kind != "unknown" for item in items[: int(index) + 1])
        if certain and int(index) < len(items):
            return items[int(index)]
        return unknown("Fn::Select of something computed", mark)

    def split(self, argument: Node, mark: Mark) -> Node:
        """``Fn::Split`` of a text that is known."""
        parts = argument.items()
        text = self.resolve(parts[1]) if len(parts) == 2 else None
        if text is None or text.kind != "scalar" or not str(parts[0].value):
            return unknown("Fn::Split of something computed", mark)
        pieces = as_text(text.value).split(str(parts[0].value))
        return Node("list", [Node("scalar", piece, text.mark) for piece in pieces], mark)


def is_no_value(node: Node) -> bool:
    """Whether a value is AWS::NoValue: the property is not there."""
    return node.value is NO_VALUE.value


def _in_turn(texts: Sequence[str], between: Iterable[Node | str]) -> Iterator[Node | str]:
    """Texts with one of some values between each two."""
    for text, value in zip(texts[:-1], between, strict=False):
        yield from (text, value)
    yield from texts[-1:]


def _equal(one: Node, other: Node) -> bool | None:
    if one.kind == "scalar" and other.kind == "scalar":
        return as_text(one.value) == as_text(other.value)
    if one.kind == other.kind == "reference" and one.value == other.value:
        return True
    for left, right in ((one, other), (other, one)):
        if left.kind == "unknown" and left.value.other and right.kind == "scalar":
            return False
    return None


_FUNCTIONS: Mapping[str, Callable[[Resolver, Node, Mark], Node]] = {
    "Ref": Resolver.ref,
    "Fn::GetAtt": Resolver.get_attribute,
    "Fn::If": Resolver.choose,
    "Fn::Sub": Resolver.substitute,
    "Fn::Join": Resolver.join,
    "Fn::FindInMap": Resolver.find_in_map,
    "Fn::Select": Resolver.select,
    "Fn::Split": Resolver.split,
}
