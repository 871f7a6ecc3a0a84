"""What changed between two answers, and whether the cost rose by more than is allowed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from advisor.compare.diff import (
    ChangedValue,
    Difference,
    MostIncrease,
    chosen_cost,
    difference,
    exceeded,
    rise,
)
from advisor.model.advice import Advice, Cost
from advisor.pipeline import advise
from advisor.workload import read_workloads
from tests.planned import facts_of, online
from tests.strategies import Document, documents, read

CALM: dict[str, Any] = {
    "region": "us-east-1",
    "environment": "test",
    "requests": {
        "payload": "10 KB", "response": "1 KB", "processing": "1 s", "answer": "10 s",
        "cold_start": "tolerated",
    },
    "traffic": {"pattern": "intermittent", "peak": "1/min", "volume": "1k/month"},
    "model": {"memory": "1 GB", "size": "200 MB", "accelerator": "none", "count": 1},
}  # fmt: skip


def answer(**parts: Any) -> Advice:
    return advise(facts_of(online(**{**CALM, **parts})).workload)


def changed(**parts: Any) -> Difference:
    return difference(answer(), answer(**parts))


def names(changes: tuple[ChangedValue, ...]) -> list[str]:
    return [change.name for change in changes]


def test_comments_order_and_spelling_do_not_matter() -> None:
    one = b"name: x\nrequests: {arrival: online, payload: 2 MB}\nneeds: [vpc, kms]\n"
    other = (
        b"# a comment\nname: x\nneeds: {kms: true, vpc: true}\n"
        b"requests:\n  payload: 2048 KB\n  arrival: online\n"
    )
    old, new = (advise(read_workloads(data, "w.yaml")[0]) for data in (one, other))
    assert not difference(old, new).matters


@given(documents())
def test_nothing_differs_from_itself(document: Document) -> None:
    workload = read(document)
    found = difference(advise(workload), advise(workload))
    assert not found.matters
    assert exceeded(found, MostIncrease(Decimal(0), False, "0 USD")) is None


def test_a_larger_body_changes_the_answer() -> None:
    found = changed(requests={**CALM["requests"], "payload": "5 MB"})
    assert found.matters
    assert found.facts == (ChangedValue("requests.payload", "10 KB", "5 MB"),)
    assert ChangedValue("option", "serverless", "real-time") in found.answer
    assert ChangedValue("serverless", "chosen", "ruled out by serverless-payload") in found.options
    assert (
        ChangedValue("real-time", "ranked lower by the question cold-start", "chosen")
        in found.options
    )
    assert "InstanceType" in names(found.settings)
    assert ChangedValue("MemorySizeInMB", "2048", None) in found.settings
    assert "CreateEndpointConfig" in names(found.requests)
    assert names(found.costs) == ["asynchronous", "serverless", "real-time"]


def test_facts_that_come_and_go() -> None:
    found = changed(needs=["kms"], model={**CALM["model"], "startup": "5 s"})
    assert ChangedValue("needs.kms", None, "true") in found.facts
    assert ChangedValue("model.startup", None, "5 s") in found.facts
    back = difference(found.new, found.old)
    assert ChangedValue("needs.kms", "true", None) in back.facts


def test_a_larger_bill_is_told_option_by_option() -> None:
    # 1,000 x 1 s x 0.00004 = 0.04; ten times as many 0.40, and data.
    found = changed(traffic={"pattern": "intermittent", "peak": "1/min", "volume": "10k/month"})
    assert not found.answer
    assert ChangedValue("serverless", "0.04", "0.40") in found.costs
    assert rise(chosen_cost(found.old), chosen_cost(found.new)).text == "+0.36"


def test_findings_that_appear_and_those_that_are_gone() -> None:
    found = changed(budget="0.01 USD/month")
    assert [finding.rule for finding in found.appeared] == ["over-budget"]
    assert [finding.rule for finding in difference(found.new, found.old).gone] == ["over-budget"]


def test_an_answer_that_is_lost() -> None:
    found = changed(requests={"payload": "2 GB", "processing": "1 s"})
    assert ChangedValue("option", "serverless", None) in found.answer
    assert chosen_cost(found.new).usd_low is None
    assert exceeded(found, MostIncrease(Decimal(1), False, "1 USD")) is None


def test_an_unsuited_or_contested_option_is_told() -> None:
    found = changed(requests={**CALM["requests"], "processing": "10 ms", "answer": "50 ms"})
    lower = (
        "ranked lower by the question cold-start",
        "ranked lower by the question strict-latency",
    )
    assert ChangedValue("asynchronous", *lower) in found.options
    found = changed(requests={**CALM["requests"], "payload": "8 MB"})
    change = ChangedValue(
        "real-time", lower[0], "ranked lower by real-time-payload, the question synchronous"
    )
    assert change in found.options


def test_records_and_lists_are_told_in_words() -> None:
    found = changed(
        decision={"option": "real-time", "because": "contract"},
        deploy={"subnets": ["subnet-1", "subnet-2"], "tags": {"team": "risk"}},
    )
    texts = {change.name: change.new for change in found.facts}
    assert texts["deploy.subnets"] == "subnet-1, subnet-2"
    assert texts["deploy.tags"] == "team risk"
    assert "because contract" in str(texts["decision"])


def cost(low: str | None, high: str | None, estimate: str | None = None) -> Cost:
    return Cost(
        usd_low=low,
        usd_high=high,
        complete=low is not None,
        basis="",
        items=(),
        usd_estimate=estimate,
    )


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (("10.00", "10.00"), ("12.50", "12.50"), "+2.50"),
        (("10.00", "20.00"), ("9.00", "25.00"), "-1.00 to +5.00"),
        # A low end alone is no rise, and an estimate is one.
        (("10.00", None), ("10.00", None), ""),
        (("10.00", None, "12.00"), ("11.00", "11.00"), "about -1.00"),
        (("10.00", None, "12.00"), ("10.00", None, "20.50"), "about +8.50"),
        (("10.00", "20.00"), (None, None), ""),
    ],
)
def test_rises(old: tuple[str | None, ...], new: tuple[str | None, ...], text: str) -> None:
    assert rise(cost(*old), cost(*new)).text == text


def with_costs(old: Cost, new: Cost) -> Difference:
    """A difference of which only the costs matter."""
    found = changed()
    sides = []
    for advice, each in ((found.old, old), (found.new, new)):
        candidates = tuple(
            candidate._replace(cost=each) if candidate.option == "serverless" else candidate
            for candidate in advice.candidates
        )
        sides.append(advice._replace(candidates=candidates))
    return found._replace(
        old=sides[0], new=sides[1], costs=(ChangedValue("serverless", "old", "new"),)
    )


@pytest.mark.parametrize(
    ("old", "new", "most", "severity"),
    [
        (
            ("100.00", "100.00"),
            ("110.00", "110.00"),
            MostIncrease(Decimal(10), False, "10 USD"),
            None,
        ),
        (
            ("100.00", "100.00"),
            ("110.01", "110.01"),
            MostIncrease(Decimal(10), False, "10 USD"),
            "error",
        ),
        (("100.00", "100.00"), ("110.00", "110.00"), MostIncrease(Decimal(10), True, "10 %"), None),
        (
            ("100.00", "100.00"),
            ("110.01", "110.01"),
            MostIncrease(Decimal(10), True, "10 %"),
            "error",
        ),
        (("100.00", "100.00"), ("90.00", "90.00"), MostIncrease(Decimal(0), False, "0 USD"), None),
        (
            ("100.00", "200.00"),
            ("100.00", "300.00"),
            MostIncrease(Decimal(10), True, "10 %"),
            "warning",
        ),
        (
            ("100.00", "200.00"),
            ("150.00", "300.00"),
            MostIncrease(Decimal(10), True, "10 %"),
            "error",
        ),
        (("0.00", "0.00"), ("0.01", "0.01"), MostIncrease(Decimal(10), True, "10 %"), "error"),
        (("100.00", None), ("150.00", None), MostIncrease(Decimal(10), True, "10 %"), "error"),
        (("100.00", "100.00"), ("90.00", None), MostIncrease(Decimal(10), True, "10 %"), "error"),
        (("100.00", "100.00"), (None, None), MostIncrease(Decimal(10), True, "10 %"), "error"),
    ],
)
def test_the_gate_on_an_increase(
    old: tuple[str | None, str | None],
    new: tuple[str | None, str | None],
    most: MostIncrease,
    severity: str | None,
) -> None:
    finding = exceeded(with_costs(cost(*old), cost(*new)), most)
    assert (finding.severity if finding else None) == severity
    if finding is not None:
        assert most.text in finding.message
