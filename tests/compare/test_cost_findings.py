"""Findings about money: severities, figures, and the volume at which two options meet."""

from __future__ import annotations

import re
from typing import Any

import pytest

from advisor.compare.cost_findings import beyond
from advisor.model.advice import Advice, Cost
from advisor.model.workload import Finding
from advisor.pipeline import advise
from tests.planned import batch, facts_of, online

STEADY: dict[str, Any] = {
    "region": "us-east-1",
    "environment": "test",
    "requests": {
        "payload": "10 KB", "response": "1 KB", "processing": "100 ms", "answer": "10 s",
        "cold_start": "tolerated",
    },
    "traffic": {"pattern": "sustained", "peak": "1/s", "volume": "50k/month"},
    "model": {"memory": "1 GB", "size": "200 MB", "accelerator": "none", "count": 1},
}  # fmt: skip


def answer(**parts: Any) -> Advice:
    return advise(facts_of(online(**{**STEADY, **parts})).workload)


def found(advice: Advice, rule: str) -> list[Finding]:
    return [finding for finding in advice.findings if finding.rule == rule]


def test_an_option_that_costs_less_is_told_with_both_figures_and_the_question() -> None:
    # Real-time: 0.102 x 730 = 74.46. Serverless: 50,000 x 0.1 s x 0.00004 = 0.20, and some data.
    advice = answer()
    assert advice.decision.option == "real-time"
    (finding,) = found(advice, "cheaper-option")
    assert finding.severity == "info"
    assert finding.message.startswith("Serverless inference on 2048 MB, at most ")
    assert "would cost 0.21 instead of 74.47 USD a month on 1 x ml.c6i.large" in finding.message
    assert "It is ranked lower by the question gaps. " in finding.message


def test_the_volume_beyond_which_the_cheaper_one_does_not_serve() -> None:
    # 200 in progress of 100 ms are 2,000/s, 2,000 times the stated peak, so 100 M a month; there
    # real-time has grown all the way: each 500 k a month cost 83.95, and 2 on serverless.
    (finding,) = found(answer(), "cheaper-option")
    assert finding.message.endswith("the question gaps. It is not available above 100M/month")


def test_the_volume_at_which_both_cost_the_same() -> None:
    # One instance by the stated bounds, 83.95; serverless 5 s x 0.00004 = 0.0002 a request; data
    # costs both the same: 83.95 / 0.0002 = 419,750 requests.
    slow = {"payload": "1 KB", "response": "1 KB", "processing": "5 s", "answer": "30 s"}
    even = {"pattern": "sustained", "peak": "0.3/s", "volume": "700k/month"}
    deploy = {"instance_type": "ml.m5.large", "instances": {"min": 1, "max": 1}}
    advice = answer(requests=slow, traffic=even, deploy=deploy)
    assert advice.decision.option == "real-time"
    assert not found(advice, "cheaper-option")
    fewer = {"pattern": "sustained", "peak": "0.3/s", "volume": "300k/month"}
    (finding,) = found(answer(requests=slow, traffic=fewer, deploy=deploy), "cheaper-option")
    volume = re.search(r"Both cost the same at about ([\d.]+)k/month$", finding.message)
    assert volume is not None
    assert float(volume[1]) == pytest.approx(419.75, rel=0.003)


def test_where_cost_is_preferred_it_warns_and_stands_beside_the_answer() -> None:
    advice = answer(prefer="cost")
    (finding,) = found(advice, "cheaper-option")
    assert finding.severity == "warning"
    assert finding.line == 1
    assert " Serverless inference on 2048 MB" in advice.summary
    assert advice.summary.endswith("USD a month on 1 x ml.c6i.large.")
    assert "would cost" not in answer().summary


def test_a_decision_is_named_as_what_prefers_the_dearer_one() -> None:
    decision = {"option": "real-time", "because": "contract"}
    advice = answer(decision=decision, traffic={"pattern": "intermittent", "volume": "5/day"})
    (finding,) = found(advice, "cheaper-option")
    assert "It is open, decision.option is real-time; the rules would" in finding.message


def test_the_cheapest_option_gives_no_finding() -> None:
    calm = {"pattern": "intermittent", "volume": "5/day"}
    advice = answer(traffic=calm)
    assert advice.decision.option == "serverless"
    assert not found(advice, "cheaper-option")


def test_costs_that_overlap_give_no_finding() -> None:
    # Without a response size nothing bounds what serverless costs.
    requests = {key: value for key, value in STEADY["requests"].items() if key != "response"}
    assert not found(answer(requests=requests), "cheaper-option")


@pytest.mark.parametrize(
    ("budget", "severity"),
    [("50 USD/month", "error"), ("74.46 USD/month", "error"), ("75 USD/month", None)],
)
def test_a_budget_that_the_whole_range_exceeds_is_an_error(
    budget: str, severity: str | None
) -> None:
    findings = found(answer(budget=budget), "over-budget")
    assert [finding.severity for finding in findings] == ([severity] if severity else [])
    for finding in findings:
        assert f"above the budget of {budget}" in finding.message
        assert finding.line == 1


