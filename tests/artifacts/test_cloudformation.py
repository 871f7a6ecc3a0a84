"""The template passes cfn-lint, and the reader of `check` finds the plan's requests in it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from advisor.artifacts.cloudformation import files, pascal
from advisor.artifacts.variables import Variable
from advisor.artifacts.yaml_text import document
from advisor.configuration.reading import read_configuration
from advisor.configuration.source import SourceText
from advisor.gate.rules.service_walk import load_service
from advisor.model.advice import Advice
from advisor.model.errors import InputError
from advisor.pipeline import advise
from advisor.workload import read_workloads
from tests.artifacts.plans import HOSTILE, advices, hostile, named, placeholders, plan_of, versioned
from tests.artifacts.read_back import found, known, wanted


class Loader(yaml.SafeLoader):
    """PyYAML's own reader, which takes a short tag for a pair of tag and text."""


def _tagged(loader: Loader, tag: str, node: Any) -> dict[str, str]:
    return {f"!{tag}": loader.construct_scalar(node)}


Loader.add_multi_constructor("!", _tagged)


def template(advice: Advice) -> Any:
    """The template as PyYAML reads it."""
    ((_, content),) = files(advice)
    return yaml.load(content, Loader)  # noqa: S506 - a safe loader with tags as data


def read_back(advice: Advice) -> list[tuple[str, dict[str, Any]]]:
    """What `check` finds when each placeholder is given for its parameter."""
    ((name, content),) = files(advice)
    values = placeholders(plan_of(advice).requests)
    given_values = {pascal(Variable(key, "")): value for key, value in values.items()}
    declared = template(advice).get("Parameters", {})
    given_values = {key: value for key, value in given_values.items() if key in declared}
    text = json.dumps({"Parameters": given_values})
    read = read_configuration(
        SourceText(name, content), load_service(), beside=[SourceText("template-config.json", text)]
    )
    assert read.document is not None
    assert read.document.faults == ()
    identities = list(template(advice)["Resources"])
    requests = [each for each in plan_of(advice).requests if each.operation != "PutScheduledAction"]
    made = found(read.document.worlds[-1], known(identities, requests))
    # What holds for updates only is in no request of the plan.
    return [(kind, {k: v for k, v in body.items() if "Retain" not in k}) for kind, body in made]


@pytest.mark.parametrize("advice", advices(), ids=lambda advice: advice.workload.name)
def test_check_reads_the_requests_back(advice: Advice) -> None:
    assert read_back(advice) == wanted(plan_of(advice).requests)


@pytest.mark.parametrize("advice", advices(), ids=lambda advice: advice.workload.name)
def test_no_placeholder_is_left_in_the_template(advice: Advice) -> None:
    ((_, content),) = files(advice)
    assert "replace-me" not in content.lower()
    assert "000000000000" not in content
    assert "subnet-0000" not in content


@pytest.mark.parametrize("advice", advices(), ids=lambda advice: advice.workload.name)
def test_every_parameter_is_used(advice: Advice) -> None:
    ((_, content),) = files(advice)
    declared, _, used = content.partition("\nResources:\n")
    used = used.partition("\nOutputs:\n")[0]
    for name in re.findall(r"^  (\w+):$", declared, re.MULTILINE):
        assert f"!Ref {name}\n" in used or f"${{{name}}}" in used


@given(st.lists(HOSTILE, min_size=1, max_size=4, unique=True))
def test_a_value_stays_the_text_that_it_is(texts: list[str]) -> None:
    advice = hostile(named("call-transcripts"), texts)
    tags = [{"Key": text, "Value": text[::-1] + text} for text in texts]
    resources = template(advice)["Resources"]
    assert sorted(resources) == sorted(template(named("call-transcripts"))["Resources"])
    assert resources["EndpointConfig"]["Properties"]["Tags"] == tags
    container = resources["Model"]["Properties"]["PrimaryContainer"]
    assert container["Environment"] == {text: text for text in texts}
    assert resources["AlarmWake"]["Properties"]["AlarmDescription"] == "".join(texts)


