"""Checks of endpoint configurations: parts against each other, and against the models they name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from advisor.configuration.document import Node, Path, Resource, walk
from advisor.configuration.rulefiles import of_fields, read_json_rules
from advisor.gate.rules.view import Fault, View, same_value, text_of, twins


def instance_type(view: View) -> Iterator[Fault]:
    """Instance types that the operation does not take."""
    batch = view.resource.kind == "TransformJob"
    allowed = view.service.enum(
        "TransformInstanceType" if batch else "ProductionVariantInstanceType"
    )
    if all(text_of(node) in allowed for _, node in instance_types(view.resource)):
        return
    from advisor.gate.rules.named_types import judged  # only once something is wrong

    yield from judged(view, instance_types(view.resource), "misnamed", view.region)


def instance_types(resource: Resource) -> Iterator[tuple[Path, Node]]:
    """Every instance type that a configuration or job names."""
    return named(resource.body, "InstanceType")


def repeated_variant_name(view: View) -> Iterator[Fault]:
    """Two variants with the same name, production and shadow together."""
    found = (((*path, "VariantName"), each.get("VariantName")) for path, each in view.variants())
    for path, name, twin in twins(found):
        message = f"another variant has the name {text_of(name) or 'the same'} too"
        yield Fault(name, path, message, related=(twin,))


def alike_variants(view: View) -> Iterator[Fault]:
    """Two production variants that serve one model on one kind of capacity: a canary of nothing."""
    seen: list[tuple[Node, Node]] = []
    for path, variant in view.variants():
        model = variant.get("ModelName")
        if model is None or path[0] != "ProductionVariants":
            continue
        for other, other_model in seen:
            if same_value(model, other_model) and _same_capacity(variant, other):
                yield Fault(model, (*path, "ModelName"), related=(other_model,))
                break
        seen.append((variant, model))


_CAPACITY = ("InstanceType", "InstancePools", "ServerlessConfig", "InferenceAmiVersion")


def _same_capacity(one: Node, other: Node) -> bool:
    """Whether two variants run on the same, if only on what the same name hides."""
    return all(_same(one.get(field), other.get(field)) for field in _CAPACITY)


def _same(left: Node | None, right: Node | None) -> bool:
    if left is None or right is None:
        return left is right
    unknown = left.kind == right.kind == "unknown" and left.value == right.value
    return unknown or same_value(left, right)


def all_weights_zero(view: View) -> Iterator[Fault]:
    """Every production variant has weight 0, so no request has a place to go."""
    weights = [each.get("InitialVariantWeight") for each in view.body.items("ProductionVariants")]
    if weights and weights[0] and all(text_of(node) in ("0", "0.0") for node in weights):
        yield Fault(weights[0], ("ProductionVariants", 0, "InitialVariantWeight"))


def repeated_pool(view: View) -> Iterator[Fault]:
    """Two instance pools of a variant with the same priority or the same type."""
    for path, variant in view.variants():
        for field in ("Priority", "InstanceType"):
            pools = enumerate(variant.items("InstancePools"))
            found = (((*path, "InstancePools", n, field), pool.get(field)) for n, pool in pools)
            for where, node, _ in twins(found):
                message = f"two instance pools have the {field} {text_of(node) or ''}".rstrip()
                yield Fault(node, where, message)


def repeated_tag(view: View) -> Iterator[Fault]:
    """A tag key that stands twice; the service refuses the request."""
    tags = enumerate(view.body.items("Tags"))
    for path, key, _ in twins((("Tags", index, "Key"), tag.get("Key")) for index, tag in tags):
        yield Fault(key, path, f"the tag {text_of(key)!r} is repeated")


def key_form(view: View) -> Iterator[Fault]:
    """A KMS key that is none of: key id, key ARN, alias, alias ARN."""
    form = read_json_rules("service", "forms.json")["forms"]["kms_key"]["pattern"]
    for path, node in named(view.body, "KmsKeyId", "VolumeKmsKeyId"):
        text = text_of(node)
        if text and not re.fullmatch(form, text):
            yield Fault(
                node,
                path,
                f"{text!r} is no KMS key; expected a key id, a key ARN, alias/… or an alias ARN",
            )


def named(body: Node, *names: str) -> Iterator[tuple[Path, Node]]:
    """Every value under one of some names, at any depth, with its path."""
    for path, node in walk(body):
        if path and path[-1] in names and not node.is_null:
            yield path, node


_ARNS = ("Ref", "arn", "Arn", "ModelArn", "EndpointConfigArn", "EndpointArn")


def arn_as_name(view: View) -> Iterator[Fault]:
    """What gives an ARN (CloudFormation's Ref, Terraform's arn) where the API takes a name."""
    for field, kind in of_fields("names")[view.resource.kind]:
        for path, node in named(view.body, field):
            if node.kind == "scalar" and str(node.value).startswith("arn:"):
                name = str(node.value).rsplit("/", 1)[-1]
                yield Fault(node, path, f"{field} is an ARN; expected a name", suggestion=name)
            if node.kind != "reference" or node.value.attribute not in _ARNS:
                continue
            target = view.world.find(node.value.target)
            if target is None or target.kind != kind:
                continue
            if target.dialect in ("terraform", "plan"):
                right = f"{node.value.within}.name"
            else:
                right = f"!GetAtt {target.identity}.{field}"
            given = f"Ref {target.identity}" if node.value.attribute == "Ref" else str(node.value)
            yield Fault(
                node, path, f"{given} gives the ARN; {field} takes the name", suggestion=right
            )


def _fixed_name(view: View) -> Node | None:
    """The configuration's name where it is written out, so that a changed one has the same."""
    node = view.body.get("EndpointConfigName")
    return node if view.resource.lifecycle.get("name_written_out") else None


_HASHED = re.compile(r"-(?!(?:19|20)\d{6}$)[0-9a-f]{8}$")  # as sm-advise ends its own; no date


def name_kept(view: View) -> Iterator[Fault]:
    """``create_before_destroy`` with a name that the configuration before it still has."""
    node = _fixed_name(view)
    if node is None or _HASHED.search(str(node.value)):
        return
    if view.resource.lifecycle.get("create_before_destroy"):
        yield Fault(node, ("EndpointConfigName",))


def destroyed_first(view: View) -> Iterator[Fault]:
    """A configuration that goes before its successor is there."""
    node = _fixed_name(view)
    if node is not None and not view.resource.lifecycle.get("create_before_destroy"):
        yield Fault(node, ("EndpointConfigName",))
