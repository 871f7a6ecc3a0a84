"""Writes resources in the API's shape as a request, a template and Terraform, with every place.

A configuration is a map from a resource's name to the input of the operation that makes it. The
name is the resource's kind, with a number where there are several: ``Model``, ``Model2``. In a
text, ``${Model}`` is the name that the model is given: a request repeats it, a template and
Terraform refer to the resource. Where only one dialect can say a thing, a map from dialects to
``Verbatim`` texts stands in place of the value.

Nothing of ``advisor`` is used here: a fault of its readers or writers cannot hide.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

RULES = Path(__file__).parent.parent.parent / "rules"
FILES = {"request": "request.json", "cloudformation": "template.yaml", "terraform": "main.tf"}
DIALECTS = tuple(FILES)


class Kind(NamedTuple):
    """How the dialects call a kind of resource; empty where they do not have it."""

    cloudformation: str = ""
    terraform: str = ""
    name: str = ""  # the field that holds the resource's name


KINDS = {
    "Model": Kind("AWS::SageMaker::Model", "aws_sagemaker_model", "ModelName"),
    "EndpointConfig": Kind(
        "AWS::SageMaker::EndpointConfig",
        "aws_sagemaker_endpoint_configuration",
        "EndpointConfigName",
    ),
    "Endpoint": Kind("AWS::SageMaker::Endpoint", "aws_sagemaker_endpoint", "EndpointName"),
    "InferenceComponent": Kind(
        "AWS::SageMaker::InferenceComponent",
        "aws_sagemaker_inference_component",
        "InferenceComponentName",
    ),
    "ScalableTarget": Kind(
        "AWS::ApplicationAutoScaling::ScalableTarget", "aws_appautoscaling_target"
    ),
    "ScalingPolicy": Kind(
        "AWS::ApplicationAutoScaling::ScalingPolicy", "aws_appautoscaling_policy", "PolicyName"
    ),
    "ScheduledAction": Kind(
        terraform="aws_appautoscaling_scheduled_action", name="ScheduledActionName"
    ),
    "TransformJob": Kind(name="TransformJobName"),
    "EndpointUpdate": Kind(),
    "AsyncInvocation": Kind(),
    "Role": Kind("AWS::IAM::Role", "aws_iam_role"),
    "Topic": Kind("AWS::SNS::Topic", "aws_sns_topic"),
}

Configuration = Mapping[str, Mapping[str, Any]]


class Place(NamedTuple):
    """Where a value is written: 1-based line, and the columns at which key and value begin."""

    line: int
    columns: frozenset[int]


class Rendered(NamedTuple):
    """A file, and the place of each value by its path: ``Model.PrimaryContainer.Image``."""

    name: str
    text: str
    places: Mapping[str, Place]


class Verbatim(str):
    """A value as it is written in one dialect."""


def kind_of(name: str) -> str:
    """The kind of a resource by its name, which may end in a number."""
    return name.rstrip("0123456789")


def dialects_of(configuration: Configuration) -> list[str]:
    """The dialects that have every resource of a configuration."""
    kinds = [KINDS[kind_of(name)] for name in configuration]
    return [
        dialect
        for dialect in DIALECTS
        if dialect == "request" or all(getattr(kind, dialect) for kind in kinds)
    ]


def render(configuration: Configuration, dialect: str) -> Rendered:
    """The configuration in a dialect."""
    page = _Page()
    {"request": _request, "cloudformation": _template, "terraform": _terraform}[dialect](
        page, configuration
    )
    return Rendered(FILES[dialect], "\n".join(page.lines) + "\n", page.places)


class _Page:
    """The lines so far, and where the values are."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.places: dict[str, Place] = {}

    def add(self, indent: int, text: str) -> None:
        self.lines.append(" " * indent + text)

    def place(self, path: str, *columns: int) -> None:
        """A value begins on the next line."""
        self.places.setdefault(path, Place(len(self.lines) + 1, frozenset(columns)))


# Requests


def _request(page: _Page, configuration: Configuration) -> None:
    several = len(configuration) > 1
    if several:
        page.add(0, "[")
    for number, (name, body) in enumerate(configuration.items(), 1):
        tail = "," if number < len(configuration) else ""
        _json(
            page, _resolved(body, configuration), path=name, indent=2 * several, lead="", tail=tail
        )
    if several:
        page.add(0, "]")


