"""Expected answer times: the numbers of the forms behind them, and the refusals."""

from typing import Any

import pytest

from advisor.model.advice import Latency
from advisor.model.options import ASYNCHRONOUS, BATCH_TRANSFORM, REAL_TIME, SERVERLESS
from advisor.modelling import latency
from tests.usages import usage

ROUTED = {"routing": "least-outstanding-requests"}


def _latency(option: str, figures: dict[str, Any]) -> Latency:
    return latency.latency(option, usage(option, figures))


def test_real_time_adds_the_wait() -> None:
    # One worker, 0.5/s of constant 1 s: C = 0.5, mean wait halved, so the wait decays with
    # (1 - 0.5) / (1 x 0.5) = 1/s: p50 = 1 + ln(0.5 / 0.5) / 1 = 1 s, p99 = 1 + ln(50) = 4.912 s.
    facts = {"processing_s": 1, "processing_p99_s": 1, "rate": 0.5, "measured": True}
    found = _latency(REAL_TIME, facts)
    assert (found.p50_ms, found.p99_ms, found.cold_start_share) == (1000, 4910, 0)
    assert found.basis.startswith("modelled: ")
    assert found.basis.endswith("50 % wait, on measured processing times")
    assert found.notes == ()


def test_measured_times_stand_where_hardly_any_request_waits() -> None:
    # Card fraud: 300/s of 8 ms on 2 x 4 workers are 2.4 of 8 busy: 0.6 % wait with one queue.
    facts = {"processing_s": 0.008, "processing_p99_s": 0.016, "rate": 3, "measured": True}
    found = _latency(REAL_TIME, {**facts, **ROUTED, "instances": 2, "workers": 4})
    assert (found.p50_ms, found.p99_ms) == (8, 16)
    assert found.basis.startswith("measured: hardly any request waits")
    elsewhere = _latency(
        REAL_TIME, {**facts, **ROUTED, "instances": 2, "workers": 4, "measured": False}
    )
    assert elsewhere.basis.startswith("modelled: ")
    assert elsewhere.basis.endswith("measured elsewhere")


def test_routing_is_named_and_matters() -> None:
    facts = {
        "processing_s": 0.2, "processing_p99_s": 0.6, "rate": 30, "instances": 5, "workers": 2
    }  # fmt: skip
    random, shared = (_latency(REAL_TIME, {**facts, **routing}) for routing in ({}, ROUTED))
    assert "random routing" in random.basis
    assert "least-outstanding-requests routing" in shared.basis
    assert random.p99_ms is not None
    assert shared.p99_ms is not None
    assert random.p99_ms > shared.p99_ms


@pytest.mark.parametrize(
    ("option", "facts", "reason"),
    [
        (REAL_TIME, {}, "requests.processing and traffic.peak must be a number"),
        (REAL_TIME, {"processing_s": 1}, "traffic.peak must be a number"),
        (REAL_TIME, {"processing_s": 1, "rate": 1}, "the queue grows as long as it lasts"),
        (REAL_TIME, {"processing_s": 1, "rate": 0.95}, "above 90% busy"),
        # ln(30) / 2.326 = 1.462 and exp(1.462 ** 2) - 1 = 7.5
        (REAL_TIME, {"processing_s": 1, "processing_p99_s": 30, "rate": 0.1}, "vary too much"),
        (REAL_TIME, {"processing_s": 1, "rate": 0.1, "pattern": "spiky"}, "bursts"),
        (SERVERLESS, {"processing_s": 1}, "traffic.volume must be a number"),
        (SERVERLESS, {"processing_s": 1, "mean_rate": 1, "pattern": "unpredictable"}, "bursts"),
        (SERVERLESS, {"processing_s": 60, "mean_rate": 20}, "beyond any serverless endpoint"),
        (ASYNCHRONOUS, {"rate": 1}, "requests.processing must be a number"),
        (ASYNCHRONOUS, {"rate": 2, "processing_s": 1}, "the queue grows as long as it lasts"),
        (BATCH_TRANSFORM, {}, "the run time of a job is unknown"),
    ],
)
def test_refusals_say_why(option: str, facts: dict[str, Any], reason: str) -> None:
    found = _latency(option, facts)
    assert (found.p50_ms, found.p99_ms) == (None, None)
    assert found.basis.startswith("unknown: ")
    assert reason in found.basis


