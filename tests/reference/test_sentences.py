"""Conditions and bounds in words."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.reference.sentences import bound, bounds, condition


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"requests.arrival": "batch"}, "requests.arrival is batch"),
        ({"requests.streaming": True}, "requests.streaming is true"),
        ({"needs.vpc": True}, "vpc is needed"),
        ({"needs.vpc": False}, "vpc is not needed"),
        ({"within": "real-time-payload"}, "real-time-payload is met"),
        ({"requests.answer": {"below": "interactive"}}, "requests.answer below interactive"),
        (
            {"requests.answer": {"above": "1 s", "at_most": "1 h"}},
            "requests.answer above 1 s and requests.answer at most 1 h",
        ),
        (
            {"wire.payload": {"above": {"limit": "real-time-payload"}}},
            "wire.payload above the bound of real-time-payload",
        ),
        ({"traffic.pattern": {"one_of": ["a", "b", "c"]}}, "traffic.pattern is a, b or c"),
        ({"traffic.pattern": {"not_in": ["a", "b"]}}, "traffic.pattern is not a or b"),
        ({"dataset.format": ["parquet", "other"]}, "dataset.format is parquet or other"),
        (
            {"all": [{"prefer": "cost"}, {"any": [{"needs.kms": True}, {"needs.vpc": True}]}]},
            "prefer is cost and (kms is needed or vpc is needed)",
        ),
        ({"prefer": "cost", "needs.kms": True}, "prefer is cost and kms is needed"),
    ],
)
def test_a_condition_reads_as_a_sentence(raw: dict[str, Any], words: str) -> None:
    assert condition(raw) == words


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"at_most": "6 MB"}, "at most 6 MB"),
        ({"at_least": 1}, "at least 1"),
        ({"at_most": {"limit": "real-time-payload"}}, "at most the bound of real-time-payload"),
        ({"one_of": ["none"]}, "only none"),
        ({"one_of": ["csv", "jsonlines"]}, "only csv or jsonlines"),
        ({"not_in": ["gpu"]}, "not gpu"),
    ],
)
def test_a_bound_reads_as_a_sentence(raw: dict[str, Any], words: str) -> None:
    assert bound(raw) == words


def test_both_ends_of_a_word_are_told() -> None:
    assert bounds({"at_least": "100 ms", "at_most": "1 s"}) == "at least 100 ms and at most 1 s"
