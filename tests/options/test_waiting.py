"""Instances for an answer time: more of them, or one queue, only where waiting is too long."""

from __future__ import annotations

import math
from typing import Any

import pytest

from advisor.model.options import REAL_TIME
from tests.planned import online, planned, setting, value
from tests.usages import figure

TIGHT: dict[str, Any] = {
    "environment": "production",
    "requests": {"payload": "2 KB", "processing": {"typical": "40 ms", "p99": "50 ms"},
                 "answer": "90 ms", "cold_start": "avoid"},
    "traffic": {"pattern": "sustained", "peak": "30/s", "volume": "20M/month"},
    "model": {"memory": "600 MB", "concurrency": 1},
}  # fmt: skip


def plan(**parts: Any) -> Any:
    return planned(REAL_TIME, online(**{**TIGHT, **parts}))


def requests(**changes: Any) -> dict[str, Any]:
    return {"requests": {**TIGHT["requests"], **changes}}


def test_one_queue_answers_in_time_where_random_routing_does_not() -> None:
    # 25/s x 0.5: three instances for 30/s. At random each is 40 % busy on one worker, where 40 %
    # wait behind a whole request: 1 % above 90 ms asks for 14. One queue of three makes 14 % wait.
    found = plan()
    assert value(found, "InitialInstanceCount") == 3
    text = setting(found, "InitialInstanceCount").because
    assert "14.3 % of the requests wait with least-outstanding-requests routing (Erlang C)" in text
    assert "99 of 100 are answered in 90 ms" in text
    assert value(found, "RoutingStrategy") == "LEAST_OUTSTANDING_REQUESTS"
    assert "would take more instances" in setting(found, "RoutingStrategy").because
    assert figure(found.usage, "routing") == "least-outstanding-requests"


def test_more_instances_where_one_queue_is_not_enough() -> None:
    found = plan(**requests(answer="60 ms"), needs=["autoscaling"])
    count = value(found, "InitialInstanceCount")
    assert count > 3
    assert (
        f"{count} instances for the answer time" in setting(found, "InitialInstanceCount").because
    )
    # The target follows: 30/s over the fleet that is in time.
    assert figure(found.usage, "rate_of_one") == pytest.approx(30 / count)
    assert value(found, "TargetValue") == pytest.approx(30 / count * 60, abs=1e-3)
    assert "at which answers are in time" in setting(found, "TargetValue").because


def test_time_to_spare_changes_nothing() -> None:
    found = plan(**requests(answer="1 s"))
    assert value(found, "InitialInstanceCount") == 3
    assert value(found, "RoutingStrategy") is None
    assert "with random routing (Erlang C)" in setting(found, "InitialInstanceCount").because


@pytest.mark.parametrize(
    "parts",
    [
        requests(answer="interactive"),  # a word is no budget
        {"traffic": {**TIGHT["traffic"], "pattern": "spiky"}},  # no closed form describes bursts
        requests(processing={"typical": "40 ms", "p99": "95 ms"}),  # late without any wait
        {"traffic": {"pattern": "sustained"}},
    ],
)
def test_where_no_number_is_supported_none_is_given(parts: dict[str, Any]) -> None:
    found = plan(**parts)
    assert "Erlang" not in setting(found, "InitialInstanceCount").because
    assert value(found, "RoutingStrategy") is None


def test_a_largest_time_is_no_reason_for_more_instances() -> None:
    found = plan(**requests(processing={"typical": "40 ms", "max": "85 ms"}))
    assert value(found, "InitialInstanceCount") == 3


def test_an_answer_that_no_fleet_gives_is_said() -> None:
    # Models that share instances are routed by model, so at random: of 24 instances each makes
    # 5 % of its requests wait, and the p99 of the work alone is 89.9 ms of 90.
    found = plan(
        **requests(processing={"typical": "40 ms", "p99": "89.9 ms"}),
        model={"memory": "20 MB", "concurrency": 1, "count": 3},
        deploy={"hosting": "multi-model"},
    )
    text = setting(found, "InitialInstanceCount").because
    assert "no fleet up to 24 answers 99 of 100 in 90 ms with random routing" in text
    assert value(found, "InitialInstanceCount") == 3


def test_a_measured_throughput_tells_the_workers() -> None:
    # 900/s of 6 ms are 5.4 in progress: five workers of one instance, and not the one of
    # model.concurrency.
    found = planned(
        REAL_TIME,
        online(
            requests={"processing": {"typical": "6 ms", "p99": "15 ms"}, "answer": "60 ms"},
            traffic={"pattern": "sustained", "peak": "2000/s", "volume": "2.2G/month"},
            model={"memory": "2 GB", "throughput": "900/s", "concurrency": 1},
        ),
    )
    assert value(found, "InitialInstanceCount") == 5
    assert "14.7 % of the requests wait with random routing" in (
        setting(found, "InitialInstanceCount").because
    )


def test_a_fleet_of_any_size_is_found_at_once() -> None:
    # A mean of 40.184 ms: 1,000,000,000/s / (1 / 40.184 ms x 0.5) = 80,368,000 instances, of which
    # none is waited for.
    found = plan(traffic={"pattern": "sustained", "peak": "1G/s"})
    assert value(found, "InitialInstanceCount") == 80_368_000


@pytest.mark.parametrize("peak", ["13/s", "30/s", "61/s", "200/s"])
@pytest.mark.parametrize("answer", ["55 ms", "60 ms", "75 ms"])
def test_the_fleet_is_the_smallest_that_is_in_time(peak: str, answer: str) -> None:
    from advisor.modelling.queueing import responses, service_times

    found = plan(**requests(answer=answer), traffic={"pattern": "sustained", "peak": peak})
    rate, limit = float(peak.removesuffix("/s")), float(answer.removesuffix(" ms")) / 1000
    service = service_times.lognormal(0.04, 0.05)
    routing = figure(found.usage, "routing") or responses.RANDOM
    fleet = math.ceil(rate * round(service.mean_s, 6) / 0.5)
    while True:
        waiting = responses.fleet_wait(rate, service, fleet, 1, routing)
        if waiting is not None and (
            waiting.probability <= 0.001 or responses.share_above(waiting, service)(limit) <= 0.01
        ):
            break
        fleet += 1
    assert value(found, "InitialInstanceCount") == max(2, fleet)
