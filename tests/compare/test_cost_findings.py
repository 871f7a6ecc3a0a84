"""Findings about money: severities, figures, and the volume at which two options meet."""

from __future__ import annotations

import re
from typing import Any

import pytest

from advisor.model.advice import Advice
from advisor.model.workload import Finding
from advisor.pipeline import advise
from tests.planned import STEADY, batch, facts_of, online


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


def test_like_is_compared_with_like() -> None:
    # In production real-time runs 2 x ml.m5.large, 167.90; asynchronous plans one, and two cost as
    # much, so it is no cheaper option.
    parts = {"environment": "production", "needs": ["vpc"]}
    advice = answer(**parts)
    costs = {each.option: each.cost.usd_low for each in advice.candidates if each.cost is not None}
    assert advice.decision.option == "real-time"
    assert float(costs["asynchronous"] or 0) < float(costs["real-time"] or 0)
    assert not found(advice, "cheaper-option")


def test_estimated_prices_warn_where_a_gate_is_set() -> None:
    batches = {"dataset": {"records": "1M", "runs": "1/day"}, "budget": "500 USD/month"}
    workload = facts_of(batch(region="us-east-1", **batches)).workload
    (finding,) = found(advise(workload), "estimated-price")
    assert finding.severity == "warning"


def test_none_fits_costs_nothing() -> None:
    advice = answer(requests={"payload": "2 GB", "processing": "1 s"}, budget="1 USD/month")
    assert advice.decision.option is None
    assert all(candidate.cost is None for candidate in advice.candidates)
    assert not {"over-budget", "estimated-price"} & {each.rule for each in advice.findings}


def test_hours_that_are_only_a_number_cannot_be_scheduled() -> None:
    # 40 of 168 h a week: 74.46 x 40 / 168 = 17.73, and some data.
    traffic = {**STEADY["traffic"], "pattern": "periodic", "active": "40 h/week"}
    known: dict[str, Any] = {"decision": {"option": "real-time", "because": "it is measured"}}
    (finding,) = found(answer(traffic=traffic, **known), "hours-without-windows")
    assert finding.severity == "info"
    assert "the plan costs 17.74 USD a month" in finding.message
    assert "traffic.windows" in finding.fix
    del traffic["active"]
    scheduled = {**traffic, "windows": "business hours"}
    assert not found(answer(traffic=scheduled, **known), "hours-without-windows")
    assert not found(answer(**known), "hours-without-windows")
