"""Every request of every workload passes the judge and the rules that no service model holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.engine.facts import Facts
from advisor.model.advice import Plan, Request
from advisor.model.options import ASYNCHRONOUS, BATCH_TRANSFORM, OPTIONS, REAL_TIME, SERVERLESS
from advisor.options import plan
from advisor.rulebook.hardware import Instance
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.load import load
from tests.aws import judge
from tests.planned import facts_of, parameters
from tests.strategies import documents, put, values, without_size_words

TYPES = knowledge(load("safe").raw).catalogue.types
FORMS_OF_HOSTING = (
    "multi-container",
    "inference-pipeline",
    "inference-components",
    "scale-to-zero",
    "tenant-isolation",
    "autoscaling",
    "vpc",
)
_WAKING = ("HasBacklogWithoutCapacity", "NoCapacityInvocationFailures")
SERVERLESS_STEPS = {1024, 2048, 3072, 4096, 5120, 6144}


@st.composite
def stated(draw: st.DrawFn) -> Facts:
    """The facts of a workload, often with instance types that exist."""
    document = draw(documents())
    for path in ("model.measured_on", "deploy.instance_type"):
        if draw(st.integers(0, 3)) == 0:
            put(document, path, draw(st.sampled_from(sorted(TYPES))))
    if draw(st.integers(0, 2)) == 0:
        document["models"] = draw(values("models"))
        without_size_words(document)
        needs = draw(st.lists(st.sampled_from(FORMS_OF_HOSTING), unique=True, max_size=2))
        document["needs"] = dict.fromkeys(needs, True)
    return facts_of(document, draw(st.sampled_from(["safe", "latest"])))


def complaints(found: Plan) -> list[str]:
    """What the judge and the rules across fields hold against a plan."""
    held = [
        text
        for request in found.requests
        for text in judge(request.service, request.operation, request.parameters)
    ]
    held += (
        judge("sagemaker-runtime", found.invoke.operation, _sent(found)) if _called(found) else ()
    )
    for request in found.requests:
        check = CHECKS.get(request.operation)
        if check is not None:
            held += check(found, request)
    return held


def _called(found: Plan) -> bool:
    return found.option != BATCH_TRANSFORM


def _sent(found: Plan) -> dict[str, Any]:
    """The call as the client sends it: the body is the caller's."""
    body = {} if found.option == ASYNCHRONOUS else {"Body": b""}
    return {**found.invoke.parameters, **body}


def _containers(model: dict[str, Any]) -> list[dict[str, Any]]:
    return model["Containers"] if "Containers" in model else [model["PrimaryContainer"]]


def _model(found: Plan, request: Request) -> Iterator[str]:
    model = request.parameters
    if "Containers" in model:
        yield from _several(found, model)
    for container in _containers(model):
        yield from _container(found, model, container)
    if found.option == SERVERLESS and {"VpcConfig", "EnableNetworkIsolation"} & model.keys():
        yield "X-11: serverless has no network of its own"


def _several(found: Plan, model: dict[str, Any]) -> Iterator[str]:
    containers, mode = model["Containers"], model["InferenceExecutionConfig"]["Mode"]
    if not 2 <= len(containers) <= 15:
        yield "F-10, F-11: 2 to 15 containers"
    if len({each["ContainerHostname"] for each in containers}) < len(containers):
        yield "F-10: every container has a host name of its own"
    allowed = {REAL_TIME} if mode == "Direct" else {REAL_TIME, BATCH_TRANSFORM}
    if found.option not in allowed:
        yield "X-11, F-10, F-11: the option has no several containers"


def _container(found: Plan, model: dict[str, Any], container: dict[str, Any]) -> Iterator[str]:
    if "ImageConfig" in container and "VpcConfig" not in {**model, **_configured(found)}:
        yield "X-31: a private registry needs a network"
    if "ModelDataSource" in container and (
        found.option in (SERVERLESS, BATCH_TRANSFORM) or container.get("Mode") == "MultiModel"
    ):
        yield "X-29: plain files are not read here"
    if "ModelPackageName" in container and found.option in (SERVERLESS, ASYNCHRONOUS):
        yield "X-07: no Marketplace container here"
    if container.get("Mode") == "MultiModel" and not container["ModelDataUrl"].endswith("/"):
        yield "a multi-model container reads a prefix"


