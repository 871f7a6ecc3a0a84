"""Changes of the cheapest option: equal to a cent or a step, and the order flips across them."""

from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.catalogue.price_snapshot import load
from advisor.compare.break_even import Turn, close, crossings, grid, nearest, turns
from advisor.compare.scenario import Outcome
from advisor.model.options import REAL_TIME, SERVERLESS
from advisor.model.usage import FleetUsage, ServerlessUsage, Traffic, known
from advisor.modelling.queueing.scaling import instances_for_rate
from advisor.pricing.monthly import Total, total

US_EAST_1 = load("us-east-1", Path(__file__).resolve().parents[2] / "rules/prices")
CENT = Decimal("0.01")


def outcome(value: int, costs: dict[str, Decimal]) -> Outcome:
    return Outcome(
        value=value,
        option=None,
        costs={option: Total(low=usd, high=usd) for option, usd in costs.items()},
    )


def full_model(requests: int) -> Outcome:
    """Serverless against a fleet that grows: 0.5 s, 10 KB, 4 at once on an ml.m5.xlarge."""
    # The peak is three times the mean, and AWS's safety factor halves the 8/s of one instance.
    count = instances_for_rate(3 * requests / (730 * 3600), 4 / 0.5)
    traffic = Traffic(requests=known(requests), bytes_in=known(8192), bytes_out=known(2048))
    serverless = ServerlessUsage(memory_mb=6144, traffic=traffic, seconds=known("0.5"))
    fleet = FleetUsage(instance_type="ml.m5.xlarge", count=known(count), traffic=traffic)
    found = {
        SERVERLESS: total(SERVERLESS, serverless, US_EAST_1),
        REAL_TIME: total(REAL_TIME, fleet, US_EAST_1),
    }
    return Outcome(value=requests, option=None, costs=found)


def test_the_break_even_of_the_full_model() -> None:
    # One instance carries 4 / 3 a second in the mean, 3,504,000 requests a month.
    step = 3_504_000
    points = sorted([0, *range(step, 4 * step, step), *range(step + 1, 4 * step, step)])
    found = list(crossings(full_model, points))
    # Data costs both the same. One instance: 167.90 / (0.5 x 0.00012) = 2,798,333.3 requests;
    # two at 5,596,666.7; three at 8,395,000, where both cost 503.70 and the first is named.
    assert [(c.below.value, c.above.value, c.before, c.after) for c in found] == [
        (2_798_333, 2_798_334, SERVERLESS, REAL_TIME),
        (step, step + 1, REAL_TIME, SERVERLESS),
        (5_596_666, 5_596_667, SERVERLESS, REAL_TIME),
        (2 * step, 2 * step + 1, REAL_TIME, SERVERLESS),
        (8_395_000, 8_395_001, SERVERLESS, REAL_TIME),
        (3 * step, 3 * step + 1, REAL_TIME, SERVERLESS),
    ]
    assert [c.jump for c in found] == [False, True, False, True, False, True]
    costs = full_model(2_798_333)
    usd = [costs.middle(option) for option in (SERVERLESS, REAL_TIME)]
    assert usd[0] is not None
    assert usd[1] is not None
    assert abs(usd[0] - usd[1]) < CENT


def _line(fixed: int, slope: int) -> Callable[[int], Decimal]:
    return lambda x: Decimal(fixed) + Decimal(slope) * x / 1000


lines = st.tuples(st.integers(min_value=0, max_value=10**5), st.integers(min_value=0, max_value=50))


