"""What the README and the pages of docs/ show is what the program prints."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
import yaml

from advisor import advise, read_workloads
from advisor.cli import COMMANDS, group
from advisor.gate.settings import organisation_of
from tests.cli.command import ran
from tests.house.pages import (
    PAGES,
    ROOT,
    Step,
    agrees,
    blocks,
    named,
    played,
    rewritten,
    settled,
    steps,
)

README, DOCS = ROOT / "README.md", ROOT / "docs"
COMMAND = "examples/fraud-scoring.yaml"
SHOWN = [page for page in PAGES if blocks(page, "console")]
LONGEST_README = 150
SETTINGS = json.loads((ROOT / "rules/schema/settings.schema.json").read_text(encoding="utf-8"))


def choices(command: str, option: str) -> list[str]:
    """What an option of a command takes."""
    found = group.get_command(click.Context(group), command)
    assert found is not None
    (kind,) = (each.type for each in found.params if option in each.opts)
    assert isinstance(kind, click.Choice)
    return list(kind.choices)


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.name)
def test_every_session_is_real(page: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    folder, update = settled(page, tmp_path), request.config.getoption("--update-golden")
    for block in blocks(page, "console"):
        printed = [(step, played(step, folder)) for step in steps(block.text)]
        if update:
            again = "".join(rewritten(*each) for each in printed)
            text = page.read_text(encoding="utf-8")
            page.write_text(
                text.replace(f"```console\n{block.text}```", f"```console\n{again}```"),
                encoding="utf-8",
            )
        else:
            lost = [step.line for step, out in printed if not agrees(step, out)]
            assert lost == [], "pytest --update-golden writes them, then review"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_an_example_of_a_page_is_the_file(page: Path, request: pytest.FixtureRequest) -> None:
    for block in blocks(page):
        if block.name.startswith("examples/"):
            text = (ROOT / block.name).read_text(encoding="utf-8")
            if request.config.getoption("--update-golden"):
                whole = page.read_text(encoding="utf-8")
                page.write_text(whole.replace(f"\n{block.text}```", f"\n{text}```"), "utf-8")
            else:
                assert block.text == text, f"{block.name}: pytest --update-golden writes it"


@pytest.mark.parametrize(
    ("shown", "out", "fits", "again"),
    [
        ("one\ntwo\n", "one\ntwo\n", True, "one\ntwo\n"),
        ("one\n", "one\ntwo\n", False, "one\ntwo\n"),
        ("one\n…\n", "one\ntwo\n", True, "one\n…\n"),
        ("none\n…\n", "one\ntwo\n", False, "one\n…\n"),
        ("…\n", "one\ntwo\n", True, "…\n"),
        ("", "one\ntwo\n", True, ""),
        ("one\n\n", "one\n", False, "one\n"),
    ],
)
def test_what_a_page_may_leave_out(shown: str, out: str, fits: bool, again: str) -> None:
    step = Step("sm-advise w.yaml", shown)
    assert agrees(step, out) == fits
    assert rewritten(step, out) == f"$ sm-advise w.yaml\n{again}"


def test_a_step_is_its_words_and_its_exit_code() -> None:
    (first, second) = steps("$ sm-advise 'a b' > c.json    # exit code 1\n$ sm-advise d\nout\n")
    assert (first.words, first.code, first.shown) == (["sm-advise", "a b"], 1, "")
    assert (second.words, second.code, second.shown) == (["sm-advise", "d"], 0, "out\n")
    with pytest.raises(ValueError, match="begins with"):
        list(steps("sm-advise w.yaml\n"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_not_run_here_needs_the_network_or_another_program(page: Path) -> None:
    """A command of ours that could run stands in a session, where it does."""
    for block in blocks(page, "sh"):
        for line in block.text.splitlines():
            assert not line.startswith("sm-advise ") or line.startswith(
                ("sm-advise prices refresh ", "sm-advise check model.tar.gz ")
            ), line


def test_the_readme_is_short_and_leads_to_every_page() -> None:
    text = README.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_README
    assert [page.name for page in DOCS.glob("*.md") if f"(docs/{page.name})" not in text] == []


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("stability.md", [f"| {code} | " for code in range(4)]),
        ("settings.md", [f"`{key}`" for key in SETTINGS["properties"]]),
        ("check.md", [f"`{form}`" for form in choices("check", "--format")]),
        ("deploy.md", [f"`{kind}`" for kind in choices("advise", "--artifact")]),
    ],
)
def test_a_page_tells_every_code_key_format_and_kind(page: str, told: list[str]) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    assert [each for each in told if each not in text] == []


def test_every_command_is_on_a_page() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in (README, *DOCS.glob("*.md")))
    assert [each for each in COMMANDS if f"sm-advise {each}" not in text if each != "advise"] == []


def workload(*parts: str) -> bytes:
    """The workload of the page of the keys without its needs, and what other pages add."""
    head = named(DOCS / "workload.md", "workload.yaml").partition("needs:")[0]
    return "\n".join([head, *(named(DOCS / "deploy.md", part) for part in parts)]).encode()


def test_the_models_of_the_page_become_containers_of_a_pipeline() -> None:
    [read] = read_workloads(workload("models"), "deploy.md")
    advice = advise(read)
    assert advice.chosen is not None
    assert advice.chosen.plan is not None
    model = advice.chosen.plan.requests[0].parameters
    assert [each["ContainerHostname"] for each in model["Containers"]] == ["clean", "score"]


def test_the_release_of_the_page_is_carried_by_the_requests() -> None:
    [read] = read_workloads(workload("release"), "deploy.md")
    advice = advise(read)
    assert not [each for each in advice.findings if each.severity != "info"]
    assert advice.chosen is not None
    assert advice.chosen.plan is not None
    requests = {each.operation: each.parameters for each in advice.chosen.plan.requests}
    assert "ShadowProductionVariants" in requests["CreateEndpointConfig"]
    policy = requests["CreateEndpoint"]["DeploymentConfig"]["BlueGreenUpdatePolicy"]
    assert policy["TrafficRoutingConfiguration"]["Type"] == "CANARY"


def test_the_python_of_the_page_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page = DOCS / "python.md"
    monkeypatch.chdir(settled(page, tmp_path))
    [script] = blocks(page, "python")
    exec(compile(script.text, page.name, "exec"), {})  # noqa: S102 - our own documentation


def test_the_settings_of_the_page_are_accepted(tmp_path: Path) -> None:
    (tmp_path / "prices").mkdir()
    text = named(DOCS / "settings.md", ".sm-advise.yaml")
    (tmp_path / ".sm-advise.yaml").write_text(text, encoding="utf-8")
    own = organisation_of(str(tmp_path)).own
    assert own.discount == "12"
    assert own.said["overlay"].keys() == {"limits", "instance_types", "regions", "prices"}


def test_the_request_of_the_page_is_json() -> None:
    assert json.loads(ran(COMMAND, "--format", "request").out)["ProductionVariants"]


@pytest.mark.parametrize("page", [README, *DOCS.glob("*.md")], ids=lambda page: page.name)
def test_examples_of_a_page_are_yaml_without_surprises(page: Path) -> None:
    for example in blocks(page, "yaml"):
        assert isinstance(yaml.safe_load(example.text), dict)
