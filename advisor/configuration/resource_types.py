"""Which resource types of the templates are read, and which do not exist at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisor.configuration.rulefiles import read_json_rules
from advisor.text.spelling import nearest

CLOUDFORMATION_KINDS: Mapping[str, str] = {
    "AWS::SageMaker::EndpointConfig": "EndpointConfig",
    "AWS::SageMaker::Model": "Model",
    "AWS::SageMaker::Endpoint": "Endpoint",
    "AWS::SageMaker::InferenceComponent": "InferenceComponent",
    "AWS::ApplicationAutoScaling::ScalableTarget": "ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy": "ScalingPolicy",
}
TERRAFORM_KINDS: Mapping[str, str] = {
    "aws_sagemaker_endpoint_configuration": "EndpointConfig",
    "aws_sagemaker_model": "Model",
    "aws_sagemaker_endpoint": "Endpoint",
    "aws_sagemaker_inference_component": "InferenceComponent",
    "aws_appautoscaling_target": "ScalableTarget",
    "aws_appautoscaling_policy": "ScalingPolicy",
    "aws_appautoscaling_scheduled_action": "ScheduledAction",
}

Opinion = tuple[str, str, str]
"""Message, what was probably meant, severity."""


def judge_cloudformation(name: str) -> Opinion | None:
    """What is wrong with a resource type of a template; ``None`` when nothing is known to be."""
    if not name.lower().startswith("aws::sagemaker::") or name in CLOUDFORMATION_KINDS:
        return None
    return _judge(name, "cloudformation", "::", "CloudFormation has no resource type")


def judge_terraform(name: str) -> Opinion | None:
    """What is wrong with a resource type of a configuration; ``None`` when nothing is."""
    if not name.startswith("aws_sagemaker") or name in TERRAFORM_KINDS:
        return None
    return _judge(name, "terraform", "aws_sagemaker_", "the AWS provider has no resource")


def _judge(name: str, dialect: str, separator: str, words: str) -> Opinion | None:
    known: list[str] = _lists()[dialect]["types"]
    if name in known:
        return None
    near = nearest(name, known) or _abbreviated(name, known, separator)
    last = name.rsplit(separator, 1)[-1].replace("_", "").lower()
    certain = bool(near) or last in _lists()["made_by_no_resource"]["words"]
    return f"{words} {name}", near, "error" if certain else "warning"


def _abbreviated(name: str, known: list[str], separator: str) -> str:
    """``…_endpoint_config`` is short for ``…_endpoint_configuration``, or the reverse."""
    last = name.rsplit(separator, 1)[-1].replace("_", "").lower()
    for candidate in known:
        other = candidate.rsplit(separator, 1)[-1].replace("_", "").lower()
        longer, shorter = (other, last) if len(other) > len(last) else (last, other)
        if len(shorter) > 8 and longer.startswith(shorter):
            return candidate
    return ""


def _lists() -> dict[str, Any]:
    found: dict[str, Any] = read_json_rules("service", "resource-types.json")
    return found
