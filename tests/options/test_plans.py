"""The plans of realistic workloads against values worked out by hand (tests/plans)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from advisor.model.advice import Plan
from advisor.rulebook.source import read_rules
from tests.planned import planned, rules, setting, value
from tests.usages import figure

CASES = sorted((Path(__file__).parents[1] / "plans").glob("*.yaml"))


class Expected(NamedTuple):
    name: str
    option: str
    workload: dict[str, Any]
    values: dict[str, Any]


def expectations() -> list[Expected]:
    found = []
    for path in CASES:
        case = read_rules(path)
        for option, values in case["plans"].items():
            found.append(Expected(path.stem, option, case["workload"], values))
    return found


@pytest.fixture(params=expectations(), ids=lambda each: f"{each.name}-{each.option}")
def expected(request: pytest.FixtureRequest) -> Expected:
    each: Expected = request.param
    return each


@pytest.fixture
def found(expected: Expected) -> Plan:
    return planned(expected.option, expected.workload)


def test_settings(expected: Expected, found: Plan) -> None:
    wanted = expected.values.get("settings", {})
    assert {name: value(found, name) for name in wanted} == wanted


def test_every_setting_says_why(found: Plan) -> None:
    assert [each.name for each in found.settings if len(each.because) < 20] == []
    assert all(each.because.endswith(".") for each in found.settings)


def test_reasons_that_the_story_asks_for(expected: Expected, found: Plan) -> None:
    for name, text in expected.values.get("says", {}).items():
        assert text in setting(found, name).because


def test_requests_in_the_order_to_run(expected: Expected, found: Plan) -> None:
    operations = expected.values.get("operations")
    if operations is not None:
        assert [each.operation for each in found.requests] == operations


def test_needs_are_carried_or_not(expected: Expected, found: Plan) -> None:
    assert set(expected.values.get("carried", ())) <= found.carried
    assert not set(expected.values.get("not_carried", ())) & found.carried


def test_findings(expected: Expected, found: Plan) -> None:
    assert rules(found) == set(expected.values.get("findings", ()))


def test_the_call(expected: Expected, found: Plan) -> None:
    for field, wanted in expected.values.get("invoke", {}).items():
        assert getattr(found.invoke, field) == wanted


def test_what_costs_and_latency_read(expected: Expected, found: Plan) -> None:
    assert found.hosting == expected.values.get("hosting", found.hosting)
    wanted = expected.values.get("usage", {})
    assert {name: figure(found.usage, name) for name in wanted} == {
        name: pytest.approx(each, rel=1e-5) if isinstance(each, float) else each
        for name, each in wanted.items()
    }


def test_quotas(expected: Expected, found: Plan) -> None:
    drawn = {each.name: [each.code, each.wanted] for each in found.quotas}
    for name, wanted in expected.values.get("quota", {}).items():
        assert drawn[name] == wanted
