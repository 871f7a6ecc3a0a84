"""The load of a language model: whatever states it, plan and model are of the same one."""

from __future__ import annotations

from math import ceil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.engine.facts import Facts
from advisor.engine.model_types import fleets
from advisor.engine.named_model import tables
from advisor.model.advice import Advice
from advisor.model.usage import FleetUsage
from advisor.modelling import memory
from advisor.modelling.speed import Copy
from advisor.pipeline import advise
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.load import load
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


def test_more_than_the_budget_buys_no_speed() -> None:
    # No type that holds it costs less than 500 USD a month: the cheapest is taken, not the fastest.
    said = {**document(_8B, {"peak": "1/s"}, tokens=tokens()), "budget": "500 USD/month"}
    for prefer in ("latency", "cost"):
        found = placed(advise(read({**said, "prefer": prefer})))[1]
        assert found.instance_type == "ml.g6.2xlarge"


@given(
    st.sampled_from(["meta-llama/Llama-2-70b-chat-hf", "tiiuae/Falcon3-7B-Instruct", _8B["id"]]),
    st.sampled_from([{"first_byte": "200 ms"}, {"first_byte": "1 s"}, {"answer": "5 s"}]),
    st.sampled_from(["1/s", "20/s", "100/s"]),
)
def test_no_other_degree_that_keeps_the_targets_takes_fewer_instances(
    model: str, targets: dict[str, Any], peak: str
) -> None:
    facts = Facts(load(), read(document({"id": model}, {"peak": peak}, tokens=tokens(), **targets)))
    told, models, known = facts.workload.modelled, tables(facts), knowledge(facts.book.raw)
    assert told is not None
    for found in fleets(told.asked, models, known):
        if not found.kept or not found.certain:
            continue
        instance = known.catalogue.types[found.instance_type]
        device = models.accelerator(instance.accelerator_model, instance.accelerator_memory_mib)
        assert device is not None
        for degree in memory.degrees(told.asked.geometry, instance.accelerator_count or 1):
            copy = Copy(told.asked.geometry, told.asked.precision, device, degree, models.numbers)
            alone, copies = copy.running(told.asked.usual, 1), (instance.accelerator_count or 1)
            # One request at a time on each copy is the least that a degree carries.
            late = alone.first_token > (told.asked.first_byte_s or 1e9)
            late = late or alone.request > (told.asked.answer_s or 1e9)
            fit = memory.fit(
                told.asked.geometry,
                told.asked.precision,
                device,
                degree=degree,
                context=told.asked.context,
                numbers=models.numbers,
            )
            if not late and fit.fits == memory.YES:
                carries = alone.rate * (copies // degree) * known.numbers["batching-share"]
                most = max(told.asked.least, ceil(round(told.asked.rate / carries, 9)))
                assert found.instances <= most


@pytest.mark.parametrize("model", ["meta-llama/Llama-3.2-3B-Instruct", _8B["id"]])
@pytest.mark.parametrize("prefer", ["cost", "latency", None])
@pytest.mark.parametrize("traffic", [{"concurrent": 200}, {"concurrent": 20}, {}])
def test_the_type_is_chosen_for_as_many_instances_as_are_planned(
    model: str, prefer: str | None, traffic: dict[str, Any]
) -> None:
    # That it runs on a GPU tells of the traffic, and the traffic of the least number of instances.
    said = document({"id": model}, traffic, tokens={"input": 500, "output": 1000}, streaming=True)
    advice = advise(read({**said, **({"prefer": prefer} if prefer else {})}))
    told, found = placed(advice)
    assert advice.decision.option == "real-time"
    assert told.asked.least == 2
    assert instances(advice) == found.instances >= 2
