"""`sm-advise advise` and the bare `sm-advise FILE`: formats, exit codes, files, bad input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import ROOT, ran

EXAMPLE = "examples/fraud-scoring.yaml"
ONLINE = "name: a\nrequests: {arrival: online}\n"


def write(folder: Path, text: str, name: str = "workload.yaml") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_file_means_the_command_advise() -> None:
    bare, named = ran(EXAMPLE, "--format", "json"), ran("advise", EXAMPLE, "--format", "json")
    assert bare.code == named.code == 0
    assert bare.out == named.out


def test_one_workload_is_an_object_and_several_are_an_array(tmp_path: Path) -> None:
    one = write(tmp_path, ONLINE)
    two = write(tmp_path, f"{ONLINE}---\n{ONLINE.replace('name: a', 'name: b')}", "two.yaml")
    assert json.loads(ran(one, "--format", "json").out)["workload"]["name"] == "a"
    several = json.loads(ran(one, two, "--format", "json").out)
    assert [each["workload"]["name"] for each in several] == ["a", "a", "b"]


def test_jsonl_is_one_object_a_line(tmp_path: Path) -> None:
    one = write(tmp_path, ONLINE)
    lines = ran(one, one, "--format", "jsonl").out.splitlines()
    assert [json.loads(line)["schema"] for line in lines] == ["sm-advise/advice.v1"] * 2


def test_standard_input_is_a_file_called_minus() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "advisor", "-", "--format", "json"],
        cwd=ROOT,
        input=ONLINE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert json.loads(done.stdout)["workload"]["file"] == "-"


def test_the_request_alone_is_what_the_aws_cli_takes() -> None:
    request = json.loads(ran(EXAMPLE, "--format", "request").out)
    assert set(request) >= {"EndpointConfigName", "ProductionVariants"}


def test_the_request_of_several_workloads_is_a_usage_error() -> None:
    done = ran(EXAMPLE, EXAMPLE, "--format", "request")
    assert (done.code, done.out) == (2, "")
    assert "one workload" in done.err


def test_none_fits_prints_no_request_and_exits_with_1(tmp_path: Path) -> None:
    path = write(tmp_path, "name: a\nrequests: {arrival: online, payload: 2 GB}\n")
    done = ran(path, "--format", "request")
    assert (done.code, done.out) == (1, "")


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "markdown", "request"])
def test_the_exit_code_does_not_depend_on_the_format(form: str, tmp_path: Path) -> None:
    path = write(tmp_path, "name: a\nrequests: {arrival: online, payload: 2 GB}\n")
    assert ran(EXAMPLE, "--format", form).code == 0
    assert ran(path, "--format", form).code == 1


def test_every_file_is_reported_and_the_highest_code_wins(tmp_path: Path) -> None:
    good = write(tmp_path, ONLINE)
    bad = write(tmp_path, "name: a\n", "bad.yaml")
    done = ran(bad, good, "missing.yaml", "--format", "json")
    assert done.code == 2
    assert json.loads(done.out)["workload"]["name"] == "a"
    assert "bad.yaml" in done.err
    assert "missing.yaml" in done.err


def test_the_text_says_everything_on_demand() -> None:
    short, everything = (ran(EXAMPLE, *flags).out for flags in ((), ("-v",)))
    assert short.splitlines()[:5] == everything.splitlines()[:5]
    assert "\nPath " not in short
    assert "\nPath " in everything
    # The price of an option that needs alone rule out is there for people; JSON stays as it was.
    assert "serverless            8.96" in short
    found = json.loads(ran(EXAMPLE, "--format", "json").out)["options"]
    assert [each["monthly_cost"] is None for each in found] == [True, False, True, False]


def test_set_states_a_fact_as_the_file_would(tmp_path: Path) -> None:
    path = write(tmp_path, ONLINE)
    done = ran(path, "--set", "requests.payload=> 6 MB", "--format", "json")
    answer = json.loads(done.out)
    assert answer["recommendation"]["option"] == "asynchronous"
    assert answer["inputs"]["set"] == {"requests.payload": "> 6 MB"}


@pytest.mark.parametrize("setting", ["requests.payload", "=1 MB", " =1 MB"])
def test_a_setting_without_key_or_value_is_a_usage_error(setting: str, tmp_path: Path) -> None:
    done = ran(write(tmp_path, ONLINE), "--set", setting)
    assert done.code == 2
    assert "KEY=VALUE" in done.err


def test_limits_and_region_of_the_command_win(tmp_path: Path) -> None:
    text = ONLINE.replace("online", "online, payload: 8 MB") + "region: us-east-1\n"
    path = write(tmp_path, text)
    safe = json.loads(ran(path, "--format", "json").out)
    options = ("--limits", "latest", "--region", "eu-west-1")
    latest = json.loads(ran(path, *options, "--format", "json").out)
    # 8 MB is above 6 MB and below 25 MB.
    assert safe["recommendation"]["option"] == "asynchronous"
    assert latest["recommendation"]["option"] == "real-time"
    assert latest["inputs"]["region"] == "eu-west-1"


def test_strict_fails_on_a_plausible_unknown_and_an_acceptance_silences_it(tmp_path: Path) -> None:
    path = write(tmp_path, ONLINE)
    done = ran(path, "--strict", "--format", "json")
    assert ran(path).code == 0
    assert done.code == 1
    assert "decisive-unknown" in {each["rule"] for each in json.loads(done.out)["findings"]}
    accepted = ONLINE + 'accept: {decisive-unknown: "nobody knows", size-assumed: "nor this"}\n'
    assert ran(write(tmp_path, accepted), "--strict").code == 0


def test_strict_fails_on_a_contested_limit(tmp_path: Path) -> None:
    text = ONLINE.replace("online", "online, payload: 30 MB, processing: 20 min")
    path = write(tmp_path, text)
    assert ran(path).code == 0
    assert ran(path, "--strict").code == 1


def test_output_writes_numbered_requests_once(tmp_path: Path) -> None:
    folder = tmp_path / "deploy"
    first = ran(EXAMPLE, "--output", str(folder))
    names = sorted(path.name for path in folder.iterdir())
    assert names == [
        "1-create-model.json",
        "2-create-endpoint-config.json",
        "3-create-endpoint.json",
    ]
    assert first.err.count("wrote") == 3
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    again = ran(EXAMPLE, "--output", str(folder))
    assert again.err.count("unchanged") == 3
    assert before == {path: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_output_never_overwrites_an_edit_without_force(tmp_path: Path) -> None:
    folder = tmp_path / "deploy"
    ran(EXAMPLE, "--output", str(folder))
    edited = folder / "3-create-endpoint.json"
    edited.write_text("{}", encoding="utf-8")
    (folder / "1-create-model.json").unlink()
    refused = ran(EXAMPLE, "--output", str(folder))
    assert refused.code == 2
    assert "--force" in refused.err
    assert edited.read_text(encoding="utf-8") == "{}"
    assert not (folder / "1-create-model.json").exists(), "nothing at all is written"
    assert ran(EXAMPLE, "--output", str(folder), "--force").code == 0
    assert edited.read_text(encoding="utf-8") != "{}"


def test_dry_run_writes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "deploy"
    done = ran(EXAMPLE, "--output", str(folder), "--dry-run")
    assert done.code == 0
    assert done.err.count("would write") == 3
    assert not folder.exists()


def test_dry_run_tells_of_edits(tmp_path: Path) -> None:
    folder = tmp_path / "deploy"
    ran(EXAMPLE, "--output", str(folder))
    (folder / "3-create-endpoint.json").write_text("{}", encoding="utf-8")
    refused = ran(EXAMPLE, "--output", str(folder), "--dry-run")
    assert f"would not overwrite without --force {folder}/3-create-endpoint.json" in refused.err
    assert refused.err.count("unchanged") == 2
    forced = ran(EXAMPLE, "--output", str(folder), "--dry-run", "--force")
    assert f"would overwrite {folder}/3-create-endpoint.json" in forced.err
    assert (folder / "3-create-endpoint.json").read_text(encoding="utf-8") == "{}"


def test_requests_of_an_earlier_plan_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "deploy"
    ran(EXAMPLE, "--output", str(folder))
    for name in ("4-put-scaling-policy.json", "notes.json", "5-Mine.json"):
        (folder / name).write_text("{}", encoding="utf-8")
    for option in ([], ["--dry-run"]):
        done = ran(EXAMPLE, "--output", str(folder), *option)
        told = [line for line in done.err.splitlines() if line.startswith("remove ")]
        (line,) = told
        assert line.startswith(f"remove {folder}/4-put-scaling-policy.json: ")
    assert "remove " not in ran(EXAMPLE, "--output", str(folder), "--artifact", "shell").err


@pytest.mark.parametrize("option", [["--artifact", "shell"], ["--force"], ["--dry-run"]])
def test_what_is_about_files_needs_a_folder(option: list[str]) -> None:
    done = ran(EXAMPLE, *option)
    assert done.code == 2
    assert f"{option[0]} needs --output DIR" in done.err


def test_what_to_run_next_is_said(tmp_path: Path) -> None:
    text = "name: 1st\nregion: eu-west-1\nrequests: {arrival: online}\n"
    path, folder = write(tmp_path, text), f"{tmp_path}/a folder"
    kinds = ["requests", "shell", "boto3", "terraform", "cloudformation"]
    done = ran(path, "--output", folder, *(part for kind in kinds for part in ("--artifact", kind)))
    asked = "IMAGE_URI=… MODEL_DATA_URL=… EXECUTION_ROLE_ARN=…"
    parameters = "ImageUri=… ModelDataUrl=… ExecutionRoleArn=…"
    assert f"next: {asked} bash '{folder}/deploy.sh'\n" in done.err
    assert f"next: {asked} python '{folder}/deploy.py'\n" in done.err
    terraform = f"terraform '-chdir={folder}'"
    region = "export AWS_REGION=eu-west-1 && "
    assert f"next: {region}{terraform} init && {terraform} apply\n" in done.err
    assert (
        "next: aws cloudformation deploy --region eu-west-1 --stack-name stack-1st"
        f" --template-file '{folder}/template.yaml' --parameter-overrides {parameters}\n"
    ) in done.err
    first = f"--cli-input-json 'file://{folder}/1-create-model.json' && \\\n"
    fill_in = f"replace the placeholders in '{folder}' that the placeholder findings name, then run"
    assert f"next: {fill_in}\n  aws sagemaker create-model --region eu-west-1 {first}" in done.err
    assert (
        "aws sagemaker wait endpoint-in-service --region eu-west-1 --endpoint-name 1st" in done.err
    )
    assert "next:" not in done.out


def test_requests_without_a_placeholder_can_be_sent_as_they_are(tmp_path: Path) -> None:
    arn, image = "arn:aws:iam::123456789012:role/sm", "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
    known = (
        f"deploy: {{role: '{arn}'}}\nmodel: {{image: {image}/a:1, artifact: s3://abc/m.tar.gz}}\n"
    )
    done = ran(write(tmp_path, f"{ONLINE}{known}"), "--output", str(tmp_path / "deploy"))
    assert "next: aws sagemaker create-model" in done.err


def test_nothing_is_written_when_none_fits(tmp_path: Path) -> None:
    path = write(tmp_path, ONLINE.replace("online", "online, streaming: true, payload: 900 MB"))
    done = ran(path, "--output", str(tmp_path / "deploy"))
    assert done.code == 1
    assert "nothing to write for a: no option fits\n" in done.err
    assert not (tmp_path / "deploy").exists()


def test_several_workloads_get_a_folder_each(tmp_path: Path) -> None:
    path = write(tmp_path, f"{ONLINE}---\n{ONLINE.replace('name: a', 'name: b')}")
    ran(path, "--output", str(tmp_path / "deploy"))
    assert sorted(each.name for each in (tmp_path / "deploy").iterdir()) == ["a", "b"]
    same = write(tmp_path, f"{ONLINE}---\n{ONLINE}", "same.yaml")
    assert ran(same, "--output", str(tmp_path / "other")).code == 2


def stream(tmp_path: Path, *names: str) -> str:
    """A file of several workloads."""
    path = tmp_path / "many.yaml"
    each = "name: {}\nrequests: {{arrival: online}}\n"
    path.write_text("---\n".join(map(each.format, names)), encoding="utf-8")
    return str(path)


def test_a_folder_has_a_name_that_every_system_takes(tmp_path: Path) -> None:
    """Windows keeps some names for devices, and knows no case."""
    made = ran(stream(tmp_path, "CON", "a", "com1"), "--output", str(tmp_path / "o"))
    assert made.code == 0
    assert sorted(each.name for each in (tmp_path / "o").iterdir()) == ["CON_", "a", "com1_"]
    twins = ran(stream(tmp_path, "A", "a"), "--output", str(tmp_path / "p"))
    assert (twins.code, "two workloads have the name" in twins.err) == (2, True)
    assert not (tmp_path / "p").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written_is_an_input_error(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    done = ran(EXAMPLE, "--output", str(closed / "deploy"))
    assert done.code == 2
    assert "Traceback" not in done.err


def test_output_into_a_file_is_an_input_error(tmp_path: Path) -> None:
    taken = write(tmp_path, "", "taken")
    done = ran(EXAMPLE, "--output", taken)
    assert done.code == 2
    assert "Traceback" not in done.err


def test_a_reader_that_leaves_is_no_error() -> None:
    command = f"{sys.executable} -m advisor {EXAMPLE} --format json | head -c 10"
    command += "; echo; echo ${PIPESTATUS[0]}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines()[-1] == "0"
    assert done.stderr == ""


@pytest.mark.parametrize("date", ["tomorrow", "2026-02-30", "20261120x"])
def test_as_of_takes_real_dates_only(date: str) -> None:
    done = ran(EXAMPLE, "--as-of", date)
    assert done.code == 2
    assert "date" in done.err


def test_an_acceptance_ends_on_its_day(tmp_path: Path) -> None:
    text = "name: a\nrequests: {arrival: online, payload: {typical: 3 MB, max: 2 MB}}\n"
    text += 'accept: {conflict: {because: "being measured", until: 2026-12-31}}\n'
    path = write(tmp_path, text)
    during = json.loads(ran(path, "--as-of", "2026-12-31", "--format", "json").out)
    after = json.loads(ran(path, "--as-of", "2027-01-01", "--format", "json").out)
    assert [each["rule"] for each in during["accepted"]] == ["conflict"]
    assert after["accepted"] == []
    assert "accept-expired" in {each["rule"] for each in after["findings"]}


def test_an_unknown_option_and_format_are_usage_errors() -> None:
    for arguments in (["--nonsense"], ["--format", "yaml"], []):
        done = ran("advise", *arguments)
        assert done.code == 2
        assert "Traceback" not in done.err


def test_help_names_exit_codes_and_every_command() -> None:
    done = ran("--help")
    assert done.code == 0
    for word in ("advise", "explain", "rules", "init", "schema", "Exit codes"):
        assert word in done.out