@given(st.lists(lines, min_size=2, max_size=4), st.integers(min_value=1, max_value=10**7))
def test_every_crossing_of_lines_is_found_and_true(forms: list[tuple[int, int]], high: int) -> None:
    options = {f"option {number}": _line(*form) for number, form in enumerate(forms)}

    def at(x: int) -> Outcome:
        return outcome(x, {option: form(x) for option, form in options.items()})

    found = list(crossings(at, [0, high]))
    place = at(0)
    for crossing in found:
        assert crossing.above.value == int(str(crossing.below.value)) + 1
        assert place.cheapest == crossing.before == crossing.below.cheapest
        assert crossing.above.cheapest == crossing.after
        assert crossing.before is not None
        assert crossing.after is not None
        # The slopes are below 0.05 a unit, so one unit is worth at most five cents of either.
        before, after = (crossing.below.middle(o) for o in (crossing.before, crossing.after))
        assert before is not None
        assert after is not None
        assert 0 <= after - before <= 5 * CENT
        place = crossing.above
    assert place.cheapest == at(high).cheapest
    # A concave envelope: no option comes back.
    order = [crossing.before for crossing in found]
    assert len(order) == len(set(order))


def test_a_fleet_that_grows_is_overtaken_more_than_once() -> None:
    # A fleet of 10 USD for each 1000 requests begun, against 8 USD + 4 USD a thousand:
    # 10 <= 8 + 0.004 x from 500 on, 20 > 8 + 0.004 x at 1000 (12), never again below.
    def at(x: int) -> Outcome:
        return outcome(
            x, {"fleet": Decimal(10 * (x // 1000 + 1)), "use": 8 + Decimal(4) * x / 1000}
        )

    found = list(crossings(at, [0, 999, 1000, 1999, 2000, 3000]))
    assert [(c.below.value, c.above.value, c.before, c.after) for c in found] == [
        (499, 500, "use", "fleet"),
        (999, 1000, "fleet", "use"),
    ]
    assert (found[0].below.middle("use"), found[0].above.middle("fleet")) == (
        Decimal("9.996"),
        Decimal(10),
    )


def test_unknown_costs_are_no_competitors() -> None:
    def at(x: int) -> Outcome:
        return outcome(x, {"known": Decimal(5)} if x >= 3 else {})

    (found,) = crossings(at, [0, 10])
    assert (found.below.value, found.above.value) == (2, 3)
    assert (found.before, found.after, found.jump) == (None, "known", True)


@given(
    st.integers(min_value=1, max_value=10**6),
    st.integers(min_value=1, max_value=10**12),
    st.sampled_from([0.3, 1.0, 2.5]),
)
def test_closing_takes_a_few_steps_where_costs_are_smooth(
    fixed: int, root: int, power: float
) -> None:
    asked = 0

    def at(x: int) -> Outcome:
        nonlocal asked
        asked += 1
        use = Decimal(repr(fixed * (x / root) ** power))
        return outcome(x, {"use": use, "fleet": Decimal(fixed)})

    low, high = at(max(0, root // 2)), at(root * 2 + 1)
    low, high = close(at, low, high)
    assert high.value == int(str(low.value)) + 1
    assert (low.cheapest, high.cheapest) == ("use", "fleet")
    # Halving takes log2 of the width; the method never needs more than one step above that.
    assert asked - 2 <= (root * 3 // 2 + 2).bit_length() + 2


def test_closing_to_a_share_of_the_value_takes_less() -> None:
    def at(x: int) -> Outcome:
        return outcome(x, {"use": Decimal(x), "fleet": Decimal(700_000)})

    low, high = close(at, at(1), at(10**6), 0.01)
    assert isinstance(low.value, int)
    assert isinstance(high.value, int)
    assert low.value < 700_000 <= high.value <= low.value * 1.01


@pytest.mark.parametrize(
    ("start", "below", "before", "after"),
    [(100, 700, "use", "fleet"), (40_000, 700, "use", "fleet"), (10**9, None, "", "")],
)
def test_the_nearest_change_is_found_upward_and_downward(
    start: int, below: int | None, before: str, after: str
) -> None:
    def at(x: int) -> Outcome:
        return outcome(x, {"use": Decimal(x), "fleet": Decimal(700)})

    found = nearest(at, start, 0.0)
    if below is None:
        assert found is None
        return
    assert found is not None
    assert (found.below.value, found.before, found.after) == (below, before, after)


@given(
    st.integers(min_value=0, max_value=10**6),
    st.integers(min_value=1, max_value=10**15),
    st.integers(min_value=2, max_value=200),
)
def test_a_grid_is_even_by_factor(low: int, width: int, count: int) -> None:
    values = grid(low, low + width, count)
    assert (values[0], values[-1]) == (low, low + width)
    assert all(one < other for one, other in pairwise(values))
    assert len(values) <= count + 1


def test_a_grid_over_orders_of_magnitude() -> None:
    assert grid(1, 10_000, 5) == (1, 10, 100, 1000, 10_000)
    assert grid(0, 100, 3) == (0, 1, 10, 100)
    assert grid(5, 6, 100) == (5, 6)
    assert grid(7, 7, 1) == (7,)


def ranged(value: int, costs: dict[str, tuple[int, int]]) -> Outcome:
    return Outcome(
        value=value,
        option=None,
        costs={
            name: Total(low=Decimal(low), high=Decimal(high)) for name, (low, high) in costs.items()
        },
    )


def told(found: Turn) -> tuple[str | None, str | None, int | None, int | None]:
    return found.crossing.before, found.crossing.after, found.low, found.high


def test_every_two_options_have_their_break_even() -> None:
    # a = x, b = 100 + x / 2, c = 150: a = b at 200, a = c at 150, b = c at 100.
    def at(x: int) -> Outcome:
        return outcome(x, {"a": Decimal(x), "b": 100 + Decimal(x) / 2, "c": Decimal(150)})

    # Where two cost the same the one that is preferred counts as the cheaper.
    assert [told(each) for each in turns(at, [0, 1000])] == [
        ("a", "b", 200, 201),
        ("a", "c", 150, 151),
        ("b", "c", 100, 101),
    ]


def test_a_range_of_costs_gives_a_range_of_break_evens() -> None:
    # a = x; a fleet that scales costs 100 to 300, 200 in the middle: cheaper for certain below
    # 100, dearer for certain above 300.
    def at(x: int) -> Outcome:
        return ranged(x, {"a": (x, x), "fleet": (100, 300)})

    assert [told(each) for each in turns(at, [0, 1000])] == [("a", "fleet", 100, 301)]
    # Up to 250 nothing is certain above, and a that begins at 150 is never cheaper for certain.
    assert [told(each) for each in turns(at, [0, 250])] == [("a", "fleet", 100, None)]
    assert [told(each) for each in turns(at, [150, 1000])] == [("a", "fleet", None, 301)]


def test_what_is_unknown_or_not_there_has_no_break_even() -> None:
    def unknown(x: int) -> Outcome:
        found = ranged(x, {"a": (x, x), "b": (50, 50)})
        return found._replace(costs={**found.costs, "b": Total(low=Decimal(50), high=None)})

    assert list(turns(unknown, [0, 100])) == []

    def leaves(x: int) -> Outcome:
        return outcome(x, {"b": Decimal(5), **({"a": Decimal(1)} if x < 50 else {})})

    assert list(turns(leaves, [0, 100])) == []


@given(st.lists(lines, min_size=2, max_size=4), st.integers(min_value=1, max_value=10**6))
def test_a_break_even_is_between_both_sides(forms: list[tuple[int, int]], high: int) -> None:
    options = {f"option {number}": _line(*form) for number, form in enumerate(forms)}

    def at(x: int) -> Outcome:
        return outcome(x, {option: form(x) for option, form in options.items()})

    for each in turns(at, [0, high]):
        before, after, low, above = told(each)
        assert before is not None
        assert after is not None
        assert low is not None
        assert above == low + 1
        assert options[before](low) <= options[after](low)
        assert options[after](above) <= options[before](above)
