"""Every request of every workload passes the judge and the rules that no service model holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.aws import judge
from advisor.facts import Facts
from advisor.model import ASYNCHRONOUS, BATCH_TRANSFORM, OPTIONS, SERVERLESS, Plan, Request
from advisor.options import plan
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.load import load
from tests.planned import facts_of
from tests.strategies import documents, put

TYPES = knowledge(load("safe").raw).catalogue.types
SERVERLESS_STEPS = {1024, 2048, 3072, 4096, 5120, 6144}


@st.composite
def stated(draw: st.DrawFn) -> Facts:
    """The facts of a workload, often with instance types that exist."""
    document = draw(documents())
    for path in ("model.measured_on", "deploy.instance_type"):
        if draw(st.integers(0, 3)) == 0:
            put(document, path, draw(st.sampled_from(sorted(TYPES))))
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


def _model(found: Plan, request: Request) -> Iterator[str]:
    model = request.parameters
    container = model["PrimaryContainer"]
    if "ImageConfig" in container and "VpcConfig" not in model:
        yield "X-31: a private registry needs a network"
    if "ModelDataSource" in container and (
        found.option in (SERVERLESS, BATCH_TRANSFORM) or container.get("Mode") == "MultiModel"
    ):
        yield "X-29: plain files are not read here"
    if found.option == SERVERLESS and {"VpcConfig", "EnableNetworkIsolation"} & model.keys():
        yield "X-11: serverless has no network of its own"
    if "ModelPackageName" in container and found.option in (SERVERLESS, ASYNCHRONOUS):
        yield "X-07: no Marketplace container here"
    if container.get("Mode") == "MultiModel" and not container["ModelDataUrl"].endswith("/"):
        yield "a multi-model container reads a prefix"


def _config(found: Plan, request: Request) -> Iterator[str]:
    config = request.parameters
    (variant,) = config["ProductionVariants"]
    serverless = variant.get("ServerlessConfig")
    capacity = {"InstanceType", "InitialInstanceCount", "InstancePools"} & variant.keys()
    if (serverless is None) == (not capacity):
        yield "X-01, X-02: instances or serverless, one of them"
    if serverless is not None:
        yield from _serverless(config, variant, serverless)
    else:
        yield from _instances(found, config, variant)
    if "AsyncInferenceConfig" in config and found.option != ASYNCHRONOUS:
        yield "a queue in front of another option"


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


def _instances(found: Plan, config: dict[str, Any], variant: dict[str, Any]) -> Iterator[str]:
    instance = TYPES[variant["InstanceType"]]
    if "VolumeSizeInGB" in variant and instance.local_nvme is not False:
        yield "X-16: no volume size with local disks"
    container = found.requests[0].parameters["PrimaryContainer"]
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
    least, most = request.parameters["MinCapacity"], request.parameters["MaxCapacity"]
    if least > most:
        yield "the minimum is above the maximum"
    if least == 0 and found.option != ASYNCHRONOUS:
        yield "D-11: zero is for asynchronous endpoints"
    (variant,) = found.requests[1].parameters["ProductionVariants"]
    if not max(1, least) <= variant["InitialInstanceCount"] <= most:
        yield "the endpoint starts outside its bounds"
    if not TYPES[variant["InstanceType"]].family.autoscaling:
        yield "SC-08: the family cannot be scaled"
    wakes = any(each.operation == "PutMetricAlarm" for each in found.requests)
    if (least == 0) != wakes:
        yield "SC-11: zero and the policy that wakes go together"


CHECKS = {
    "CreateModel": _model,
    "CreateEndpointConfig": _config,
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
        ):
            if need in found.carried:
                assert field in text, need
