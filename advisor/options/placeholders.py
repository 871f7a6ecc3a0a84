"""Values that only the user knows: stated under ``deploy`` and ``model``, else placeholders.

The reader of workload files has made sure that what is stated has the shape the API asks for. A
placeholder has that shape too and names something that cannot exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from advisor.catalogue.regions import DOMAINS, REGIONS, named_places, partition_of
from advisor.model.workload import Finding
from advisor.options.plan_builder import Draft, once
from advisor.rulebook.hardware import Instance

_ACCOUNT = "000000000000"
_ARTIFACT = "s3://REPLACE-ME/model.tar.gz"
_OTHER_ARTIFACT = "s3://REPLACE-ME/variants/{}/model.tar.gz"
_KMS_KEY = "alias/REPLACE-ME"
_SUBNETS = ("subnet-00000000000000000", "subnet-00000000000000001")  # for two zones
_GROUPS = ("sg-00000000000000000",)
HUB = "hf://"  # begins an address on the Hugging Face Hub
_MOST_TAGS = 50


def role(draft: Draft) -> str:
    """ARN of the execution role."""
    stated = draft.text("deploy.role")
    if stated is not None:
        return stated
    return _place(draft, _places(_home(draft))["role"], "ExecutionRoleArn", "deploy.role")


def location(draft: Draft, suffix: str, field: str) -> str:
    """An S3 address under ``deploy.bucket``.

    Args:
        draft: the plan being made.
        suffix: what is appended, without a leading slash, at most 128 characters.
        field: the request field, for the finding.
    """
    bucket = draft.text("deploy.bucket")
    if bucket is not None:
        return f"{bucket.rstrip('/')}/{suffix}"
    return _place(draft, f"s3://REPLACE-ME/{suffix}", field, "deploy.bucket")


def kms_key(draft: Draft) -> str | None:
    """The KMS key where one is needed or stated, else ``None``."""
    stated = draft.text("deploy.kms_key")
    if stated is not None or not draft.needs("kms"):
        return stated
    return _place(draft, _KMS_KEY, "KmsKeyId", "deploy.kms_key")


def subnets(draft: Draft) -> list[str]:
    """Subnet ids; the placeholders stand for two zones."""
    return _ids(draft, "deploy.subnets", _SUBNETS, "Subnets")


def security_groups(draft: Draft) -> list[str]:
    """Security group ids."""
    return _ids(draft, "deploy.security_groups", _GROUPS, "SecurityGroupIds")


def topic(draft: Draft, kind: str) -> str:
    """ARN of the SNS topic that is told of: alarms, success or error."""
    path = f"deploy.topics.{kind}"
    stated = draft.text(path)
    if stated is not None:
        return stated
    place = f"{_places(_home(draft))['topic']}-{kind}"
    return _place(
        draft, place, "AlarmActions" if kind == "alarms" else f"{kind.title()}Topic", path
    )


def policy_arn(draft: Draft) -> str:
    """ARN of the step policy, which is known once PutScalingPolicy has answered."""
    field = "AlarmActions (the PolicyARN that PutScalingPolicy answers)"
    return _place(draft, _places(_home(draft))["policy"], field)


def image(draft: Draft, instance: Instance | None) -> str:
    """The container image: stated, or AWS's own of the framework and version that are stated."""
    from advisor.options import images  # its table is read once requests are made

    found = images.image(draft, instance)
    if found.problem:
        draft.find(
            "image-unknown", "info", found.problem, path="model.framework_version", fix=found.fix
        )
    if found.because:
        draft.set("Image", found.address, found.because, source=images.source())
    if found.address:
        return found.address
    place = _places(_home(draft))["image"].replace(":", f"{_number(draft)}:")
    return _place(draft, place, "Image", "model.image", "" if found.problem else found.fix)


