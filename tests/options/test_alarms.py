"""Alarms and topics: what they watch, from which figures, and who is told."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.model.advice import Plan
from advisor.model.options import ASYNCHRONOUS, BATCH_TRANSFORM, REAL_TIME, SERVERLESS
from tests.planned import batch, online, parameters, planned, rules, setting

OPS = "arn:aws:sns:us-east-1:123456789012:ops"
RATE = "Invocation5XXErrors"


def alarms(found: Plan) -> dict[str, dict[str, Any]]:
    """Alarms by what follows the endpoint's name, scaling aside."""
    return {
        each.parameters["AlarmName"].removeprefix("case-"): each.parameters
        for each in found.requests
        if each.operation == "PutMetricAlarm" and not each.parameters["AlarmName"].endswith("wake")
    }


def dimensions(alarm: dict[str, Any]) -> dict[str, str]:
    return {each["Name"]: each["Value"] for each in alarm["Dimensions"]}


def threshold(found: Plan, name: str) -> tuple[str, str, float]:
    """Metric, statistic and threshold of one alarm."""
    alarm = alarms(found)[name]
    statistic = alarm.get("Statistic") or alarm["ExtendedStatistic"]
    return alarm["MetricName"], statistic, alarm["Threshold"]


def test_no_alarm_is_made_where_none_is_asked_for() -> None:
    for option in (REAL_TIME, ASYNCHRONOUS, SERVERLESS):
        assert alarms(planned(option, online(requests={"processing": "1 s"}))) == {}


# -- alarms that roll back -------------------------------------------------------------------------


def test_an_update_is_watched_on_the_new_version_alone() -> None:
    found = planned(REAL_TIME, online(requests={"answer": "250 ms"}, needs=["canary"]))
    config = parameters(found, "CreateEndpointConfig")["EndpointConfigName"]
    whole = {"EndpointName": "case", "VariantName": "AllTraffic", "EndpointConfigName": config}
    assert list(alarms(found)) == ["rollback-errors", "rollback-latency"]
    for alarm in alarms(found).values():
        assert dimensions(alarm) == whole
        assert (alarm["Period"], alarm["EvaluationPeriods"]) == (60, 2)
        assert alarm["TreatMissingData"] == "notBreaching"
        assert "AlarmActions" not in alarm
    assert threshold(found, "rollback-errors") == (RATE, "Average", 0.05)
    assert threshold(found, "rollback-latency") == ("ModelLatency", "p99", 250_000.0)


def test_the_configuration_names_the_alarms_that_stand_before_it() -> None:
    found = planned(REAL_TIME, online(needs=["canary"]))
    operations = [each.operation for each in found.requests]
    assert operations.index("PutMetricAlarm") < operations.index("CreateEndpoint")
    rollback = parameters(found, "CreateEndpoint")["DeploymentConfig"]["AutoRollbackConfiguration"]
    assert rollback == {"Alarms": [{"AlarmName": "case-rollback-errors"}]}


def test_stated_alarms_are_used_as_they_are() -> None:
    stated = {"strategy": "canary", "alarms": ["fraud p99", "fraud-errors"]}
    found = planned(REAL_TIME, online(deploy={"rollout": stated}))
    rollback = parameters(found, "CreateEndpoint")["DeploymentConfig"]["AutoRollbackConfiguration"]
    assert rollback == {"Alarms": [{"AlarmName": "fraud p99"}, {"AlarmName": "fraud-errors"}]}
    assert alarms(found) == {}


def test_each_variant_is_watched_and_no_more_than_ten() -> None:
    """Errors of ten variants; the latency of the first would be the eleventh alarm."""
    several = [{"name": f"v{number}"} for number in range(9)]
    for count, latency in ((8, True), (9, False)):
        deploy = {"rollout": "all-at-once", "variants": several[:count]}
        found = planned(REAL_TIME, online(requests={"answer": "1 s"}, deploy=deploy))
        assert len(alarms(found)) == 10
        assert ("rollback-latency" in alarms(found)) is latency
        watched = {dimensions(each)["VariantName"] for each in alarms(found).values()}
        assert len(watched) == count + 1


# -- thresholds ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("requests", "expected"),
    [
        # The answer time is the contract, in microseconds.
        ({"answer": "250 ms", "processing": "20 ms"}, ("ModelLatency", "p99", 250_000.0)),
        ({"answer": "1 s..2 s"}, ("ModelLatency", "p99", 2_000_000.0)),
        # Else twice the longest stated processing.
        ({"processing": "20 ms"}, ("ModelLatency", "p99", 40_000.0)),
        (
            {"processing": {"typical": "20 ms", "max": "90 ms"}},
            ("ModelLatency", "p99", 180_000.0),
        ),
        # Nothing bounds this one.
        ({"answer": "> 1 s", "processing": "20 ms"}, ("ModelLatency", "p99", 40_000.0)),
    ],
)
def test_latency_of_a_call(requests: dict[str, Any], expected: tuple[str, str, float]) -> None:
    found = planned(REAL_TIME, online(requests=requests, needs=["alarms"]))
    assert threshold(found, "latency") == expected
    assert alarms(found)["latency"]["EvaluateLowSampleCountPercentile"] == "evaluate"