def _configured(found: Plan) -> dict[str, Any]:
    """The configuration of a plan with components, which has the network of all models."""
    if not any(each.operation == "CreateInferenceComponent" for each in found.requests):
        return {}
    return parameters(found, "CreateEndpointConfig")


def _config(found: Plan, request: Request) -> Iterator[str]:
    config = request.parameters
    shadows = config.get("ShadowProductionVariants", [])
    variants = config["ProductionVariants"] + shadows
    if len(shadows) > 1 or (shadows and len(variants) > 2):
        yield "X-23: one shadow beside one production variant"
    if len({each["VariantName"].lower() for each in variants}) < len(variants):
        yield "two variants of one name"
    if len(variants) > 1 and (found.option != REAL_TIME or len(variants) > 10):
        yield "X-05, X-09: variants of a real-time endpoint only, at most ten"
    for variant in variants:
        yield from _variant(found, config, variant)
    if "AsyncInferenceConfig" in config and found.option != ASYNCHRONOUS:
        yield "a queue in front of another option"


def _variant(found: Plan, config: dict[str, Any], variant: dict[str, Any]) -> Iterator[str]:
    yield from _placed(found, config, variant)
    serverless = variant.get("ServerlessConfig")
    capacity = {"InstanceType", "InitialInstanceCount", "InstancePools"} & variant.keys()
    if (serverless is None) == (not capacity):
        yield "X-01, X-02: instances or serverless, one of them"
    if serverless is not None:
        yield from _serverless(config, variant, serverless)
    else:
        yield from _instances(found, config, variant)


def _placed(found: Plan, config: dict[str, Any], variant: dict[str, Any]) -> Iterator[str]:
    """A variant names a model, or it is for components."""
    components = _configured(found)
    if ("ModelName" in variant) == bool(components):
        yield "a variant names its model, or holds components"
    if "ManagedInstanceScaling" in variant and "ModelName" in variant:
        yield "X-17: managed scaling is for components"
    if components and "ExecutionRoleArn" not in config:
        yield "X-19: a role where no model brings one"
    managed = variant.get("ManagedInstanceScaling")
    if managed is None:
        return
    least, most = managed["MinInstanceCount"], managed["MaxInstanceCount"]
    if not max(1, least) <= variant["InitialInstanceCount"] <= most:
        yield "the endpoint starts outside its bounds"


def _component(found: Plan, request: Request) -> Iterator[str]:
    component = request.parameters
    resources = component["Specification"]["ComputeResourceRequirements"]
    if resources["MinMemoryRequiredInMb"] < 128 or resources["NumberOfCpuCoresRequired"] < 0.25:
        yield "IC-01, IC-02: memory and cores"
    models = {each.parameters.get("ModelName") for each in found.requests}
    if component["Specification"]["ModelName"] not in models:
        yield "the component's model is not made"
    if component["EndpointName"] != parameters(found, "CreateEndpoint")["EndpointName"]:
        yield "the component's endpoint is not made"


def _serverless(
    config: dict[str, Any], variant: dict[str, Any], serverless: dict[str, int]
) -> Iterator[str]:
    if {"DataCaptureConfig", "AsyncInferenceConfig"} & config.keys():
        yield "X-06, X-11: neither capture nor queue with serverless"
    if {"VolumeSizeInGB", "RoutingConfig"} & variant.keys() or any(
        "Timeout" in key for key in variant
    ):
        yield "X-12: settings of instances"
    if serverless["MemorySizeInMB"] not in SERVERLESS_STEPS:
        yield "SV-01: no such memory"
    if serverless.get("ProvisionedConcurrency", 0) > serverless["MaxConcurrency"]:
        yield "X-13: more provisioned than allowed at once"


def _types(variant: dict[str, Any]) -> list[Instance]:
    """Every type on which a variant may run."""
    pools = variant.get("InstancePools", [variant])
    return [TYPES[each["InstanceType"]] for each in pools]


