"""Application Auto Scaling for endpoints: the target, its policies, and the alarm that wakes."""

from __future__ import annotations

from advisor.model.advice import Parameters, Request
from advisor.options import names, placeholders
from advisor.options.endpoint import endpoint_name
from advisor.options.plan_builder import Draft, once

_SERVICE = "application-autoscaling"
_DIMENSION = "sagemaker:variant:DesiredInstanceCount"
_METRICS = {
    "invocations": "SageMakerVariantInvocationsPerInstance",
    "concurrency": "SageMakerVariantConcurrentRequestsPerModelHighResolution",
    "utilisation": "SageMakerVariantProvisionedConcurrencyUtilization",
    "copies": "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution",
}


def target(draft: Draft, minimum: int, maximum: int) -> Request:
    """RegisterScalableTarget for the endpoint's variant."""
    return _registered(_subject(draft), minimum, maximum)


def environments(draft: Draft, minimum: int, maximum: int) -> Request:
    """RegisterScalableTarget for the provisioned concurrency of a serverless variant."""
    return _registered(_environments_of(draft), minimum, maximum)


def by_utilisation(draft: Draft, share: float) -> Request:
    """Track the share of the provisioned concurrency that is busy, 0 to 1."""
    found = {"PredefinedMetricSpecification": {"PredefinedMetricType": _METRICS["utilisation"]}}
    return _policy(
        draft, (endpoint_name(draft), "utilisation"), _environments_of(draft), share, found
    )


def _environments_of(draft: Draft) -> Parameters:
    dimension = "sagemaker:variant:DesiredProvisionedConcurrency"
    return {**_subject(draft), "ScalableDimension": dimension}


def _registered(subject: Parameters, minimum: int, maximum: int) -> Request:
    parameters = {**subject, "MinCapacity": minimum, "MaxCapacity": maximum}
    return Request(service=_SERVICE, operation="RegisterScalableTarget", parameters=parameters)


def by(draft: Draft, kind: str, value: float, component: str = "") -> Request:
    """Track invocations per instance and minute, or requests in progress every ten seconds.

    The latter are those of a variant's instance, or of a component's copy.
    """
    metric = _METRICS["copies" if component else kind]
    found = {"PredefinedMetricSpecification": {"PredefinedMetricType": metric}}
    return _tracking(draft, kind, value, found, component)


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
        "Without this policy no instance starts from zero until the backlog exceeds its target.",
        constant="wake-alarm-periods",
    )
    periods = draft.number("wake-alarm-periods")
    numbers = _numbers("Average", draft.number("wake-alarm-period"), periods, 1.0)
    watched = "EndpointName", endpoint_name(draft)
    metric = "Requests wait because there is no instance", "HasBacklogWithoutCapacity"
    policy = _step(watched[1], _subject(draft), draft.number("scaling-cooldown"), "Average")
    return policy, _alarm(draft, metric, watched, numbers)


def copies(component: str, minimum: int, maximum: int) -> Request:
    """RegisterScalableTarget for the copies of an inference component."""
    return _registered(_copies_of(component), minimum, maximum)


def wake_component(draft: Draft, component: str) -> tuple[Request, Request]:
    """The step policy that adds the first copy, and the alarm that calls it."""
    calls = float(draft.number("component-wake-calls"))
    numbers = _numbers("Sum", draft.number("component-wake-period"), 1, calls)
    metric = "Calls fail because there is no copy", "NoCapacityInvocationFailures"
    watched = "InferenceComponentName", component
    cooldown = draft.number("component-wake-cooldown")
    policy = _step(component, _copies_of(component), cooldown, "Maximum")
    return policy, _alarm(draft, metric, watched, numbers)


def _numbers(statistic: str, period: int, periods: int, threshold: float) -> Parameters:
    return {
        "Statistic": statistic,
        "Period": period,
        "EvaluationPeriods": periods,
        "DatapointsToAlarm": periods,
        "Threshold": threshold,
    }


def _copies_of(component: str) -> Parameters:
    return {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"inference-component/{component}",
        "ScalableDimension": "sagemaker:inference-component:DesiredCopyCount",
    }


def _step(name: str, subject: Parameters, cooldown: int, aggregation: str) -> Request:
    """A step policy that adds one."""
    policy: Parameters = {
        "PolicyName": f"{name}-wake",
        **subject,
        "PolicyType": "StepScaling",
        "StepScalingPolicyConfiguration": {
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
            "Cooldown": cooldown,
            "MetricAggregationType": aggregation,
        },
    }
    return Request(service=_SERVICE, operation="PutScalingPolicy", parameters=policy)


def _alarm(
    draft: Draft, metric: tuple[str, str], watched: tuple[str, str], numbers: Parameters
) -> Request:
    """An alarm that calls the step policy: what it says, its metric, its dimension and the rest."""
    (says, name), (dimension, value) = metric, watched
    parameters: Parameters = {
        "AlarmName": f"{value}-wake",
        "AlarmDescription": says,
        "AlarmActions": [placeholders.policy_arn(draft)],
        "MetricName": name,
        "Namespace": "AWS/SageMaker",
        "Dimensions": [{"Name": dimension, "Value": value}],
        **numbers,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "missing",
    }
    return Request(service="cloudwatch", operation="PutMetricAlarm", parameters=parameters)


@once
def _subject(draft: Draft) -> Parameters:
    return {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/{endpoint_name(draft)}/variant/{names.VARIANT}",
        "ScalableDimension": _DIMENSION,
    }


def _tracking(
    draft: Draft, kind: str, value: float, metric: Parameters, component: str = ""
) -> Request:
    name, subject = endpoint_name(draft), _subject(draft)
    if component:
        name, subject = component, _copies_of(component)
    return _policy(draft, (name, kind), subject, value, metric)


def _policy(
    draft: Draft, named: tuple[str, str], subject: Parameters, value: float, metric: Parameters
) -> Request:
    """A policy that tracks a metric: what it scales, by what kind of figure, and its target."""
    cooldown = draft.number("scaling-cooldown")
    parameters: Parameters = {
        "PolicyName": "-".join(named),
        **subject,
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": float(value),
            **metric,
            "ScaleInCooldown": cooldown,
            "ScaleOutCooldown": cooldown,
        },
    }
    return Request(service=_SERVICE, operation="PutScalingPolicy", parameters=parameters)
