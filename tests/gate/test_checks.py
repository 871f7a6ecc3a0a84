"""Every check fires where it must and is silent where it must be: the cases of checks/."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from advisor.configuration.rulefiles import read_yaml_rules
from advisor.gate.checks import load_checks
from advisor.gate.rules.judge import predicate
from tests.gate.cases import FILES_OF_CHECKS, cases_of
from tests.gate.mutants import Cases, Mutant, mutants_of
from tests.gate.verdict import mistake, possible_dialects

TESTS = Path(__file__).parent.parent
RULES = TESTS.parent / "rules"

# Checks that no single configuration can show, and the test that shows them.
ELSEWHERE = {
    "accept-unused": "test_intent.py",
    "answer-not-locked": "test_intent.py",
    "decision-changed": "test_intent.py",
    "costs-more-than-plan": "test_intent.py",
    "duplicate-name": "test_intent.py",
    "no-answer": "test_intent.py",
    "option-broken": "test_intent.py",
    "option-differs": "test_intent.py",
    "waiver-not-allowed": "test_waivers.py",
    "waiver-unclear": "test_waivers.py",
    "waiver-unused": "test_waivers.py",
    "waiver-expired": "test_waivers.py",
    "workload-unpaired": "test_intent.py",
}
# Checks of model archives have no dialects; archive/test_checks.py asks for their cases.
OF_ARCHIVES = "model-archive.yaml"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("checks")


@pytest.mark.parametrize("path", FILES_OF_CHECKS, ids=lambda path: path.stem)
def test_the_check_fires_at_its_places_and_nowhere_else(path: Path, folder: Path) -> None:
    possible = possible_dialects(load_checks()[path.stem])
    for number, case in enumerate(cases_of(path, possible)):
        wrong = mistake(case, folder / f"{path.stem}-{number}")
        assert not wrong, f"{wrong}\n{case}"


def test_every_check_has_both_cases_in_every_dialect() -> None:
    files = {path.stem: path for path in FILES_OF_CHECKS}
    archives = {
        each["id"] for each in read_yaml_rules(str(RULES / "checks" / OF_ARCHIVES))["checks"]
    }
    missing = []
    for rule, entry in load_checks().items():
        if rule in archives:
            continue
        if rule in ELSEWHERE:
            text = (TESTS / "gate" / ELSEWHERE[rule]).read_text(encoding="utf-8")
            assert f'"{rule}"' in text, rule
            continue
        possible = possible_dialects(entry)
        cases = cases_of(files[rule], possible) if rule in files else []
        there = {(case.dialect, case.fires) for case in cases}
        wanted = {(dialect, fires) for dialect in possible for fires in (True, False)}
        missing += [(rule, *each) for each in sorted(wanted - there)]
    assert missing == []


def test_every_file_belongs_to_a_check() -> None:
    assert {path.stem for path in FILES_OF_CHECKS} <= load_checks().keys()


def test_a_case_says_why_in_a_sentence() -> None:
    for path in FILES_OF_CHECKS:
        for case in cases_of(path, possible_dialects(load_checks()[path.stem])):
            assert case.why.endswith("."), case.why
            assert len(case.why.split()) <= 25, case.why


def test_what_no_case_notices_is_said(tmp_path: Path) -> None:
    cases = Cases(next(p for p in FILES_OF_CHECKS if p.stem == "transform-payload"), tmp_path)
    found = {mutant.what: cases.notice(mutant) for mutant in mutants_of(cases.check)}
    condition = "{'field': 'MaxPayloadInMB', 'above': 100}"
    assert found == {f"not {condition}": True, f"{condition} -1": True, f"{condition} +1": True}
    unchanged = Mutant("nothing", cases.check)
    assert not cases.notice(unchanged)


def test_a_check_says_why_since_when_and_by_whom() -> None:
    for rule, entry in load_checks().items():
        assert entry.because.endswith((".", ".)")), rule
        assert entry.source == "sm-advise" or entry.source.startswith("https://"), rule
        assert len(entry.as_of) == len("2026-11-20"), rule
        assert entry.fix, rule
        assert not (entry.fault and entry.python), rule


def test_predicates_and_checks_name_each_other() -> None:
    predicates = TESTS.parent / "advisor" / "gate" / "rules" / "predicates"
    modules = [path.stem for path in predicates.glob("[!_]*.py")]
    there = {
        f"{module}.{name}"
        for module in modules
        for name, each in vars(import_module(f"advisor.gate.rules.predicates.{module}")).items()
        if getattr(each, "__module__", "").endswith(f"predicates.{module}")
        and getattr(each, "__annotations__", {}) == {"view": "View", "return": "Iterator[Fault]"}
        and not name.startswith("_")
    }
    named = {entry.python for entry in load_checks().values() if entry.python}
    assert named == there
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
