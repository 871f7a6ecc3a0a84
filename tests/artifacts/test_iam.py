"""Policies allow what the artifacts call and nothing besides: each call against each policy.

The calls are those of the Python script against a local stand-in, and those that AWS makes on the
caller's behalf, by its documentation. IAM itself has judged none of it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.artifacts import iam, maker
from advisor.model.advice import Advice
from advisor.pipeline import advise
from advisor.workload.read import read_workloads
from tests.artifacts.plans import named, placeholders, plan_of
from tests.artifacts.programs import run
from tests.artifacts.test_boto3_script import execute

moto = pytest.importorskip("moto", reason="moto is not installed")
ACCOUNT = "123456789012"
OFFLINE = Path(os.environ.get("TF_CLI_CONFIG_FILE", "")).is_file()
NAMES = (
    "fraud-scoring", "models-per-customer", "call-transcripts", "pricing-tool", "canary-of-two",
    "nightly-churn-scores", "linear-and-scaled", "rolling-queue", "three-variants",
)  # fmt: skip
# What no run of a script calls once everything is there, and who does instead.
BY_OTHERS = {
    "sagemaker:UpdateEndpoint": "the next release",
    "sagemaker:UpdateInferenceComponent": "the next release",
    "sagemaker:DeleteModel": "the tear-down, and what cleans up after a release",
    "sagemaker:DeleteEndpointConfig": "the same",
    "sagemaker:DeleteEndpoint": "the tear-down",
    "sagemaker:DeleteInferenceComponent": "the tear-down",
    "application-autoscaling:DeregisterScalableTarget": "the tear-down",
    "cloudwatch:DeleteAlarms": "the tear-down",
    "sns:DeleteTopic": "the tear-down",
    "sagemaker:UpdateEndpointWeightsAndCapacities": "RegisterScalableTarget, which asks for it",
    "sagemaker:DescribeInferenceComponent": "RegisterScalableTarget, which asks for it",
    "sagemaker:UpdateInferenceComponentRuntimeConfig": "the same",
    "iam:CreateServiceLinkedRole": "the first RegisterScalableTarget of an account",
    "cloudwatch:PutMetricAlarm": "PutScalingPolicy, which makes the alarms of a tracked target",
    "kms:CreateGrant": "CreateEndpointConfig and CreateTransformJob with a key",
    "kms:DescribeKey": "the same",
}
KINDS = {
    "ModelName": "model",
    "EndpointConfigName": "endpoint-config",
    "EndpointName": "endpoint",
    "TransformJobName": "transform-job",
}
SERVICES = {"sagemaker": "sagemaker", "sns": "sns", "cloudwatch": "cloudwatch"}
SERVICES["application-autoscaling"] = "application-autoscaling"


def policies(advice: Advice) -> dict[str, Any]:
    found = dict(iam.files(advice))
    return {
        name.removeprefix("iam/").removesuffix(".json"): json.loads(text)
        for name, text in found.items()
        if name.endswith(".json")
    }


def matches(pattern: str, text: str) -> bool:
    """IAM's own: * and ? stand for characters, ${*} and ${?} for themselves."""
    parts = re.split(r"(\$\{[*?$]\}|[*?])", pattern)
    signs = {"*": ".*", "?": "."}
    known = [
        signs.get(part) or re.escape(part[2] if part.startswith("${") else part) for part in parts
    ]
    return re.fullmatch("".join(known), text, re.DOTALL) is not None


def statements(policy: Any, action: str, resource: str) -> list[Any]:
    """The statements that allow an action on a resource, whatever their conditions."""
    return [
        each
        for each in policy["Statement"]
        if action in each["Action"]
        for pattern in [each["Resource"]]
        if any(
            matches(one, resource) for one in ([pattern] if isinstance(pattern, str) else pattern)
        )
    ]


