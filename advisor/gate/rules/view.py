"""What a predicate in Python gets to see, and what it answers with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from advisor.configuration.api.service import ServiceModel
from advisor.configuration.document import Node, Path, Reference, Resource, World
from advisor.configuration.partial_texts import number
from advisor.gate.settings import Organisation
from advisor.model.value import Value


class Fault(NamedTuple):
    """One place where a check found what it looks for."""

    node: Node
    path: Path
    message: str = ""  # the check's own message when empty
    suggestion: str = ""
    at_key: bool = False
    severity: str = ""  # the check's own when empty
    related: tuple[Node, ...] = ()  # other values that the fault lies in
    secret: bool = False  # neither the value nor its line may be repeated


class View(Value):
    """A resource among the others of its document, in one world of its conditions."""

    resource: Resource
    world: World
    service: ServiceModel
    region: str  # where it is deployed; empty when that is not certain
    organisation: Organisation = Organisation()

    def variants(self, resource: Resource | None = None) -> Iterator[tuple[Path, Node]]:
        """Production variants, then shadow variants, of an endpoint configuration."""
        return variants_of(resource or self.resource)

    @property
    def body(self) -> Node:
        """The resource's values."""
        return self.resource.body

    def model_of(self, variant: Node) -> Resource | None:
        """The model of a variant, where the document makes it."""
        return self.world.meant_by(variant.get("ModelName"), "Model", "ModelName")

    def config_of(self, endpoint: Resource) -> Resource | None:
        """The configuration of an endpoint, where the document makes it."""
        return self.world.meant_by(
            endpoint.body.get("EndpointConfigName"), "EndpointConfig", "EndpointConfigName"
        )


def variants_of(config: Resource) -> Iterator[tuple[Path, Node]]:
    """Production variants, then shadow variants, of an endpoint configuration."""
    for name in ("ProductionVariants", "ShadowProductionVariants"):
        for index, item in enumerate(config.body.items(name)):
            if item.kind == "map":
                yield (name, index), item


def containers(resource: Resource) -> list[tuple[Path, Node]]:
    """The containers of a model, the primary one first, or that of an inference component."""
    body, found = resource.body, list[tuple[Path, Node]]()
    for path in (("PrimaryContainer",), ("Specification", "Container")):
        node = body.at(*path)
        if node is not None:
            found.append((path, node))
    found += [(("Containers", n), item) for n, item in enumerate(body.items("Containers"))]
    return [each for each in found if each[1].kind == "map"]


def text_of(node: Node | None) -> str | None:
    """The text of a plain value; ``None`` when it is absent or not known."""
    return str(node.value) if node is not None and node.kind == "scalar" else None


HIDDEN = "\0"
"""Stands in a text for a part that is not known."""


def known_text(node: Node) -> str:
    """What is known of a value that is a text; empty for any other."""
    parts = node.value if node.kind == "text" else (text_of(node) or "",)
    return "".join(part if isinstance(part, str) else HIDDEN for part in parts)


def number_of(node: Node | None) -> int | float | None:
    """The number that a plain value writes; ``None`` when it is absent, not known or none."""
    return number(text_of(node) or "")


def above(
    one: Node | None, other: Node | None
) -> Iterator[tuple[Node, int | float, Node, int | float]]:
    """Two values with their numbers, where the first is certainly above the second."""
    value, bound = number_of(one), number_of(other)
    if one is None or other is None or value is None or bound is None:
        return
    if value > bound:
        yield one, value, other, bound


def same_value(one: Node | None, other: Node | None) -> bool:
    """Whether two values are certainly the same: equal scalars, or the same reference."""
    if one is None or other is None or one.kind != other.kind:
        return False
    if one.kind == "text":
        return one.value == other.value and all(
            isinstance(part, str | Reference) for part in one.value
        )
    return one.kind in ("scalar", "reference") and bool(one.value == other.value)


def twins(found: Iterable[tuple[Path, Node | None]]) -> Iterator[tuple[Path, Node, Node]]:
    """The values that are certainly the same as an earlier one, each with that one."""
    seen: list[Node] = []
    for path, node in found:
        if node is not None:
            twin = next((other for other in seen if same_value(node, other)), None)
            if twin is not None:
                yield path, node, twin
            seen.append(node)


def no_such_variant(node: Node, path: Path, name: str, variants: Iterable[Node]) -> Iterator[Fault]:
    """That a name is none of some variants', where all of their names are known."""
    names = [text_of(variant.get("VariantName")) for variant in variants]
    known = ", ".join(each for each in names if each)
    if names and None not in names and name not in names:
        message = f"the configuration has no variant {name!r}; it has {known}"
        only = known if len(names) == 1 else ""
        yield Fault(node, path, message, suggestion=only)
