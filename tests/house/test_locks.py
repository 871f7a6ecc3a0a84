"""The locks pin every dependency of pyproject.toml, by hash, and name no place to take it from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

packaging = pytest.importorskip("packaging", reason="packaging comes with the dev extra")
from packaging.requirements import Requirement  # noqa: E402
from packaging.utils import canonicalize_name  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
WANTED = {
    "run.txt": [*PROJECT["dependencies"], *EXTRAS["build"]],
    "dev.txt": [
        *PROJECT["dependencies"],
        *EXTRAS["build"],
        *EXTRAS["docs"],
        *EXTRAS["test"],
        *EXTRAS["dev"],
    ],
}


def pinned(name: str) -> dict[str, list[Requirement]]:
    """Package -> its pins in a lock, of which a Python takes the one whose marker holds."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    found: dict[str, list[Requirement]] = {}
    for line in re.findall(r"^[a-z0-9][^\\\n]*", text, flags=re.MULTILINE):
        requirement = Requirement(line.strip())
        found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


def version(pin: Requirement) -> str:
    (only,) = pin.specifier
    assert only.operator == "==", pin
    return only.version


@pytest.mark.parametrize("name", WANTED)
def test_every_dependency_is_pinned_within_its_bounds(name: str) -> None:
    pins = pinned(name)
    for text in WANTED[name]:
        wanted = Requirement(text)
        if wanted.name == PROJECT["name"]:
            continue
        assert canonicalize_name(wanted.name) in pins, f"{text}: run make lock"
        for pin in pins[canonicalize_name(wanted.name)]:
            assert wanted.specifier.contains(version(pin)), f"{text}: run make lock"


def test_both_locks_pin_the_same_releases() -> None:
    run, dev = pinned("run.txt"), pinned("dev.txt")
    assert {name: list(map(version, pins)) for name, pins in run.items()} == {
        name: list(map(version, dev[name])) for name in run
    }


@pytest.mark.parametrize("name", WANTED)
def test_a_pin_has_hashes_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    for pin in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]:
        assert re.findall(r"--hash=sha256:[0-9a-f]{64}", pin), pin
    assert "://" not in text
    assert "index-url" not in text
