"""The smoke test sends the plan's call by the aws CLI, tells of it, and fails with AWS's error."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from advisor.artifacts.smoke_test import command, files
from advisor.model.advice import Advice
from tests.artifacts.plans import HOSTILE_SAMPLES, advices, named, plan_of

BASH = shutil.which("bash")
pytestmark = pytest.mark.skipif(BASH is None, reason="bash is not installed")

# Stands in for the aws CLI: notes its arguments; the last one of a call is the file of the answer.
FAKE = r"""#!/bin/bash
printf '%s\0' "$@" >>"$AWS_LOG"
printf '\036\0' >>"$AWS_LOG"
[[ ${AWS_FAILS:-} == "$2" ]] && { echo 'An error occurred (ModelError): 500' >&2; exit 254; }
case $1-$2 in
  sagemaker-runtime-invoke-endpoint) echo answer >"${!#}" ;;
  sagemaker-runtime-invoke-endpoint-async) printf 's3://b/out/1.out\ts3://b/failure/1.out\n' ;;
  s3-cp)
    [[ $4 == s3://b/failure/* && -z ${AWS_FAILED:-} ]] && exit 1
    [[ $4 == s3://b/failure/* ]] && echo 'it broke'
    [[ $4 == s3://b/out/* && -n ${AWS_FAILED:-}${AWS_NEVER:-} ]] && exit 1
    [[ $4 == s3://b/out/* ]] && echo answer >"$5" ;;
  sagemaker-list-models) echo nightly-churn-scores-0a1b2c3d ;;
  sagemaker-describe-transform-job)
    printf '%s\ts3://b/out\tno rows\n' "${AWS_STATUS:-Completed}" ;;
esac
true
"""


class Sent:
    """What one run of the script did."""

    def __init__(self, advice: Advice, folder: Path, **environment: str) -> None:
        programs = folder / "bin"
        programs.mkdir(exist_ok=True)
        for name, text in {"aws": FAKE, "sleep": "#!/bin/sh\n"}.items():
            (programs / name).write_text(text, encoding="utf-8")
            (programs / name).chmod(0o755)
        ((name, content),) = files(advice)
        (folder / name).write_text(content, encoding="utf-8", newline="\n")
        (folder / "one row.csv").write_text("1,2\n", encoding="utf-8")
        log = folder / "log"
        log.write_bytes(b"")
        said = subprocess.run(
            [str(BASH), str(folder / name), "one row.csv", "answer"],
            env={
                "AWS_LOG": str(log),
                "PATH": f"{programs}:/usr/bin:/bin",
                "BUCKET": "b",
                "KMS_KEY_ID": "alias/k",
                "TARGET_MODEL": "a.tar.gz",
                **environment,
            },
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        self.code, self.out, self.err = said.returncode, said.stdout, said.stderr
        calls = log.read_bytes().decode().split("\036\0")[:-1]
        self.calls = [call.split("\0")[:-1] for call in calls]

    def body(self, operation: str) -> dict[str, object]:
        """The request of one call."""
        (call,) = (each for each in self.calls if each[1] == operation)
        found: dict[str, object] = json.loads(call[call.index("--cli-input-json") + 1])
        return found


@pytest.mark.parametrize("advice", advices(), ids=lambda advice: advice.workload.name)
def test_every_workload_has_a_test_that_passes(advice: Advice, tmp_path: Path) -> None:
    ran = Sent(advice, tmp_path)
    assert ran.code == 0, ran.err
    assert "size: 4 bytes" in ran.out
    assert re.search("^status: (answered|Completed)$", ran.out, re.MULTILINE)
    assert re.search(r"^time: [0-9.]+ s$", ran.err, re.MULTILINE)
    sent = json.dumps(ran.calls)
    assert "REPLACE-ME" not in sent


def test_a_call_is_the_plans_with_the_users_file(tmp_path: Path) -> None:
    ran = Sent(named("fraud-scoring"), tmp_path)
    assert ran.body("invoke-endpoint") == plan_of(named("fraud-scoring")).invoke.parameters
    (call,) = ran.calls
    assert call[call.index("--body") + 1] == "fileb://one row.csv"
    assert "one request may have 6 MB" in ran.out
    assert "answer: 7 bytes in answer" in ran.out


def test_a_queue_gets_an_object_and_its_answer_is_waited_for(tmp_path: Path) -> None:
    ran = Sent(named("call-transcripts"), tmp_path)
    assert [call[:2] for call in ran.calls] == [
        ["s3", "cp"],
        ["sagemaker-runtime", "invoke-endpoint-async"],
        ["s3", "cp"],
    ]
    place = ran.calls[0][4]
    assert re.fullmatch("s3://b/async/input/smoke-test-[0-9]{8}-[0-9]{6}-[0-9]+", place)
    assert ran.calls[1][ran.calls[1].index("--input-location") + 1] == place
    assert "output: s3://b/out/1.out" in ran.out


def test_a_job_of_one_file_runs_with_the_newest_model(tmp_path: Path) -> None:
    ran = Sent(named("nightly-churn-scores"), tmp_path)
    body = ran.body("create-transform-job")
    (job,) = (
        each.parameters
        for each in plan_of(named("nightly-churn-scores")).requests
        if each.operation == "CreateTransformJob"
    )
    assert body["ModelName"] == "nightly-churn-scores-0a1b2c3d"
    assert str(body["TransformJobName"]).startswith("smoke-test-")
    assert body["TransformResources"] == job["TransformResources"]
    assert "output: s3://b/out" in ran.out
    other = Sent(named("nightly-churn-scores"), tmp_path, MODEL_NAME="mine")
    assert other.body("create-transform-job")["ModelName"] == "mine"


@pytest.mark.parametrize(
    ("name", "environment", "told"),
    [
        ("fraud-scoring", {"AWS_FAILS": "invoke-endpoint"}, "(ModelError): 500"),
        ("support-chat", {"AWS_FAILS": "invoke-endpoint"}, "(ModelError): 500"),
        ("call-transcripts", {"AWS_FAILS": "invoke-endpoint-async"}, "(ModelError): 500"),
        ("call-transcripts", {"AWS_FAILED": "1"}, "it broke"),
        ("call-transcripts", {"AWS_NEVER": "1"}, "no answer after 5400 s"),
        ("nightly-churn-scores", {"AWS_FAILS": "create-transform-job"}, "(ModelError): 500"),
        ("nightly-churn-scores", {"AWS_STATUS": "Failed"}, "no rows"),
    ],
)
def test_a_failure_ends_it_with_the_error(
    name: str, environment: dict[str, str], told: str, tmp_path: Path
) -> None:
    ran = Sent(named(name), tmp_path, **environment)
    assert ran.code not in (0, 2)
    assert told in ran.err
    assert "status: answered" not in ran.out


def test_without_a_file_it_says_how_it_is_called(tmp_path: Path) -> None:
    ((name, content),) = files(named("fraud-scoring"))
    (tmp_path / name).write_text(content, encoding="utf-8")
    said = subprocess.run(
        [str(BASH), name], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr.startswith("Usage: bash smoke-test.sh FILE")


def test_the_command_names_what_the_user_must_say() -> None:
    assert command(named("models-per-customer"), "d") == "TARGET_MODEL=… bash d/smoke-test.sh FILE"
    assert command(named("fraud-scoring"), "a b") == "bash 'a b/smoke-test.sh' FILE"


@pytest.mark.parametrize("text", HOSTILE_SAMPLES)
def test_nothing_in_a_value_is_run(text: str, tmp_path: Path) -> None:
    advice = named("fraud-scoring")
    plan = plan_of(advice)
    call = plan.invoke._replace(parameters={**plan.invoke.parameters, "TargetVariant": text})
    candidates = tuple(
        each._replace(plan=plan._replace(invoke=call)) if each.plan is plan else each
        for each in advice.candidates
    )
    ran = Sent(advice._replace(candidates=candidates), tmp_path)
    assert ran.code == 0, ran.err
    assert ran.body("invoke-endpoint")["TargetVariant"] == text
    assert not (tmp_path / "pwned").exists()