@given(st.lists(HOSTILE, min_size=1, max_size=4, unique=True))
def test_the_scheduled_call_is_the_request(texts: list[str]) -> None:
    """Sub replaces ${Name} and takes ${!Name} for ${Name}; the model's name is made up there."""
    advice = hostile(named("nightly-churn-scores"), texts)
    target = template(advice)["Resources"]["Schedule"]["Properties"]["Target"]
    assert target["Arn"]["!Sub"].endswith(":scheduler:::aws-sdk:sagemaker:createTransformJob")
    request = plan_of(advice).requests[1].parameters
    text = re.sub(r"\$\{Bucket\}", "REPLACE-ME", target["Input"]["!Sub"])
    text = text.replace("${Model.ModelName}", request["ModelName"])
    assert not re.search(r"\$\{(?!!)", text)
    name = "nightly-churn-scores-<aws.scheduler.execution-id>"
    assert json.loads(text.replace("${!", "${")) == {**request, "TransformJobName": name}


def test_the_wake_alarm_is_the_request_and_calls_the_step_policy() -> None:
    """`check` reads no alarms, so the properties are compared here."""
    advice = named("call-transcripts")
    (request,) = (
        each.parameters for each in plan_of(advice).requests if each.operation == "PutMetricAlarm"
    )
    resources = template(advice)["Resources"]
    references = {
        "AlarmActions": [{"!Ref": "ScalingPolicy2"}],
        "Dimensions": [{"Name": "EndpointName", "Value": {"!GetAtt": "Endpoint.EndpointName"}}],
    }
    assert resources["AlarmWake"]["Properties"] == {**request, **references}
    assert resources["ScalingPolicy2"]["Properties"]["PolicyType"] == "StepScaling"


def test_alarms_and_topics_are_the_requests() -> None:
    """Those that `check` does not read: compared by name, with references as they must be."""
    advice = named("canary-of-two")
    resources = template(advice)["Resources"]
    requests = plan_of(advice).requests
    alarms = {
        e.parameters["AlarmName"]: e.parameters for e in requests if e.service == "cloudwatch"
    }
    made = [e["Properties"] for e in resources.values() if e["Type"] == "AWS::CloudWatch::Alarm"]
    assert [each["AlarmName"] for each in made] == list(alarms)
    config = {"!GetAtt": "EndpointConfig.EndpointConfigName"}
    endpoint = {"!GetAtt": "Endpoint.EndpointName"}
    for each in made:
        request = alarms[each["AlarmName"]]
        told = {"AlarmActions": [{"!Ref": "TopicAlarms"}]} if "AlarmActions" in request else {}
        # The endpoint refers to the alarms that roll an update back, so they cannot refer to it.
        references = {"EndpointConfigName": config}
        if "-rollback-" not in each["AlarmName"]:
            references["EndpointName"] = endpoint
        dimensions = [
            {**one, "Value": references.get(one["Name"], one["Value"])}
            for one in request["Dimensions"]
        ]
        assert each == {**request, **told, "Dimensions": dimensions}
    assert resources["TopicAlarms"]["Properties"] == {
        "TopicName": "canary-of-two-alarms",
        "KmsMasterKeyId": {"!Ref": "KmsKeyId"},
        "Tags": [{"Key": "team", "Value": "risk"}],
    }
    rollback = resources["Endpoint"]["Properties"]["DeploymentConfig"]["AutoRollbackConfiguration"]
    names = [{"!Ref": "AlarmRollbackErrors"}, {"!Ref": "AlarmRollbackLatency"}]
    assert rollback == {"Alarms": [{"AlarmName": name} for name in names]}


def test_what_is_replaced_has_no_name_of_its_own() -> None:
    """CloudFormation refuses to replace a resource under the name that it has."""
    for advice in advices():
        for each in template(advice)["Resources"].values():
            assert "ModelName" not in each["Properties"]
            if each["Type"] == "AWS::SageMaker::EndpointConfig":
                assert "EndpointConfigName" not in each["Properties"]
            if each["Type"] == "AWS::SageMaker::Endpoint":
                assert each["Properties"]["EndpointName"].startswith(advice.workload.name[:40])


