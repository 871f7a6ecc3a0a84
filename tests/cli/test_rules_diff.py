"""`sm-advise rules diff`: two sets of rules, and the workloads whose answers they move."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import ROOT, Done, called

# 3,500 KB are below serverless inference's 4 MB (4,096 KB) and above 3 MB (3,072 KB).
WORKLOAD = """\
name: fraud
region: us-east-1
requests: {arrival: online, payload: 3500 KB, processing: 300 ms, cold_start: tolerated}
traffic: {pattern: intermittent}
model: {size: 100 MB}
"""
SMALL = WORKLOAD.replace("fraud", "small").replace("3500 KB", "20 KB")
CHANGE = ("options/serverless.yaml", "at_most: 4 MB", "at_most: 3 MB")


def changed(folder: Path, file: str, old: str, new: str) -> Path:
    """The rules with one text replaced, as a folder."""
    rules = folder / "old-rules"
    if not rules.is_dir():
        shutil.copytree(ROOT / "rules", rules)
    text = (rules / file).read_text(encoding="utf-8")
    assert old in text
    (rules / file).write_text(text.replace(old, new), encoding="utf-8")
    return rules


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    for name, text in (("fraud", WORKLOAD), ("small", SMALL)):
        (folder / name).mkdir(parents=True)
        (folder / name / "workload.yaml").write_text(text, encoding="utf-8")
    return folder


def as_json(*arguments: str) -> Any:
    return json.loads(called("rules", "diff", *arguments, "--format", "json").out)


def test_the_same_rules_move_nothing(models: Path) -> None:
    done = called("rules", "diff", str(ROOT / "rules"), "--workloads", str(models))
    assert done.code == 0
    assert done.out.endswith("to the rules in use: no rule differs; changed answers: 0 of 2\n")


def test_a_bound_that_moves_an_answer_is_named_with_its_values(
    tmp_path: Path, models: Path
) -> None:
    old = changed(tmp_path, *CHANGE)
    done = called("rules", "diff", str(old), "--workloads", str(models))
    assert done.code == 1
    first, why, rule, value = done.out.splitlines()[:4]
    assert first.startswith(f"{models}/fraud/workload.yaml: fraud: option real-time -> serverless")
    assert why == "    serverless-payload no longer breaks, as at 3500 KB (bound 3 MB)"
    assert rule.startswith("    ~ serverless-payload: Request body (https://docs.aws.amazon.com/")
    assert value == "        at_most: 3 MB -> 4 MB"
    assert "small: " not in done.out
    assert done.out.endswith("2 changed; changed answers: 1 of 2\n")


VPC = """\
      serverless:
        is: unsupported
        source: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
