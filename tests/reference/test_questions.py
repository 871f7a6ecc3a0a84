"""The questions of init fit the keys of the file, and an answer is for the key that was meant."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.reference.questions import Choice, Question, question_of, questions, words
from advisor.reference.starter import starter
from advisor.rulebook.load import load
from advisor.workload import read_workloads
from advisor.workload.keys import keys

ONLINE = {"requests.arrival": "online"}


def asked(start: str) -> Question:
    (found,) = (each for each in questions() if each.asks.startswith(start))
    return found


def choices() -> Iterator[Choice]:
    for question in questions():
        yield from question.choices


def test_every_key_exists() -> None:
    for question in questions():
        assert question.takes
        assert {*question.takes, *question.about_one, *question.unless} <= keys().keys()


@pytest.mark.parametrize("choice", [*choices()], ids=lambda each: f"{each.key} {each.value}")
def test_every_choice_is_accepted_by_its_key(choice: Choice) -> None:
    answers = {"name": "x", **ONLINE, choice.key: choice.value}
    (workload,) = read_workloads(starter(answers).encode(), "workload.yaml")
    found = {path for path in workload.values if path.startswith(choice.key)}
    assert found
    assert choice.key in keys()


def test_no_two_questions_are_the_same_and_no_choice_is_said_twice() -> None:
    assert len({each.asks for each in questions()}) == len(questions())
    for question in questions():
        assert len({each.says for each in question.choices}) == len(question.choices)
        assert len(question.choices) < 10


def test_questions_and_choices_are_short_enough_for_a_terminal() -> None:
    # 80 columns, of which a number takes five; a question may take two lines.
    assert max(len(each.asks) for each in questions()) <= 110
    assert max(len(each.says) for each in choices()) <= 100


@pytest.mark.parametrize("arrival", ["online", "batch"])
def test_the_first_questions_are_few(arrival: str) -> None:
    answers = {"requests.arrival": arrival}
    count = 0
    for question in questions():
        if question.first and question.is_for(answers):
            count += 1
            answers.setdefault(next(iter(question.takes)), "stated")
    assert count <= 10
    assert words("follow_ups") <= 6


def test_a_question_about_language_models_waits_for_one() -> None:
    streaming = asked("Must the answer appear word by word")
    assert not streaming.is_for(ONLINE)
    assert streaming.is_for({**ONLINE, "model.parameters": "8B"})
    assert not streaming.is_for({"requests.arrival": "batch", "model.parameters": "8B"})


def test_what_follows_from_an_answer_is_not_asked() -> None:
    peak = asked("How often is it called at the busiest time?")
    assert peak.is_for(ONLINE)
    assert not peak.is_for({**ONLINE, "traffic.concurrent": "30"})


@pytest.mark.parametrize("fact", [each.id for each in load("safe").base_facts])
def test_every_fact_has_a_question(fact: str) -> None:
    found = [question_of(fact, {"requests.arrival": each}, ()) for each in ("online", "batch")]
    asking = [each for each in found if each is not None]
    waiting = [each for each in questions() if fact in each.takes and each.about_one]
    assert asking or waiting
    for question in asking:
        assert question.example
        assert question.explained.endswith(".")


def test_a_fact_is_asked_for_by_its_own_question_and_only_once() -> None:
    own = question_of("traffic.peak", ONLINE, ())
    assert own == asked("How often is it called at the busiest time?")
    model = question_of("model.size", ONLINE, ())
    assert model == asked("How large is the model?")
    assert question_of("model.size", ONLINE, [model]) is None
    assert question_of("requests.payload", {"requests.arrival": "batch"}, ()) is None
    assert question_of("model.loaded", ONLINE, ()) is None  # no key of the file


@pytest.mark.parametrize(
    ("question", "typed", "meant"),
    [
        ("How often is it called? ", "500 per day", ["traffic.volume", "traffic.peak"]),
        ("How often is it called? ", "1M/month", ["traffic.volume", "traffic.peak"]),
        ("How often is it called? ", "10 daily", ["traffic.volume", "traffic.peak"]),
        ("How often is it called? ", "5/d", ["traffic.volume", "traffic.peak"]),
        ("How often is it called? ", "20/s", ["traffic.peak"]),
        ("How large is the model?", "8B", ["model.parameters", "model.size", "model.id"]),
        ("How large is the model?", "8", []),
        ("Does the model need a GPU?", "yes", ["model.accelerator", "model.accelerator"]),
        ("How many rows", "7", ["dataset.records"]),
    ],
)
def test_an_answer_is_tried_for_the_likeliest_key_first(
    question: str, typed: str, meant: list[str]
) -> None:
    assert [key for key, _ in asked(question).meant(typed)] == meant


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1, 3", "vpc, data-capture"),
        ("1 and kms", "vpc, kms"),
        ("none", ""),
        ("2 9", "network-isolation, notifications"),
    ],
)
def test_several_needs_are_chosen_by_number_or_name(typed: str, value: str) -> None:
    assert list(asked("Does it need any of these?").meant(typed)) == [("needs", value)]


def test_among_some_choices_the_numbers_are_theirs() -> None:
    few = asked("Does it need any of these?").among(["kms", "notifications"])
    assert list(few.meant("1")) == [("needs", "notifications")]


@given(st.text(max_size=20))
def test_any_text_is_for_keys_that_the_question_takes(typed: str) -> None:
    for question in questions():
        keyed = {*question.takes, *(each.key for each in question.choices)}
        assert {key for key, _ in question.meant(typed)} <= keyed
