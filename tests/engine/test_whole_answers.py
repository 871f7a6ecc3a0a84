"""Whole answers, every part stated: each case of ``answers/`` says how its values come about.

A part that a case does not state is not looked at.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from advisor.engine.standing import bound, phrase, why
from advisor.model.advice import Advice, Fact, Reason, Step, Verdict
from advisor.pipeline import advise
from advisor.rulebook.load import load
from advisor.rulebook.source import read_rules
from tests.planned import facts_of

CASES = sorted((Path(__file__).parent / "answers").glob("*.yaml"))


def of_verdict(each: Verdict) -> str:
    """``met 10 KB of 6 MB, 614.4 times``, with the fact and the note where they say more."""
    margin = "" if each.margin is None else f", {each.margin:g} times"
    note = f" ({each.note})" if each.note and "https:" not in each.note else ""
    return f"{each.outcome} {each.fact} {each.value or '?'} of {bound(each)}{margin}{note}"


def of_step(each: Step) -> str:
    said = ", ".join(f"{fact} {value}" for fact, value in each.facts.items())
    leads = " ".join(each.leads_to)
    return f"{each.answer}, {'assumed ' * each.assumed}{each.way}: {said}; to {leads}"


def of_fact(each: Fact) -> str:
    place = f" at {each.line}" if each.line and each.origin != "stated" else ""
    return f"{each.origin} {each.value}{place}"


def of_reason(each: Reason) -> str:
    rests = f" <- {', '.join(each.assumed)}" if each.assumed else ""
    verdict, judged = each.verdict, ""
    if verdict is not None:
        margin = "" if verdict.margin is None else f", {verdict.margin:g} times"
        judged = f" ({bound(verdict)}{margin})"
    return f"{each.kind} {each.rule} [{each.value}{judged}] {each.text}{rests}"


OF_THE_PLAN = {"placeholder", "estimated-price", "cheaper-option", "need-not-carried"}

PARTS: dict[str, Callable[[Advice], Any]] = {
    "answer": lambda advice: f"{advice.decision.option} {advice.decision.status}",
    "summary": lambda advice: advice.summary,
    "contested": lambda advice: advice.decision.contested,
    "path": lambda advice: {each.question: of_step(each) for each in advice.decision.path},
    "not_asked": lambda advice: [each.question for each in advice.decision.not_asked],
    "facts": lambda advice: {each.fact: of_fact(each) for each in advice.decision.facts},
    "unknowns": lambda advice: {
        f"{each.fact} = {each.assumed}{' remote' * each.remote}": dict(each.outcomes)
        for each in advice.decision.unknowns
    },
    "would_change": lambda advice: [
        f"{each.fact} {each.to}: {each.leads}" for each in advice.decision.would_change
    ],
    "fixes": lambda advice: [
        f"{', '.join(' '.join(change) for change in map(_pair, each.changes))}:"
        f" {each.option}. {each.advice}"
        for each in advice.decision.fixes
    ],
    "findings": lambda advice: [
        f"{each.severity} {each.rule}: {each.message}"
        for each in advice.findings
        if each.rule not in OF_THE_PLAN
    ],
    "standing": lambda advice: {each.option: phrase(each.standing) for each in advice.candidates},
    "why": lambda advice: {each.option: why(each.standing) for each in advice.candidates},
    "reasons": lambda advice: {
        each.option: [of_reason(one) for one in each.standing.reasons] for each in advice.candidates
    },
    "eligible": lambda advice: {
        each.option: f"{each.eligible} {each.status}" for each in advice.candidates
    },
    "verdicts": lambda advice: {
        one.rule: of_verdict(one) for each in advice.candidates for one in each.verdicts
    },
}


def _pair(change: Any) -> tuple[str, str]:
    return change.fact, change.to


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_stated_part_of_an_answer_is_that(path: Path) -> None:
    case = dict(read_rules(path))
    advice = advise(facts_of({"name": "case", **case.pop("workload")}).workload)
    found = {part: PARTS[part](advice) for part in case}
    assert found == case
    assert json.dumps(found) == json.dumps(case)  # in the same order too


def test_an_answer_is_the_same_whatever_was_answered_before() -> None:
    """What is remembered from one workload to the next is kept by all that it depends on."""
    load("safe").answers.clear()
    load("safe").found.clear()
    for path in [*CASES[::-1], *CASES[::3]]:
        case = dict(read_rules(path))
        advice = advise(facts_of({"name": "case", **case.pop("workload")}).workload)
        for part in ("unknowns", "would_change", "fixes"):
            assert PARTS[part](advice) == case[part], path.stem