"""


@pytest.mark.parametrize(
    ("edit", "workload", "answer", "why", "rules"),
    [
        (  # a feature
            ("features.yaml", VPC, "      serverless: supported\n"),
            SMALL + "needs: [vpc]\n",
            {"old": "serverless", "new": "real-time"},
            "serverless-vpc breaks at true (bound unsupported)",
            ["vpc"],
        ),
        (  # what is assumed of a fact that nobody stated
            ("assumptions.yaml", "      - value: tolerated", "      - value: avoid"),
            SMALL.replace(", cold_start: tolerated", "").replace("tent}", "tent, peak: 20/s}"),
            {"old": "real-time", "new": "serverless"},
            "requests.cold_start was assumed to be avoid, is assumed to be tolerated",
            ["requests.cold_start"],
        ),
        (  # an instance type: 192 MiB do not hold what 4 GiB do
            ("instances.csv", "ml.c6i.large,2,4096", "ml.c6i.large,2,192"),
            SMALL + "needs: [vpc]\n",
            None,
            "Now: The cheapest fleet of ",
            ["ml.c6i.large"],
        ),
    ],
)
def test_each_kind_of_rule_that_moves_an_answer_is_named(
    tmp_path: Path,
    edit: tuple[str, str, str],
    workload: str,
    answer: dict[str, str] | None,
    why: str,
    rules: list[str],
) -> None:
    path = tmp_path / "workload.yaml"
    path.write_text(workload, encoding="utf-8")
    found = as_json(str(changed(tmp_path, *edit)), "--workloads", str(path))
    (moved,) = found["moved"]
    assert moved["answer"].get("option") == answer
    assert answer is not None or moved["answer"]["instance_type"]["new"] == "ml.c6i.large"
    assert why in moved["why"]
    assert moved["rules"] == rules


def test_the_two_sides_can_be_swapped(tmp_path: Path, models: Path) -> None:
    old = changed(tmp_path, *CHANGE)
    found = as_json(str(ROOT / "rules"), str(old), "--workloads", str(models))
    (moved,) = found["moved"]
    assert moved["answer"]["option"] == {"old": "serverless", "new": "real-time"}
    assert moved["why"] == "serverless-payload breaks at 3500 KB (bound 3 MB)"
    assert moved["rules"] == ["serverless-payload"]


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        # kind, name, what, path, old value, new value
        (*CHANGE, ("limit", "serverless-payload", "changed", "at_most", "3 MB", "4 MB")),
        (
            "instances.csv",
            "ml.m5.large,2,8",
            "ml.m5.large,2,7",
            ("instance-type", "ml.m5.large", "changed", "memory_mib", "7192", "8192"),
        ),
        (
            "checks/serverless.yaml",
            "- id: serverless-memory-size",
            "- id: serverless-memory-other",
            ("check", "serverless-memory-size", "added", "severity", None, "error"),
        ),
        (
            "service/model.json",
            '"MemorySizeInMB"',
            '"MemorySize"',
            (
                "api-model",
                "ProductionVariantServerlessConfig.MemorySizeInMB",
                "changed",
                "field",
                None,
                "ServerlessMemorySizeInMB",
            ),
        ),
    ],
)
def test_what_differs_is_told_by_entry_and_value(
    tmp_path: Path, file: str, old: str, new: str, expected: tuple[str | None, ...]
) -> None:
    found = as_json(str(changed(tmp_path, file, old, new)))
    told = [
        (change["kind"], change["name"], change["what"], *value.values())
        for change in found["changes"]
        for value in change["values"]
    ]
    assert expected in told
    assert all(change["decides"] for change in found["changes"])
    assert found["new_checks"] == [
        change["name"] for change in found["changes"] if change["what"] == "added"
    ]


def test_wording_alone_moves_nothing(tmp_path: Path) -> None:
    old = changed(tmp_path, "quotas.yaml", "as_of: 2026", "as_of: 2025")
    done = called("rules", "diff", str(old))
    assert done.code == 0
    assert "    wording: as_of\n" in done.out
    assert " in wording only" in done.out
    assert called("rules", "diff", str(changed(tmp_path, *CHANGE))).code == 1


def test_markdown_is_a_comment_for_a_pull_request(tmp_path: Path, models: Path) -> None:
    old = changed(tmp_path, *CHANGE)
    text = called("rules", "diff", str(old), "--workloads", str(models), "--format", "markdown").out
    assert text.startswith("### Rules: ")
    assert "| File | Workload | Answer | Why |\n" in text
    assert "| changed | `serverless-payload` | " in text


def test_the_wheel_of_a_release_is_a_set_of_rules(tmp_path: Path, models: Path) -> None:
    rules = changed(tmp_path, *CHANGE)
    wheel = tmp_path / "sm_advise-0.0.1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for file in sorted(rules.rglob("*")):
            if file.is_file():
                archive.write(file, Path("advisor/rules") / file.relative_to(rules))
    done = called("rules", "diff", str(wheel), "--workloads", str(models))
    assert done.code == 1
    assert "changed answers: 1 of 2" in done.out


def test_a_git_revision_is_a_set_of_rules(
    tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(tmp_path, *CHANGE).rename(tmp_path / "rules")
    monkeypatch.chdir(tmp_path)
    for arguments in (
        ("init", "-q"),
        ("add", "rules"),
        ("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "rules"),
    ):
        subprocess.run(["git", *arguments], check=True)
    for name in ("HEAD", "HEAD:rules"):
        done = called("rules", "diff", name, "--workloads", str(models))
        assert done.code == 1
        assert f"{name} to the rules in use: 2 changed; changed answers: 1 of 2" in done.out
    assert "contains no rules" in called("rules", "diff", "HEAD:elsewhere").err


def test_a_lock_is_held_against_the_rules_in_use(
    tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert called("check", "models", "--write-lock").code == 0
    same = called("rules", "diff", "sm-advise.lock")
    assert (same.code, same.out) == (
        0,
        (
            "sm-advise.lock contains answers, not rules; name a release instead to see changed"
            " rules; changed answers: 0 of 2\n"
        ),
    )
    old = changed(tmp_path, *CHANGE)
    done = called("rules", "diff", "sm-advise.lock", str(old))
    assert done.code == 1
    assert "models/fraud/workload.yaml: fraud: option serverless -> real-time" in done.out
    few = called("rules", "diff", "sm-advise.lock", str(old), "--workloads", "models/small")
    assert (few.code, few.out.rpartition("; ")[2]) == (0, "changed answers: 0 of 1\n")


def test_a_workload_that_cannot_be_read_is_told_and_the_others_are_compared(
    tmp_path: Path, models: Path
) -> None:
    (models / "broken.workload.yaml").write_text("name: [\n", encoding="utf-8")
    done = called("rules", "diff", str(changed(tmp_path, *CHANGE)), "--workloads", str(models))
    assert done.code == 2
    assert "changed answers: 1 of 2" in done.out
    assert "broken.workload.yaml" in done.err


def refused(*arguments: str) -> str:
    done: Done = called("rules", "diff", *arguments)
    assert done.code == 2
    return done.err


def test_what_is_no_set_of_rules_is_refused(
    tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "contains no rules" in refused(str(models))
    assert "this file is not a wheel" in refused(str(models / "fraud" / "workload.yaml"))
    assert "contains no rules" in refused("--", "-v")
    assert "v9 is no folder or file" in refused("v9")
    assert "there is no workload here" in refused(
        str(ROOT / "rules"), "--workloads", str(ROOT / "rules" / "prices")
    )


def test_a_wheel_writes_nothing_outside_its_folder(tmp_path: Path) -> None:
    wheel = tmp_path / "evil.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("advisor/rules/../../../evil.yaml", "x")
    assert "leads out of its folder" in refused(str(wheel))


def test_rules_of_another_form_are_no_bug_of_ours(tmp_path: Path, models: Path) -> None:
    old = changed(tmp_path, "assumptions.yaml", "facts:", "assumed:")
    entries = called("rules", "diff", str(old))
    assert (entries.code, "added" in entries.out) == (1, True)
    done = called("rules", "diff", str(old), "--workloads", str(models))
    assert done.code == 2
    assert done.out == entries.out
    assert "the answers cannot be compared" in done.err
    assert "a form that this release does not read" in done.err


def test_a_release_that_knew_less_still_answers(tmp_path: Path, models: Path) -> None:
    old = changed(tmp_path, *CHANGE)
    (old / "archives.yaml").unlink()
    shutil.rmtree(old / "checks")
    sizing = (old / "sizing.yaml").read_text(encoding="utf-8")
    head, second = sizing.split("  - id: ", 2)[0], sizing.split("  - id: ", 2)[2]
    (old / "sizing.yaml").write_text(f"{head}  - id: {second}", encoding="utf-8")
    found = as_json(str(old), "--workloads", str(models))
    assert [moved["name"] for moved in found["moved"]] == ["fraud"]
    assert {change["kind"] for change in found["changes"] if change["what"] == "added"} == {
        "check",
        "constant",
        "layout",
        "setting",
    }
