"""How the stated facts leave each limit and feature: outcome, value, bound, margin and note."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.engine.verdicts import eligible, limit_at, stated_text, verdicts
from advisor.model.advice import Verdict
from advisor.rulebook.types import CONTESTED, INFINITY, Admitted
from tests.planned import batch, facts_of, online


def judged(option: str, workload: dict[str, Any], limits: str = "safe") -> dict[str, Verdict]:
    facts = facts_of(workload, limits)
    return {each.rule: each for each in verdicts(facts.book.option[option], facts)}


def outcome(option: str, rule: str, **parts: Any) -> str:
    return judged(option, online(**parts))[rule].outcome


# -- limits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("6 MB", "met"),
        ("<=6 MB", "met"),
        ("1 KB..6 MB", "met"),
        ("small", "met"),
        ("6291457 B", "contested"),  # a byte more than 6 MB
        ("25 MB", "contested"),
        ("7 MB..25 MB", "contested"),
        ("26214401 B", "broken"),  # a byte more than 25 MB
        (">25 MB", "broken"),
        (">6 MB", "unknown"),  # contested up to 25 MB, broken beyond
        ("5 MB..7 MB", "unknown"),
        ("large", "unknown"),
    ],
)
def test_a_limit_judges_every_value_that_is_possible(payload: str, expected: str) -> None:
    parts = {"payload": payload, "encoding": "binary"}
    assert outcome("real-time", "real-time-payload", requests=parts) == expected


def test_with_the_newest_bounds_in_force_nothing_is_contested() -> None:
    workload = online(requests={"payload": "25 MB", "encoding": "binary"})
    verdict = judged("real-time", workload, "latest")["real-time-payload"]
    assert (verdict.outcome, verdict.bound, verdict.margin) == ("met", "25 MB", 1.0)


def test_silence_leaves_a_limit_open() -> None:
    verdict = judged("real-time", online())["real-time-payload"]
    assert (verdict.outcome, verdict.value, verdict.margin) == ("unknown", "", None)
    assert (verdict.fact, verdict.bound) == ("requests.payload", "6 MB")


def test_a_size_is_open_while_its_encoding_is() -> None:
    """5 MB are 6.7 MB in base64; 4.5 MB are exactly 6 MB."""
    for payload, expected in (("5 MB", "unknown"), ("4.5 MB", "met")):
        verdict = judged("real-time", online(requests={"payload": payload}))["real-time-payload"]
        assert (verdict.outcome, verdict.value) == (expected, payload)
    binary = online(requests={"payload": "5 MB", "encoding": "binary"})
    assert judged("real-time", binary)["real-time-payload"].outcome == "met"
    base64 = online(requests={"payload": "5 MB", "encoding": "base64"})
    verdict = judged("real-time", base64)["real-time-payload"]
    assert verdict.outcome == "contested"
    # 5,242,880 bytes are 1,747,627 threes, begun or full, of four bytes each: 6,990,508.
    assert verdict.value == "6.67 MB"


def test_a_verdict_carries_bound_margin_and_source() -> None:
    verdict = judged("serverless", online(requests={"processing": "15 s"}))["serverless-processing"]
    assert verdict.outcome == "met"
    assert (verdict.fact, verdict.value, verdict.bound) == ("requests.processing", "15 s", "60 s")
    assert verdict.margin == 4.0  # 60 s over 15 s
    assert verdict.source.startswith("https://docs.aws.amazon.com/")
    assert verdict.as_of == "2026-11-20"


def test_a_contested_verdict_tells_both_sources() -> None:
    workload = online(requests={"payload": "12 MB", "encoding": "binary"})
    verdict = judged("real-time", workload)["real-time-payload"]
    assert (verdict.bound, verdict.broken_by) == ("25 MB", "6 MB")
    assert verdict.margin == 0.5  # against the bound in force
    assert verdict.note.startswith("6 MB by https://docs.aws.amazon.com/")
    assert "; 25 MB by https://docs.aws.amazon.com/" in verdict.note


def test_a_limit_that_does_not_apply_gives_no_verdict() -> None:
    """60 s hold for whole answers, 8 min for streamed ones."""
    whole = judged("real-time", online(requests={"streaming": False, "processing": "2 min"}))
    assert whole["real-time-processing"].outcome == "broken"
    assert "real-time-streamed-processing" not in whole
    streamed = judged("real-time", online(requests={"streaming": True, "processing": "2 min"}))
    assert streamed["real-time-streamed-processing"].outcome == "met"
    assert "real-time-processing" not in streamed


def test_a_limit_that_may_apply_is_open_only_where_it_would_be_broken() -> None:
    unsaid = judged("real-time", online(requests={"processing": "2 min"}))
    assert unsaid["real-time-processing"].outcome == "unknown"
    assert unsaid["real-time-streamed-processing"].outcome == "met"


@pytest.mark.parametrize(
    ("payload", "expected", "margin"), [("8 MB", "met", 2.0), ("2 MB", "broken", 0.5)]
)
def test_a_lower_bound_has_its_margin_the_other_way_round(
    payload: str, expected: str, margin: float
) -> None:
    facts = facts_of(online(requests={"payload": payload, "encoding": "binary"}))
    option = facts.book.option["real-time"]
    least = option.limits[0].bound._replace(
        admits=Admitted(low=4 << 20, high=INFINITY), text="4 MB"
    )
    limit = option.limits[0]._replace(id="least", bound=least, newest=least)
    (verdict,) = verdicts(option._replace(limits=(limit,), unsupported=0), facts)
    assert (verdict.outcome, verdict.bound, verdict.margin) == (expected, "4 MB", margin)


def test_a_word_has_no_margin() -> None:
    verdict = judged("serverless", online(model={"accelerator": "gpu"}))["serverless-accelerator"]
    assert (verdict.outcome, verdict.value, verdict.bound) == ("broken", "gpu", "none")
    assert verdict.margin is None


@pytest.mark.parametrize(
    ("parts", "fact", "value"),
    [
        ({"traffic": {"concurrent": 30}}, "traffic.concurrent", "30"),
        # 20 a second of 300 ms each: neither fact alone gives the six in progress.
        (
            {"traffic": {"peak": "20/s"}, "requests": {"processing": "300 ms"}},
            "load.in-flight",
            "6",
        ),
        # Of one factor nothing follows, so it is not what the limit looks at.
        ({"traffic": {"peak": "20/s"}}, "load.in-flight", ""),
    ],
)
def test_a_derived_value_is_told_under_the_fact_it_comes_from(
    parts: dict[str, Any], fact: str, value: str
) -> None:
    verdict = judged("serverless", online(**parts))["serverless-concurrency"]
    assert (verdict.fact, verdict.value) == (fact, value)


def test_equal_texts_of_different_facts_stay_apart() -> None:
    """The memory of one workload and the archive of another read the same, and are not the same."""
    memory = judged("serverless", online(model={"memory": ">= 2 GB"}))["serverless-memory"]
    archive = judged("serverless", online(model={"size": "2 GB"}))["serverless-memory"]
    assert (memory.fact, memory.value) == ("model.memory", ">= 2 GB")
    assert (archive.fact, archive.value) == ("model.size", ">= 2 GB")


def test_a_share_is_told_in_percent() -> None:
    # 20 requests an hour of 90 s are half of the hour.
    facts = facts_of(online(requests={"processing": "90 s"}, traffic={"volume": "20/h"}))
    assert stated_text(facts, facts.book.index["load.busy-share"]) == "50 %"
    ranged = facts_of(online(requests={"processing": "90 s"}, traffic={"volume": "20/h..30/h"}))
    assert stated_text(ranged, ranged.book.index["load.busy-share"]) == "50 %..75 %"


# -- features --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "feature", "expected"),
    [
        ("real-time", "vpc", "met"),
        ("serverless", "vpc", "broken"),
        ("serverless", "kms", "conditional"),
        ("asynchronous", "private-image", "unclear"),
        ("batch-transform", "notifications", "conditional"),
        ("batch-transform", "canary", "met"),  # not applicable: nothing there to miss
    ],
)
def test_a_needed_feature_is_judged_by_what_the_option_offers(
    option: str, feature: str, expected: str
) -> None:
    found = judged(option, batch(needs=[feature]))[f"{option}-{feature}"]
    assert (found.outcome, found.fact, found.value) == (expected, f"needs.{feature}", "true")
    assert f"{option}-{feature}" not in judged(option, batch())


def test_a_feature_that_a_fact_asks_for_is_open_until_the_fact_is_stated() -> None:
    rule = "asynchronous-response-streaming"
    unsaid = judged("asynchronous", online())[rule]
    assert (unsaid.outcome, unsaid.fact, unsaid.value) == ("unknown", "requests.streaming", "")
    assert judged("asynchronous", online(requests={"streaming": True}))[rule].outcome == "broken"
    assert rule not in judged("asynchronous", online(requests={"streaming": False}))
    # Where the option has it, there is nothing to be open about.
    assert "real-time-response-streaming" not in judged("real-time", online())


# -- eligible --------------------------------------------------------------------------------------

SETTLED: dict[str, dict[str, Any]] = {
    "requests": {
        "payload": "1 MB", "encoding": "binary", "response": "1 KB", "processing": "100 ms",
        "streaming": False,
    },
    "model": {"size": "1 GB", "startup": "30 s"},
}  # fmt: skip


def test_an_option_is_eligible_when_everything_is_settled() -> None:
    found = judged("real-time", online(**SETTLED))
    assert {each.outcome for each in found.values()} == {"met"}
    assert eligible(tuple(found.values())) is True


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"payload": "30 MB"}, False),
        ({"payload": "10 MB"}, None),  # contested
        ({"payload": "1 MB..10 MB"}, None),
    ],
)
def test_an_option_is_not_eligible_or_open(change: dict[str, str], expected: bool | None) -> None:
    parts = {**SETTLED, "requests": {**SETTLED["requests"], **change}}
    assert eligible(tuple(judged("real-time", online(**parts)).values())) is expected


def test_conditions_and_silence_of_sources_leave_an_option_eligible() -> None:
    found = judged("real-time", online(**SETTLED, needs=["model-monitor"]))
    assert found["real-time-model-monitor"].outcome == "conditional"
    assert eligible(tuple(found.values())) is True


# -- at the point ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "expected"),
    [("5 MB..10 MB", True), ("5 MB..6 MB", False), ("5 MB..30 MB", False)],
)
def test_a_range_is_contested_where_its_bad_end_is(payload: str, expected: bool) -> None:
    facts = facts_of(online(requests={"payload": payload}))
    outcome = limit_at(facts.book.limit["real-time-payload"], facts.point)
    assert (outcome == CONTESTED) is expected


def test_a_limit_of_words_is_never_contested_at_its_own_bound() -> None:
    facts = facts_of(online(model={"accelerator": "gpu"}))
    assert limit_at(facts.book.limit["serverless-accelerator"], facts.point) != CONTESTED
    whole = facts_of(online(requests={"processing": "3 min", "streaming": False}))
    limit = whole.book.limit["real-time-streamed-processing"]
    assert limit_at(limit, whole.point) != CONTESTED


def test_a_request_carries_a_record_at_least_where_the_input_is_known() -> None:
    """2 TB in 1,000 records are 2.05 GB each, of which asynchronous takes no more than 1 GB."""
    described = {"dataset": {"size": "2 TB", "records": 1000}}
    for arrival, expected in (("batch", "broken"), ("online", "unknown")):
        workload = online(requests={"arrival": arrival}, **described)
        verdict = judged("asynchronous", workload)["asynchronous-payload"]
        assert verdict.outcome == expected
    known = online(requests={"arrival": "batch"}, **described)
    verdict = judged("asynchronous", known)["asynchronous-payload"]
    assert (verdict.fact, verdict.value) == ("dataset.record", "2.05 GB")


@pytest.mark.parametrize(("size", "outcome"), [("9 MB", "met"), ("10 MB", "contested")])
def test_a_record_grows_on_the_wire_as_a_body_does(size: str, outcome: str) -> None:
    """4.5 MB in base64 are exactly 6 MB; 5 MB are 6.67 MB, which only the newest bound admits."""
    requests = {"arrival": "batch", "encoding": "base64", "payload": "1 MB"}
    workload = online(requests=requests, dataset={"size": size, "records": 2})
    assert judged("real-time", workload)["real-time-payload"].outcome == outcome


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ("met conditional unclear", True),
        ("met unknown", None),
        ("met contested", None),
        ("met late", None),
        ("late broken", False),
        ("unknown contested broken", False),
    ],
)
def test_an_option_is_eligible_unless_something_is_broken_or_open(
    outcomes: str, expected: bool | None
) -> None:
    verdict = judged("serverless", online(requests={"processing": "15 s"}))["serverless-processing"]
    found = tuple(verdict._replace(outcome=each) for each in outcomes.split())
    assert eligible(found) is expected
