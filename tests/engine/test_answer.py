"""The decision with its reasons: status, path, facts as read, unknowns, changes and fixes."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.engine.answer import answer
from advisor.engine.decision_cells import Neighbourhood
from advisor.engine.sensitivity import ways_to
from advisor.model.advice import Change, Decision, WouldChange
from tests.planned import batch, facts_of, online


def decision(workload: dict[str, Any], decided: str | None = None) -> Decision:
    return answer(Neighbourhood(facts_of(workload)), decided)


STEADY = {"traffic": {"pattern": "sustained"}}
GAPS = {"traffic": {"pattern": "intermittent"}}


# -- status ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("workload", "decided", "option", "status"),
    [
        (batch(), None, "batch-transform", "recommended"),
        (online(**STEADY), None, "real-time", "recommended"),
        (online(), None, "real-time", "assumed"),  # the traffic may leave gaps
        (online(), "serverless", "serverless", "decided"),
        (online(requests={"payload": "2 GB"}), None, None, "none-fits"),
        (online(requests={"payload": "2 GB"}), "asynchronous", "asynchronous", "decided"),
    ],
)
def test_an_answer_says_on_what_it_rests(
    workload: dict[str, Any], decided: str | None, option: str | None, status: str
) -> None:
    found = decision(workload, decided)
    assert (found.option, found.status) == (option, status)


def test_an_answer_on_a_newer_bound_is_contested() -> None:
    tight = {"answer": "50 ms", "encoding": "binary"}
    assert decision(online(requests={**tight, "payload": "10 MB"})).contested
    assert not decision(online(requests={**tight, "payload": "6 MB"})).contested
    assert not decision(online(requests={**tight, "payload": "10 MB"}), "real-time").contested


# -- path ------------------------------------------------------------------------------------------


def test_a_path_tells_question_answer_and_what_was_assumed() -> None:
    found = decision(online(requests={"answer": "5 s"}))
    steps = {step.question: step for step in found.path}
    assert list(steps) == [
        "batch", "streaming", "strict-latency", "synchronous", "deferred", "many-models",
        "idle-accelerator", "busy", "gaps",
    ]  # fmt: skip
    first = steps["batch"]
    assert (first.answer, first.taken, first.assumed) == ("no", False, False)
    assert first.facts == {"requests.arrival": "online"}
    assert first.leads_to == ("streaming",)
    assert steps["streaming"].answer == "unknown"
    assert steps["streaming"].assumed
    assert steps["streaming"].facts == {"requests.streaming": False}
    last = steps["gaps"]
    assert (last.answer, last.taken, last.assumed) == ("unknown", False, True)
    assert last.leads_to == ("real-time", "asynchronous", "serverless")
    assert found.leaf == "gaps-otherwise"
    (rest,) = found.not_asked
    assert (rest.question, rest.answer, rest.leads_to) == ("cold-start", "", ())
    assert found.leaf_options == ("real-time", "asynchronous", "serverless")


def test_a_step_names_the_facts_that_decided_it() -> None:
    """Of the three things that a synchronous call has to carry, the one that it does not."""
    found = decision(online(requests={"payload": "10 KB", "processing": "2 min"}))
    (step,) = [each for each in found.path if each.question == "synchronous"]
    assert step.facts["requests.processing"] == "2 min"
    assert "requests.payload" not in step.facts


# -- facts -----------------------------------------------------------------------------------------


def test_facts_are_listed_as_stated_then_as_assumed() -> None:
    found = decision(
        {**online(requests={"payload": "2 MB", "streaming": False}), "budget": "9 USD/month"}
    )
    facts = {fact.fact: fact for fact in found.facts}
    assert [fact.fact for fact in found.facts if fact.origin == "stated"] == [
        "requests.arrival", "requests.payload", "requests.streaming",
    ]  # fmt: skip
    assert (facts["requests.payload"].value, facts["requests.payload"].line) == ("2 MB", 1)
    assert facts["requests.streaming"].value is False
    assumed = facts["requests.processing"]
    assert (assumed.value, assumed.origin, assumed.line) == ("100 ms", "assumed", 0)
    assert assumed.because.startswith("AWS's own benchmarking examples use 100 ms")
    # Nothing on the path or in a limit looked at the columns of a data set.
    assert "dataset.join" not in facts


def test_a_fact_that_follows_from_another_is_derived() -> None:
    found = decision(online(**GAPS | {"traffic": {"pattern": "spiky", "volume": "60/h"}}))
    (peak,) = [fact for fact in found.facts if fact.fact == "traffic.peak"]
    assert (peak.value, peak.origin) == ("3/min", "derived")  # three times 60 an hour


# -- unknowns --------------------------------------------------------------------------------------


def test_unknowns_are_told_with_every_answer_and_the_plausible_ones_first() -> None:
    found = decision(online(requests={"cold_start": "tolerated"}))
    (pattern,) = [each for each in found.unknowns if each.fact == "traffic.pattern"]
    assert pattern.assumed == "intermittent"
    assert not pattern.remote
    assert pattern.outcomes == {
        "sustained": "real-time",
        "diurnal": "real-time",
        "periodic": "serverless",
        "intermittent": "serverless",
        "spiky": "serverless",
        "unpredictable": "serverless",
    }
    remote = [each.remote for each in found.unknowns]
    assert remote == sorted(remote)
    (payload,) = [each for each in found.unknowns if each.fact == "requests.payload"]
    assert payload.remote  # above 4 MB, where nobody expects a request
    assert payload.outcomes == {
        "<= 4 MB": "serverless",
        "> 4 MB": "real-time",
        "> 6 MB": "asynchronous",
        "> 1 GB": None,
    }


def test_a_cold_start_is_told_in_words() -> None:
    """Two at once are too many for one environment kept warm."""
    found = decision(online(traffic={**GAPS["traffic"], "concurrent": 2}))
    (patience,) = [each for each in found.unknowns if each.fact == "requests.cold_start"]
    assert patience.outcomes == {"avoid": "real-time", "tolerated": "serverless"}


def test_an_encoding_matters_where_base64_does_not_fit() -> None:
    """5 MB are 6.7 MB in base64, and 4 MB are 5.3 MB."""
    for payload, expected in (("5 MB", {"binary": "real-time", "base64": "asynchronous"}),
                              ("4 MB", None)):  # fmt: skip
        found = decision(online(requests={"payload": payload}, **STEADY))
        unknowns = {each.fact: each.outcomes for each in found.unknowns}
        assert unknowns.get("requests.encoding") == expected


def test_a_job_is_open_to_streaming_until_it_is_ruled_out() -> None:
    found = decision(batch())
    unknowns = {each.fact: each.outcomes for each in found.unknowns}
    assert unknowns["requests.streaming"] == {"false": "batch-transform", "true": "real-time"}
    stated = decision(batch(requests={"streaming": False}))
    assert "requests.streaming" not in {each.fact for each in stated.unknowns}


def test_a_range_on_both_sides_of_a_bound_is_unknown() -> None:
    sizes = {"payload": "5 MB..7 MB", "encoding": "binary"}
    found = decision(online(requests=sizes, **STEADY))
    assert found.option == "asynchronous"  # its bad end
    (payload,) = [each for each in found.unknowns if each.fact == "requests.payload"]
    assert payload.outcomes == {"<= 6 MB": "real-time", "> 6 MB": "asynchronous"}


# -- changes ---------------------------------------------------------------------------------------


def test_the_nearest_change_of_each_stated_fact_is_told() -> None:
    requests = {"payload": "2 MB", "encoding": "binary", "cold_start": "tolerated"}
    found = decision(online(requests=requests, **GAPS))
    assert found.option == "serverless"
    assert set(found.would_change) == {
        WouldChange(fact="requests.arrival", to="batch", option="batch-transform"),
        WouldChange(fact="requests.payload", to="> 4 MB", option="real-time"),
        WouldChange(fact="traffic.pattern", to="sustained", option="real-time"),
    }


def test_a_start_that_is_too_late_would_change_the_answer() -> None:
    """A start takes 15 s, and two at once are too many for one environment kept warm."""
    traffic = {**GAPS["traffic"], "concurrent": 2}
    found = decision(online(requests={"cold_start": "20 s"}, traffic=traffic))
    assert found.option == "serverless"
    change = WouldChange(fact="requests.cold_start", to="< 15 s", option="real-time")
    assert change in found.would_change


def test_a_change_downward_is_told_by_its_upper_edge() -> None:
    found = decision(online(requests={"payload": "10 MB", "encoding": "binary"}, **STEADY))
    assert found.option == "asynchronous"
    assert (
        WouldChange(fact="requests.payload", to="<= 6 MB", option="real-time") in found.would_change
    )


def test_of_a_mapping_the_part_that_limits_read_would_change() -> None:
    payload = {"typical": "1 KB", "max": "2 MB"}
    found = decision(online(requests={"payload": payload, "encoding": "binary"}, **STEADY))
    assert (
        WouldChange(fact="requests.payload.max", to="> 6 MB", option="asynchronous")
        in found.would_change
    )


def test_a_need_that_keeps_an_option_away_would_change_the_answer() -> None:
    found = decision(online(needs=["vpc"], requests={"cold_start": "tolerated"}, **GAPS))
    assert found.option == "real-time"
    assert WouldChange(fact="needs.vpc", to="false", option="serverless") in found.would_change


def test_a_change_may_leave_nothing_that_fits() -> None:
    found = decision(online(requests={"answer": "50 ms", "payload": "1 MB"}))
    assert WouldChange(fact="requests.payload", to="> 25 MB", option=None) in found.would_change


# -- fixes -----------------------------------------------------------------------------------------


def test_a_fix_is_the_smallest_change_with_its_published_workaround() -> None:
    found = decision(online(requests={"payload": "2 GB", "encoding": "binary"}))
    first = found.fixes[0]
    assert first.changes == (Change(fact="requests.payload", to="<= 1 GB"),)
    assert first.option == "asynchronous"
    assert first.advice.startswith("Send a small document that names the S3 objects")
    assert first.source == "https://github.com/aws/amazon-sagemaker-examples/issues/245"


def test_of_changes_of_one_fact_to_one_option_the_nearest_is_told() -> None:
    found = decision(online(requests={"payload": "2 GB", "encoding": "binary"}))
    told = [(tuple(change.fact for change in fix.changes), fix.option) for fix in found.fixes]
    assert len(told) == len(set(told))


def test_two_changes_where_no_single_one_helps() -> None:
    """2 GB and two hours are each too much for everything."""
    found = decision(online(requests={"payload": "2 GB", "processing": "2 h"}))
    assert found.fixes
    for fix in found.fixes:
        assert len(fix.changes) == 2
    first = found.fixes[0]
    assert {change.fact for change in first.changes} == {"requests.payload", "requests.processing"}


def test_where_something_fits_there_is_nothing_to_fix() -> None:
    assert decision(online()).fixes == ()


def test_where_two_changes_do_not_help_nothing_is_told() -> None:
    """Two hours, and of three needs every option lacks two: three things would have to change."""
    needs = ["provisioned-concurrency", "notifications", "multiple-variants"]
    workload = online(requests={"processing": "2 h"}, needs=needs)
    found = decision(workload)
    assert found.option is None
    assert found.fixes == ()


# -- memory ----------------------------------------------------------------------------------------


def test_a_full_memory_is_emptied_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    workloads = [online(requests={"payload": f"{size} MB"}) for size in (1, 5, 7, 30, 2000)]
    expected = [decision(workload) for workload in workloads]
    book = facts_of(workloads[0]).book
    for memo in (book.answers, book.relevance, book.verdicts):
        monkeypatch.setattr(memo, "most", 2)
    assert [decision(workload) for workload in workloads * 2] == expected * 2


# -- ways to an option -----------------------------------------------------------------------------

# Real-time endpoints take a minute for a whole answer and eight for a streamed one.
LONG = online(
    requests={
        "payload": "5 MB", "encoding": "binary", "processing": "61 s", "answer": "2 min",
        "streaming": False,
    },
    traffic={"pattern": "intermittent", "peak": "1/min"},
    model={"accelerator": "none"},
)  # fmt: skip


@pytest.mark.parametrize(
    ("option", "one", "two"),
    [
        ("real-time", ["requests.streaming true"], "requests.processing <= 60 s, requests.answer"),
        ("batch-transform", ["requests.arrival batch"], "requests.arrival batch, requests.answer"),
        # 5 MB are above what serverless takes, and 61 s as well, and the answer may be late.
        ("serverless", [], ""),
    ],
)
def test_the_ways_to_an_option_are_changes_of_one_fact_and_then_of_two(
    option: str, one: list[str], two: str
) -> None:
    around = Neighbourhood(facts_of(LONG), whole=True)
    single, double = (
        [", ".join(f"{each.fact} {each.to}" for each in changes) for changes in found]
        for found in ways_to(around, option)
    )
    assert single == one
    assert any(each.startswith(two) for each in double) is bool(two)
