"""Where the models of a list run: each on a type that holds it, in the way that costs less."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.model.advice import Advice, Plan
from advisor.model.options import ENDPOINT_EACH, INFERENCE_COMPONENTS, REAL_TIME
from advisor.pipeline import advise
from advisor.workload import read_workloads
from tests.planned import facts_of, online, planned, rules, setting, value

LLAMA_8B = {"id": "meta-llama/Llama-3.1-8B-Instruct"}
LLAMA_70B = {"id": "meta-llama/Llama-3.1-70B-Instruct"}
TREES = {"framework": "xgboost", "size": "200 MB", "accelerator": "none"}
BUSY = {"peak": "4/s", "volume": "5M/month", "pattern": "sustained"}


def document(*models: dict[str, Any], **parts: Any) -> dict[str, Any]:
    listed = [{"name": f"m-{number}", **each} for number, each in enumerate(models)]
    chosen = {"option": REAL_TIME, "because": "stated"}
    return online(region="us-east-1", models=listed, traffic=BUSY, decision=chosen, **parts)


def advice(*models: dict[str, Any], **parts: Any) -> Advice:
    (workload,) = read_workloads(json.dumps(document(*models, **parts)).encode(), "w.json")
    return advise(workload)


def plan(*models: dict[str, Any], **parts: Any) -> Plan:
    chosen = advice(*models, **parts).chosen
    assert chosen is not None
    assert chosen.plan is not None
    return chosen.plan


def resources(found: Plan) -> list[dict[str, Any]]:
    return [
        each.parameters["Specification"]["ComputeResourceRequirements"]
        for each in found.requests
        if each.operation == "CreateInferenceComponent"
    ]


# -- components ------------------------------------------------------------------------------------


@pytest.mark.parametrize("models", [(LLAMA_8B, LLAMA_70B), (TREES, LLAMA_8B), (LLAMA_70B, TREES)])
def test_a_copy_is_that_of_its_model_alone_on_the_type_of_all(models: Any) -> None:
    """Devices, memory and concurrency as for a workload of it alone on that type, at 2/s."""
    found = plan(*models, needs=[INFERENCE_COMPONENTS])
    kind = value(found, "InstanceType")
    for number, (model, taken) in enumerate(zip(models, resources(found), strict=True)):
        if "id" not in model:
            assert "NumberOfAcceleratorDevicesRequired" not in taken
            continue
        half = {"peak": "2/s", "volume": "2500k/month", "pattern": "sustained"}
        alone = facts_of(
            online(region="us-east-1", model=model, traffic=half, deploy={"instance_type": kind})
        )
        told = alone.workload.modelled
        assert told is not None
        assert told.on is not None
        assert taken["NumberOfAcceleratorDevicesRequired"] == told.on.tensor_parallel
        assert taken["MinMemoryRequiredInMb"] == told.on.host_mib + 256  # for the server
        at_once = told.on.concurrency // told.on.copies
        assert f"{at_once:,} at once" in setting(found, f"m-{number}: CopyCount").because


def test_the_degree_that_a_container_is_told_is_that_of_its_devices() -> None:
    found = plan({**LLAMA_70B, "engine": "vllm"}, LLAMA_8B, needs=[INFERENCE_COMPONENTS])
    made = [each.parameters for each in found.requests if each.operation == "CreateModel"]
    told = made[0]["PrimaryContainer"]["Environment"]
    degree = next(value for key, value in told.items() if "TENSOR_PARALLEL" in key)
    assert int(degree) == resources(found)[0]["NumberOfAcceleratorDevicesRequired"]


def test_each_component_has_the_throughput_of_its_own_model() -> None:
    """Of 4/s each takes half: 2 / (1 x 0.5) = 4 copies; 2 / (10 x 0.5) is one."""
    on = {"measured_on": "ml.m5.large", "memory": "1 GB"}
    found = planned(
        REAL_TIME,
        document({"throughput": "1/s", **on}, {"throughput": "10/s", **on})
        | {"needs": [INFERENCE_COMPONENTS], "environment": "test"}
        | {"deploy": {"instance_type": "ml.m5.large"}},
    )
    assert value(found, "m-0: CopyCount") == 4
    assert value(found, "m-1: CopyCount") == 1


def test_models_for_different_devices_stay_apart() -> None:
    found = plan({"accelerator": "neuron", "size": "2 GB"}, {"accelerator": "gpu", "size": "3 GB"})
    assert value(found, "Hosting") == ENDPOINT_EACH
    assert "instance-too-small" not in rules(found)
    assert "no type holds every model" in setting(found, "Hosting").because


# -- the way that costs less -----------------------------------------------------------------------


def test_endpoints_apart_are_planned_where_they_cost_less() -> None:
    """Each copy takes a GPU, so that trees on CPUs would pay for one."""
    found = advice(TREES, LLAMA_8B)
    assert found.chosen is not None
    assert found.chosen.plan is not None
    assert found.chosen.plan.hosting == ENDPOINT_EACH
    assert "USD a month" in setting(found.chosen.plan, f"Not {INFERENCE_COMPONENTS}").value
    assert "hosting-cheaper" not in {each.rule for each in found.findings}


def test_a_way_that_is_stated_stays_and_the_cheaper_one_is_named() -> None:
    found = advice(TREES, LLAMA_8B, deploy={"hosting": INFERENCE_COMPONENTS})
    assert found.chosen is not None
    assert found.chosen.plan is not None
    assert found.chosen.plan.hosting == INFERENCE_COMPONENTS
    assert "hosting-cheaper" in {each.rule for each in found.findings}


SIZES = st.sampled_from(
    [
        TREES,
        LLAMA_8B,
        {"parameters": "20B"},
        {"size": "9 GB"},
        {"size": "4 GB", "accelerator": "gpu"},
    ]
)


@settings(max_examples=12, deadline=None)
@given(st.lists(SIZES, min_size=2, max_size=4))
def test_what_is_planned_costs_no_more_than_endpoints_apart(models: list[dict[str, Any]]) -> None:
    def usd(found: Advice) -> float:
        assert found.chosen is not None
        assert found.chosen.cost is not None
        cost = found.chosen.cost
        return float(cost.usd_estimate or cost.usd_high or "nan")

    apart = advice(*models, deploy={"hosting": ENDPOINT_EACH})
    assert (
        usd(advice(*models)) <= usd(apart) * 1.001
    )  # bodies of the whole list are those of one model


def test_one_container_serves_no_models_of_different_kinds() -> None:
    found = plan(LLAMA_8B, TREES)
    assert value(found, "Not multi-model") == "ruled out"


def test_steps_of_a_pipeline_take_their_times_one_after_the_other() -> None:
    models = [{"name": f"m-{number}", **LLAMA_8B} for number in range(2)]
    alone = facts_of(online(model=LLAMA_8B, traffic=BUSY)).taken("requests.processing.typical")
    steps = facts_of(online(models=models, traffic=BUSY, needs=["inference-pipeline"]))
    assert steps.taken("requests.processing.typical") == 2 * alone


# -- variables -------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [INFERENCE_COMPONENTS, "multi-container", "inference-pipeline"])
def test_each_container_has_the_variables_of_all_and_its_own(way: str) -> None:
    models: list[dict[str, Any]] = [{**TREES, "environment": {"LEVEL": "1"}}, TREES]
    found = plan(*models, needs=[way], model={"environment": {"LEVEL": "0", "ZONE": "b"}})
    bodies = [each.parameters for each in found.requests if each.operation == "CreateModel"]
    told = [
        container["Environment"]
        for body in bodies
        for container in body.get("Containers", [body.get("PrimaryContainer")])
    ]
    assert told == [{"LEVEL": "1", "ZONE": "b"}, {"LEVEL": "0", "ZONE": "b"}]


def test_one_container_for_many_models_has_no_variables_of_one() -> None:
    found = plan({**TREES, "environment": {"LEVEL": "1"}}, TREES, needs=["multi-model"])
    assert "variables-of-one" in rules(found)
