"""One key over its range: stretches are exact, and every point agrees with them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.compare.whatif import POINTS, Sweep, SweptRange, sweep
from advisor.model.errors import InputError
from advisor.model.workload import Workload
from advisor.rulebook.load import load
from advisor.workload.keys import keys
from tests.planned import facts_of, online
from tests.strategies import FEATURES, Document, documents, read

CALM: dict[str, Any] = {
    "region": "us-east-1",
    "requests": {
        "payload": "10 KB", "response": "1 KB", "processing": "1 s", "answer": "10 s",
        "cold_start": "tolerated",
    },
    "traffic": {"pattern": "intermittent", "volume": "1k/month"},
    "model": {"memory": "1 GB", "size": "200 MB", "accelerator": "none", "count": 1},
}  # fmt: skip
MB = 1024 * 1024
MOVABLE = sorted(
    path
    for key in keys().values()
    if key.kind in ("size", "time", "rate", "share", "money", "count", "word", "flag")
    and key.path not in ("schema", "limits", "decision.option")
    for path in (key.path, *(f"{key.path}.{part}" for part in key.parts))
)


def calm(**parts: Any) -> Workload:
    return facts_of(online(**{**CALM, **parts})).workload


def answers(found: Sweep) -> list[tuple[int, int, str | None]]:
    return [(each.low, each.high, each.option) for each in found.stretches]


def test_the_answer_changes_exactly_at_the_limits() -> None:
    found = sweep(calm(), "requests.payload", SweptRange("1 KB", "2 GB", 5))
    assert answers(found) == [
        (1024, 4 * MB, "serverless"),
        (4 * MB + 1, 6 * MB, "real-time"),
        (6 * MB + 1, 1024 * MB, "asynchronous"),
        (1024 * MB + 1, 2048 * MB, None),
    ]
    assert (found.current, found.stated, found.kind) == (10 * 1024, True, "size")


def test_the_range_covers_the_value_and_the_changes_near_it() -> None:
    found = sweep(calm(), "requests.payload")
    assert len(found.points) == pytest.approx(POINTS, abs=1)
    low, high = found.points[0].value, found.points[-1].value
    assert isinstance(low, int)
    assert isinstance(high, int)
    assert low <= 10 * 1024 // 100
    assert high >= 1024 * MB


def test_a_key_that_no_rule_reads_leaves_the_answer() -> None:
    found = sweep(calm(), "budget", SweptRange("1 USD/month", "9 USD/month", 3))
    assert [each.option for each in found.stretches] == ["serverless"]
    assert found.current is None
    assert not found.stated


def test_an_assumed_value_is_the_current_one() -> None:
    found = sweep(calm(), "model.startup")
    assert found.current is not None
    assert not found.stated


def test_the_cheapest_option_changes_between_neighbours() -> None:
    bounds = {"instance_type": "ml.m5.large", "instances": {"min": 1, "max": 1}}
    workload = calm(
        environment="test", deploy=bounds,
        traffic={"pattern": "sustained", "peak": "4/s", "volume": "2M/month"},
    )  # fmt: skip
    found = sweep(workload, "traffic.volume", SweptRange("1k/month", "10M/month", 9))
    (turn,) = (each for each in found.crossings if each.before == "serverless" and not each.jump)
    assert isinstance(turn.below.value, int)
    assert turn.above.value == turn.below.value + 1
    # 0.115 x 730 / (1 s x 0.00004) = 2,098,750.
    assert turn.above.value / 84_000 == pytest.approx(2_098_750, rel=1e-4)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("needs.vpc", ["false", "true"]),
        ("requests.streaming", ["false", "true"]),
        ("traffic.pattern",
         ["sustained", "diurnal", "periodic", "intermittent", "spiky", "unpredictable"]),
    ],
)  # fmt: skip
def test_words_are_all_shown(key: str, words: list[str]) -> None:
    found = sweep(calm(), key)
    assert [word for each in found.stretches for word in each.words] == words
    assert len(found.points) == len(words)
    assert found.crossings == ()
    assert found.current in words


def test_regions_are_shown_by_price_each_with_its_own_answer() -> None:
    workload = calm()
    found = sweep(workload, "region")
    named = [str(point.value) for point in found.points]
    assert (found.current, found.stated) == ("us-east-1", True)
    assert sorted(named) == sorted(load().fact["region"].words[:-1])
    costs = [point.middle(point.option) for point in found.points if point.option]
    known = [usd for usd in costs if usd is not None]
    assert costs[: len(known)] == sorted(known)  # unknown prices come last
    for place in ("us-east-1", "eu-central-1", "ap-south-2"):
        there = sweep(workload, "needs.vpc", region=place).points[0]
        here = found.points[named.index(place)]
        assert (here.option, here.costs) == (there.option, there.costs), place
    # AWS lists no serverless inference for Hyderabad.
    assert stretch_of(found, "eu-central-1") == "serverless"
    assert stretch_of(found, "ap-south-2") == "real-time"


def test_a_feature_turns_the_answer() -> None:
    found = sweep(calm(), "needs.vpc")
    assert [(each.words, each.option) for each in found.stretches] == [
        (("false",), "serverless"),
        (("true",), "real-time"),
    ]


@pytest.mark.parametrize(
    ("key", "wanted", "message"),
    [
        ("requests.paylod", SweptRange(), "requests.paylod cannot be varied"),
        ("needs.vcp", SweptRange(), "needs.vcp cannot be varied"),
        ("name", SweptRange(), "name cannot be varied"),
        ("regoin", SweptRange(), "regoin cannot be varied"),
        ("region", SweptRange("us-east-1"), "region has no range"),
        ("limits", SweptRange(), "limits cannot be varied"),
        ("needs.vpc", SweptRange("true"), "needs.vpc has no range"),
        ("requests.payload", SweptRange("3"), "has no unit"),
        ("requests.payload", SweptRange("1 KB..2 KB"), "is not one value"),
        ("requests.payload", SweptRange("0 B"), "is outside the range of the key"),
        ("traffic.active", SweptRange("", "200 h/week"), "is outside the range of the key"),
        ("requests.payload", SweptRange("2 MB", "1 MB"), "--from is not below --to"),
    ],
)
def test_what_cannot_be_swept_is_said(key: str, wanted: SweptRange, message: str) -> None:
    with pytest.raises(InputError, match=message.replace(".", r"\.")) as caught:
        sweep(calm(), key, wanted)
    assert caught.value.hint


def test_one_point_is_a_sweep() -> None:
    found = sweep(calm(), "requests.payload", SweptRange("1 MB", "1 MB", 2))
    assert [point.value for point in found.points] == [MB]


def stretch_of(found: Sweep, value: Any) -> str | None:
    for each in found.stretches:
        if each.words:
            if str(value).lower() in each.words:
                return each.option
        elif each.low <= value <= each.high:
            return each.option
    raise AssertionError(f"{value} lies in no stretch of {found.key}")


@given(
    documents(),
    st.sampled_from([*MOVABLE, "region", *(f"needs.{name}" for name in FEATURES)]),
    st.integers(2, 9),
)
def test_every_point_has_the_answer_of_its_stretch(
    document: Document, key: str, count: int
) -> None:
    found = sweep(read(document), key, SweptRange("", "", count))
    for point in found.points:
        assert point.option == stretch_of(found, point.value)
    if not found.stretches[0].words:
        edges = [(each.low, each.high) for each in found.stretches]
        assert edges[0][0] == found.points[0].value
        assert edges[-1][1] == found.points[-1].value
        assert all(one[1] + 1 == other[0] for one, other in pairwise(edges))


@pytest.mark.parametrize("key", ["traffic.peak", "traffic.volume"])
@pytest.mark.parametrize("ends", [("1/s", "50/s"), ("1/s", "5000/s"), ("1000/s", "5000/s")])
@pytest.mark.parametrize(
    "said",
    [
        {"requests": {"processing": "50 ms"}},  # 10 in progress of 50 ms each are 200/s
        {
            "requests": {"tokens": {"input": 500, "output": 1000}},
            "model": {"id": "meta-llama/Llama-3.1-8B-Instruct"},
        },
    ],
)
def test_ends_that_the_load_leaves_no_room_for_are_answered(
    said: dict[str, Any], ends: tuple[str, str], key: str
) -> None:
    workload = read(online(**{"traffic": {"concurrent": 10}, **said}))
    found = sweep(workload, key, SweptRange(*ends, 5))
    for point in found.points:
        assert point.option == stretch_of(found, point.value)
    assert (found.stretches[0].low, found.stretches[-1].high) == (
        found.points[0].value,
        found.points[-1].value,
    )