def test_a_measured_throughput_wins_over_concurrency() -> None:
    # 900/s of 6 ms are 5.4 in progress, so one instance works on 5 at once: 450/s are 2.7 of 5.
    facts = {"processing_s": 0.006, "processing_p99_s": 0.006, "rate": 450, "workers": 1}
    assert _latency(REAL_TIME, facts).basis.startswith("unknown: the load exceeds")
    found = _latency(REAL_TIME, {**facts, "max_rate": 900})
    # Erlang C: 2.7 ** 5 / 5! / (1 - 0.54) = 2.599 over itself and the sum of 2.7 ** k / k! for k
    # below 5, 12.840.
    assert "16.8 % wait" in found.basis
    slow = _latency(REAL_TIME, {**facts, "rate": 50, "max_rate": 100})
    assert "wait" in slow.basis  # 0.6 in progress are still one worker


def test_no_p99_without_a_stated_one() -> None:
    found = _latency(REAL_TIME, {"processing_s": 0.1, "rate": 0.1})
    assert (found.p50_ms, found.p99_ms) == (100, None)
    assert found.notes == ("There is no p99 without requests.processing.p99.",)


def test_nearly_every_call_of_five_a_day_starts_cold() -> None:
    # 5 calls in 8 hours are 1 in 5760 s: exp(-300 / 5760) = 94.9 %, exp(-645 / 5760) = 89.4 %.
    facts = {
        "processing_s": 2, "processing_p99_s": 6, "mean_rate": 5 / (8 * 3600), "cold_start_s": 20
    }  # fmt: skip
    found = _latency(SERVERLESS, facts)
    assert found.cold_start_share == pytest.approx(0.949, abs=2e-3)
    assert any(note.startswith("89.") and "94." in note for note in found.notes)
    # Cold at the median: 20 s, and about the median of the processing time.
    assert found.p50_ms == pytest.approx(22000, rel=0.02)
    assert found.p99_ms == pytest.approx(26000, rel=0.02)


def test_a_start_of_unknown_length() -> None:
    facts = {"processing_s": 2, "processing_p99_s": 6}
    often = _latency(SERVERLESS, {**facts, "mean_rate": 5 / 86400})
    assert (often.p50_ms, often.p99_ms) == (None, None)
    assert "The cold-start time is unknown: state model.startup." in often.notes
    # At 1/s few start cold (0.12 % at 600 s), so neither quantile depends on their length.
    seldom = _latency(SERVERLESS, {**facts, "mean_rate": 1.0})
    # A mean of 2 s and a p99 of 6 s: half of a log-normal time is within 1.74 s.
    assert seldom.p50_ms == pytest.approx(1740, rel=0.01)
    assert seldom.p99_ms is not None
    assert 6000 <= seldom.p99_ms < 7000


def test_provisioned_concurrency_takes_cold_starts_away() -> None:
    facts = {"processing_s": 2, "processing_p99_s": 6, "mean_rate": 0.01, "cold_start_s": 20}
    plain = _latency(SERVERLESS, facts)
    warm = _latency(SERVERLESS, {**facts, "provisioned": 2})
    assert plain.cold_start_share is not None
    assert warm.cold_start_share is not None
    assert warm.cold_start_share < plain.cold_start_share / 10


def test_refused_requests_are_named() -> None:
    facts = {"processing_s": 2, "mean_rate": 1, "rate": 5, "max_concurrency": 10}
    found = _latency(SERVERLESS, facts)
    # Erlang B of a load of 10 on 10: 21.46 %.
    assert "At the peak 21.5 % of the requests find 10 in progress and are refused." in found.notes
    roomy = _latency(SERVERLESS, {**facts, "max_concurrency": 40})
    assert not any("refused" in note for note in roomy.notes)


def test_an_asynchronous_fleet_at_zero() -> None:
    # One request an hour of 60 s, released after 20 min, back after 5: 66.6 % wake it (table J).
    facts = {
        "processing_s": 60, "processing_p99_s": 60, "rate": 1 / 3600, "mean_rate": 1 / 3600,
        "linger_s": 1200, "wake_s": 300,
    }  # fmt: skip
    found = _latency(ASYNCHRONOUS, facts)
    # 0.665601 x (1 + 300 / 3600) = 0.721068 find it at zero or on its way.
    assert found.cold_start_share == pytest.approx(0.721068, abs=1e-6)
    assert found.p50_ms == 360_000
    assert found.p99_ms == pytest.approx(362_000, rel=0.02)
    always_on = _latency(ASYNCHRONOUS, {**facts, "wake_s": None})
    assert (always_on.p50_ms, always_on.cold_start_share) == (60_000, 0)
    assert "Upload to and download from Amazon S3 come on top." in found.notes


def test_a_job_answers_when_it_ends() -> None:
    found = _latency(BATCH_TRANSFORM, {"job_hours": 0.5})
    assert (found.p50_ms, found.p99_ms, found.cold_start_share) == (1_800_000, 1_800_000, 0)
