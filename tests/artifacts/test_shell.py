"""The shell script sends the plan's requests, value by value, and nothing else is run by it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.artifacts.requests import kebab
from advisor.artifacts.shell import files
from advisor.model.advice import Advice
from tests.artifacts.plans import (
    HOSTILE,
    advices,
    hostile,
    named,
    placeholders,
    plan_of,
    policy_arn,
)
from tests.artifacts.read_back import topics

BASH = shutil.which("bash")
pytestmark = pytest.mark.skipif(BASH is None, reason="bash is not installed")

# Stands in for the aws CLI: notes its arguments, and knows of nothing that was made before. Its
# endpoint has the configuration that it was given last, unless AWS_SERVES_STILL names another.
FAKE = r"""#!/bin/bash
printf '%s\0' "$@" >>"$AWS_LOG"
printf '\036\0' >>"$AWS_LOG"
case $* in
  *--query\ InferenceComponentStatus*) echo "${AWS_STATUS:-InService}"; exit ;;
  *--query\ \[EndpointStatus*)
    read -r status left <"$AWS_STATE/statuses"
    [[ -n $left ]] && echo "$left" >"$AWS_STATE/statuses"
    serves=${AWS_SERVES_STILL:-$(cat "$AWS_STATE/serves" 2>/dev/null || echo "$AWS_SERVES")}
    printf '%s\t%s\n' "$status" "$serves"
    exit ;;
  *--query\ FailureReason*) echo 'an alarm went off'; exit ;;
esac
case $1-$2 in
  sagemaker-create-endpoint)
    [[ $* =~ \"EndpointConfigName\":\ \"([^\"]*)\" ]]
    echo "${BASH_REMATCH[1]}" >"$AWS_STATE/serves" ;;
  sagemaker-update-endpoint) echo "$6" >"$AWS_STATE/serves" ;;
  sagemaker-describe-*)
    [[ -n ${AWS_FAILS:-} ]] && { echo "$AWS_FAILS" >&2; exit 254; }
    [[ -z ${AWS_SERVES:-} ]] && { echo 'Could not find it.' >&2; exit 254; }
    echo "$AWS_SERVES" ;;
  *-put-scaling-policy) echo "$AWS_POLICY" ;;
  sns-create-topic)
    for kind in success error alarms; do
      topic=AWS_TOPIC_$kind
      [[ $* == *"-$kind\""* ]] && echo "${!topic}"
    done
    true ;;
esac
"""


class Ran:
    """What one run of a script did."""

    def __init__(self, advice: Advice, folder: Path, *arguments: str, **environment: str) -> None:
        fake = folder / "bin" / "aws"
        fake.parent.mkdir(exist_ok=True)
        fake.write_text(FAKE, encoding="utf-8")
        fake.chmod(0o755)
        pause = fake.with_name("sleep")
        pause.write_text("#!/bin/sh\n", encoding="utf-8")
        pause.chmod(0o755)
        statuses = environment.pop("AWS_STATUSES", "InService")
        (fake.parent / "statuses").write_text(f"{statuses}\n", encoding="utf-8")
        (fake.parent / "serves").unlink(missing_ok=True)
        ((name, content),) = files(advice)
        script, log = folder / name, folder / "log"
        script.write_text(content, encoding="utf-8", newline="\n")
        log.write_bytes(b"")
        requests = plan_of(advice).requests
        values = {key.upper(): text for key, text in placeholders(requests).items()}
        values |= {"AWS_LOG": str(log), "AWS_POLICY": policy_arn(requests)}
        values |= {f"AWS_TOPIC_{kind}": arn for kind, arn in topics(requests).items()}
        values |= {
            "AWS_STATE": str(fake.parent),
            "PATH": f"{fake.parent}:/usr/bin:/bin",
            **environment,
        }
        run = [str(BASH), str(script), *arguments]
        self.result = subprocess.run(
            run, env=values, cwd=folder, capture_output=True, text=True, check=False
        )
        calls = log.read_bytes().decode().split("\036\0")[:-1]
        self.calls = [call.split("\0")[:-1] for call in calls]

    def sent(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Service, operation and parameters of every call that carries a request."""
        found = []
        for call in self.calls:
            if "--cli-input-json" in call:
                body = json.loads(call[call.index("--cli-input-json") + 1])
                found.append((call[0], call[1], body))
        return found

    def operations(self) -> list[str]:
        """The operation of every call; ``wait`` for a waiter."""
        return [call[1] for call in self.calls]


