"""The crisp function on the small rulebook: limits eliminate, the flowchart prefers."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from advisor.engine.decide import decide, first_usable, status, walk
from advisor.engine.facts import Facts
from advisor.rulebook.compile import compile_rules
from advisor.rulebook.resolve import Rulebook, resolve
from advisor.rulebook.types import CLEAR, CONTESTED, LATE, RULED_OUT, Leaf, Point
from advisor.workload import read_workloads

SMALL = Path(__file__).resolve().parents[1] / "rulebooks" / "small"
COMPILED = compile_rules(SMALL)
BOOK = resolve(COMPILED, "safe")
LATEST = resolve(COMPILED, "latest")


def point(requests: str, rest: str = "", book: Rulebook = BOOK) -> Point:
    text = f"name: small\nrequests: {{{requests}}}\n{rest}"
    (workload,) = read_workloads(text.encode(), "small.yaml", (), ["vpc"])
    return Facts(book, workload).point


# Bounds of the small rulebook: serverless 4 B and 2 s, real-time 6 B (newest 9 B) and 2 s, or 3 s
# streamed, asynchronous 12 B and 4 s (newest 8 s), batch transform 9 s.
@pytest.mark.parametrize(
    ("option", "requests", "rest", "expected"),
    [
        ("serverless", "arrival: online, payload: 4 B", "", CLEAR),
        ("serverless", "arrival: online, payload: 5 B", "", RULED_OUT),
        ("serverless", "arrival: online, payload: 4 B", "needs: [vpc]\n", RULED_OUT),
        ("serverless", "arrival: online, payload: 3 B, encoding: base64", "", CLEAR),
        ("serverless", "arrival: online, payload: 4 B, encoding: base64", "", RULED_OUT),
        ("serverless", "arrival: online", "traffic: {concurrent: 2}\n", CLEAR),
        ("serverless", "arrival: online", "traffic: {concurrent: 3}\n", RULED_OUT),
        ("real-time", "arrival: online, payload: 6 B", "", CLEAR),
        ("real-time", "arrival: online, payload: 7 B", "", CONTESTED),
        ("real-time", "arrival: online, payload: 9 B", "", CONTESTED),
        ("real-time", "arrival: online, payload: 10 B", "", RULED_OUT),
        ("real-time", "arrival: online, payload: 6 B", "needs: [vpc]\n", CLEAR),
        # A limit with `when` holds only then: 3 s are within what a stream may take.
        ("real-time", "arrival: online, processing: 3 s", "", RULED_OUT),
        ("real-time", "arrival: online, processing: 3 s, streaming: true", "", CLEAR),
        # Contested by one limit and ruled out by another is ruled out.
        ("real-time", "arrival: online, payload: 9 B, processing: 3 s", "", RULED_OUT),
        ("asynchronous", "arrival: online, processing: 8 s", "", CONTESTED),
        ("asynchronous", "arrival: online, streaming: true", "", RULED_OUT),
        ("batch-transform", "arrival: online", "", RULED_OUT),
        ("batch-transform", "arrival: batch", "", CLEAR),
    ],
)
def test_an_option_is_clear_contested_or_ruled_out(
    option: str, requests: str, rest: str, expected: int
) -> None:
    assert status(BOOK.option[option], BOOK.needs, point(requests, rest)) == expected


def test_the_newest_bound_in_force_leaves_nothing_contested() -> None:
    for payload, expected in ((9, CLEAR), (10, RULED_OUT)):
        here = point(f"arrival: online, payload: {payload} B", book=LATEST)
        assert status(LATEST.option["real-time"], LATEST.needs, here) == expected


@pytest.mark.parametrize(
    ("requests", "rest", "path", "leaf", "expected"),
    [
        ("arrival: batch", "", "+batch", "batch-then", "batch-transform"),
        ("arrival: batch, processing: 10 s", "", "+batch", "batch-then", None),
        (
            "arrival: online, streaming: true",
            "",
            "-batch +streaming",
            "streaming-then",
            "real-time",
        ),
        # 40 % of the time at work: 1440 seconds an hour.
        (
            "arrival: online",
            "traffic: {volume: 1440/h}\n",
            "-batch -streaming +synchronous +busy",
            "busy-then",
            "real-time",
        ),
        (
            "arrival: online",
            "traffic: {volume: 10/h}\n",
            "-batch -streaming +synchronous -busy +gaps",
            "gaps-then",
            "serverless",
        ),
        (
            "arrival: online, payload: 7 B",
            "",
            "-batch -streaming -synchronous",
            "synchronous-otherwise",
            "asynchronous",
        ),
        # Nothing of the leaf is clear: asynchronous is contested by its time, and comes first.
        (
            "arrival: online, payload: 7 B, processing: 5 s",
            "",
            "-batch -streaming -synchronous",
            "synchronous-otherwise",
            "asynchronous",
        ),
    ],
)
def test_the_first_usable_option_of_the_leaf_wins(
    requests: str, rest: str, path: str, leaf: str, expected: str | None
) -> None:
    here = point(requests, rest)
    found = walk(BOOK, here)
    signs = [("+" if taken else "-") + question.id for question, taken in found.steps]
    assert " ".join(signs) == path
    assert found.leaf.id == leaf
    assert decide(BOOK, here) == expected
    assert usable(found.leaf, here) == expected


def usable(leaf: Leaf, here: Point) -> str | None:
    judged = ((name, status(BOOK.option[name], BOOK.needs, here)) for name in leaf.options)
    return first_usable(BOOK, judged, here)


def test_a_clear_option_wins_over_a_contested_one_that_stands_before_it() -> None:
    leaf = BOOK.questions["busy"].then
    assert not isinstance(leaf, str)
    assert leaf.options == ("real-time", "asynchronous", "serverless")
    contested = point("arrival: online, payload: 7 B")
    assert status(BOOK.option["real-time"], BOOK.needs, contested) == CONTESTED
    assert usable(leaf, contested) == "asynchronous"
    # With 5 s asynchronous is contested too, and real-time, which takes 2 s, is ruled out.
    longer = point("arrival: online, payload: 7 B, processing: 5 s")
    assert usable(leaf, longer) == "asynchronous"
    # 13 B are too many for each of them.
    assert usable(leaf, point("arrival: online, payload: 13 B")) is None


@pytest.mark.parametrize(("arrival", "expected"), [("online", CONTESTED), ("batch", CLEAR)])
def test_a_limit_of_words_can_be_contested(arrival: str, expected: int) -> None:
    """No rulebook here has one: batch in force, either word as the newest page says."""
    option = BOOK.option["batch-transform"]
    words = (BOOK.index["requests.arrival"], 0b10, 0b11, None)
    here = point(f"arrival: {arrival}")
    assert status(option._replace(word_checks=(words,)), BOOK.needs, here) == expected
    unless = (*words[:3], lambda _: False)
    assert status(option._replace(word_checks=(unless,)), BOOK.needs, here) == CLEAR


def test_each_word_is_judged_by_its_own_bit() -> None:
    """The second word alone is in force, or by the newest page alone."""
    option, arrival = BOOK.option["batch-transform"], BOOK.index["requests.arrival"]
    for force, newest, expected in (
        (0b10, 0b10, CLEAR), (0b01, 0b11, CONTESTED), (0b01, 0b10, CONTESTED),
        (0b01, 0b01, RULED_OUT),
    ):  # fmt: skip
        checked = option._replace(word_checks=((arrival, force, newest, None),))
        assert status(checked, BOOK.needs, point("arrival: batch")) == expected


@pytest.mark.parametrize(
    ("payload", "expected"),
    # In force 4 to 6, by the newest page 3 to 9; each end belongs to its range.
    [(2, RULED_OUT), (3, CONTESTED), (4, CLEAR), (6, CLEAR), (9, CONTESTED), (10, RULED_OUT)],
)
def test_each_end_of_a_bound_belongs_to_it(payload: int, expected: int) -> None:
    option, size = BOOK.option["serverless"], BOOK.index["wire.payload"]
    here = point(f"arrival: online, payload: {payload} B, encoding: binary")
    bounded = option._replace(number_checks=((size, 4, 6, 3, 9, None),))
    assert status(bounded, BOOK.needs, here) == expected
    late = option._replace(number_checks=(), late_checks=((size, 4, 6, 0, 0, None),))
    assert status(late, BOOK.needs, here) == (CLEAR if 4 <= payload <= 6 else LATE)
    unless = option._replace(number_checks=(), late_checks=((size, 4, 6, 0, 0, lambda _: False),))
    assert status(unless, BOOK.needs, here) == CLEAR


@pytest.mark.parametrize(
    ("judged", "starts", "expected"),
    [
        # The soonest start of those that are late; of equal ones the first of the leaf.
        ((LATE, LATE, LATE), (9, 7, 8), "real-time"),
        ((LATE, LATE, LATE), (7, 7, 8), "serverless"),
        ((LATE, RULED_OUT, LATE), (9, 7, 8), "asynchronous"),
        # A dispute is better than a late start, whichever comes first; and clear is best.
        ((LATE, CONTESTED, CONTESTED), (1, 7, 8), "real-time"),
        ((LATE, CONTESTED, CLEAR), (1, 7, 8), "asynchronous"),
        ((CLEAR, CLEAR, CLEAR), (9, 7, 8), "serverless"),
        ((RULED_OUT, RULED_OUT, RULED_OUT), (9, 7, 8), None),
    ],
)
def test_of_late_options_the_one_that_starts_soonest_wins(
    judged: tuple[int, ...], starts: tuple[int, ...], expected: str | None
) -> None:
    names = ("serverless", "real-time", "asynchronous")
    options = {name: BOOK.option[name]._replace(start=place) for place, name in enumerate(names)}
    book = copy.copy(BOOK)
    book.option = {**BOOK.option, **options}
    assert first_usable(book, zip(names, judged, strict=True), list(starts)) == expected