def test_nothing_calls_a_resource_by_a_name_that_it_does_not_have() -> None:
    """The names of models and configurations are made up, so those of the requests are nobody's."""
    for advice in advices():
        ((_, content),) = files(advice)
        for request in plan_of(advice).requests:
            for operation, field in (
                ("CreateModel", "ModelName"),
                ("CreateEndpointConfig", "EndpointConfigName"),
            ):
                if request.operation == operation:
                    assert request.parameters[field] not in content


def test_another_version_replaces_the_model_and_keeps_the_endpoint() -> None:
    old, new = (list(template(versioned(v))["Resources"]) for v in ("2026-11-20", "2026-11-27"))
    assert [each for each in old if each not in new] == [each for each in old if "Model" in each]
    assert "Endpoint" in old


def test_an_update_keeps_the_count_that_scaling_has_set() -> None:
    excluded = [{"VariantPropertyType": name} for name in ("DesiredWeight", "DataCaptureConfig")]
    kept = {"RetainAllVariantProperties": True, "ExcludeRetainedVariantProperties": excluded}
    scaled = template(named("call-transcripts"))["Resources"]["Endpoint"]["Properties"]
    assert {key: value for key, value in scaled.items() if "Retain" in key} == kept
    assert not any(
        "Retain" in key
        for key in template(named("fraud-scoring"))["Resources"]["Endpoint"]["Properties"]
    )


def test_the_outputs_name_what_is_called() -> None:
    assert template(named("call-transcripts"))["Outputs"] == {
        "EndpointName": {
            "Description": "Name by which callers invoke the endpoint",
            "Value": {"!GetAtt": "Endpoint.EndpointName"},
        }
    }
    (output,) = template(named("nightly-churn-scores"))["Outputs"].values()
    assert output["Value"] == {"!Ref": "Schedule"}


def test_a_reference_to_a_secret_is_refused() -> None:
    advice = hostile(named("call-transcripts"), ["a {{resolve:secretsmanager:key}}"])
    with pytest.raises(InputError, match="CloudFormation would replace"):
        files(advice)


@given(
    st.recursive(
        st.one_of(HOSTILE, st.text(), st.booleans(), st.integers(), st.floats(0, 1e18)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(HOSTILE, inner, max_size=3)
        ),
        max_leaves=12,
    )
)
def test_yaml_reads_back_what_was_written(value: Any) -> None:
    assert yaml.safe_load(document({"value": value})) == {"value": value}


def test_a_component_has_no_tag_without_a_value() -> None:
    """Its schema, which CloudFormation holds resources against, wants a character at least."""
    (advice,) = (
        advise(each)
        for each in read_workloads(
            b'{"name": "a", "requests": {"arrival": "online"}, "needs": ["inference-components"],'
            b' "deploy": {"tags": {"empty": "", "team": "risk"}}}',
            "a.json",
        )
    )
    resources = template(advice)["Resources"]
    tagged = {each["Type"]: each["Properties"].get("Tags") for each in resources.values()}
    assert tagged["AWS::SageMaker::InferenceComponent"] == [{"Key": "team", "Value": "risk"}]
    assert {"Key": "empty", "Value": ""} in tagged["AWS::SageMaker::Endpoint"]


@pytest.mark.parametrize(("name", "kept"), [("canary-of-two", True), ("models-per-customer", None)])
def test_an_endpoint_in_production_outlives_its_stack(name: str, kept: bool | None) -> None:
    ((_, content),) = files(named(name))
    is_production = named(name).workload.text("environment") == "production"
    assert is_production is bool(kept)
    for word in ("DeletionPolicy: Retain", "UpdateReplacePolicy: Retain"):
        assert content.count(word) == int(is_production)
