"""Break-evens in words, axes in one unit, and a table where a chart has no room."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.compare.break_even import turns
from advisor.compare.scenario import Outcome
from advisor.pricing.monthly import Total
from advisor.reports.cost_curves import along, chart, turned
from advisor.reports.terminal_chart import Canvas


def point(value: int, **costs: tuple[float, float]) -> Outcome:
    named = {name.replace("_", "-"): ends for name, ends in costs.items()}
    return Outcome(
        value=value,
        option=None,
        costs={
            name: Total(low=Decimal(str(low)), high=Decimal(str(high)))
            for name, (low, high) in named.items()
        },
    )


def told(costs: dict[str, tuple[float, float]], slope: str, points: list[int]) -> list[str]:
    """The break-evens of fixed costs with an option that costs its value."""

    def at(value: int) -> Outcome:
        return point(value, **costs, **{slope: (value, value)})

    return turned(list(turns(at, points)), "count")


def test_a_break_even_names_what_is_cheaper_on_both_sides() -> None:
    # serverless costs its value: the fleet of 200 wins from 201 on (equal goes to the preferred).
    assert told({"real_time": (200, 200)}, "serverless", [1, 1000]) == [
        "below 200 serverless, above real-time"
    ]


def test_a_cost_that_is_a_range_gives_a_range() -> None:
    fleet = {"real_time": (100.0, 300.0)}
    assert told(fleet, "serverless", [1, 1000]) == [
        "below 100 serverless, above 301 real-time, between them either"
    ]
    assert told(fleet, "serverless", [1, 250]) == ["below 100 serverless, above either"]
    assert told(fleet, "serverless", [150, 1000]) == ["above 301 real-time, below either"]
    assert told(fleet, "serverless", [150, 250]) == [
        "serverless or real-time everywhere, by the middle of their costs from 200 on real-time"
    ]


def test_a_fleet_that_grows_alternates() -> None:
    # 100 for each 100 begun, beside 75 + value / 2, which is 100 at 50 and below 200 until 200.
    def at(value: int) -> Outcome:
        fleet = 100 * (value // 100 + 1)
        use = 75 + value / 2
        return point(value, real_time=(fleet, fleet), serverless=(use, use))

    points = [0, 49, 50, 99, 100, 149, 150, 199, 250]
    (text,) = turned(list(turns(at, points)), "count")
    assert text == "serverless to 50, real-time to 100, serverless above"


def titled(values: list[int], kind: str, now: int | None = None) -> tuple[str, list[str]]:
    points = [point(value, serverless=(1, 1)) for value in values]
    found = along(points, "requests.processing", kind, now, "as stated")
    return found.title, [found.label(float(value)) for value in values]


@pytest.mark.parametrize(
    ("values", "kind", "title", "labels"),
    [
        # 0.6 ms to 4 h have their middle at 2.9 s.
        (
            [600, 14_400 * 10**6],
            "time",
            "requests.processing in s, log scale",
            ["0.0006", "14,400"],
        ),
        ([1, 1000], "count", "requests.processing, log scale", ["1", "1000"]),
        ([10**3, 10**9], "size", "requests.processing in KB, log scale", ["0.977", "976,562"]),
    ],
)
def test_an_axis_has_one_unit_and_says_its_scale(
    values: list[int], kind: str, title: str, labels: list[str]
) -> None:
    assert titled(values, kind) == (title, labels)


@given(
    st.lists(st.integers(1, 10**15), min_size=2, max_size=9, unique=True).map(sorted),
    st.sampled_from(["time", "size", "rate", "volume", "count", "share"]),
    st.builds(Canvas, st.integers(40, 200), st.booleans(), st.just(False)),
)
def test_a_chart_of_anything_keeps_to_its_width(
    values: list[int], kind: str, canvas: Canvas
) -> None:
    points = [
        point(each, serverless=(each / 1e6, each / 1e6), real_time=(50, 90)) for each in values
    ]
    found = along(points, "traffic.volume", kind, values[0], "as stated")
    lines = list(chart(points, found, canvas))
    assert all(len(line) <= canvas.width for line in lines)
    assert "log scale" in " ".join(" ".join(lines).split())
    assert canvas.unicode or "".join(lines).isascii()
    assert any("└" in line or "+--" in line for line in lines) == (canvas.width >= 60)


def test_a_narrow_terminal_has_a_table_of_the_same_costs() -> None:
    points = [point(value, serverless=(value, value), real_time=(50, 50)) for value in (1, 10, 100)]
    lines = list(
        chart(points, along(points, "dataset.records", "count", 10, "as stated"), Canvas(40))
    )
    # Five rows of three points: the ends and the middle, which stands for its neighbours.
    assert [line.split() for line in lines[-6:]] == [
        ["S", "R"],
        ["1", "1", "50"],
        ["1", "1", "50"],
        ["10", "10", "50"],
        ["10", "10", "50"],
        ["100", "100", "50"],
    ]


def test_nothing_known_is_no_chart() -> None:
    points = [point(1), point(10)]
    assert list(chart(points, along(points, "x", "count", None, ""), Canvas(80))) == []
