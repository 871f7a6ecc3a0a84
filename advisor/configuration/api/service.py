"""The service's own model of a request: shapes with fields, types, bounds, patterns and values.

The table is compiled from botocore (``advisor.configuration.api.drift``) and ships as data, so that
a check does not load botocore. Beside it are the types of templates that are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from advisor.configuration.document import Node, ReadFault
from advisor.configuration.rulefiles import of_dialects, read_json_rules
from advisor.rulebook.references import shape_of
from advisor.text.spelling import nearest

Shape = dict[str, Any]

OPERATIONS: Mapping[str, tuple[str, str]] = of_dialects("operations")
"""Kind of a resource -> service and operation whose input has its shape."""

_BY_OPERATION = {name.lower(): kind for kind, (_, name) in OPERATIONS.items()}
_BETWEEN = str.maketrans("", "", "_-0123456789")


def operation_in(name: str) -> str:
    """The kind whose operation a key, or the name of a file, says; empty where it says none.

    ``2-create-topic.json``, ``create_topic`` and ``CreateTopic`` say one.
    """
    return _BY_OPERATION.get(name.partition(".")[0].translate(_BETWEEN).lower(), "")


SCALING = ("ScalableTarget", "ScalingPolicy", "ScheduledAction")
"""Kinds that other services have too."""


class ServiceModel:
    """The compiled table."""

    def __init__(self, table: dict[str, Any]) -> None:
        self.version: str = table["botocore"]
        self.kinds: dict[str, str] = table["kinds"]
        self.shapes: dict[str, Shape] = table["shapes"]
        self.other_instance_types = frozenset(table["other_instance_types"])

    @cached_property
    def fields(self) -> frozenset[str]:
        """The names of all fields of all shapes."""
        return frozenset(
            name for shape in self.shapes.values() for name in shape.get("members", ())
        )

    def enum(self, name: str) -> list[str]:
        """The values of an enumeration."""
        return list(self.shapes[name]["enum"])


def service_model(bounded: Iterable[Sequence[Any]]) -> ServiceModel:
    """The table that ships with the rules; where a limit names another end, the limit holds.

    Args:
        bounded: operation, path and largest value of each field that a limit bounds.
    """
    table = read_json_rules("service", "model.json")
    shapes = dict(table["shapes"])
    for operation, path, most in bounded:
        name = shape_of(shapes, operation, path)
        if name is not None and "max" in shapes[name]:
            shapes[name] = {**shapes[name], "max": most}
    return ServiceModel({**table, "shapes": shapes})


CLOUDFORMATION_KINDS: Mapping[str, str] = of_dialects("types")["cloudformation"]
TERRAFORM_KINDS: Mapping[str, str] = of_dialects("types")["terraform"]


def strange_cloudformation(node: Node, address: str) -> Iterator[ReadFault]:
    """What is wrong with a resource type of a template; nothing where nothing is known to be."""
    name = str(node.value)
    if name.lower().startswith("aws::sagemaker::") and name not in CLOUDFORMATION_KINDS:
        words = "CloudFormation has no resource type"
        yield from _strange(node, address, "cloudformation", "::", words)


def strange_terraform(node: Node, address: str) -> Iterator[ReadFault]:
    """The same of a resource type of a Terraform configuration."""
    if node.value.startswith("aws_sagemaker") and node.value not in TERRAFORM_KINDS:
        words = "the AWS provider has no resource"
        yield from _strange(node, address, "terraform", "aws_sagemaker_", words)


def _strange(
    node: Node, address: str, dialect: str, separator: str, words: str
) -> Iterator[ReadFault]:
    name, lists = str(node.value), read_json_rules("service", "resource-types.json")
    known: list[str] = lists[dialect]["types"]
    if name in known:
        return
    near = nearest(name, known) or _abbreviated(name, known, separator)
    last = name.rsplit(separator, 1)[-1].replace("_", "").lower()
    certain = bool(near) or last in lists["made_by_no_resource"]["words"]
    severity = "error" if certain else "warning"
    message = f"{words} {name}"
    yield ReadFault("no-such-resource", node, address, message, near, severity=severity)


def _abbreviated(name: str, known: list[str], separator: str) -> str:
    """``…_endpoint_config`` is short for ``…_endpoint_configuration``, or the reverse."""
    last = name.rsplit(separator, 1)[-1].replace("_", "").lower()
    for candidate in known:
        other = candidate.rsplit(separator, 1)[-1].replace("_", "").lower()
        longer, shorter = (other, last) if len(other) > len(last) else (last, other)
        if len(shorter) > 8 and longer.startswith(shorter):
            return candidate
    return ""