def test_without_a_time_there_is_no_latency_to_watch() -> None:
    assert "latency" not in alarms(planned(REAL_TIME, online(needs=["alarms"])))
    words = online(requests={"answer": "interactive"}, needs=["alarms"])
    assert "latency" not in alarms(planned(REAL_TIME, words))


@pytest.mark.parametrize(
    ("peak", "failures"),
    [
        ("2/s", 6.0),  # 0.05 x 2/s x 60 s
        ("20/min", 1.0),
        ("19/min", 0.0),  # 0.95: the first failure is one too many
    ],
)
def test_failures_of_a_queue_are_counted(peak: str, failures: float) -> None:
    workload = online(requests={"processing": "1 s"}, traffic={"peak": peak}, needs=["alarms"])
    found = planned(ASYNCHRONOUS, workload)
    assert threshold(found, "errors") == ("InvocationFailures", "Sum", failures)


def test_alarms_of_a_queue() -> None:
    requests = {"processing": {"typical": "1 min", "max": "5 min"}, "answer": "30 min"}
    found = planned(ASYNCHRONOUS, online(requests=requests, needs=["alarms"]))
    assert threshold(found, "errors") == ("InvocationFailures", "Sum", 0.0)
    assert threshold(found, "expired") == ("ExpiredRequests", "Sum", 0.0)
    assert threshold(found, "age") == ("ApproximateAgeOfOldestRequest", "Maximum", 1800.0)
    assert dimensions(alarms(found)["age"]) == {"EndpointName": "case"}
    # Its metrics have no percentiles: twice the usual time.
    assert threshold(found, "latency") == ("ModelLatency", "Average", 120_000_000.0)


def test_nobody_waits_for_an_answer_that_may_come_later() -> None:
    workload = online(requests={"answer": "later"}, needs=["alarms"])
    assert "age" not in alarms(planned(ASYNCHRONOUS, workload))


@pytest.mark.parametrize(
    ("option", "instance", "expected"),
    [
        (REAL_TIME, "ml.m5.xlarge", {"memory": 90.0, "disk": 90.0, "cpu": 360.0}),  # 4 vCPUs
        (REAL_TIME, "ml.g5.xlarge", {"memory": 90.0, "disk": 90.0}),
        (ASYNCHRONOUS, "ml.m5.large", {"memory": 90.0, "disk": 90.0, "cpu": 180.0}),
        (SERVERLESS, "ml.m5.large", {"memory": 90.0}),
    ],
)
def test_hosts(option: str, instance: str, expected: dict[str, float]) -> None:
    workload = online(needs=["alarms"], deploy={"instance_type": instance})
    made = alarms(planned(option, workload))
    hosts = {
        name: each["Threshold"]
        for name, each in made.items()
        if each["Namespace"] == "/aws/sagemaker/Endpoints"
    }
    assert hosts == expected


def test_people_are_told_of_what_lasts() -> None:
    found = planned(REAL_TIME, online(needs=["alarms"], deploy={"topics": {"alarms": OPS}}))
    assert "alarms" in found.carried
    for alarm in alarms(found).values():
        assert alarm["AlarmActions"] == [OPS]
        assert alarm["EvaluationPeriods"] == 5
        assert "EndpointConfigName" not in dimensions(alarm)
    assert all(setting(found, f"Alarm {name}").because for name in alarms(found))


@pytest.mark.parametrize(
    ("peak", "period", "periods"),
    [
        ("20/min", 60, 5),  # twenty requests, of which one is 5 %
        ("19/min", 120, 5),
        ("20/h", 3600, 5),
        ("19/h", 3600, 1),  # five such hours in a row would come too late
        ("5/day", 3600, 1),
    ],
)
def test_a_period_has_requests_to_judge_by(peak: str, period: int, periods: int) -> None:
    workload = online(requests={"answer": "1 s"}, traffic={"peak": peak}, needs=["alarms"])
    made = alarms(planned(REAL_TIME, workload))
    for name in ("errors", "client-errors", "latency"):
        assert (made[name]["Period"], made[name]["EvaluationPeriods"]) == (period, periods)
        assert made[name]["DatapointsToAlarm"] == periods
    assert (made["memory"]["Period"], made["memory"]["EvaluationPeriods"]) == (60, 5)


def test_a_component_has_its_part_of_the_requests() -> None:
    """40 a minute are 20 for each of two, and 38 are 19."""
    for peak, period in (("40/min", 60), ("38/min", 120)):
        workload = online(
            traffic={"peak": peak},
            needs=["alarms"],
            deploy={"hosting": "inference-components"},
            models=[{"name": "a"}, {"name": "b"}],
        )
        assert alarms(planned(REAL_TIME, workload))["a-errors"]["Period"] == period


