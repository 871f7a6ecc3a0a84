"""What a size rests on: stated facts, an assumed one, or nothing; a run that ends in time."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.model.advice import Advice
from advisor.pipeline import advise
from tests.strategies import read


def advice(strict: bool = False, **parts: Any) -> Advice:
    document = {"name": "load", "requests": {"arrival": "online"}, **parts}
    return advise(read(document), as_of="2026-11-20", strict=strict)


def rules(found: Advice) -> set[str]:
    return {finding.rule for finding in found.findings}


def setting(found: Advice, name: str) -> Any:
    assert found.chosen is not None
    assert found.chosen.plan is not None
    return next((each.value for each in found.chosen.plan.settings if each.name == name), None)


def batch(**dataset: Any) -> dict[str, Any]:
    return {"requests": {"arrival": "batch"}, "dataset": dataset}


TIMED = {"arrival": "batch", "processing": "30 s"}


@pytest.mark.parametrize(
    ("parts", "sized", "rests_on"),
    [
        ({"traffic": {"peak": "10000/s"}}, "assumed", ("requests.processing",)),
        ({}, "assumed", ("traffic.peak", "requests.processing")),
        ({"traffic": {"peak": "20/s"}, "model": {"throughput": "9/s"}}, "stated", ()),
        ({"traffic": {"concurrent": 4}}, "stated", ()),
        ({"requests": {"arrival": "online", "processing": "1 s"}}, "assumed", ("traffic.peak",)),
        (
            {
                "requests": {"arrival": "online", "processing": "1 s"},
                "traffic": {"volume": "2M/month"},
            },
            "stated",
            (),
        ),
        (
            {"traffic": {"peak": "9/s"}, "deploy": {"instances": {"min": 2, "max": 2}}},
            "stated",
            (),
        ),
        (batch(records="20M", deadline="4 h"), "assumed", ("requests.processing",)),
        (batch(records="20M", runs="1/day"), "assumed", ("requests.processing",)),
        (batch(size="30 GB", runs="1/day"), "not-sized", ("dataset.records",)),
        (batch(records="20M"), "stated", ()),
    ],
)
def test_a_size_says_what_it_rests_on(
    parts: dict[str, Any], sized: str, rests_on: tuple[str, ...]
) -> None:
    found = advice(**parts)
    assert found.chosen is not None
    assert found.chosen.plan is not None
    plan = found.chosen.plan
    assert (plan.sized, plan.rests_on) == (sized, rests_on)
    told = {"assumed": {"size-assumed"}, "not-sized": {"not-sized"}, "stated": set()}[sized]
    assert rules(advice(strict=True, **parts)) & {"size-assumed", "not-sized"} == told
    assert not rules(found) & {"size-assumed", "not-sized"}
    if sized == "not-sized":
        assert found.chosen.cost is not None
        assert not found.chosen.cost.complete


def test_a_stated_peak_is_sized_with_the_assumed_time() -> None:
    # Two workers of 100 ms are 20/s, half of it planned for: 10,000 / 10 = 1,000 instances.
    found = advice(traffic={"peak": "10000/s"})
    assert setting(found, "InitialInstanceCount") == 1000
    assert found.chosen is not None
    assert found.chosen.cost is not None
    assert found.chosen.cost.usd_high is None  # nobody stated what bounds it
    assert "requests.processing" in found.chosen.cost.estimate_rests_on


@pytest.mark.parametrize(
    ("dataset", "instances", "missed"),
    [
        # 500,000 x 30 s / 2 at once = 86.8 days; in 7 days less 5 minutes for the start 12.4.
        ({"records": "500k", "runs": "1/week"}, 13, False),
        # Of the deadline and the next run the sooner counts: 86.8 days / 4 days = 21.7.
        ({"records": "500k", "runs": "1/week", "deadline": "4 d"}, 22, False),
        ({"records": "500k", "runs": "1/week", "deadline": "30 d"}, 13, False),
        ({"records": "500k"}, 1, False),
        # 8,680 days of work in 7: 1,241 instances, and a job has a hundred at most.
        ({"records": "50M", "runs": "1/week"}, 100, True),
    ],
)
def test_a_run_ends_before_the_next_begins(
    dataset: dict[str, Any], instances: int, missed: bool
) -> None:
    found = advice(requests=TIMED, dataset=dataset)
    assert setting(found, "InstanceCount") == instances
    assert ("deadline-missed" in rules(found)) is missed


def test_a_deadline_that_cannot_be_judged_is_the_first_unknown() -> None:
    found = advice(**batch(records="20M", runs="1/day", deadline="4 h"))
    first = found.decision.unknowns[0]
    assert (first.fact, first.remote, first.assumed) == ("requests.processing", False, "100 ms")
    assert found.decision.status == "assumed"
    # 20,000,000 x 100 ms / 2 at once = 11.6 days, in 4 hours less 5 minutes: 70.9 instances.
    assert setting(found, "InstanceCount") == 71
    timed = advice(requests=TIMED, dataset={"records": "500k", "runs": "1/week"})
    assert timed.decision.status == "recommended"


def test_bounds_below_the_peak_are_said() -> None:
    requests = {"arrival": "online", "processing": "1 s"}
    for most, told in ((2, True), (40, False)):  # 10/s x 1 s / (2 at once x 0.5) = 10
        found = advice(
            requests=requests,
            traffic={"pattern": "sustained", "peak": "10/s"},
            deploy={"instance_type": "ml.m5.large", "instances": {"min": 1, "max": most}},
        )
        assert ("fleet-bounded" in rules(found)) is told


def test_a_word_for_the_answer_drops_no_request() -> None:
    parts: dict[str, Any] = {"traffic": {"pattern": "intermittent", "peak": "20/min"}}
    # Twice ten minutes and a start of 7.25; at most the six hours of AWS's default.
    for answer, lives in (("relaxed", 21_600), ("10 min", 1_635)):
        found = advice(
            requests={
                "arrival": "online", "payload": "20 MB", "processing": "40 s", "answer": answer,
            },
            **parts,
        )  # fmt: skip
        assert found.decision.option == "asynchronous"
        assert found.chosen is not None
        assert found.chosen.plan is not None
        assert found.chosen.plan.invoke.parameters["RequestTTLSeconds"] == lives


def test_a_budget_names_the_option_within_it() -> None:
    # 43,000 a day x 100 ms: serverless works 130,800 s a month; two instances stand all month.
    parts: dict[str, Any] = {
        "requests": {"arrival": "online", "payload": "10 KB", "processing": "short"},
        "traffic": {"volume": "43k/day"},
    }
    (over,) = [
        each
        for each in advice(budget="30 USD/month", **parts).findings
        if each.rule == "over-budget"
    ]
    assert over.fix.startswith("Serverless inference on")
    assert "set decision.option to serverless" in over.fix
    (over,) = [
        each
        for each in advice(budget="1 USD/month", **parts).findings
        if each.rule == "over-budget"
    ]
    assert "Serverless" not in over.message


def test_the_mean_prices_a_request() -> None:
    # 1M x 0.520909 s on 1,024 MB at 0.00002 USD/s are 10.42 USD, and the data about 0.03.
    found = advice(
        environment="test",
        requests={
            "arrival": "online", "payload": "1 KB", "response": "1 KB", "answer": "30 s",
            "processing": {"typical": "200 ms", "p99": "5 s"}, "cold_start": "tolerated",
        },
        traffic={"pattern": "intermittent", "peak": "5/s", "volume": "1M/month"},
        model={"size": "100 MB", "memory": "500 MB"},
        region="us-east-1",
    )  # fmt: skip
    assert found.decision.option == "serverless"
    assert found.chosen is not None
    assert found.chosen.cost is not None
    assert float(found.chosen.cost.usd_low or 0) == pytest.approx(10.45, abs=0.01)


def test_a_wide_p99_is_said() -> None:
    for tail, told in (("101 ms", True), ("100 ms", False)):
        processing = {"typical": "1 ms", "p99": tail}
        found = advice(requests={"arrival": "online", "processing": processing})
        assert ("processing-spread" in rules(found)) is told


def test_a_body_is_shown_as_it_was_written() -> None:
    found = advice(requests={"arrival": "online", "payload": "5 MB"})
    (real_time,) = [each for each in found.candidates if each.option == "real-time"]
    (body,) = [each for each in real_time.verdicts if each.rule == "real-time-payload"]
    assert (body.value, body.outcome, body.margin) == ("5 MB", "unknown", 1.2)
    assert body.note == "6.67 MB if base64; encoding not stated"
    small = advice(requests={"arrival": "online", "payload": "4 MB"})
    (real_time,) = [each for each in small.candidates if each.option == "real-time"]
    (body,) = [each for each in real_time.verdicts if each.rule == "real-time-payload"]
    assert (body.outcome, body.note) == ("met", "")
