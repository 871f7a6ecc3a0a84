"""Unstated facts that move size and cost: which, in what order, and that the figures hold."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings

from advisor.compare.cost_unknowns import weighed
from advisor.model.advice import Advice
from advisor.pipeline import advise
from advisor.pricing.plan_cost import in_brief
from tests.planned import batch, facts_of, online
from tests.strategies import Document, documents, read


def answer(parts: dict[str, Any]) -> Advice:
    return weighed(advise(facts_of(parts).workload))


def test_a_run_of_which_the_time_of_a_record_is_unknown() -> None:
    # 20 M records a night: a tenth and ten times of the assumed 100 ms a record.
    advice = answer(
        batch(
            region="us-east-1",
            dataset={"records": "20M", "size": "30 GB", "runs": "1/day", "deadline": "4h"},
            model={"size": "200 MB", "memory": "500 MB"},
        )
    )
    assert advice.cost_unknowns is not None
    first = advice.cost_unknowns[0]
    assert (first.fact, first.assumed) == ("requests.processing", "100 ms")
    assert [each.value for each in first.outcomes] == ["10 ms", "1 s"]
    low, high = (each.cost for each in first.outcomes)
    assert low is not None
    assert high is not None
    assert float(high.usd_low or 0) > 50 * float(low.usd_low or 1)


def test_what_is_stated_moves_nothing() -> None:
    stated = online(
        region="us-east-1",
        environment="test",
        requests={"payload": "10 KB", "response": "1 KB", "processing": "50 ms", "answer": "1 s",
                  "cold_start": "avoid"},
        traffic={"pattern": "sustained", "peak": "5/s", "volume": "1M/month", "active": "24 h/day"},
        model={"size": "100 MB", "memory": "500 MB", "image_size": "1 GB", "startup": "20 s",
               "disk": "1 MB"},
    )  # fmt: skip
    assert answer(stated).cost_unknowns == ()


def test_nothing_is_weighed_where_none_fits() -> None:
    none_fits = online(requests={"payload": "2 GB", "processing": "1 s"})
    assert answer(none_fits).cost_unknowns == ()


@settings(max_examples=30)
@given(documents())
def test_what_a_value_leads_to_is_what_stating_it_gives(document: Document) -> None:
    advice = weighed(advise(read(document)))
    for unknown in advice.cost_unknowns or ():
        for outcome in unknown.outcomes:
            stated = advise(read(document, [(unknown.fact, outcome.value)]))
            assert stated.decision.option == outcome.option
            if stated.chosen is not None and stated.chosen.plan is not None:
                assert in_brief(stated.chosen.plan) == outcome.runs_on
                assert stated.chosen.cost == outcome.cost
