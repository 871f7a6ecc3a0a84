"""Which files are read: in folders, by pattern, since a revision; and what hostile ones cost."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from advisor.configuration.discover import FoundFiles, discover
from advisor.gate.affected import changed_since
from advisor.gate.run import CheckReport, check
from advisor.gate.settings import CheckOptions, Pair, Project
from advisor.model.errors import InputError

AS_OF = "2026-11-20"
CONFIG = (
    '{"EndpointConfigName": "c", "ProductionVariants": [{"VariantName": "v", '
    '"ModelName": "m", "InstanceType": "ml.t3.medium", "InitialInstanceCount": 1}]}'
)
WORKLOAD = "name: {name}\nrequests: {{arrival: online}}\n"
MARK = "schema: sm-advise/workload.v1\n"
CDK = "constructs of the CDK; run `cdk synth`, and check cdk.out"
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: x}\n"


def put(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def run(*paths: str | Path, project: Project | None = None) -> CheckReport:
    return check(
        CheckOptions(paths=[str(path) for path in paths], as_of=AS_OF, project=project or Project())
    )


def names(paths: Iterable[str], folder: Path) -> list[str]:
    return [os.path.relpath(path, folder) for path in paths]


def test_a_tree_is_sorted_into_what_is_read_and_what_is_counted(tmp_path: Path) -> None:
    put(tmp_path, "a/workload.yaml", WORKLOAD.format(name="a"))
    put(tmp_path, "a/b.workload.yaml", WORKLOAD.format(name="b"))
    put(tmp_path, "a/other.yaml", "schema: sm-advise/workload.v1\n" + WORKLOAD.format(name="c"))
    put(tmp_path, "a/config.json", CONFIG)
    put(tmp_path, "tf/main.tf", 'resource "aws_sagemaker_model" "m" {}\n')
    put(tmp_path, "k8s/service.yaml", SERVICE)
    put(tmp_path, "k8s/broken.yaml", "a: {{ .Values.x }}\n b\n")
    put(tmp_path, "code/deploy.py", "client.create_endpoint_config(x)\n")
    put(tmp_path, "code/other.py", "print()\n")
    put(tmp_path, ".terraform/x.tf", "not hcl at all {{{")
    put(tmp_path, "node_modules/x.json", CONFIG)
    found = discover([str(tmp_path)])
    assert names(found.workloads, tmp_path) == [
        "a/b.workload.yaml",
        "a/other.yaml",
        "a/workload.yaml",
    ]
    assert names(found.configurations, tmp_path) == ["a/config.json"]
    assert [names(files, tmp_path) for files in found.folders.values()] == [["tf/main.tf"]]
    assert found.ignored == 4  # two manifests, two Python files
    assert [note.endswith("deploy.py: calls of the API in code") for note in found.unread] == [True]
    assert found.errors == ()


@pytest.mark.parametrize(
    ("name", "text", "note"),
    [
        ("d.py", "client.create_endpoint_config(x)\n", "calls of the API in code"),
        ("d.sh", "aws sagemaker create-transform-job\n", "calls of the API in code"),
        ("d.ipynb", '{"source": ["sm.create_inference_component()"]}', "calls of the API in code"),
        ("d.ts", "new sagemaker.CfnEndpointConfig(this, 'c', {})\n", CDK),
        ("d.js", "new CreateEndpointConfigCommand({})\n", "calls of the API in code"),
        ("a.py", "from aws_cdk import aws_sagemaker_alpha as sm\n", CDK),
        ("sdk.py", "m.deploy(c=ServerlessInferenceConfig(1024))\n", "calls of the API in code"),
        (
            "w.yml",
            "steps:\n  - run: >\n      aws sagemaker \\\n      create-endpoint-config\n",
            "calls of the API in code",
        ),
        (
            "main.tf",
            'resource "null_resource" "x" {\n c = <<E\nsagemaker create-transform-job\nE\n}\n',
            "calls of the API in a script",
        ),
        ("plain.py", "create_model()\n", ""),
        ("list.yml", "files: [1-create-endpoint-config.json]\n", ""),
    ],
)
def test_what_holds_configurations_in_another_form_is_told(
    tmp_path: Path, name: str, text: str, note: str
) -> None:
    path = put(tmp_path, name, text)
    for report in (run(tmp_path), run(path)):
        assert report.unread == ((f"{path}: {note}",) if note else ())
        assert report.configurations == 0
    assert bool(run(path).errors) == (not note)


def test_what_a_tool_renders_is_told_once_a_folder(tmp_path: Path) -> None:
    template = "apiVersion: sagemaker.services.k8s.aws/v1alpha1\nkind: Model\n{{ if .Values.x }}\n"
    put(tmp_path, "my chart/Chart.yaml", "name: x\n")
    put(tmp_path, "my chart/values.yaml", "x: 1\n")
    first = put(tmp_path, "my chart/templates/a.yaml", template)
    second = put(tmp_path, "my chart/templates/deep/b.yaml", template)
    put(tmp_path, "my chart/templates/c.yaml", "kind: Service\n{{ if .Values.x }}\n")
    for name in ("app/a.ts", "app/b.ts", "lib/c.ts"):
        put(tmp_path, name, "new CfnEndpointConfig(this)\n")
    helm = f"helm template '{tmp_path}/my chart' | sm-advise check -"
    told = f"{first}: templates of a Helm chart; run `{helm}`"
    report = run(tmp_path)
    assert report.unread == (f"{tmp_path}/app/a.ts: {CDK}", f"{tmp_path}/lib/c.ts: {CDK}", told)
    assert not report.errors
    both = run(first, second)
    assert (both.unread, both.errors, both.ignored) == ((told,), (), 2)


def test_a_template_outside_a_chart_is_read(tmp_path: Path) -> None:
    put(tmp_path, "templates/a.json", CONFIG.replace('"m"', '"{{ .Values.model }}"'))
    report = run(tmp_path)
    assert (report.configurations, report.unread) == (1, ())


def test_a_broken_file_of_ours_is_an_error_and_the_others_are_checked(tmp_path: Path) -> None:
    put(tmp_path, "broken.yaml", "Resources:\n  A:\n    Type: AWS::SageMaker::Model\n   B: 1\n")
    put(tmp_path, "config.json", CONFIG)
    report = run(tmp_path)
    assert [os.path.basename(error.file) for error in report.errors] == ["broken.yaml"]
    assert [f.rule for f in report.findings] == ["instance-type"]


def test_a_named_file_that_holds_nothing_is_an_error(tmp_path: Path) -> None:
    report = run(put(tmp_path, "service.yaml", SERVICE))
    assert "has nothing to check" in report.errors[0].message


@pytest.mark.parametrize("name", ["notes.md", "Makefile", "icon.png", "data.toml", "x.txt"])
def test_a_named_file_of_another_kind_says_what_is_read(tmp_path: Path, name: str) -> None:
    for text in (b"# SageMaker: [AWS::SageMaker::Model\n", b"\x89PNG\x00", b"a = [1]\n"):
        (error,) = run(put(tmp_path, name, text)).errors
        assert error.message == "this file has nothing to check"
        assert ".json, .yaml, .yml, .template, .tf" in error.hint


@pytest.mark.parametrize("name", ["missing.json", "missing.tf", "missing/"])
def test_a_missing_path_is_an_error(tmp_path: Path, name: str) -> None:
    (error,) = run(tmp_path / name).errors
    assert "not a readable file" in error.message


def test_a_pattern_is_expanded_and_an_empty_one_is_an_error(tmp_path: Path) -> None:
    put(tmp_path, "a/x.json", CONFIG)
    put(tmp_path, "b/y.json", CONFIG)
    assert run(f"{tmp_path}/**/*.json").configurations == 2
    assert "matches nothing" in run(f"{tmp_path}/*.toml").errors[0].message


def test_a_long_run_says_how_far_it_is(tmp_path: Path) -> None:
    for number in range(1100):
        put(tmp_path, f"{number // 100}/{number}.json", CONFIG if number < 250 else "{}")
    for number in range(101):
        put(tmp_path, f"w/{number}.workload.yaml", WORKLOAD.format(name=f"n{number}"))
    said: list[str] = []
    check(CheckOptions(paths=[str(tmp_path)], as_of=AS_OF, progress=said.append))
    assert said == [
        "1,000 files looked at",
        "100 of 101 workloads",
        "100 of 250 configurations",
        "200 of 250 configurations",
    ]


def test_excluded_files_are_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "third_party/x.json", CONFIG)
    put(tmp_path, "x.json", CONFIG)
    assert run(tmp_path, project=Project(exclude=("*/third_party/*",))).configurations == 1
    here = Project(exclude=("third_party/*",), says={"exclude": str(tmp_path / "pyproject.toml")})
    assert run(tmp_path, project=here).configurations == 1


def test_standard_input_is_read_as_what_it_is() -> None:
    report = check(CheckOptions(paths=["-"], as_of=AS_OF, stdin=CONFIG.encode()))
    assert [(f.file, f.rule) for f in report.findings] == [("-", "instance-type")]
    template = "Resources:\n  M:\n    Type: AWS::SageMaker::Model\n    Properties: {}\n"
    report = check(CheckOptions(paths=["-"], as_of=AS_OF, stdin=template.encode()))
    assert [f.rule for f in report.findings] == ["model-no-container"]
    for mark in ("", MARK):
        workload = f"{mark}name: x\nrequests: {{arrival: online, payload: 5 GB, answer: 1 s}}\n"
        report = check(CheckOptions(paths=["-"], as_of=AS_OF, stdin=workload.encode()))
        assert [(f.file, f.rule) for f in report.findings] == [("-", "no-answer")]
    report = check(
        CheckOptions(paths=["-"], as_of=AS_OF, stdin=TREE["modules/endpoint/main.tf"].encode())
    )
    assert (report.configurations, report.errors) == (1, ())
    wrong = TREE["modules/endpoint/main.tf"].replace("var.kind", '"ml.t3.medium"')
    (found,) = check(CheckOptions(paths=["-"], as_of=AS_OF, stdin=wrong.encode())).findings
    assert (found.file, found.rule, found.line) == ("-", "instance-type", 5)


@pytest.mark.parametrize(
    ("name", "text", "is_one"),
    [
        ("a.yaml", "name: a\nrequests:\n  arrival: online\n", True),
        ("a.yaml", "requests: {arrival: batch}\nname: a\n", True),
        ("a.json", '{"name": "a",\n "requests": {"arrival": "online"}}', True),
        ("a.yaml", "name: a\nrequests: [1]\n", False),
        ("a.yaml", "metadata: {name: a}\nrequests: {arrival: online}\n", False),
        ("a.json", '{"requests": {"arrival": "batch"}, "name": "a"}', True),
        ("a.yaml", "{requests: {arrival: batch}, name: a}", True),
        ("a.yaml", "# what runs\n---\nname: a\nrequests:\n  arrival: onlin\n", True),
        (
            "a.yaml",
            "spec:\n  name: a\n  traffic: [x]\n  resources:\n    requests: {arrival: online}\n",
            False,
        ),
        ("a.yaml", "kind: Pod\nname: a\nspec:\n  resources:\n    requests: {cpu: 1}\n", False),
    ],
)
def test_a_workload_is_known_by_its_keys_and_needs_no_mark(
    tmp_path: Path, name: str, text: str, is_one: bool
) -> None:
    path = put(tmp_path, name, text)
    for given in (path, tmp_path):
        found = discover([str(given)])
        assert found.workloads == ((str(path),) if is_one else ())
        assert found.unread == ()


@pytest.mark.parametrize(
    "text",
    [
        "name: a\nrequests: {arrivals: online}\ntraffic: {peak: 1/s}\n",
        "requests: {arrival: online}\ntraffic: {peak: 1/s}\nmodel: {size: 1 GB}\n",
        '{"name": "a", "requests": {}, "traffic": {"peak": "1/s"}}',
    ],
)
def test_what_looks_like_a_workload_and_is_not_read_is_said(tmp_path: Path, text: str) -> None:
    path = put(tmp_path, "a.yaml", text)
    assert discover([str(tmp_path)]).unread == (
        f"{path}: looks like a workload, and lacks name or requests.arrival",
    )
    assert discover([str(path)]).workloads == (str(path),)  # its reader says what is missing


def test_the_examples_are_all_read() -> None:
    folder = Path(__file__).parents[2] / "examples"
    found = discover([str(folder)])
    assert len(found.workloads) == len([*folder.glob("*.yaml")])


@pytest.mark.parametrize("name", ["b.json", "b.yaml", "b.workload.yaml", "main.tf"])
def test_a_file_that_may_not_be_read_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    put(tmp_path, "a.json", CONFIG)
    locked = str(put(tmp_path, name, CONFIG))
    opened, allowed = open, os.access

    def refusing(path: Any, *arguments: Any, **named: Any) -> Any:
        if path == locked:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return opened(path, *arguments, **named)

    monkeypatch.setattr("builtins.open", refusing)
    monkeypatch.setattr("os.access", lambda path, mode: path != locked and allowed(path, mode))
    report = run(tmp_path)
    assert [(error.file, error.message) for error in report.errors] == [
        (locked, "cannot be read: Permission denied")
    ]
    assert {finding.rule for finding in report.findings} == {"instance-type"}


def test_links_that_loop_are_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "a/config.json", CONFIG)
    (tmp_path / "a" / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a" / "self.json").symlink_to(tmp_path / "a" / "self.json")
    report = run(tmp_path)
    assert report.configurations == 1
    assert report.errors == ()


def test_what_is_no_regular_file_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    put(tmp_path, "config.json", CONFIG)
    report = run(tmp_path)
    assert (report.configurations, report.errors) == (1, ())
    assert "not a readable file" in run(tmp_path / "pipe.json").errors[0].message


def test_a_file_that_vanishes_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "a.json", CONFIG)
    put(tmp_path, "b.json", CONFIG)

    def vanishing(*arguments: Any, **named: Any) -> FoundFiles:
        found = discover(*arguments, **named)
        (tmp_path / "a.json").unlink()
        return found

    monkeypatch.setattr("advisor.gate.run.discover", vanishing)
    report = run(tmp_path)
    assert report.configurations == 1
    assert [os.path.basename(error.file) for error in report.errors] == ["a.json"]


def test_an_unreadable_folder_is_an_error(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    locked = tmp_path / "locked"
    locked.mkdir()
    locked.chmod(0)
    try:
        assert "cannot be read" in run(tmp_path).errors[0].message
    finally:
        locked.chmod(0o700)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.json", b'{"EndpointConfigName": "\xff"}', "not UTF-8"),
        ("a.yaml", b"EndpointConfigName: \x00", "the character U+0000 is not allowed"),
        ("a.yaml", b"EndpointConfigName: " + b"[" * 100_000, "nested more than 100 levels"),
        ("a.json", b'{"EndpointConfigName": ' + b"[" * 100_000, "nested more than 100 levels"),
        ("a.tf", b"aws_sagemaker_model = " + b"(" * 100_000, "more than 100 levels"),
        ("a.yaml", b"EndpointConfigName: &a [*a]", "this alias repeats a value that contains it"),
        (
            "a.yaml",
            b"EndpointConfigName: x\na: &a ["
            + b"1," * 100
            + b"]\nb: &b ["
            + b"*a," * 100
            + b"]\nc: ["
            + b"*b," * 100
            + b"]\n",
            "more than 200,000 values",
        ),
        ("a.yaml", b"Resources: !!python/object:os.system {}\n", "has nothing to check"),
        ("a.json", b'{"EndpointConfigName": 1' + b"0" * 5000 + b"}", "more than 40 characters"),
    ],
)
def test_hostile_files_are_refused_with_little_work(
    tmp_path: Path, work: Callable[[], Any], name: str, data: bytes, message: str
) -> None:
    path = put(tmp_path, name, data)
    put(tmp_path, "fine/config.json", CONFIG)
    with work() as done:
        report = run(path, tmp_path / "fine")
    assert 0 < done.calls < 100_000
    assert message in str(report.errors[0])
    assert report.configurations == 1


def test_a_template_of_50_mb_is_refused_unread(tmp_path: Path) -> None:
    path = put(tmp_path, "big.yaml", "Resources:\n  A: {Type: AWS::SageMaker::Model}\n")
    with path.open("ab") as stream:
        stream.truncate(50 * 1024 * 1024)
    put(tmp_path, "config.json", CONFIG)
    for paths in ([tmp_path], [path, tmp_path / "config.json"]):
        report = run(*paths)
        assert "larger than" in report.errors[0].message
        assert report.configurations == 1


def test_a_large_file_of_others_is_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "data.json", b"[" + b"0," * 2_000_000 + b"0]")
    put(tmp_path, "service.json", b'{"ProductionVariants": "' + b"0" * 3_000_000 + b'"}')
    report = run(put(tmp_path, "config.json", CONFIG).parent)
    assert (report.ignored, report.errors) == (2, ())


def test_twice_as_many_resources_take_twice_the_work(
    tmp_path: Path, work: Callable[[], Any]
) -> None:
    entry = (
        "  C{n}:\n    Type: AWS::SageMaker::EndpointConfig\n"
        "    Properties: {{ProductionVariants: [{{VariantName: v}}]}}\n"
    )
    calls = []
    for count in (100, 400, 800):  # the first run reads the rules
        text = "Resources:\n" + "".join(entry.format(n=n) for n in range(count))
        with work() as done:
            report = run(put(tmp_path, f"{count}/many.yaml", text))
        assert report.resources == count
        calls.append(done.calls)
    assert calls[1] < calls[2] < 2.2 * calls[1]


@pytest.mark.parametrize(
    "text",
    [
        # A local that doubles itself forty times is a text of a million million characters.
        'locals {\n  a0 = "xxxxxxxxxx"\n'
        + "".join(f'  a{n} = "${{local.a{n - 1}}}${{local.a{n - 1}}}"\n' for n in range(1, 40))
        + "}\n",
        # Two locals that refer to each other.
        "locals {\n  a39 = local.b\n  b = local.a39\n}\n",
        # A list that doubles itself.
        "locals {\n  a0 = [1, 2]\n"
        + "".join(f"  a{n} = concat(local.a{n - 1}, local.a{n - 1})\n" for n in range(1, 40))
        + "}\n",
        # Blocks within blocks, eight deep, of which each makes ten.
        'locals {\n  a39 = "x"\n  l = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n}\n'
        'resource "aws_sagemaker_endpoint_configuration" "d" {\n'
        + 'dynamic "production_variants" {\nfor_each = local.l\ncontent {\n' * 8
        + "}\n}\n" * 8
        + "}\n",
        # Forty flags, of which every choice is another world.
        "".join(f'variable "v{n}" {{ type = bool }}\n' for n in range(40))
        + "locals { a39 = "
        + "".join(f"var.v{n} ? {n} : (" for n in range(40))
        + "0"
        + ")" * 40
        + " }\n",
    ],
)
def test_a_bomb_in_hcl_takes_bounded_work(
    tmp_path: Path, work: Callable[[], Any], text: str
) -> None:
    resource = (
        'resource "aws_sagemaker_endpoint_configuration" "c" {\n  name = local.a39\n'
        '  production_variants {\n    model_name = "m"\n    instance_type = "ml.t3.medium"\n'
        "    initial_instance_count = 1\n  }\n}\n"
    )
    with work() as done:
        report = run(put(tmp_path, "main.tf", text + resource))
    assert 0 < done.calls < 1_000_000
    assert "instance-type" in {f.rule for f in report.findings}


def test_recursive_functions_take_bounded_work(tmp_path: Path, work: Callable[[], Any]) -> None:
    conditions = "".join(
        f"  C{n}: !Or [!Condition C{n + 1}, !Condition C{n + 1}]\n" for n in range(60)
    )
    text = (
        "Parameters: {P: {Type: String}}\nConditions:\n"
        + conditions
        + "  C60: !Or [!Condition C0, !Equals [!Ref P, x]]\n"
        "Resources:\n  M:\n    Type: AWS::SageMaker::Model\n    Properties: !If [C0, {}, {}]\n"
    )
    with work() as done:
        report = run(put(tmp_path, "t.yaml", text))
    assert 0 < done.calls < 1_000_000
    assert report.configurations == 1


def git(folder: Path, *arguments: str) -> None:
    settings = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True)


def test_only_what_changed_since_a_revision_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "old.json", CONFIG)
    put(tmp_path, "edited.json", CONFIG.replace("t3", "m5"))
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "x")
    put(tmp_path, "edited.json", CONFIG)
    put(tmp_path, "new.json", CONFIG)
    monkeypatch.chdir(tmp_path)
    changed = changed_since("HEAD")
    report = check(CheckOptions(paths=["."], as_of=AS_OF, changed=changed))
    assert sorted(f.file for f in report.findings) == ["edited.json", "new.json"]


TREE = {
    "a/fraud.workload.yaml": (
        "name: fraud\nrequests: {arrival: online, payload: 5 GB}\n"
        "artifacts: {endpoint_config: ../b/config.json}\n"
    ),
    "b/config.json": CONFIG,
    "b/other.json": CONFIG,
    "c/t.yaml": (
        "Parameters: {Kind: {Type: String}}\nResources:\n  C:\n"
        "    Type: AWS::SageMaker::EndpointConfig\n    Properties:\n"
        "      ProductionVariants: [{VariantName: v, ModelName: m, InstanceType: !Ref Kind,"
        " InitialInstanceCount: 1}]\n"
    ),
    "c/prod-config.json": '{"Parameters": {"Kind": "ml.t3.medium"}}',
    "modules/endpoint/main.tf": (
        'variable "kind" {}\nresource "aws_sagemaker_endpoint_configuration" "c" {\n'
        '  production_variants {\n    model_name = "m"\n    instance_type = var.kind\n'
        "    initial_instance_count = 1\n  }\n}\n"
    ),
    "live/main.tf": (
        'module "e" {\n  source = "../modules/endpoint"\n  kind   = "ml.t3.medium"\n}\n'
    ),
    "platform/facts.yaml": "region: us-east-1\n",
    "team/.sm-advise.yaml": "extends: ../platform/facts.yaml\nowner: team\n",
    "team/deep/config.json": CONFIG,
}


@pytest.mark.parametrize(
    ("edited", "reached"),
    [
        ("a/fraud.workload.yaml", {"a/fraud.workload.yaml", "b/config.json"}),
        ("b/config.json", {"a/fraud.workload.yaml", "b/config.json"}),
        ("b/other.json", {"b/other.json"}),
        ("c/prod-config.json", {"c/prod-config.json"}),
        ("live/main.tf", {"live/main.tf"}),
        ("modules/endpoint/main.tf", {"live/main.tf"}),
        ("team/.sm-advise.yaml", {"team/deep/config.json"}),
        ("platform/facts.yaml", {"team/deep/config.json"}),
        ("README.md", set()),
    ],
)
def test_a_change_reaches_what_is_judged_by_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, edited: str, reached: set[str]
) -> None:
    for name, text in TREE.items():
        put(tmp_path, name, text)
    monkeypatch.chdir(tmp_path)
    everything = check(CheckOptions(paths=["."], as_of=AS_OF))
    assert {f.file for f in everything.findings} == {
        "a/fraud.workload.yaml",
        "b/config.json",
        "b/other.json",
        "c/prod-config.json",
        "live/main.tf",
        "team/deep/config.json",
    }
    report = check(
        CheckOptions(paths=["."], as_of=AS_OF, changed=frozenset({os.path.realpath(edited)}))
    )
    assert {f.file for f in report.findings} == reached


@pytest.mark.parametrize(
    ("edited", "count"), [("w.yaml", 1), ("config.json", 1), ("other.json", 0), ("x/w.yaml", 0)]
)
@pytest.mark.parametrize("by_project", [True, False])
def test_a_change_of_either_side_of_a_pair_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, edited: str, count: int, by_project: bool
) -> None:
    put(tmp_path, "w.yaml", "name: fraud\nrequests: {arrival: online, payload: 30 MB}\n")
    put(tmp_path, "config.json", CONFIG.replace("t3", "m5"))
    put(tmp_path, "other.json", CONFIG)
    monkeypatch.chdir(tmp_path)
    changed = frozenset({os.path.realpath(edited)})
    pairs = (Pair(workload="w.yaml", artifact="config.json", where="pyproject.toml"),)
    request = CheckOptions(paths=["config.json"], as_of=AS_OF, changed=changed)
    if by_project:
        request = request._replace(project=Project(pairs=pairs))
    else:
        request = request._replace(workload="w.yaml")
    broken = [f for f in check(request).findings if f.rule == "option-broken"]
    assert len(broken) == count


@pytest.mark.parametrize(
    ("path", "count"), [("w.yaml", 1), ("config.json", 1), (".", 1), ("other.json", 0)]
)
def test_a_pair_of_the_project_counts_where_a_side_of_it_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, count: int
) -> None:
    put(tmp_path, "w.yaml", f"{MARK}name: fraud\nrequests: {{arrival: online, payload: 30 MB}}\n")
    put(tmp_path, "config.json", CONFIG.replace("t3", "m5"))
    put(tmp_path, "other.json", CONFIG)
    monkeypatch.chdir(tmp_path)
    project = Project(
        pairs=(Pair(workload="w.yaml", artifact="config.json", where="pyproject.toml"),)
    )
    for name in (path, str(tmp_path / path)):
        report = run(name, project=project)
        assert len([f for f in report.findings if f.rule == "option-broken"]) == count


@pytest.mark.parametrize("revision", ["no-such-branch", "--output=x"])
def test_a_revision_that_git_does_not_know_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, revision: str
) -> None:
    git(tmp_path, "init", "-q")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError):
        changed_since(revision)
