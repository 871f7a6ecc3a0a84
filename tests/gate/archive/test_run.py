"""Model archives in a run of `check`: which are read, whose they are, formats, exit codes."""

from __future__ import annotations

import json
import tarfile
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from advisor.cli.check import check as command
from advisor.gate.finding import ACCEPTED, BASELINED, GateFinding
from advisor.gate.run import CheckReport, check
from advisor.gate.settings import CheckOptions, organisation_of
from advisor.reports.finding_formats import FINDING_FORMATS, FindingContext, finding_renderer
from tests.archives import member, packed, tarred, written

ROOT = Path(__file__).resolve().parents[3]
AS_OF = "2026-11-20"
GOOD = ["model.pth", "code/inference.py"]
NESTED = ["model/model.pth", "model/code/inference.py"]
WORKLOAD = """\
schema: sm-advise/workload.v1
name: fraud
region: us-east-1
requests: {arrival: online, payload: 20 KB, processing: 100 ms, cold_start: tolerated}
traffic: {pattern: intermittent, peak: 5/s}
model: {framework: pytorch, size: 100 MB, memory: 800 MB}
"""


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    organisation_of.cache_clear()


def run(*paths: str, **options: object) -> CheckReport:
    return check(CheckOptions(paths=paths, as_of=AS_OF, **options))  # type: ignore[arg-type]


def rules(report: CheckReport) -> list[str]:
    return sorted(found.rule for found in report.findings)


def of_rule(report: CheckReport, rule: str) -> GateFinding:
    (found,) = [each for each in report.findings if each.rule == rule]
    return found


def called(*arguments: str) -> Result:
    result = CliRunner().invoke(command, list(arguments), standalone_mode=False)
    assert result.exception is None, result.exception
    return result


def large(path: str, size: int) -> None:
    """An archive with a sparse file of this size, as GNU tar writes one in the pax format."""
    sparse = {
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": "model.pth",
        "GNU.sparse.realsize": str(size),
    }
    data = b"0\n".ljust(512, b"\0")  # a map without entries: the whole file is a hole
    weights = member("GNUSparseFile.0/model.pth", data, pax_headers=sparse)
    written(Path(path), [weights, member("code/inference.py")])


# -- which are read --------------------------------------------------------------------------------


def test_archives_in_folders_are_passed_over_and_named_ones_read() -> None:
    packed(Path("model.tar.gz"), NESTED)
    report = run(".")
    assert (report.archives, report.ignored, rules(report)) == (0, 1, [])
    report = run("model.tar.gz", framework="pytorch")
    assert (report.archives, rules(report)) == (1, ["archive-nested"])
    assert run("*.tar.gz", framework="pytorch").archives == 1


def test_a_hook_passes_over_an_archive_that_belongs_to_nothing() -> None:
    packed(Path("source.tar.gz"), NESTED)
    assert run("source.tar.gz", sift=True).archives == 0


def test_an_archive_without_an_ending_is_known_by_its_first_bytes() -> None:
    packed(Path("model"), GOOD)
    assert run("model", framework="pytorch").archives == 1


def test_a_workload_names_its_archive() -> None:
    Path("deploy").mkdir()
    packed(Path("deploy/model.tar.gz"), NESTED)
    Path("workload.yaml").write_text(WORKLOAD + "artifacts: {model: deploy/model.tar.gz}\n")
    report = run(".")
    assert (report.archives, rules(report)) == (1, ["archive-nested"])
    assert of_rule(report, "archive-nested").file == "deploy/model.tar.gz"


def test_what_a_pair_names_has_to_be_there() -> None:
    Path("workload.yaml").write_text(WORKLOAD + "artifacts: {model: model.tar.gz}\n")
    (error,) = run("workload.yaml").errors
    assert error.message == "workload.yaml names this file: this is not a readable file"
    (error,) = run("model.tar.gz").errors
    assert error.message == "this is not a readable file"


def test_the_project_names_a_workload_and_its_archive() -> None:
    packed(Path("model.tar.gz"), NESTED)
    Path("fraud.workload.yaml").write_text(WORKLOAD)
    pair = '{workload = "fraud.workload.yaml", artifact = "model.tar.gz"}'
    Path("pyproject.toml").write_text(f"[tool.sm-advise]\npairs = [{pair}]\n")
    result = called(".")
    assert result.return_value == 1
    assert "model.tar.gz: error archive-nested: PyTorch: " in result.output
    assert "1 model archive; 1 workload" in result.output


