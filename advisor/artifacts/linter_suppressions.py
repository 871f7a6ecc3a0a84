"""Rules of other linters to skip, because SageMaker refuses or ignores what they require."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from advisor.gate.checks import load_checks
from advisor.gate.rules.instances import is_a
from advisor.model.advice import Request


class Skip(NamedTuple):
    """One rule of another linter that does not apply to a resource."""

    linter: str  # checkov, cfn_nag or cfn-guard
    rule: str
    because: str  # on one line


def skips(request: Request, requests: tuple[Request, ...]) -> Iterator[Skip]:
    """The rules that do not apply to what a request makes.

    Our own check of what they ask for says why; where the request does as they ask, they are
    content and nothing is skipped.
    """
    for name, holds in (
        ("key-and-local-disk", _has_local_disks(request)),
        ("serverless-isolation", _is_served_without_instances(request, requests)),
    ):
        if holds:
            check = load_checks()[name]
            for each in check.linters:
                linter, _, rule = each.partition(" ")
                yield Skip(linter, rule, " ".join(check.because.split()))


def comments(passed: Iterable[Skip]) -> tuple[str, ...]:
    """Lines within a resource of Terraform, for the linter that reads them."""
    return tuple(
        f"checkov:skip={each.rule}:{each.because}" for each in passed if each.linter == "checkov"
    )


def metadata(passed: Iterable[Skip]) -> dict[str, Any]:
    """The metadata of a resource of CloudFormation, as each linter reads it."""
    told: dict[str, Any] = {}
    for each in passed:
        if each.linter == "checkov":
            skip = {"id": each.rule, "comment": each.because}
            told.setdefault("checkov", {"skip": []})["skip"].append(skip)
        elif each.linter == "cfn_nag":
            skip = {"id": each.rule, "reason": each.because}
            told.setdefault("cfn_nag", {"rules_to_suppress": []})["rules_to_suppress"].append(skip)
        else:
            told.setdefault("guard", {"SuppressedRules": []})["SuppressedRules"].append(each.rule)
    return told


def _has_local_disks(request: Request) -> bool:
    """A configuration without a key whose instances have disks that no key covers."""
    variants = request.parameters.get("ProductionVariants", ())
    return "KmsKeyId" not in request.parameters and any(
        is_a(each.get("InstanceType", ""), "local-storage") is True for each in variants
    )


def _is_served_without_instances(request: Request, requests: tuple[Request, ...]) -> bool:
    """A model without network isolation that a serverless variant serves."""
    name = request.parameters.get("ModelName")
    isolated = request.parameters.get("EnableNetworkIsolation", False)
    return (
        request.operation == "CreateModel"
        and not isolated
        and any(
            variant.get("ModelName") == name and "ServerlessConfig" in variant
            for each in requests
            for variant in each.parameters.get("ProductionVariants", ())
        )
    )