def test_a_budget_that_a_part_of_the_range_exceeds_is_a_warning() -> None:
    # One to six instances, 83.95 to what the load makes of it.
    scaled = {"traffic": {"pattern": "sustained", "peak": "40/s", "volume": "60M/month"}}
    advice = answer(**scaled, needs=["autoscaling"], budget="250 USD/month")
    assert advice.chosen is not None
    assert advice.chosen.cost is not None
    assert float(advice.chosen.cost.usd_low or 0) < 250 < float(advice.chosen.cost.usd_high or 0)
    (finding,) = found(advice, "over-budget")
    assert finding.severity == "warning"
    assert "may be above" in finding.message


def test_a_cost_without_an_end_is_a_note_on_what_to_state() -> None:
    requests = {key: value for key, value in STEADY["requests"].items() if key != "response"}
    (finding,) = found(answer(requests=requests, budget="100 USD/month"), "over-budget")
    assert (finding.severity, "requests.response" in finding.fix) == ("info", True)


@pytest.mark.parametrize("budget", ["<= 50 USD/month", "40 USD/month..50 USD/month"])
def test_of_a_ranged_budget_the_upper_end_counts(budget: str) -> None:
    (finding,) = found(answer(budget=budget), "over-budget")
    assert "above the budget of 50 USD/month" in finding.message


def test_a_price_that_is_not_known_is_said_to_be_missing() -> None:
    advice = answer(region="eu-west-1", deploy={"instance_type": "ml.r6i.large"})
    (finding,) = found(advice, "price-unknown")
    assert finding.message.startswith(
        "no price is known in eu-west-1 for Instances ml.r6i.large, so the cost of real-time"
    )
    assert finding.fix.endswith("sm-advise prices refresh --region eu-west-1")
    assert not found(advice, "over-budget")


def test_stand_ins_are_counted() -> None:
    advice = advise(
        facts_of(
            batch(region="us-east-1", dataset={"records": "1M", "runs": "1/day"},
                  model={"throughput": "100/s", "memory": "1 GB"})
        ).workload
    )  # fmt: skip
    (finding,) = found(advice, "estimated-price")
    assert finding.message == "1 of 1 prices in us-east-1 are estimates (hosting)"


def test_a_finding_about_money_can_be_accepted() -> None:
    advice = answer(budget="50 USD/month", accept={"over-budget": "until the next quarter"})
    assert not found(advice, "over-budget")
    assert [finding.rule for finding in advice.accepted] == ["over-budget"]


def test_none_fits_costs_nothing() -> None:
    advice = answer(requests={"payload": "2 GB", "processing": "1 s"}, budget="1 USD/month")
    assert advice.decision.option is None
    assert all(candidate.cost is None for candidate in advice.candidates)
    assert not {"over-budget", "estimated-price"} & {each.rule for each in advice.findings}


def cost(low: str | None, high: str | None) -> Cost:
    return Cost(usd_low=low, usd_high=high, complete=low is not None, basis="", items=())


@pytest.mark.parametrize(
    ("low", "high", "severity"),
    [
        ("10.00", "10.00", None),
        ("10.01", "10.01", "error"),
        ("10.01", None, "error"),
        ("9.00", "11.00", "warning"),
        ("9.00", None, "warning"),
        (None, None, "warning"),
    ],
)
def test_the_gate_on_a_month(low: str | None, high: str | None, severity: str | None) -> None:
    finding = beyond(cost(low, high), "10", "--max-monthly")
    assert (finding.severity if finding else None) == severity
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
def test_an_amount_is_met_only_where_the_whole_range_keeps_within(
    low: str | None, high: str | None, estimate: str | None, message: str
) -> None:
    finding = beyond(cost(low, high)._replace(usd_estimate=estimate), "10", "--max-monthly")
    assert finding is not None
    assert f"the plan costs {message}" in finding.message


def test_an_estimate_above_the_budget_warns_and_is_no_error() -> None:
    # 74.46 for the instance; data without end, of which what is assumed is 1 MB and 100 KB a
    # request: 50,000 x (1 x 0.016 + 0.0977 x 0.016) / 1024 = 0.86, so about 75.32.
    requests = {"processing": "100 ms", "answer": "10 s", "cold_start": "tolerated"}
    (finding,) = found(answer(requests=requests, budget="75 USD/month"), "over-budget")
    assert finding.severity == "warning"
    assert "about 75.32 USD a month, which at the assumed values is above" in finding.message
    (finding,) = found(answer(requests=requests, budget="76 USD/month"), "over-budget")
    assert finding.severity == "info"
    assert "about 75.32 USD a month, and may be above" in finding.message


def test_a_missing_price_does_not_meet_a_budget() -> None:
    (finding,) = found(
        answer(
            region="eu-west-1", deploy={"instance_type": "ml.r6i.large"}, budget="500 USD/month"
        ),
        "over-budget",
    )
    assert finding.severity == "info"
    assert "so it may be above the budget of 500 USD/month" in finding.message
