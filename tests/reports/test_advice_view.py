"""What of an answer a person reads first."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.model.advice import Candidate, Fact, Reason, Standing, Verdict
from advisor.model.workload import Finding
from advisor.reports import advice_view as highlights
from tests.reports.answers import example


def verdict(outcome: str, margin: float | None = None, **changes: Any) -> Verdict:
    return Verdict(
        rule="real-time-payload", title="Request body", outcome=outcome, fact="requests.payload",
        value="2 MB", bound="6 MB", margin=margin, note="",
        source="https://docs.aws.amazon.com/", as_of="2026-11-17",
    )._replace(**changes)  # fmt: skip


def candidate(*verdicts: Verdict, standing: Standing) -> Candidate:
    return Candidate(
        option="real-time",
        title="Real-time inference",
        eligible=True,
        status="clear",
        verdicts=verdicts,
        plan=None,
        cost=None,
        latency=None,
        standing=standing,
    )


BY_QUESTION = Reason(
    kind="question",
    rule="gaps",
    text="by the question gaps (no)",
    value="no",
    assumed=(),
    verdict=None,
)


def test_the_reasons_of_an_option_are_shown() -> None:
    lower = Standing(standing="ranked-lower", reasons=(BY_QUESTION,))
    assert highlights.shown(candidate(verdict("met", 3.0), standing=lower)) == (BY_QUESTION,)


def test_of_the_chosen_option_the_tightest_limit_is_shown() -> None:
    tight, loose = verdict("met", 1.2), verdict("met", 40.0)
    chosen = Standing(standing="chosen", reasons=(BY_QUESTION,))
    (shown,) = highlights.shown(candidate(loose, tight, verdict("unknown"), standing=chosen))
    assert shown.verdict == tight
    assert shown.text == "Request body 2 MB, limit 6 MB"
    assert highlights.shown(candidate(verdict("unknown"), standing=chosen)) == ()


def test_what_stands_against_the_chosen_option_is_shown_instead() -> None:
    bound = verdict("contested", 0.9)
    against = Reason(
        kind="bound",
        rule=bound.rule,
        text="Request body 8 MB",
        value="8 MB",
        assumed=(),
        verdict=bound,
    )
    chosen = Standing(standing="chosen", reasons=(BY_QUESTION, against))
    assert highlights.shown(candidate(verdict("met", 3.0), bound, standing=chosen)) == (against,)


@pytest.mark.parametrize(
    ("margin", "shown"),
    [(None, ""), (0.049, "0.049x"), (1.0, "1x"), (2.25, "2.2x"), (576.4, "576x"), (5e4, ">1000x")],
)
def test_a_margin_is_a_factor(margin: float | None, shown: str) -> None:
    assert highlights.room(verdict("met", margin)) == shown


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ([], ""),
        (["State a."], "State a."),
        (["State a.", "State a."], "State a."),
        (["State a in the file.", "State b in the file."], "State a, b in the file."),
        (["State a.", "Look at b."], "State a. Look at b."),
        (["State a.", "State a. b."], "State a. State a. b."),
    ],
)
def test_sentences_are_told_together(texts: list[str], sentence: str) -> None:
    assert highlights.merged(texts) == sentence


def test_findings_are_counted_by_severity() -> None:
    found = [Finding("a", severity, "") for severity in ("info", "warning", "error", "warning")]
    assert highlights.counted(found) == "1 error, 2 warnings, 1 info"
    assert highlights.counted([]) == ""


def test_the_assumption_that_decides_comes_first() -> None:
    advice = example("depends-on-an-unknown")
    facts, remote = highlights.assumed(advice)
    assert facts[0].fact == "requests.cold_start"
    assert {fact.origin for fact in facts} == {"assumed"}
    assert remote == sum(
        each.remote and each.fact in {fact.fact for fact in facts}
        for each in advice.decision.unknowns
    )


def test_nothing_stated_is_called_an_assumption() -> None:
    advice = example("pricing-tool")
    stated = Fact("traffic.pattern", "intermittent", "stated", 1, 1)
    only = advice._replace(decision=advice.decision._replace(facts=(stated,)))
    assert highlights.assumed(only).facts == ()


def test_the_reason_does_not_repeat_the_headline() -> None:
    assert highlights.because(example("human-decision")).startswith("The rules would choose")
    for name in ("pricing-tool", "none-fits"):
        advice = example(name)
        assert not highlights.because(advice).startswith(highlights.headline(advice))
        assert highlights.because(advice)[0].isupper()


def test_a_decision_is_told_with_its_author_and_date() -> None:
    told = highlights.decided(example("human-decision"))
    assert told == (
        "Decided by jd until 2027-03-31: p99 of 500 ms is part of the contract with resellers"
    )
    assert highlights.decided(example("pricing-tool")) == ""