def test_one_event_that_is_too_many_is_not_waited_for_again() -> None:
    workload = online(requests={"processing": "1 s"}, traffic={"peak": "2/s"}, needs=["alarms"])
    made = alarms(planned(ASYNCHRONOUS, workload))
    periods = {name: alarm["EvaluationPeriods"] for name, alarm in made.items()}
    assert periods["expired"] == 1
    assert periods["errors"] == 5  # more than six in every minute
    workload["traffic"] = {"peak": "2/h"}
    assert alarms(planned(ASYNCHRONOUS, workload))["errors"]["EvaluationPeriods"] == 1


def test_components_are_watched_one_by_one_on_instances_that_they_share() -> None:
    workload = online(
        requests={"answer": "1 s"},
        needs=["alarms"],
        deploy={"hosting": "inference-components", "rollout": "canary"},
        models=[{"name": "a"}, {"name": "b"}],
    )
    found = planned(REAL_TIME, workload)
    assert "alarms" in found.carried
    made = alarms(found)
    several = [f"{name}-{kind}" for name in "ab" for kind in ("errors", "client-errors", "latency")]
    assert list(made) == [*several, "memory", "disk", "cpu"]
    assert dimensions(made["b-errors"]) == {"InferenceComponentName": "case-b"}
    assert dimensions(made["memory"]) == {"EndpointName": "case", "VariantName": "AllTraffic"}
    operations = [each.operation for each in found.requests]
    assert operations.index("CreateTopic") < operations.index("PutMetricAlarm")
    # A fleet is replaced as a whole, its components are not.
    assert "rollout-not-guarded" in rules(found)
    silent = planned(REAL_TIME, {**workload, "deploy": {"hosting": "inference-components"}})
    assert "rollout-not-guarded" not in rules(silent)


def test_a_topic_for_alarms_asks_for_them() -> None:
    found = planned(REAL_TIME, online(deploy={"topics": {"alarms": OPS}, "rollout": "canary"}))
    assert "errors" in alarms(found)
    assert alarms(found)["rollback-errors"]["AlarmActions"] == [OPS]


def test_a_job_has_no_alarms() -> None:
    found = planned(BATCH_TRANSFORM, batch(needs=["alarms"]))
    assert "alarms" not in found.carried
    assert rules(found) == set()
    told = planned(BATCH_TRANSFORM, batch(deploy={"topics": {"alarms": OPS}}))
    assert rules(told) == {"topic-unused"}


# -- topics ----------------------------------------------------------------------------------------


def created(found: Plan) -> list[dict[str, Any]]:
    return [each.parameters for each in found.requests if each.operation == "CreateTopic"]


def test_a_topic_that_is_not_stated_is_made_before_it_is_used() -> None:
    workload = online(
        needs=["notifications", "alarms", "kms"],
        owner="team-risk",
        deploy={"kms_key": "alias/ml", "topics": {"error": OPS}},
    )
    found = planned(ASYNCHRONOUS, workload)
    tags = [{"Key": "owner", "Value": "team-risk"}]
    key = {"KmsMasterKeyId": "alias/ml"}
    assert created(found) == [
        {"Name": "case-success", "Attributes": key, "Tags": tags},
        {"Name": "case-alarms", "Attributes": key, "Tags": tags},
    ]
    operations = [each.operation for each in found.requests]
    assert operations.index("CreateTopic") < operations.index("CreateEndpointConfig")
    config = parameters(found, "CreateEndpointConfig")["AsyncInferenceConfig"]
    told = config["OutputConfig"]["NotificationConfig"]
    assert told["ErrorTopic"] == OPS
    assert told["SuccessTopic"].endswith(":REPLACE-ME-success")
    # What the raw requests cannot know is said.
    places = [each.fix for each in found.findings if "Topic is" in each.message]
    assert places == ["State deploy.topics.success in the workload file."]


def test_stated_topics_are_used_as_they_are() -> None:
    workload = online(needs=["notifications"], deploy={"topics": {"success": OPS, "error": OPS}})
    found = planned(ASYNCHRONOUS, workload)
    assert created(found) == []
    config = parameters(found, "CreateEndpointConfig")["AsyncInferenceConfig"]
    assert config["OutputConfig"]["NotificationConfig"] == {"SuccessTopic": OPS, "ErrorTopic": OPS}


def test_one_stated_topic_is_enough() -> None:
    found = planned(ASYNCHRONOUS, online(deploy={"topics": {"error": OPS}}))
    config = parameters(found, "CreateEndpointConfig")["AsyncInferenceConfig"]
    assert config["OutputConfig"]["NotificationConfig"] == {"ErrorTopic": OPS}
    assert created(found) == []


@pytest.mark.parametrize(
    ("option", "workload"),
    [
        (REAL_TIME, online(deploy={"topics": {"success": OPS}})),
        (SERVERLESS, online(deploy={"topics": {"success": OPS}})),
        (BATCH_TRANSFORM, batch(deploy={"topics": {"success": OPS}})),
    ],
)
def test_a_topic_that_nothing_publishes_to_is_named(option: str, workload: dict[str, Any]) -> None:
    assert "topic-unused" in rules(planned(option, workload))
    assert "topic-unused" not in rules(planned(ASYNCHRONOUS, online(deploy=workload["deploy"])))
