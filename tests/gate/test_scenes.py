"""Requests in files of one folder are one scene, however they are split, named and called."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.gate.run import CheckReport, check
from advisor.gate.settings import CheckOptions

AS_OF = "2026-11-20"
ROLE = "arn:aws:iam::123456789012:role/sm"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
VPC = {"Subnets": ["subnet-0123456789abcdef0"], "SecurityGroupIds": ["sg-0123456789abcdef0"]}
VARIANT = "endpoint/e/variant/v"
COUNT = "sagemaker:variant:DesiredInstanceCount"


def model(name: str = "m", **more: object) -> dict[str, Any]:
    return {
        "ModelName": name,
        "ExecutionRoleArn": ROLE,
        "PrimaryContainer": {"Image": IMAGE},
        **more,
    }


INSTANCES: dict[str, Any] = {"InstanceType": "ml.m5.xlarge", "InitialInstanceCount": 1}
NOT_HOSTED = {**INSTANCES, "InstanceType": "ml.t3.medium"}


def config(name: str = "c", of: str = "m", on: dict[str, Any] = INSTANCES) -> dict[str, Any]:
    variant = {"VariantName": "v", "ModelName": of, **on}
    return {"EndpointConfigName": name, "ProductionVariants": [variant]}


def endpoint(name: str = "e", of: str = "c") -> dict[str, Any]:
    return {"EndpointName": name, "EndpointConfigName": of}


SERVERLESS = {"ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5}}
ASYNC = {"AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://acme-ml/out/"}}}
SCALED = {"ServiceNamespace": "sagemaker", "ResourceId": VARIANT, "ScalableDimension": COUNT}
TARGET = {**SCALED, "MinCapacity": 0, "MaxCapacity": 1}
BACKLOG = {
    "MetricName": "ApproximateBacklogSizePerInstance",
    "Namespace": "AWS/SageMaker",
    "Dimensions": [{"Name": "EndpointName", "Value": "e"}],
    "Statistic": "Average",
}
TRACKING = {"TargetValue": 1.0, "CustomizedMetricSpecification": BACKLOG}
POLICY = {
    **SCALED,
    "PolicyName": "backlog",
    "PolicyType": "TargetTrackingScaling",
    "TargetTrackingScalingPolicyConfiguration": TRACKING,
}

# A deployment and the rule of the one fault that needs several of its requests to be seen.
DEPLOYMENTS = [
    ([model(VpcConfig=VPC), config(on=SERVERLESS), endpoint()], "serverless-vpc"),
    ([model(), {**config(), **ASYNC}, endpoint(), TARGET, POLICY], "scaling-async-wake"),
    ([model(), config(), endpoint(), TARGET], "scaling-minimum-zero"),
    ([model(), config(of="n"), endpoint()], "no-such-reference"),
    ([model(), config(), endpoint(of="d")], "no-such-reference"),
    ([config(), endpoint(), {**TARGET, "ResourceId": "endpoint/f/variant/v"}], "no-such-reference"),
]


def put(folder: Path, name: str, value: object) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = value if isinstance(value, str) else json.dumps(value, indent=1)
    path.write_text(text, encoding="utf-8")
    return path


def run(*paths: Path) -> CheckReport:
    return check(CheckOptions(paths=[str(path) for path in paths], as_of=AS_OF))


def rules(report: CheckReport) -> list[str]:
    return sorted(finding.rule for finding in report.findings)


@pytest.mark.parametrize(("requests", "rule"), DEPLOYMENTS)
def test_a_fault_between_requests_shows_in_one_file_and_in_several(
    tmp_path: Path, requests: list[dict[str, Any]], rule: str
) -> None:
    put(tmp_path / "one", "all.json", requests)
    several = [put(tmp_path / "several", f"{n}.json", each) for n, each in enumerate(requests)]
    together = rules(run(tmp_path / "one"))
    assert rule in together
    apart = run(tmp_path / "several")
    assert rules(apart) == together
    assert (apart.configurations, apart.resources) == (len(requests), len(requests))
    # Whichever file of the two at fault is named, the finding shows.
    named = [rule in rules(run(path)) for path in several]
    assert sum(named) >= 1
    if rule != "no-such-reference":
        assert sum(named) >= 2


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_deployment_split_into_files_has_the_same_findings(data: st.DataObject) -> None:
    import tempfile

    requests, _ = data.draw(st.sampled_from(DEPLOYMENTS))
    order = data.draw(st.permutations(requests))
    files = [data.draw(st.integers(0, len(requests) - 1)) for _ in order]
    ends = [data.draw(st.sampled_from(["json", "yaml"])) for _ in order]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, end in enumerate(ends):
            held = [each for each, file in zip(order, files, strict=True) if file == number]
            if held:
                value: object = held if len(held) > 1 else held[0]
                put(folder / "apart", f"{number}.{end}", value)
        put(folder / "together", "all.json", requests)
        assert rules(run(folder / "apart")) == rules(run(folder / "together"))


def test_another_folder_is_another_scene(tmp_path: Path) -> None:
    put(tmp_path, "a/model.json", model(VpcConfig=VPC))
    put(tmp_path, "b/config.json", config(on=SERVERLESS))
    assert rules(run(tmp_path)) == []


def test_saved_answers_and_requests_are_one_scene(tmp_path: Path) -> None:
    answer = {**model(VpcConfig=VPC), "CreationTime": "2026-01-01", "ModelArn": "arn:aws:x"}
    put(tmp_path, "describe-model.json", answer)
    put(tmp_path, "config.json", config(on=SERVERLESS))
    assert rules(run(tmp_path)) == ["serverless-vpc"]


def test_two_of_a_name_are_two_scenarios(tmp_path: Path) -> None:
    put(tmp_path, "model.json", model(VpcConfig=VPC))
    put(tmp_path, "dev-config.json", config(on=SERVERLESS))
    put(tmp_path, "prod-config.json", config())
    (found,) = run(tmp_path).findings
    assert (found.rule, Path(found.file).name) == ("serverless-vpc", "model.json")
    assert found.when == "with dev-config.json"


def test_files_that_are_named_alike_belong_together(tmp_path: Path) -> None:
    # dev runs serverless outside a VPC, prod on instances inside one: both are right.
    put(tmp_path, "dev-config.json", config(on=SERVERLESS))
    put(tmp_path, "dev-model.json", model())
    put(tmp_path, "prod-config.json", config())
    put(tmp_path, "prod-model.json", model(VpcConfig=VPC))
    assert rules(run(tmp_path)) == []


def test_a_fault_of_one_scenario_alone_has_no_condition(tmp_path: Path) -> None:
    wrong = {"ServerlessConfig": {"MemorySizeInMB": 5000, "MaxConcurrency": 5}}
    put(tmp_path, "a.json", config(on=wrong))
    put(tmp_path, "b.json", config())
    (found,) = run(tmp_path).findings
    assert (found.rule, found.when) == ("serverless-memory-size", "")


def test_many_of_a_name_are_all_judged(tmp_path: Path) -> None:
    for number in range(40):  # above the 32 scenarios that are looked at together
        put(tmp_path, f"{number}.json", config(on=NOT_HOSTED))
    report = run(tmp_path)
    assert rules(report) == ["instance-type"] * 40
    assert (report.configurations, report.resources) == (40, 40)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("broken.json", '{"ModelName": '),
        ("stack.yaml", "Resources:\n  M:\n    Type: AWS::SageMaker::Model\n"),
        ("main.tf", 'resource "aws_sagemaker_model" "m" {\n  name = "m"\n}\n'),
        ("deploy.py", "client.create_endpoint_config(x)\n"),
        ("model.json", json.dumps(model("${NAME}"))),
    ],
)
def test_beside_what_may_make_it_no_name_is_missing(tmp_path: Path, name: str, text: str) -> None:
    put(tmp_path, "other.json", model("other"))
    path = put(tmp_path, "config.json", config())
    assert "no-such-reference" in rules(run(tmp_path))
    put(tmp_path, name, text)
    assert "no-such-reference" not in rules(run(tmp_path))
    assert "no-such-reference" not in rules(run(path))


def test_a_name_without_others_of_its_kind_is_of_something_elsewhere(tmp_path: Path) -> None:
    put(tmp_path, "config.json", config())
    put(tmp_path, "endpoint.json", endpoint())
    assert rules(run(tmp_path)) == []


def test_a_misspelt_name_says_which_was_meant(tmp_path: Path) -> None:
    put(tmp_path, "model.json", model("churn-model"))
    put(tmp_path, "config.json", config(of="chrun-model"))
    (found,) = run(tmp_path).findings
    assert (found.severity, found.suggestion) == ("warning", "churn-model")
    assert found.message == "no ModelName here is 'chrun-model'"


def test_a_finding_that_does_not_need_the_named_file_is_not_shown(tmp_path: Path) -> None:
    put(tmp_path, "a.json", config("a", on=NOT_HOSTED))
    path = put(tmp_path, "b.json", config("b"))
    assert rules(run(path)) == []
    assert rules(run(tmp_path)) == ["instance-type"]


def test_a_file_of_terraform_that_is_not_read_silences_what_is_missing(tmp_path: Path) -> None:
    put(
        tmp_path,
        "config.tf",
        'resource "aws_sagemaker_endpoint" "e" {\n'
        "  endpoint_config_name = aws_sagemaker_endpoint_configuration.c.name\n}\n",
    )
    assert rules(run(tmp_path)) == ["no-such-reference"]
    put(tmp_path, "broken.tf", 'resource "aws_sagemaker_endpoint_configuration" "c" { x\n')
    assert rules(run(tmp_path)) == []


@pytest.mark.parametrize(
    ("properties", "severity"),
    [
        ("EndpointConfigName: !Ref Confgi", "error"),
        ('EndpointConfigName: !Sub "${Confgi.EndpointConfigName}"', "error"),
        ("EndpointConfigName: !GetAtt Config.EndpointConfigName", ""),
        ("EndpointConfigName: c\n      Tags: [{Key: a, Value: !Ref Nobody}]", "error"),
        ("EndpointConfigName: c\n      Tags: [{Key: a, Value: !Ref AWS::StackName}]", ""),
        ("EndpointConfigName: c\n      Tags: [{Key: a, Value: !Ref Stage}]", ""),
    ],
)
def test_a_template_that_refers_to_nothing_is_refused(
    tmp_path: Path, properties: str, severity: str
) -> None:
    text = (
        "Parameters:\n  Stage: {Type: String}\nResources:\n"
        "  Topic: {Type: 'AWS::SNS::Topic'}\n"
        "  Config:\n    Type: AWS::SageMaker::EndpointConfig\n    Properties:\n"
        "      ProductionVariants:\n"
        "        - {VariantName: v, ModelName: m, InstanceType: ml.m5.large,"
        " InitialInstanceCount: 1}\n"
        f"  E:\n    Type: AWS::SageMaker::Endpoint\n    Properties:\n      {properties}\n"
    )
    found = run(put(tmp_path, "stack.yaml", text)).findings
    told = [(each.rule, each.severity) for each in found]
    assert told == ([("no-such-reference", severity)] if severity else [])


@pytest.mark.parametrize(
    "more",
    [
        "Transform: [OurOwnMacro]\n",
        "Fn::Transform: {Name: 'AWS::Include', Parameters: {Location: 's3://a/b'}}\n",
    ],
)
def test_a_template_that_something_else_adds_to_is_not_refused(tmp_path: Path, more: str) -> None:
    text = (
        "Resources:\n  E:\n    Type: AWS::SageMaker::Endpoint\n    Properties:\n"
        "      EndpointConfigName: !Ref Config\n"
    )
    assert rules(run(put(tmp_path, "stack.yaml", text))) == ["no-such-reference"]
    assert rules(run(put(tmp_path, "stack.yaml", more + text))) == []


@pytest.mark.parametrize(
    ("declared", "name", "found"),
    [
        ("Scorer: {Type: 'AWS::Serverless::Function'}", "ScorerRole.Arn", []),
        ("Base: {Type: 'Acme::ML::Base::MODULE'}", "BaseRole.Arn", []),
        ("Role: {Type: 'AWS::IAM::Role'}", "Roel.Arn", [("error", "Role")]),
        ("Other: {Type: 'AWS::SageMaker::Model'}", "SharedVpc5A4C.Arn", [("warning", "")]),
    ],
)
def test_what_another_tool_makes_or_a_cut_template_lacks_is_no_error(
    tmp_path: Path, declared: str, name: str, found: list[tuple[str, str]]
) -> None:
    text = (
        f"Resources:\n  {declared}\n  M:\n    Type: AWS::SageMaker::Model\n    Properties:\n"
        f"      ExecutionRoleArn: !GetAtt {name}\n      PrimaryContainer: {{Image: '{IMAGE}'}}\n"
    )
    told = run(put(tmp_path, "stack.yaml", text)).findings
    missing = [each for each in told if each.rule == "no-such-reference"]
    assert [(each.severity, each.suggestion) for each in missing] == found


def test_our_own_output_is_read_whole_and_passes(tmp_path: Path) -> None:
    from advisor.cli import run as main

    folder = Path(__file__).parents[2] / "examples"
    names = ["fraud-canary", "office-assistants", "call-transcripts", "nightly-churn-scores"]
    for name, number in zip(names, itertools.count(), strict=False):
        target = tmp_path / str(number)
        assert main([str(folder / f"{name}.yaml"), "--output", str(target)]) == 0
        report = run(target)
        assert [each for each in report.findings if each.severity == "error"] == []
        assert report.configurations == len([*target.glob("*.json")])
        assert report.ignored == 0
