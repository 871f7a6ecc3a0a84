"""Classes of fault in files as people write them: found once, on their line; the rest is clean.

A folder of faults/ is a class: ``request.json``, ``template.yaml`` (or ``.json``) and ``main.tf``
hold the fault and nothing else that is wrong. Values stand behind parameters, mappings,
conditions, locals, ``for_each``, ``dynamic`` and ``jsonencode`` as often as in real files. The
files of clean/ are the same without the fault; where a bound is what a class is about,
``…-right.…`` beside it is right at the bound.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from advisor.gate.checks import load_checks
from advisor.gate.finding import GateFinding
from advisor.gate.run import check
from advisor.gate.settings import CheckOptions

FAULTS = Path(__file__).parents[1] / "faults"
CLEAN = FAULTS / "clean"
CLASSES = sorted(path for path in FAULTS.iterdir() if path != CLEAN)
RIGHT = sorted([*FAULTS.glob("*/*-right.*"), *CLEAN.glob("*/*")])
DIALECTS = ("request.json", "template.", "main.tf")


def findings(path: Path) -> list[GateFinding]:
    report = check(CheckOptions(paths=[str(path)], as_of="2026-11-20"))
    assert not report.errors
    assert report.resources > 0 or report.findings
    return [finding for finding in report.findings if finding.counts]


def expected(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("folder", CLASSES, ids=lambda folder: folder.name)
def test_the_fault_is_found_on_its_line_and_nothing_else_is(folder: Path) -> None:
    wanted = expected(folder)
    for name, line in wanted["lines"].items():
        found = {(finding.rule, finding.line) for finding in findings(folder / name)}
        assert found == {(wanted["rule"], line)}, name


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_is_right_is_clean(path: Path) -> None:
    assert [str(finding) for finding in findings(path)] == []


def test_a_class_stands_in_every_dialect_that_can_say_it() -> None:
    # Not in Terraform: inference components, and tags, which are a map whose reserved keys the
    # provider drops. Not in a request: what only a template or a resource's lifecycle can say.
    whole = [
        folder
        for folder in CLASSES
        if all(any(name.startswith(d) for name in expected(folder)["lines"]) for d in DIALECTS)
    ]
    assert len(whole) >= 80
    assert len(CLASSES) - len(whole) <= 14


def test_every_rule_that_is_expected_exists() -> None:
    assert {expected(folder)["rule"] for folder in CLASSES} <= load_checks().keys()
