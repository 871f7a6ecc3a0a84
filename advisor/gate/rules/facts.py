"""Facts that checks ask for by name, each with its place, and where containers run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from advisor.configuration.document import Node, Path, Resource, Step, World
from advisor.gate.rules.predicates.component import config_of, host_of
from advisor.gate.rules.view import View, variants_of
from advisor.model.value import Value


class Place(Value):
    """Where a value stands."""

    resource: Resource
    path: Path = ()
    node: Node

    def inner(self, node: Node, *steps: Step) -> Place:
        """The place of a value within this one."""
        return self._replace(path=(*self.path, *steps), node=node)

    def at(self, *steps: str) -> Place | None:
        """The place of the member at a path; ``None`` where there is none."""
        found = self.node.at(*steps)
        return None if found is None else self.inner(found, *steps)


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

    def state(self, place: Place | None, **facts: str | float | None) -> None:
        """Add facts of a place; those that are ``None`` are not known."""
        if place is None:
            return
        node = place.node
        mark = node.place if node.kind in ("map", "list") else node.mark
        for name, value in facts.items():
            if value is not None:
                self.places[name] = place
                self.facts[name] = node._replace(kind="scalar", value=value, mark=mark)


Maker = Callable[[View], Iterable[FactSheet]]
_made: dict[Maker, tuple[World, dict[str, list[FactSheet]]]] = {}


def sheets_of(view: View, make: Maker) -> Sequence[FactSheet]:
    """The sheets in which a view's resource has a part; they are made once for a world."""
    world, found = _made.get(make, (None, {}))
    if world is not view.world:
        found = {}
        for sheet in make(view):
            for address in {place.resource.address for place in sheet.places.values()}:
                found.setdefault(address, []).append(sheet)
        _made[make] = (view.world, found)
    return found.get(view.resource.address, ())


class Home(Value):
    """A model or component, and what runs its containers: a variant or a transform job."""

    owner: Resource
    place: Place
    settings: Place  # what holds the time-outs, or would
    needs: Node | None = None  # what a component asks for


def homes(view: View) -> Iterator[Home]:
    """Every model and component of a world that something runs."""
    for config in view.world.of_kind("EndpointConfig"):
        for path, variant in variants_of(config):
            model, place = view.model_of(variant), whole(config).inner(variant, *path)
            if model is not None:
                yield Home(owner=model, place=place, settings=place)
    for job in view.world.of_kind("TransformJob"):
        model, resources = view.model_of(job.body), whole(job).at("TransformResources")
        if model is not None and resources is not None:
            yield Home(owner=model, place=resources, settings=whole(job))
    for component in view.world.of_kind("InferenceComponent"):
        inner, said = view._replace(resource=component), whole(component).at("Specification")
        made, host = config_of(inner), host_of(inner)
        if said is not None and made is not None and host is not None:
            settings, needs = said.at("StartupParameters"), said.at("ComputeResourceRequirements")
            for owner in (component, view.model_of(said.node)):
                if owner is not None:
                    yield Home(
                        owner=owner,
                        place=whole(made).inner(host),
                        settings=settings or said,
                        needs=(needs or said).node,
                    )
