"""A human's decision and accepted findings: what stands, what is told, what has ended."""

from __future__ import annotations

import pytest

from advisor.model.advice import Advice
from advisor.model.workload import Finding, Workload
from advisor.pipeline import advise
from advisor.workload import read_workloads
from advisor.workload.acceptance import accept, decided_option, decision_findings

TODAY = "2026-11-20"


def workload(text: str) -> Workload:
    (read,) = read_workloads(f"name: a\n{text}".encode(), "workload.yaml")
    return read


def advice(text: str) -> Advice:
    return advise(workload(text), as_of=TODAY)


def rules(found: tuple[Finding, ...]) -> list[str]:
    return [finding.rule for finding in found if finding.rule.startswith(("accept", "decision"))]


ONLINE = "requests: {arrival: online, payload: 5 MB, encoding: binary}\n"


# -- a decision ------------------------------------------------------------------------------------


def test_a_decision_for_what_fits_stands_and_the_rules_are_told() -> None:
    found = advice(f"{ONLINE}decision: {{option: asynchronous, because: we have a queue}}\n")
    assert (found.decision.option, found.decision.status) == ("asynchronous", "decided")
    assert found.decision.rules_option == "real-time"
    (finding,) = [each for each in found.findings if each.rule.startswith("decision")]
    assert (finding.rule, finding.severity) == ("decision-differs", "info")
    assert finding.message == (
        "the rules would choose real-time, but decision.option is asynchronous: we have a queue"
    )
    assert finding.line == 3
    assert found.chosen is not None
    assert found.chosen.plan is not None


def test_a_decision_that_the_rules_share_needs_no_word() -> None:
    found = advice(f"{ONLINE}decision: {{option: real-time}}\n")
    assert found.decision.status == "decided"
    assert rules(found.findings) == []


def test_a_decision_that_breaks_a_limit_or_a_need_is_an_error() -> None:
    found = advice(f"{ONLINE}needs: [vpc]\ndecision: {{option: serverless}}\n")
    broken = [each for each in found.findings if each.rule == "decision-breaks-limit"]
    assert [each.severity for each in broken] == ["error", "error"]
    assert broken[0].message == (
        "the decision for serverless breaks serverless-payload: Request body 5 MB, limit 4 MB"
    )
    assert "breaks serverless-vpc: Private network (VPC) not supported" in broken[1].message
    assert found.findings[:2] == tuple(broken)  # errors come first


def test_a_decision_where_nothing_fits_is_compared_with_nothing() -> None:
    huge = "requests: {arrival: online, payload: 2 GB}\ndecision: {option: asynchronous}\n"
    found = advice(huge)
    assert found.decision.rules_option is None
    assert "none of the four options" in next(
        each.message for each in found.findings if each.rule == "decision-differs"
    )


@pytest.mark.parametrize(
    ("until", "expired"), [("2026-11-19", True), ("2026-11-20", False), ("2027-01-01", False)]
)
def test_a_decision_ends_after_its_day(until: str, expired: bool) -> None:
    found = advice(f"{ONLINE}decision: {{option: real-time, until: {until}}}\n")
    assert rules(found.findings) == (["decision-expired"] if expired else [])
    assert found.decision.option == "real-time"  # it stands until someone changes it


def test_without_a_day_nothing_has_ended() -> None:
    read = workload(f"{ONLINE}decision: {{option: real-time, until: 2020-01-01}}\n")
    candidate = advise(read).candidates[3]
    assert candidate.option == "real-time"
    assert decision_findings(read, candidate, "real-time", "") == ()


def test_no_decision_is_none() -> None:
    assert decided_option(workload(ONLINE)) is None
    assert decided_option(workload(f"{ONLINE}decision: {{option: serverless}}\n")) == "serverless"


# -- accepted findings -----------------------------------------------------------------------------

FINDINGS = (
    Finding(
        rule="contested-limit",
        severity="warning",
        message="first",
        file="workload.yaml",
        line=3,
        column=1,
        fix="Test it.",
    ),
    Finding("placeholder", "info", "second"),
    Finding("contested-limit", "warning", "third"),
)


def accepted(entry: str, as_of: str = TODAY) -> tuple[list[str], list[str]]:
    """Rules that stand and rules that are accepted."""
    read = workload(f"{ONLINE}accept:\n  {entry}\n")
    standing, waived = accept(read, FINDINGS, as_of)
    return [each.rule for each in standing], [each.rule for each in waived]


def test_without_an_acceptance_everything_stands() -> None:
    assert accept(workload(ONLINE), FINDINGS, TODAY) == (FINDINGS, ())


def test_an_accepted_rule_is_taken_aside_with_its_reason() -> None:
    assert accepted('contested-limit: "load test of May"') == (
        ["placeholder"],
        ["contested-limit", "contested-limit"],
    )
    entry = "contested-limit: {because: load test, by: jd, until: 2027-01-31, ticket: RISK-12}"
    _, waived = accept(workload(f"{ONLINE}accept:\n  {entry}\n"), FINDINGS, TODAY)
    assert waived[0].fix == "accepted: load test, by jd, until 2027-01-31, ticket RISK-12"
    assert waived[0].message == "first"


def test_an_acceptance_holds_on_its_last_day_and_not_after() -> None:
    entry = "contested-limit: {because: load test, until: 2026-11-20}"
    assert accepted(entry)[1] == ["contested-limit", "contested-limit"]
    standing, waived = accepted(entry, as_of="2026-11-21")
    assert waived == []
    assert standing == [
        "contested-limit", "accept-expired", "placeholder", "contested-limit", "accept-expired",
    ]  # fmt: skip


def test_without_a_day_no_acceptance_has_ended() -> None:
    assert accepted("contested-limit: {because: load test, until: 2020-01-01}", as_of="")[1]


def test_an_acceptance_of_nothing_is_told() -> None:
    standing, waived = accepted('contested-limits: "a slip of the pen"')
    assert standing == ["contested-limit", "placeholder", "contested-limit", "accept-unused"]
    assert waived == []


def test_what_is_accepted_leaves_the_advice_and_is_kept_in_it() -> None:
    contested = "requests: {arrival: online, payload: 10 MB, answer: 50 ms, encoding: binary}\n"
    before = advice(contested)
    assert "contested-limit" in [each.rule for each in before.findings]
    after = advice(f"{contested}accept: {{contested-limit: tested in our Region}}\n")
    assert "contested-limit" not in [each.rule for each in after.findings]
    assert [each.rule for each in after.accepted] == ["contested-limit"]
    assert after.decision == before.decision._replace(
        facts=after.decision.facts, unknowns=after.decision.unknowns
    )
