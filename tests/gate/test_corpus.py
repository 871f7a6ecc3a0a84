"""Real files of other people: all read or refused with a reason, every error reviewed."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from advisor.gate.run import CheckReport, check
from advisor.gate.settings import CheckOptions

CORPUS = Path(__file__).parents[1] / "corpus"
LICENCES = {"MIT", "MIT-0", "Apache-2.0"}


@pytest.fixture(scope="module")
def report() -> Iterator[CheckReport]:
    before = Path.cwd()
    os.chdir(CORPUS)
    try:
        yield check(CheckOptions(paths=["."], as_of="2026-11-20"))
    finally:
        os.chdir(before)


@pytest.fixture(scope="module")
def review() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((CORPUS / "review.yaml").read_text(encoding="utf-8"))
    return found


def test_every_error_was_looked_at_by_hand_and_is_right(
    report: CheckReport, review: dict[str, Any]
) -> None:
    found = [(f.file, f.rule, f.line) for f in report.findings if f.severity == "error"]
    reviewed = [(entry["file"], entry["rule"], entry["line"]) for entry in review["errors"]]
    assert sorted(found) == sorted(reviewed)
    assert all(entry["right"] and entry["because"] for entry in review["errors"])


def test_every_file_is_read_or_refused_with_a_reason(
    report: CheckReport, review: dict[str, Any]
) -> None:
    refused = [(error.file, error.line) for error in report.errors]
    assert sorted(refused) == sorted((e["file"], e["line"]) for e in review["refused"])
    assert report.configurations == review["configurations"]


def test_every_file_has_its_licence() -> None:
    with (CORPUS / "index.tsv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    listed = {row["file"] for row in rows}
    held = {
        path.relative_to(CORPUS).as_posix()
        for path in CORPUS.rglob("*")
        if path.is_file() and path.parent not in (CORPUS, CORPUS / "LICENSES")
    }
    assert held == listed
    assert {row["licence"] for row in rows} <= LICENCES
    kept = {path.name for path in (CORPUS / "LICENSES").iterdir()}
    for row in rows:
        stem = row["repository"].replace("/", "__")
        assert any(name.startswith(f"{stem}__LICENSE") for name in kept), row["repository"]
