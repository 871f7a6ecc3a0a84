"""Waivers: comments beside the code, per file, by an organisation's rules; and the baseline."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from advisor.gate.finding import ACCEPTED, BASELINED, OPEN, Acceptance, GateFinding, Waiver
from advisor.gate.policy.baseline import baseline_text
from advisor.gate.run import CheckReport, check
from advisor.gate.settings import CheckOptions, Project, organisation_of, read_project
from advisor.model.errors import InputError

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


def run(folder: Path, text: str, project: Project | None = None, baseline: str = "") -> CheckReport:
    path = folder / "template.yaml"
    path.write_text(text, encoding="utf-8")
    return check(
        CheckOptions(
            paths=[str(path)], as_of=AS_OF, project=project or Project(), baseline=baseline
        )
    )


def by_rule(report: CheckReport) -> dict[str, GateFinding]:
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
    ("details", "expected"),
    [
        ("", ("", "", "")),
        (" [until=2027-01-31]", ("", "2027-01-31", "")),
        (" [by=jd, ticket=RISK-12, until=2027-01-31]", ("jd", "2027-01-31", "RISK-12")),
        (" [ticket=RISK-12]", ("", "", "RISK-12")),
        (" until=2027-01-31", ("", "2027-01-31", "")),
        (", by=jd, until=2027-01-31", ("jd", "2027-01-31", "")),
        (" by=jd ticket=RISK-12", ("jd", "", "RISK-12")),
    ],
)
def test_a_comment_says_who_until_when_and_by_which_ticket(
    tmp_path: Path, details: str, expected: tuple[str, str, str]
) -> None:
    comment = f"  # sm-advise: accept out-of-range: see [1] in the manual{details}"
    found = by_rule(run(tmp_path, TEMPLATE.format(trailing=comment)))["out-of-range"]
    assert found.status == ACCEPTED
    assert found.acceptance is not None
    assert found.acceptance.because == "see [1] in the manual"
    acceptance = found.acceptance
    assert (acceptance.by, acceptance.until, acceptance.ticket) == expected


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
        ("accept out-of-range: late until=2026-11-19", "waiver-expired", "ended on 2026-11-19"),
        ("accept out-of-range: until=2027-01-31", "waiver-unclear", "needs a rule and a reason"),
        ("accept out-of-range:", "waiver-unclear", "needs a rule and a reason"),
        ("accept", "waiver-unclear", "needs a rule and a reason"),
        ("accept out-of-rage: typo", "waiver-unclear", "the rule out-of-rage does not exist"),
        ("accept out-of-range: soon [until=next week]", "waiver-expired", "ended on next week"),
        ("accept out-of-range: no day [until=2027-02-30]", "waiver-expired", "on 2027-02-30"),
        ("accept out-of-range: x [until=]", "waiver-unclear", "needs a rule and a reason"),
        ("accept out-of-range: x [until=2027-01-31, who=jd]", "waiver-unclear", "needs a rule"),
        ("accept out-of-range: x [by=a, by=b]", "waiver-unclear", "needs a rule"),
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
    report = check(CheckOptions(paths=[str(path)], as_of=AS_OF))
    assert [finding.status for finding in report.findings] == [ACCEPTED, ACCEPTED]


def test_pyproject_accepts_per_file_and_the_finding_stays_visible(tmp_path: Path) -> None:
    why = Acceptance(
        because="generated", by="jd", until="2027-01-31", ticket="RISK-12", where="pyproject.toml:3"
    )
    project = Project(
        accept=(Waiver(pattern="*/template.yaml", rule="out-of-range", acceptance=why, file=""),)
    )
    found = by_rule(run(tmp_path, TEMPLATE.format(trailing=""), project))
    assert found["out-of-range"].acceptance == why
    assert found["out-of-range"].status == ACCEPTED


PYPROJECT = """\
[tool.sm-advise.accept."infra/*.yaml"]
out-of-range = {{because = "by hand"{until}}}
[tool.sm-advise.accept."gone/*.yaml"]
no-capacity = "it was there"
"""


@pytest.mark.parametrize("started", [".", "infra"])
def test_pyproject_names_files_as_its_own_folder_sees_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: str
) -> None:
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "t.yaml").write_text(TEMPLATE.format(trailing=""), encoding="utf-8")
    text = PYPROJECT.format(until="").replace("no-capacity", "out-of-range")
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path / started)
    project = read_project(".")
    for path, whole in ((str(tmp_path), True), (str(tmp_path / "infra" / "t.yaml"), False)):
        found = by_rule(check(CheckOptions(paths=[path], as_of=AS_OF, project=project)))
        assert found["out-of-range"].status == ACCEPTED
        # Only a run over the whole project can say that nothing asked for a waiver.
        assert ("waiver-unused" in found) == whole
        assert not whole or found["waiver-unused"].line == 4


def test_an_organisation_accepts_per_file_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "t.yaml").write_text(TEMPLATE.format(trailing=""), encoding="utf-8")
    (tmp_path / ".sm-advise.yaml").write_text(
        'accept:\n  "infra/*":\n    out-of-range: by hand\n    no-capacity: it was there\n',
        encoding="utf-8",
    )
    found = by_rule(check(CheckOptions(paths=["."], as_of=AS_OF, project=read_project("infra"))))
    why = Acceptance(because="by hand", where=".sm-advise.yaml:3")
    assert (found["out-of-range"].status, found["out-of-range"].acceptance) == (ACCEPTED, why)
    unused = found["waiver-unused"]
    assert (unused.file, unused.line, unused.column) == (".sm-advise.yaml", 4, 5)


def test_a_waiver_of_pyproject_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "t.yaml").write_text(TEMPLATE.format(trailing=""), encoding="utf-8")
    found: dict[str, GateFinding] = {}
    for until, status in (("2026-11-20", ACCEPTED), ("2026-11-19", OPEN)):
        text = PYPROJECT.format(until=f", until = {until}")
        (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
        found = by_rule(
            check(CheckOptions(paths=["infra/t.yaml"], as_of=AS_OF, project=read_project(".")))
        )
        assert found["out-of-range"].status == status
        assert ("waiver-expired" in found) == (status == OPEN)
    place = (found["waiver-expired"].file, found["waiver-expired"].line)
    assert place == ("pyproject.toml", 2)


def test_an_organisation_limits_what_pyproject_accepts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "t.yaml").write_text(TEMPLATE.format(trailing=""), encoding="utf-8")
    (tmp_path / ".sm-advise.yaml").write_text("waivers: {longest_days: 30}\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(PYPROJECT.format(until=""), encoding="utf-8")
    found = by_rule(check(CheckOptions(paths=["infra"], as_of=AS_OF, project=read_project("."))))
    assert found["out-of-range"].status == OPEN
    assert "more than 30 days or without an end" in found["waiver-not-allowed"].message


def test_every_comment_of_terraform_counts(tmp_path: Path) -> None:
    text = (
        'resource "aws_sagemaker_endpoint_configuration" "c" {\n'
        "  production_variants {\n"
        '    model_name             = "fraud"\n'
        '    instance_type          = "ml.m5.large"\n'
        "    initial_instance_count = 0 COMMENT\n"
        "  }\n"
        "}\n"
    )
    waiver = "sm-advise: accept out-of-range: by hand [until=2027-01-31]"
    for comment in (f"# {waiver}", f"// {waiver}", f"/* {waiver} */", f"/*{waiver}*/ # more"):
        path = tmp_path / "main.tf"
        path.write_text(text.replace("COMMENT", comment), encoding="utf-8")
        (found,) = check(CheckOptions(paths=[str(path)], as_of=AS_OF)).findings
        assert found.acceptance is not None, comment
        assert (found.status, found.acceptance.until) == (ACCEPTED, "2027-01-31")


def test_a_baseline_is_the_same_wherever_the_run_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = run(tmp_path, TEMPLATE.format(trailing=""))
    baseline = tmp_path / "baseline.json"
    baseline.write_text(baseline_text(report.findings, str(baseline)), encoding="utf-8")
    assert json.loads(baseline.read_text())["findings"][0]["file"] == "template.yaml"
    for folder, path in ((tmp_path, "template.yaml"), (tmp_path.parent, str(tmp_path))):
        monkeypatch.chdir(folder)
        known = os.path.relpath(baseline)
        (found,) = check(CheckOptions(paths=[path], as_of=AS_OF, baseline=known)).findings
        assert found.status == BASELINED


@pytest.mark.parametrize(
    ("rules", "status", "message"),
    [
        ("never: [out-of-range]", OPEN, "forbids a waiver of out-of-range"),
        ("inline: false", OPEN, "comments are not accepted here"),
        ("longest_days: 30", OPEN, "more than 30 days"),  # 2026-11-20 + 30 days is 2026-12-20
        # From 2026-11-20 to 2027-01-31 are 10 + 31 + 31 = 72 days.
        ("longest_days: 71", OPEN, "more than 71 days"),
        ("longest_days: 72", ACCEPTED, ""),
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
    baseline.write_text(baseline_text(report.findings, str(baseline)), encoding="utf-8")
    moved = "# a line\n# and another\n" + TEMPLATE.format(trailing="")
    (found,) = run(tmp_path, moved, baseline=str(baseline)).findings
    assert found.status == BASELINED
    assert found.line == report.findings[0].line + 2


def test_a_baseline_covers_as_many_findings_as_it_lists(tmp_path: Path) -> None:
    report = run(tmp_path, TEMPLATE.format(trailing=""))
    baseline = tmp_path / "baseline.json"
    baseline.write_text(baseline_text(report.findings, str(baseline)), encoding="utf-8")
    text = TEMPLATE.format(trailing="").replace(
        "InitialInstanceCount: 0", "InitialInstanceCount: -1"
    )
    again = run(tmp_path, text, baseline=str(baseline))
    assert [finding.status for finding in again.findings] == [
        OPEN
    ]  # another value: another finding
    assert again.over == 1


def test_of_a_baseline_only_what_was_looked_at_can_be_over(tmp_path: Path) -> None:
    baseline = tmp_path / "baseline.json"
    wrong = TEMPLATE.format(trailing="")
    for name in ("a.yaml", "b.yaml", "c.yaml"):
        (tmp_path / name).write_text(wrong, encoding="utf-8")
    report = check(CheckOptions(paths=[str(tmp_path)], as_of=AS_OF))
    baseline.write_text(baseline_text(report.findings, str(baseline)), encoding="utf-8")
    right = wrong.replace("InitialInstanceCount: 0", "InitialInstanceCount: 1")
    (tmp_path / "a.yaml").write_text(right, encoding="utf-8")
    (tmp_path / "c.yaml").unlink()
    # a.yaml is mended and c.yaml is gone; of b.yaml the first run says nothing.
    for paths, over in ((["a.yaml"], 2), (["b.yaml"], 1), (["a.yaml", "b.yaml"], 2)):
        named = [str(tmp_path / path) for path in paths]
        assert check(CheckOptions(paths=named, as_of=AS_OF, baseline=str(baseline))).over == over


def test_writing_a_baseline_keeps_what_it_knows_of_other_files(tmp_path: Path) -> None:
    baseline = tmp_path / "baseline.json"
    for name in ("a.yaml", "b.yaml", "c.yaml"):
        (tmp_path / name).write_text(TEMPLATE.format(trailing=""), encoding="utf-8")

    def written(*names: str) -> list[str]:
        report = check(CheckOptions(paths=[str(tmp_path / name) for name in names], as_of=AS_OF))
        text = baseline_text(report.findings, str(baseline), report.files)
        baseline.write_text(text, encoding="utf-8")
        return [entry["file"] for entry in json.loads(text)["findings"]]

    assert written("a.yaml", "b.yaml", "c.yaml") == ["a.yaml", "b.yaml", "c.yaml"]
    right = TEMPLATE.format(trailing="").replace("Count: 0", "Count: 1")
    (tmp_path / "a.yaml").write_text(right, encoding="utf-8")
    (tmp_path / "c.yaml").unlink()
    assert written("a.yaml") == ["b.yaml"]
    assert written("b.yaml") == ["b.yaml"]


def test_a_baseline_holds_no_line_and_no_accepted_finding(tmp_path: Path) -> None:
    report = run(tmp_path, TEMPLATE.format(trailing=""))
    baseline = str(tmp_path / "baseline.json")
    entries = json.loads(baseline_text(report.findings, baseline))["findings"]
    assert [set(entry) for entry in entries] == [{"file", "rule", "address", "path", "value"}]
    accepted = [finding._replace(status=ACCEPTED) for finding in report.findings]
    assert json.loads(baseline_text(accepted, baseline))["findings"] == []


@pytest.mark.parametrize("text", ["{}", "[]", "no json", '{"schema": "x", "findings": []}'])
def test_a_file_that_is_no_baseline_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="no sm-advise/baseline"):
        run(tmp_path, TEMPLATE.format(trailing=""), baseline=str(path))


def test_a_waiver_of_a_profile_is_unused_only_where_the_profile_is_on(tmp_path: Path) -> None:
    comment = "  # sm-advise: accept production-no-failure-path: not asynchronous"
    path = tmp_path / "template.yaml"
    path.write_text(TEMPLATE.format(trailing=comment), encoding="utf-8")
    assert "waiver-unused" not in by_rule(check(CheckOptions(paths=[str(path)], as_of=AS_OF)))
    production = check(
        CheckOptions(paths=[str(path)], as_of=AS_OF, select=frozenset({"production"}))
    )
    assert "waiver-unused" in by_rule(production)


def test_of_a_folder_only_the_waivers_of_the_named_file_are_looked_at(tmp_path: Path) -> None:
    for name in ("one.tf", "other.tf"):
        (tmp_path / name).write_text(
            f'resource "aws_sagemaker_endpoint_configuration" "{name[:-3]}" {{\n'
            "  production_variants {\n"
            '    model_name             = "fraud"\n'
            '    instance_type          = "ml.m5.large"\n'
            "    initial_instance_count = 0 # sm-advise: accept out-of-range: at night\n"
            "  }\n}\n",
            encoding="utf-8",
        )
    report = check(CheckOptions(paths=[str(tmp_path / "one.tf")], as_of=AS_OF))
    assert [(found.rule, found.status) for found in report.findings] == [("out-of-range", ACCEPTED)]


def test_a_comment_accepts_several_rules_and_a_misspelt_one_is_told(tmp_path: Path) -> None:
    text = TEMPLATE.replace("ml.m5.large", "ml.t3.medium").format(trailing="")
    text = text.replace("VariantName: all", "VariantName: all_")
    rules = {each.rule for each in run(tmp_path, text).findings}
    assert len(rules) == 3
    comment = f"        # sm-advise: accept {', '.join(sorted(rules))}: a test\n        - Var"
    found = run(tmp_path, text.replace("        - Var", comment)).findings
    assert {each.status for each in found} == {ACCEPTED}
    wrong = comment.replace("instance-type", "Instance_Type")
    (told,) = (
        each
        for each in run(tmp_path, text.replace("        - Var", wrong)).findings
        if each.rule == "waiver-unclear"
    )
    assert told.message == "the rule Instance_Type does not exist"
    assert told.suggestion == "instance-type"


def test_of_what_stands_only_what_is_open_counts(tmp_path: Path) -> None:
    """An exit code follows from this: one error is there, and the waiver accepts it."""
    assert run(tmp_path, TEMPLATE.format(trailing="")).open("error") == 1
    comment = "  # sm-advise: accept out-of-range: at night"
    waived = run(tmp_path, TEMPLATE.format(trailing=comment))
    assert [each.status for each in waived.findings if each.severity == "error"] == [ACCEPTED]
    assert waived.open("error") == 0
    assert waived.open("warning") == 0
    assert run(tmp_path, TEMPLATE.format(trailing="")).open("warning") == 0


@pytest.mark.parametrize("lines", [0, 1, 5])
def test_a_comment_of_its_own_reaches_over_the_comments_below_it(
    tmp_path: Path, lines: int
) -> None:
    between = "          # why this is so\n\n" * lines
    comment = f"          # sm-advise: accept out-of-range: at night\n{between}"
    count = "          InitialInstanceCount: 0"
    text = TEMPLATE.format(trailing="").replace(count, comment + count)
    found = by_rule(run(tmp_path, text))
    assert found["out-of-range"].status == ACCEPTED
    assert "waiver-unused" not in found