def wanted(advice: Advice) -> list[tuple[str, str, dict[str, Any]]]:
    """What the plan asks to be sent."""
    return [
        (request.service, kebab(request.operation), request.parameters)
        for request in plan_of(advice).requests
    ]


@pytest.mark.parametrize("advice", advices(), ids=lambda advice: advice.workload.name)
def test_every_request_is_sent_as_planned(advice: Advice, tmp_path: Path) -> None:
    ran = Ran(advice, tmp_path)
    assert ran.result.returncode == 0, ran.result.stderr
    assert ran.sent() == wanted(advice)


@pytest.mark.parametrize("advice", advices(), ids=lambda advice: advice.workload.name)
def test_no_placeholder_is_left_in_the_script(advice: Advice) -> None:
    ((_, content),) = files(advice)
    assert "replace-me" not in content.lower()
    assert "000000000000" not in content
    assert "subnet-0000" not in content


@given(st.lists(HOSTILE, min_size=1, max_size=4))
@settings(max_examples=30)
def test_nothing_in_a_value_is_run_or_expanded(texts: list[str]) -> None:
    advice = hostile(named("call-transcripts"), texts)
    with tempfile.TemporaryDirectory() as name:
        ran = Ran(advice, Path(name))
        assert ran.result.returncode == 0, ran.result.stderr
        assert ran.sent() == wanted(advice)
        assert sorted(os.listdir(name)) == ["bin", "deploy.sh", "log"]


@pytest.mark.parametrize("value", ['x", "y": "z', "a\\", "a\nb", ""])
def test_a_variable_that_could_end_its_string_is_refused(value: str, tmp_path: Path) -> None:
    ran = Ran(named("call-transcripts"), tmp_path, BUCKET=value)
    assert ran.result.returncode == 2
    assert ran.result.stderr.startswith("Set BUCKET: Name of the S3 bucket")
    assert ran.calls == []


def test_a_variable_is_not_expanded_again(tmp_path: Path) -> None:
    ran = Ran(named("call-transcripts"), tmp_path, BUCKET="$(touch pwned)`touch pwned`'x'&")
    (config,) = (body for _, call, body in ran.sent() if call == "create-endpoint-config")
    output = config["AsyncInferenceConfig"]["OutputConfig"]
    assert output["S3OutputPath"] == "s3://$(touch pwned)`touch pwned`'x'&/async/output"
    assert not (tmp_path / "pwned").exists()


def test_lists_are_separated_by_commas(tmp_path: Path) -> None:
    ran = Ran(named("call-transcripts"), tmp_path, SUBNET_IDS="subnet-1,subnet-2,subnet-3")
    assert ran.sent()[0][2]["VpcConfig"]["Subnets"] == ["subnet-1", "subnet-2", "subnet-3"]


def test_what_exists_is_left_as_it_is(tmp_path: Path) -> None:
    advice = named("call-transcripts")
    (endpoint,) = (
        each.parameters for each in plan_of(advice).requests if each.operation == "CreateEndpoint"
    )
    ran = Ran(advice, tmp_path, AWS_SERVES=endpoint["EndpointConfigName"])
    assert ran.operations() == [
        "describe-model",
        "create-topic",
        "create-topic",
        "describe-endpoint-config",
        "describe-endpoint",
        "describe-endpoint",
        "describe-endpoint",
        "register-scalable-target",
        "put-scaling-policy",
        "put-scaling-policy",
        "put-metric-alarm",
    ]


def test_an_endpoint_with_another_configuration_is_updated(tmp_path: Path) -> None:
    ran = Ran(named("call-transcripts"), tmp_path, AWS_SERVES="older")
    (update,) = (call for call in ran.calls if call[1] == "update-endpoint")
    assert update[2:5] == ["--endpoint-name", "call-transcripts", "--endpoint-config-name"]
    assert update[5].startswith("call-transcripts-")
    # Weights and data capture come from the new configuration, the count of instances does not.
    assert update[6:] == [
        "--retain-all-variant-properties",
        "--exclude-retained-variant-properties",
        "VariantPropertyType=DesiredWeight",
        "VariantPropertyType=DataCaptureConfig",
    ]


@pytest.mark.parametrize("name", ["canary-of-two", "linear-and-scaled", "rolling-queue"])
def test_an_update_takes_the_rollout_of_the_plan(name: str, tmp_path: Path) -> None:
    advice = named(name)
    (create,) = (e.parameters for e in plan_of(advice).requests if e.operation == "CreateEndpoint")
    ran = Ran(advice, tmp_path, AWS_SERVES="older")
    (update,) = (call for call in ran.calls if call[1] == "update-endpoint")
    rollout = json.loads(update[update.index("--deployment-config") + 1])
    assert rollout == create["DeploymentConfig"]
    alarms = [
        call for call in ran.calls if call[1] == "put-metric-alarm" and "rollback" in str(call)
    ]
    assert all(ran.calls.index(alarm) < ran.calls.index(update) for alarm in alarms)


