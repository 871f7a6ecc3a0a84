"""A folder of Terraform files as one: variables, locals, resources, and what is given for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from advisor.configuration.document import Node, unknown
from advisor.configuration.source import SourceText
from advisor.configuration.terraform import hcl_tree as hcl
from advisor.configuration.terraform.hcl_expressions import read_hcl
from advisor.configuration.terraform.hcl_values import Evaluator
from advisor.configuration.terraform.json_syntax import read_tf_json
from advisor.model.errors import InputError


class Folder(NamedTuple):
    """What the files of a folder say together."""

    variables: Mapping[str, hcl.HclBlock]
    local_values: Mapping[str, hcl.Expression]
    resources: Sequence[hcl.HclBlock]
    modules: Sequence[hcl.HclBlock]
    region: hcl.Expression | None
    given: Mapping[str, Node]  # by terraform.tfvars and *.auto.tfvars
    choices: Mapping[str, Mapping[str, Node]]  # by other .tfvars files, by name
    repeated: Sequence[tuple[hcl.Attribute, hcl.Attribute]]
    declared: Sequence[hcl.HclBlock]  # everything that a folder may declare only once


def gather(sources: Iterable[SourceText]) -> tuple[Folder, list[InputError]]:
    """The files of a folder as one, and the errors of those that could not be read."""
    blocks: list[hcl.HclBlock] = []
    given: dict[str, Node] = {}
    choices: dict[str, dict[str, Node]] = {}
    repeated: list[tuple[hcl.Attribute, hcl.Attribute]] = []
    errors: list[InputError] = []
    for source in sources:
        name = source.file.rsplit("/", 1)[-1]
        try:
            body = read_tf_json(source) if name.endswith(".json") else read_hcl(source)
        except InputError as error:
            errors.append(error)
            continue
        repeated += _repeated(body)
        if ".tfvars" not in name:
            blocks += body.blocks
        elif name.startswith("terraform.tfvars") or ".auto.tfvars" in name:
            given.update(_values(body, name))
        else:
            choices[name] = _values(body, name)
    return _folder(blocks, given, choices, repeated), errors


def _values(body: hcl.Body, name: str) -> dict[str, Node]:
    evaluator = Evaluator({}, {})
    return {
        key: evaluator.value(attribute.value)._replace(via=f"value of {key} in {name}")
        for key, attribute in body.attributes.items()
    }


def _folder(
    blocks: list[hcl.HclBlock],
    given: dict[str, Node],
    choices: dict[str, dict[str, Node]],
    repeated: list[tuple[hcl.Attribute, hcl.Attribute]],
) -> Folder:
    variables = {block.labels[0]: block for block in blocks if _is(block, "variable", 1)}
    local_values: dict[str, hcl.Expression] = {}
    region: hcl.Expression | None = None
    for block in blocks:
        if block.type == "locals":
            local_values.update({key: a.value for key, a in block.body.attributes.items()})
        elif block.type == "provider" and block.labels == ("aws",):
            attribute = block.body.attributes.get("region")
            if attribute is not None and "alias" not in block.body.attributes:
                region = attribute.value
    usable = {
        name: {key: value for key, value in values.items() if key in variables}
        for name, values in choices.items()
    }
    return Folder(
        variables=variables,
        local_values=local_values,
        resources=[block for block in blocks if _is(block, "resource", 2)],
        modules=[block for block in blocks if _is(block, "module", 1)],
        region=region,
        given=given,
        choices={name: values for name, values in usable.items() if values},
        repeated=repeated,
        declared=[
            b for b in blocks if _is(b, "resource", 2) or _is(b, "variable", 1) or _is(b, "data", 2)
        ],
    )


def _is(block: hcl.HclBlock, kind: str, labels: int) -> bool:
    return block.type == kind and len(block.labels) == labels


def _repeated(body: hcl.Body) -> Iterator[tuple[hcl.Attribute, hcl.Attribute]]:
    yield from body.repeated
    for block in body.blocks:
        yield from _repeated(block.body)


def default_of(variable: hcl.HclBlock) -> Node | None:
    """A variable's default as it is written; ``None`` when it has none."""
    attribute = variable.body.attributes.get("default")
    if attribute is None:
        return None
    node = Evaluator({}, {}).value(attribute.value)
    return node._replace(via=f"default of variable {variable.labels[0]}")


def says_nothing(node: Node) -> bool:
    """Whether a value stands where nobody has decided yet: null, an empty text, list or object."""
    return node.is_null or (node.kind in ("scalar", "list", "map") and node.value in ("", [], {}))


def variable_values(folder: Folder, given: Mapping[str, Node]) -> dict[str, Node]:
    """Every variable with its value: given, its default, or unknown.

    A default that says nothing is a place for the caller's value, not a value.
    """
    values: dict[str, Node] = {}
    for name, block in folder.variables.items():
        default = default_of(block)
        if name in given:
            values[name] = given[name]
        elif default is None:
            values[name] = unknown(f"variable {name} has no default", block.mark, maybe_absent=True)
        elif says_nothing(default):
            reason = f"the default of variable {name} says nothing"
            values[name] = unknown(reason, default.mark, maybe_absent=True)
        else:
            values[name] = default
    return values


def provider_region(folder: Folder) -> Node | None:
    """The Region of the default provider; ``None`` where it has none, or none that is known."""
    if folder.region is None:
        return None
    evaluator = Evaluator(variable_values(folder, folder.given), folder.local_values)
    node = evaluator.value(folder.region)
    return node if node.kind == "scalar" else None


def known_region(folder: Folder) -> str:
    """That Region where no caller can give another; else empty."""
    node = provider_region(folder)
    return str(node.value) if node is not None and not node.via.startswith("default") else ""
