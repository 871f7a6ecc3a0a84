"""Every check has a firing and a silent case in every dialect: the folders of checks/."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from advisor.gate.checks import Check, load_checks
from advisor.gate.finding import Finding
from advisor.gate.judge import predicate
from advisor.gate.resource_types import CLOUDFORMATION_KINDS, TERRAFORM_KINDS
from advisor.gate.rulefiles import read_yaml_rules
from advisor.gate.run import Request, check

CASES = Path(__file__).parent / "checks"
RULES = Path(__file__).parent.parent / "rules"
FOLDERS = sorted(path for path in CASES.iterdir() if path.is_dir())
AS_OF = "2026-11-20"
DIALECTS = ("request", "cloudformation", "terraform")

# Checks that no single configuration can show, and the test that shows them.
ELSEWHERE = {
    "accept-unused": "test_gate_intent.py",
    "answer-not-locked": "test_gate_intent.py",
    "decision-changed": "test_gate_intent.py",
    "duplicate-name": "test_gate_intent.py",
    "no-answer": "test_gate_intent.py",
    "option-broken": "test_gate_intent.py",
    "option-differs": "test_gate_intent.py",
    "waiver-not-allowed": "test_gate_waivers.py",
    "waiver-unclear": "test_gate_waivers.py",
    "waiver-unused": "test_gate_waivers.py",
    "waiver-expired": "test_gate_waivers.py",
}
# Checks of model archives have no dialects; test_archive_checks.py asks for their cases.
OF_ARCHIVES = "model-archive.yaml"


def dialects_of(entry: Check) -> set[str]:
    """The dialects in which a check can fire: its own list, and where its kinds exist."""
    kinds = set(entry.applies_to)
    possible = {"request"}
    if not kinds or kinds & set(CLOUDFORMATION_KINDS.values()):
        possible.add("cloudformation")
    if not kinds or kinds & set(TERRAFORM_KINDS.values()):
        possible.add("terraform")
    return possible & set(entry.dialects) if entry.dialects else possible


def findings(path: Path, rule: str) -> list[Finding]:
    profiles = frozenset(filter(None, [load_checks()[rule].profile]))
    report = check(Request([str(path)], AS_OF, select=profiles))
    assert not report.errors
    assert report.configurations == 1
    return [finding for finding in report.findings if finding.counts]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_rule_fires_on_its_lines_and_nowhere_else(folder: Path) -> None:
    rule = folder.name
    expected = yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8")) or {}
    for path in sorted(folder.glob("*-fires*")):
        lines = sorted({found.line for found in findings(path, rule) if found.rule == rule})
        assert lines == expected[path.name], path.name
    for path in sorted(folder.glob("*-silent*")):
        loud = [f for f in findings(path, rule) if f.rule == rule or f.severity == "error"]
        assert not loud, path.name


def test_every_check_has_both_cases_in_every_dialect() -> None:
    missing = []
    archives = {
        each["id"] for each in read_yaml_rules(str(RULES / "checks" / OF_ARCHIVES))["checks"]
    }
    for rule, entry in load_checks().items():
        if rule in archives:
            continue
        if rule in ELSEWHERE:
            text = (Path(__file__).parent / ELSEWHERE[rule]).read_text(encoding="utf-8")
            assert f'"{rule}"' in text, rule
            continue
        for dialect in dialects_of(entry):
            missing += [
                f"{rule}: {dialect}-{outcome}"
                for outcome in ("fires", "silent")
                if not list((CASES / rule).glob(f"{dialect}-{outcome}*"))
            ]
    assert missing == []


def test_every_folder_belongs_to_a_check() -> None:
    assert {folder.name for folder in FOLDERS} <= load_checks().keys()


def test_a_check_says_why_since_when_and_by_whom() -> None:
    for rule, entry in load_checks().items():
        assert entry.because.endswith((".", ".)")), rule
        assert entry.source == "sm-advise" or entry.source.startswith("https://"), rule
        assert len(entry.as_of) == len("2026-11-20"), rule
        assert entry.fix, rule
        assert not (entry.fault and entry.python), rule


def test_predicates_and_checks_name_each_other() -> None:
    gate = Path(__file__).parent.parent / "advisor" / "gate"
    modules = [path.stem.removeprefix("predicates_") for path in gate.glob("predicates_*.py")]
    tables = {
        f"{module}.{name}"
        for module in modules
        for name in import_module(f"advisor.gate.predicates_{module}").PREDICATES
    }
    named = {entry.python for entry in load_checks().values() if entry.python}
    assert named == tables
    assert all(callable(predicate(name)) for name in named)


@pytest.mark.parametrize("path", sorted((RULES / "checks").glob("*.yaml")), ids=lambda p: p.stem)
def test_a_file_of_checks_keeps_its_schema(path: Path) -> None:
    schemas = {
        name: json.loads((RULES / "schema" / name).read_text(encoding="utf-8"))
        for name in ("checks.schema.json", "entry.schema.json")
    }
    registry: Registry[Any] = Registry().with_resources(
        (name, DRAFT202012.create_resource(schema)) for name, schema in schemas.items()
    )
    validator = Draft202012Validator(schemas["checks.schema.json"], registry=registry)
    found = [
        f"{e.json_path}: {e.message}" for e in validator.iter_errors(read_yaml_rules(str(path)))
    ]
    assert found == []


def test_what_a_check_replaces_exists() -> None:
    checks = load_checks()
    for entry in checks.values():
        assert set(entry.instead_of) <= checks.keys()


@pytest.mark.parametrize(
    ("case", "suggestion"),
    [
        ("serverless-memory-size/request-fires-1500.json", "2048"),
        ("serverless-memory-size/request-fires-8192.json", "6144"),
        ("scaling-metric/terraform-fires-guide.tf", "SageMakerVariantInvocationsPerInstance"),
        ("scaling-metric/terraform-fires-cpu.tf", ""),
    ],
)
def test_of_the_values_that_there_are_the_one_that_was_meant_is_named(
    case: str, suggestion: str
) -> None:
    rule = case.partition("/")[0]
    (found,) = [each for each in findings(CASES / case, rule) if each.rule == rule]
    assert found.suggestion == suggestion
