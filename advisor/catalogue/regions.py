"""The Region of a resource, read from its address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from advisor.model.value import Value
from advisor.model.workload import Stated

# Partition: its first Region, what its Regions begin with, and the domain of its registries.
_PARTITIONS = {
    "aws": ("us-east-1", "", "amazonaws.com"),
    "aws-cn": ("cn-north-1", "cn-", "amazonaws.com.cn"),
    "aws-us-gov": ("us-gov-west-1", "us-gov-", "amazonaws.com"),
    "aws-eusc": ("eusc-de-east-1", "eusc-", "amazonaws.eu"),
    "aws-iso": ("us-iso-east-1", "us-iso-", "c2s.ic.gov"),
    "aws-iso-b": ("us-isob-east-1", "us-isob-", "sc2s.sgov.gov"),
    "aws-iso-e": ("eu-isoe-west-1", "eu-isoe-", "cloud.adc-e.uk"),
    "aws-iso-f": ("us-isof-south-1", "us-isof-", "csp.hci.ic.gov"),
}
DOMAINS = {name: domain for name, (_, _, domain) in _PARTITIONS.items()}
REGIONS = {name: region for name, (region, _, _) in _PARTITIONS.items()}
"""The first Region of each partition."""
_BEGIN = tuple((begin, name) for name, (_, begin, _) in _PARTITIONS.items() if begin)
AT_HOME = ("ecr", "sns", "kms", "sagemaker")
"""Services whose resources must be in the endpoint's own Region."""


class Place(Value):
    """Where a resource is."""

    service: str
    partition: str  # aws, aws-cn, aws-us-gov, aws-eusc
    region: str  # empty where the service has none


def place_of(text: str) -> Place | None:
    """The place that an ARN or the address of an image in ECR names; ``None`` for other texts."""
    if text.startswith("arn:aws"):
        _, partition, service, region, *rest = [*text.split(":", 4), "", "", ""]
        known = rest[0] and all(map(_is_plain, (partition, service, region or "-")))
        return (
            Place(service=service, partition=partition, region=region)
            if known and service
            else None
        )
    host, slash, _ = text.partition("/")
    labels = host.split(".")
    known = ".".join(labels[4:]) in DOMAINS.values()
    if not (slash and known and labels[1] == "dkr"):
        return None
    account, _, registry, region = labels[:4]
    if registry not in ("ecr", "ecr-fips") or not (account.isdigit() and _is_plain(region)):
        return None
    return Place(service="ecr", partition=partition_of(region), region=region)


def named_places(values: Iterable[Stated]) -> Iterator[tuple[Stated, str, Place]]:
    """Each stated address with the value that holds it, its text and the place that it names."""
    for stated in values:
        for text in stated.addresses():
            place = place_of(text)
            if place is not None:
                yield stated, text, place


def _is_plain(text: str) -> bool:
    """Whether a part is written out, and no place where something will be filled in."""
    return text.isascii() and text.replace("-", "a").isalnum() and text == text.lower()


def partition_of(region: str) -> str:
    """The partition that a Region belongs to."""
    return next((name for begin, name in _BEGIN if region.startswith(begin)), "aws")
