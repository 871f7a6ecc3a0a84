"""What the address of a resource says of where the resource is."""

from __future__ import annotations

import re
from typing import NamedTuple

_ARN = re.compile(r"arn:(aws[a-z-]*):([a-z0-9-]+):([a-z0-9-]*):")
_IMAGE = re.compile(r"\d{12}\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?/")

AT_HOME = ("ecr", "sns", "kms")
"""Services whose resources must be in the endpoint's own Region."""


class Place(NamedTuple):
    """Where a resource is."""

    service: str
    partition: str  # aws, aws-cn, aws-us-gov
    region: str  # empty where the service has none


def place_of(text: str) -> Place | None:
    """The place that an ARN or the address of an image in ECR names; ``None`` for other texts."""
    arn = _ARN.match(text)
    if arn is not None:
        return Place(arn[2], arn[1], arn[3])
    image = _IMAGE.match(text)
    return Place("ecr", partition_of(image[1]), image[1]) if image is not None else None


def partition_of(region: str) -> str:
    """The partition that a Region belongs to."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"
