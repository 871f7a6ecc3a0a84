"""Every example gets the answer that examples/README.md gives it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from advisor.measurement.apply import measured_workload
from advisor.measurement.result import read_result
from advisor.model.advice import Advice
from advisor.pipeline import advise
from advisor.workload import read_file
from tests.usages import figure

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ROW = re.compile(r"^\| `([\w-]+\.yaml)` \| ([\w -]+) \|", re.MULTILINE)
LISTED = dict(ROW.findall((EXAMPLES / "README.md").read_text(encoding="utf-8")))


def answer(name: str) -> Advice:
    (workload,) = read_file(str(EXAMPLES / name))
    return advise(workload)


def test_the_readme_lists_every_example() -> None:
    assert set(LISTED) == {path.name for path in EXAMPLES.glob("*.yaml")}


@pytest.mark.parametrize("name", LISTED)
def test_an_example_has_the_listed_answer(name: str) -> None:
    assert (answer(name).decision.option or "none fits") == LISTED[name]


def test_the_examples_show_every_kind_of_answer() -> None:
    statuses = {answer(name).decision.status for name in LISTED}
    assert statuses == {"recommended", "assumed", "decided", "none-fits"}


def test_an_unknown_decides_its_example() -> None:
    decision = answer("depends-on-an-unknown.yaml").decision
    unknown = next(each for each in decision.unknowns if each.fact == "requests.cold_start")
    assert not unknown.remote
    # Long gaps: serverless while a cold start can be waited for, else instances that stay on.
    assert unknown.outcomes == {"avoid": "real-time", "tolerated": "serverless"}


@pytest.mark.parametrize("name", ["contested-limit.yaml", "call-transcripts.yaml"])
def test_a_contested_limit_is_a_warning(name: str) -> None:
    # 40 and 20 minutes of work: above the default of 15 min, below the documented hour.
    advice = answer(name)
    assert advice.decision.contested
    found = {finding.rule: finding.severity for finding in advice.findings}
    assert found["contested-limit"] == "warning"


def test_the_demo_has_nothing_left_to_fill_in() -> None:
    rules = [finding.rule for finding in answer("fraud-scoring.yaml").findings]
    assert "placeholder" not in rules
    assert "need-not-carried" not in rules


def test_a_load_test_makes_the_fleet_smaller() -> None:
    (workload,) = read_file(str(EXAMPLES / "fraud-scoring.yaml"))
    found = read_result(str(EXAMPLES / "fraud-scoring.load-test.json"))
    advice = advise(measured_workload(workload, [found]))
    assert advice.chosen is not None
    assert advice.chosen.plan is not None
    # 2,040 a minute are 34/s, x 0.5 = 17/s: two for 20/s, at 0.102 the cheapest pair of all.
    assert figure(advice.chosen.plan.usage, "instance_type") == "ml.c5.large"
    assert figure(advice.chosen.plan.usage, "instances") == 2
    assert not [each for each in advice.findings if each.rule == "measured-model"]
