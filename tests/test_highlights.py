"""What of an answer a person reads first."""

from __future__ import annotations

from typing import Any

import pytest

from advisor import highlights
from advisor.model import Candidate, Fact, Finding, Verdict
from tests.reports.answers import example


def verdict(outcome: str, margin: float | None = None, **changes: Any) -> Verdict:
    return Verdict(
        "real-time-payload", "Request body", outcome, "requests.payload", "2 MB", "6 MB", margin,
        "", "https://docs.aws.amazon.com/", "2026-11-17",
    )._replace(**changes)  # fmt: skip


def candidate(*verdicts: Verdict, eligible: bool | None = True, status: str = "clear") -> Candidate:
    return Candidate(
        "real-time", "Real-time inference", eligible, status, verdicts, None, None, None
    )


def test_what_rules_an_option_out_is_shown_before_what_contests_it() -> None:
    broken, contested = verdict("broken", 0.5), verdict("contested", 0.9)
    met = verdict("met", 3.0)
    assert highlights.deciding(candidate(met, contested, broken)) == (broken,)
    assert highlights.deciding(candidate(met, contested)) == (contested,)


def test_of_an_option_that_fits_the_tightest_limit_is_shown() -> None:
    tight, loose = verdict("met", 1.2), verdict("met", 40.0)
    assert highlights.deciding(candidate(loose, tight, verdict("unknown"))) == (tight,)
    assert highlights.deciding(candidate(verdict("unknown"))) == ()


def test_where_an_assumption_rules_an_option_out_its_doubts_are_shown() -> None:
    silent, stated = verdict("unknown", value=""), verdict("unknown", 0.5, value="4 MB..8 MB")
    met = verdict("met", 3.0)
    shown = candidate(silent, met, stated, eligible=None, status="ruled-out")
    assert highlights.deciding(shown) == (stated,)
    shown = candidate(silent, met, eligible=None, status="ruled-out")
    assert highlights.deciding(shown) == (silent,)


@pytest.mark.parametrize(
    ("eligible", "status", "stands"),
    [
        (True, "clear", "fits"),
        (None, "clear", "open"),
        (None, "contested", "contested"),
        (None, "ruled-out", "ruled out"),  # by what is assumed
        (False, "ruled-out", "ruled out"),
    ],
)
def test_how_an_option_stands(eligible: bool | None, status: str, stands: str) -> None:
    advice = example("none-fits")
    assert highlights.standing(advice, candidate(eligible=eligible, status=status)) == stands


def test_the_chosen_option_stands_as_chosen() -> None:
    advice = example("pricing-tool")
    assert advice.chosen is not None
    assert highlights.standing(advice, advice.chosen) == "chosen"


@pytest.mark.parametrize(
    ("margin", "shown"),
    [(None, ""), (0.049, "0.049x"), (1.0, "1x"), (2.25, "2.2x"), (576.4, "576x"), (5e4, ">1000x")],
)
def test_a_margin_is_a_factor(margin: float | None, shown: str) -> None:
    assert highlights.room(verdict("met", margin)) == shown


def test_of_many_words_the_first_is_shown() -> None:
    words = " or ".join(f"eu-west-{number}" for number in range(1, 7))
    assert highlights.bound(verdict("met", bound=words)) == "eu-west-1 and 5 more"
    assert highlights.bound(verdict("met", bound="gpu or neuron")) == "gpu or neuron"
    # The one in force is not met, the newest is.
    contested = verdict("contested", bound="25 MB", broken_by="6 MB")
    assert highlights.bound(contested) == "6 MB, newest 25 MB"


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