def test_an_archive_elsewhere_is_not_read_and_that_is_told() -> None:
    Path("workload.yaml").write_text(WORKLOAD + "artifacts: {model: 's3://b/model.tar.gz'}\n")
    report = run("workload.yaml")
    assert report.errors == ()
    (note,) = report.unread
    assert note.endswith("model.tar.gz: the archive is not on this machine")


# -- whose they are --------------------------------------------------------------------------------


def test_the_workload_is_named_on_the_command_line() -> None:
    large("model.tar.gz", 6 * 1024**3)
    Path("w.yaml").write_text(WORKLOAD)
    report = run("model.tar.gz", workload="w.yaml")
    # Serverless has 5 GB of disk, and the 800 MB of memory that are stated fit into 1 GB.
    assert rules(report) == [
        "archive-exceeds-disk",
        "archive-exceeds-memory",
        "archive-larger-than-stated",
    ]
    disk = of_rule(report, "archive-exceeds-disk")
    assert disk.message == "6 GB unpacked; the serverless endpoint of the plan has 5 GB of disk"


def test_model_artifact_pairs_an_archive_of_the_same_name() -> None:
    packed(Path("fraud.tar.gz"), NESTED)
    text = WORKLOAD.replace(
        "size: 100 MB", "size: 100 MB, artifact: 's3://my-bucket/x/fraud.tar.gz'"
    )
    Path("workload.yaml").write_text(text)
    report = run("workload.yaml", "fraud.tar.gz")
    assert rules(report) == ["archive-nested"]  # as PyTorch, which the workload states


def test_of_several_workloads_the_one_beside_the_archive_counts() -> None:
    text = WORKLOAD.replace("size: 100 MB", "artifact: 's3://my-bucket/x/model.tar.gz'")
    for folder, framework in (("a", "pytorch"), ("b", "xgboost")):
        Path(folder).mkdir()
        named = text.replace("fraud", folder).replace("pytorch", framework)
        Path(folder, "workload.yaml").write_text(named)
    packed(Path("b/model.tar.gz"), ["model/xgboost-model"])
    found = of_rule(run("a", "b", "b/model.tar.gz"), "archive-nested")
    assert found.message.startswith("XGBoost: ")
    packed(Path("model.tar.gz"), ["model/xgboost-model"])
    report = run("a", "b", "model.tar.gz")
    assert report.unread == (
        "model.tar.gz: 2 workloads name this archive; choose one with --workload",
    )
    assert of_rule(report, "archive-framework").message.startswith("checked as XGBoost")


def test_the_configurations_of_the_workload_have_to_hold_it() -> None:
    large("model.tar.gz", 20 * 1024**3)
    variant = {
        "VariantName": "v",
        "ModelName": "m",
        "InstanceType": "ml.m5.2xlarge",
        "InitialInstanceCount": 1,
        "VolumeSizeInGB": 10,
    }
    config = {"EndpointConfigName": "c", "ProductionVariants": [variant]}
    Path("config.json").write_text(json.dumps(config))
    pairs = "artifacts: {endpoint_config: config.json, model: model.tar.gz}\n"
    text = WORKLOAD.replace("size: 100 MB, memory: 800 MB", "size: 20 GB, memory: 20 GB")
    Path("workload.yaml").write_text(text + pairs)
    found = of_rule(run("workload.yaml"), "archive-exceeds-disk")
    assert found.message == "20 GB unpacked; ml.m5.2xlarge of config.json has 10 GB of disk"


def model(image: str, environment: object = None) -> dict[str, object]:
    container: dict[str, object] = {"Image": image, "ModelDataUrl": "s3://my-bucket/model.tar.gz"}
    if environment is not None:
        container["Environment"] = environment
    return {
        "ModelName": "m",
        "ExecutionRoleArn": "arn:aws:iam::123456789012:role/sagemaker",
        "PrimaryContainer": container,
    }


SKLEARN = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"


