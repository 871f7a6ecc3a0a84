"""Places read from addresses, and the partitions of Regions."""

from __future__ import annotations

import pytest

from advisor.catalogue.regions import DOMAINS, partition_of, place_of
from advisor.rulebook.load import load

PARTITIONS = {
    "us-east-1": ("aws", "amazonaws.com"),
    "me-west-1": ("aws", "amazonaws.com"),
    "us-gov-west-1": ("aws-us-gov", "amazonaws.com"),
    "cn-north-1": ("aws-cn", "amazonaws.com.cn"),
    "eusc-de-east-1": ("aws-eusc", "amazonaws.eu"),
}


@pytest.mark.parametrize("region", PARTITIONS)
def test_partitions_and_their_domains(region: str) -> None:
    partition = partition_of(region)
    assert (partition, DOMAINS[partition]) == PARTITIONS[region]


@pytest.mark.parametrize("region", sorted(load().raw["regions"]["regions"]))
def test_addresses_in_every_known_region(region: str) -> None:
    partition = partition_of(region)
    image = place_of(f"123456789012.dkr.ecr.{region}.{DOMAINS[partition]}/model:1")
    topic = place_of(f"arn:{partition}:sns:{region}:123456789012:done")
    for found in (image, topic):
        assert found is not None
        assert (found.partition, found.region) == (partition, region)


@pytest.mark.parametrize(
    "text",
    ["123456789012.dkr.ecr.us-east-1.example.com/model:1", "model:1", "arn:aws:sns", "arn:aws:s3"],
)
def test_other_texts_name_no_place(text: str) -> None:
    assert place_of(text) is None
