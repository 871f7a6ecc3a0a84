"""Requests in files: which operation an object is for, what wraps it, and what is left open."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from advisor.configuration.api.service import OPERATIONS
from advisor.configuration.discover import discover
from advisor.configuration.document import Document
from advisor.configuration.requests import read_requests
from advisor.configuration.rulefiles import read_json_rules
from advisor.configuration.source import SourceText
from advisor.configuration.yaml_nodes import read_yaml
from advisor.gate.rules.service_walk import load_service, problems

VARIANT = {
    "VariantName": "v",
    "ModelName": "m",
    "InstanceType": "ml.m5.large",
    "InitialInstanceCount": 1,
}
CONFIG = {"EndpointConfigName": "c", "ProductionVariants": [VARIANT]}
TRACKING = {
    "TargetValue": 70,
    "PredefinedMetricSpecification": {
        "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
    },
}
STEPS = {"AdjustmentType": "ChangeInCapacity", "StepAdjustments": [{"ScalingAdjustment": 1}]}


def read(value: object) -> Document | None:
    return read_requests("x.json", read_yaml(SourceText("x.json", json.dumps(value))))


def kinds(value: object) -> list[tuple[str, str]]:
    document = read(value)
    if document is None:
        return []
    return [(each.kind, each.address) for each in document.worlds[0].resources]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (CONFIG, "EndpointConfig"),
        ({"ProductionVariants": [VARIANT]}, "EndpointConfig"),
        ({"EndpointName": "e", "EndpointConfigName": "c"}, "Endpoint"),
        ({"EndpointConfigName": "c", "RetainAllVariantProperties": True}, "EndpointUpdate"),
        ({"ModelName": "m", "PrimaryContainer": {}}, "Model"),
        ({"TransformJobName": "t", "TransformInput": {}}, "TransformJob"),
        ({"InferenceComponentName": "i", "EndpointName": "e"}, "InferenceComponent"),
        ({"InferenceComponentName": "i", "DeploymentConfig": {}}, "InferenceComponentUpdate"),
        ({"InferenceComponentName": "i"}, "InferenceComponentUpdate"),
        ({"EndpointName": "e", "InputLocation": "s3://b/k"}, "AsyncInvocation"),
        ({"ResourceId": "endpoint/e/variant/v", "MinCapacity": 1}, "ScalableTarget"),
        ({"ServiceNamespace": "sagemaker", "ResourceId": "x", "MaxCapacity": 1}, "ScalableTarget"),
        ({"ResourceId": "inference-component/i", "PolicyName": "p"}, "ScalingPolicy"),
        (
            {"PolicyName": "p", "ScalableDimension": "sagemaker:variant:DesiredInstanceCount"},
            "ScalingPolicy",
        ),
        (TRACKING, "ScalingPolicy"),
        (STEPS, "ScalingPolicy"),
        (
            {"TargetValue": 5, "CustomizedMetricSpecification": {"Namespace": "AWS/SageMaker"}},
            "ScalingPolicy",
        ),
    ],
)
def test_an_object_tells_its_operation_by_its_keys(value: dict[str, Any], kind: str) -> None:
    ((found, _),) = kinds(value)
    assert found == kind


@pytest.mark.parametrize(
    "value",
    [
        [],
        5,
        {"kind": "Service"},
        {"ServiceNamespace": "ecs", "ResourceId": "service/a/b", "MaxCapacity": 1},
        {"ResourceId": "service/a/b", "MaxCapacity": 1},
        {"TargetValue": 5},
        {"TargetValue": 5, "CustomizedMetricSpecification": {"Namespace": "AWS/ECS"}},
        {
            "TargetValue": 5,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "ECSServiceAverageCPUUtilization"
            },
        },
        {"schema": "sm-advise/advice.v1", "requests": [{"operation": "Other", "parameters": {}}]},
        {"schema": "sm-advise/advice.v1", "requests": [{"parameters": CONFIG}]},
    ],
)
def test_what_is_no_request_of_ours_is_none(value: object) -> None:
    assert read(value) is None


def test_lists_and_our_own_answers_hold_requests() -> None:
    assert kinds([CONFIG, 5, [{"ModelName": "m", "Containers": []}]]) == [
        ("EndpointConfig", "[0]"),
    ]
    answer = {
        "schema": "sm-advise/advice.v1",
        "requests": [
            {"operation": "CreateModel", "parameters": {"ModelName": "m"}},
            {"operation": "CreateEndpointConfig", "parameters": CONFIG},
        ],
    }
    assert kinds(answer) == [
        ("Model", "requests[0].CreateModel"),
        ("EndpointConfig", "requests[1].CreateEndpointConfig"),
    ]


def test_documents_of_one_file_are_told_apart() -> None:
    text = f"{json.dumps(CONFIG)}\n---\n{json.dumps(TRACKING)}\n"
    document = read_requests("x.yaml", read_yaml(SourceText("x.yaml", text)))
    assert document is not None
    assert [each.address for each in document.worlds[0].resources] == ["document 1", "document 2"]


def test_an_answer_of_describe_is_known_by_its_times() -> None:
    document = read({**CONFIG, "CreationTime": "2026-01-01"})
    assert document is not None
    assert document.dialect == "described"
    assert document.worlds[0].resources[0].dialect == "described"


@pytest.mark.parametrize("value", ["<model-name>", "${MODEL}", "$(name)", "{{ model }}"])
def test_a_placeholder_is_unknown(value: str) -> None:
    document = read({**CONFIG, "ProductionVariants": [{**VARIANT, "ModelName": value}]})
    assert document is not None
    variants = document.worlds[0].resources[0].body.value["ProductionVariants"]
    assert variants.items()[0].value["ModelName"].kind == "unknown"


def test_an_object_may_hold_requests_by_the_names_of_operations_or_kinds() -> None:
    value = {
        "create_endpoint_config": CONFIG,
        "Endpoint": {"EndpointName": "e", "EndpointConfigName": "c"},
        "input": [{"TransformJobName": "j", "TransformInput": {}}],
        "EndpointConfigSchema": {"properties": CONFIG},  # no name of an operation or kind
    }
    assert kinds(value) == [
        ("EndpointConfig", "create_endpoint_config"),
        ("Endpoint", "Endpoint"),
        ("TransformJob", "input[0]"),
    ]


@pytest.mark.parametrize(
    ("value", "kind", "field"),
    [
        (TRACKING, "ScalingPolicy", "TargetTrackingScalingPolicyConfiguration"),
        (STEPS, "ScalingPolicy", "StepScalingPolicyConfiguration"),
        ({"BlueGreenUpdatePolicy": {}}, "Endpoint", "DeploymentConfig"),
        ({"RollingUpdatePolicy": {}}, "Endpoint", "DeploymentConfig"),
        ([VARIANT], "EndpointConfig", "ProductionVariants"),
    ],
)
def test_a_field_alone_is_a_request_of_which_the_rest_is_not_known(
    value: object, kind: str, field: str
) -> None:
    document = read(value)
    assert document is not None
    (resource,) = document.worlds[0].resources
    assert (resource.kind, resource.dialect, list(resource.body.value)) == (
        kind,
        "request",
        [field],
    )
    missing = [p for p in problems(load_service(), resource) if len(p.path) == 1]
    assert missing == []  # what the command line gives is not asked for


SHAPES = load_service()
CREATES = [kind for kind, (service, _) in OPERATIONS.items() if service.startswith("sagemaker")]
# These cannot be told from another operation by what they take: the name of their file tells.
SAME = {
    "EndpointUpdate": "Endpoint",  # the two names alone
    "StreamedInvocation": "Invocation",
    "InferenceRouterUpdate": "InferenceRouter",
}
NAMED_ONLY = {"InferenceExperimentUpdate", "Model", "ModelPackage", "ModelPackageGroup"}
NAMED_ONLY |= {"ModelPackageUpdate", "Invocation", "AsyncInvocation", "StreamedInvocation"}
GATEWAYS = {"InferenceGateway", "GlobalInferenceGateway", "GlobalInferenceGatewayUpdate"}


def example(kind: str, *, whole: bool) -> dict[str, Any]:
    """A request with the fields that are required, or with all; what they hold does not matter."""
    shape = SHAPES.shapes[SHAPES.kinds[kind]]
    return dict.fromkeys(shape["members"] if whole else shape["required"], "x")


@pytest.mark.parametrize("kind", CREATES)
def test_a_whole_request_of_every_operation_is_told_by_its_shape(kind: str) -> None:
    ((found, _),) = kinds(example(kind, whole=True))
    assert found == SAME.get(kind, kind) or (found == kind and kind == "EndpointUpdate")


@pytest.mark.parametrize("kind", sorted(set(CREATES) - NAMED_ONLY))
def test_a_request_with_what_is_required_is_told_by_its_shape(kind: str) -> None:
    ((found, _),) = kinds(example(kind, whole=False))
    assert found == SAME.get(kind, kind)


@pytest.mark.parametrize("kind", OPERATIONS)
@pytest.mark.parametrize("form", ["3-{}.json", "{}.yaml"])
def test_the_name_of_a_file_tells_the_operation(kind: str, form: str) -> None:
    _, operation = OPERATIONS[kind]
    file = form.format(re.sub(r"(?<=.)(?=[A-Z][a-z])", "-", operation).lower())
    value = example(kind, whole=True) | {
        "ServiceNamespace": "sagemaker",
        "Namespace": "AWS/SageMaker",
    }
    document = read_requests(file, read_yaml(SourceText(file, json.dumps(value))))
    assert document is not None
    assert [each.kind for each in document.worlds[0].resources] == [kind]


@pytest.mark.parametrize("kind", sorted(set(CREATES) - GATEWAYS))
def test_every_request_is_found_in_a_folder(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "request.json"
    value = example(kind, whole=True) | {"InputConfig": {"ModelName": "m"}}
    path.write_text(json.dumps(value), encoding="utf-8")
    assert discover([str(tmp_path)]).configurations == (str(path),)


@pytest.mark.parametrize("kind", OPERATIONS)
def test_every_request_that_its_file_names_is_found_in_a_folder(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"1-{OPERATIONS[kind][1]}.json"
    path.write_text("{}", encoding="utf-8")
    assert discover([str(tmp_path)]).configurations == (str(path),)


def test_each_operation_on_inference_that_makes_something_is_read() -> None:
    known = read_json_rules("service", "operations.json")["known"]["sagemaker"]
    makes = {name for name in known if name.startswith(("Create", "Update", "Put", "Add"))}
    assert makes == {name for service, name in OPERATIONS.values() if service == "sagemaker"}


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"EndpointName": "e", "DesiredWeightsAndCapacities": []}, "EndpointCapacities"),
        (
            {"InferenceComponentName": "i", "RuntimeConfig": {"CopyCount": 2}},
            "InferenceComponentUpdate",
        ),
        (
            {"InferenceComponentName": "i", "DesiredRuntimeConfig": {"CopyCount": 2}},
            "InferenceComponentCopies",
        ),
        (
            {"JobName": "j", "JobType": "Advanced", "InputConfig": {}, "Tags": []},
            "InferenceRecommendationsJob",  # without its role
        ),
        ({"Name": "n", "ModelVariants": [], "Description": "d"}, "InferenceExperimentUpdate"),
        ({"EndpointName": "e", "ResourcePolicy": "{}"}, "EndpointPolicy"),
        (
            {"AlarmName": "a", "MetricName": "Latency", "Namespace": "AWS/SageMaker"},
            "MetricAlarm",
        ),
        (
            {"AlarmName": "a", "MetricName": "CPU", "Namespace": "/aws/sagemaker/Endpoints"},
            "MetricAlarm",
        ),
    ],
)
def test_updates_and_jobs_are_told_apart(value: dict[str, Any], kind: str) -> None:
    assert [found for found, _ in kinds(value)] == [kind]


def test_an_alarm_of_something_else_is_none_of_ours() -> None:
    assert kinds({"AlarmName": "a", "MetricName": "CPU", "Namespace": "AWS/EC2"}) == []


def test_an_answer_of_describe_is_of_the_kind_that_it_describes() -> None:
    table = read_json_rules("service", "model.json")
    for kind, fields in table["answers"].items():
        if kind in GATEWAYS:
            continue  # it is described by its name and its places alone
        value = dict.fromkeys(fields, "x") | {"CreationTime": "2026-01-01"}
        assert [found for found, _ in kinds(value)] == [kind]


def test_an_update_that_changes_a_part_is_no_error() -> None:
    document = read({"InferenceComponentName": "i", "RuntimeConfig": {"CopyCount": 2}})
    assert document is not None
    (resource,) = document.worlds[0].resources
    assert list(problems(load_service(), resource)) == []
