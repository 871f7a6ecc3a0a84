"""What a plan costs in the hours that are stated alone, beside what it costs all month."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.model.advice import Cost
from advisor.pipeline import advise
from tests.planned import facts_of, online

MODEL = {"memory": "1 GB", "size": "100 MB", "accelerator": "none"}
REQUESTS = {
    "payload": "1 KB", "response": "1 KB", "processing": "50 ms", "answer": "1 s",
    "cold_start": "avoid",
}  # fmt: skip


def cost(traffic: dict[str, Any], option: str = "real-time", **parts: Any) -> Cost:
    document = {
        "region": "us-east-1",
        "requests": REQUESTS,
        "model": MODEL,
        "traffic": {"volume": "1k/month", **traffic},
        "decision": {"option": option, "because": "it is priced"},
        **parts,
    }
    advice = advise(facts_of(online(**document)).workload)
    assert advice.chosen is not None
    assert advice.chosen.option == option
    assert advice.chosen.cost is not None
    return advice.chosen.cost


ONE: dict[str, Any] = {
    "deploy": {"instance_type": "ml.m5.xlarge", "instances": {"min": 1, "max": 1}}
}


@pytest.mark.parametrize(
    ("traffic", "hours", "usd"),
    [
        ({"active": "160 h/month"}, "160", "36.80"),  # x 0.23
        ({"active": "84 h/week"}, "365", "83.95"),  # half of 730 h
        ({"windows": "business hours"}, "173.809524", "39.97619"),  # 40 of 168 h
        ({"windows": [{"days": "mon-fri", "hours": "8-18"}]}, "217.261905", "49.970238"),
    ],
)
def test_instances_by_the_hour(traffic: dict[str, Any], hours: str, usd: str) -> None:
    found = cost(traffic, **ONE)
    assert found.items[0].usd_low == "167.90"  # 730 x 0.23 all month
    less = found.part_time
    assert less is not None
    assert less.hours == hours
    assert less.items[0].usd_low == less.items[0].usd_high == usd
    assert "schedule of your own" in less.note
    assert ("UTC" in less.note) == ("windows" in traffic)


def test_the_windows_are_the_schedule() -> None:
    windows = [{"days": "mon-tue", "hours": "8-18"}, {"days": "sat", "hours": "22-2"}]
    less = cost({"windows": windows, "timezone": "Europe/Berlin"}, **ONE).part_time
    assert less is not None
    assert less.note == (
        "Delete and create it on a schedule of your own: mon, tue 8:00-18:00; sat 22:00-2:00,"
        " Europe/Berlin."
    )


def test_a_range_of_hours_is_a_range_of_cost() -> None:
    less = cost({"active": "73 h/month..146 h/month"}, **ONE).part_time
    assert less is not None
    assert less.hours == "73..146"
    assert (less.usd_low, less.usd_high) == ("16.79003", "33.58003")  # and 2 MB of data


def test_the_low_end_of_at_most_some_hours_is_nothing_but_the_data() -> None:
    scaled: dict[str, Any] = {
        "deploy": {"instance_type": "ml.m5.xlarge", "instances": {"min": 1, "max": 4}}
    }
    for parts in (ONE, scaled):
        less = cost({"active": "<= 73 h/month", "peak": "5/s"}, **parts).part_time
        assert less is not None
        assert less.hours == "0..73"
        assert less.usd_low == "0.00003"


@pytest.mark.parametrize("traffic", [{}, {"active": "24 h/day"}, {"active": ">= 8 h/day"}])
def test_without_hours_there_is_nothing_to_save(traffic: dict[str, Any]) -> None:
    assert cost(traffic, **ONE).part_time is None


def test_what_is_paid_by_use_counts_the_hours_already() -> None:
    on_demand = {**REQUESTS, "cold_start": "tolerated"}
    hours = {"active": "8 h/day"}
    assert cost(hours, "serverless", requests=on_demand).part_time is None
    asleep: dict[str, Any] = {
        "requests": {**on_demand, "answer": "1 h"},
        "needs": ["scale-to-zero"],
    }
    assert cost(hours, "asynchronous", **asleep).part_time is None


def test_environments_are_kept_warm_in_the_hours_alone() -> None:
    warmed: dict[str, Any] = {
        "model": {**MODEL, "memory": "1.5 GB"},
        "needs": ["provisioned-concurrency"],
    }
    found = cost({"active": "73 h/month"}, "serverless", **warmed)
    warm = next(item for item in found.items if "kept warm" in item.name)
    less = found.part_time
    assert less is not None
    tenth = next(item for item in less.items if "kept warm" in item.name)
    assert float(tenth.usd_low or 0) == pytest.approx(float(warm.usd_low or 0) / 10)
    assert "Provision concurrency in the hours only" in less.note


def test_a_scaled_fleet_serves_its_month_in_fewer_hours() -> None:
    # 4 vCPUs at 50 ms are 80/s, x 0.5 = 40/s planned; 73 h of 80/s on average are 2 instances.
    scaled: dict[str, Any] = {
        "deploy": {"instance_type": "ml.m5.xlarge", "instances": {"min": 1, "max": 4}}
    }
    traffic = {"volume": "21024000/month", "peak": "160/s", "active": "73 h/month"}
    less = cost(traffic, **scaled).part_time
    assert less is not None
    low, _, high = less.items[0].quantity.partition("..")
    assert float(low) == pytest.approx(2 * 73)
    assert 2 * 73 <= float(high) <= 4 * 73


@given(
    st.integers(1, 729),
    st.integers(1, 6),
    st.sampled_from(["1k/month", "1M/month", ">=1k/month"]),
    st.booleans(),
)
def test_fewer_hours_never_cost_more(hours: int, most: int, volume: str, scaled: bool) -> None:
    instances = {"min": 1 if scaled else most, "max": most}
    deploy = {"instance_type": "ml.m5.xlarge", "instances": instances}
    traffic = {"volume": volume, "peak": "30/s"}
    found = [
        cost({**traffic, "active": f"{each} h/month"}, deploy=deploy)
        for each in (hours, (hours + 730) // 2)
    ]
    for each in found:
        assert each.part_time is not None
        assert float(each.part_time.items[0].usd_low or 0) <= float(each.items[0].usd_low or 0)
    few, many = (each.part_time.items[0] for each in found if each.part_time is not None)
    assert float(few.usd_high or 0) <= float(many.usd_high or 0) + 0.000001
