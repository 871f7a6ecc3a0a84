"""Terraform's names: the provider's schema as shipped, against the shapes of the API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from advisor.configuration.api.service import TERRAFORM_KINDS
from advisor.configuration.rulefiles import read_json_rules
from advisor.configuration.terraform.names import (
    Tree,
    in_terraform,
    is_name,
    member_of,
    plain,
    tree_of,
)
from advisor.gate.rules.service_walk import load_service

OF_TERRAFORM = {"id", "name", "name_prefix", "tags_all"}
KINDS = sorted(
    {kind for name, kind in TERRAFORM_KINDS.items() if not name.startswith("awscc_")}
    - {"InferenceComponent"}  # not in provider 5.100
)


def strangers(tree: Tree, name: str) -> Iterator[str]:
    """The names of a block that set no field of its shape, at every depth."""
    service = load_service()
    shape = service.shapes[name]
    while shape["type"] == "list":
        shape = service.shapes[shape["member"]]
    members = {plain(member): member for member in shape.get("members", {})}
    for key in [*tree["arguments"], *tree.get("blocks", ())]:
        member = member_of(key, members)
        if member is None:
            yield key
        elif key in tree.get("blocks", {}):
            yield from strangers(tree["blocks"][key], shape["members"][member])


@pytest.mark.parametrize("kind", KINDS)
def test_every_name_of_the_provider_sets_a_field_of_the_api(kind: str) -> None:
    tree = tree_of(kind)
    assert tree is not None
    assert set(strangers(tree, load_service().kinds[kind])) <= OF_TERRAFORM


def test_the_table_says_what_it_was_made_from() -> None:
    table = read_json_rules("service", "terraform.json")
    assert table["provider"] in table["source"]
    assert set(table["resources"]) == {
        name
        for name, kind in TERRAFORM_KINDS.items()
        if kind in KINDS and not name.startswith("awscc_")
    }
    assert len(json.dumps(table)) < 20_000  # it is read for every folder
    assert (Path(__file__).parents[2] / "scripts" / "build_terraform_table.py").exists()


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (("ProductionVariants", 0, "ServerlessConfig", "MemorySizeInMB"), "memory_size_in_mb"),
        (("KmsKeyId",), "kms_key_arn"),
        (("DataCaptureConfig", "KmsKeyId"), "kms_key_id"),
        (("ProductionVariants",), "production_variants"),
        (("ProductionVariants", 0, "CapacityReservationConfig"), "capacity_reservation_config"),
    ],
)
def test_a_field_has_the_providers_name(path: tuple[str | int, ...], name: str) -> None:
    assert in_terraform("EndpointConfig", path) == name


@pytest.mark.parametrize(
    ("key", "member", "right"),
    [
        ("production_variants", "ProductionVariants", True),
        ("production_variant", "ProductionVariants", False),
        ("productionVariants", "ProductionVariants", False),
        ("kms_key_id", "KmsKeyId", False),  # kms_key_arn here
        ("kms_key_arn", "KmsKeyId", True),
        ("execution_role_arn", "ExecutionRoleArn", True),  # a newer provider has it
        ("executionrole_arn", "ExecutionRoleArn", False),
    ],
)
def test_a_name_is_right_as_the_schema_has_it_or_a_newer_one_would(
    key: str, member: str, right: bool
) -> None:
    members: dict[str, Any] = load_service().shapes["CreateEndpointConfigInput"]["members"]
    plain_names = {plain(name): name for name in members}
    assert is_name(key, member, tree_of("EndpointConfig"), plain_names) is right
