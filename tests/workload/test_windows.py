"""``traffic.windows``: what is accepted, and the time with traffic that follows."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.model.errors import InputError
from advisor.model.workload import DAYS, Workload, minutes_covered
from advisor.text.quantity import WEEK, parse, show
from advisor.workload import read_workloads


def read(windows: str, rest: str = "") -> Workload:
    text = f"name: a\nrequests: {{arrival: online}}\ntraffic:\n  windows: {windows}\n{rest}"
    (workload,) = read_workloads(text.encode(), "w.yaml")
    return workload


def active(windows: str) -> str:
    found = read(windows).interval("traffic.active")
    assert found is not None
    return show(found, "share")


@pytest.mark.parametrize(
    ("windows", "time"),
    [
        ("[{days: mon-fri, hours: 8-18}]", "50 h/week"),  # 5 x 10
        ("business hours", "40 h/week"),  # 5 x 8
        ("[{hours: 9-17}]", "8 h/day"),  # every day
        ("[{hours: 0-24}]", "24 h/day"),
        ("[{days: mon, hours: 8-8}]", "24 h/week"),  # until the same hour of the next day
        ("[{days: 'sat, sun', hours: 22-2}]", "8 h/week"),  # over midnight, 2 x 4
        ("[{days: sun, hours: '23:30-1'}]", "90 min/week"),  # into monday
        ("[{days: fri-mon, hours: 6-7}]", "4 h/week"),  # over the end of the week
        # The hour that two windows share counts once: 8 to 13 on one day.
        ("[{days: mon, hours: 8-12}, {days: mon, hours: 11-13}]", "5 h/week"),
    ],
)
def test_the_time_that_windows_cover(windows: str, time: str) -> None:
    found = active(windows)
    assert parse(found, "share") == parse(time, "share")


def test_a_stated_time_stays() -> None:
    workload = read("[{hours: 8-18}]", "  active: 4 h/day\n")
    assert workload.interval("traffic.active") == parse("4 h/day", "share")


def test_the_time_has_the_place_of_the_windows() -> None:
    workload = read("business hours")
    assert workload.place("traffic.active") == workload.place("traffic.windows") == ("w.yaml", 4, 3)


@pytest.mark.parametrize(
    ("windows", "message"),
    [
        ("weekends", "traffic.windows: 'weekends' names no hours"),
        ("[]", "traffic.windows: the list has 0 items"),
        ("[{days: mon}]", "traffic.windows[1]: hours is missing"),
        ("[{hours: 8-25}]", "traffic.windows[1].hours: '8-25' is not accepted"),
        ("[{hours: '24:30-2'}]", "traffic.windows[1].hours: '24:30-2' is not accepted"),
        ("[{days: mondai, hours: 8-9}]", "traffic.windows[1].days: 'mondai' is not accepted"),
        ("9-5", "traffic.windows[1]: 9-5 may end in the afternoon or on the next day"),
        ("[{day: mon, hours: 8-9}]", "'day' is not a key of traffic.windows[1]"),
    ],
)
def test_what_is_refused(windows: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read(windows)
    assert str(caught.value).startswith("w.yaml:4:")
    assert message in str(caught.value)


days = st.lists(st.sampled_from(DAYS), min_size=1, max_size=4).map(", ".join)
times = st.tuples(st.integers(0, 24), st.integers(0, 24)).filter(
    lambda hours: not (0 < hours[1] < hours[0] and 6 <= hours[0] < 12)  # 9-5 may end at 17
)


@given(st.lists(st.tuples(days, times), min_size=1, max_size=4))
def test_any_windows_cover_between_the_longest_and_the_sum(
    drawn: list[tuple[str, tuple[int, int]]],
) -> None:
    items: list[Any] = [f"{{days: '{on}', hours: {start}-{end}}}" for on, (start, end) in drawn]
    workload = read(f"[{', '.join(items)}]")
    windows = workload.values["traffic.windows"].value
    each = [minutes_covered((window,)) for window in windows]
    assert max(each) <= minutes_covered(windows) <= min(sum(each), 7 * 24 * 60)
    found = workload.interval("traffic.active")
    assert found is not None
    assert found.low == found.high == minutes_covered(windows) * 60_000_000 <= WEEK


def test_a_time_zone_that_does_not_exist_is_refused() -> None:
    if not available_timezones():
        pytest.skip("this machine has no list of time zones")
    text = b"name: a\nrequests: {arrival: online}\ntraffic: {timezone: Europe/Berln}\n"
    with pytest.raises(InputError) as caught:
        read_workloads(text, "w.yaml")
    assert "'Europe/Berln' is not a time zone" in str(caught.value)
    assert caught.value.hint == "did you mean Europe/Berlin?"
