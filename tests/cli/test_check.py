"""`sm-advise check` as a command: exit codes, options, settings, and what it does not import."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from advisor.cli.check import check
from advisor.gate.settings import organisation_of
from advisor.model.errors import InputError

ROOT = Path(__file__).resolve().parents[2]
CLEAN = (
    '{"EndpointConfigName": "c", "ProductionVariants": [{"VariantName": "v", '
    '"ModelName": "m", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}]}'
)
ERROR = CLEAN.replace("m5", "t3")
WARNING = CLEAN.replace("ml.m5.large", "ml.g5.xlarge").replace(
    '"ModelName"', '"VolumeSizeInGB": 9, "ModelName"'
)
UNKNOWN = CLEAN.replace("m5.large", "m9.large")


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    organisation_of.cache_clear()


def run(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(check, list(arguments), input=stdin, standalone_mode=False)


def code(result: Result) -> object:
    assert result.exception is None, result.exception
    return result.return_value


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        (CLEAN, [], 0),
        (ERROR, [], 1),
        (ERROR, ["--fail-on", "never"], 0),
        (WARNING, [], 0),
        (WARNING, ["--fail-on", "warning"], 1),
        (UNKNOWN, [], 0),
        (UNKNOWN, ["--fail-on", "warning"], 1),
        (ERROR, ["--ignore", "instance-type"], 0),
        (ERROR, ["--select", "out-of-range"], 0),
        (ERROR, ["--select", "instance-type"], 1),
        (CLEAN, ["--select", "production", "--fail-on", "warning"], 1),
        ("{", [], 2),
        ('{"kind": "Service"}', [], 2),
    ],
)
def test_the_exit_code_says_what_was_found(text: str, options: list[str], expected: int) -> None:
    Path("c.json").write_text(text, encoding="utf-8")
    for form in ("text", "json"):
        assert code(run("c.json", "--format", form, *options)) == expected


def test_an_unreadable_file_wins_over_findings() -> None:
    Path("a.json").write_text(ERROR, encoding="utf-8")
    Path("b.json").write_text("{", encoding="utf-8")
    result = run("a.json", "b.json")
    assert code(result) == 2
    assert "instance-type" in result.stdout
    assert "error: b.json:1:2: this is not valid JSON" in result.stderr


def test_each_error_of_a_workload_is_told_once() -> None:
    Path("workload.yaml").write_text("name: x\nb: 1\nc: 2\n", encoding="utf-8")
    result = run(".")
    assert code(result) == 2
    lines = [line for line in result.stderr.splitlines() if line.startswith("error:")]
    assert len(lines) == len(set(lines)) == 3  # b, c, and arrival, which is missing


def test_nothing_matched_is_an_error() -> None:
    Path("x.yaml").write_text("kind: Service\n", encoding="utf-8")
    result = run(".")
    assert code(result) == 2
    assert "there is no workload or configuration here" in result.stderr


def test_without_a_path_the_current_folder_is_checked() -> None:
    Path("c.json").write_text(ERROR, encoding="utf-8")
    assert code(run()) == 1


def test_standard_input_is_a_path() -> None:
    assert code(run("-", stdin=ERROR.encode())) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--select", "instance-typ"], "did you mean instance-type?"),
        (["--ignore", "nonsense"], "the rule nonsense does not exist"),
        (["--as-of", "soon"], "not a date"),
        (["--format", "xml"], "xml"),
    ],
)
def test_a_wrong_option_is_a_usage_error(arguments: list[str], message: str) -> None:
    result = run(".", *arguments)
    assert result.exception is not None
    told = result.exception
    assert message in f"{getattr(told, 'message', told)} {getattr(told, 'hint', '')}"


def test_pyproject_sets_what_the_command_line_does_not() -> None:
    Path("pyproject.toml").write_text(
        '[tool.sm-advise]\nfail-on = "warning"\nignore = ["instance-type"]\n', encoding="utf-8"
    )
    Path("c.json").write_text(ERROR, encoding="utf-8")
    assert code(run("c.json")) == 0
    Path("w.json").write_text(WARNING, encoding="utf-8")
    assert code(run("w.json")) == 1
    assert code(run("w.json", "--fail-on", "error")) == 0


def test_the_settings_of_a_named_folder_count() -> None:
    Path("infra").mkdir()
    Path("infra/c.json").write_text(WARNING, encoding="utf-8")
    text = '[tool.sm-advise]\nfail-on = "warning"\n'
    Path("infra/pyproject.toml").write_text(text, encoding="utf-8")
    for path in ("infra", "infra/", "infra/c.json"):
        assert code(run(path)) == 1
    assert code(run(".")) == 0


def test_the_environment_sets_options(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("w.json").write_text(WARNING, encoding="utf-8")
    monkeypatch.setenv("SM_ADVISE_CHECK_FAIL_ON", "warning")
    assert code(run("w.json")) == 1


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("pyproject.toml", "[tool.sm-advise]\nfailon = 'x'\n", "did you mean fail-on?"),
        ("pyproject.toml", "[tool.sm-advise]\nselect = [\n", "this is not valid TOML"),
        ("pyproject.toml", f"[tool.sm-advise]\na = {'[' * 9999}\n", "this is not valid TOML"),
        (
            "pyproject.toml",
            "[tool.sm-advise.accept.'*']\ninstance-type = ''\n",
            "Write the reason.",
        ),
        (".sm-advise.yaml", "familys: [m5]\n", "did you mean families?"),
        (".sm-advise.yaml", "extends: .sm-advise.yaml\n", "extends more than 10 files"),
        (".sm-advise.yaml", "- a\n", "settings are a mapping"),
        (".sm-advise.yaml", "quotas: {ml.m5.large: many}\n", "takes a whole number of at least 0"),
        (".sm-advise.yaml", "families: m5\n", "families takes a list of texts, not m5"),
        (".sm-advise.yaml", "waivers: {inline: maybe}\n", "waivers.inline takes true or false"),
        (".sm-advise.yaml", "waivers: {never: [x]}\n", "the rule x does not exist"),
        (".sm-advise.yaml", "needs: [vcp]\n", "needs[0] takes one of vpc"),
        (".sm-advise.yaml", "schema: sm-advise/organisation.v9\n", "not sm-advise/organisation.v9"),
        (
            ".sm-advise.yaml",
            "families: [ml.m5]\n",
            "families[0] cannot be ml.m5\n  Write the family alone",
        ),
        (".sm-advise.yaml", "quotas: {g5.xlarge: 4}\n", "quotas has no key g5.xlarge"),
        (".sm-advise.yaml", "extends: gone.yaml\n", ".sm-advise.yaml extends it"),
        (".sm-advise.yaml", "extends: [a.yaml]\n", "extends takes a text, not a list"),
        (".sm-advise.yaml", "inline: false\n", "did you mean waivers.inline?"),
        (".sm-advise.yaml", "region: Frankfurt\n", "Write a Region such as us-east-1."),
        (
            ".sm-advise.yaml",
            "waivers: {longest_days: 9999999999}\n",
            "whole number from 0 to 36500",
        ),
        (".sm-advise.yaml", "limits: safest\n", "takes one of safe, latest"),
        ("pyproject.toml", "[tool.sm-advise]\nfail-on = 'warn'\n", "takes one of error, warning"),
        ("pyproject.toml", "[tool.sm-advise]\nselect = 'x'\n", "takes a list of texts"),
        ("pyproject.toml", "[tool.sm-advise]\nselect = ['x']\n", "the rule x does not exist"),
        ("pyproject.toml", "[tool.sm-advise]\npairs = [5]\n", "pairs[0] takes a mapping, not 5"),
        ("pyproject.toml", "[tool.sm-advise.accept]\nx = 5\n", "accept.x takes a mapping, not 5"),
        (
            "pyproject.toml",
            "[tool.sm-advise.accept.'*']\nout-of-rage = 'x'\n",
            "the rule out-of-rage does not exist",
        ),
        ("pyproject.toml", "[tool]\nsm-advise = 5\n", "settings are a mapping"),
    ],
)
def test_a_wrong_setting_is_an_error_with_its_file(name: str, text: str, message: str) -> None:
    from advisor.model.errors import InputError

    Path(name).write_text(text, encoding="utf-8")
    Path("c.json").write_text(CLEAN, encoding="utf-8")
    result = run("c.json")
    if isinstance(result.exception, InputError):
        assert message in str(result.exception)
        assert name in str(result.exception)
    else:
        assert code(result) == 2
        assert message in result.stderr


def test_an_organisation_is_extended() -> None:
    Path("org.yaml").write_text("families: [m5]\nowner: platform\n", encoding="utf-8")
    Path("team").mkdir()
    Path("team/.sm-advise.yaml").write_text("extends: ../org.yaml\nowner: risk\n", encoding="utf-8")
    Path("team/c.json").write_text(CLEAN.replace("m5", "c5"), encoding="utf-8")
    table = json.loads(run("team", "--format", "json").stdout)
    (found,) = table["findings"]
    assert (found["rule"], found["owner"]) == ("family-not-allowed", "risk")


def test_show_config_says_who_set_what() -> None:
    Path("pyproject.toml").write_text('[tool.sm-advise]\nfail-on = "warning"\n', encoding="utf-8")
    Path(".sm-advise.yaml").write_text(
        "families: [m5]\nwaivers: {never: [out-of-range], longest_days: 9, inline: false}\n",
        encoding="utf-8",
    )
    out = run("--show-config", "--ignore", "instance-type").stdout
    assert "fail-on: warning (pyproject.toml)" in out.replace("./", "")
    assert "ignore: instance-type (command line)" in out
    assert "region: none (default)" in out
    assert out.splitlines()[-4:] == [
        "for files: families: m5 (.sm-advise.yaml)",
        "for files: never waived: out-of-range (.sm-advise.yaml)",
        "for files: longest waiver: 9 days",
        "for files: comments do not count (.sm-advise.yaml)",
    ]


def test_show_config_tells_what_adds_up_and_what_replaces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("pyproject.toml").write_text(
        '[tool.sm-advise]\nfail-on = "warning"\nselect = ["production"]\nexclude = ["x/*"]\n'
        'pairs = [{workload = "w.yaml", artifact = "c.json"}]\n'
        '[tool.sm-advise.accept."c.json"]\nout-of-range = "known"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("SM_ADVISE_CHECK_FAIL_ON", "info")
    out = run("--show-config", "--select", "instance-type").stdout
    assert out.splitlines() == [
        "fail-on: info (environment)",
        "select: instance-type (command line), production (pyproject.toml)",
        "ignore: none (default)",
        "workload: none (default)",
        "region: none (default)",
        "baseline: none (default)",
        "exclude: x/* (pyproject.toml)",
        "pair: w.yaml c.json (pyproject.toml)",
        "accept: c.json: out-of-range (pyproject.toml:7)",
        "lock: sm-advise.lock",
    ]


@pytest.mark.parametrize("file", ["", "pyproject.toml"])
def test_a_rule_is_not_selected_and_ignored_by_one_side(file: str) -> None:
    Path("c.json").write_text(ERROR, encoding="utf-8")
    both = ["--select", "instance-type", "--ignore", "instance-type"]
    if file:
        text = '[tool.sm-advise]\nselect = ["instance-type"]\nignore = ["instance-type"]\n'
        Path(file).write_text(text, encoding="utf-8")
        both = []
    result = run("c.json", *both)
    assert "instance-type is both selected and ignored" in str(result.exception)


def test_a_baseline_and_a_lock_are_written_and_read() -> None:
    Path("c.json").write_text(ERROR, encoding="utf-8")
    Path("workload.yaml").write_text("name: x\nrequests: {arrival: online}\n", encoding="utf-8")
    assert code(run(".")) == 1
    assert code(run(".", "--write-baseline", "base.json", "--write-lock")) == 0
    known = run(".", "--baseline", "base.json")
    assert code(known) == 0
    assert "error out-of-range" not in known.stdout
    assert "; 2 in the baseline; " in known.stdout  # a file has no partner
    # Written again over itself, it keeps what it knew.
    before = Path("base.json").read_text(encoding="utf-8")
    run(".", "--baseline", "base.json", "--write-baseline", "base.json")
    assert Path("base.json").read_text(encoding="utf-8") == before
    lock = json.loads(Path("sm-advise.lock").read_text(encoding="utf-8"))
    assert list(lock["workloads"]) == ["workload.yaml#x"]
    # Files to commit: others may read them, too, as far as the umask allows.
    Path("plain").touch()
    modes = {Path(name).stat().st_mode for name in ("base.json", "sm-advise.lock", "plain")}
    assert len(modes) == 1


def test_the_same_files_give_the_same_bytes() -> None:
    Path("c.json").write_text(ERROR, encoding="utf-8")
    Path("w.json").write_text(WARNING, encoding="utf-8")
    outputs = {run(".", "--format", "json", "--as-of", "2026-11-20").stdout for _ in range(2)}
    outputs.add(run("w.json", "c.json", "--format", "json", "--as-of", "2026-11-20").stdout)
    assert len(outputs) == 1


@pytest.mark.parametrize("name", ["c.json", "t.yaml", "main.tf"])
def test_a_check_imports_nothing_slow(name: str) -> None:
    Path("c.json").write_text(CLEAN, encoding="utf-8")
    Path("t.yaml").write_text("Resources: {M: {Type: AWS::SageMaker::Model}}\n", encoding="utf-8")
    Path("main.tf").write_text('resource "aws_sagemaker_model" "m" {}\n', encoding="utf-8")
    Path(".sm-advise.yaml").write_text("owner: risk\nwaivers: {inline: false}\n", encoding="utf-8")
    program = (
        "import sys; from advisor.cli import run; run(['check', sys.argv[1]]);"
        "slow = {'boto3', 'botocore', 'rich', 'jsonschema', 'decimal', 'hcl2', 'lark', 'pathlib',"
        " 'dataclasses', 'advisor.pipeline', 'tomllib', 'difflib'};"
        "print(sorted(slow & set(sys.modules)), file=sys.stderr)"
    )
    root = Path(__file__).resolve().parents[2]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")}
    done = subprocess.run(
        [sys.executable, "-S", "-c", program, name],
        env={**environment, "PYTHONPATH": os.pathsep.join([str(root), *sys.path])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.splitlines()[-1] == "[]"


def test_a_hook_may_name_files_that_hold_nothing_of_ours() -> None:
    Path("service.yaml").write_text("kind: Service\n", encoding="utf-8")
    assert code(run("service.yaml")) == 2
    assert code(run("--pass-over", "service.yaml")) == 0
    Path("c.json").write_text(ERROR, encoding="utf-8")
    assert code(run("--pass-over", "service.yaml", "c.json")) == 1
    assert code(run("--pass-over", "gone.yaml")) == 2
    assert code(run("--pass-over", "-", stdin=b"kind: Service")) == 2


def test_a_change_that_touches_nothing_of_ours_is_no_error() -> None:
    Path("c.json").write_text(ERROR, encoding="utf-8")
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@e.com", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *arguments], check=True)
    assert code(run(".")) == 1
    assert code(run("--changed-since", "HEAD", ".")) == 0


def test_findings_of_answers_can_be_ignored_and_selected() -> None:
    text = (ROOT / "examples" / "fraud-scoring.yaml").read_text(encoding="utf-8")
    text = text.replace("budget: 500", "budget: 300")
    Path("workload.yaml").write_text(text, encoding="utf-8")
    assert "over-budget" in run(".").stdout
    assert "over-budget" not in run(".", "--ignore", "over-budget").stdout
    assert "over-budget" in run(".", "--select", "over-budget").stdout
    assert "over-budget" not in run(".", "--select", "instance-type").stdout


def test_the_environment_names_the_format_as_the_option_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("config.json").write_text(ERROR, encoding="utf-8")
    monkeypatch.setenv("SM_ADVISE_CHECK_FORMAT", "json")
    assert json.loads(run("config.json").stdout)["schema"] == "sm-advise/findings.v1"


def test_an_unknown_framework_is_refused_also_where_no_archive_is() -> None:
    Path("config.json").write_text(CLEAN, encoding="utf-8")
    refused = run("config.json", "--framework", "foo")
    assert isinstance(refused.exception, InputError)
    assert "no layout for foo" in str(refused.exception)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("owner: ml\nregoin: eu-west-1\n", "2:1: there is no setting regoin"),
        ("waivers:\n  longest_days: soon\n", "2:3: waivers.longest_days takes a whole number"),
        ("families: [m5]\nquotas: {m5: 3}\n", "2:10: quotas has no key m5"),
        ("owner: a\nowner: b\n", "2:1: the key owner is repeated"),
    ],
)
def test_what_is_wrong_in_a_file_that_others_extend_is_told_there(text: str, place: str) -> None:
    Path("platform").mkdir()
    Path("platform/.sm-advise.yaml").write_text(text, encoding="utf-8")
    Path(".sm-advise.yaml").write_text("extends: platform/.sm-advise.yaml\n", encoding="utf-8")
    Path("config.json").write_text(CLEAN, encoding="utf-8")
    told = str(run("config.json").exception)
    assert f"platform/.sm-advise.yaml:{place}" in told
    assert ".sm-advise.yaml extends it" in told


def test_a_team_adds_to_the_waivers_and_quotas_that_it_extends() -> None:
    Path("team").mkdir()
    Path(".sm-advise.yaml").write_text(
        "waivers: {never: [out-of-range]}\nquotas: {ml.m5.large: 4}\n", encoding="utf-8"
    )
    Path("team/.sm-advise.yaml").write_text(
        "extends: ../.sm-advise.yaml\nwaivers: {longest_days: 30}\nquotas: {ml.g5.xlarge: 1}\n",
        encoding="utf-8",
    )
    organisation = organisation_of("team")
    assert list(organisation.never_waived) == ["out-of-range"]
    assert organisation.longest_waiver == 30
    assert organisation.quotas == {"ml.m5.large": 4, "ml.g5.xlarge": 1}


def test_verbose_prints_every_value_in_each_scenario_with_its_place() -> None:
    Path("main.tf").write_text(
        'variable "size" { default = "large" }\n'
        'resource "aws_sagemaker_endpoint_configuration" "c" {\n'
        "  name = var.name\n"
        "  production_variants {\n"
        '    instance_type = var.size == "small" ? "ml.m5.large" : "ml.m5.xlarge"\n'
        "  }\n"
        "}\n"
        'variable "name" {}\n',
        encoding="utf-8",
    )
    lines = run("main.tf", "--verbose", "--fail-on", "never").output.splitlines()
    start = lines.index("., the defaults hold:")
    assert lines[start : start + 8] == [
        "., the defaults hold:",
        "  aws_sagemaker_endpoint_configuration.c",
        "    ProductionVariants[0].InstanceType: ml.m5.xlarge (main.tf:5)",
        "    EndpointConfigName: variable name has no default (unknown, main.tf:8)",
        "., var.size is small:",
        "  aws_sagemaker_endpoint_configuration.c",
        "    ProductionVariants[0].InstanceType: ml.m5.large (main.tf:5)",
        "    EndpointConfigName: variable name has no default (unknown, main.tf:8)",
    ]
    assert lines[-1] == "checked 1 of 1 SageMaker resources"


def test_the_last_line_names_what_was_not_resolved() -> None:
    Path("main.tf").write_text(
        'module "ml" {\n  source = "registry.example/ml/sagemaker"\n}\n'
        'resource "aws_sagemaker_model" "m" {\n  count = 0\n}\n',
        encoding="utf-8",
    )
    lines = run("main.tf", "--pass-over").output.splitlines()
    assert lines[-1] == (
        "checked 0 of 2 SageMaker resources; not resolved: main.tf:4 aws_sagemaker_model.m: no"
        " scenario makes one, main.tf:1 module.ml: registry.example/ml/sagemaker is not followed"
    )
