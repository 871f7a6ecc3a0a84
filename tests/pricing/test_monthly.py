"""Properties of a monthly cost: it adds up, it is monotone, and its range contains every case."""

from decimal import Decimal, getcontext, localcontext
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.catalogue.price_snapshot import load
from advisor.model.advice import Cost
from advisor.model.options import ASYNCHRONOUS, BATCH_TRANSFORM, OPTIONS, REAL_TIME, SERVERLESS
from advisor.pricing.amounts import total_of, usd
from advisor.pricing.monthly import EXCLUDED
from advisor.text.money_format import figure
from tests.usages import cost

SHIPPED = Path(__file__).resolve().parents[2] / "rules/prices"
US_EAST_1 = load("us-east-1", SHIPPED)
EU_WEST_1 = load("eu-west-1", SHIPPED)

MILLIONTH = Decimal("0.000001")

counts = st.integers(min_value=0, max_value=20)
amounts = st.integers(min_value=0, max_value=10**10)
times = st.decimals(min_value=0, max_value=10**4, places=3)
shares = st.decimals(min_value=0, max_value=1, places=3)
plans = st.fixed_dictionaries(
    {
        "instance_type": st.sampled_from(["ml.m5.xlarge", "ml.g5.xlarge"]),
        "memory_mb": st.sampled_from([1024, 2048, 3072, 4096, 5120, 6144]),
        "requests": amounts,
        "seconds": times,
        "bytes_in": amounts,
        "bytes_out": amounts,
        "count": counts,
        "job_hours": times,
        "runs": amounts,
        "volume_gb": st.integers(min_value=0, max_value=512),
        "provisioned": st.integers(min_value=0, max_value=10),
        "provisioned_share": shares,
    }
)
options = st.sampled_from(OPTIONS)


def _text(text: str | None) -> str:
    assert text is not None
    return text


def _usd(text: str | None) -> Decimal:
    assert text is not None
    return Decimal(text)


def _point(found: Cost) -> Decimal:
    assert found.usd_low == found.usd_high
    return _usd(found.usd_low)


@given(options, plans)
def test_items_add_up_to_the_total(option: str, plan: dict[str, Any]) -> None:
    found = cost(option, plan, US_EAST_1)
    assert found.complete
    # Items of less than a millionth keep two digits; the sum is given to a millionth.
    for end in ("usd_low", "usd_high"):
        items = (_usd(getattr(item, end)) for item in found.items)
        assert usd(total_of(items)) == getattr(found, end)
    assert _point(found) >= 0


@given(
    options,
    plans,
    st.sampled_from(["requests", "seconds", "bytes_in", "bytes_out", "count", "job_hours", "runs"]),
    st.integers(min_value=1, max_value=10**6),
)
def test_more_of_anything_never_costs_less(
    option: str, plan: dict[str, Any], key: str, more: int
) -> None:
    before = _point(cost(option, plan, US_EAST_1))
    after = _point(cost(option, {**plan, key: plan[key] + more}, US_EAST_1))
    assert after >= before


@given(plans, st.sampled_from([1024, 2048, 3072, 4096, 5120]))
def test_more_memory_never_costs_less(plan: dict[str, Any], memory: int) -> None:
    less, more = (
        _point(cost(SERVERLESS, {**plan, "memory_mb": size}, US_EAST_1))
        for size in (memory, memory + 1024)
    )
    assert more >= less


@given(options, plans, plans, st.data())
def test_the_range_contains_the_cost_of_every_completion(
    option: str, one: dict[str, Any], other: dict[str, Any], data: st.DataObject
) -> None:
    ranged, completed = dict(one), dict(one)
    for key in ("requests", "seconds", "bytes_in", "bytes_out", "count", "job_hours", "runs",
                "provisioned_share"):  # fmt: skip
        low, high = sorted((one[key], other[key]))
        del ranged[key]
        ranged[f"{key}_low"], ranged[f"{key}_high"] = low, high
        if isinstance(low, int):
            completed[key] = data.draw(st.integers(min_value=low, max_value=high))
        else:
            completed[key] = data.draw(st.decimals(min_value=low, max_value=high, places=3))
    found = cost(option, ranged, US_EAST_1)
    assert _usd(found.usd_low) <= _point(cost(option, completed, US_EAST_1)) <= _usd(found.usd_high)


