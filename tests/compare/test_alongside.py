"""Every plan has its times, and what a need alone rules out has a price."""

from __future__ import annotations

from advisor.compare.compare import alongside
from tests.reports.answers import example


def test_a_need_is_priced_and_a_broken_limit_is_not() -> None:
    before, after = example("fraud-scoring"), alongside(example("fraud-scoring"))
    found = {each.option: each for each in after.candidates}
    # Serverless lacks the private network and data capture, and would serve the requests.
    assert found["serverless"].cost is not None
    assert found["serverless"].standing.standing == "ruled-out"
    # Requests that come one by one are no job, at any price.
    assert found["batch-transform"].plan is None
    assert after.chosen == before.chosen
    assert after.decision == before.decision


def test_each_plan_has_its_times() -> None:
    for each in alongside(example("fraud-scoring")).candidates:
        assert (each.latency is None) == (each.plan is None)
