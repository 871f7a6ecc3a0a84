"""Checks against the organisation's own file: families, quotas, tags, subnets, needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from advisor.configuration.document import Node, Path
from advisor.configuration.rulefiles import of_fields
from advisor.gate.rules.instances import family
from advisor.gate.rules.predicates.endpoint import instance_types
from advisor.gate.rules.view import Fault, View, number_of, text_of
from advisor.gate.settings import CONCURRENCY


def family_not_allowed(view: View) -> Iterator[Fault]:
    """An instance type of a family that is not on the organisation's list."""
    allowed = view.organisation.families
    for path, node in instance_types(view.resource) if allowed else ():
        text = text_of(node)
        if text is not None and family(text) not in allowed:
            message = f"{family(text)} is not allowed; use {', '.join(allowed)}"
            yield Fault(node, path, message)


def above_quota(view: View) -> Iterator[Fault]:
    """More instances of a type, or more serverless concurrency, than the account may have."""
    quotas = view.organisation.quotas
    if not quotas:
        return
    found: list[tuple[str | None, Node | None, Path]] = []
    for path, variant in view.variants():
        count, name = variant.get("InitialInstanceCount"), text_of(variant.get("InstanceType"))
        serverless = variant.get("ServerlessConfig")
        if serverless is None:
            found.append((name, count, (*path, "InitialInstanceCount")))
        else:
            most = serverless.get("MaxConcurrency")
            found.append((CONCURRENCY, most, (*path, "ServerlessConfig")))
    where: Path = ("TransformResources", "InstanceCount")
    name = text_of(view.body.at("TransformResources", "InstanceType"))
    found.append((name, view.body.at("TransformResources", "InstanceCount"), where))
    wanted: Counter[str] = Counter()
    nodes: dict[str, tuple[Node, Path]] = {}
    for name, count, where in found:
        amount = number_of(count)
        if name is not None and count is not None and amount is not None:
            wanted[name] += int(amount)
            nodes[name] = (count, where)
    for name, total in wanted.items():
        if name in quotas and total > quotas[name]:
            node, where = nodes[name]
            message = (
                f"the configurations need {total} of {name}; the account's quota is {quotas[name]}"
            )
            yield Fault(node, where, message)


def tag_missing(view: View) -> Iterator[Fault]:
    """A tag that every resource carries."""
    tags = view.body.get("Tags")
    if tags is not None and tags.kind != "list":
        return
    items = view.body.items("Tags")
    if any(item.kind != "map" or text_of(item.get("Key")) is None for item in items):
        return
    given = {text_of(item.get("Key")) for item in items}
    for key in view.organisation.tags:
        if key not in given:
            message = f"the tag {key} is missing"
            yield Fault(tags or view.body, ("Tags",), message, at_key=True)


def subnet_foreign(view: View) -> Iterator[Fault]:
    """A subnet that the organisation's file does not list."""
    allowed = view.organisation.subnets
    for index, node in enumerate(view.body.items("VpcConfig", "Subnets")):
        text = text_of(node)
        if text is not None and allowed and text not in allowed:
            yield Fault(node, ("VpcConfig", "Subnets", index), f"{text} is not an allowed subnet")


def need_missing(view: View) -> Iterator[Fault]:
    """Something that the organisation needs everywhere and that this resource does not carry."""
    for need in view.organisation.needs:
        kind, field = of_fields("needs").get(need, ("", ""))
        node = view.body.value.get(field)
        if kind == view.resource.kind and (node is None or text_of(node) == "False"):
            message = f"the organisation requires {need}: {field}"
            yield Fault(view.body, (field,), message, at_key=True)
