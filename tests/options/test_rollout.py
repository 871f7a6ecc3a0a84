"""Rollouts: their sizes, waits and time limits at every bound, and what they are not set for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.model.advice import Plan
from advisor.model.options import ASYNCHRONOUS, BATCH_TRANSFORM, REAL_TIME, SERVERLESS
from tests.options.test_requests import complaints
from tests.planned import batch, online, parameters, planned, rules, setting, value


def fleet(count: int, rollout: Any = "canary", **deploy: Any) -> dict[str, Any]:
    """A workload on a fixed number of instances."""
    instances = {"min": count, "max": count}
    return online(
        model={"measured_on": "ml.m5.xlarge"},
        requests={"processing": "100 ms"},
        deploy={"rollout": rollout, "instances": instances, **deploy},
    )


def scaled(least: int, most: int, rollout: Any) -> dict[str, Any]:
    """A workload on a fleet that scales."""
    return online(
        requests={"processing": "100 ms"},
        needs=["autoscaling"],
        deploy={"rollout": rollout, "instances": {"min": least, "max": most}},
    )


def deployment(found: Plan) -> Any:
    """The deployment configuration of an endpoint, ``None`` where it has none."""
    return parameters(found, "CreateEndpoint").get("DeploymentConfig")


def traffic(found: Plan) -> dict[str, Any]:
    routing = deployment(found)["BlueGreenUpdatePolicy"]["TrafficRoutingConfiguration"]
    return dict(routing)


def messages(found: Plan, rule: str) -> list[str]:
    return [each.message for each in found.findings if each.rule == rule]


# -- sizes -----------------------------------------------------------------------------------------

PERCENT, COUNT = "CAPACITY_PERCENT", "INSTANCE_COUNT"


@pytest.mark.parametrize(
    ("count", "rollout", "field", "size"),
    [
        # The default canary of 10 %: whole instances, of which one of two is the half.
        (2, "canary", "CanarySize", (COUNT, 1)),
        (9, "canary", "CanarySize", (COUNT, 1)),
        (10, "canary", "CanarySize", (PERCENT, 10)),
        (11, "canary", "CanarySize", (COUNT, 2)),  # 1.1
        # 50 % of 3 is 1.5; two would be 67 %.
        (3, {"step": "50 %"}, "CanarySize", (COUNT, 1)),
        (4, {"step": "50 %"}, "CanarySize", (PERCENT, 50)),
        (4, {"step": "2 instances"}, "CanarySize", (COUNT, 2)),
        # The default linear step of 25 %.
        (2, "linear", "LinearStepSize", (COUNT, 1)),
        (4, "linear", "LinearStepSize", (PERCENT, 25)),
        (15, {"strategy": "linear", "step": "10 %"}, "LinearStepSize", (COUNT, 2)),  # 1.5
        (20, {"strategy": "linear", "step": "10 %"}, "LinearStepSize", (PERCENT, 10)),
    ],
)
def test_sizes_of_a_fixed_fleet(count: int, rollout: Any, field: str, size: Any) -> None:
    found = planned(REAL_TIME, fleet(count, rollout))
    assert traffic(found)[field] == {"Type": size[0], "Value": size[1]}
    assert rules(found) == set()


@pytest.mark.parametrize(
    ("count", "rollout", "size"),
    [
        (4, "rolling", (PERCENT, 25)),
        (2, "rolling", (COUNT, 1)),
        (20, {"strategy": "rolling", "step": "5 %"}, (PERCENT, 5)),
        (19, {"strategy": "rolling", "step": "5 %"}, (COUNT, 1)),  # 0.95 of an instance is 5.3 %
    ],
)
def test_batches_of_a_rolling_update(count: int, rollout: Any, size: Any) -> None:
    """Both ways: rolled back at once, the old fleet would need its whole size again."""
    policy = deployment(planned(REAL_TIME, fleet(count, rollout)))["RollingUpdatePolicy"]
    batch_size = {"Type": size[0], "Value": size[1]}
    assert policy["MaximumBatchSize"] == batch_size
    assert policy["RollbackMaximumBatchSize"] == batch_size


@pytest.mark.parametrize(
    ("strategy", "stated", "set_to"),
    [
        ("canary", "51 %", 50),
        ("linear", "51 %", 50),
        ("linear", "9 %", 10),
        ("rolling", "51 %", 50),
        ("rolling", "4 %", 5),
    ],
)
def test_a_share_beyond_the_bounds_is_adjusted(strategy: str, stated: str, set_to: int) -> None:
    found = planned(REAL_TIME, fleet(20, {"strategy": strategy, "step": stated}))
    (said,) = messages(found, "rollout-adjusted")
    assert said.endswith(f"not {stated}; {set_to} % are set")
    assert f'"Value": {set_to}'.replace('"', "'") in str(deployment(found))


@pytest.mark.parametrize(("key", "value"), [("step", "10 %"), ("wait", "5 min")])
def test_what_all_at_once_has_no_place_for_is_told(key: str, value: str) -> None:
    found = planned(REAL_TIME, fleet(5, {"strategy": "all-at-once", key: value}))
    (said,) = messages(found, "rollout-adjusted")
    assert said == f"all-at-once has one step and no wait; deploy.rollout.{key} is not used"
    # A canary that cannot be divided is told of once, as such.
    other = planned(REAL_TIME, fleet(1, {"strategy": "canary", key: value}))
    assert messages(other, "rollout-adjusted") == []


@pytest.mark.parametrize(
    ("strategy", "stated", "set_to"),
    [("canary", 3, 2), ("linear", 3, 2), ("rolling", 3, 2)],
)
def test_instances_beyond_the_bounds_are_adjusted(strategy: str, stated: int, set_to: int) -> None:
    """Half of five is two."""
    rollout = {"strategy": strategy, "step": f"{stated} instances"}
    found = planned(REAL_TIME, fleet(5, rollout))
    (said,) = messages(found, "rollout-adjusted")
    assert said == f"a step is 1 to 2 instances here, not {stated}; {set_to} are set"


def test_a_scaled_fleet_moves_shares_that_hold_an_instance_when_it_is_scaled_in() -> None:
    found = planned(REAL_TIME, scaled(3, 30, "canary"))
    assert traffic(found)["CanarySize"] == {"Type": PERCENT, "Value": 34}  # 100 / 3 = 33.3
    assert rules(found) == set()


def test_no_number_of_instances_suits_every_size_of_a_fleet() -> None:
    """A linear step is at least 10 % of 30, which is 3, and at most half of 3, which is 1."""
    rollout = {"strategy": "linear", "step": "1 instance"}
    found = planned(REAL_TIME, scaled(3, 30, rollout))
    assert traffic(found)["LinearStepSize"] == {"Type": PERCENT, "Value": 34}
    (said,) = messages(found, "rollout-adjusted")
    assert said == "no number of instances is 10 to 50 % of 3 and of 30; 34 % are set"


def test_one_instance_cannot_be_divided() -> None:
    found = planned(REAL_TIME, fleet(1, "canary"))
    assert traffic(found) == {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}
    assert deployment(found)["BlueGreenUpdatePolicy"]["TerminationWaitInSeconds"] == 300
    assert messages(found, "rollout-indivisible") == [
        "the fleet may have 1 instance, which canary cannot divide"
    ]
    assert "canary" not in found.carried
    assert "canary" in planned(REAL_TIME, fleet(2, "canary")).carried


def test_a_variant_of_one_instance_cannot_be_divided() -> None:
    workload = fleet(4, "canary")
    workload["deploy"]["variants"] = [{"name": "challenger", "weight": "0.1"}]
    found = planned(REAL_TIME, workload)
    assert messages(found, "rollout-indivisible") == [
        "a variant may have 1 instance, which canary cannot divide"
    ]


def test_a_fleet_that_goes_to_zero_cannot_be_divided() -> None:
    workload = online(
        requests={"processing": "1 min", "answer": "4 h"},
        traffic={"peak": "60/h"},
        needs=["scale-to-zero", "canary"],
    )
    found = planned(ASYNCHRONOUS, workload)
    assert messages(found, "rollout-indivisible") == [
        "the fleet may have no instances, which canary cannot divide"
    ]


# -- times -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rollout", "wait", "terminate", "limit"),
    [
        # 300 s for instances + 15 s for the container, x 2, + 2 x 300 s + 300 s = 1530 s
        ("canary", 300, 300, 1560),
        # 630 s + 4 x 300 s + 300 s = 2130 s
        ("linear", 300, 300, 2160),
        # no steps: 630 s + 300 s = 930 s
        ("all-at-once", 0, 300, 960),
        # 630 s, and 600 s is the least
        ({"strategy": "all-at-once", "terminate_wait": "0 s"}, 0, 0, 660),
        ({"strategy": "canary", "wait": "90500 ms", "terminate_wait": "1 s"}, 91, 1, 840),  # 813
        ({"strategy": "canary", "wait": "1 h", "terminate_wait": "1 h"}, 3600, 3600, 11460),
        # Stated limits: 315 s of start + 900 s of waits = 1215 s
        ({"strategy": "canary", "timeout": "1215 s"}, 300, 300, 1215),
        ({"strategy": "canary", "timeout": "8 h"}, 300, 300, 28800),
    ],
)
def test_waits_and_the_time_limit(rollout: Any, wait: int, terminate: int, limit: int) -> None:
    found = planned(REAL_TIME, fleet(4, rollout))
    policy = deployment(found)["BlueGreenUpdatePolicy"]
    assert traffic(found)["WaitIntervalInSeconds"] == wait
    assert policy["TerminationWaitInSeconds"] == terminate
    assert policy["MaximumExecutionTimeoutInSeconds"] == limit
    assert "rollout-adjusted" not in rules(found)


def test_a_rolling_update_starts_instances_for_every_batch() -> None:
    """4 x 315 s x 2 + 4 x 300 s = 3720 s."""
    policy = deployment(planned(REAL_TIME, fleet(4, "rolling")))["RollingUpdatePolicy"]
    assert policy["WaitIntervalInSeconds"] == 300
    assert policy["MaximumExecutionTimeoutInSeconds"] == 3720


@pytest.mark.parametrize(
    ("rollout", "field", "set_to"),
    [
        ({"wait": "3601 s"}, "WaitIntervalInSeconds", 3600),
        ({"terminate_wait": "2 h"}, "TerminationWaitInSeconds", 3600),
        ({"timeout": "599 s"}, "MaximumExecutionTimeoutInSeconds", 1560),
        ({"timeout": "1214 s"}, "MaximumExecutionTimeoutInSeconds", 1560),
        ({"timeout": "28801 s"}, "MaximumExecutionTimeoutInSeconds", 1560),
        # 10 steps of an hour: (28800 - 315 - 300) / 10 = 2818.5, in whole seconds
        ({"strategy": "linear", "step": "10 %", "wait": "1 h"}, "WaitIntervalInSeconds", 2818),
    ],
)
def test_times_beyond_the_bounds_are_adjusted(rollout: Any, field: str, set_to: int) -> None:
    found = planned(REAL_TIME, fleet(20, rollout))
    assert value(found, field) == set_to
    assert len(messages(found, "rollout-adjusted")) == 1


def test_a_rolling_update_has_no_second_fleet_to_wait_for() -> None:
    rollout = {"strategy": "rolling", "terminate_wait": "5 min"}
    (said,) = messages(planned(REAL_TIME, fleet(4, rollout)), "rollout-adjusted")
    assert said.endswith("has no terminate_wait")


@pytest.mark.parametrize(("wait", "seen"), [("119 s", False), ("120 s", True)])
def test_a_wait_is_as_long_as_an_alarm_looks(wait: str, seen: bool) -> None:
    """Two periods of 60 s; of stated alarms nothing is known."""
    found = planned(REAL_TIME, fleet(4, {"wait": wait}))
    assert ("rollout-unseen" in rules(found)) is not seen
    stated = planned(REAL_TIME, fleet(4, {"wait": wait, "alarms": ["errors"]}))
    assert "rollout-unseen" not in rules(stated)


@pytest.mark.parametrize(
    ("peak", "rollout", "told"),
    [
        # 20 requests, of which one is the alarm's 5 %: 16/min x 5 min x 1 of 4 instances.
        ("16/min", "canary", False),
        ("15/min", "canary", True),  # 18.75
        ("15/min", {"wait": "6 min"}, False),  # 22.5
        ("15/min", {"step": "50 %"}, False),  # 37.5
        ("1/h", "all-at-once", False),  # has no steps
    ],
)
def test_a_step_sees_enough_requests(peak: str, rollout: Any, told: bool) -> None:
    workload = {**fleet(4, rollout), "traffic": {"peak": peak}}
    found = planned(REAL_TIME, workload)
    assert bool(messages(found, "rollout-unseen")) is told


# -- what is asked for, and where it cannot be -----------------------------------------------------


def test_no_rollout_is_set_where_none_is_asked_for() -> None:
    found = planned(REAL_TIME, online(requests={"processing": "100 ms"}))
    assert deployment(found) is None
    assert [each.operation for each in found.requests].count("PutMetricAlarm") == 0


def test_the_need_alone_gives_a_canary() -> None:
    workload = online(environment="production", needs=["canary"])
    found = planned(REAL_TIME, workload)
    assert traffic(found)["Type"] == "CANARY"
    assert "canary" in found.carried


def test_a_stated_strategy_goes_before_the_need() -> None:
    workload = online(environment="production", needs=["canary"], deploy={"rollout": "all-at-once"})
    found = planned(REAL_TIME, workload)
    assert traffic(found)["Type"] == "ALL_AT_ONCE"
    assert "canary" not in found.carried


@pytest.mark.parametrize(
    ("workload", "said"),
    [
        (
            fleet(2, "canary", instance_type="ml.inf1.xlarge"),
            "deployment guardrails exclude Inferentia 1 (ml.inf1.xlarge); canary is not set",
        ),
        (
            {**fleet(2, "linear"), "needs": ["marketplace-model"]},
            "deployment guardrails exclude Marketplace containers; linear is not set",
        ),
    ],
)
def test_where_guardrails_are_excluded(workload: dict[str, Any], said: str) -> None:
    found = planned(REAL_TIME, workload)
    assert deployment(found) is None
    assert messages(found, "rollout-not-guarded") == [said]
    assert "canary" not in found.carried


@pytest.mark.parametrize(("strategy", "told"), [("canary", True), ("all-at-once", False)])
def test_a_serverless_endpoint_moves_all_at_once(strategy: str, told: bool) -> None:
    found = planned(SERVERLESS, online(deploy={"rollout": strategy}))
    assert traffic(found)["Type"] == "ALL_AT_ONCE"
    assert ("rollout-not-guarded" in rules(found)) is told
    assert "canary" not in found.carried


def test_a_transform_job_has_no_traffic() -> None:
    stated = planned(BATCH_TRANSFORM, batch(deploy={"rollout": "canary"}))
    assert rules(stated) == {"rollout-not-guarded"}
    # The need alone is not applicable to a job, which the features say.
    assert rules(planned(BATCH_TRANSFORM, batch(needs=["canary"]))) == set()


def test_several_variants_exclude_rolling_updates() -> None:
    workload = online(
        requests={"processing": "100 ms"},
        deploy={"rollout": "rolling", "instances": {"min": 8}, "variants": [{"name": "b"}]},
    )
    found = planned(REAL_TIME, workload)
    assert traffic(found)["Type"] == "LINEAR"
    (said,) = messages(found, "rollout-adjusted")
    assert said.startswith("a rolling update excludes several variants")


# -- quotas ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rollout", "wanted"),
    [
        ("all-at-once", 8),  # 2 x 4
        ("canary", 8),
        ("linear", 8),
        ("rolling", 5),  # 4 and a batch of 25 %
        ({"strategy": "rolling", "step": "50 %"}, 6),
    ],
)
def test_an_update_takes_more_instances(rollout: Any, wanted: int) -> None:
    found = planned(REAL_TIME, fleet(4, rollout))
    assert value(found, "Instances during an update") == wanted
    assert {each.wanted for each in found.quotas} == {wanted}


def test_without_a_rollout_the_quotas_are_those_of_the_fleet() -> None:
    workload = fleet(4)
    del workload["deploy"]["rollout"]
    assert {each.wanted for each in planned(REAL_TIME, workload).quotas} == {4}


@pytest.mark.parametrize(("instance", "scarce"), [("ml.m5.xlarge", False), ("ml.g5.xlarge", True)])
def test_a_rolling_update_is_named_where_a_second_fleet_is_taken(
    instance: str, scarce: bool
) -> None:
    found = planned(REAL_TIME, fleet(4, instance_type=instance))
    because = setting(found, "Instances during an update").because
    assert "A rolling update takes one batch more" in because
    assert ("accelerated types" in because) is scarce


# -- every rollout of every fleet ------------------------------------------------------------------

TIMES = st.sampled_from(["0 s", "1 s", "119 s", "2 min", "10 min", "1 h", "3601 s", "8 h", "9 h"])
STEPS = st.one_of(
    st.integers(1, 100).map(lambda share: f"{share} %"),
    st.integers(1, 60).map(lambda count: f"{count} instances"),
)
ROLLOUTS = st.fixed_dictionaries(
    {},
    optional={
        "strategy": st.sampled_from(["all-at-once", "canary", "linear", "rolling"]),
        "step": STEPS,
        "wait": TIMES,
        "terminate_wait": TIMES,
        "timeout": TIMES.filter(lambda text: text != "0 s"),
        "alarms": st.just(["fraud-errors"]),
    },
)


@given(
    rollout=ROLLOUTS,
    ends=st.tuples(st.integers(0, 40), st.integers(1, 60)).map(sorted),
    option=st.sampled_from([REAL_TIME, ASYNCHRONOUS, SERVERLESS]),
    variants=st.integers(0, 2),
    startup=st.sampled_from(["1 s", "40 s", "1 h", "4 h"]),
)
def test_any_rollout_of_any_fleet_is_within_the_bounds(
    rollout: dict[str, Any], ends: list[int], option: str, variants: int, startup: str
) -> None:
    """In the requests themselves, for the smallest and the largest fleet."""
    least, most = ends[0], max(1, ends[1])
    deploy: dict[str, Any] = {"instances": {"min": least, "max": most}}
    if rollout:
        deploy["rollout"] = rollout
    if variants:
        deploy["variants"] = [{"name": f"v{number}"} for number in range(variants)]
    workload = online(
        requests={"processing": "100 ms"},
        model={"startup": startup},
        needs=["canary", "autoscaling"],
        deploy=deploy,
    )
    assert complaints(planned(option, workload)) == []