def test_a_card_fraud_endpoint() -> None:
    # 2 x 0.204 x 730 = 297.84; 200 M x 2 KB = 381.47 GB in and x 200 B = 37.25 GB out at 0.016.
    facts = {
        "instance_type": "ml.c5.xlarge", "count": 2,
        "requests": 200_000_000, "bytes_in": 2048, "bytes_out": 200,
    }  # fmt: skip
    found = cost(REAL_TIME, facts, US_EAST_1)
    assert [(item.name, item.quantity, item.unit, item.usd_low) for item in found.items] == [
        ("Instances ml.c5.xlarge", "1460", "instance-hour", "297.84"),
        ("Data in", "381.469727", "GB", "6.103516"),
        ("Data out", "37.252903", "GB", "0.596046"),
    ]
    assert (found.usd_low, found.basis, found.widest) == ("304.539562", "derived, price-list", "")
    assert found.notes[-1] == EXCLUDED
    assert any("Savings Plans" in note for note in found.notes)


def test_a_missing_price_is_unknown_and_not_zero() -> None:
    facts = {"instance_type": "ml.x9.large", "count": 2, "requests": 1000, "bytes_in": 1024**2}
    found = cost(REAL_TIME, facts, US_EAST_1)
    assert (found.usd_low, found.usd_high, found.complete) == (None, None, False)
    instances, data, _ = found.items
    assert (instances.unit_price_usd, instances.usd_low, instances.basis) == (None, None, "unknown")
    assert data.usd_low == "0.015625"  # 1000 MB are 0.9766 GB at 0.016
    assert "No price is known in us-east-1 for: Instances ml.x9.large." in found.notes
    assert any("sm-advise prices refresh --region us-east-1" in note for note in found.notes)


def test_stand_ins_are_counted_and_explained() -> None:
    facts = {
        "memory_mb": 2048,
        "requests": 150,
        "seconds": 2,
        "bytes_in": 51200,
        "bytes_out": 20480,
    }
    found = cost(SERVERLESS, facts, load("sa-east-1", SHIPPED))
    # 150 x 2 s x 0.00004 as listed, and 0.0072 + 0.0029 GB at the 0.016 of us-east-1.
    assert found.items[0].usd_low == "0.012"
    assert [item.basis for item in found.items] == ["price-list", *["stand-in:other-region"] * 2]
    assert "2 of 3 prices are estimates." in found.notes
    assert any(note.startswith("estimate:other-region: The three Regions") for note in found.notes)
    assert any("sm-advise prices refresh --region sa-east-1" in note for note in found.notes)


def test_what_nobody_stated_has_no_upper_end() -> None:
    found = cost(SERVERLESS, {"memory_mb": 1024, "seconds": 1}, US_EAST_1)
    assert (found.usd_low, found.usd_high, found.complete) == ("0.00", None, True)
    assert found.items[0].quantity == ">=0"
    assert found.widest == "traffic.volume"
    assert "No upper bound is stated for: Requests 1024 MB, Data in, Data out." in found.notes


def test_the_fact_that_widens_the_range_most_is_named() -> None:
    facts = {
        "memory_mb": 1024, "requests_low": 10**6, "requests_high": 2 * 10**6,
        "seconds_low": "0.1", "seconds_high": "0.9", "bytes_in": 0, "bytes_out": 0,
    }  # fmt: skip
    found = cost(SERVERLESS, facts, US_EAST_1)
    # 2 to 36 USD; one million requests leave 2 to 18, 0.1 s leaves 2 to 4.
    assert (found.usd_low, found.usd_high) == ("2.00", "36.00")
    assert found.items[0].quantity == "100000..1800000"
    assert found.widest == "requests.processing"
    renamed = cost(SERVERLESS, {**facts, "origins": {"seconds": "model.memory"}}, US_EAST_1)
    assert renamed.widest == "model.memory"


