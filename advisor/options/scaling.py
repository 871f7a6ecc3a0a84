"""Application Auto Scaling for endpoints: the target, its policies, and the alarm that wakes."""

from __future__ import annotations

from advisor.model import Parameters, Request
from advisor.options import names, placeholders
from advisor.options.draft import Draft, once
from advisor.options.endpoint import endpoint_name

_SERVICE = "application-autoscaling"
_DIMENSION = "sagemaker:variant:DesiredInstanceCount"


def target(draft: Draft, minimum: int, maximum: int) -> Request:
    """RegisterScalableTarget for the endpoint's variant."""
    parameters = {**_subject(draft), "MinCapacity": minimum, "MaxCapacity": maximum}
    return Request(_SERVICE, "RegisterScalableTarget", parameters)


def by_invocations(draft: Draft, per_minute: float) -> Request:
    """Track invocations per instance and minute."""
    metric = _predefined("SageMakerVariantInvocationsPerInstance")
    return _tracking(draft, "invocations", per_minute, metric)


def by_concurrency(draft: Draft, per_model: float) -> Request:
    """Track requests in progress, at ten-second resolution."""
    metric = _predefined("SageMakerVariantConcurrentRequestsPerModelHighResolution")
    return _tracking(draft, "concurrency", per_model, metric)


def by_backlog(draft: Draft, per_instance: float) -> Request:
    """Track the backlog of an asynchronous endpoint for each instance."""
    metric: Parameters = {
        "CustomizedMetricSpecification": {
            "MetricName": "ApproximateBacklogSizePerInstance",
            "Namespace": "AWS/SageMaker",
            "Dimensions": [{"Name": "EndpointName", "Value": endpoint_name(draft)}],
            "Statistic": "Average",
        }
    }
    return _tracking(draft, "backlog", per_instance, metric)


def wake(draft: Draft) -> tuple[Request, Request]:
    """The step policy that starts the first instance, and the alarm that calls it."""
    draft.set(
        "HasBacklogWithoutCapacity",
        ">= 1",
        "Without this policy nothing starts from zero until the backlog has passed its target.",
        constant="wake-alarm-periods",
    )
    name = endpoint_name(draft)
    policy: Parameters = {
        "PolicyName": f"{name}-wake",
        **_subject(draft),
        "PolicyType": "StepScaling",
        "StepScalingPolicyConfiguration": {
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
            "Cooldown": draft.number("scaling-cooldown"),
            "MetricAggregationType": "Average",
        },
    }
    return (
        Request(_SERVICE, "PutScalingPolicy", policy),
        Request("cloudwatch", "PutMetricAlarm", _wake_alarm(draft, name)),
    )


def _wake_alarm(draft: Draft, endpoint: str) -> Parameters:
    periods = draft.number("wake-alarm-periods")
    return {
        "AlarmName": f"{endpoint}-wake",
        "AlarmDescription": "Requests wait and no instance is there to take them",
        "AlarmActions": [placeholders.policy_arn(draft)],
        "MetricName": "HasBacklogWithoutCapacity",
        "Namespace": "AWS/SageMaker",
        "Dimensions": [{"Name": "EndpointName", "Value": endpoint}],
        "Statistic": "Average",
        "Period": draft.number("wake-alarm-period"),
        "EvaluationPeriods": periods,
        "DatapointsToAlarm": periods,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "missing",
    }


@once
def _subject(draft: Draft) -> Parameters:
    return {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/{endpoint_name(draft)}/variant/{names.VARIANT}",
        "ScalableDimension": _DIMENSION,
    }


def _predefined(metric: str) -> Parameters:
    return {"PredefinedMetricSpecification": {"PredefinedMetricType": metric}}


def _tracking(draft: Draft, kind: str, value: float, metric: Parameters) -> Request:
    cooldown = draft.number("scaling-cooldown")
    parameters: Parameters = {
        "PolicyName": f"{endpoint_name(draft)}-{kind}",
        **_subject(draft),
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": float(value),
            **metric,
            "ScaleInCooldown": cooldown,
            "ScaleOutCooldown": cooldown,
        },
    }
    return Request(_SERVICE, "PutScalingPolicy", parameters)
