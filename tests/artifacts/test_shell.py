"""The shell script sends the plan's requests, value by value, and nothing else is run by it."""

from __future__ import annotations

import hashlib
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
from advisor.gate.run import check
from advisor.gate.settings import CheckOptions, Project
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
from tests.artifacts.read_back import planned, topics

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
  sagemaker-list-*) echo "${AWS_LISTED:-}" ;;
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


IMMUTABLE = {"CreateModel": "ModelName", "CreateEndpointConfig": "EndpointConfigName"}


class Ran:
    """What one run of a script did."""

    def __init__(self, advice: Advice, folder: Path, *arguments: str, **environment: str) -> None:
        self.advice = advice
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
        """Service, operation and parameters of every call that carries a request.

        The names of models and configurations are those of the plan.
        """
        planned_names = [
            each.parameters[IMMUTABLE[each.operation]]
            for each in plan_of(self.advice).requests
            if each.operation in IMMUTABLE
        ]
        # A script that ended early has made the first of them.
        names, found = dict(zip(self.names(), planned_names, strict=False)), []
        for call in self.calls:
            if "--cli-input-json" in call:
                body = json.loads(call[call.index("--cli-input-json") + 1])
                found.append((call[0], call[1], planned(body, names)))
        return found

    def names(self) -> list[str]:
        """The names of models and configurations that the script made, in its order."""
        looks = ("describe-model", "describe-endpoint-config")
        return [call[3] for call in self.calls if call[1] in looks]

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
    ran = Ran(advice, tmp_path, AWS_SERVES=Ran(advice, tmp_path).names()[-1])
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
        "list-endpoint-configs",
        "list-models",
    ]


def test_an_endpoint_with_another_configuration_is_updated(tmp_path: Path) -> None:
    ran = Ran(named("call-transcripts"), tmp_path, AWS_SERVES="older")
    (update,) = (call for call in ran.calls if call[1] == "update-endpoint")
    assert update[5] == ran.names()[-1]
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