def _instances(found: Plan, config: dict[str, Any], variant: dict[str, Any]) -> Iterator[str]:
    if "InstancePools" in variant and "InstanceType" in variant:
        yield "a type and pools"
    for instance in _types(variant):
        if "VolumeSizeInGB" in variant and instance.local_nvme is not False:
            yield "X-16: no volume size with local disks"
    container = _containers(found.requests[0].parameters)[0]
    if container.get("Mode") == "MultiModel" and "DataCaptureConfig" in config:
        yield "X-34: no capture on multi-model endpoints"


def _job(found: Plan, request: Request) -> Iterator[str]:
    del found
    job = request.parameters
    payload, concurrent = job["MaxPayloadInMB"], job["MaxConcurrentTransforms"]
    if not 1 <= payload <= 100 or payload * concurrent > 100:
        yield "BT-01, BT-02: payload and its product"
    if "BatchStrategy" in job and job["TransformInput"]["SplitType"] == "None":
        yield "X-27: a strategy for what is not split"
    resources = job["TransformResources"]
    if "VolumeKmsKeyId" in resources and TYPES[resources["InstanceType"]].local_nvme is not False:
        yield "X-15: no volume key with local disks"
    if not 1 <= resources["InstanceCount"] <= 100:
        yield "BT-06: instances of a job"
    source = job["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]
    if job["TransformOutput"]["S3OutputPath"].startswith(source):
        yield "output below the input"


def _target(found: Plan, request: Request) -> Iterator[str]:
    target = request.parameters
    least, most = target["MinCapacity"], target["MaxCapacity"]
    if least > most:
        yield "the minimum is above the maximum"
    kind, name = target["ResourceId"].split("/")[:2]
    if kind == "endpoint":
        yield from _scaled_endpoint(found, name, least, most)
    wakes = any(
        each.parameters.get("MetricName") in _WAKING
        and name in (dimension["Value"] for dimension in each.parameters["Dimensions"])
        for each in found.requests
    )
    if (least == 0) != wakes:
        yield "SC-11, SC-14: zero and the policy that wakes go together"


def _scaled_endpoint(found: Plan, name: str, least: int, most: int) -> Iterator[str]:
    if least == 0 and found.option != ASYNCHRONOUS:
        yield "D-11: zero is for asynchronous endpoints"
    made = {
        each.parameters["EndpointName"]: each.parameters["EndpointConfigName"]
        for each in found.requests
        if each.operation == "CreateEndpoint"
    }
    (config,) = (
        each.parameters
        for each in found.requests
        if each.operation == "CreateEndpointConfig"
        and each.parameters["EndpointConfigName"] == made[name]
    )
    variant = config["ProductionVariants"][0]
    serverless = variant.get("ServerlessConfig")
    if serverless is not None:
        if not 1 <= least <= serverless["ProvisionedConcurrency"] <= most:
            yield "the provisioned concurrency starts outside its bounds"
        return
    if not max(1, least) <= variant["InitialInstanceCount"] <= most:
        yield "the endpoint starts outside its bounds"
    if not all(each.family.autoscaling for each in _types(variant)):
        yield "SC-08: a family cannot be scaled"


def _endpoint(found: Plan, request: Request) -> Iterator[str]:
    rollout = request.parameters.get("DeploymentConfig")
    if rollout is None:
        return
    position = found.requests.index(request)
    made = {e.parameters.get("AlarmName") for e in found.requests[:position]}
    alarms = [each["AlarmName"] for each in rollout["AutoRollbackConfiguration"]["Alarms"]]
    if not 1 <= len(alarms) <= 10:
        yield "DP-05: 1 to 10 alarms"
    own = [name for name in alarms if name.startswith(request.parameters["EndpointName"] + "-roll")]
    if own and not set(alarms) <= made:
        yield "an alarm that does not exist yet"
    if len(rollout.keys() & {"BlueGreenUpdatePolicy", "RollingUpdatePolicy"}) != 1:
        yield "DP-01: one style"
    rolling = rollout.get("RollingUpdatePolicy")
    if rolling is None:
        yield from _blue_green(found, rollout["BlueGreenUpdatePolicy"])
        return
    yield from _sized(found, rolling["MaximumBatchSize"], 5)
    if found.option == SERVERLESS or len(_production(found)) > 1:
        yield "X-32: no rolling update here"
    if rolling["WaitIntervalInSeconds"] >= rolling["MaximumExecutionTimeoutInSeconds"]:
        yield "DP-03: no time beside the wait"


def _blue_green(found: Plan, policy: dict[str, Any]) -> Iterator[str]:
    traffic = policy["TrafficRoutingConfiguration"]
    waits = traffic["WaitIntervalInSeconds"] + policy["TerminationWaitInSeconds"]
    if waits >= policy["MaximumExecutionTimeoutInSeconds"]:
        yield "DP-03: no time beside the waits"
    kind = traffic["Type"]
    if (kind == "CANARY") != ("CanarySize" in traffic):
        yield "a canary has its size"
    if (kind == "LINEAR") != ("LinearStepSize" in traffic):
        yield "a linear rollout has its step"
    if kind != "ALL_AT_ONCE":
        size = traffic.get("CanarySize") or traffic["LinearStepSize"]
        yield from _sized(found, size, 1 if kind == "CANARY" else 10)
        if found.option == SERVERLESS:
            yield "F-27: serverless moves all at once"


def _sized(found: Plan, size: dict[str, Any], least: int) -> Iterator[str]:
    """DP-04, for every number of instances that the fleet may have."""
    scaled = [e.parameters for e in found.requests if e.operation == "RegisterScalableTarget"]
    counts = [scaled[0]["MinCapacity"], scaled[0]["MaxCapacity"]] if scaled else []
    for count in counts or [_production(found)[0]["InitialInstanceCount"]]:
        of_a_hundred = size["Value"] * (count if size["Type"] == "CAPACITY_PERCENT" else 100)
        if not max(100, least * count) <= of_a_hundred <= 50 * count:
            yield f"DP-04: {size} of {count} instances"


def _production(found: Plan) -> list[dict[str, Any]]:
    config = next(e.parameters for e in found.requests if e.operation == "CreateEndpointConfig")
    production: list[dict[str, Any]] = config["ProductionVariants"]
    return production


CHECKS = {
    "CreateEndpoint": _endpoint,
    "CreateModel": _model,
    "CreateEndpointConfig": _config,
    "CreateInferenceComponent": _component,
    "CreateTransformJob": _job,
    "RegisterScalableTarget": _target,
}


@pytest.mark.parametrize("option", OPTIONS)
@given(facts=stated())
def test_every_request_is_acceptable(option: str, facts: Facts) -> None:
    found = plan(option, facts)
    assert complaints(found) == []
    assert json.loads(json.dumps([each.parameters for each in found.requests])) == [
        each.parameters for each in found.requests
    ]
    assert plan(option, facts) == found
    assert all(each.because.endswith(".") for each in found.settings)
    for request in found.requests:
        assert "null" not in json.dumps(request.parameters)


@given(facts=stated())
def test_a_need_is_carried_only_where_it_is_set_up(facts: Facts) -> None:
    for option in OPTIONS:
        found = plan(option, facts)
        assert found.carried <= set(load("safe").feature)
        text = json.dumps([each.parameters for each in found.requests])
        for need, field in (
            ("vpc", "VpcConfig"),
            ("kms", "KmsKeyId"),
            ("data-capture", "DataCaptureConfig"),
            ("network-isolation", "EnableNetworkIsolation"),
            ("private-image", "RepositoryAccessMode"),
            ("notifications", "SuccessTopic"),
            ("provisioned-concurrency", "ProvisionedConcurrency"),
            ("volume-size", "VolumeSizeInGB"),
            ("shell-access", "EnableSSMAccess"),
            ("marketplace-model", "ModelPackageName"),
            ("uncompressed-model", "ModelDataSource"),
            ("canary", "AutoRollbackConfiguration"),
            ("alarms", "AlarmActions"),
            ("shadow-testing", "ShadowProductionVariants"),
        ):
            if need in found.carried:
                assert field in text, need
