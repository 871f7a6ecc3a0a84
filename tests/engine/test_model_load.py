"""The load of a language model: whatever states it, plan and model are of the same one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.model.advice import Advice
from advisor.model.usage import FleetUsage
from advisor.pipeline import advise
from tests.engine.test_modelled import document, placed, plan_of, tokens
from tests.strategies import read

_8B = {"id": "meta-llama/Llama-3.1-8B-Instruct"}


def of(traffic: dict[str, Any], **requests: Any) -> Advice:
    return advise(read(document(_8B, traffic, tokens=tokens(), **requests)))


def instances(advice: Advice) -> int:
    usage = plan_of(advice).usage
    assert isinstance(usage, FleetUsage)
    return usage.instances


def test_requests_in_progress_alone_arrive_as_often_as_they_end() -> None:
    # 50 in progress, each of 19 s: 50 / 19 = 2.6 a second.
    told, found = placed(of({"concurrent": 50}))
    assert found.in_flight == pytest.approx(50)
    assert told.rate == pytest.approx(50 / found.request_s)


@pytest.mark.parametrize(
    ("traffic", "in_progress"),
    [
        ({"concurrent": 500, "peak": "1/s"}, True),  # 500 / 15 s are 33/s, more than 1/s
        ({"concurrent": 2, "peak": "50/s"}, False),  # at 50/s hundreds are in progress, not 2
        ({"concurrent": 50, "volume": "1M/day"}, False),  # 11.6/s on average
    ],
)
def test_the_heavier_of_both_counts(traffic: dict[str, Any], in_progress: bool) -> None:
    advice = of(traffic)
    _, found = placed(advice)
    assert (found.in_flight == pytest.approx(traffic["concurrent"])) is in_progress
    assert found.in_flight >= traffic["concurrent"]
    assert "conflict" in [each.rule for each in advice.findings]


@given(
    st.one_of(st.none(), st.integers(1, 6000).map(lambda rate: f"{rate}/min")),
    st.one_of(st.none(), st.integers(1, 4000).map(lambda rate: f"{rate}k/day")),
    st.one_of(st.none(), st.integers(1, 3000)),
    st.sampled_from([{}, {"first_byte": "900 ms", "streaming": True}, {"answer": "20 s"}]),
)
def test_plan_model_and_littles_law_agree(
    peak: str | None, volume: str | None, concurrent: int | None, targets: dict[str, Any]
) -> None:
    said = {"peak": peak, "volume": volume, "concurrent": concurrent}
    advice = of({key: value for key, value in said.items() if value is not None}, **targets)
    told, found = placed(advice)
    assert found.in_flight == pytest.approx(told.rate * found.request_s)
    assert found.in_flight >= (concurrent or 0) * 0.999
    if advice.decision.option == "real-time":
        assert instances(advice) == found.instances


@pytest.mark.parametrize("targets", [{"first_byte": "5 ms", "streaming": True}, {"answer": "9 ms"}])
def test_a_time_that_no_type_keeps_buys_no_instance_for_each_request(
    targets: dict[str, Any],
) -> None:
    # 50 a second are some hundred in progress, which two or three instances carry.
    advice = of({"peak": "50/s"}, **targets)
    _, found = placed(advice)
    assert (found.kept, found.instances <= 4) == (False, True)
    (missed,) = [each for each in advice.findings if each.rule == "target-missed"]
    assert "at best" in missed.message


def test_who_prefers_latency_pays_two_and_a_half_times_for_half_the_time() -> None:
    # Two ml.g6.2xlarge take 16.2 s for 1,784 USD, two ml.g7e.2xlarge 3.4 s for 6,138: a fifth of
    # the time for 3.4 times the price. Eight H100 take 1.9 s for 92,412 USD: 15 times for half.
    said = document(_8B, {"peak": "1/s"}, tokens=tokens())
    fast = placed(advise(read({**said, "prefer": "latency"})))[1]
    plain = placed(advise(read(said)))[1]
    assert (plain.instance_type, fast.instance_type) == ("ml.g6.2xlarge", "ml.g7e.2xlarge")
    rich = {**said, "prefer": "latency", "budget": "100000 USD/month"}
    assert placed(advise(read(rich)))[1].instance_type == "ml.p5.48xlarge"