def artifact(draft: Draft) -> str:
    """The S3 address of the model: an archive, or a prefix that ends with a slash."""
    stated = draft.text("model.artifact")
    if stated is not None and not stated.startswith(HUB):
        return stated
    place = _ARTIFACT.replace(".tar", f"{_number(draft)}.tar")
    key = f"models[{draft.number_of}]" if draft.number_of else "model"
    return _place(draft, place, "ModelDataUrl", f"{key}.artifact")


def package(draft: Draft) -> str:
    """ARN of a Marketplace model package; the workload file has no key for one."""
    place = f"{_places(_home(draft))['package']}{_number(draft)}"
    return _place(draft, place, "ModelPackageName")


def _number(draft: Draft) -> str:
    """What tells the placeholders of several models apart."""
    return f"-{draft.number_of}" if draft.number_of else ""


def artifact_of(draft: Draft, name: str, stated: str | None) -> str:
    """The S3 address of the model of another variant."""
    if stated is not None:
        return stated
    place = _OTHER_ARTIFACT.format(name)
    return _place(draft, place, f"ModelDataUrl of {name}", "the artifact under deploy")


def release_tags(draft: Draft) -> list[dict[str, str]]:
    """Tags of what a release makes anew: those of every resource, and the stated version."""
    found = tags(draft)
    version = draft.text("deploy.version")
    taken = {tag["Key"] for tag in found}
    if version is None or "version" in taken or len(found) == _MOST_TAGS:
        return found
    return sorted([*found, {"Key": "version", "Value": version}], key=lambda tag: tag["Key"])


def tags(draft: Draft) -> list[dict[str, str]]:
    """Tags of every resource: the stated ones, and the owner where a tag is left for it."""
    workload = draft.facts.workload
    wanted: dict[str, Any] = workload.mapping("deploy.tags")
    owner = draft.text("owner")
    if owner is not None and len(wanted) < _MOST_TAGS:
        wanted = {"owner": owner, **wanted}
    return [{"Key": key, "Value": wanted[key]} for key in sorted(wanted)]


@once
def _home(draft: Draft) -> str:
    """The Region of placeholders: the workload's, else one of the partition that it names."""
    if draft.facts.region is not None:
        return draft.facts.region
    for _, _, place in named_places(draft.facts.workload.values.values()):
        return place.region or REGIONS.get(place.partition, REGIONS["aws"])
    return REGIONS["aws"]


@lru_cache(maxsize=64)
def _places(region: str) -> Mapping[str, str]:
    """The placeholders that name a Region or its partition."""
    partition = partition_of(region)
    here = f"{region}:{_ACCOUNT}"
    return {
        "role": f"arn:{partition}:iam::{_ACCOUNT}:role/REPLACE-ME",
        "image": f"{_ACCOUNT}.dkr.ecr.{region}.{DOMAINS[partition]}/replace-me:latest",
        "package": f"arn:{partition}:sagemaker:{here}:model-package/REPLACE-ME",
        "policy": f"arn:{partition}:autoscaling:{here}:scalingPolicy:REPLACE-ME",
        "topic": f"arn:{partition}:sns:{here}:REPLACE-ME",  # without the kind at its end
    }


def _ids(draft: Draft, path: str, places: tuple[str, ...], field: str) -> list[str]:
    stated = draft.facts.workload.items(path)
    if stated:
        return list(stated)
    _place(draft, ", ".join(places), field, path)
    return list(places)


def _place(draft: Draft, place: str, field: str, path: str = "", fix: str = "") -> str:
    message, usual = _says(place, field, path)
    fix = fix or usual
    found = Finding("placeholder", "info", message, draft.facts.workload.file, fix=fix)
    if found not in draft.findings:  # several requests may hold one placeholder
        draft.findings.append(found)
    return place


@lru_cache(maxsize=256)
def _says(place: str, field: str, path: str) -> tuple[str, str]:
    fix = (
        f"State {path} in the workload file." if path else "Replace the placeholder in the request."
    )
    return f"{field} is a placeholder: {place}", fix
