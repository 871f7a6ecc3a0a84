"""The pre-commit hooks, the GitHub Action and the GitLab example, run as far as they run here."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
BASH = shutil.which("bash")
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
GITLAB = yaml.safe_load((ROOT / "examples/ci/gitlab-ci.yml").read_text(encoding="utf-8"))

CLEAN = json.dumps(
    {
        "EndpointConfigName": "c",
        "ProductionVariants": [
            {
                "VariantName": "v",
                "ModelName": "m",
                "InstanceType": "ml.m5.large",
                "InitialInstanceCount": 1,
            }
        ],
    }
)
WRONG = CLEAN.replace("ml.m5.large", "ml.m5.lagre")
GH = """\
import json, os, sys
arguments = sys.argv[1:]
body = [a.split("@", 1)[1] for a in arguments if a.startswith("body=@")]
text = open(body[0], encoding="utf-8").read() if body else None
with open(os.environ["GH_LOG"], "a", encoding="utf-8") as log:
    told = {"arguments": arguments, "body": text, "me": os.environ.get("ME")}
    log.write(json.dumps(told) + "\\n")
if arguments[:2] == ["api", "user"]:
    print(os.environ.get("GH_USER", "") or "not allowed")
    sys.exit(0 if os.environ.get("GH_USER") else 1)
if "--jq" in arguments:
    print(os.environ.get("GH_MINE", ""))
