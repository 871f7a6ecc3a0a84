"""CloudWatch alarms: those that turn an update back, and those that tell people."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from advisor.model.advice import Parameters, Request
from advisor.model.options import ASYNCHRONOUS, REAL_TIME, SERVERLESS
from advisor.options import names, topics
from advisor.options.endpoint import endpoint_name
from advisor.options.load import SECOND, known, per_second, seconds
from advisor.options.plan_builder import Draft
from advisor.rulebook.hardware import CPU, Instance
from advisor.text.quantity_format import number

_REQUESTS, _HOSTS = "AWS/SageMaker", "/aws/sagemaker/Endpoints"
# Metrics that have values only where requests come.
_OF_REQUESTS = frozenset({"Invocation5XXErrors", "Invocation4XXErrors", "ModelLatency"})
_SHARE = "alarm-error-share"
MOST_ROLLBACK = 10  # AutoRollbackConfiguration takes no more, and deploy.rollout.alarms neither


class Alarm(NamedTuple):
    """What one alarm watches."""

    suffix: str  # of its name, after the endpoint's
    metric: str
    statistic: str  # Average, Sum, Maximum or p99
    threshold: float
    says: str  # its description
    because: str
    constant: str = ""
    namespace: str = _REQUESTS
    variant: str = names.VARIANT  # empty: the endpoint as a whole


def _watch(
    suffix: str, watched: tuple[str, str, float], says: str, because: str, **more: str
) -> Alarm:
    """An alarm on a metric, its statistic and the threshold."""
    metric, statistic, threshold = watched
    return Alarm(suffix, metric, statistic, threshold, says, because=because, **more)


class Span(NamedTuple):
    """How long an alarm looks before it goes off."""

    period: int  # s
    periods: int  # in a row
    says: str


def rollback(draft: Draft, config_name: str, variants: tuple[str, ...]) -> tuple[Request, ...]:
    """Alarms on the new version, which must exist before an update names them.

    Args:
        draft: the plan being made.
        config_name: the configuration that the update brings.
        variants: names of the production variants.
    """
    watched = [
        _errors(draft, "rollback-errors", name, several=len(variants) > 1) for name in variants
    ]
    slow = _latency(draft, "rollback-latency")
    watched += [slow] if slow is not None else []
    periods = draft.number("rollback-periods")
    told = [topics.arn(draft, "alarms")] if topics.stated(draft, "alarms") else []
    # Other options are not documented to publish metrics of one configuration.
    new_only = {"EndpointConfigName": config_name} if draft.option == REAL_TIME else {}
    return tuple(
        _put(draft, each, _span(draft, each, periods), told, new_only)
        for each in watched[:MOST_ROLLBACK]
    )


def operating(
    draft: Draft, instance: Instance | None, variants: tuple[str, ...]
) -> tuple[Request, ...]:
    """Alarms that tell people; none where no alarms are asked for."""
    if not _asked(draft):
        return ()
    watched = [_errors(draft, "errors", name, several=len(variants) > 1) for name in variants]
    watched.append(_client_errors(draft))
    slow = _latency(draft, "latency")
    watched += [slow] if slow is not None else []
    if draft.option == ASYNCHRONOUS:
        watched += _queue(draft)
    watched += _hosts(draft, instance)
    told = [topics.arn(draft, "alarms")]
    return tuple(_put(draft, each, _patient(draft, each), told, {}) for each in watched)


def of_components(
    draft: Draft, instance: Instance, components: tuple[str, ...]
) -> tuple[Request, ...]:
    """Alarms that tell people of each inference component, and of the instances below them."""
    if not _asked(draft):
        return ()
    slow = _latency(draft, "latency")
    each = [_errors(draft, "errors", "", several=False), _client_errors(draft)]
    each += [slow] if slow is not None else []
    told = [topics.arn(draft, "alarms")]
    spans = [_patient(draft, alarm, len(components)) for alarm in each]
    for alarm, span in zip(each, spans, strict=True):
        _say(draft, alarm, span)
    made = [
        _request(draft, alarm, span, told, {"InferenceComponentName": name})
        for name in components
        for alarm, span in zip(each, spans, strict=True)
    ]
    below = _hosts(draft, instance)
    return (*made, *(_put(draft, each, _patient(draft, each), told, {}) for each in below))


def _asked(draft: Draft) -> bool:
    """Whether people are to be told; the alarms then carry the need."""
    if draft.needs("alarms") or topics.stated(draft, "alarms"):
        draft.carry("alarms")
        return True
    return False


def _patient(draft: Draft, alarm: Alarm, parts: int = 1) -> Span:
    """What people are told after: longer where requests are so few that a minute has none.

    Args:
        draft: the plan being made.
        alarm: what is watched.
        parts: models that share the traffic, of which the alarm watches one.
    """
    periods, work = draft.number("alarm-periods"), known(draft)
    rate = work.mean if work.mean is not None else work.peak
    if alarm.metric not in _OF_REQUESTS or alarm.statistic == "Sum" or not rate:
        return _span(draft, alarm, periods)
    least, most = draft.number("alarm-period"), draft.number("alarm-period-most")
    enough = 1 / draft.number(_SHARE)
    wanted = math.ceil(enough * parts / rate / least) * least
    if wanted <= least:
        return _span(draft, alarm, periods)
    period = min(most, wanted)
    brings = f"{number(rate / parts * period)} requests come in {seconds(period)}"
    if wanted > most:
        return Span(period, 1, f"{brings}, so that one such period is enough.")
    return Span(period, periods, f"In {periods} periods in a row: {brings}.")


def _span(draft: Draft, alarm: Alarm, periods: int) -> Span:
    """Minutes in a row; one where a single event is too many."""
    period = draft.number("alarm-period")
    if alarm.statistic == "Sum" and alarm.threshold == 0:
        return Span(period, 1, f"In a period of {period} s.")
    return Span(period, periods, f"In {periods} periods of {period} s in a row.")


def _put(draft: Draft, alarm: Alarm, span: Span, told: list[str], more: dict[str, str]) -> Request:
    _say(draft, alarm, span)
    return _request(draft, alarm, span, told, _of_endpoint(draft, alarm) | more)


def _say(draft: Draft, alarm: Alarm, span: Span) -> None:
    value = f"{alarm.metric} ({alarm.statistic}) > {alarm.threshold:,.10g}"
    because = f"{alarm.because} {span.says}"
    draft.set(f"Alarm {alarm.suffix}", value, because, constant=alarm.constant)


def _of_endpoint(draft: Draft, alarm: Alarm) -> dict[str, str]:
    variant = {"VariantName": alarm.variant} if alarm.variant else {}
    return {"EndpointName": endpoint_name(draft), **variant}


def _request(
    draft: Draft, alarm: Alarm, span: Span, told: list[str], dimensions: dict[str, str]
) -> Request:
    """PutMetricAlarm under the name of what the first dimension says."""
    parameters: Parameters = {
        "AlarmName": f"{next(iter(dimensions.values()))}-{alarm.suffix}",
        "AlarmDescription": alarm.says,
    }
    if told:
        parameters["AlarmActions"] = told
    parameters |= {
        "MetricName": alarm.metric,
        "Namespace": alarm.namespace,
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
        **_statistic(alarm.statistic),
        "Period": span.period,
        "EvaluationPeriods": span.periods,
        "DatapointsToAlarm": span.periods,
        "Threshold": float(alarm.threshold),
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    return Request(service="cloudwatch", operation="PutMetricAlarm", parameters=parameters)


def _statistic(name: str) -> dict[str, Any]:
    if name != "p99":
        return {"Statistic": name}
    # To ignore low counts is to ignore fewer than 1,000 requests: most endpoints never have more in
    # that time. Several periods in a row must be slow, so a single slow request is not told.
    return {"ExtendedStatistic": name, "EvaluateLowSampleCountPercentile": "evaluate"}


def _errors(draft: Draft, suffix: str, variant: str, *, several: bool) -> Alarm:
    """Requests that the service or the container failed."""
    share = draft.number(_SHARE)
    if several:
        suffix = f"{suffix}-{variant}"
    if draft.option != ASYNCHRONOUS:
        says = f"More than {100 * share:g} % of the requests failed with a 5XX status"
        because = f"The mean of 1 for each failed request and 0 for others: {100 * share:g} % fail."
        metric = "Invocation5XXErrors", "Average", share
        return _watch(suffix, metric, says, because, constant=_SHARE, variant=variant)
    return _failures(draft, suffix, variant)


def _failures(draft: Draft, suffix: str, variant: str) -> Alarm:
    """Requests that a queue accepted and that ended without a result."""
    share, period = draft.number(_SHARE), draft.number("alarm-period")
    work = known(draft)
    rate = work.mean if work.mean is not None else work.peak
    says = "Accepted requests ended without a result"
    metric = "InvocationFailures"
    if rate is None:
        because = "Neither rate nor volume is stated, so one failure is too many."
        return _watch(suffix, (metric, "Sum", 0), says, because, variant=variant)
    count = int(share * rate * period)
    because = (
        f"Failures for any reason: {share} x {per_second(rate)} x {period} s = "
        f"{number(share * rate * period)}, in whole requests."
    )
    failed = metric, "Sum", count
    return _watch(suffix, failed, says, because, constant=_SHARE, variant=variant)


def _client_errors(draft: Draft) -> Alarm:
    share = draft.number(_SHARE)
    says = f"More than {100 * share:g} % of the requests were refused with a 4XX status"
    because = f"A caller or a new version changed the format: {100 * share:g} % are refused."
    refused = "Invocation4XXErrors", "Average", share
    return _watch("client-errors", refused, says, because, constant=_SHARE)


def _latency(draft: Draft, suffix: str) -> Alarm | None:
    """ModelLatency, in microseconds; ``None`` where no time is stated."""
    work, metric = known(draft), "ModelLatency"
    answer = draft.facts.workload.interval("requests.answer")
    if draft.option != ASYNCHRONOUS and answer is not None and answer.high is not None:
        because = f"requests.answer of {seconds(answer.high / SECOND)}, in microseconds."
        says = "One request in a hundred takes longer than requests.answer allows"
        return _watch(suffix, (metric, "p99", answer.high), says, because)
    if work.processing_s is None:
        return None
    times, says = draft.number("alarm-slow"), "Requests take longer than stated"
    # The list of metrics of asynchronous endpoints gives no percentiles.
    asynchronous = draft.option == ASYNCHRONOUS
    statistic = "Average" if asynchronous else "p99"
    usual = work.processing_s if asynchronous else work.slowest_s or work.processing_s
    because = f"{times} x {seconds(usual)} of processing, in microseconds."
    value = round(times * usual * SECOND)
    return _watch(suffix, (metric, statistic, value), says, because, constant="alarm-slow")


def _queue(draft: Draft) -> list[Alarm]:
    """What only a queue has: requests that grow old in it, or too old."""
    work = known(draft)
    says = "Requests expired in the queue and were dropped"
    because = "A dropped request never gets an answer, so one is too many."
    found = [_watch("expired", ("ExpiredRequests", "Sum", 0), says, because)]
    if work.answer_s is not None and not work.answer_open:
        says = "The oldest request in the queue is older than requests.answer allows"
        because = f"requests.answer of {seconds(work.answer_s)}, in seconds."
        metric, limit = "ApproximateAgeOfOldestRequest", math.ceil(work.answer_s)
        found.append(_watch("age", (metric, "Maximum", limit), says, because, variant=""))
    return found


def _hosts(draft: Draft, instance: Instance | None) -> list[Alarm]:
    """Memory, and on instances disk and processors."""
    full = draft.number("alarm-full")
    kinds = {"memory": "MemoryUtilization"}
    if draft.option != SERVERLESS:
        kinds["disk"] = "DiskUtilization"
    of_host = {"constant": "alarm-full", "namespace": _HOSTS}
    found = []
    for kind, metric in kinds.items():
        says = f"More than {full} % of the {kind} is taken"
        because = f"{full} % of the {kind} of the fullest instance."
        found.append(_watch(kind, (metric, "Maximum", full), says, because, **of_host))
    if instance is not None and instance.accelerator == CPU and instance.vcpu:
        limit = full * instance.vcpu
        says = f"More than {full} % of the processors are busy"
        because = f"{full} % of each of {instance.vcpu} vCPUs = {limit}: the metric adds them up."
        found.append(_watch("cpu", ("CPUUtilization", "Average", limit), says, because, **of_host))
    return found