def calls_of(advice: Advice) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Service, operation and parameters of each call of the script, the first run and the next."""
    from botocore.client import BaseClient
    from moto.sagemaker.models import FakeEndpointConfig

    ((name, content),) = maker("boto3")(advice)
    send, made = vars(BaseClient)["_make_api_call"], []

    def noted(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        made.append((self.meta.service_model.service_name, operation, parameters))
        return send(self, operation, parameters)

    with pytest.MonkeyPatch.context() as patch, moto.mock_aws():
        for key, value in placeholders(plan_of(advice).requests).items():
            patch.setenv(key.upper(), value)
        patch.setenv("AWS_DEFAULT_REGION", advice.region or "us-east-1")
        patch.setattr(sys, "argv", [name])
        patch.setattr(FakeEndpointConfig, "validate_instance_type", lambda *_: None)
        patch.setattr(BaseClient, "_make_api_call", noted)
        execute(name, content)
        execute(name, content)
    return iter(made)


def resource_of(advice: Advice, service: str, operation: str, body: dict[str, Any]) -> str:
    """The ARN of what a call is about, as AWS forms it."""
    region, account = advice.region or "us-east-1", iam.Home(advice).account
    if service == "application-autoscaling":
        return f"arn:aws:{service}:{region}:{account}:scalable-target/1c2d"
    if service == "cloudwatch":
        return f"arn:aws:cloudwatch:{region}:{account}:alarm:{body['AlarmName']}"
    if service == "sns":
        return f"arn:aws:sns:{region}:{account}:{body['Name']}"
    if operation.startswith("List"):
        return "*"
    own = operation.removeprefix("Create").removeprefix("Describe").removeprefix("Update")
    field = f"{own}Name"
    return f"arn:aws:sagemaker:{region}:{account}:{KINDS[field]}/{body[field].lower()}"


@pytest.mark.parametrize("name", NAMES)
def test_the_deployer_may_do_what_the_script_calls_and_nothing_besides(name: str) -> None:
    advice = named(name)
    deployer, called = policies(advice)["deployer"], set()
    for service, operation, body in calls_of(advice):
        actions = [f"{service}:{operation}"]
        if body.get("Tags"):
            actions.append(f"{service}:{'TagResource' if service != 'sagemaker' else 'AddTags'}")
        for action in actions:
            resource = resource_of(advice, service, operation, body)
            assert statements(deployer, action, resource), (action, resource)
            called.add(action)
        if "ExecutionRoleArn" in body:
            called.add("iam:PassRole")
    allowed = {action for each in deployer["Statement"] for action in each["Action"]}
    assert allowed - called - BY_OTHERS.keys() == set()


@pytest.mark.parametrize("name", NAMES)
def test_the_caller_may_call_its_own_endpoint_alone(name: str) -> None:
    advice = named(name)
    caller, plan = policies(advice)["caller"], plan_of(advice)
    region, account = advice.region or "us-east-1", iam.Home(advice).account
    home = f"arn:aws:sagemaker:{region}:{account}"
    if plan.option == "batch-transform":
        job = f"{home}:transform-job/{advice.workload.name}-run-7"
        assert statements(caller, "sagemaker:CreateTransformJob", job)
        assert statements(policies(advice)["scheduler-role"], "sagemaker:CreateTransformJob", job)
        return
    ((action, name_of),) = [
        (f"sagemaker:{plan.invoke.operation}", plan.invoke.parameters["EndpointName"])
    ]
    assert statements(caller, action, f"{home}:endpoint/{name_of}")
    assert not statements(caller, action, f"{home}:endpoint/{name_of}-2")
    allowed = {each for statement in caller["Statement"] for each in statement["Action"]}
    assert allowed <= {action, "s3:PutObject", "s3:GetObject"}
    assert ("s3:PutObject" in allowed) == (plan.option == "asynchronous")


# By AWS's table of permissions of the execution role of CreateModel, and of asynchronous inference:
# https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html and async-inference pages.
EXECUTION = {
    "fraud-scoring": {"ecr:BatchGetImage", "s3:GetObject", "s3:PutObject", "ec2:DescribeSubnets"},
    "pricing-tool": {"ecr:BatchGetImage", "s3:GetObject"},
    "call-transcripts": {"s3:PutObject", "sns:Publish", "kms:GenerateDataKey", "s3:ListBucket"},
    "nightly-churn-scores": {"s3:GetObject", "s3:PutObject", "s3:ListBucket"},
}
ALWAYS = {"ecr:GetAuthorizationToken", "logs:PutLogEvents", "cloudwatch:PutMetricData"}


@pytest.mark.parametrize("name", sorted(EXECUTION))
def test_the_execution_role_has_what_the_documentation_lists(name: str) -> None:
    found = policies(named(name))
    allowed = {action for each in found["execution-role"]["Statement"] for action in each["Action"]}
    assert allowed >= EXECUTION[name] | ALWAYS
    assert ("sns:Publish" in allowed) == (name == "call-transcripts")
    (trust,) = found["execution-role.trust"]["Statement"]
    assert trust["Principal"] == {"Service": "sagemaker.amazonaws.com"}
    assert trust["Condition"]["StringEquals"]["aws:SourceAccount"] == iam.Home(named(name)).account


@pytest.mark.parametrize("name", NAMES)
def test_a_star_stands_only_where_aws_takes_no_resource(name: str) -> None:
    free = {
        "ecr:GetAuthorizationToken", "cloudwatch:PutMetricData", "ec2:DescribeSubnets",
        "ec2:DescribeVpcs", "ec2:DescribeDhcpOptions", "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups", "sagemaker:ListModels", "sagemaker:ListEndpointConfigs",
    }  # fmt: skip
    for policy, held in policies(named(name)).items():
        for each in held["Statement"]:
            if each.get("Resource") == "*":
                assert set(each["Action"]) <= free, policy
        compact = json.dumps(held, separators=(",", ":"))
        assert len(compact) <= 6144, policy  # of a managed policy


def test_the_account_and_the_partition_are_those_of_the_role() -> None:
    wanted = {
        "name": "case",
        "region": "cn-north-1",
        "requests": {"arrival": "online"},
        "deploy": {"role": f"arn:aws-cn:iam::{ACCOUNT}:role/path/x"},
    }
    (workload,) = read_workloads(json.dumps(wanted).encode(), "w.json")
    found = policies(advise(workload))
    text = json.dumps(found)
    assert f"arn:aws-cn:sagemaker:cn-north-1:{ACCOUNT}:endpoint/case" in text
    assert f"arn:aws-cn:iam::{ACCOUNT}:role/path/x" in text
    assert "arn:aws:" not in text


@given(
    st.text(alphabet="a*?${}[]-/", min_size=1, max_size=12), st.text(alphabet="ab*?", max_size=6)
)
def test_a_name_allows_itself_alone(name: str, other: str) -> None:
    """A key of S3 may hold a star; the policy means that star."""
    pattern = iam.escaped(name)
    assert matches(pattern, name)
    assert matches(pattern, other) == (name == other)


def test_cfn_lint_passes_the_roles(tmp_path: Path) -> None:
    api = pytest.importorskip("cfnlint.api", reason="cfn-lint is not installed")
    for name in ("call-transcripts", "nightly-churn-scores"):
        text = dict(iam.files(named(name)))["iam/roles.template.yaml"]
        assert [str(each) for each in api.lint(text, regions=["us-east-1"])] == []


@pytest.mark.skipif(not OFFLINE, reason="there is no provider here")
def test_terraform_passes_the_roles(tmp_path: Path) -> None:
    program = shutil.which("terraform")
    if program is None:
        pytest.skip("terraform is not installed")
    for name in ("call-transcripts", "nightly-churn-scores"):
        folder = tmp_path / name
        for path, text in iam.files(named(name)):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        for command in ("init", "validate"):
            said = run(program, command, "-no-color", folder=folder / "iam")
            assert said.returncode == 0, said.stderr
