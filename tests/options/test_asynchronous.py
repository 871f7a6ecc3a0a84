"""Asynchronous plans: when the fleet may be zero, how many instances, how long a request waits."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.model.options import ASYNCHRONOUS
from tests.planned import online, parameters, planned, setting, value, variant

# Alarm 2 x 60 s + instance 300 s; the container adds its own start.
BEFORE_CONTAINER_S = 420


def workload(**requests: str) -> dict[str, Any]:
    return online(requests={"processing": "10 s", **requests}, model={"startup": "80 s"})


@pytest.mark.parametrize(
    ("requests", "least"),
    [
        ({"answer": "1 h"}, 0),
        ({"answer": "510 s"}, 0),  # 420 + 80 + 10
        ({"answer": "509 s"}, 1),
        ({"answer": "later"}, 0),
        ({}, 1),  # not stated
        ({"answer": "1 h", "cold_start": "avoid"}, 1),
        ({"answer": "1 h", "cold_start": "499 s"}, 1),
        ({"answer": "1 h", "cold_start": "500 s"}, 0),
        ({"answer": "1 h", "cold_start": "tolerated"}, 0),
    ],
)
def test_zero_only_where_a_start_fits(requests: dict[str, str], least: int) -> None:
    found = planned(ASYNCHRONOUS, workload(**requests))
    assert value(found, "MinCapacity") == least
    assert ("scale-to-zero" in found.carried) == (least == 0)
    # An endpoint starts with one instance; the target allows none.
    assert variant(found)["InitialInstanceCount"] == 1


def test_a_need_for_zero_is_met_where_no_answer_time_forbids_it() -> None:
    found = planned(ASYNCHRONOUS, {**workload(), "needs": ["scale-to-zero"]})
    assert value(found, "MinCapacity") == 0
    late = planned(ASYNCHRONOUS, {**workload(answer="60 s"), "needs": ["scale-to-zero"]})
    assert value(late, "MinCapacity") == 1
    assert "scale-to-zero" not in late.carried
    assert [each.rule for each in late.findings if each.rule == "conflict"] == ["conflict"]


@pytest.mark.parametrize(("patience", "least"), [("499 s", 1), ("500 s", 0), ("tolerated", 0)])
def test_who_waits_for_a_start_gets_the_zero_that_is_needed(patience: str, least: int) -> None:
    """The start takes 500 s, far beyond the answer's 60 s of a busy time."""
    asked = workload(answer="60 s", cold_start=patience)
    found = planned(ASYNCHRONOUS, {**asked, "needs": ["scale-to-zero"]})
    assert value(found, "MinCapacity") == least
    assert ("scale-to-zero" in found.carried) is (least == 0)


