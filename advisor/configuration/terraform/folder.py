"""A folder of Terraform files as one: variables, locals, resources, and what is given for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from advisor.configuration.document import Mark, Node, unknown
from advisor.configuration.json_nodes import read_json
from advisor.configuration.source import SourceText
from advisor.configuration.terraform import hcl_tree as hcl
from advisor.configuration.terraform.hcl_expressions import HclReader, read_hcl
from advisor.configuration.terraform.hcl_values import Evaluator, says_nothing
from advisor.configuration.terraform.provider import Versions, versions
from advisor.configuration.yaml_nodes import Repeated
from advisor.model.errors import InputError

_OWN_BLOCKS = {"content": 0, "dynamic": 1, "lifecycle": 0, "precondition": 0, "validation": 0}
_LABELS = {"resource": 2, "data": 2, "variable": 1, "provider": 1, "module": 1, "output": 1}


def read_tf_json(source: SourceText) -> hcl.Body:
    """Read a file of Terraform's JSON syntax.

    Raises:
        InputError: no JSON, or a text in it that is no template.
    """
    top = read_json(source).documents[0]
    if top.kind != "map":
        raise source.error("expected an object", 0)
    body = hcl.Body({}, [], [])
    variables = ".tfvars" in source.file
    for key, value in top.value.items():
        if variables or key not in (*_LABELS, "locals", "terraform"):
            body.attributes[key] = hcl.Attribute(
                key, expression(value, plain=variables), value.place
            )
            continue
        for labels, item in _blocks(value, _LABELS.get(key, 0)):
            inner = _inside(item, plain=key == "variable")
            body.blocks.append(hcl.HclBlock(key, labels, inner, item.place))
    return body


def _inside(node: Node, plain: bool = False) -> hcl.Body:
    """What stands in a block; other blocks than Terraform's own are no different from values."""
    body = hcl.Body({}, [], [])
    for key, value in node.value.items():
        if key not in _OWN_BLOCKS:
            body.attributes[key] = hcl.Attribute(key, expression(value, plain), value.place)
            continue
        for labels, item in _blocks(value, _OWN_BLOCKS[key]):
            body.blocks.append(hcl.HclBlock(key, labels, _inside(item), item.place))
    return body


def _blocks(node: Node, labels: int) -> list[tuple[tuple[str, ...], Node]]:
    """The blocks of a type, with their labels: one object level for each label."""
    if node.kind == "list":
        return [found for item in node.items() for found in _blocks(item, labels)]
    if node.kind != "map":
        return []
    if not labels:
        return [((), node)]
    found: list[tuple[tuple[str, ...], Node]] = []
    for name, inner in node.value.items():
        found += [((name, *rest), item) for rest, item in _blocks(inner, labels - 1)]
    return found


def expression(node: Node, plain: bool = False) -> hcl.Expression:
    """A JSON value as an expression; texts are templates unless ``plain``."""
    if node.kind == "list":
        return hcl.Listing(tuple(expression(item, plain) for item in node.items()), node.mark)
    if node.kind == "map":
        pairs = tuple(
            (hcl.Literal(key, value.place), expression(value, plain))
            for key, value in node.value.items()
        )
        return hcl.Mapping(pairs, node.mark)
    value: Any = node.value
    if plain or not isinstance(value, str) or ("${" not in value and "%{" not in value):
        return hcl.Literal(value, node.mark)
    # A text with places is read from a small source of its own at the text's place.
    reader = HclReader(SourceText(node.mark.file, _quoted(value)))
    placed: hcl.Expression = _at(reader.quoted(), node)
    return placed


def _quoted(text: str) -> str:
    """The text as HCL quotes it; what stands inside ``${…}`` stays as it is."""
    out, depth = ['"'], 0
    for index, character in enumerate(text):
        if text.startswith(("${", "%{"), index):
            depth += 1
        escaped = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
        out.append(escaped.get(character, character) if depth == 0 else character)
        if character == "}" and depth:
            depth -= 1
    return "".join(out) + '"'


def _at(value: Any, node: Node) -> Any:
    """The same tree with every place at the node: the small source has none that a reader knows."""
    if not isinstance(value, tuple):
        return value
    if not hasattr(value, "mark"):
        return tuple(_at(item, node) for item in value)
    names = type(value)._fields  # type: ignore[attr-defined]
    fields = [node.mark if name == "mark" else _at(getattr(value, name), node) for name in names]
    return type(value)(*fields)


class Folder(NamedTuple):
    """What the files of a folder say together."""

    variables: Mapping[str, hcl.HclBlock]
    local_values: Mapping[str, hcl.Expression]
    resources: Sequence[hcl.HclBlock]
    modules: Sequence[hcl.HclBlock]
    region: hcl.Expression | None
    provider: Versions
    given: Mapping[str, Node]  # by terraform.tfvars and *.auto.tfvars
    choices: Mapping[str, Mapping[str, Node]]  # by other .tfvars files, by name
    repeated: Sequence[Repeated]
    declared: Mapping[str, Sequence[Mark]]  # everything that a folder may declare only once
    outputs: Mapping[str, hcl.Expression]


