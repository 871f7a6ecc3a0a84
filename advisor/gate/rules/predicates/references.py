"""Checks of names that a template takes from its own resources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.configuration.api.service import CLOUDFORMATION_KINDS, SCALING, TERRAFORM_KINDS
from advisor.configuration.document import Node, Path, Reference, walk
from advisor.configuration.rulefiles import of_fields
from advisor.configuration.terraform.names import AWSCC, tree_of
from advisor.gate.rules.predicates.endpoint import named
from advisor.gate.rules.view import Fault, View, text_of
from advisor.text.spelling import nearest

_MOST_NAMES = 1000
"""Names among which a misspelt one is looked for."""
_FROM_OUTSIDE = ("data.", "module.", "random_", "null_", "terraform_")


def _references(view: View) -> Iterator[tuple[Path, Node, str]]:
    """Path and reference of each name of another resource, with the kind that it should be of."""
    for field, kind in of_fields("names").get(view.resource.kind, ()):
        for path, node in named(view.body, field):
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
    """A name of a resource that the template, the folder or the scene does not have."""
    if view.world.whole:
        yield from _unnamed(view)
    declared = view.world.declared
    of_template = view.resource.dialect == "cloudformation"
    for path, node, target in _targets(view) if declared else ():
        inner = Reference(target, "").within
        if target in declared or inner.startswith(_FROM_OUTSIDE):
            continue
        if of_template and _is_made_elsewhere(target, declared):
            continue
        near = nearest(target, sorted(declared)) if len(declared) <= _MOST_NAMES else ""
        # Of a template cut down to what is SageMaker's, roles and networks are elsewhere.
        fields = [field for field, _ in of_fields("names").get(view.resource.kind, ())]
        cut = (
            not near
            and path[-1] not in fields
            and CLOUDFORMATION_KINDS.keys() >= {*declared.values()}
        )
        severity = "error" if of_template and not cut else "warning"
        message = f"{inner} does not exist here"
        yield Fault(node, path, message, suggestion=near, severity=severity)


def _targets(view: View) -> Iterator[tuple[Path, Node, str]]:
    """What a template's values refer to, anywhere; of Terraform, where it names one of ours."""
    if view.resource.dialect == "cloudformation":
        for path, node in walk(view.body):
            pieces = node.value if node.kind == "text" else (node.value,)
            for piece in pieces:
                if isinstance(piece, Reference):
                    yield path, node, piece.target
        return
    for path, node, kind in _references(view):
        whole, inner = node.value.target, node.value.within  # without the path of its module
        if view.resource.dialect != "terraform" or _kind_by_name(inner) == kind:
            yield path, node, whole.removesuffix(inner) + inner.partition("[")[0]


def _is_made_elsewhere(target: str, declared: Mapping[str, str]) -> bool:
    """Whether a name may be one that SAM, or a module, makes for what is declared."""
    makers = tuple(
        name
        for name, kind in declared.items()
        if kind.startswith("AWS::Serverless::") or kind.endswith("::MODULE")
    )
    return bool(makers) and target.startswith((*makers, "Serverless"))


def _unnamed(view: View) -> Iterator[Fault]:
    """A name that no request beside others of its kind has, where all their names are known."""
    for field, kind in of_fields("names").get(view.resource.kind, ()):
        (own,) = of_fields("known_by")[kind]
        for path, node, name in _names_of(view, field):
            if view.world.named(kind, own, (name,)) is None:
                known = [text_of(each.body.get(own)) for each in view.world.of_kind(kind)]
                others = [each for each in known if each is not None]
                if known and len(others) == len(known):
                    near = nearest(name, others) if len(known) <= _MOST_NAMES else ""
                    message = f"no {own} here is {name!r}"
                    yield Fault(node, path, message, suggestion=near, severity="warning")


def _names_of(view: View, field: str) -> Iterator[tuple[Path, Node, str]]:
    """The literal names in a field at any depth, or in the id of what scales."""
    if view.resource.kind in SCALING:
        node = view.body.get("ResourceId")
        begins, _, rest = (text_of(node) or "").partition("/")
        if node is not None and begins == field:
            yield ("ResourceId",), node, rest.partition("/")[0]
        return
    for path, node in named(view.body, field):
        if node.kind == "scalar":
            yield path, node, str(node.value).rpartition("/")[2]


def no_attribute(view: View) -> Iterator[Fault]:
    """A reference to something that a resource of its kind does not have."""
    for path, node, kind in _references(view):
        target = view.world.find(node.value.target)
        if target is None or target.kind != kind or target.identity.startswith(AWSCC):
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


def refused_argument(view: View) -> Iterator[Fault]:
    """An argument that the AWS provider refuses."""
    for name, node, severity, message in view.resource.lifecycle.get("refused", ()):
        yield Fault(node, (name,), message, at_key=True, severity=severity)


def name_as_arn(view: View) -> Iterator[Fault]:
    """The name of a role or a topic where the field takes its ARN."""
    for path, node in named(view.body, *_ARN_FIELDS):
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