def _resolved(value: Any, configuration: Configuration) -> Any:
    """A value with the names of resources in place of references to them."""
    if isinstance(value, dict):
        return {key: _resolved(inner, configuration) for key, inner in value.items()}
    if isinstance(value, list):
        return [_resolved(inner, configuration) for inner in value]
    if isinstance(value, str) and not isinstance(value, Verbatim):
        for name in _references(value):
            target = configuration[name]
            value = value.replace(f"${{{name}}}", str(target[KINDS[kind_of(name)].name]))
    return value


def _json(page: _Page, value: Any, path: str, indent: int, lead: str, tail: str) -> None:
    page.place(path, indent + 1, indent + len(lead) + 1)
    if not isinstance(value, dict | list) or not value:
        page.add(indent, f"{lead}{json.dumps(value)}{tail}")
        return
    begin, end = "{}" if isinstance(value, dict) else "[]"
    page.add(indent, lead + begin)
    entries = list(_entries(value, path))
    for number, (key, inner, where) in enumerate(entries, 1):
        comma = "," if number < len(entries) else ""
        _json(
            page, inner, path=where, indent=indent + 2, lead=f'"{key}": ' if key else "", tail=comma
        )
    page.add(indent, end + tail)


def _entries(value: Any, path: str) -> Iterator[tuple[str, Any, str]]:
    """Key, value and path of what a map or list holds; an element of a list has no key."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key), inner, f"{path}.{key}"
    else:
        for index, inner in enumerate(value):
            yield "", inner, f"{path}[{index}]"


# Templates of CloudFormation


def _template(page: _Page, configuration: Configuration) -> None:
    page.add(0, 'AWSTemplateFormatVersion: "2010-09-09"')
    page.add(0, "Resources:")
    for name, body in configuration.items():
        page.place(name, 3)
        page.add(2, f"{name}:")
        page.add(4, f"Type: {KINDS[kind_of(name)].cloudformation}")
        if body:
            page.add(4, "Properties:")
        for key, value, path in _entries(body, name):
            _yaml(page, value, path, 6, f"{key}: ")


def _yaml(page: _Page, value: Any, path: str, indent: int, lead: str) -> None:
    page.place(path, indent + 1, indent + len(lead) + 1)
    if not isinstance(value, dict | list) or not value:
        page.add(indent, lead + _yaml_scalar(value))
        return
    inner = indent + 2
    first = ""
    if lead.endswith("- "):  # the first entry of an element stands on the line of its dash
        first, inner = lead, indent + len(lead)
    else:
        page.add(indent, lead.rstrip())
    for key, each, where in _entries(value, path):
        own = f"{key}: " if key else "- "
        if first:
            page.place(where, inner + 1, inner + len(own) + 1)
            _yaml(page, each, where, indent, first + own)
            first = ""
        else:
            _yaml(page, each, where, inner, own)


def _yaml_scalar(value: Any) -> str:
    if isinstance(value, Verbatim) or not isinstance(value, str):
        return value if isinstance(value, Verbatim) else json.dumps(value)
    references = _references(value)
    for name in references:
        attribute = KINDS[kind_of(name)].name
        if value == f"${{{name}}}":
            return f"!GetAtt {name}.{attribute}"
        value = value.replace(f"${{{name}}}", f"${{{name}.{attribute}}}")
    if references:
        return f"!Sub {value}"
    plain = re.fullmatch(r"[A-Za-z/][\w./-]*", value) and value.lower() not in _WORDS_OF_YAML
    return value if plain else json.dumps(value)


_WORDS_OF_YAML = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}


# Terraform


def _terraform(page: _Page, configuration: Configuration) -> None:
    for name, body in configuration.items():
        kind = KINDS[kind_of(name)]
        if page.lines:
            page.add(0, "")
        page.place(name, 1)
        page.add(0, f'resource "{kind.terraform}" "{_snake(name)}" {{')
        tree = _provider().get(kind.terraform, {})
        own = kind.name if "name" in tree.get("arguments", ()) else ""
        _hcl_body(page, body, path=name, tree=tree, indent=2, own=own)
        page.add(0, "}")


@cache
def _provider() -> dict[str, Any]:
    """What the provider's resources take: arguments and blocks, by type."""
    table = json.loads((RULES / "service" / "terraform.json").read_text(encoding="utf-8"))
    resources: dict[str, Any] = table["resources"]
    return resources


