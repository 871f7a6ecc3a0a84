"""Table K, and break-even points: equal to a cent, and the order flips across them."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.costs import break_even
from advisor.costs.break_even import Crossing
from advisor.costs.monthly import total
from advisor.model import REAL_TIME, SERVERLESS
from advisor.prices import load
from advisor.queueing.scaling import instances_for_rate

US_EAST_1 = load("us-east-1", Path(__file__).resolve().parents[2] / "rules/prices")
CENT = Decimal("0.01")


def test_the_break_even_of_the_aws_toolkit() -> None:
    # 2048 MB at 0.00004/s, 0.016 a GiB, 100 ms, 10,000 bytes: 4e-6 + 1.49e-7 for one request.
    request = break_even.serverless_request("0.00004", "0.1", "0.016", 10_000)
    assert float(request) == pytest.approx(4.149011612e-6, rel=1e-9)
    fleet = Decimal("0.056") * 720
    assert fleet == Decimal("40.32")
    assert int(break_even.volume(fleet, request)) == 9_717_977
    busy = break_even.busy_seconds(fleet, "0.00004")
    assert busy == 1_008_000
    assert float(busy / (30 * 86400)) == pytest.approx(0.389, abs=5e-4)


def test_busy_share_at_which_an_instance_is_cheaper() -> None:
    # 0.056 / (3600 x 0.00004) = 0.3889, as above; half of it when one instance replaces two.
    assert float(break_even.busy_share("0.056", "0.00004")) == pytest.approx(0.388889, abs=1e-6)
    assert float(break_even.busy_share("0.056", "0.00004", 2)) == pytest.approx(0.194444, abs=1e-6)


def test_provisioning_threshold() -> None:
    # 0.00001 / (0.00004 - 0.0000233) = 0.598802
    found = break_even.provisioning_threshold("0.00001", "0.00004", "0.0000233")
    assert found is not None
    assert float(found) == pytest.approx(0.598802, abs=1e-6)
    assert break_even.provisioning_threshold("0.00001", "0.00002", "0.00002") is None


@pytest.mark.parametrize(
    ("instances", "start", "cheaper"),
    # A burst costs 300 s of start, the work, and 900 s of linger; a job its start per instance.
    [(1, 300, True), (4, 299, True), (4, 300, False), (4, 301, False)],
)
def test_batch_against_asynchronous(instances: int, start: int, cheaper: bool) -> None:
    found = break_even.batch_is_cheaper(
        runs=30, instances=instances, start_s=start, rate=100, records=10**6, wake_s=300,
        linger_s=900,
    )  # fmt: skip
    assert found is cheaper


def full_model(requests: int) -> dict[str, Decimal]:
    """Serverless against a fleet that grows: 0.5 s, 10 KB, 4 at once on an ml.m5.xlarge."""
    # The peak is three times the mean, and AWS's safety factor halves the 8/s of one instance.
    count = instances_for_rate(3 * requests / (730 * 3600), 4 / 0.5)
    load_facts = {"requests": requests, "bytes_in": 8192, "bytes_out": 2048}
    found = {
        SERVERLESS: total(
            SERVERLESS, {**load_facts, "memory_mb": 6144, "seconds": "0.5"}, US_EAST_1
        ),
        REAL_TIME: total(
            REAL_TIME, {**load_facts, "instance_type": "ml.m5.xlarge", "count": count}, US_EAST_1
        ),
    }
    return {option: cost.low for option, cost in found.items() if cost.low is not None}


def test_the_break_even_of_the_full_model() -> None:
    # One instance carries 4 / 3 a second in the mean, 3,504,000 requests a month.
    step = 3_504_000
    points = [0, *range(step, 4 * step, step), *range(step + 1, 4 * step, step)]
    found = [
        (c.below, c.above, c.before, c.after) for c in break_even.crossings(full_model, points)
    ]
    # Data costs both the same. One instance: 167.90 / (0.5 x 0.00012) = 2,798,333.3 requests;
    # two at 5,596,666.7; three at 8,395,000, where both cost 503.70 and the first is named.
    assert found == [
        (2_798_333, 2_798_334, SERVERLESS, REAL_TIME),
        (step, step + 1, REAL_TIME, SERVERLESS),
        (5_596_666, 5_596_667, SERVERLESS, REAL_TIME),
        (2 * step, 2 * step + 1, REAL_TIME, SERVERLESS),
        (8_395_000, 8_395_001, SERVERLESS, REAL_TIME),
        (3 * step, 3 * step + 1, REAL_TIME, SERVERLESS),
    ]
    costs = full_model(2_798_333)
    assert abs(costs[SERVERLESS] - costs[REAL_TIME]) < CENT


def _line(fixed: int, slope: int) -> Callable[[int], Decimal]:
    return lambda x: Decimal(fixed) + Decimal(slope) * x / 1000


lines = st.tuples(st.integers(min_value=0, max_value=10**5), st.integers(min_value=0, max_value=50))


@given(st.lists(lines, min_size=2, max_size=4), st.integers(min_value=1, max_value=10**7))
def test_every_crossing_of_lines_is_found_and_true(forms: list[tuple[int, int]], high: int) -> None:
    options = {f"option {number}": _line(*form) for number, form in enumerate(forms)}

    def cost_at(x: int) -> dict[str, Decimal]:
        return {option: form(x) for option, form in options.items()}

    found = list(break_even.crossings(cost_at, [0, high]))
    at = 0
    for crossing in found:
        assert crossing.above == crossing.below + 1
        assert break_even.cheapest(cost_at(at)) == crossing.before
        assert break_even.cheapest(cost_at(crossing.below)) == crossing.before
        assert break_even.cheapest(cost_at(crossing.above)) == crossing.after
        assert crossing.before is not None
        assert crossing.after is not None
        # The slopes are below 0.05 a unit, so one unit is worth at most five cents of either.
        costs = cost_at(crossing.below)
        assert 0 <= costs[crossing.after] - costs[crossing.before] <= 5 * CENT
        at = crossing.above
    assert break_even.cheapest(cost_at(at)) == break_even.cheapest(cost_at(high))
    # A concave envelope: no option comes back.
    order = [crossing.before for crossing in found]
    assert len(order) == len(set(order))


def test_a_fleet_that_grows_is_overtaken_more_than_once() -> None:
    # A fleet of 10 USD for each 1000 requests begun, against 8 USD + 4 USD a thousand:
    # 10 <= 8 + 0.004 x from 500 on, 20 > 8 + 0.004 x at 1000 (12), never again below.
    def cost_at(x: int) -> dict[str, Decimal]:
        return {"fleet": Decimal(10 * (x // 1000 + 1)), "use": 8 + Decimal(4) * x / 1000}

    points = [0, 999, 1000, 1999, 2000, 3000]
    found = list(break_even.crossings(cost_at, points))
    assert [(c.below, c.above, c.before, c.after) for c in found] == [
        (499, 500, "use", "fleet"),
        (999, 1000, "fleet", "use"),
    ]
    assert (found[0].usd_below, found[0].usd_above) == (Decimal("9.996"), Decimal(10))


def test_unknown_costs_are_no_competitors() -> None:
    def cost_at(x: int) -> dict[str, Decimal]:
        return {"known": Decimal(5)} if x >= 3 else {}

    assert list(break_even.crossings(cost_at, [0, 10])) == [
        Crossing(2, 3, None, "known", None, Decimal(5))
    ]


@given(
    st.integers(min_value=0, max_value=1000),
    st.integers(min_value=0, max_value=1000),
    st.integers(min_value=0, max_value=1000),
)
def test_the_smallest_value_that_holds(bound: int, low: int, high: int) -> None:
    low, high = sorted((low, high))
    found = break_even.solve(lambda x: x >= bound, low, high)
    assert found == (None if high < bound else max(low, bound))


def test_a_grid_over_orders_of_magnitude() -> None:
    assert break_even.grid(1, 10_000, 5) == (1, 10, 100, 1000, 10_000)
    assert break_even.grid(0, 100, 3) == (0, 1, 10, 100)
    assert break_even.grid(5, 6, 100) == (5, 6)
    assert break_even.grid(7, 7, 1) == (7,)
