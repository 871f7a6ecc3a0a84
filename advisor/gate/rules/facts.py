"""Facts that checks ask for by name, each with the place that it comes from."""

from __future__ import annotations

from advisor.configuration.document import Node, Path, Resource, Step
from advisor.model.value import Value


class Place(Value):
    """Where a value stands."""

    resource: Resource
    path: Path = ()
    node: Node

    def inner(self, node: Node, *steps: Step) -> Place:
        """The place of a value within this one."""
        return self._replace(path=(*self.path, *steps), node=node)


def whole(resource: Resource) -> Place:
    """The place of all values of a resource."""
    return Place(resource=resource, node=resource.body)


class FactSheet:
    """What is known of one thing: facts by name, and where each comes from.

    A fact that an open value decides is left out, so that no condition on it holds.
    """

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self.facts: dict[str, Node] = {}

    def state(self, place: Place, **facts: str | int | None) -> None:
        """Add facts of a place; those that are ``None`` are not known."""
        mark = place.node.place if place.node.kind in ("map", "list") else place.node.mark
        for name, value in facts.items():
            if value is not None:
                self.places[name] = place
                self.facts[name] = place.node._replace(kind="scalar", value=value, mark=mark)
