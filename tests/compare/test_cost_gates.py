"""Gates on money: what passes, what fails, and what there is to state or to use instead."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from advisor.compare.cost_gates import NOT_PROVEN, gated, judged, max_monthly
from advisor.model.advice import Advice, Cost, CostItem
from advisor.model.workload import Finding
from advisor.pipeline import advise
from tests.planned import STEADY, facts_of, online
from tests.strategies import Document, documents, read

OPEN_ABOVE = {key: value for key, value in STEADY["requests"].items() if key != "response"}
MONEY = ("over-budget", "over-max-monthly", "over-max-estimates", NOT_PROVEN)


def answer(**parts: Any) -> Advice:
    return advise(facts_of(online(**{**STEADY, **parts})).workload)


def money_findings(advice: Advice) -> list[Finding]:
    return [finding for finding in advice.findings if finding.rule in MONEY]


def cost(low: str | None, high: str | None, estimate: str | None = None) -> Cost:
    return Cost(
        usd_low=low,
        usd_high=high,
        usd_estimate=estimate,
        complete=low is not None,
        basis="",
        items=(),
    )


@pytest.mark.parametrize(
    ("low", "high", "judgement"),
    [
        ("10.00", "10.00", None),
        ("10.01", "10.01", ("over-max-monthly", "error")),
        ("10.01", None, ("over-max-monthly", "error")),
        ("9.00", "11.00", ("over-max-monthly", "warning")),
        ("9.00", None, (NOT_PROVEN, "error")),
        (None, None, (NOT_PROVEN, "error")),
    ],
)
def test_only_a_cost_that_is_shown_to_keep_within_a_gate_passes(
    low: str | None, high: str | None, judgement: tuple[str, str] | None
) -> None:
    finding = judged(max_monthly("10"), cost(low, high), ())
    assert (finding and (finding.rule, finding.severity)) == judgement
    if finding is not None:
        assert "the 10 of --max-monthly" in finding.message


@pytest.mark.parametrize(
    ("low", "high", "estimate", "message"),
    [
        ("10.01", None, "12.00", "about 12.00 USD a month, above the 10 of"),
        ("9.00", "11.00", None, "9.00-11.00 USD a month, and may be above the 10 of"),
        (
            "9.00",
            None,
            "12.00",
            "about 12.00 USD a month, which at the assumed values is above the 10 of",
        ),
        ("0.00", None, "0.32", "about 0.32 USD a month, and may be above the 10 of"),
        ("9.00", None, None, ">= 9.00 USD a month, and may be above the 10 of"),
        ("0.00", None, None, "an unknown amount a month, so it may be above"),
        (None, None, None, "an unknown amount a month, so it may be above"),
    ],
)
def test_the_words_for_a_cost_beside_a_gate(
    low: str | None, high: str | None, estimate: str | None, message: str
) -> None:
    finding = judged(max_monthly("10"), cost(low, high, estimate), ())
    assert finding is not None
    assert f"the plan costs {message}" in finding.message


@pytest.mark.parametrize(
    ("budget", "severity"),
    [("50 USD/month", "error"), ("74.46 USD/month", "error"), ("75 USD/month", None)],
)
def test_a_budget_that_the_whole_range_exceeds_is_an_error(
    budget: str, severity: str | None
) -> None:
    findings = money_findings(answer(budget=budget))
    assert [finding.severity for finding in findings] == ([severity] if severity else [])
    for finding in findings:
        assert f"above the budget of {budget}" in finding.message
        assert (finding.rule, finding.line) == ("over-budget", 1)


def test_a_budget_that_is_exceeded_names_the_option_that_keeps_within_it() -> None:
    # Serverless: 50,000 x 0.1 s x 0.00004 = 0.20, and some data; asynchronous runs an instance.
    (finding,) = money_findings(answer(budget="30 USD/month"))
    assert finding.fix.startswith("Serverless inference on 2048 MB")
    assert "costs 0.21 USD a month; it is ranked lower by the question gaps." in finding.fix
    assert "set decision.option to serverless" in finding.fix
    (finding,) = money_findings(answer(budget="0.10 USD/month"))
    assert "decision.option" not in finding.fix


def test_a_budget_that_a_part_of_the_range_exceeds_is_a_warning() -> None:
    scaled = {"traffic": {"pattern": "sustained", "peak": "40/s", "volume": "60M/month"}}
    advice = answer(**scaled, needs=["autoscaling"], budget="250 USD/month")
    assert advice.chosen is not None
    assert advice.chosen.cost is not None
    assert float(advice.chosen.cost.usd_low or 0) < 250 < float(advice.chosen.cost.usd_high or 0)
    (finding,) = money_findings(advice)
    assert (finding.rule, finding.severity) == ("over-budget", "warning")
    assert "may be above" in finding.message


def test_a_cost_without_an_end_fails_and_says_what_to_state() -> None:
    (finding,) = money_findings(answer(requests=OPEN_ABOVE, budget="100 USD/month"))
    assert (finding.rule, finding.severity) == (NOT_PROVEN, "error")
    assert finding.message.endswith("the budget of 100 USD/month: nothing bounds it")
    assert finding.fix.startswith("State requests.response")
    stated = {**OPEN_ABOVE, "response": "1 KB"}
    assert not money_findings(answer(requests=stated, budget="100 USD/month"))


@pytest.mark.parametrize("budget", ["<= 50 USD/month", "40 USD/month..50 USD/month"])
def test_of_a_ranged_budget_the_upper_end_counts(budget: str) -> None:
    (finding,) = money_findings(answer(budget=budget))
    assert "above the budget of 50 USD/month" in finding.message


def test_an_estimate_above_the_budget_is_told_from_one_below() -> None:
    # 74.46 for the instance; data without end, of which what is assumed is 1 MB and 100 KB a
    # request: 50,000 x (1 x 0.016 + 0.0977 x 0.016) / 1024 = 0.86, so about 75.32.
    requests = {"processing": "100 ms", "answer": "10 s", "cold_start": "tolerated"}
    (finding,) = money_findings(answer(requests=requests, budget="75 USD/month"))
    assert "about 75.32 USD a month, which at the assumed values is above" in finding.message
    (finding,) = money_findings(answer(requests=requests, budget="76 USD/month"))
    assert "about 75.32 USD a month, and may be above" in finding.message
    assert finding.severity == "error"


def test_a_missing_price_does_not_meet_a_budget() -> None:
    advice = answer(deploy={"instance_type": "ml.p6e-gb200.36xlarge"}, budget="500 USD/month")
    (finding,) = money_findings(advice)
    assert (finding.rule, finding.severity) == (NOT_PROVEN, "error")
    assert "no price is known for Instances ml.p6e-gb200.36xlarge" in finding.message
    assert "State another instance type" in finding.fix


def test_an_unknown_cost_that_is_allowed_warns() -> None:
    advice = answer(requests=OPEN_ABOVE, budget="100 USD/month")
    passed = gated(advice, most="90", estimates=None, allow_unknown=True)
    assert [(each.rule, each.severity) for each in money_findings(passed)] == [
        (NOT_PROVEN, "warning"),
        (NOT_PROVEN, "warning"),
    ]
    over = gated(advice, most="10", estimates=None, allow_unknown=True)
    assert ("over-max-monthly", "error") in {(each.rule, each.severity) for each in over.findings}


def item(usd: str, basis: str) -> CostItem:
    return CostItem(
        name="Instances",
        quantity="1",
        unit="hours",
        unit_price_usd=usd,
        usd_low=usd,
        usd_high=usd,
        basis=basis,
        source="",
        as_of="",
    )


@pytest.mark.parametrize(("most", "fails"), [("0.1", True), ("0.2", False), ("1", False)])
def test_the_share_of_a_cost_that_rests_on_estimated_prices(most: str, fails: bool) -> None:
    # 2 of 10 USD.
    items = (item("2", "stand-in:hosting"), item("8", "price-list"))
    advice = answer()
    assert advice.chosen is not None
    chosen = advice.chosen._replace(cost=cost("10", "10")._replace(items=items))
    others = tuple(each for each in advice.candidates if each.option != chosen.option)
    judged_by = gated(
        advice._replace(candidates=(chosen, *others)),
        most=None,
        estimates=most,
        allow_unknown=False,
    )
    found = [each.message for each in money_findings(judged_by)]
    assert found == (["20 % of the cost rests on estimated prices, and 10 % may"] if fails else [])


def test_a_finding_about_money_can_be_accepted() -> None:
    advice = answer(budget="50 USD/month", accept={"over-budget": "until the next quarter"})
    assert not money_findings(advice)
    assert [finding.rule for finding in advice.accepted] == ["over-budget"]


@given(documents())
def test_a_gate_passes_nothing_that_may_cost_more(document: Document) -> None:
    workload = read(document)
    plain = advise(workload)
    if plain.chosen is None or plain.chosen.cost is None:
        return
    found = gated(plain, most="100", estimates=None, allow_unknown=False)
    errors = [each for each in found.findings if each.rule in ("over-max-monthly", NOT_PROVEN)]
    high = plain.chosen.cost.usd_high
    assert bool(errors) == (high is None or Decimal(high) > 100)