@pytest.mark.parametrize(
    ("image", "environment", "found"),
    [
        (SKLEARN, None, ["archive-no-code"]),
        (SKLEARN, {"SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code"}, ["archive-no-code"]),
        (SKLEARN, {"SAGEMAKER_SUBMIT_DIRECTORY": "s3://my-bucket/sourcedir.tar.gz"}, []),
        (SKLEARN.replace("sagemaker-scikit-learn", "fraud"), None, ["archive-framework"]),
    ],
)
def test_the_model_of_the_workload_says_image_and_where_the_code_is(
    image: str, environment: dict[str, str] | None, found: list[str]
) -> None:
    packed(Path("model.tar.gz"), ["model.joblib"])
    Path("model.json").write_text(json.dumps(model(image, environment)))
    pairs = "artifacts: {model: model.json, archive: model.tar.gz}\n"
    Path("workload.yaml").write_text(WORKLOAD.replace("framework: pytorch, ", "") + pairs)
    report = run("workload.yaml")
    assert report.errors == ()
    assert rules(report) == found


def test_a_container_that_is_not_plain_excuses_what_it_could() -> None:
    packed(Path("model.tar.gz"), ["model.joblib"])
    Path("workload.yaml").write_text(WORKLOAD.replace("pytorch", "sklearn"))
    template = (
        "Parameters: {Code: {Type: String}}\nResources:\n  M:\n    Type: AWS::SageMaker::Model\n"
        "    Properties:\n      ExecutionRoleArn: arn:aws:iam::123456789012:role/sagemaker\n"
        f"      PrimaryContainer:\n        Image: {SKLEARN}\n"
        "        Environment: {SAGEMAKER_SUBMIT_DIRECTORY: !Ref Code}\n"
    )
    Path("t.yaml").write_text(template)
    assert rules(run("t.yaml", "model.tar.gz", workload="workload.yaml")) == []
    Path("t.yaml").write_text(template.replace("!Ref Code", "/opt/ml/model/code"))
    report = run("t.yaml", "model.tar.gz", workload="workload.yaml")
    assert rules(report) == ["archive-no-code"]
    two = model(SKLEARN)
    two["Containers"] = [two.pop("PrimaryContainer"), {"Image": SKLEARN, "Environment": {"A": "b"}}]
    Path("two.json").write_text(json.dumps(two))
    assert rules(run("two.json", "model.tar.gz", workload="workload.yaml")) == []


def test_the_framework_on_the_command_line_wins_over_the_stated_one() -> None:
    packed(Path("model.tar.gz"), ["xgboost-model"])
    Path("w.yaml").write_text(WORKLOAD)
    report = run("model.tar.gz", workload="w.yaml", framework="xgboost")
    assert rules(report) == []
    assert rules(run("model.tar.gz", workload="w.yaml")) == [
        "archive-framework-differs",
        "archive-no-code",  # as PyTorch, which is what the workload says
    ]


# -- what stands -----------------------------------------------------------------------------------


def test_a_workload_accepts_a_finding_of_its_archive() -> None:
    packed(Path("model.tar.gz"), NESTED)
    accept = "artifacts: {model: model.tar.gz}\naccept: {archive-nested: 'our own container'}\n"
    Path("workload.yaml").write_text(WORKLOAD + accept)
    report = run("workload.yaml")
    found = of_rule(report, "archive-nested")
    assert found.status == ACCEPTED
    assert found.acceptance is not None
    assert found.acceptance.because == "our own container"
    assert rules(report) == ["archive-nested"]  # the acceptance is used


def test_pyproject_accepts_a_finding_by_file() -> None:
    packed(Path("model.tar.gz"), NESTED)
    Path("pyproject.toml").write_text(
        '[tool.sm-advise.accept."*.tar.gz"]\narchive-nested = "our own container"\n'
    )
    result = called("model.tar.gz", "--framework", "pytorch")
    assert result.return_value == 0
    assert "accepted error archive-nested" in result.output


def test_a_baseline_keeps_findings_of_archives() -> None:
    packed(Path("model.tar.gz"), NESTED)
    called("model.tar.gz", "--framework", "pytorch", "--write-baseline", "baseline.json")
    report = run("model.tar.gz", framework="pytorch", baseline="baseline.json")
    assert of_rule(report, "archive-nested").status == BASELINED


