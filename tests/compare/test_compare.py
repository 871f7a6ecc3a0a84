"""The options side by side: who may be used, what a thousand requests cost, break-even."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from advisor.compare.compare import ComparedOption, Comparison, compare
from advisor.model.options import REAL_TIME, SERVERLESS
from advisor.pipeline import advise
from advisor.text.quantity import MONTH_HOURS
from tests.planned import batch, facts_of, online
from tests.strategies import Document, documents, read

CENT = Decimal("0.01")
CALM: dict[str, Any] = {
    "region": "us-east-1",
    "environment": "test",
    "requests": {
        "payload": "10 KB", "response": "1 KB", "processing": "1 s", "answer": "10 s",
        "cold_start": "tolerated",
    },
    "traffic": {"pattern": "intermittent", "peak": "1/min", "volume": "1k/month"},
    "model": {"memory": "1 GB", "size": "200 MB", "accelerator": "none", "count": 1,
              "measured_on": "ml.m5.large", "concurrency": 2},
}  # fmt: skip


def compared(**parts: Any) -> Comparison:
    return compare(advise(facts_of(online(**{**CALM, **parts})).workload))


def row(found: Comparison, option: str) -> ComparedOption:
    (each,) = (each for each in found.rows if each.candidate.option == option)
    return each


def stands(found: Comparison, option: str) -> str:
    return row(found, option).candidate.standing.standing


def test_the_answer_comes_first_and_what_is_ruled_out_last() -> None:
    found = compared()
    assert [each.candidate.option for each in found.rows] == [
        "serverless", "real-time", "asynchronous", "batch-transform",
    ]  # fmt: skip
    standings = [each.candidate.standing.standing for each in found.rows]
    assert standings == ["chosen", "ranked-lower", "ranked-lower", "ruled-out"]


def test_every_usable_option_has_its_cost_and_latency() -> None:
    found = compared()
    for each in found.rows:
        usable = each.candidate.standing.standing != "ruled-out"
        assert (each.candidate.plan is not None) is usable
        assert (each.candidate.cost is not None) is usable
        assert (each.candidate.latency is not None) is usable
        assert (each.per_thousand is not None) is usable


def test_a_thousand_requests() -> None:
    # Real-time: 83.95 a month for 1,000 requests, and a hundredth of a cent of data.
    share = row(compared(), REAL_TIME).per_thousand
    assert share is not None
    assert share.usd_low == share.usd_high
    assert float(share.usd_low or 0) == pytest.approx(0.115 * 730, rel=1e-4)


def test_an_option_that_the_answer_time_excludes_is_not_priced() -> None:
    found = compared(requests={**CALM["requests"], "processing": "10 ms", "answer": "50 ms"})
    assert stands(found, "asynchronous") == "ranked-lower"
    assert row(found, "asynchronous").candidate.cost is None


def test_a_peaky_load_on_serverless_is_overtaken_by_a_queue_only() -> None:
    # 1/min of peak to 1,000 a month grows with the volume: real-time plans for 1/s on an instance,
    # so 60,000 a month cost 83.95 each, and 2.40 on serverless. A queue spreads it: one instance
    # does for long, and 83.95 / 0.00004 are 2.1 M requests; with its range about 2.6 M.
    found = compared()
    volumes = [each.crossing for each in found.break_evens if each.key == "traffic.volume"]
    assert [(each.before, each.after) for each in volumes] == [(SERVERLESS, "asynchronous")]
    assert isinstance(volumes[0].above.value, int)
    assert 2.1e6 < volumes[0].above.value / 84_000 < 2.7e6


def test_break_even_points_are_true() -> None:
    # An even load fills the instances: 1/s of peak to 2 M a month.
    even = {"pattern": "sustained", "peak": "1/s", "volume": "2M/month"}
    deploy = {"instance_type": "ml.m5.large", "instances": {"min": 1, "max": 1}}
    found = compared(traffic=even, deploy=deploy)
    volumes = [each for each in found.break_evens if each.key == "traffic.volume"]
    assert volumes
    for each in volumes:
        crossing = each.crossing
        before, after = crossing.before, crossing.after
        assert before is not None
        assert after is not None
        assert crossing.below.cheapest == before
        assert crossing.above.cheapest == after
        if crossing.jump:
            continue
        for outcome in (crossing.below, crossing.above):
            one, other = outcome.middle(before), outcome.middle(after)
            assert one is not None
            assert other is not None
            assert abs(one - other) <= CENT
    # 83.95 / (1 s x 0.00004) = 2,098,750 requests, which keep one environment 79.9 % busy.
    smooth = next(each for each in volumes if not each.crossing.jump)
    assert isinstance(smooth.crossing.above.value, int)
    assert smooth.crossing.above.value / 84_000 == pytest.approx(2_098_750, rel=1e-4)
    assert smooth.busy_share == pytest.approx(2_098_750 / (MONTH_HOURS * 3600), rel=1e-4)


def test_the_duration_at_which_the_order_turns() -> None:
    # 400,000 requests a month: 83.95 / (400,000 x 0.00004) = 5.247 s.
    even = {"pattern": "sustained", "peak": "0.2/s", "volume": "400k/month"}
    deploy = {"instance_type": "ml.m5.large", "instances": {"min": 1, "max": 1}}
    found = compared(traffic=even, deploy=deploy)
    (turn,) = (
        each for each in found.break_evens
        if each.key == "requests.processing" and not each.crossing.jump
    )  # fmt: skip
    assert turn.crossing.before == SERVERLESS
    assert turn.crossing.above.value == pytest.approx(5_246_875, rel=1e-3)


def test_what_nobody_stated_is_listed_with_the_break_even_points() -> None:
    requests = {"processing": "1 s", "answer": "10 s", "payload": "small"}
    found = compared(requests=requests, traffic={"pattern": "intermittent"})
    assert set(found.assumed) == {"traffic.volume", "requests.payload", "requests.response"}
    assert found.assumed["traffic.volume"] == "20/h"
    assert compared().assumed == {}


def test_batch_workloads_are_compared_over_their_records() -> None:
    workload = batch(
        region="us-east-1",
        dataset={"records": "1M", "runs": "1/day", "size": "1 GB", "format": "csv"},
        model={"memory": "1 GB", "throughput": "1000/s", "measured_on": "ml.m5.large"},
    )
    found = compare(advise(facts_of(workload).workload))
    assert [axis.key for axis in found.axes] == ["dataset.records"]
    assert all(each.busy_share is None for each in found.break_evens)
    # A run of a million takes 1,300 s with its start: 1,300 x 0.115 / 3600 for 1,000 thousands.
    share = found.rows[0].per_thousand
    assert share is not None
    assert float(share.usd_low or 0) == pytest.approx(1300 * 0.115 / 3600 / 1000, rel=0.05)


def test_records_that_are_not_known_are_no_axis() -> None:
    assert compare(advise(facts_of(batch()).workload)).axes == ()


def test_none_fits_is_still_compared() -> None:
    found = compared(requests={"payload": "2 GB", "processing": "1 s"})
    assert {stands(found, each.candidate.option) for each in found.rows} == {"ruled-out"}


@given(documents())
def test_any_workload_can_be_compared(document: Document) -> None:
    found = compare(advise(read(document)))
    assert len(found.rows) == 4
    for axis in found.axes:
        values = [point.value for point in axis.points]
        assert values == sorted(set(values))
    for each in found.break_evens:
        crossing = each.crossing
        assert isinstance(crossing.below.value, int)
        assert crossing.above.value == crossing.below.value + 1
        assert crossing.below.cheapest == crossing.before != crossing.after
        assert crossing.above.cheapest == crossing.after