def test_a_fleet_between_two_sizes() -> None:
    facts = {"instance_type": "ml.m5.xlarge", "count_low": 2, "count_high": 6, "requests": 0}
    found = cost(REAL_TIME, facts, US_EAST_1)
    assert (found.usd_low, found.usd_high, found.widest) == ("335.80", "1007.40", "traffic.peak")
    # Known hours replace count x 730.
    scaled = cost(
        REAL_TIME, {**facts, "instance_hours_low": 1460, "instance_hours_high": 2000}, US_EAST_1
    )
    assert (scaled.usd_low, scaled.usd_high, scaled.widest) == (
        "335.80",
        "460.00",
        "traffic.volume",
    )


def test_provisioned_concurrency_takes_the_lower_levels() -> None:
    facts = {
        "memory_mb": 2048, "requests": 1_314_000, "seconds": 1, "bytes_in": 0, "bytes_out": 0,
        "provisioned": 1,
    }  # fmt: skip
    found = cost(SERVERLESS, facts, US_EAST_1)
    # 730 x 3600 x 0.00001 = 26.28 kept warm. 1,314,000 s are half of the month: one environment is
    # busy for 1 - exp(-0.5) = 39.35 % of it, 1,034,040 s at 0.0000233, and 279,960 s at 0.00004.
    assert [figure(_text(item.usd_low)) for item in found.items] == ["26.28", "24.09", "11.20"]
    # In half of the time the load is 1, and 1 - exp(-1) = 63.21 % of that half: 830,614 s.
    halved = cost(SERVERLESS, {**facts, "active_share": 0.5}, US_EAST_1)
    assert [figure(_text(item.usd_low)) for item in halved.items] == ["26.28", "19.35", "19.34"]
    # Without a volume, anything from none to all of the work may fall on it.
    open_ended = cost(SERVERLESS, {"memory_mb": 2048, "provisioned": 1}, US_EAST_1)
    assert (open_ended.usd_low, open_ended.usd_high) == ("26.28", None)


def test_provisioned_concurrency_that_follows_the_load() -> None:
    facts = {
        "memory_mb": 2048, "requests": 1_314_000, "seconds": 1, "bytes_in": 0, "bytes_out": 0,
        "provisioned": 9, "scaled_from": 1, "kept_busy": 0.5,
    }  # fmt: skip

    def warm(**more: Any) -> tuple[str | None, str | None]:
        item = cost(SERVERLESS, {**facts, **more}, US_EAST_1).items[0]
        return figure(_text(item.usd_low)), figure(_text(item.usd_high or ""))

    # Busy for half of the month, kept half busy: at least one all month, 2,628,000 s x 0.00001 =
    # 26.28, and at most that and as much again.
    assert warm() == ("26.28", "52.56")
    # Three times the work: 1,314,000 x 3 / 0.5 = 7,884,000 s = 78.84, and 26.28 more.
    assert warm(requests=3 * 1_314_000) == ("78.84", "105.12")
    # Never more than nine all month: 236.52.
    assert warm(requests=100 * 1_314_000) == ("236.52", "236.52")
    assert warm(scaled_from=None) == ("236.52", "236.52")


def test_a_fleet_that_scales_with_its_load() -> None:
    # Embeddings: 2 to 3.395 instances in the mean (test_hours), 1.408 an hour.
    facts = {
        "instance_type": "ml.g5.xlarge", "count_low": 2, "count_high": 5, "minimum": 2,
        "maximum": 10, "rate": 2000, "rate_of_one": 450, "requests": 2_200_000_000,
        "bytes_in": 0, "bytes_out": 0,
    }  # fmt: skip
    found = cost(REAL_TIME, facts, US_EAST_1)
    assert (found.usd_low, figure(_text(found.usd_high))) == ("2055.68", "3,489.75")
    # Without a peak the fleet may be anything between the counts.
    unknown = cost(REAL_TIME, {**facts, "rate": None}, US_EAST_1)
    assert (unknown.usd_low, unknown.usd_high) == ("2055.68", "5139.20")
    # Without a volume the peak bounds it.
    del facts["requests"]
    unbounded = cost(REAL_TIME, facts, US_EAST_1)
    assert unbounded.items[0].usd_high == "5139.20"


