"""No id and no key path is left where an answer is said in words."""

from __future__ import annotations

import pytest

from advisor.pipeline import advise
from advisor.reports.first_lines import first_lines
from advisor.reports.plain_words import Words, capital, lowered
from tests.reports.answers import example
from tests.strategies import read


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("requests.payload", "request"),
        ("requests.payload.max", "largest request"),
        ("requests.processing.p99", "p99 of the model time"),
        ("needs.vpc", "VPC"),
        ("deploy.instance_type", "instance type"),
    ],
)
def test_a_fact_has_a_name_of_its_own(path: str, words: str) -> None:
    assert Words(example("fraud-scoring")).fact(path) == words


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a start takes 15 s, requests.cold_start is 2 s", "a start takes 15 s, cold start is 2 s"),
        ("no VPC", "no VPC"),
        ("see models.yaml and model.unheard_of", "see models.yaml and model.unheard_of"),
    ],
)
def test_key_paths_are_replaced_and_other_words_stay(text: str, plain: str) -> None:
    assert Words(example("fraud-scoring")).plain(text) == plain


@pytest.mark.parametrize(
    ("title", "within"),
    [
        ("Request body", "request body"),
        ("AWS documents", "AWS documents"),
        ("CloudWatch", "CloudWatch"),
    ],
)
def test_a_name_keeps_its_capital_within_a_sentence(title: str, within: str) -> None:
    assert lowered(title) == within
    assert capital(within)[0].isupper()


def test_what_is_stated_and_not_modelled_is_among_what_is_assumed() -> None:
    assumes = first_lines(example("support-chat"), 200)[3]
    assert assumes.label == "Assumes"
    assert "first part" not in assumes.text  # of a language model it is modelled
    said = {"arrival": "online", "streaming": True, "first_byte": "1 s"}
    advice = advise(read({"name": "a", "requests": said}))
    assumes = first_lines(advice, 200)[3]
    assert "the time to the first part (not modelled)" in assumes.text.lower()