def gather(sources: Iterable[SourceText], base: str = "") -> tuple[Folder, list[InputError]]:
    """The files of a folder as one, and the errors of those that could not be read.

    Args:
        sources: its files, and the .tfvars files of folders below it.
        base: the folder.
    """
    blocks: list[hcl.HclBlock] = []
    given: dict[str, Node] = {}
    choices: dict[str, dict[str, Node]] = {}
    repeated: list[Repeated] = []
    errors: list[InputError] = []
    for source in sources:
        name = source.file.removeprefix(f"{base}/")
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
    repeated: list[Repeated],
) -> Folder:
    variables = {block.labels[0]: block for block in blocks if _is(block, "variable", 1)}
    local_values: dict[str, hcl.Expression] = {}
    declared: dict[str, list[Mark]] = {}
    region: hcl.Expression | None = None
    for block in blocks:
        if block.type != "provider" and _LABELS.get(block.type) == len(block.labels):
            declared.setdefault(".".join((block.type, *block.labels)), []).append(block.mark)
        if block.type == "locals":
            for key, attribute in block.body.attributes.items():
                declared.setdefault(f"local.{key}", []).append(attribute.mark)
                local_values[key] = attribute.value
        elif block.type == "provider" and block.labels == ("aws",):
            named = block.body.attributes.get("region")
            if named is not None and "alias" not in block.body.attributes:
                region = named.value
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
        provider=versions(blocks),
        given=given,
        choices={name: values for name, values in usable.items() if values},
        repeated=[*repeated, *_declared_again(declared)],
        outputs={
            block.labels[0]: block.body.attributes["value"].value
            for block in blocks
            if _is(block, "output", 1) and "value" in block.body.attributes
        },
        declared=declared,
    )


def _is(block: hcl.HclBlock, kind: str, labels: int) -> bool:
    return block.type == kind and len(block.labels) == labels


def _declared_again(declared: Mapping[str, Sequence[Mark]]) -> Iterator[Repeated]:
    """What one file declares twice; files that clash are read one by one."""
    for name, places in declared.items():
        first = {place.file: place for place in reversed(places)}
        for place in places:
            if place is not first[place.file]:
                yield Repeated(key=name, mark=place, first=first[place.file])


def _repeated(body: hcl.Body) -> Iterator[Repeated]:
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


def variable_values(folder: Folder, given: Mapping[str, Node], call: str = "") -> dict[str, Node]:
    """Every variable with its value: given, its default, or unknown.

    For a known ``call`` an omitted variable is its default. Where nobody is known to call, a
    default that says nothing is a place for the caller's value, not a value.
    """
    values: dict[str, Node] = {}
    for name, block in folder.variables.items():
        default, node = default_of(block), given.get(name)
        if call and default is not None and (node is None or (node.is_null and _is_filled(block))):
            node = default._replace(via=f"omitted by {call}, {default.via}")
        elif node is None and default is None:
            node = unknown(f"variable {name} has no default", block.mark, maybe_absent=True)
        elif node is None and default is not None:
            reason = f"the default of variable {name} says nothing"
            silent = says_nothing(default)
            node = unknown(reason, default.mark, maybe_absent=True) if silent else default
        declared = block.body.attributes.get("type")
        assert node is not None
        values[name] = fitted(node, declared.value) if declared is not None else node
    return values


def _is_filled(variable: hcl.HclBlock) -> bool:
    """Whether a variable takes its default where null is given."""
    attribute = variable.body.attributes.get("nullable")
    return attribute is not None and getattr(attribute.value, "value", None) is False


def fitted(node: Node, kind: Any) -> Node:
    """A value as its type makes it: an optional attribute that is left out is its default."""
    if not isinstance(kind, hcl.FunctionCall) or not kind.arguments:
        return node
    inner = kind.arguments[0]
    if kind.name in ("list", "map", "set"):
        return node.within(lambda each: fitted(each, inner))
    if kind.name == "optional":
        if node.is_null and len(kind.arguments) > 1:
            node = Evaluator({}, {}).value(kind.arguments[1])._replace(via="optional")
        return fitted(node, inner)
    if kind.name != "object" or node.kind != "map" or not isinstance(inner, hcl.Mapping):
        return node
    entries = dict(node.value)
    for key, wanted in inner.pairs:
        name = key.value if isinstance(key, hcl.Literal) else ""
        optional = isinstance(wanted, hcl.FunctionCall) and wanted.name == "optional"
        if name in entries or optional:
            nothing = Node("scalar", None, node.mark, via="optional")
            entries[name] = fitted(entries.get(name, nothing), wanted)
    return node._replace(value=entries)


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