def test_a_fleet_at_zero_whose_times_are_unknown() -> None:
    facts = {"instance_type": "ml.m5.xlarge", "count_low": 0, "count_high": 3, "minimum": 0,
             "maximum": 3, "requests": 100, "bytes_in": 0, "bytes_out": 0}  # fmt: skip
    found = cost(ASYNCHRONOUS, facts, US_EAST_1)
    assert (found.usd_low, found.usd_high) == ("0.00", "503.70")


scaled_plans = st.fixed_dictionaries(
    {
        "instance_type": st.just("ml.m5.xlarge"),
        "memory_mb": st.just(2048),
        "seconds": st.floats(min_value=0.001, max_value=60),
        "bytes_in": st.just(1000),
        "bytes_out": st.just(1000),
        "provisioned": st.integers(min_value=0, max_value=5),
        "minimum": st.integers(min_value=0, max_value=3),
        "maximum": st.integers(min_value=4, max_value=9),
        "rate": st.floats(min_value=0.01, max_value=1000),
        "rate_of_one": st.floats(min_value=0.1, max_value=100),
        "processing_s": st.floats(min_value=0.001, max_value=600),
        "workers": st.integers(min_value=1, max_value=4),
        "linger_s": st.just(900),
        "wake_s": st.floats(min_value=1, max_value=900),
        "active_share": st.sampled_from([0.1, 0.5, 1.0]),
    }
)


@given(
    st.sampled_from([REAL_TIME, ASYNCHRONOUS, SERVERLESS]),
    scaled_plans,
    st.lists(st.integers(min_value=0, max_value=10**8), min_size=3, max_size=3),
)
def test_scaled_fleets_are_monotone_and_ranges_hold_every_volume(
    option: str, plan: dict[str, Any], volumes: list[int]
) -> None:
    low, middle, high = sorted(volumes)
    costs = [
        cost(option, {**plan, "requests": volume}, US_EAST_1) for volume in (low, middle, high)
    ]
    for before, after in pairwise(costs):
        # What a model computes in binary is right to the last digit but not beyond.
        assert _usd(before.usd_low) <= _usd(after.usd_low) + MILLIONTH
        assert _usd(before.usd_high) <= _usd(after.usd_high) + MILLIONTH
    ranged = cost(option, {**plan, "requests_low": low, "requests_high": high}, US_EAST_1)
    assert _usd(ranged.usd_low) <= _usd(costs[1].usd_low) + MILLIONTH
    assert _usd(ranged.usd_high) >= _usd(costs[1].usd_high) - MILLIONTH


def test_nightly_jobs() -> None:
    # (1600 + 300) s = 0.527778 h on one instance, 30 nights, 0.23: 3.641667.
    facts = {"instance_type": "ml.m5.xlarge", "count": 1, "job_hours": "0.527778", "runs": 30}
    found = cost(BATCH_TRANSFORM, facts, US_EAST_1)
    assert found.usd_low == "3.641668"
    assert found.items[0].basis == "stand-in:hosting"


def test_asynchronous_data_has_its_own_price() -> None:
    facts = {
        "instance_type": "ml.g6e.2xlarge", "instance_hours": 10, "requests": 1,
        "bytes_in": 1024**3, "bytes_out": 0,
    }  # fmt: skip
    found = cost(ASYNCHRONOUS, facts, US_EAST_1)
    assert [item.usd_low for item in found.items] == ["28.026", "0.02"]


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"instance_type": "ml.m5.xlarge", "count": -1}, "count cannot be -1"),
        (
            {"instance_type": "ml.m5.xlarge", "count_low": 3, "count_high": 2},
            r"count cannot be 3\.\.2",
        ),
    ],
)
def test_impossible_quantities_are_a_bug(facts: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cost(REAL_TIME, facts, US_EAST_1)


def test_the_callers_decimal_context_changes_nothing() -> None:
    facts = {
        "instance_type": "ml.c5.xlarge", "count": 2,
        "requests": 200_000_000, "bytes_in": 2048, "bytes_out": 200,
    }  # fmt: skip
    with localcontext(getcontext().copy()) as context:
        context.prec = 3
        assert cost(REAL_TIME, facts, US_EAST_1).usd_low == "304.539562"
