"""The formats of findings: each valid in its own world, the same facts in all of them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest

from advisor.gate.run import CheckReport, check
from advisor.gate.settings import CheckOptions, organisation_of, read_project
from advisor.reports.finding_formats import FINDING_FORMATS, FindingContext, finding_renderer

TEMPLATE = """\
Resources:
  Config:
    Type: AWS::SageMaker::EndpointConfig
    Properties:
      ProductionVariants:
        - VariantName: all
          ModelName: fraud
          InstanceType: ml.g5.xlarg
          InitialInstanceCount: 0  # sm-advise: accept out-of-range: filled in | at night
          VolumeSizeInGB: 64
"""
NO_SIZE = (
    "the family g5 has no size xlarg in hosting; it has xlarge, 2xlarge, 4xlarge, 8xlarge,"
    " 12xlarge, 16xlarge, 24xlarge, 48xlarge"
)
TOO_FEW = "InitialInstanceCount is 0; it must be at least 1"
BROKEN = "Resources:\n  A: {Type: AWS::SageMaker::Model\n"
DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CheckReport:
    organisation_of.cache_clear()
    monkeypatch.chdir(tmp_path)
    Path("a b.yaml").write_text(TEMPLATE, encoding="utf-8")
    Path("broken.yaml").write_text(BROKEN, encoding="utf-8")
    return check(CheckOptions(paths=["a b.yaml", "broken.yaml"], as_of="2026-11-20"))


def render(form: str, report: CheckReport, **context: object) -> str:
    return finding_renderer(form)(report, FindingContext(**context))  # type: ignore[arg-type]


def test_text_shows_the_line_the_caret_the_reason_and_what_to_write(report: CheckReport) -> None:
    text = render("text", report)
    assert text == (
        f"a b.yaml:8:25: error instance-type: {NO_SIZE}\n"
        "  in Resources.Config, ProductionVariants[0].InstanceType\n"
        "  8 |           InstanceType: ml.g5.xlarg\n"
        "    |                         ^^^^^^^^^^^\n"
        "  why: Hosting and batch transform each have a closed list of types. It differs\n"
        "    from EC2's. A type of a family that the API does not have is a warning,\n"
        "    because a newer API may have it.\n"
        "  source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/"
        "API_ProductionVariant.html (2026-11-17)\n"
        "  instead: did you mean ml.g5.xlarge? Set InstanceType to a listed type.\n"
        "\n"
        "a b.yaml:9:33: accepted error out-of-range: InitialInstanceCount is 0; it must be at"
        " least 1\n"
        "  accepted: filled in | at night (a b.yaml:9)\n"
        "\n"
        "1 error, 0 warnings, 0 notes in 1 configuration with 1 resource; 1 accepted; as of"
        " 2026-11-20\n"
        "checked 1 of 1 SageMaker resources\n"
    )


@pytest.mark.parametrize("columns", [40, 80, 160])
def test_an_excerpt_fits_and_its_caret_points_at_the_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.chdir(tmp_path)
    body = {"VariantName": "a" * 60, "ModelName": "m", "InstanceType": "ml.g5.xlarg"}
    variant = {**body, "InitialInstanceCount": 1, "VolumeSizeInGB": 64}
    Path("c.json").write_text(
        json.dumps({"EndpointConfigName": "c", "ProductionVariants": [variant]}), encoding="utf-8"
    )
    report = check(
        CheckOptions(paths=["c.json"], as_of="2026-11-20", select=frozenset({"instance-type"}))
    )
    lines = render("text", report, width=columns, columns=columns).splitlines()
    (number,) = [n for n, line in enumerate(lines) if line.startswith("  1 | ")]
    shown, caret = lines[number], lines[number + 1]
    assert len(shown) <= columns
    under = shown[caret.index("^") : caret.rindex("^") + 1]
    assert '"ml.g5.xlarg"'.startswith(under)
    assert len(under) >= 10


def test_colour_is_only_added(report: CheckReport) -> None:
    import re

    coloured = render("text", report, colour=True)
    assert "\x1b[31merror\x1b[0m" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == render("text", report)


def test_json_keeps_its_promise(report: CheckReport) -> None:
    table = json.loads(render("json", report, rules_digest="sha256:" + "0" * 64))
    schema_path = Path(__file__).parents[2] / "rules" / "schema" / "findings.v1.schema.json"
    jsonschema.validate(table, json.loads(schema_path.read_text(encoding="utf-8")))
    assert table["summary"] == {"error": 1, "warning": 0, "info": 0}
    first, second = table["findings"]
    assert (first["rule"], first["line"], first["column"], first["end_column"]) == (
        "instance-type",
        8,
        25,
        36,
    )
    assert first["suggestion"] == "ml.g5.xlarge"
    assert (second["status"], second["acceptance"]["because"]) == (
        "accepted",
        "filled in | at night",
    )
    assert [error["file"] for error in table["errors"]] == ["broken.yaml"]


def test_sarif_is_valid_and_accepted_findings_are_suppressed(report: CheckReport) -> None:
    log = json.loads(render("sarif", report))
    schema = json.loads((DATA / "sarif-used.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(log, schema)
    (run,) = log["runs"]
    first, second = run["results"]
    assert first["level"] == "error"
    assert "suppressions" not in first
    assert second["suppressions"] == [
        {
            "kind": "inSource",
            "status": "accepted",
            "justification": "filled in | at night (a b.yaml:9)",
        }
    ]
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20b.yaml"
    assert place["region"] == {"startLine": 8, "startColumn": 25, "endColumn": 36}
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(rules[r["ruleIndex"]] == r["ruleId"] for r in run["results"])
    assert run["invocations"][0]["executionSuccessful"] is False


def test_junit_counts_what_it_holds(report: CheckReport) -> None:
    root = ET.fromstring(render("junit", report))  # noqa: S314 - our own text
    assert (root.get("failures"), root.get("errors")) == ("1", "1")
    assert len(root.findall(".//failure")) == 1
    assert len(root.findall(".//skipped")) == 1
    assert len(root.findall(".//error")) == 1
    assert root.get("tests") == str(len(root.findall(".//testcase"))) == "3"


# junit-10.xsd of Jenkins' xunit plugin: element -> (attributes it needs, others that it takes)
JUNIT = {
    "testsuites": (set(), {"name", "tests", "failures", "errors"}),
    "testsuite": ({"name", "tests", "failures", "errors"}, {"skipped", "file"}),
    "testcase": ({"name"}, {"classname"}),
    "failure": (set(), {"type", "message"}),
    "error": (set(), {"type", "message"}),
    "skipped": (set(), {"type", "message"}),
}


def test_junit_has_the_attributes_that_its_schema_knows(
    report: CheckReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    clean = check(CheckOptions(paths=["clean.json"], as_of="2026-11-20"))._replace(errors=())
    for each in (report, clean):
        for element in ET.fromstring(render("junit", each)).iter():  # noqa: S314 - our own text
            needed, others = JUNIT[element.tag]
            assert set(element.keys()) <= needed | others
            assert needed <= set(element.keys())
        suites = ET.fromstring(render("junit", each)).findall("testsuite")  # noqa: S314 - ours
        for name, tag in (
            ("tests", "testcase"),
            ("failures", ".//failure"),
            ("errors", ".//error"),
        ):
            assert all(suite.get(name) == str(len(suite.findall(tag))) for suite in suites)


def test_a_waiver_elsewhere_is_an_external_suppression(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text(
        '[tool.sm-advise.accept."*.yaml"]\nout-of-range = "by hand"\n', encoding="utf-8"
    )
    Path("t.yaml").write_text(TEMPLATE.partition("  #")[0] + "\n", encoding="utf-8")
    report = check(CheckOptions(paths=["t.yaml"], as_of="2026-11-20", project=read_project(".")))
    results = json.loads(render("sarif", report))["runs"][0]["results"]
    (suppressed,) = [each["suppressions"] for each in results if "suppressions" in each]
    assert suppressed == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "by hand (pyproject.toml:2)",
        }
    ]


def test_github_annotations_are_one_line_each_and_escaped(report: CheckReport) -> None:
    lines = render("github", report).splitlines()
    assert lines[0] == (
        f"::error file=a b.yaml,line=8,col=25,endColumn=36,title=instance-type::{NO_SIZE}."
        " Did you mean ml.g5.xlarge? Set InstanceType to a listed type."
    )
    assert lines[1].startswith("::error file=broken.yaml,line=2,col=6,title=not read::")
    assert len(lines) == 3  # the accepted one is no annotation; the counts end it


def test_gitlab_has_the_keys_it_asks_for(report: CheckReport) -> None:
    entry, broken = json.loads(render("gitlab", report))
    keys = {"description", "check_name", "fingerprint", "severity", "location"}
    assert set(entry) == set(broken) == keys
    assert (broken["check_name"], broken["severity"]) == ("not-read", "blocker")
    assert broken["location"] == {"path": "broken.yaml", "lines": {"begin": 2}}
    assert entry["severity"] == "major"
    assert entry["location"] == {"path": "a b.yaml", "lines": {"begin": 8}}


def test_markdown_is_a_table_in_which_nothing_of_others_is_markup(report: CheckReport) -> None:
    text = render("markdown", report)
    rows = [line for line in text.splitlines() if line.startswith("| error")]
    assert len(rows) == 1
    assert "`a b.yaml:8`" in rows[0]
    assert "filled in \\| at night" in text
    assert "| `broken.yaml:2:6` | this bracket is not closed" in text


def test_a_fingerprint_does_not_move_with_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    seen: list[tuple[object, object]] = []
    for text in (TEMPLATE, "# one more line\n" + TEMPLATE):
        Path("t.yaml").write_text(text, encoding="utf-8")
        report = check(CheckOptions(paths=["t.yaml"], as_of="2026-11-20"))
        sarif = json.loads(render("sarif", report))["runs"][0]["results"][0]
        gitlab = json.loads(render("gitlab", report))[0]
        seen.append((sarif["partialFingerprints"], gitlab["fingerprint"]))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("form", list(FINDING_FORMATS))
def test_a_clean_run_is_valid_in_every_format(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = TEMPLATE.partition("        - ")[0].replace("EndpointConfig", "Endpoint")
    text = text.replace("ProductionVariants:", "EndpointConfigName: x")
    Path("t.yaml").write_text(text, encoding="utf-8")
    report = check(CheckOptions(paths=["t.yaml"], as_of="2026-11-20"))
    assert report.findings == ()
    out = render(form, report)
    assert out.endswith("\n")
    if form in ("json", "sarif", "gitlab"):
        json.loads(out)
    if form == "junit":
        assert ET.fromstring(out).get("failures") == "0"  # noqa: S314 - our own text


HOSTILE = "evil\x1b[31m\u202e`|<script>&\"'\x07"


@pytest.mark.parametrize("form", list(FINDING_FORMATS))
def test_text_of_others_neither_acts_nor_breaks_the_format(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    body = {
        "EndpointConfigName": HOSTILE,
        "ProductionVariants": [{"VariantName": HOSTILE, "ModelName": "m", "InstanceType": HOSTILE}],
    }
    Path("c.json").write_text(json.dumps(body), encoding="utf-8")
    out = render(form, check(CheckOptions(paths=["c.json"], as_of="2026-11-20")))
    if form in ("json", "sarif", "gitlab"):
        json.loads(out)
    elif form == "junit":
        ET.fromstring(out)  # noqa: S314 - our own text
    if form not in ("json", "sarif", "gitlab"):
        assert "\x1b" not in out
        assert "\u202e" not in out


def test_findings_are_grouped_by_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    organisation_of.cache_clear()
    monkeypatch.chdir(tmp_path)
    for team in ("one", "two"):
        Path(team).mkdir()
        Path(team, ".sm-advise.yaml").write_text(f"owner: team-{team}\n", encoding="utf-8")
        Path(team, "t.yaml").write_text(TEMPLATE, encoding="utf-8")
    for form in ("text", "markdown"):
        text = render(form, check(CheckOptions(paths=["."], as_of="2026-11-20")))
        words = ("team-one\n", "one/t.yaml", "team-two\n", "two/t.yaml")
        places = [text.index(word) for word in words]
        assert places == sorted(places)


def test_concise_has_two_lines_a_finding_and_each_reason_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation_of.cache_clear()
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        Path(f"{name}.yaml").write_text(TEMPLATE, encoding="utf-8")
    found = check(CheckOptions(paths=["."], as_of="2026-11-20"))
    lines = render("concise", found).splitlines()
    place = "Resources.Config, ProductionVariants[0]"
    assert lines[:4] == [
        f"a.yaml:8:25: error instance-type: {NO_SIZE}",
        f"  {place}.InstanceType: did you mean ml.g5.xlarge? Set InstanceType to a listed type.",
        f"a.yaml:9:33: accepted error out-of-range: {TOO_FEW}",
        f"  {place}.InitialInstanceCount: accepted: filled in | at night (a.yaml:9)",
    ]
    rules = {finding.rule for finding in found.findings}
    reasons = [line.split()[1].rstrip(":") for line in lines if line.startswith("why ")]
    assert reasons == sorted(rules)
    assert len(lines) == 2 * len(found.findings) + len(rules) + 2  # and two lines of counts
    assert lines[-2] == (
        "2 errors, 0 warnings, 0 notes in 2 configurations with 2 resources; 2 accepted;"
        " as of 2026-11-20"
    )
