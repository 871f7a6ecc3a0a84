"""Terraform's JSON syntax (``.tf.json``, ``.tfvars.json``) as the same tree as HCL."""

from __future__ import annotations

from typing import Any

from advisor.configuration.document import Node
from advisor.configuration.json_nodes import read_json
from advisor.configuration.source import SourceText
from advisor.configuration.terraform import hcl_tree as hcl
from advisor.configuration.terraform.hcl_expressions import HclReader

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
            plain = key == "variable"
            body.blocks.append(hcl.HclBlock(key, labels, _body(item, plain), item.place))
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


def _body(node: Node, plain: bool) -> hcl.Body:
    attributes = {
        key: hcl.Attribute(key, expression(value, plain), value.place)
        for key, value in node.value.items()
    }
    return hcl.Body(attributes, [], [])


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
    return _template(value, node)


def _template(text: str, node: Node) -> hcl.Expression:
    """A text with places, read from a small source of its own at the text's place."""
    reader = HclReader(SourceText(node.mark.file, _quoted(text)))
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
