"""One load: what is assumed agrees with what is stated, and moving one fact moves the others."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from advisor.engine import one_load
from advisor.engine.decision_cells import Neighbourhood
from advisor.engine.facts import Facts
from advisor.engine.one_load import IN_PROGRESS, MEAN_WITHIN_PEAK, PEAK_WITHIN_BURST, mean_time
from advisor.engine.verify.coherent import coherent
from advisor.model.errors import InputError
from advisor.model.workload import Interval
from advisor.rulebook.formulas import IN_FLIGHT_UNIT
from advisor.rulebook.load import load
from advisor.text.quantity import WEEK, show
from tests import planned
from tests.strategies import Document, put, read

BOOK = load()
RULES = BOOK.load
PATTERNS = ("sustained", "diurnal", "periodic", "intermittent", "spiky", "unpredictable")


def powers(least: int, most: int) -> st.SearchStrategy[int]:
    """Numbers over many magnitudes, each magnitude as likely as another."""
    return st.integers(least, most).flatmap(lambda bits: st.integers(2**bits, 2 ** (bits + 1)))


# Values that a file can hold, in base units: up to a million requests a second, a day, a week.
VALUES: dict[str, st.SearchStrategy[int]] = {
    "requests.processing": powers(7, 36),
    "traffic.peak": powers(20, 57),
    "traffic.volume": powers(20, 57),
    "traffic.active": powers(30, 38),
    "traffic.concurrent": powers(0, 20),
}


def text(path: str, value: int) -> str:
    return show(Interval(value, value), BOOK.fact[path].kind)


@st.composite
def loads(draw: st.DrawFn) -> Document:
    """A file that states some of the load, and little else."""
    document: Document = {"name": "load", "requests": {"arrival": "online"}}
    for path in draw(st.sets(st.sampled_from(sorted(VALUES)))):
        put(document, path, text(path, draw(VALUES[path])))
    if draw(st.booleans()):
        put(document, "traffic.pattern", draw(st.sampled_from(PATTERNS)))
    if draw(st.booleans()):
        put(document, "requests.answer", draw(st.sampled_from(["50 ms", "interactive", "relaxed"])))
    return document


def facts_of(document: Document, *changes: tuple[str, str]) -> Facts:
    return Facts(BOOK, read(document, changes))


def free(document: Document) -> list[str]:
    return [path for path in VALUES if read(document).stated(path) is None]


# -- coherent --------------------------------------------------------------------------------------


@given(loads())
def test_the_assumed_point_keeps_what_holds_of_every_load(document: Document) -> None:
    facts = facts_of(document)
    point, dropped = facts.point, facts.dropped
    active, time, peak, volume, concurrent = (point[each] for each in RULES.places)
    if not dropped & MEAN_WITHIN_PEAK:
        assert volume * WEEK <= peak * active
    burst = RULES.bursts[point[RULES.pattern]]
    if burst and not dropped & PEAK_WITHIN_BURST and not facts.is_stated("traffic.pattern"):
        burst = 0  # an assumed pattern bounds only what is assumed after it
    if burst and not dropped:
        # A volume is rounded up at most once: to a request of 84,000 a month.
        assert peak * active <= burst * (volume + 1) * WEEK
    if facts.is_stated("traffic.concurrent") and not dropped & IN_PROGRESS:
        both = facts.is_stated("traffic.peak") and facts.is_stated("requests.processing")
        spread = RULES.spread if both else 1
        least, most = sorted((peak * time, (peak + 1) * (time + 1)))
        assert least <= (concurrent + 1) * IN_FLIGHT_UNIT * spread
        assert (concurrent - 1) * IN_FLIGHT_UNIT <= most * spread  # at least one


@given(loads())
def test_what_is_stated_never_moves(document: Document) -> None:
    facts = facts_of(document)
    for path in VALUES:
        stated = facts.workload.interval(path)
        if stated is not None:
            assert facts.point[BOOK.index[path]] == stated.low


@given(loads(), st.data())
def test_to_state_a_fact_is_to_move_it(document: Document, data: st.DataObject) -> None:
    paths = free(document)
    assume(paths)
    path = data.draw(st.sampled_from(paths))
    value = data.draw(VALUES[path])
    here = Neighbourhood(facts_of(document))
    handle = next((each for each in here.handles() if each.id == path), None)
    variables = handle.variables if handle is not None else (BOOK.index[path],)
    stated = facts_of(document, (path, text(path, value)))
    assert here.facts.moved(dict.fromkeys(variables, (value, value))) == stated.point


@given(loads(), st.data())
def test_each_cell_has_the_answer_of_its_values(document: Document, data: st.DataObject) -> None:
    here = Neighbourhood(facts_of(document))
    handles = [each for each in here.handles() if each.id in VALUES]
    assume(handles)
    handle = data.draw(st.sampled_from(handles))
    cells = here.cells(handle)
    value = data.draw(VALUES[handle.id])
    cell = next((each for each in cells if each.low <= value <= each.high), None)
    if cell is not None:
        stated = Neighbourhood(facts_of(document, (handle.id, text(handle.id, value))))
        assert stated.option == cell.option


@given(loads(), st.data())
def test_to_state_an_assumed_value_changes_no_answer(
    document: Document, data: st.DataObject
) -> None:
    """For all that the pattern is not assumed from; and for the pattern with them."""
    here = Neighbourhood(facts_of(document))
    facts = here.facts
    changes = [
        (path, text(path, facts.point[BOOK.index[path]]))
        for path in free(document)
        if path != "traffic.concurrent"
    ]
    if not facts.is_stated("traffic.pattern"):
        changes.append(("traffic.pattern", facts.taken("traffic.pattern")))
    else:
        changes = changes and [data.draw(st.sampled_from(changes))]
    try:
        stated = facts_of(document, *changes)
    except InputError as error:  # an assumed peak may be above the largest that a file may state
        assert "is too large" in str(error)  # noqa: PT017 - any other error is one
        return
    assert Neighbourhood(stated).option == here.option


def test_the_verifier_finds_an_assumption_that_ignores_a_peak(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proved = {"coherent": 0}
    assert list(coherent(BOOK, proved)) == []
    assert proved["coherent"] > 1000
    monkeypatch.setattr(one_load, "assume", lambda *_: None)
    message, witness = next(coherent(BOOK, {"coherent": 0}))
    assert message == "what is assumed of the load contradicts it"
    assert "traffic." in witness


# -- by hand ---------------------------------------------------------------------------------------


def taken(text_of_traffic: str, **requests: str) -> dict[str, Any]:
    document: Document = {"name": "load", "requests": {"arrival": "online", **requests}}
    for each in filter(None, text_of_traffic.split("; ")):
        key, value = each.split(": ")
        put(document, f"traffic.{key}", value)
    facts = facts_of(document)
    names = ("peak", "volume", "active", "concurrent")
    shown = {name: facts.text(BOOK.index[f"traffic.{name}"]) for name in names}
    return {**shown, "time": facts.text(BOOK.mean), "dropped": facts.dropped}


@pytest.mark.parametrize(
    ("traffic", "processing", "expected"),
    [
        # Nothing stated: 20/h, three times of it at the peak.
        ("", None, {"volume": "20/h", "peak": "1/min", "active": "24 h/day"}),
        # Sustained (assumed from 10/s on): at most five times the mean, 10,000 / 5.
        ("peak: 10000/s", None, {"volume": "2000/s"}),
        # 10,000/min in 16 of 24 hours are at least 10,000 x 2/3 / 5 = 1,333.3/min.
        ("pattern: periodic; peak: 10000/min; active: 16 h/day", "50 ms", {"volume": "80k/h"}),
        # After long gaps a thousand times the mean: 20/min would allow 1.2/h, so 20/h stay.
        ("pattern: intermittent; peak: 20/min", "40 s", {"volume": "20/h"}),
        # 2/day at most at the peak, so no more over time.
        ("pattern: spiky; peak: 2/day", None, {"volume": "2/day"}),
        # 30 in progress at 4/s take 7.5 s each; at 100 ms each they come at 300/s.
        ("concurrent: 30; peak: 4/s", None, {"time": "7.5 s"}),
        ("concurrent: 30; pattern: spiky", "100 ms", {"peak": "300/s"}),
        # A stated value never moves: 40/s cannot be the mean of a peak of 10/s.
        ("peak: 10/s; volume: 40/s", None, {"peak": "10/s", "dropped": MEAN_WITHIN_PEAK}),
        ("peak: 10/s; concurrent: 100", "1 s", {"concurrent": "100", "dropped": IN_PROGRESS}),
        ("peak: 10/s; concurrent: 15", "1 s", {"concurrent": "15", "dropped": 0}),
        # A peak of 100 times the mean of sustained traffic: it comes in 5 % of the week.
        ("pattern: sustained; peak: 100/s; volume: 1/s", None, {"active": "1.2 h/day"}),
    ],
)
def test_a_load_is_assumed_so_that_it_agrees(
    traffic: str, processing: str | None, expected: dict[str, Any]
) -> None:
    found = taken(traffic, **({"processing": processing} if processing else {}))
    assert {key: found[key] for key in expected} == expected


def test_the_mean_is_that_of_a_log_normal_time() -> None:
    # ln(25) = 3.2189 is 2.3263 standard deviations of 1.3837; exp(1.3837**2 / 2) = 2.6046.
    assert mean_time(200_000, 5_000_000) == pytest.approx(520_909, abs=1)
    assert mean_time(200_000, 200_000) == 200_000
    assert mean_time(0, 100) == 0
    # The ratio counts up to 100: ln(100) / 2.3263 = 1.9796, and exp(1.9796**2 / 2) = 7.095.
    widest = Fraction(mean_time(1_000, 100_000), 1_000)
    assert float(widest) == pytest.approx(7.095, abs=0.001)
    assert mean_time(1_000, 10**9) == mean_time(1_000, 100_000)


@given(powers(0, 40), powers(0, 40), powers(0, 20))
def test_the_mean_never_falls_as_a_time_rises(median: int, tail: int, more: int) -> None:
    assert mean_time(median, tail) <= mean_time(median + more, tail)
    assert mean_time(median, tail) <= mean_time(median, tail + more)


@pytest.mark.parametrize(
    ("traffic", "requests", "peak", "volume", "active", "in_flight"),
    [
        # Nothing is stated: 20 an hour, and three times that in a minute.
        ({}, {}, "1/min", "20/h", "24 h/day", 0),
        # The mean is the peak over the burst of the pattern: 5, 10, 5; then 20 an hour is enough.
        ({"pattern": "sustained", "peak": "1/s"}, {}, "1/s", "12/min", "24 h/day", 0),
        ({"pattern": "diurnal", "peak": "1/s"}, {}, "1/s", "6/min", "24 h/day", 0),
        ({"pattern": "intermittent", "peak": "1/s"}, {}, "1/s", "20/h", "24 h/day", 0),
        # A third of the day: 1 / 5 x 8 / 24 a second are 4 a minute.
        (
            {"pattern": "periodic", "peak": "1/s", "active": "8 h/day"}, {},
            "1/s", "4/min", "8 h/day", 0,
        ),
        # The peak is three times the mean of the time with traffic: 3, and in a quarter 12.
        ({"pattern": "sustained", "volume": "1/s"}, {}, "3/s", "1/s", "24 h/day", 0),
        (
            {"pattern": "sustained", "volume": "1/s", "active": "6 h/day"}, {},
            "12/s", "1/s", "6 h/day", 1,
        ),
        # Ten times the mean is more than sustained traffic has: it comes within half of the day.
        (
            {"pattern": "sustained", "peak": "10/s", "volume": "1/s"}, {},
            "10/s", "1/s", "12 h/day", 1,
        ),
        # Little's law: 10 in progress of half a second each are 20 a second, and 4 on average.
        ({"concurrent": 10}, {"processing": "500 ms"}, "20/s", "4/s", "24 h/day", 10),
        # 1 a second on average is a fifth of 20 in a quarter of the day: 1 x 4 x 5 = 20.
        (
            {"concurrent": 10, "volume": "1/s"}, {"processing": "500 ms"},
            "20/s", "1/s", "6 h/day", 10,
        ),
        ({"peak": "10/s"}, {"processing": "500 ms"}, "10/s", "2/s", "24 h/day", 5),
        # One in progress says no more than that there are not two.
        ({"concurrent": 1}, {"processing": "500 ms"}, "1/min", "20/h", "24 h/day", 1),
        # 100 within an hour of each day, three times that at the peak: 300 an hour, 5 a minute.
        (
            {"pattern": "intermittent", "volume": "100/day", "active": "1 h/day"}, {},
            "5/min", "100/day", "1 h/day", 0,
        ),
        # A thousandth of 2 a second are 7.2 an hour; 700 a week take 97.2 h of that, 5833.3 min.
        (
            {"pattern": "intermittent", "volume": "100/day", "peak": "2/s"}, {},
            "2/s", "100/day", "5833.33333333 min/week", 0,
        ),
    ],
)  # fmt: skip
def test_what_is_taken_of_a_load_agrees_with_what_is_stated(
    traffic: dict[str, Any],
    requests: dict[str, Any],
    peak: str,
    volume: str,
    active: str,
    in_flight: int,
) -> None:
    facts = planned.facts_of(planned.online(requests=requests, traffic=traffic))
    taken = [facts.text(BOOK.index[f"traffic.{name}"]) for name in ("peak", "volume", "active")]
    assert taken == [peak, volume, active]
    assert facts.text(BOOK.index["load.in-flight"]) == str(in_flight)


def test_a_time_follows_from_a_rate_and_the_requests_in_progress() -> None:
    # 10 in progress at 10 a second take a second each, at 40 a second a quarter.
    for rate, time in (("10/s", "1 s"), ("40/s", "250 ms")):
        facts = planned.facts_of(planned.online(traffic={"peak": rate, "concurrent": 10}))
        assert facts.text(RULES.time) == time


def test_requests_in_progress_lie_around_rate_times_time() -> None:
    """Where both are stated, within a factor of two: 10 x 1 / 2 = 5 to 20 x 2 x 2 = 80."""
    load_of = {"requests": {"processing": "1 s..2 s"}, "traffic": {"peak": "10/s..20/s"}}
    facts = planned.facts_of(planned.online(**load_of))
    assert facts.interval("traffic.concurrent") == Interval(5, 80)
