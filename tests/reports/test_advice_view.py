"""What of an answer a person reads first."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.model.advice import Verdict
from advisor.model.workload import Finding
from advisor.reports import advice_view as highlights
from tests.reports.answers import example


def verdict(outcome: str, margin: float | None = None, **changes: Any) -> Verdict:
    return Verdict(
        rule="real-time-payload", title="Request body", outcome=outcome, fact="requests.payload",
        value="2 MB", bound="6 MB", margin=margin, note="",
        source="https://docs.aws.amazon.com/", as_of="2026-11-17",
    )._replace(**changes)  # fmt: skip


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


def test_a_fact_is_named_with_all_that_it_decides() -> None:
    advice = example("depends-on-an-unknown")
    found = {each.fact: each for each in highlights.rests_on(advice)}
    assert "option" in found["requests.cold_start"].decides
    assert highlights.rests_on(example("fraud-scoring")) == ()


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("\u4e2d\u6587", 4), ("e\u0301", 1)])
def test_columns_are_those_of_a_terminal(text: str, columns: int) -> None:
    assert highlights.columns_of(text) == columns


def test_a_decision_is_told_with_its_author_and_date() -> None:
    told = highlights.decided(example("human-decision"))
    assert told == (
        "Decided by jd until 2027-03-31: p99 of 500 ms is part of the contract with resellers"
    )
    assert highlights.decided(example("pricing-tool")) == ""
