"""What others pin exists: names, versions and addresses agree; a release is what was tested."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.version import Version

from advisor import HOME, PAGES, __version__
from tests.cli.command import ROOT
from tests.house.pages import PAGES as MARKDOWN

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
CI = sorted(path for path in (ROOT / "examples" / "ci").iterdir() if path.is_file())
PINS = [*MARKDOWN, *CI, *WORKFLOWS, ROOT / "action.yml", ROOT / ".pre-commit-hooks.yaml"]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
RELEASED = set(re.findall(r"^## \[(\d[^\]]*)\] - \d{4}-\d\d-\d\d$", CHANGELOG, re.MULTILINE))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
SELF = HOME.removeprefix("https://github.com/")

REPOSITORY = re.compile(
    r"(?:github\.com/|uses: |--repo )([\w.-]+/sm-advise)(?:\.git)?(?:@([\w.-]+))?"
)
REVISION = re.compile(r"^\s*rev: (\S+)", re.MULTILINE)
PACKAGE = re.compile(
    r"(?:pip|pipx|uvx?|pip3) (?:tool )?(?:install|run|download)[^\n`]*\bsm-advise\b(?:==(\S+))?"
)


def wrong_pins(text: str, released: set[str]) -> list[str]:
    """Repositories, revisions and packages of ours that a reader cannot have."""
    revisions = {"REVISION", *(f"v{each}" for each in released)}
    named = REPOSITORY.findall(text)
    found = [owner for owner, _ in named if owner not in {"OWNER/sm-advise", SELF}]
    found += [revision for _, revision in named if revision and revision not in revisions]
    found += [each for each in REVISION.findall(text) if named and each not in revisions]
    packages = PACKAGE.finditer(text)
    return found + [e[0] for e in packages if not released or (e[1] and e[1] not in released)]


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_the_addresses_are_those_of_the_package() -> None:
    assert (PROJECT["urls"]["Homepage"], PROJECT["urls"]["Documentation"]) == (HOME, PAGES)
    assert all(each.startswith((HOME, PAGES)) for each in PROJECT["urls"].values())


def test_the_version_is_released_or_above_every_release() -> None:
    assert __version__ in RELEASED or all(Version(__version__) > Version(e) for e in RELEASED)
    assert "## [Unreleased]" in CHANGELOG or __version__ in RELEASED


@pytest.mark.parametrize("path", PINS, ids=lambda path: path.name)
def test_what_a_page_or_an_example_pins_exists(path: Path) -> None:
    assert wrong_pins(path.read_text(encoding="utf-8"), RELEASED) == []


@pytest.mark.parametrize(
    ("text", "released", "wrong"),
    [
        ("uses: OWNER/sm-advise@REVISION\n", set(), []),
        ("uses: OWNER/sm-advise@v0.1.0\n", set(), ["v0.1.0"]),
        ("uses: OWNER/sm-advise@v0.1.0\n", {"0.1.0"}, []),
        ("uses: someone/sm-advise@REVISION\n", set(), ["someone/sm-advise"]),
        ("repo: https://github.com/OWNER/sm-advise\nrev: v9.0.0\n", {"0.1.0"}, ["v9.0.0"]),
        ("run: pip install sm-advise", set(), ["pip install sm-advise"]),
        ("run: pip install sm-advise", {"0.1.0"}, []),
        ("run: pip install sm-advise==0.2", {"0.1.0"}, ["pip install sm-advise==0.2"]),
    ],
)
def test_what_counts_as_a_pin_to_nothing(text: str, released: set[str], wrong: list[str]) -> None:
    assert wrong_pins(text, released) == wrong


def test_the_examples_name_hooks_inputs_and_packages_that_exist() -> None:
    (repository,) = read(ROOT / "examples/ci/pre-commit-config.yaml")["repos"]
    assert {each["id"] for each in repository["hooks"]} == {each["id"] for each in HOOKS}
    steps = read(ROOT / "examples/ci/github-workflow.yml")["jobs"]["check"]["steps"]
    (ours,) = (each for each in steps if each["uses"].startswith("OWNER/sm-advise@"))
    assert set(ours["with"]) <= set(read(ROOT / "action.yml")["inputs"])
    steps = read(ROOT / ".github/workflows/release.yml")["jobs"]["publish"]["steps"]
    assert f"dist/{PROJECT['name'].replace('-', '_')}-" in steps[1]["run"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_pins_what_it_uses_and_grants_by_job(path: Path) -> None:
    workflow, text = read(path), path.read_text(encoding="utf-8")
    assert workflow["permissions"] == {}
    for used in re.findall(r"uses: (\S+.*)", text):
        assert used.startswith("./") or re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[\d.]+", used), used
    assert "secrets." not in text


def test_a_release_is_published_without_a_token_from_what_was_tested() -> None:
    jobs = read(ROOT / ".github/workflows/release.yml")["jobs"]
    assert {name for name, job in jobs.items() if "id-token" in job["permissions"]} == {"publish"}
    assert jobs["publish"]["permissions"] == {"id-token": "write", "attestations": "write"}
    assert set(jobs["publish"]["needs"]) == {"test", "announced"}
    used = [each.get("uses", "").partition("@")[0] for each in jobs["publish"]["steps"]]
    assert used == [
        "actions/download-artifact",
        "",
        "actions/attest-build-provenance",
        "pypa/gh-action-pypi-publish",
    ]


def test_pages_grant_a_token_to_the_job_that_publishes_them() -> None:
    jobs = read(ROOT / ".github/workflows/pages.yml")["jobs"]
    assert {name for name, job in jobs.items() if "id-token" in job["permissions"]} == {"deploy"}