"""

needs_bash = pytest.mark.skipif(BASH is None, reason="the steps are shell")


class Place:
    """A folder of a user, with sm-advise and gh on the path, and what a runner provides."""

    def __init__(self, folder: Path) -> None:
        self.work = folder / "work"
        self.temp = folder / "temp"
        programs, installed = folder / "bin", self.temp / "sm-advise-venv" / "bin"
        for each in (self.work, self.temp, programs, installed):
            each.mkdir(parents=True)
        (folder / "gh.py").write_text(GH, encoding="utf-8")
        for program, command in (
            (installed / "sm-advise", "-m advisor"),
            (programs / "sm-advise", "-m advisor"),
            (programs / "gh", str(folder / "gh.py")),
        ):
            program.write_text(f'#!/bin/sh\nexec {sys.executable} {command} "$@"\n')
            program.chmod(0o755)
        self.output = self.temp / "output"
        self.output.touch()
        self.environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "HOME": str(folder),
            "PYTHONPATH": str(ROOT) if (ROOT / "advisor").exists() else "",
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary"),
            "GITHUB_REPOSITORY": "someone/something",
            "GH_LOG": str(self.temp / "gh.log"),
        }

    def run(self, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
        assert BASH
        return subprocess.run(
            [BASH, "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.work,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def step(self, name: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run(step(name)["run"], **environment)

    def check(self, **environment: str) -> subprocess.CompletedProcess[str]:
        given = {"PATHS": ".", "FAIL_ON": "error", "OPTIONS": "", "CHANGED_ONLY": "false"}
        return self.step("Check", **{**given, "BASE": "", **environment})

    def outputs(self) -> dict[str, str]:
        lines = self.output.read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines)

    def calls(self) -> list[dict[str, Any]]:
        log = Path(self.environment["GH_LOG"]).read_text(encoding="utf-8")
        return [json.loads(line) for line in log.splitlines()]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def step(name: str) -> dict[str, Any]:
    (found,) = (each for each in ACTION["runs"]["steps"] if each.get("name") == name)
    return dict(found)


# The GitHub Action


def test_the_action_pins_what_it_uses_and_runs_no_input_as_code() -> None:
    for each in ACTION["runs"]["steps"]:
        if "uses" in each:
            assert re.search(r"@[0-9a-f]{40}$", each["uses"]), each
        assert "${{" not in each.get("run", "")
    named = set(re.findall(r"inputs\.([\w-]+)", (ROOT / "action.yml").read_text(encoding="utf-8")))
    assert named == set(ACTION["inputs"])


@needs_bash
def test_the_steps_of_the_action_report_and_then_fail(place: Place) -> None:
    (place.work / "c.json").write_text(WRONG, encoding="utf-8")
    result = place.check()
    assert result.returncode == 0, result.stderr
    assert "::error file=c.json,line=1," in result.stdout
    outputs = place.outputs()
    assert outputs["exit-code"] == "1"
    sarif = json.loads(Path(outputs["sarif-file"]).read_text(encoding="utf-8"))
    assert [each["ruleId"] for each in sarif["runs"][0]["results"]] == ["instance-type"]
    assert "no size lagre" in Path(outputs["comment-file"]).read_text(encoding="utf-8")
    assert "no size lagre" in (place.temp / "summary").read_text(encoding="utf-8")
    assert place.step("Fail on findings", CODE="1").returncode == 1
    assert place.step("Fail on findings", CODE="0").returncode == 0


@needs_bash
def test_the_action_passes_paths_and_options_on_as_they_are(place: Place) -> None:
    (place.work / "a b.json").write_text(WRONG, encoding="utf-8")
    (place.work / "-other.json").write_text(CLEAN, encoding="utf-8")
    place.check(PATHS="a b.json\n-other.json\n", OPTIONS="--ignore=instance-type\n")
    assert place.outputs()["exit-code"] == "0"
    place.output.write_text("", encoding="utf-8")
    place.check(PATHS="a b.json", FAIL_ON="never")
    assert place.outputs()["exit-code"] == "0"
    place.output.write_text("", encoding="utf-8")
    place.check(PATHS="$(touch made)")
    assert place.outputs()["exit-code"] == "2"
    assert not (place.work / "made").exists()


@needs_bash
def test_the_action_checks_only_what_a_pull_request_changes(place: Place) -> None:
    (place.work / "old.json").write_text(WRONG, encoding="utf-8")
    git = (
        "git -c user.name=x -c user.email=x@example.com -c commit.gpgsign=false "
        "-c init.defaultBranch=main"
    )
    made = place.run(f"{git} init -q && git add . && {git} commit -qm x && git rev-parse HEAD")
    base = made.stdout.strip()
    place.check(CHANGED_ONLY="true", BASE=base)
    assert place.outputs()["exit-code"] == "0"
    (place.work / "new.json").write_text(WRONG, encoding="utf-8")
    place.run(f"git add . && {git} commit -qm y")
    place.output.write_text("", encoding="utf-8")
    assert "new.json" in place.check(CHANGED_ONLY="true", BASE=base).stdout
    assert place.outputs()["exit-code"] == "1"


@needs_bash
@pytest.mark.parametrize(("mine", "user"), [("", ""), ("77", "someone")])
def test_the_comment_is_written_once_and_then_kept_current(
    place: Place, mine: str, user: str
) -> None:
    comment = place.temp / "comment.md"
    comment.write_text("<!-- sm-advise -->\n" + "| a row |\n" * 20_000, encoding="utf-8")
    result = place.step(
        "Comment on the pull request", COMMENT=str(comment), NUMBER="5", GH_MINE=mine, GH_USER=user
    )
    assert result.returncode == 0, result.stderr
    _, listed, call = place.calls()
    assert ".user.login == env.ME" in listed["arguments"][-1]
    assert listed["me"] == (user or "github-actions[bot]")
    method = call["arguments"][call["arguments"].index("--method") + 1]
    path = next(each for each in call["arguments"] if each.startswith("repos/"))
    if mine:
        assert (method, path) == ("PATCH", "repos/someone/something/issues/comments/77")
    else:
        assert (method, path) == ("POST", "repos/someone/something/issues/5/comments")
    assert call["body"].startswith("<!-- sm-advise -->")
    assert call["body"].endswith("see the summary of the job.\n")
    assert len(call["body"]) < 65_536


# The pre-commit hooks


@pytest.mark.parametrize(
    ("path", "hook"),
    [
        ("workload.yaml", "sm-advise-workloads"),
        ("a/fraud.workload.yml", "sm-advise-workloads"),
        ("a/main.tf", "sm-advise-configs"),
        ("a/main.tf.json", "sm-advise-configs"),
        ("prod.tfvars", "sm-advise-configs"),
        ("template.yaml", "sm-advise-configs"),
        ("stack.template", "sm-advise-configs"),
        ("myworkload.yaml", "sm-advise-configs"),
        ("main.py", "sm-advise-configs"),
        ("a/train.ipynb", "sm-advise-configs"),
        ("main.go", ""),
        ("README.md", ""),
    ],
)
def test_each_file_is_for_one_hook(path: str, hook: str) -> None:
    def takes(each: dict[str, Any]) -> bool:
        excluded = each.get("exclude") and re.search(each["exclude"], path)
        return bool(re.search(each["files"], path)) and not excluded

    assert [each["id"] for each in HOOKS if takes(each)] == ([hook] if hook else [])


@needs_bash
@pytest.mark.parametrize("hook", HOOKS, ids=lambda each: str(each["id"]))
def test_a_hook_passes_over_files_that_are_not_ours(place: Place, hook: dict[str, Any]) -> None:
    (place.work / "service.yaml").write_text("kind: Service\n", encoding="utf-8")
    (place.work / "main.tf").write_text('resource "aws_s3_bucket" "b" {}\n', encoding="utf-8")
    assert place.run(f"{hook['entry']} service.yaml main.tf").returncode == 0
    (place.work / "c.json").write_text(WRONG, encoding="utf-8")
    result = place.run(f"{hook['entry']} service.yaml c.json")
    assert result.returncode == 1
    assert "did you mean ml.m5.large" in result.stdout
    assert place.run(f"{hook['entry']} gone.yaml").returncode == 2


# The GitLab example


@needs_bash
def test_the_job_of_the_gitlab_example_leaves_its_reports(place: Place) -> None:
    job = GITLAB["sm-advise"]
    (place.work / "c.json").write_text(WRONG, encoding="utf-8")
    codes = [place.run(line).returncode for line in job["script"]]
    assert codes == [0, 0, 1]
    reports = job["artifacts"]["reports"]
    (issue,) = json.loads((place.work / reports["codequality"]).read_text(encoding="utf-8"))
    assert issue["check_name"] == "instance-type"
    assert "<testsuites" in (place.work / reports["junit"]).read_text(encoding="utf-8")


# The Jenkins example


@needs_bash
def test_the_steps_of_the_jenkins_example_leave_their_report(place: Place) -> None:
    text = (ROOT / "examples/ci/Jenkinsfile").read_text(encoding="utf-8")
    (place.work / "c.json").write_text(WRONG, encoding="utf-8")
    steps = re.findall(r"sh '\S*bin/(sm-advise .*)'", text)
    assert [place.run(each).returncode for each in steps] == [0, 1]
    (report,) = re.findall(r"junit '(.*)'", text)
    assert "<testsuites" in (place.work / report).read_text(encoding="utf-8")
