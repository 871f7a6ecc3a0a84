"""`init` asks for what can still change the answer, the most telling fact first, and stops."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.engine.decision_cells import Neighbourhood
from advisor.engine.facts import Facts
from advisor.engine.interview import answer, needs_that_matter, next_question, told
from advisor.engine.sensitivity import decisive_unknowns
from advisor.model.workload import Workload
from advisor.reference.starter import starter
from advisor.rulebook.load import load
from advisor.workload import read_workloads

START = {"name": "sketch", "requests.arrival": "online"}


def read(answers: Mapping[str, str]) -> Workload:
    (workload,) = read_workloads(starter(answers).encode(), "workload.yaml")
    return workload


def plausible(answers: Mapping[str, str]) -> set[str]:
    around = Neighbourhood(Facts(load("safe"), read(answers)))
    return {unknown.fact for unknown in decisive_unknowns(around) if not unknown.remote}


def test_of_a_bare_workload_the_traffic_is_asked_for_first() -> None:
    # The FAQ's third question: only with gaps does anything else than real-time come into play.
    question = next_question(START, read, ())
    assert question is not None
    assert question.fact == "traffic.pattern"
    assert question.outcomes["sustained"] == "real-time"


def test_what_was_skipped_is_not_asked_again() -> None:
    asked: list[str] = []
    while (question := next_question(START, read, asked)) is not None:
        assert question.fact not in asked
        asked.append(question.fact)
    assert plausible(START) <= set(asked)


def test_a_batch_job_needs_no_question() -> None:
    assert next_question({**START, "requests.arrival": "batch"}, read, ()) is None


def test_nothing_is_asked_that_cannot_change_the_answer() -> None:
    # Ten milliseconds leave real-time alone.
    assert next_question({**START, "requests.answer": "10 ms"}, read, ()) is None


@given(st.data())
def test_answers_lead_to_an_end_without_a_plausible_unknown(data: st.DataObject) -> None:
    answers = dict(START)
    for _ in range(12):
        question = next_question(answers, read, ())
        if question is None:
            break
        answers[question.fact] = data.draw(st.sampled_from(sorted(question.outcomes)))
    assert next_question(answers, read, ()) is None
    assert plausible(answers) <= answers.keys()  # a range may leave its own fact open


@given(st.data())
def test_an_outcome_is_what_the_answer_becomes(data: st.DataObject) -> None:
    question = next_question(START, read, ())
    assert question is not None
    value = data.draw(st.sampled_from(sorted(question.outcomes)))
    assert answer({**START, question.fact: value}, read) == question.outcomes[value]


@pytest.mark.parametrize(("feature", "matters"), [("vpc", True), ("kms", False)])
def test_a_feature_matters_that_rules_the_answer_out(feature: str, matters: bool) -> None:
    answers = {**START, "traffic.pattern": "intermittent", "requests.cold_start": "tolerated"}
    assert answer(answers, read) == "serverless"
    assert needs_that_matter(answers, read, [feature]) == ((feature,) if matters else ())


def test_without_a_model_s_id_nothing_is_told() -> None:
    assert set(told(START, read)) == set()
    assert set(told({**START, "model.parameters": "7B"}, read)) == set()


@pytest.mark.parametrize(
    ("model", "bodies"),
    [("meta-llama/Llama-3.1-8B-Instruct", True), ("llava-hf/llava-1.5-7b-hf", False)],
)
def test_a_model_that_reads_text_alone_tells_the_bodies_too(model: str, bodies: bool) -> None:
    keys = set(told({**START, "model.id": model}, read))
    assert keys >= {"requests.processing", "model.size", "model.accelerator", "model.precision"}
    assert ("requests.payload" in keys, "requests.response" in keys) == (bodies, bodies)