def _hcl_body(
    page: _Page,
    body: Mapping[str, Any],
    path: str,
    tree: Mapping[str, Any],
    indent: int,
    own: str = "",
) -> None:
    """Arguments of one line first, aligned; then maps and blocks. ``own`` is the field ``name``."""
    named = [
        ("name" if key == own else _provider_name(key, tree), value, where)
        for key, value, where in _entries(body, path)
    ]
    short = [each for each in named if not _spans_lines(each[1], each[0], tree)]
    width = max((len(name) for name, _, _ in short), default=0)
    for name, value, where in short:
        column = indent + width + 4
        page.place(where, indent + 1, column)
        for _, inner, inside in _entries(value if isinstance(value, list) else [], where):
            page.place(inside, column + 1)
            column += len(_hcl_value(inner)) + 2
        page.add(indent, f"{name.ljust(width)} = {_hcl_value(value)}")
    for name, value, where in named:
        if not _spans_lines(value, name, tree):
            continue
        if name == "tags":
            _hcl_tags(page, value, where, indent)
        elif name in (*tree.get("arguments", ()), "environment"):
            _hcl_map(page, name, value, where, indent)
        else:
            _hcl_blocks(
                page,
                name,
                value=value,
                where=where,
                tree=tree.get("blocks", {}).get(name, {}),
                indent=indent,
            )


def _spans_lines(value: Any, name: str, tree: Mapping[str, Any]) -> bool:
    if isinstance(value, dict):
        return True
    is_block = name in tree.get("blocks", {})
    return isinstance(value, list) and (is_block or any(isinstance(v, dict) for v in value))


def _hcl_blocks(
    page: _Page, name: str, value: Any, where: str, tree: Mapping[str, Any], indent: int
) -> None:
    listed = isinstance(value, list)
    page.place(where, indent + 1)
    for index, each in enumerate(value if listed else [value]):
        path = f"{where}[{index}]" if listed else where
        page.place(path, indent + 1)
        page.add(indent, f"{name} {{")
        _hcl_body(page, each, path, tree, indent + 2)
        page.add(indent, "}")


def _hcl_map(page: _Page, name: str, value: Mapping[str, Any], where: str, indent: int) -> None:
    page.place(where, indent + 1, indent + len(name) + 4)
    page.add(indent, f"{name} = {{")
    for key, inner, path in _entries(value, where):
        page.place(path, indent + 3, indent + 3 + len(f'"{key}" = '))
        page.add(indent + 2, f'"{key}" = {_hcl_value(inner)}')
    page.add(indent, "}")


def _hcl_tags(page: _Page, tags: list[dict[str, Any]], where: str, indent: int) -> None:
    """The list of keys and values, which the provider takes as a map."""
    page.place(where, indent + 1, indent + len("tags = ") + 1)
    page.add(indent, "tags = {")
    for index, tag in enumerate(tags):
        for inside in ("", ".Key", ".Value"):
            key, value = indent + 3, indent + 3 + len(f'"{tag["Key"]}" = ')
            page.place(f"{where}[{index}]{inside}", key, value)
        page.add(indent + 2, f'"{tag["Key"]}" = {_hcl_value(tag["Value"])}')
    page.add(indent, "}")


def _hcl_value(value: Any) -> str:
    if isinstance(value, Verbatim):
        return value
    if isinstance(value, list):
        return "[" + ", ".join(map(_hcl_value, value)) + "]"
    if not isinstance(value, str):
        return json.dumps(value)
    for name in _references(value):
        reference = f"{KINDS[kind_of(name)].terraform}.{_snake(name)}.name"
        if value == f"${{{name}}}":
            return reference
        value = value.replace(f"${{{name}}}", f"${{{reference}}}")
    return json.dumps(value)


def _provider_name(key: str, tree: Mapping[str, Any]) -> str:
    """The argument or block that sets a field; its name in snake case where the table has none."""
    snake = _snake(key)
    names = [*tree.get("arguments", ()), *tree.get("blocks", ())]
    plain = {name.replace("_", ""): name for name in names}
    word = snake.replace("_", "")
    spelt = (word, word.removesuffix("s"), {"kmskeyid": "kmskeyarn"}.get(word, word))
    return next((plain[each] for each in spelt if each in plain), snake)


def _snake(name: str) -> str:
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return parted.lower()


def _references(text: str) -> list[str]:
    """The resources whose names a text repeats."""
    return [name for name in re.findall(r"\$\{(\w+)\}", text) if kind_of(name) in KINDS]
