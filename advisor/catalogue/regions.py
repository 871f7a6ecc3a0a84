"""The Region of a resource, read from its address."""

from __future__ import annotations

from advisor.model.value import Value

DOMAINS = dict.fromkeys(("aws", "aws-us-gov"), "amazonaws.com")
DOMAINS |= {"aws-cn": "amazonaws.com.cn", "aws-eusc": "amazonaws.eu"}
REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
REGIONS |= {"aws-eusc": "eusc-de-east-1"}
"""The first Region of each partition."""
_PARTITIONS = {"cn-": "aws-cn", "eus": "aws-eusc"}  # by what their Regions begin with
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


def _is_plain(text: str) -> bool:
    """Whether a part is written out, and no place where something will be filled in."""
    return text.isascii() and text.replace("-", "a").isalnum() and text == text.lower()


def partition_of(region: str) -> str:
    """The partition that a Region belongs to."""
    return _PARTITIONS.get(region[:3], "aws-us-gov" if region.startswith("us-gov-") else "aws")
