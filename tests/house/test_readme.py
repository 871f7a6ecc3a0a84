"""What the README shows is what the program prints."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from advisor import advise, read_workloads
from advisor.gate.settings import organisation_of
from tests.cli.command import ran

README = Path(__file__).parents[2] / "README.md"
SESSION = re.compile(r"(?<=<!-- session -->\n).*?(?=<!-- /session -->)", re.DOTALL)
COMMAND = "examples/fraud-scoring.yaml"


def blocks(language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"```{language}\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


def test_the_session_is_real(request: pytest.FixtureRequest) -> None:
    done = ran(COMMAND, COLUMNS="80")
    shown = f"```console\n$ sm-advise {COMMAND}\n{done.out}```\n"
    text = README.read_text(encoding="utf-8")
    if request.config.getoption("--update-golden"):
        README.write_text(SESSION.sub(lambda _: shown, text), encoding="utf-8")
        text = README.read_text(encoding="utf-8")
    found = SESSION.search(text)
    assert done.code == 0
    assert found is not None
    assert found[0] == shown, "pytest --update-golden writes it"


def test_the_explanation_is_how_a_real_one_begins() -> None:
    command = f"explain serverless {COMMAND}"
    (shown,) = (each for each in blocks("console") if command in each)
    done = ran(*command.split(), COLUMNS="80")
    assert f"$ sm-advise {command}\n{done.out}".startswith(shown)


def test_the_workload_of_the_readme_is_read_and_answered() -> None:
    example, *_ = blocks("yaml")
    [workload] = read_workloads(example.encode(), "README.md")
    assert advise(workload).decision.option == "real-time"  # the vpc rules serverless out


def test_the_models_of_the_readme_become_containers_of_a_pipeline() -> None:
    example, _, models, _ = blocks("yaml")
    [workload] = read_workloads(f"{example.partition('needs:')[0]}{models}".encode(), "README.md")
    advice = advise(workload)
    assert advice.chosen is not None
    assert advice.chosen.plan is not None
    model = advice.chosen.plan.requests[0].parameters
    assert [each["ContainerHostname"] for each in model["Containers"]] == ["clean", "score"]


def test_the_release_of_the_readme_is_carried_by_the_requests() -> None:
    """Its needs and its ``deploy`` in place of those of the workload above it."""
    example, _, _, release = blocks("yaml")
    others = example.partition("needs:")[0]
    [workload] = read_workloads(f"{others}{release}".encode(), "README.md")
    advice = advise(workload)
    assert not [each for each in advice.findings if each.severity != "info"]
    assert advice.chosen is not None
    assert advice.chosen.plan is not None
    requests = {each.operation: each.parameters for each in advice.chosen.plan.requests}
    assert "ShadowProductionVariants" in requests["CreateEndpointConfig"]
    policy = requests["CreateEndpoint"]["DeploymentConfig"]["BlueGreenUpdatePolicy"]
    assert policy["TrafficRoutingConfiguration"]["Type"] == "CANARY"


def test_the_python_of_the_readme_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    [script] = blocks("python")
    (tmp_path / "workload.yaml").write_text(blocks("yaml")[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    exec(compile(script, "README.md", "exec"), {})  # noqa: S102 - our own documentation


def test_the_settings_of_the_readme_are_accepted(tmp_path: Path) -> None:
    (tmp_path / "prices").mkdir()
    (tmp_path / ".sm-advise.yaml").write_text(blocks("yaml")[1], encoding="utf-8")
    own = organisation_of(str(tmp_path)).own
    assert own.discount == "12"
    assert own.said["overlay"].keys() == {"limits", "instance_types", "regions", "prices"}


def test_the_request_of_the_readme_is_json() -> None:
    assert json.loads(ran(COMMAND, "--format", "request").out)["ProductionVariants"]


def test_every_exit_code_is_told() -> None:
    text = README.read_text(encoding="utf-8")
    for code in range(4):
        assert f"| {code} | " in text


def test_examples_of_the_readme_are_yaml_without_surprises() -> None:
    for example in blocks("yaml"):
        assert isinstance(yaml.safe_load(example), dict)
