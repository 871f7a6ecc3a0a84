"""Waivers: comments beside the code, per file, by an organisation's rules; and the baseline."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from advisor.errors import InputError
from advisor.gate.baseline import baseline_text
from advisor.gate.finding import ACCEPTED, BASELINED, OPEN, Acceptance, Finding
from advisor.gate.run import Report, Request, check
from advisor.gate.settings import Project, organisation_of

AS_OF = "2026-11-20"
TEMPLATE = """\
Resources:
  Config:
    Type: AWS::SageMaker::EndpointConfig
    Properties:
      ProductionVariants:
        - VariantName: all
          ModelName: fraud
          InstanceType: ml.m5.large
          InitialInstanceCount: 0{trailing}
"""


@pytest.fixture(autouse=True)
def _fresh() -> None:
    organisation_of.cache_clear()


def run(folder: Path, text: str, project: Project | None = None, baseline: str = "") -> Report:
    path = folder / "template.yaml"
    path.write_text(text, encoding="utf-8")
    return check(Request([str(path)], AS_OF, project=project or Project(), baseline=baseline))


def by_rule(report: Report) -> dict[str, Finding]:
    return {finding.rule: finding for finding in report.findings}


def test_a_trailing_comment_accepts_what_stands_on_its_line(tmp_path: Path) -> None:
    comment = "  # sm-advise: accept out-of-range: filled in at night [until=2027-01-31]"
    found = by_rule(run(tmp_path, TEMPLATE.format(trailing=comment)))
    accepted = found["out-of-range"]
    assert accepted.status == ACCEPTED
    assert accepted.acceptance is not None
    assert accepted.acceptance.because == "filled in at night"
    assert accepted.acceptance.until == "2027-01-31"
    assert accepted.acceptance.where.endswith("template.yaml:9")
    assert len(found) == 1


@pytest.mark.parametrize(
    "before", ["        - VariantName", "          InitialInstanceCount", "  Config"]
)
def test_a_comment_of_its_own_accepts_the_block_that_follows(tmp_path: Path, before: str) -> None:
    indentation = before[: len(before) - len(before.lstrip(" -"))].replace("-", " ")
    comment = f"{indentation}# sm-advise: accept out-of-range: filled in at night\n{before}"
    found = by_rule(run(tmp_path, TEMPLATE.format(trailing="").replace(before, comment, 1)))
    assert found["out-of-range"].status == ACCEPTED
    assert len(found) == 1


def test_a_comment_elsewhere_accepts_nothing_and_is_told(tmp_path: Path) -> None:
    text = "# sm-advise: accept out-of-range: somewhere\nDescription: x\n" + TEMPLATE.format(
        trailing=""
    )
    found = by_rule(run(tmp_path, text))
    assert found["out-of-range"].status == OPEN
    assert found["waiver-unused"].line == 1


@pytest.mark.parametrize(
    ("comment", "rule", "message"),
    [
        ("accept out-of-range: late [until=2026-11-19]", "waiver-expired", "ended on 2026-11-19"),
        ("accept out-of-range:", "waiver-unclear", "needs a rule and a reason"),
        ("accept", "waiver-unclear", "needs a rule and a reason"),
        ("accept out-of-rage: typo", "waiver-unclear", "no rule is called out-of-rage"),
        ("accept out-of-range: soon [until=next week]", "waiver-expired", "ended on next week"),
    ],
)
def test_a_waiver_that_does_not_hold_is_a_finding(
    tmp_path: Path, comment: str, rule: str, message: str
) -> None:
    found = by_rule(run(tmp_path, TEMPLATE.format(trailing=f"  # sm-advise: {comment}")))
    assert found["out-of-range"].status == OPEN
    assert message in found[rule].message
    assert found[rule].line == 9


def test_the_last_day_of_a_waiver_still_counts(tmp_path: Path) -> None:
    comment = f"  # sm-advise: accept out-of-range: until tonight [until={AS_OF}]"
    assert (
        by_rule(run(tmp_path, TEMPLATE.format(trailing=comment)))["out-of-range"].status == ACCEPTED
    )


def test_terraform_comments_count_too(tmp_path: Path) -> None:
    path = tmp_path / "main.tf"
    path.write_text(
        'resource "aws_sagemaker_endpoint_configuration" "c" {\n'
        "  production_variants {\n"
        '    model_name    = "fraud"\n'
        '    instance_type = "ml.m5.large"\n'
        "    # sm-advise: accept out-of-range: filled in at night\n"
        "    initial_instance_count = 0\n"
        "    volume_size_in_gb      = 600 // sm-advise: accept out-of-range: by hand\n"
        "  }\n"
        "}\n",
        encoding="utf-8",
    )
    report = check(Request([str(path)], AS_OF))
    assert [finding.status for finding in report.findings] == [ACCEPTED, ACCEPTED]


def test_pyproject_accepts_per_file_and_the_finding_stays_visible(tmp_path: Path) -> None:
    why = Acceptance("generated", "jd", "2027-01-31", "RISK-12", "pyproject.toml")
    project = Project(accept={"*/template.yaml": {"out-of-range": why}})
    found = by_rule(run(tmp_path, TEMPLATE.format(trailing=""), project))
    assert found["out-of-range"].acceptance == why
    assert found["out-of-range"].status == ACCEPTED


@pytest.mark.parametrize(
    ("rules", "status", "message"),
    [
        ("never: [out-of-range]", OPEN, "may not be waived"),
        ("inline: false", OPEN, "comments do not count here"),
        ("longest_days: 30", OPEN, "more than 30 days"),  # 2026-11-20 + 30 days is 2026-12-20
        ("longest_days: 100", ACCEPTED, ""),  # 100 days reach 2027-02-28
    ],
)
def test_an_organisation_limits_waivers(
    tmp_path: Path, rules: str, status: str, message: str
) -> None:
    text = f"schema: sm-advise/organisation.v1\nwaivers: {{{rules}}}\n"
    (tmp_path / ".sm-advise.yaml").write_text(text, encoding="utf-8")
    comment = "  # sm-advise: accept out-of-range: at night [until=2027-01-31]"
    found = by_rule(run(tmp_path, TEMPLATE.format(trailing=comment)))
    assert found["out-of-range"].status == status
    if message:
        assert message in found["waiver-not-allowed"].message
        assert found["waiver-not-allowed"].severity == "error"
    else:
        assert "waiver-not-allowed" not in found


def test_a_baseline_knows_a_finding_wherever_its_line_moves(tmp_path: Path) -> None:
    report = run(tmp_path, TEMPLATE.format(trailing=""))
    baseline = tmp_path / "baseline.json"
    baseline.write_text(baseline_text(report.findings), encoding="utf-8")
    moved = "# a line\n# and another\n" + TEMPLATE.format(trailing="")
    (found,) = run(tmp_path, moved, baseline=str(baseline)).findings
    assert found.status == BASELINED
    assert found.line == report.findings[0].line + 2


def test_a_baseline_covers_as_many_findings_as_it_lists(tmp_path: Path) -> None:
    report = run(tmp_path, TEMPLATE.format(trailing=""))
    baseline = tmp_path / "baseline.json"
    baseline.write_text(baseline_text(report.findings), encoding="utf-8")
    text = TEMPLATE.format(trailing="").replace(
        "InitialInstanceCount: 0", "InitialInstanceCount: -1"
    )
    again = run(tmp_path, text, baseline=str(baseline))
    assert [finding.status for finding in again.findings] == [
        OPEN
    ]  # another value: another finding
    assert again.over == 1


def test_a_baseline_holds_no_line_and_no_accepted_finding(tmp_path: Path) -> None:
    report = run(tmp_path, TEMPLATE.format(trailing=""))
    entries = json.loads(baseline_text(report.findings))["findings"]
    assert [set(entry) for entry in entries] == [{"file", "rule", "address", "path", "value"}]
    accepted = [finding._replace(status=ACCEPTED) for finding in report.findings]
    assert json.loads(baseline_text(accepted))["findings"] == []


@pytest.mark.parametrize("text", ["{}", "[]", "no json", '{"schema": "x", "findings": []}'])
def test_a_file_that_is_no_baseline_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="no sm-advise/baseline"):
        run(tmp_path, TEMPLATE.format(trailing=""), baseline=str(path))
