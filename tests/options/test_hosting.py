"""How several models are hosted: the table is total, its rules all matter, and plans follow it."""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.model.advice import Plan
from advisor.model.errors import RulebookError
from advisor.model.options import OPTIONS, REAL_TIME, WAYS
from advisor.model.workload import Finding
from advisor.options.hosting import copies
from advisor.options.hosting.copies import Room, filled
from advisor.options.hosting.planned import Choice, choose
from advisor.pipeline import advise
from advisor.rulebook.hosting import WORDS, HostingCondition, compile_hosting, hosting
from advisor.rulebook.load import load
from advisor.workload import read_workloads
from tests.planned import facts_of, online, parameters, planned, rules, setting, value, variant

RAW = load().raw["hosting"]
TABLE = hosting(RAW)
FEATURES = {each.id for each in load().features}
ASKED = (
    "multi-model", "multi-container", "inference-pipeline", "inference-components", "scale-to-zero",
)  # fmt: skip
READ = sorted({need for row in [*TABLE.preferences] for need in row.when.needs} | {
    need for way in TABLE.ways.values() for limit in way.limits for need in limit.when.needs
})  # fmt: skip
COUNTS = (1, 2, 5, 6, 15, 16, 50, 51)  # on both sides of every bound of the table
USUAL: dict[str, Any] = {
    "option": REAL_TIME,
    "needs": frozenset(),
    "models": 10,
    "frameworks": "one",
    "accelerator": "none",
    "server": "unknown",
    "streaming": False,
    "warm": False,
    "sizes": "alike",
    "room": "unknown",
    "together": "fits",
    "load": "shared",
}


def chosen(**changed: Any) -> Choice:
    needs = frozenset(changed.pop("needs", ()))
    return choose(TABLE, {**USUAL, "needs": needs, **changed})


def asked() -> Iterator[frozenset[str]]:
    """Every combination of the needs that ask for a form."""
    for size in range(len(ASKED) + 1):
        yield from map(frozenset, itertools.combinations(ASKED, size))


# -- the table -------------------------------------------------------------------------------------


@st.composite
def anything(draw: st.DrawFn) -> dict[str, Any]:
    words = {name: draw(st.sampled_from(values)) for name, values in WORDS.items()}
    needs = draw(st.frozensets(st.sampled_from(READ)))
    return {**words, "needs": needs, "models": draw(st.sampled_from(COUNTS))}


def judged(condition: dict[str, Any], inputs: dict[str, Any]) -> bool:
    """A condition as the file states it, worked out without the code that is tested."""
    for name, wanted in condition.items():
        if name == "needs":
            if not set(wanted) & inputs["needs"]:
                return False
        elif name == "models":
            tests = {"at_least": int.__ge__, "above": int.__gt__, "at_most": int.__le__}
            if not all(tests[each](inputs["models"], bound) for each, bound in wanted.items()):
                return False
        elif inputs[name] not in (wanted if isinstance(wanted, list) else [wanted]):
            return False
    return True


@given(anything())
def test_exactly_one_way_is_chosen_or_none_with_reasons(inputs: dict[str, Any]) -> None:
    found = choose(TABLE, inputs)
    row = next(row for row in RAW["preferences"] if judged(row["when"], inputs))
    assert found.row.id == row["id"]
    out = {
        way["way"]
        for way in RAW["ways"]
        if any(judged(limit["when"], inputs) for limit in way["limits"])
    }
    assert found.way == next((name for name in row["then"] if name not in out), None)
    assert {name for name, limits in found.against.items() if limits} == out
    if found.way is None:
        assert all(found.against[name] for name in row["then"])


def test_every_combination_of_words_has_an_answer() -> None:
    """All values of most words, at each count, with each need that asks for a form."""
    names = [name for name in WORDS if name not in ("option", "frameworks", "room", "together")]
    combinations = itertools.product(*(WORDS[name] for name in names), COUNTS, asked())
    without = set()
    for *words, count, needs in combinations:
        inputs = {**USUAL, **dict(zip(names, words, strict=True)), "models": count, "needs": needs}
        found = choose(TABLE, inputs)
        if found.way is None:
            without.add(needs)
            assert found.against[found.row.then[0]]
    # Only a form that is asked for can fail: alone, or because another is asked for as well.
    assert frozenset() not in without
    assert all(needs for needs in without)