def test_other_values_for_what_exists_are_told(tmp_path: Path) -> None:
    """The names are of the file, so another image under a name that stands would go unseen."""
    ran = Ran(named("call-transcripts"), tmp_path, AWS_SERVES="older")
    first, second = (each for each in ran.result.stdout.splitlines() if "already exists" in each)
    told = r"call-transcripts-[0-9a-f]{8} already exists and is kept; .*"
    assert re.fullmatch(told, first)
    assert re.fullmatch(told, second)
    assert first != second
    assert "stands" not in Ran(named("call-transcripts"), tmp_path).result.stdout


def test_an_update_is_waited_for_as_long_as_it_takes(tmp_path: Path) -> None:
    """In service before the update, then busy, then in service with the new configuration."""
    statuses = "InService Updating Updating RollingBack InService"
    ran = Ran(named("canary-of-two"), tmp_path, AWS_SERVES="older", AWS_STATUSES=statuses)
    assert ran.result.returncode == 0, ran.result.stderr
    assert [call[1] for call in ran.calls[ran.operations().index("update-endpoint") + 1 :]][:4] == [
        "describe-endpoint"
    ] * 4


@pytest.mark.parametrize(
    ("statuses", "still"),
    [("InService Updating RollingBack InService", "older"), ("InService Failed", "")],
)
def test_an_update_that_was_turned_back_ends_the_script(
    statuses: str, still: str, tmp_path: Path
) -> None:
    advice = named("linear-and-scaled")
    given_values = {"AWS_SERVES": "older", "AWS_STATUSES": statuses, "AWS_SERVES_STILL": still}
    ran = Ran(advice, tmp_path, **given_values)
    assert ran.result.returncode == 1
    (create,) = (e.parameters for e in plan_of(advice).requests if e.operation == "CreateEndpoint")
    serves = still or create["EndpointConfigName"]
    status = statuses.rsplit(maxsplit=1)[-1]
    told = f"{status} with the configuration {serves}: an alarm went off\n"
    assert ran.result.stderr == f"{advice.workload.name}: {told}"
    assert "register-scalable-target" not in ran.operations()


def test_the_copies_of_a_component_are_nothing_that_a_variant_retains(tmp_path: Path) -> None:
    ran = Ran(named("language-model-on-working-days"), tmp_path, AWS_SERVES="older")
    (update,) = (call for call in ran.calls if call[1] == "update-endpoint")
    assert "--retain-all-variant-properties" not in update


def test_a_component_is_updated_for_another_model_and_waited_for(tmp_path: Path) -> None:
    advice = named("language-model-on-working-days")
    ran = Ran(advice, tmp_path, AWS_SERVES="older")
    assert ran.result.returncode == 0, ran.result.stderr
    (asked,) = (
        each.parameters
        for each in plan_of(advice).requests
        if each.operation == "CreateInferenceComponent"
    )
    (update,) = (body for _, operation, body in ran.sent() if operation.startswith("update-inf"))
    assert update == {key: asked[key] for key in ("InferenceComponentName", "Specification")}
    same = Ran(advice, tmp_path, AWS_SERVES=asked["Specification"]["ModelName"])
    assert "update-inference-component" not in same.operations()


def test_a_component_that_fails_ends_the_script(tmp_path: Path) -> None:
    advice = named("language-model-on-working-days")
    ran = Ran(advice, tmp_path, AWS_STATUS="Failed")
    assert ran.result.returncode == 1
    assert ran.result.stderr == f"{advice.workload.name}: Failed\n"
    assert "register-scalable-target" not in ran.operations()


def test_another_failure_than_absence_ends_the_script(tmp_path: Path) -> None:
    ran = Ran(named("call-transcripts"), tmp_path, AWS_FAILS="AccessDenied: not for you")
    assert ran.result.returncode == 1
    assert ran.result.stderr == "AccessDenied: not for you\n"
    assert ran.operations() == ["describe-model"]


def test_the_first_argument_names_the_run(tmp_path: Path) -> None:
    ran = Ran(named("nightly-churn-scores"), tmp_path, "monday")
    assert ran.sent()[1][2]["TransformJobName"] == "monday"
    assert ran.calls[-1][1:] == [
        "wait",
        "transform-job-completed-or-stopped",
        "--transform-job-name",
        "monday",
    ]
