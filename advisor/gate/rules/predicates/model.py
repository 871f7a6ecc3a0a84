"""Checks of models: their containers among themselves, and with the endpoints that use them."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.configuration.document import Node, Path, Resource
from advisor.gate.rules.view import Fault, View, containers, text_of, twins
from advisor.text.spelling import misspelt

Places = Iterator[tuple[Path, Node]]

LARGEST_ENVIRONMENT = 32 * 1024
"""Bytes of all keys and values of all containers together; see the check environment-too-large."""


def multi_model(model: Resource) -> Places:
    """The mode of each container that loads many models from one prefix."""
    for path, container in containers(model):
        mode = container.get("Mode")
        if mode is not None and text_of(mode) == "MultiModel":
            yield (*path, "Mode"), mode


def pipeline(model: Resource) -> Places:
    """A list of more than one container."""
    listed = model.body.get("Containers")
    if listed is not None and len(listed.items()) > 1:
        yield ("Containers",), listed


def host_names(view: View) -> Iterator[Fault]:
    """Containers that are called directly, or named in part, need a host name each of their own."""
    listed = [found for found in containers(view.resource) if found[0][0] == "Containers"]
    some = any(container.get("ContainerHostname") is not None for _, container in listed)
    mode = view.body.at("InferenceExecutionConfig", "Mode")
    if text_of(mode) != "Direct" and not some:
        return
    nameless = [found for found in listed if found[1].get("ContainerHostname") is None]
    if nameless:
        path, container = nameless[0]
        message = (
            f"{len(nameless)} of {len(listed)} containers have no ContainerHostname; first this"
        )
        rest = tuple(other for _, other in nameless[1:])
        yield Fault(container, path, message, at_key=True, related=rest)
    names = (((*path, "ContainerHostname"), c.get("ContainerHostname")) for path, c in listed)
    for path, name, _ in twins(names):
        yield Fault(name, path, f"two containers are called {text_of(name) or 'the same'}")


def several_multi_model(view: View) -> Iterator[Fault]:
    """More than one container of a pipeline loads many models."""
    found = list(multi_model(view.resource))
    for path, node in found[1:]:
        yield Fault(node, path, related=(found[0][1],))


def large_environment(view: View) -> Iterator[Fault]:
    """The environments of all containers together are above the bound."""
    total = 0
    last: tuple[Path, Node] | None = None
    for path, container in containers(view.resource):
        environment = container.get("Environment")
        if environment is None or environment.kind != "map":
            continue
        last = (*path, "Environment"), environment
        for key, value in environment.value.items():
            total += len(key.encode()) + len((text_of(value) or "").encode())
    if last is not None and total > LARGEST_ENVIRONMENT:
        message = f"the environments have {total:,} bytes; expected at most {LARGEST_ENVIRONMENT:,}"
        yield Fault(last[1], last[0], message, at_key=True)


def empty_container(view: View) -> Iterator[Fault]:
    """A container that names neither an image nor a model package."""
    for path, container in containers(view.resource):
        hidden = any(key.startswith("Fn::") for key in container.value)  # a function makes more
        if (
            not hidden
            and not misspelt("Image", container.value, view.service.fields)
            and container.get("Image") is None
            and container.get("ModelPackageName") is None
        ):
            yield Fault(container, path, at_key=True)
