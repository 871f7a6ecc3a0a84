"""``--measured FILE`` and the job's files on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import ROOT, called
from tests.load_tests import job, on

EXAMPLE = str(ROOT / "examples" / "fraud-scoring.yaml")
CONFIG = {"ModelName": "fraud-scoring-0a1b2c3d"}


@pytest.fixture
def result(tmp_path: Path) -> str:
    """A load test of the example on two types: 9.5 and 40 requests a second."""
    path = tmp_path / "result.json"
    document = job(on("ml.m5.large", 570, 100), on("ml.c5.xlarge", 2400, 60), InputConfig=CONFIG)
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


def test_the_json_tells_what_was_measured(result: str) -> None:
    done = called("advise", EXAMPLE, "--measured", result, "--format", "json")
    found = json.loads(done.out)
    named = {"job": "case-test", "date": "2026-11-02", "file": result}
    assert found["measured"]["jobs"] == [named]
    assert [each["standing"] for each in found["measured"]["tests"]] == ["dearer", "taken"]
    (rate,) = [each for each in found["facts"] if each["fact"] == "model.throughput"]
    assert (rate["value"], rate["origin"]) == ("40/s", "measured")
    assert "measured" not in json.loads(called("advise", EXAMPLE, "--format", "json").out)


def test_the_json_has_the_shape_of_its_schema(result: str) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    schema = json.loads((ROOT / "rules" / "schema" / "advice.v1.schema.json").read_bytes())
    done = called("advise", EXAMPLE, "--measured", result, "--format", "json")
    jsonschema.validate(json.loads(done.out), schema)


@pytest.mark.parametrize(
    "command",
    [
        ("advise", EXAMPLE),
        ("advise", EXAMPLE, "--format", "markdown"),
        ("compare", EXAMPLE),
        ("compare", EXAMPLE, "--format", "markdown"),
        ("whatif", EXAMPLE, "traffic.peak"),
        ("whatif", EXAMPLE, "traffic.peak", "--format", "markdown"),
    ],
    ids=" ".join,
)
def test_people_read_what_was_measured_and_where(command: tuple[str, ...], result: str) -> None:
    text = " ".join(called(*command, "--measured", result).out.replace("\\", "").split())
    assert "on ml.c5.xlarge by the job case-test of 2026-11-02 (" in text
    if "advise" in command:
        assert "2 for the peak x 0.204 = 0.408 USD an hour" in text
    if command == ("advise", EXAMPLE):
        facts = "requests.processing.typical 60 ms, model.throughput 40/s, model.measured_on"
        assert f"State it to keep it: {facts}" in text


def test_the_json_of_a_comparison_names_it(result: str) -> None:
    done = called("compare", EXAMPLE, "--measured", result, "--format", "json")
    named = {"job": "case-test", "date": "2026-11-02", "file": result}
    assert json.loads(done.out)["measured"] == {"jobs": [named]}


def test_whatif_rests_on_it(result: str) -> None:
    key = ("whatif", EXAMPLE, "traffic.peak", "--format", "json")
    assert called(*key, "--measured", result).out != called(*key).out


def test_the_requests_take_the_measured_type(result: str, tmp_path: Path) -> None:
    done = called("advise", EXAMPLE, "--measured", result, "--format", "request")
    (variant,) = json.loads(done.out)["ProductionVariants"]
    assert (variant["InstanceType"], variant["InitialInstanceCount"]) == ("ml.c5.xlarge", 2)


def test_a_job_of_another_model_fails(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text(json.dumps(job(on("ml.m5.large", 570, 100))), encoding="utf-8")
    done = called("advise", EXAMPLE, "--measured", str(path))
    assert done.code == 1
    assert "measured-model" in done.out


def test_a_job_that_runs_is_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "running.json"
    path.write_text(json.dumps(job(Status="IN_PROGRESS")), encoding="utf-8")
    done = called("advise", EXAMPLE, "--measured", str(path))
    assert (done.out, done.code) == ("", 2)
    assert f"{path}: the job case-test has not ended" in done.err


def test_one_load_test_is_of_one_workload(result: str) -> None:
    other = str(ROOT / "examples" / "pricing-tool.yaml")
    with pytest.raises(Exception, match="--measured takes one workload"):
        called("advise", EXAMPLE, other, "--measured", result)


def test_a_workload_that_no_job_measures_writes_nothing(tmp_path: Path) -> None:
    path = str(ROOT / "examples" / "call-transcripts.yaml")
    kind = "inference-recommendations-job"
    done = called("advise", path, "--output", str(tmp_path), "--artifact", kind)
    assert done.code == 2
    assert "no load test measures call-transcripts" in done.err
    assert list(tmp_path.iterdir()) == []