@pytest.mark.parametrize(
    ("variable", "value", "changed"),
    [
        ("IMAGE_URI", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/other:2", [True, True]),
        ("EXECUTION_ROLE_ARN", "arn:aws:iam::123456789012:role/other", [True, True]),
        ("SUBNET_IDS", "subnet-1,subnet-2", [True, True]),
        ("BUCKET", "another-bucket", [False, True]),
        ("UNKNOWN", "x", [False, False]),
    ],
)
def test_another_value_makes_another_name(
    variable: str, value: str, changed: list[bool], tmp_path: Path
) -> None:
    """Of the model, and of the configuration, which names it."""
    advice = named("call-transcripts")
    first, other = (Ran(advice, tmp_path, **values).names() for values in ({}, {variable: value}))
    assert [one != two for one, two in zip(first, other, strict=True)] == changed
    assert all(re.fullmatch("call-transcripts-[0-9a-f]{8}", each) for each in [*first, *other])


def test_a_name_is_the_digest_of_its_request(tmp_path: Path) -> None:
    ran = Ran(named("call-transcripts"), tmp_path)
    (call,) = (each for each in ran.calls if each[1] == "create-model")
    request = call[call.index("--cli-input-json") + 1]
    assert ran.names()[0] == f"call-transcripts-{hashlib.sha256(request.encode()).hexdigest()[:8]}"


def test_check_reads_the_requests_of_the_script(tmp_path: Path) -> None:
    ((name, content),) = files(named("call-transcripts"))
    (tmp_path / name).write_text(content, encoding="utf-8")
    report = check(CheckOptions(paths=(str(tmp_path),), as_of="2026-11-20", project=Project()))
    # A model, a configuration, an endpoint, a target and two policies; no alarm, no topic.
    assert report.resources == 6


@pytest.mark.parametrize("program", ["shasum", "openssl", ""])
def test_a_digest_is_made_by_what_the_machine_has(program: str, tmp_path: Path) -> None:
    """macOS has no sha256sum; without any such program the script ends before it makes anything."""
    ((_, content),) = files(named("call-transcripts"))
    body = re.search(r"^named\(\) \{\n.*?^\}\n", content, re.MULTILINE | re.DOTALL)
    assert body is not None
    fakes = {"shasum": "", "openssl": ""}
    if program:
        fakes[program] = f"echo {'0123456789abcdef' * 4} '*stdin'"
    fake = tmp_path / "bin" / (program or "none")
    fake.parent.mkdir()
    fake.write_text(f"#!{BASH}\n{fakes.get(program, 'exit 1')}\n", encoding="utf-8")
    fake.chmod(0o755)
    ran = subprocess.run(
        [str(BASH), "-euc", f'{body[0]}NAME=$(named stem text)\nprintf %s "$NAME"'],
        env={"PATH": str(fake.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    if program:
        assert (ran.returncode, ran.stdout) == (0, "stem-01234567")
    else:
        assert ran.returncode == 2
        assert "Install sha256sum, shasum or openssl" in ran.stderr


def test_what_earlier_runs_made_is_told_with_the_line_that_deletes_it(tmp_path: Path) -> None:
    advice = named("call-transcripts")
    _, config = Ran(advice, tmp_path).names()
    listed = f"call-transcripts-0a1b2c3d call-transcripts-of-others-0a1b2c3d {config}"
    said = Ran(advice, tmp_path, AWS_LISTED=listed).result.stdout.splitlines()
    assert [each for each in said if each.startswith("  ")] == [
        "  aws sagemaker delete-endpoint-config --endpoint-config-name call-transcripts-0a1b2c3d",
        "  aws sagemaker delete-model --model-name call-transcripts-0a1b2c3d",
        f"  aws sagemaker delete-model --model-name {config}",  # which is no model of this run
    ]


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
    serves = still or ran.names()[-1]
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
    (query,) = (call for call in ran.calls if '"ModelName" == ' in str(call))
    for number in (1.0, 1280):  # the cores and the memory are compared, not only the model
        assert f" == `{number}`" in query[query.index("--query") + 1]
    same = Ran(advice, tmp_path, AWS_SERVES="True")
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


def test_a_run_with_other_values_ends_the_script(tmp_path: Path) -> None:
    """Its name stands, so nothing would be done."""
    ran = Ran(named("nightly-churn-scores"), tmp_path, AWS_SERVES="False")
    assert ran.result.returncode == 1
    told = "nightly-churn-scores-run-1 ran with other values: pass another name"
    assert ran.result.stderr.startswith(told)
    assert Ran(named("nightly-churn-scores"), tmp_path, AWS_SERVES="True").result.returncode == 0


def test_the_first_argument_names_the_run(tmp_path: Path) -> None:
    ran = Ran(named("nightly-churn-scores"), tmp_path, "monday")
    assert ran.sent()[1][2]["TransformJobName"] == "monday"
    assert ran.calls[-2][1:] == [
        "wait",
        "transform-job-completed-or-stopped",
        "--transform-job-name",
        "monday",
    ]


def test_the_script_says_how_all_of_it_is_taken_away() -> None:
    """In the order in which nothing is in use: the last thing first."""
    ((_, text),) = files(named("canary-of-two"))
    told = text.partition("# To tear it down:\n")[2].partition("export ")[0].splitlines()
    calls = [line.removeprefix("#   aws ").partition("  #")[0] for line in told]
    assert "cloudwatch delete-alarms --alarm-names canary-of-two-rollback-errors" in calls
    order = [
        calls.index(each)
        for each in (
            "sagemaker delete-endpoint --endpoint-name canary-of-two",
            "sagemaker list-endpoint-configs --name-contains canary-of-two",
            "sagemaker list-models --name-contains canary-of-two",
        )
    ]
    assert order == sorted(order)
    assert len(calls) == len(set(calls))
