"""The whole flow: options in, an advice out with its findings in order."""

from __future__ import annotations

from advisor.model.advice import Advice
from advisor.model.options import OPTIONS
from advisor.pipeline import advise
from advisor.workload import read_workloads

ONLINE = "requests: {arrival: online, payload: 1 MB}\n"


def advice(text: str = ONLINE, *, strict: bool = False, limits: str | None = None) -> Advice:
    (workload,) = read_workloads(f"name: a\n{text}".encode(), "workload.yaml")
    return advise(workload, strict=strict, limits=limits)


def rules(found: Advice) -> list[str]:
    return [finding.rule for finding in found.findings]


def test_every_option_is_a_candidate_in_one_order() -> None:
    found = advice()
    assert tuple(each.option for each in found.candidates) == OPTIONS
    assert found.chosen is found.candidates[OPTIONS.index("real-time")]


def test_the_limits_of_the_caller_win_over_those_of_the_file() -> None:
    assert advice().limits == "safe"
    assert advice(f"{ONLINE}limits: latest\n").limits == "latest"
    assert advice(f"{ONLINE}limits: latest\n", limits="safe").limits == "safe"


def test_the_region_of_the_caller_wins_over_that_of_the_file() -> None:
    text = f"name: a\n{ONLINE}region: us-east-1\n"
    (workload,) = read_workloads(text.encode(), "workload.yaml")
    found = advise(workload, region="me-central-1")
    assert found.region == "me-central-1"
    (region,) = [fact for fact in found.decision.facts if fact.fact == "region"]
    assert (region.value, region.line) == ("me-central-1", 0)
    serverless = found.candidates[OPTIONS.index("serverless")]
    (verdict,) = [each for each in serverless.verdicts if each.rule == "serverless-region"]
    assert (verdict.outcome, verdict.value) == ("broken", "me-central-1")


def test_changes_are_kept_for_the_record() -> None:
    (workload,) = read_workloads(f"name: a\n{ONLINE}".encode(), "workload.yaml")
    found = advise(workload, changes={"requests.payload": "1 MB"}, as_of="2026-11-20")
    assert found.changes == {"requests.payload": "1 MB"}
    assert found.as_of == "2026-11-20"


def test_only_strict_makes_findings_of_unknowns() -> None:
    assert "decisive-unknown" not in rules(advice())
    found = [each for each in advice(strict=True).findings if each.rule == "decisive-unknown"]
    plausible = [each.fact for each in advice().decision.unknowns if not each.remote]
    assert len(found) == len(plausible) > 0
    told = next(each for each in found if each.message.startswith("traffic.pattern "))
    assert told.severity == "warning"
    assert "sustained: real-time" in told.message
    assert "intermittent: serverless" in told.message


def test_remote_unknowns_are_counted_in_one_finding() -> None:
    found = advice()
    remote = [each.fact for each in found.decision.unknowns if each.remote]
    (finding,) = [each for each in found.findings if each.rule == "remote-unknowns"]
    assert finding.severity == "info"
    assert f" {len(remote)} unstated facts " in finding.message
    assert ", ".join(remote) in finding.message


def test_findings_come_in_the_order_of_their_severity() -> None:
    text = (
        "requests: {arrival: online, payload: {typical: 9 MB, max: 8 MB}, encoding: binary}\n"
        "needs: [vpc, canary]\ndecision: {option: serverless}\n"
    )
    severities = [finding.severity for finding in advice(text).findings]
    rank = {"error": 0, "warning": 1, "info": 2}
    assert severities == sorted(severities, key=rank.__getitem__)
    assert set(severities) == set(rank)


def test_a_contested_choice_is_told_with_both_sources_also_for_a_range() -> None:
    for payload in ("10 MB", "5 MB..10 MB"):
        requests = f"requests: {{arrival: online, payload: {payload}, answer: 50 ms}}\n"
        found = advice(requests)
        assert found.decision.contested
        (finding,) = [each for each in found.findings if each.rule == "contested-limit"]
        assert f"Request body is {payload}. AWS documents disagree" in finding.message
        assert "25 MB (https://docs.aws.amazon.com/" in finding.message
        assert "limit of real-time inference: 6 MB (https" in finding.message
        assert finding.line == 2
        assert "contested-limit" not in rules(advice(requests, limits="latest"))


def test_a_need_is_told_when_it_is_conditional_unclear_or_not_carried() -> None:
    queued = "requests: {arrival: online, answer: later}\n"
    needs = "private-image, tenant-isolation, explainability"
    told = {
        (each.rule, each.severity)
        for each in advice(f"{queued}needs: [{needs}]\n").findings
        if each.rule.startswith("need-")
    }
    assert ("need-unclear", "warning") in told
    assert ("need-conditional", "info") in told
    assert ("need-not-carried", "warning") in told
    # A job has nothing that an update could move step by step.
    batch = advice("requests: {arrival: batch}\nneeds: [canary]\n")
    assert not [each for each in rules(batch) if each.startswith("need-")]


def test_where_nothing_fits_there_is_no_chosen_candidate() -> None:
    found = advice("requests: {arrival: online, payload: 2 GB}\n")
    assert found.decision.status == "none-fits"
    assert found.chosen is None
    assert found.consider
    assert found.summary.startswith("None of the four options fits")