@pytest.mark.parametrize(
    ("members", "arguments", "code"),
    [
        (GOOD, [], 0),
        (NESTED, [], 1),
        (NESTED, ["--fail-on", "never"], 0),
        ([*GOOD, "requirements.txt"], [], 0),
        ([*GOOD, "requirements.txt"], ["--fail-on", "warning"], 1),
        (NESTED, ["--ignore", "archive-nested"], 0),
        (NESTED, ["--select", "archive-symlink"], 0),
    ],
)
def test_exit_codes_are_those_of_other_inputs(
    members: list[str], arguments: list[str], code: int
) -> None:
    packed(Path("model.tar.gz"), members)
    assert called("model.tar.gz", "--framework", "pytorch", *arguments).return_value == code


def test_a_file_that_is_not_there_cannot_be_run_on() -> None:
    assert called("model.tar.gz").return_value == 2


def test_a_damaged_archive_is_a_finding_not_a_failure() -> None:
    Path("model.tar.gz").write_bytes(b"PK\x03\x04")
    result = called("model.tar.gz")
    assert result.return_value == 1
    assert "error archive-compression: this is a zip archive" in result.output


def test_a_framework_that_is_not_known_is_refused() -> None:
    packed(Path("model.tar.gz"), GOOD)
    result = CliRunner().invoke(command, ["model.tar.gz", "--framework", "pytroch"])
    assert "sm-advise knows no layout for pytroch" in str(result.exception)


def test_nothing_is_written_beside_the_archive() -> None:
    absolute = str(Path.cwd() / "out")
    written(Path("model.tar.gz"), [member("../out"), member(absolute), member("model.pth")])
    before = sorted(Path.cwd().rglob("*"))
    run("model.tar.gz")
    assert sorted(Path.cwd().rglob("*")) == before
    assert not Path("../out").exists()


# -- formats ---------------------------------------------------------------------------------------


@pytest.fixture
def report() -> CheckReport:
    link = member("a|b", type=tarfile.SYMTYPE, linkname="\x1b[2J")
    written(Path("a b.tar.gz"), [member("code/inference.py"), member("\udcff<&>"), link])
    return run("a b.tar.gz", framework="pytorch")


@pytest.mark.parametrize("form", FINDING_FORMATS)
def test_every_format_names_archive_member_and_check(form: str, report: CheckReport) -> None:
    text = finding_renderer(form)(report, FindingContext())
    text.encode()
    assert "\x1b" not in text
    for word in ("archive-link-outside", "archive-name-encoding"):
        assert word in text
    assert "a b.tar.gz" in text or "a%20b.tar.gz" in text
    if form in ("json", "sarif", "gitlab"):
        json.loads(text)
    if form == "junit":
        ET.fromstring(text)  # noqa: S314 - our own text


def test_the_json_keeps_its_schema(report: CheckReport) -> None:
    schema = ROOT / "rules" / "schema" / "findings.v1.schema.json"
    value = json.loads(
        finding_renderer("json")(report, FindingContext(rules_digest="sha256:" + "0" * 64))
    )
    jsonschema.validate(value, json.loads(schema.read_text(encoding="utf-8")))
    assert value["read"]["archives"] == 1
    assert {found["address"] for found in value["findings"]} == {"a|b", "\\xff<&>"}


def test_the_text_says_what_was_read() -> None:
    packed(Path("model.tar.gz"), NESTED)
    text = finding_renderer("text")(run("model.tar.gz", framework="pytorch"), FindingContext())
    assert text == (
        "model.tar.gz: error archive-nested: PyTorch: everything is in model/, but the container"
        " looks at the top of the archive\n"
        "  in model/\n"
        "  why: SageMaker extracts the archive into /opt/ml/model. The container looks\n"
        "    there, not in a folder below.\n"
        "  source: https://github.com/aws/sagemaker-pytorch-inference-toolkit/blob/master/src/"
        "sagemaker_pytorch_serving_container/default_pytorch_inference_handler.py (2026-11-20)\n"
        "  instead: Pack from within the folder with tar -czf model.tar.gz -C FOLDER .\n\n"
        "1 error, 0 warnings, 0 notes in 0 configurations with 0 resources; 1 model archive; as of"
        " 2026-11-20\n"
    )


def test_a_tar_of_a_tar_is_told() -> None:
    written(Path("model.tar.gz"), [member("model.tar", tarred([member("model.pth")]))])
    assert rules(run("model.tar.gz", framework="pytorch"))[0] == "archive-in-archive"
