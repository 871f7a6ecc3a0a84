"""Checks of names that a template takes from its own resources."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.configuration.api.service import TERRAFORM_KINDS
from advisor.configuration.document import Node, Path
from advisor.configuration.rulefiles import of_fields
from advisor.configuration.terraform.names import tree_of
from advisor.gate.rules.predicates.endpoint import named
from advisor.gate.rules.view import Fault, View
from advisor.text.spelling import nearest

_MOST_NAMES = 1000
"""Names among which a misspelt one is looked for."""
_FROM_OUTSIDE = ("data.", "module.", "random_", "null_", "terraform_")


def _references(view: View) -> Iterator[tuple[Path, Node, str]]:
    """Path and reference of each name of another resource, with the kind that it should be of."""
    for field, kind in of_fields("names")[view.resource.kind]:
        for path, node in named(view.body, (field,), ()):
            if node.kind == "reference":
                yield path, node, kind


def other_kind(view: View) -> Iterator[Fault]:
    """A reference to a resource that is certainly of another kind than the field names."""
    for path, node, kind in _references(view):
        target = view.world.find(node.value.target)
        found = target.kind if target is not None else _kind_by_name(node.value.within)
        if found and found != kind:
            words = of_fields("called")
            known, other = words.get(kind, kind), words.get(found, found)
            message = f"{path[-1]} takes the name of {known}; {node.value.within} is {other}"
            others = [resource.identity for resource in view.world.of_kind(kind)]
            yield Fault(node, path, message, suggestion=others[0] if len(others) == 1 else "")


def _kind_by_name(target: str) -> str:
    """The kind that a Terraform address names; empty where it names none of ours."""
    return TERRAFORM_KINDS.get(target.partition(".")[0], "")


def missing(view: View) -> Iterator[Fault]:
    """A reference to a resource that the template, or the folder, does not have."""
    declared = view.world.declared
    for path, node, kind in _references(view):
        module = node.value.target.removesuffix(node.value.within)
        target = node.value.within.partition("[")[0]
        if not declared or module + target in declared or target.startswith(_FROM_OUTSIDE):
            continue
        if view.resource.dialect == "terraform" and _kind_by_name(target) != kind:
            continue
        message = f"{target} does not exist here"
        severity = "error" if view.resource.dialect == "cloudformation" else "warning"
        near = nearest(target, sorted(declared)) if len(declared) <= _MOST_NAMES else ""
        yield Fault(node, path, message, suggestion=near, severity=severity)


def no_attribute(view: View) -> Iterator[Fault]:
    """A reference to something that a resource of its kind does not have."""
    for path, node, kind in _references(view):
        target = view.world.find(node.value.target)
        if target is None or target.kind != kind:
            continue
        known = _attributes(view, kind)
        if node.value.attribute not in known:
            message = f"{of_fields('called')[kind]} has no attribute {node.value.attribute}"
            if not node.value.attribute:
                message = f"{node.value.within} is the whole resource; {path[-1]} takes its name"
            terraform = view.resource.dialect != "cloudformation"
            right = "name" if terraform else str(path[-1])
            yield Fault(node, path, message, suggestion=f"{node.value.within}.{right}")


def _attributes(view: View, kind: str) -> frozenset[str]:
    """What a reference to a resource of a kind may name."""
    if view.resource.dialect == "cloudformation":
        fields = view.service.shapes[view.service.kinds[kind]]["members"]
        return frozenset({*fields, "Ref", "Arn", "Id", f"{kind}Arn"})
    tree = tree_of(kind)
    names = (*tree["arguments"], *tree.get("blocks", ())) if tree is not None else ()
    return frozenset({*names, "arn", "id", "name", "tags_all"})


def name_as_arn(view: View) -> Iterator[Fault]:
    """The name of a role or a topic where the field takes its ARN."""
    for path, node in named(view.body, _ARN_FIELDS, ()):
        if node.kind != "reference":
            continue
        target, attribute = node.value.within, node.value.attribute
        address = target.partition("[")[0]
        kind = view.world.declared.get(address) or address.removeprefix("data.").partition(".")[0]
        names, right = of_fields("not_arns").get(kind, ((), ""))
        if attribute in names:
            given = f"Ref {target}" if attribute == "Ref" else str(node.value)
            meant = f"{target}.{right}"
            if view.resource.dialect == "cloudformation":
                meant = f"!GetAtt {meant}"
            yield Fault(
                node, path, f"{given} is not an ARN; {path[-1]} takes the ARN", suggestion=meant
            )


_ARN_FIELDS = ("ExecutionRoleArn", "RoleARN", "SuccessTopic", "ErrorTopic")
