"""Checks of models: their containers among themselves, and with the endpoints that use them."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.configuration.document import Node, Path
from advisor.configuration.rulefiles import read_json_rules
from advisor.gate.rules.view import HIDDEN, Fault, View, containers, known_text, text_of, twins

LARGEST_ENVIRONMENT = 32 * 1024
"""Bytes of all keys and values of all containers together; see the check environment-too-large."""


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
    modes = (((*path, "Mode"), each.get("Mode")) for path, each in containers(view.resource))
    for path, node, twin in twins(modes):
        if text_of(node) == "MultiModel":
            yield Fault(node, path, related=(twin,))


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


def secret_variable(view: View) -> Iterator[Fault]:
    """A variable of a container holds what looks like a secret; the value is not repeated."""
    from advisor.text.secrets import secret  # few models have variables

    for path, container in containers(view.resource):
        environment = container.get("Environment")
        if environment is None or environment.kind != "map":
            continue
        table = read_json_rules("service", "secrets.json")
        for name, value in environment.value.items():
            whole = value.kind == "scalar"  # of a text with unknown parts, the shape alone tells
            known = text_of(value) if whole else known_text(value).replace(HIDDEN, " ")
            what = secret(table, name if whole else "", known or "")
            if what:
                message, at = f"{name} looks like {what}", (*path, "Environment", name)
                yield Fault(value, at, message, secret=True)