@pytest.mark.parametrize("option", OPTIONS)
def test_without_a_form_that_is_asked_for_every_option_has_a_way(option: str) -> None:
    for count in COUNTS:
        assert chosen(option=option, models=count).way is not None


def meeting(when: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Usual inputs changed so that a condition holds, with each of its needs in turn."""
    changed: dict[str, Any] = {}
    for name, wanted in when.items():
        if name == "models":
            bounds = {"at_least": 0, "above": 1, "at_most": 0}
            changed["models"] = next(each + bounds[name] for name, each in wanted.items())
        elif name != "needs":
            changed[name] = wanted[0] if isinstance(wanted, list) else wanted
    for need in when.get("needs", [None]):
        yield {**USUAL, **changed, "needs": frozenset({need} if need else ())}


@pytest.mark.parametrize("way", RAW["ways"], ids=lambda way: way["way"])
def test_every_limit_is_the_only_one_against_its_way_on_some_input(way: dict[str, Any]) -> None:
    for limit in way["limits"]:
        alone = [
            inputs
            for inputs in meeting(limit["when"])
            if [each.id for each in choose(TABLE, inputs).against[way["way"]]] == [limit["id"]]
        ]
        assert alone, limit["id"]


def test_every_row_and_every_way_is_chosen_somewhere() -> None:
    found = [choose(TABLE, each) for row in RAW["preferences"] for each in meeting(row["when"])]
    assert {each.row.id for each in found} == {row.id for row in TABLE.preferences}
    assert {each.way for each in found} == set(WAYS)


@pytest.mark.parametrize(
    ("changed", "way", "row"),
    [
        ({"models": 1}, "endpoint-each", "prefer-one-model"),
        ({}, "multi-model", "prefer-shared"),
        ({"models": 1000}, "multi-model", "prefer-shared"),
        ({"frameworks": "several"}, "multi-container", "prefer-different-frameworks"),
        ({"frameworks": "several", "models": 15}, "multi-container", "prefer-different-frameworks"),
        (
            {"frameworks": "several", "models": 16},
            "inference-components",
            "prefer-different-frameworks",
        ),
        (
            {"frameworks": "several", "accelerator": "gpu"},
            "inference-components",
            "prefer-different-frameworks",
        ),
        (
            {"frameworks": "several", "together": "exceeds"},
            "inference-components",
            "prefer-different-frameworks",
        ),
        ({"warm": True}, "multi-container", "prefer-always-loaded"),
        ({"warm": True, "accelerator": "gpu"}, "inference-components", "prefer-always-loaded"),
        ({"warm": True, "models": 16}, "multi-model", "prefer-shared"),
        ({"sizes": "uneven", "models": 50}, "inference-components", "prefer-uneven"),
        ({"sizes": "uneven", "models": 51}, "multi-model", "prefer-shared"),
        ({"load": "filling"}, "endpoint-each", "prefer-filled"),
        ({"needs": ["tenant-isolation"], "models": 5}, "endpoint-each", "prefer-apart"),
        ({"needs": ["tenant-isolation"], "models": 6}, "multi-model", "prefer-shared"),
        ({"needs": ["shadow-testing"], "models": 3}, "endpoint-each", "prefer-apart"),
        ({"accelerator": "gpu", "server": "triton"}, "multi-model", "prefer-shared"),
        ({"accelerator": "gpu", "server": "unknown"}, "multi-model", "prefer-shared"),
        ({"accelerator": "gpu", "server": "other"}, "inference-components", "prefer-shared"),
        (
            {"accelerator": "gpu", "server": "triton", "room": "alone"},
            "inference-components",
            "prefer-shared",
        ),
        ({"accelerator": "neuron"}, "inference-components", "prefer-shared"),
        ({"streaming": True}, "inference-components", "prefer-shared"),
        ({"needs": ["marketplace-model"]}, "inference-components", "prefer-shared"),
        ({"needs": ["scale-to-zero"], "models": 1}, "inference-components", "prefer-zero"),
        ({"needs": ["inference-components"]}, "inference-components", "prefer-zero"),
        ({"needs": ["inference-pipeline"]}, "inference-pipeline", "prefer-pipeline"),
        ({"needs": ["inference-pipeline"], "models": 16}, None, "prefer-pipeline"),
        ({"needs": ["multi-container"], "accelerator": "gpu"}, None, "prefer-containers"),
        ({"needs": ["multi-model"]}, "multi-model", "prefer-multi-model"),
        ({"needs": ["multi-model"], "models": 1}, "multi-model", "prefer-multi-model"),
        ({"needs": ["multi-model"], "streaming": True}, None, "prefer-multi-model"),
        ({"needs": ["multi-model", "scale-to-zero"]}, None, "prefer-multi-model"),
        ({"needs": ["multi-container", "inference-pipeline"]}, None, "prefer-pipeline"),
        ({"needs": ["inference-pipeline", "scale-to-zero"]}, None, "prefer-pipeline"),
        ({"option": "serverless"}, "endpoint-each", "prefer-no-sharing"),
        ({"option": "asynchronous", "frameworks": "several"}, "endpoint-each", "prefer-no-sharing"),
        (
            {"option": "batch-transform", "needs": ["inference-pipeline"]},
            "inference-pipeline",
            "prefer-pipeline",
        ),
        ({"option": "asynchronous", "needs": ["inference-pipeline"]}, None, "prefer-pipeline"),
        (
            {"option": "asynchronous", "needs": ["scale-to-zero"], "models": 3},
            "endpoint-each",
            "prefer-no-sharing",
        ),
    ],
)
def test_the_way_of_a_workload(changed: dict[str, Any], way: str | None, row: str) -> None:
    found = chosen(**changed)
    assert (found.way, found.row.id) == (way, row)


# -- the file --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda raw: raw["ways"].pop(), "the ways must be"),
        (lambda raw: raw["preferences"].pop(), "the last preference must always apply"),
        (
            lambda raw: raw["preferences"][0].update(then=["lambda"]),
            "the way 'lambda' does not exist",
        ),
        (
            lambda raw: raw["preferences"][0].update(when={"needs": ["x"]}),
            "the feature 'x' does not exist",
        ),
        (
            lambda raw: raw["preferences"][0].update(when={"colour": "red"}),
            "the input 'colour' does not exist",
        ),
        (
            lambda raw: raw["preferences"][0].update(when={"room": "large"}),
            "room does not take 'large'",
        ),
        (
            lambda raw: raw["preferences"][0].update(when={"models": {"is": 3}}),
            "no comparison 'is'",
        ),
    ],
)
def test_a_rule_that_does_not_resolve_is_refused(damage: Any, said: str) -> None:
    raw = copy.deepcopy(RAW)
    damage(raw)
    with pytest.raises(RulebookError, match=said):
        compile_hosting(raw, FEATURES)


def test_bounds_of_a_condition_are_inclusive_where_they_say_so() -> None:
    def holds(models: dict[str, int], count: int) -> bool:
        raw = copy.deepcopy(RAW)
        raw["preferences"][0]["when"] = {"models": models}
        condition: HostingCondition = hosting(raw).preferences[0].when
        return condition.holds({**USUAL, "models": count})

    assert [holds({"at_least": 3}, count) for count in (2, 3)] == [False, True]
    assert [holds({"above": 3}, count) for count in (3, 4)] == [False, True]
    assert [holds({"at_most": 3}, count) for count in (3, 4)] == [True, False]


# -- packing ---------------------------------------------------------------------------------------


def test_the_scarcest_resource_says_how_many_copies_fit() -> None:
    has = Room(3600, 14_745, 4)
    assert has.copies(Room(1000, 9472, 0)) == 1  # 14,745 / 9,472
    assert has.copies(Room(1000, 756, 0)) == 3  # 3.6 / 1
    assert has.copies(Room(1000, 756, 2)) == 2  # 4 / 2


def test_copies_of_several_sizes_share_an_instance() -> None:
    has = Room(3600, 14_745, 0)
    demand = [(Room(1000, 756, 0), 2), (Room(1000, 9472, 0), 2), (Room(1000, 1280, 0), 2)]
    assert filled(demand, has) == 2


def test_a_copy_that_is_too_large_gets_an_instance_of_its_own() -> None:
    assert filled([(Room(1000, 20_000, 0), 3)], Room(3600, 14_745, 0)) == 3


ROOMS = st.builds(Room, st.integers(1, 9), st.integers(1, 9), st.integers(0, 3))


@given(st.lists(st.tuples(ROOMS, st.integers(0, 7)), max_size=4))
def test_packing_by_groups_is_packing_one_by_one(demand: list[tuple[Room, int]]) -> None:
    has = Room(20, 20, 5)
    one_by_one: list[Room] = []
    for copy_of, number in sorted(
        demand, key=lambda each: (copies._share(each[0], has), each), reverse=True
    ):
        for _ in range(number):
            place = next((i for i, free in enumerate(one_by_one) if free.copies(copy_of)), None)
            if place is None:
                one_by_one.append(has.without(copy_of, 1))
            else:
                one_by_one[place] = one_by_one[place].without(copy_of, 1)
    found = filled(demand, has)
    needed = sum(number for _, number in demand)
    assert found == len(one_by_one)
    assert found <= needed
    # No packing can do with less than the fullest resource asks for.
    for which, total in enumerate(has):
        assert found * total >= sum(copy_of[which] * number for copy_of, number in demand)


def test_a_million_copies_are_packed_at_once() -> None:
    assert filled([(Room(1000, 1024, 0), 1_000_000)], Room(7200, 29_491, 0)) == 142_858


# -- plans -----------------------------------------------------------------------------------------

TWO = [{"name": "north", "memory": "1 GB"}, {"name": "south", "memory": "2 GB"}]


def advice(document: dict[str, Any]) -> Any:
    (workload,) = read_workloads(json.dumps(document).encode(), "w.json")
    return advise(workload)


def plan_of(**parts: Any) -> Plan:
    return planned(REAL_TIME, online(**parts))


def finding(found: Plan, rule: str) -> Finding:
    return next(each for each in found.findings if each.rule == rule)


@pytest.mark.parametrize("way", WAYS)
def test_what_is_stated_under_deploy_is_what_the_requests_make(way: str) -> None:
    found = plan_of(models=TWO, deploy={"hosting": way})
    assert value(found, "Hosting") == way
    operations = [each.operation for each in found.requests]
    model = parameters(found, "CreateModel")
    assert {
        "endpoint-each": operations.count("CreateEndpoint") == 2,
        "multi-model": model.get("PrimaryContainer", {}).get("Mode") == "MultiModel",
        "multi-container": model.get("InferenceExecutionConfig") == {"Mode": "Direct"},
        "inference-pipeline": model.get("InferenceExecutionConfig") == {"Mode": "Serial"},
        "inference-components": operations.count("CreateInferenceComponent") == 2,
    }[way]


def test_a_stated_way_that_a_limit_is_against_is_an_error_and_stands() -> None:
    found = plan_of(models=TWO, model={"accelerator": "gpu"}, deploy={"hosting": "multi-container"})
    assert value(found, "Hosting") == "multi-container"
    error = finding(found, "hosting-ruled-out")
    assert error.severity == "error"
    assert "CPU instances only (multi-container-no-accelerator)" in error.message


def test_a_stated_way_that_the_rules_rank_lower_is_told() -> None:
    found = plan_of(models=TWO, deploy={"hosting": "endpoint-each"})
    assert "the rules prefer multi-model" in finding(found, "hosting-differs").message


def test_two_needs_that_exclude_each_other_are_an_error() -> None:
    found = plan_of(needs=["multi-container", "inference-pipeline"])
    assert value(found, "Hosting") == "inference-pipeline"
    assert "hosting-ruled-out" in rules(found)
    assert "multi-container" not in found.carried


@pytest.mark.parametrize(("count", "containers"), [(None, 2), (1, 2), (2, 2), (15, 15), (16, 15)])
def test_containers_without_names_are_made_up_to_what_a_model_takes(
    count: int | None, containers: int
) -> None:
    model = {} if count is None else {"count": count}
    found = plan_of(model=model, needs=["inference-pipeline"])
    listed = parameters(found, "CreateModel")["Containers"]
    assert len(listed) == containers
    assert len({each["ContainerHostname"] for each in listed}) == containers
    assert len({each["ModelDataUrl"] for each in listed}) == containers
    assert ("hosting-ruled-out" in rules(found)) == (count == 16)
    assert f"{containers} containers" in finding(found, "models-not-named").message


def test_a_container_that_is_listed_alone_gets_another_beside_it() -> None:
    found = plan_of(models=[{"name": "container-1"}], needs=["inference-pipeline"])
    names = [each["ContainerHostname"] for each in parameters(found, "CreateModel")["Containers"]]
    assert names == ["container-1", "container-2"]
    assert "models-not-named" in rules(found)


def test_the_archives_of_named_models_lie_below_their_common_prefix() -> None:
    artifacts = ["s3://bucket/models/a.tar.gz", "s3://bucket/models/b/c.tar.gz"]
    models = [{"name": f"m{n}", "artifact": each} for n, each in enumerate(artifacts)]
    found = plan_of(models=models, deploy={"hosting": "multi-model"})
    container = parameters(found, "CreateModel")["PrimaryContainer"]
    assert container["ModelDataUrl"] == "s3://bucket/models/"
    assert found.invoke.parameters["TargetModel"] == "a.tar.gz"


def test_archives_in_two_buckets_have_no_common_prefix() -> None:
    models = [{"name": f"m{n}", "artifact": f"s3://bucket{n}/m.tar.gz"} for n in range(2)]
    apart = plan_of(models=models, deploy={"hosting": "multi-model"})
    # The call names the prefix, too, and it is said once.
    assert [each.rule for each in apart.findings].count("models-apart") == 1


def test_a_prefix_that_is_shared_gives_each_model_an_archive_of_its_name() -> None:
    found = plan_of(
        models=TWO, model={"artifact": "s3://bucket/m/"}, deploy={"hosting": "endpoint-each"}
    )
    made = [each.parameters for each in found.requests if each.operation == "CreateModel"]
    assert [each["PrimaryContainer"]["ModelDataUrl"] for each in made] == [
        "s3://bucket/m/north.tar.gz",
        "s3://bucket/m/south.tar.gz",
    ]


def test_a_cold_start_is_refused_where_loading_takes_longer() -> None:
    # 500 MB at 100 MB/s are 5 s.
    model = {"count": 3, "size": "500 MB", "memory": "1 GB", "framework": "xgboost"}
    for wait, way in (
        ("5 s", "multi-model"),
        ("4.9 s", "multi-container"),
        ("avoid", "multi-container"),
    ):
        assert value(plan_of(model=model, requests={"cold_start": wait}), "Hosting") == way


def test_sizes_are_uneven_beyond_four_times_the_smallest() -> None:
    # With 256 MB for the server 768 + 256 = 1,024 is the smallest, and 3,840 + 256 four times that.
    for size, way in (("3840 MB", "multi-model"), ("3841 MB", "inference-components")):
        models = [{"name": "a", "memory": "768 MB"}, {"name": "b", "memory": size}]
        assert value(plan_of(models=models), "Hosting") == way


def test_models_that_fill_their_instances_stay_apart() -> None:
    # m5.large: 2 vCPUs / 100 ms x 0.5 = 10/s. Apart it is 3 x 2; 51/s take six, 50/s five.
    model = {"count": 3, "memory": "1 GB", "framework": "xgboost"}
    for peak, way in (("50/s", "multi-model"), ("51/s", "endpoint-each")):
        parts = {
            "requests": {"processing": "100 ms"},
            "traffic": {"peak": peak, "pattern": "sustained"},
        }
        assert value(plan_of(model=model, **parts), "Hosting") == way


def test_components_stream_where_a_multi_model_endpoint_cannot() -> None:
    found = plan_of(requests={"streaming": True}, model={"count": 3})
    assert value(found, "Hosting") == "inference-components"
    assert found.invoke.operation == "InvokeEndpointWithResponseStream"
    assert "response-streaming" in found.carried


def test_the_network_of_components_is_that_of_the_configuration() -> None:
    found = plan_of(models=TWO, needs=["inference-components", "vpc", "network-isolation"])
    config, model = parameters(found, "CreateEndpointConfig"), parameters(found, "CreateModel")
    assert {"VpcConfig", "EnableNetworkIsolation", "ExecutionRoleArn"} <= config.keys()
    assert not {"VpcConfig", "EnableNetworkIsolation"} & model.keys()
    assert not {"ModelName", "InitialVariantWeight"} & variant(found).keys()


def test_components_are_scaled_and_woken_by_name() -> None:
    found = plan_of(model={"accelerator": "gpu"}, needs=["scale-to-zero"])
    by_operation: dict[str, list[dict[str, Any]]] = {}
    for request in found.requests:
        by_operation.setdefault(request.operation, []).append(request.parameters)
    (target,) = by_operation["RegisterScalableTarget"]
    assert target["ResourceId"] == "inference-component/case"
    assert target["ScalableDimension"] == "sagemaker:inference-component:DesiredCopyCount"
    assert (target["MinCapacity"], target["MaxCapacity"]) == (0, 2)
    assert variant(found)["ManagedInstanceScaling"]["MinInstanceCount"] == 0
    (alarm,) = by_operation["PutMetricAlarm"]
    assert alarm["Dimensions"] == [{"Name": "InferenceComponentName", "Value": "case"}]
    assert alarm["MetricName"] == "NoCapacityInvocationFailures"
    tracking, step = by_operation["PutScalingPolicy"]
    metric = tracking["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"]
    assert metric["PredefinedMetricType"] == (
        "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution"
    )
    assert step["StepScalingPolicyConfiguration"]["StepAdjustments"][0]["ScalingAdjustment"] == 1


def test_a_small_copy_asks_for_the_least_that_the_api_takes() -> None:
    # 1 MB and the server are 257 MiB; the least is 128.
    found = plan_of(model={"memory": "1 MB"}, needs=["inference-components"])
    assert value(found, "MinMemoryRequiredInMb") == 257


def test_a_measured_throughput_is_shared_by_the_copies_that_fill_an_instance() -> None:
    # m5.large: 1.8 vCPUs, so one copy; of 40/s measured half is planned for: 60/s are three copies.
    found = plan_of(
        model={"throughput": "40/s", "measured_on": "ml.m5.large", "memory": "1 GB"},
        traffic={"peak": "60/s", "pattern": "sustained"},
        needs=["inference-components"],
    )
    assert value(found, "CopyCount") == 3
    assert "40/s measured on an instance of 1 copy" in setting(found, "CopyCount").because


def test_the_need_for_one_component_is_met_by_one_model() -> None:
    found = plan_of(needs=["inference-components"])
    assert [each.operation for each in found.requests].count("CreateInferenceComponent") == 1
    assert found.invoke.parameters["InferenceComponentName"] == "case"


def test_unnamed_models_have_the_requests_of_one_and_the_cost_of_all() -> None:
    found = advice(
        {
            **online(
                requests={"processing": "100 ms", "answer": "100 ms"},
                traffic={"peak": "600/s", "pattern": "sustained"},
                model={"count": 4, "memory": "1 GB", "framework": "xgboost", "concurrency": 2},
                decision={"option": "real-time", "because": "stated"},
            ),
            "region": "us-east-1",
        }
    )
    # 600/s / 4 = 150/s against 2 / 100 ms x 0.5 = 10/s: 4 x 15 instances for 730 hours.
    assert [each.operation for each in found.chosen.plan.requests].count("CreateEndpoint") == 1
    line = found.chosen.cost.items[0]
    assert (line.name, line.quantity) == ("Instances ml.c6i.large", str(4 * 15 * 730))
    assert "models-not-named" in {each.rule for each in found.findings}


def test_named_models_cost_what_their_own_endpoints_cost() -> None:
    document = {
        **online(
            requests={"processing": "20 ms", "answer": "1 s", "payload": "8 KB"},
            traffic={"peak": "6/s", "volume": "1M/month", "pattern": "sustained"},
            models=[{"name": "small", "memory": "1 GB"}, {"name": "large", "memory": "12 GB"}],
            deploy={"hosting": "endpoint-each"},
            decision={"option": "real-time", "because": "stated"},
        ),
        "region": "us-east-1",
    }
    cost = advice(document).chosen.cost
    items = {each.name: each.quantity for each in cost.items}
    # Two instances each: 12,288 + 256 MiB are above 0.9 x 8,192 and within 0.9 x 16,384.
    assert items["Instances ml.c6i.large"] == "1460"
    assert items["Instances ml.r5.large"] == "1460"
    # 1M x 8 KB / 1 GiB of all requests, as if there were one endpoint.
    whole = Decimal(1_000_000 * 8192) / Decimal(1024**3)
    assert abs(Decimal(items["Data in"]) - whole) < Decimal("0.001")


def test_a_range_of_models_is_a_range_of_instances_and_not_of_data() -> None:
    document = {
        **online(
            requests={"processing": "100 ms", "payload": "1 MB", "response": "1 MB"},
            traffic={"peak": "2/s", "volume": "1M/month", "pattern": "sustained"},
            model={"count": "2..4"},
            needs=["tenant-isolation"],
            decision={"option": "real-time", "because": "stated"},
        ),
        "region": "us-east-1",
    }
    items = {each.name: each.quantity for each in advice(document).chosen.cost.items}
    assert items["Instances ml.c6i.large"] == "2920..5840"  # 2 and 4 times two instances of 730 h
    assert items["Data in"] == "976.5625"  # 1M x 1 MB / 1,024 MB


def test_components_at_zero_are_paid_while_each_of_them_works() -> None:
    # One request a month: a copy is up for the work, 15 minutes after it, and 6.25 to get there.
    document = {
        **online(
            requests={"processing": "1 min", "payload": "1 KB", "response": "1 KB"},
            traffic={"peak": "1/h", "volume": "1/month", "pattern": "intermittent"},
            model={"accelerator": "gpu", "count": 3},
            needs=["scale-to-zero"],
            decision={"option": "real-time", "because": "stated"},
        ),
        "region": "us-east-1",
    }
    found = advice(document).chosen
    low, high = (float(each) for each in found.cost.items[0].quantity.split(".."))
    # A third of a request each, so a third of (60 + 900) s to (60 + 900 + 375) s three times.
    assert low == pytest.approx(960 / 3600, rel=0.01)
    assert high == pytest.approx(1335 / 3600, rel=0.01)
    assert "find no copy and fail" in " ".join(found.latency.notes)


def test_shares_that_are_not_stated_split_what_is_left() -> None:
    models = [{"name": "a", "share": "50 %"}, {"name": "b"}, {"name": "c"}]
    found = plan_of(
        models=models,
        requests={"processing": "100 ms"},
        traffic={"peak": "100/s"},
        deploy={"hosting": "endpoint-each"},
    )
    texts = [setting(found, f"{name}: InitialInstanceCount").because for name in "abc"]
    assert ["50/s at the peak" in texts[0], "25/s at the peak" in texts[1]] == [True, True]
    assert "25/s at the peak" in texts[2]


def test_an_endpoint_for_each_is_told_where_it_is_cheaper() -> None:
    # Each copy takes a GPU, so that nothing is shared, and the small model pays for a large GPU.
    document = {
        **online(
            models=[
                {"name": "large", "accelerator_memory": "20 GB"},
                {"name": "small", "accelerator_memory": "2 GB"},
            ],
            model={"accelerator": "gpu"},
            deploy={"hosting": "inference-components"},
            decision={"option": "real-time", "because": "stated"},
        ),
        "region": "us-east-1",
        "environment": "test",
    }
    told = [each for each in advice(document).findings if each.rule == "hosting-cheaper"]
    assert [each.severity for each in told] == ["info"]
    document["models"][1]["accelerator_memory"] = "20 GB"
    assert "hosting-cheaper" not in {each.rule for each in advice(document).findings}


def test_a_caution_about_shared_models_is_silent_where_they_are_apart() -> None:
    document = online(
        model={"count": 3},
        needs=["data-capture"],
        decision={"option": "real-time", "because": "stated"},
    )
    assert "multi-model-loading" not in {each.rule for each in advice(document).findings}
    document["deploy"] = {"hosting": "multi-model"}
    told = {each.rule for each in advice(document).findings}
    assert {"multi-model-loading", "multi-model-data-capture"} <= told
    document["deploy"] = {"hosting": "multi-container"}
    told = {each.rule for each in advice(document).findings}
    assert "multi-model-data-capture" in told
    assert "multi-model-loading" not in told


def test_every_way_carries_the_isolation_of_tenants() -> None:
    for way in WAYS:
        if way == "inference-pipeline":
            continue  # its containers are steps, no tenants
        found = plan_of(models=TWO, needs=["tenant-isolation"], deploy={"hosting": way})
        assert "tenant-isolation" in found.carried, way


@pytest.mark.parametrize("option", ["asynchronous", "serverless", "batch-transform"])
def test_other_options_make_what_each_model_needs(option: str) -> None:
    document = online() if option != "batch-transform" else {
        "name": "case", "requests": {"arrival": "batch"}
    }  # fmt: skip
    found = planned(option, {**document, "models": TWO})
    made = [each for each in found.requests if each.operation == "CreateModel"]
    assert len(made) == 2
    assert value(found, "Hosting") == "endpoint-each"
    assert "tenant-isolation" in found.carried


def test_facts_of_the_whole_are_those_of_the_largest_model() -> None:
    facts = facts_of(online(models=[{"name": "a", "size": "501 GB"}, {"name": "b"}]))
    assert facts.taken("model.size") == 501 * 1024**3


@pytest.mark.parametrize(
    ("memory", "devices"),
    [("22 GB", 1), ("23 GB", 2), ("44 GB", 2), ("45 GB", 4), ("80 GB", 4)],
)
def test_a_copy_takes_a_power_of_two_of_devices(memory: str, devices: int) -> None:
    # g5.12xlarge has four A10G of 22.4 GB.
    found = plan_of(
        model={"accelerator": "gpu", "accelerator_memory": memory},
        needs=["inference-components"],
        deploy={"instance_type": "ml.g5.12xlarge"},
    )
    component = parameters(found, "CreateInferenceComponent")["Specification"]
    resources = component["ComputeResourceRequirements"]
    assert resources["NumberOfAcceleratorDevicesRequired"] == devices


def test_the_largest_copy_takes_as_few_devices_as_some_type_allows() -> None:
    # 40 GB are two devices of 22.4 GB, or one of 44.7 GB.
    found = plan_of(
        region="us-east-1",
        model={"accelerator": "gpu", "accelerator_memory": "40 GB"},
        needs=["inference-components"],
    )
    component = parameters(found, "CreateInferenceComponent")["Specification"]
    assert component["ComputeResourceRequirements"]["NumberOfAcceleratorDevicesRequired"] == 1


def test_any_number_of_models_is_planned_at_once() -> None:
    """10 ** 12 endpoints of two instances draw 2 x 10 ** 12; the bound of one endpoint stays."""
    given = {"model": {"count": 10**12}, "deploy": {"hosting": "endpoint-each"}}
    quotas = {each.name: each.wanted for each in planned(REAL_TIME, online(**given)).quotas}
    assert quotas["Number of instances across active endpoints"] == 2 * 10**12
    assert quotas["Maximum number of instances per endpoint"] == 2


def test_the_model_of_a_component_reaches_a_private_registry() -> None:
    """The configuration has the network; the image is pulled through that of the model."""
    found = planned(REAL_TIME, online(needs=["inference-components", "private-image"]))
    network = parameters(found, "CreateEndpointConfig")["VpcConfig"]
    assert parameters(found, "CreateModel")["VpcConfig"] == network
    public = planned(REAL_TIME, online(needs=["inference-components", "vpc"]))
    assert "VpcConfig" not in parameters(public, "CreateModel")


@pytest.mark.parametrize("need", ["tenant-isolation", "inference-components", "scale-to-zero"])
def test_a_billion_models_are_planned_at_once(need: str) -> None:
    for way in ("endpoint-each", "multi-model", "inference-components"):
        found = plan_of(model={"count": 10**9}, needs=[need], deploy={"hosting": way})
        assert value(found, "Hosting") == way
