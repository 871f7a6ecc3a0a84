"""What an hour and a request cost, and the requests at which both ways to pay cost the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from advisor.compare.compare import Comparison, compare
from advisor.pipeline import advise
from advisor.pricing.comparable import UnitCosts
from tests.planned import batch, facts_of, online

REQUESTS = {
    "payload": "1 KB", "response": "1 KB", "processing": "100 ms", "answer": "5 s",
    "cold_start": "tolerated", "encoding": "binary",
}  # fmt: skip
MODEL = {"memory": "1.5 GB", "size": "100 MB", "accelerator": "none"}
TWO = {"instance_type": "ml.m5.large", "instances": {"min": 2, "max": 2}}


def compared(**parts: Any) -> Comparison:
    document = {
        "region": "us-east-1",
        "requests": REQUESTS,
        "model": MODEL,
        "traffic": {"volume": "100k/month", "peak": "1/s", "pattern": "intermittent"},
        "deploy": TWO,
        **parts,
    }
    return compare(advise(facts_of(online(**document)).workload))


def units(found: Comparison, option: str) -> UnitCosts:
    (row,) = (each for each in found.rows if each.candidate.option == option)
    assert row.units is not None
    return row.units


def test_an_hour_of_a_fleet_and_what_it_serves() -> None:
    # 2 x 0.115; 2 vCPUs each at 100 ms are 2 x 2 x 600 a minute; 0.23 / (60 x 2400).
    found = units(compared(), "real-time")
    assert found.usd_per_hour == "0.23"
    assert found.requests_per_minute == "2400"
    assert found.usd_per_request_busy == "0.0000015972222222222222222"


def test_a_measured_throughput_goes_before_the_time_of_a_request() -> None:
    model = {**MODEL, "throughput": "570/min", "measured_on": "ml.m5.large"}
    assert units(compared(model=model), "real-time").requests_per_minute == "1140"


def test_a_request_on_serverless_is_its_time_and_its_data() -> None:
    # 0.1 s x 0.00004 + 2 x 1 KB / 1024 ** 2 KB x 0.016.
    found = units(compared(), "serverless")
    assert found.usd_per_hour is None
    assert (
        Decimal(found.usd_per_request_busy or 0) == Decimal("0.000004") + Decimal("0.032") / 2**20
    )


def test_requests_of_a_month_at_full_digits() -> None:
    # 100 k x (0.000004 + 0.0000000305...) = 0.403051..., in millionths of a USD.
    assert units(compared(), "serverless").usd_per_request == "0.00000403052"


def test_the_requests_at_which_both_cost_the_same() -> None:
    # 2 x 0.115 x 730 = 167.90 without any data, over what a request on serverless costs.
    found = compared()
    one = Decimal(units(found, "serverless").usd_per_request_busy or 0)
    met = found.break_even_requests["real-time"]
    assert float(met or 0) == pytest.approx(167.90 / float(one))
    assert set(found.break_even_requests) == {"real-time", "asynchronous"}


def test_hours_bring_the_break_even_down() -> None:
    traffic = {"volume": "100k/month", "peak": "1/s", "active": "73 h/month"}
    whole, tenth = compared(), compared(traffic=traffic)
    assert float(tenth.break_even_requests["real-time"] or 0) == pytest.approx(
        float(whole.break_even_requests["real-time"] or 0) / 10, rel=1e-6
    )


def test_endpoints_of_their_own_are_all_counted() -> None:
    many = {"model": {**MODEL, "count": 3}, "deploy": {**TWO, "hosting": "endpoint-each"}}
    found = compared(**many, decision={"option": "real-time", "because": "three teams"})
    assert units(found, "real-time").usd_per_hour == "0.69"  # 3 x 2 x 0.115
    # 3 x 2 x 83.95, and 0.0030517578 of data, over 100 k requests.
    assert float(units(found, "real-time").usd_per_request or 0) == pytest.approx(0.00503703052)


def test_an_hour_of_a_job() -> None:
    document = batch(
        region="us-east-1",
        requests={"processing": "100 ms"},
        dataset={"records": "10k", "size": "10 MB", "format": "jsonlines", "runs": "1/day"},
        model=MODEL,
        deploy={"instance_type": "ml.m5.large"},
    )
    found = units(compare(advise(facts_of(document).workload)), "batch-transform")
    assert found.usd_per_hour == "0.115"
    assert found.requests_per_minute is None


def test_nothing_is_said_of_a_price_that_is_not_known() -> None:
    found = units(compared(region="cn-north-1", deploy=TWO), "real-time")
    assert found == UnitCosts(
        usd_per_hour=None, requests_per_minute="2400", usd_per_request_busy=None,
        usd_per_request=None,
    )  # fmt: skip