def test_waking_from_zero_takes_a_policy_and_its_alarm() -> None:
    found = planned(ASYNCHRONOUS, workload(answer="1 h"))
    operations = [each.operation for each in found.requests]
    assert operations[3:] == [
        "RegisterScalableTarget", "PutScalingPolicy", "PutScalingPolicy", "PutMetricAlarm",
    ]  # fmt: skip
    step = found.requests[5].parameters
    assert step["PolicyType"] == "StepScaling"
    assert step["StepScalingPolicyConfiguration"]["StepAdjustments"] == [
        {"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}
    ]
    alarm = parameters(found, "PutMetricAlarm")
    assert alarm["MetricName"] == "HasBacklogWithoutCapacity"
    assert (alarm["Period"], alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (60, 2, 2)
    assert alarm["Dimensions"] == [{"Name": "EndpointName", "Value": "case"}]
    assert found.requests[4].parameters["PolicyName"] != step["PolicyName"]


def loaded(answer: str, **traffic: str) -> dict[str, Any]:
    """A GPU model that works on one request of a minute at a time."""
    return online(
        requests={"processing": "1 min", "answer": answer},
        traffic=traffic,
        model={"accelerator": "gpu", "concurrency": "1", "startup": "60 s"},
    )


def test_the_queue_spreads_a_peak_over_the_answer_time() -> None:
    # 60/h x 1 min = 1 busy in the mean, / 0.9 -> 2. Peak 600/h x 1 min = 10 for an hour, spread
    # over that hour and 2 h - 1 min - 480 s = 6,660 s: 10 x 3,600 / 10,260 = 3.5 -> 4.
    traffic = {"peak": "600/h", "volume": "43800/month"}
    assert value(planned(ASYNCHRONOUS, loaded("2 h", **traffic)), "MaxCapacity") == 4
    # Within 5 minutes no help arrives, so the peak is served as it comes: 10 / 0.5.
    assert value(planned(ASYNCHRONOUS, loaded("5 min", **traffic)), "MaxCapacity") == 20


def test_without_a_volume_the_peak_may_last() -> None:
    # 10 in progress / 0.9 -> 12
    found = planned(ASYNCHRONOUS, loaded("2 h", peak="600/h"))
    assert value(found, "MaxCapacity") == 12
    assert "the volume is not stated" in setting(found, "MaxCapacity").because


def test_a_fleet_that_carries_the_peak_needs_no_end_to_it() -> None:
    # 60/h is peak and mean: 1 in progress, / 0.9 -> 2.
    found = planned(ASYNCHRONOUS, loaded("2 h", peak="60/h", volume="43800/month"))
    assert value(found, "MaxCapacity") == 2
    assert "may last" not in setting(found, "MaxCapacity").because


def test_backlog_target_follows_from_the_wait() -> None:
    # 0.5 x 6,660 s / 60 s x 1 + 1
    found = planned(ASYNCHRONOUS, loaded("2 h", peak="600/h"))
    assert value(found, "TargetValue") == 56.5
    # AWS's example where no answer time is stated.
    assert value(planned(ASYNCHRONOUS, workload()), "TargetValue") == 5.0


def test_the_fleet_has_room_where_scaling_is_needed() -> None:
    found = planned(
        ASYNCHRONOUS, {**workload(answer="1 min"), "needs": ["autoscaling", "multi-az"]}
    )
    assert (value(found, "MinCapacity"), value(found, "MaxCapacity")) == (2, 4)
    assert {"autoscaling", "multi-az"} <= found.carried


def test_stated_bounds() -> None:
    bounded = {**loaded("5 min", peak="600/h"), "deploy": {"instances": {"min": "0", "max": "3"}}}
    found = planned(ASYNCHRONOUS, bounded)
    target = parameters(found, "RegisterScalableTarget")
    assert (target["MinCapacity"], target["MaxCapacity"]) == (0, 3)
    fixed = {**loaded("5 min"), "deploy": {"instances": {"min": "2", "max": "2"}}}
    assert len(planned(ASYNCHRONOUS, fixed).requests) == 3


@pytest.mark.parametrize(
    ("processing", "timeout"),
    [
        ("15 min", 900),
        ("901 s", 3600),
        ({"typical": "1 min", "max": "20 min"}, 3600),
        ("long", 3600),  # open above
        (None, 900),
    ],
)
def test_invocation_timeout(processing: Any, timeout: int) -> None:
    stated = {} if processing is None else {"processing": processing}
    call = planned(ASYNCHRONOUS, online(requests=stated)).invoke
    assert call.parameters["InvocationTimeoutSeconds"] == timeout
    assert call.operation == "InvokeEndpointAsync"
    assert call.client_timeout_s is None


@pytest.mark.parametrize(
    ("answer", "ttl"),
    [
        ("10 s", 60),  # never below the API's bound
        ("4 min", 480),
        ("2 h", 2 * 7200 + 500),  # and a start, since the fleet may be at zero
        ("10 h", 21600),
        ("later", 21600),
        (None, 21600),
    ],
)
def test_how_long_a_request_may_wait(answer: str | None, ttl: int) -> None:
    stated = {} if answer is None else {"answer": answer}
    found = planned(ASYNCHRONOUS, workload(**stated))
    assert found.invoke.parameters["RequestTTLSeconds"] == ttl


@pytest.mark.parametrize(("concurrency", "sent"), [("1", 1), ("64", 64), ("5000", 1000)])
def test_concurrent_invocations(concurrency: str, sent: int) -> None:
    found = planned(ASYNCHRONOUS, online(model={"concurrency": concurrency}))
    client = parameters(found, "CreateEndpointConfig")["AsyncInferenceConfig"]["ClientConfig"]
    assert client == {"MaxConcurrentInvocationsPerInstance": sent}
