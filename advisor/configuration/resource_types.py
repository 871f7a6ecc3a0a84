"""Which resource types of the templates are read, and which do not exist at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.configuration.document import Node, ReadFault
from advisor.configuration.rulefiles import of_dialects, read_json_rules
from advisor.text.spelling import nearest

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
