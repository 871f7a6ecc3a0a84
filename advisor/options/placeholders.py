"""Values that only the user knows: stated under ``deploy`` and ``model``, else placeholders.

The reader of workload files has made sure that what is stated has the shape the API asks for. A
placeholder has that shape too and names something that cannot exist.
"""

from __future__ import annotations

from typing import Any

from advisor.options.draft import Draft

_REGION = "us-east-1"
_ACCOUNT = "000000000000"
_MOST_TAGS = 50


def role(draft: Draft) -> str:
    """ARN of the execution role."""
    place = f"arn:{_partition(draft)}:iam::{_ACCOUNT}:role/REPLACE-ME"
    return _stated(draft, "deploy.role", place, "ExecutionRoleArn")


def location(draft: Draft, suffix: str, field: str) -> str:
    """An S3 address under ``deploy.bucket``.

    Args:
        draft: the plan being made.
        suffix: what is appended, without a leading slash, at most 128 characters.
        field: the request field, for the finding.
    """
    bucket = draft.facts.workload.text("deploy.bucket")
    if bucket is not None:
        return f"{bucket.rstrip('/')}/{suffix}"
    return _place(draft, f"s3://REPLACE-ME/{suffix}", field, "deploy.bucket")


def kms_key(draft: Draft) -> str | None:
    """The KMS key where one is needed or stated, else ``None``."""
    if not draft.facts.needs("kms") and "deploy.kms_key" not in draft.facts.workload.values:
        return None
    return _stated(draft, "deploy.kms_key", "alias/REPLACE-ME", "KmsKeyId")


def subnets(draft: Draft) -> list[str]:
    """Subnet ids; the placeholders stand for two zones."""
    places = ["subnet-00000000000000000", "subnet-00000000000000001"]
    return _ids(draft, "deploy.subnets", places, "Subnets")


def security_groups(draft: Draft) -> list[str]:
    """Security group ids."""
    return _ids(draft, "deploy.security_groups", ["sg-00000000000000000"], "SecurityGroupIds")


def topic(draft: Draft, kind: str) -> str:
    """ARN of an SNS topic; the workload file has no key for one."""
    place = f"arn:{_partition(draft)}:sns:{_region(draft)}:{_ACCOUNT}:REPLACE-ME-{kind}"
    return _place(draft, place, f"{kind.capitalize()}Topic")


def policy_arn(draft: Draft) -> str:
    """ARN of the step policy, which is known once PutScalingPolicy has answered."""
    place = (
        f"arn:{_partition(draft)}:autoscaling:{_region(draft)}:{_ACCOUNT}:scalingPolicy:REPLACE-ME"
    )
    return _place(draft, place, "AlarmActions (the PolicyARN that PutScalingPolicy answers)")


def image(draft: Draft) -> str:
    """The container image."""
    domain = "amazonaws.com.cn" if _partition(draft) == "aws-cn" else "amazonaws.com"
    place = f"{_ACCOUNT}.dkr.ecr.{_region(draft)}.{domain}/replace-me:latest"
    return _stated(draft, "model.image", place, "Image")


def artifact(draft: Draft) -> str:
    """The S3 address of the model: an archive, or a prefix that ends with a slash."""
    return _stated(draft, "model.artifact", "s3://REPLACE-ME/model.tar.gz", "ModelDataUrl")


def package(draft: Draft) -> str:
    """ARN of a Marketplace model package; the workload file has no key for one."""
    place = (
        f"arn:{_partition(draft)}:sagemaker:{_region(draft)}:{_ACCOUNT}:model-package/REPLACE-ME"
    )
    return _place(draft, place, "ModelPackageName")


def tags(draft: Draft) -> list[dict[str, str]]:
    """Tags of every resource: the stated ones, and the owner where a tag is left for it."""
    workload = draft.facts.workload
    wanted: dict[str, Any] = dict(workload.mapping("deploy.tags"))
    owner = workload.text("owner")
    if owner is not None and len(wanted) < _MOST_TAGS:
        wanted.setdefault("owner", owner)
    return [{"Key": key, "Value": wanted[key]} for key in sorted(wanted)]


def _partition(draft: Draft) -> str:
    region = _region(draft)
    for start, name in (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov")):
        if region.startswith(start):
            return name
    return "aws"


def _region(draft: Draft) -> str:
    return draft.facts.region or _REGION


def _stated(draft: Draft, path: str, place: str, field: str) -> str:
    stated = draft.facts.workload.text(path)
    return stated if stated is not None else _place(draft, place, field, path)


def _ids(draft: Draft, path: str, places: list[str], field: str) -> list[str]:
    stated = draft.facts.workload.items(path)
    if stated:
        return list(stated)
    _place(draft, ", ".join(places), field, path)
    return places


def _place(draft: Draft, place: str, field: str, path: str = "") -> str:
    fix = f"State {path} in the workload file." if path else "Put the real value into the request."
    draft.find("placeholder", "info", f"{field} is a placeholder: {place}", fix=fix)
    return place
