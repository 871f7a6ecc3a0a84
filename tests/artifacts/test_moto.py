"""The scripts run against a local stand-in of AWS, over HTTP, until the endpoint is in service.

moto knows fewer instance types than AWS, so it does not judge them here, and it checks less than
AWS does. Its endpoints are in service at once, and its transform jobs complete.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from advisor.artifacts import maker
from tests.artifacts.plans import named, placeholders, plan_of

moto_server = pytest.importorskip("moto.server", reason="moto's server is not installed")
boto3 = pytest.importorskip("boto3", reason="boto3 is not installed")

BASH = shutil.which("bash") or ""
FOLDER = Path(sys.executable).parent
HAS_CLI = (FOLDER / "aws").is_file() and bool(BASH)
EXAMPLES = [
    "fraud-scoring",
    "models-per-customer",
    "lead-scores-in-steps",
    "risk-models-of-three-teams",
    "endpoints-apart",
    "flow-simulation",
    "pricing-tool",
    "canary-of-two",
    "three-variants",
]
JOB = "nightly-churn-scores"
SHELL = pytest.param(
    "shell", marks=pytest.mark.skipif(not HAS_CLI, reason="bash or the aws CLI is not installed")
)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Address of a moto server on this machine, which takes every instance type."""
    models = pytest.importorskip("moto.sagemaker.models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models.FakeEndpointConfig, "validate_instance_type", lambda *_: None)
        running = moto_server.ThreadedMotoServer(port=0, verbose=False)
        running.start()
        host, port = running.get_host_and_port()
        yield f"http://{host}:{port}"
        running.stop()


def environment(address: str, name: str) -> dict[str, str]:
    """Variables of a user who has filled everything in."""
    values = {
        key.upper(): text for key, text in placeholders(plan_of(named(name)).requests).items()
    }
    return values | {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "PATH": f"{FOLDER}:/usr/bin:/bin",
    }


def run(kind: str, name: str, folder: Path, variables: dict[str, str]) -> None:
    """Write the script of an example and run it as its user would."""
    ((file, content),) = maker(kind)(named(name))
    script = folder / file
    script.write_text(content, encoding="utf-8", newline="\n")
    program = [BASH] if kind == "shell" else [sys.executable]
    result = subprocess.run(
        [*program, str(script)], env=variables, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


def client(service: str, address: str, name: str) -> Any:
    """A client that sees what the script made."""
    return boto3.client(
        service,
        endpoint_url=address,
        region_name=named(name).region or "us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",  # noqa: S106 - opens nothing
    )


@pytest.fixture(autouse=True)
def empty(server: str) -> None:
    """Nothing stands in the account when a test starts."""
    connection = HTTPConnection(server.removeprefix("http://"))
    connection.request("POST", "/moto-api/reset")
    assert connection.getresponse().status == 200
    connection.close()


@pytest.mark.parametrize("kind", [SHELL, "boto3"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_endpoint_comes_into_service(kind: str, name: str, server: str, tmp_path: Path) -> None:
    variables = environment(server, name)
    run(kind, name, tmp_path, variables)
    sagemaker = client("sagemaker", server, name)
    asked = {each.operation: each.parameters for each in plan_of(named(name)).requests}
    made = sagemaker.describe_endpoint(EndpointName=asked["CreateEndpoint"]["EndpointName"])
    assert made["EndpointStatus"] == "InService"
    planned = asked["CreateEndpoint"]["EndpointConfigName"]
    assert made["EndpointConfigName"][:-8] == planned[:-8]  # which is not of the digest
    scaling = client("application-autoscaling", server, name)
    policies = scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]
    wanted = [e for e in plan_of(named(name)).requests if e.operation == "PutScalingPolicy"]
    assert {e["PolicyName"] for e in policies} == {e.parameters["PolicyName"] for e in wanted}
    run(kind, name, tmp_path, variables)
    made = [e for e in plan_of(named(name)).requests if e.operation == "CreateEndpoint"]
    assert len(sagemaker.list_endpoints()["Endpoints"]) == len(made)


@pytest.mark.parametrize("kind", [SHELL, "boto3"])
def test_the_wake_alarm_calls_the_policy_that_was_made(
    kind: str, server: str, tmp_path: Path
) -> None:
    name = "flow-simulation"
    run(kind, name, tmp_path, environment(server, name))
    cloudwatch = client("cloudwatch", server, name)
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[f"{name}-wake"])["MetricAlarms"]
    scaling = client("application-autoscaling", server, name)
    policies = scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]
    (policy,) = (each for each in policies if each["PolicyName"] == f"{name}-wake")
    assert alarm["AlarmActions"] == [policy["PolicyARN"]]


@pytest.mark.parametrize("kind", [SHELL, "boto3"])
def test_alarms_tell_the_topic_that_was_made(kind: str, server: str, tmp_path: Path) -> None:
    """And are made again, like their topic, by a second run. moto knows no update of endpoints."""
    name = "canary-of-two"
    for _ in range(2):
        run(kind, name, tmp_path, environment(server, name))
    (topic,) = client("sns", server, name).list_topics()["Topics"]
    assert topic["TopicArn"].endswith(":canary-of-two-alarms")
    made = client("cloudwatch", server, name).describe_alarms()["MetricAlarms"]
    wanted = {
        each.parameters["AlarmName"]: "AlarmActions" in each.parameters
        for each in plan_of(named(name)).requests
        if each.operation == "PutMetricAlarm"
    }
    assert {each["AlarmName"] for each in made} == wanted.keys()
    for each in made:
        told = [topic["TopicArn"]] if wanted[each["AlarmName"]] else []
        assert each["AlarmActions"] == told


@pytest.mark.parametrize("kind", [SHELL, "boto3"])
def test_the_job_completes(kind: str, server: str, tmp_path: Path) -> None:
    variables = environment(server, JOB)
    run(kind, JOB, tmp_path, variables)
    run(kind, JOB, tmp_path, variables)
    sagemaker = client("sagemaker", server, JOB)
    (job,) = sagemaker.list_transform_jobs()["TransformJobSummaries"]
    assert (job["TransformJobName"], job["TransformJobStatus"]) == (f"{JOB}-run-1", "Completed")
