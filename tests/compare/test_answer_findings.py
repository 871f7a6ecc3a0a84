"""Starts that are too late, warm environments that take them away, and answers that are missed."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from advisor.model.advice import Advice
from advisor.pipeline import advise
from advisor.workload import read_workloads

LATE, MISSED = "start-too-late", "answer-missed"


def answered(requests: str, traffic: str = "", rest: str = "", **options: Any) -> Advice:
    text = (
        f"name: starts\nrequests: {{arrival: online, {requests}}}\ntraffic: {{{traffic}}}\n{rest}"
    )
    (workload,) = read_workloads(text.encode(), "starts.yaml")
    return advise(workload, **options)


def told(advice: Advice) -> set[str]:
    return {finding.rule for finding in advice.findings}


def provisioned(advice: Advice) -> int | None:
    assert advice.chosen is not None
    assert advice.chosen.plan is not None
    found = [each for each in advice.chosen.plan.settings if each.name == "ProvisionedConcurrency"]
    return found[0].value if found else None


def test_one_environment_is_kept_warm_where_a_start_misses_the_answer() -> None:
    """A start of 15 s misses 200 ms; 5 an hour: e ** -(645 / 720) = 41 % start cold."""
    work = "processing: {typical: 20 ms, p99: 40 ms}, answer: 200 ms"
    found = answered(work, "pattern: intermittent, volume: 5/h")
    assert found.decision.option == "serverless"
    assert provisioned(found) == 1
    assert not {LATE, MISSED} & told(found)
    assert found.chosen is not None
    assert found.chosen.latency is not None
    assert found.chosen.latency.p99_ms == 40
    assert found.chosen.cost is not None
    # 0.00001 USD/s x 2,628,000 s = 26.28 USD for 2 GB, and the work.
    assert 26.28 < float(found.chosen.cost.usd_estimate or 0) < 26.5


@pytest.mark.parametrize("limits", ["safe", "latest"])
def test_of_options_that_start_too_late_the_soonest_is_taken(limits: str) -> None:
    """15 s of serverless, 375 s of a component, 435 s of an asynchronous endpoint; 2 s accepted."""
    found = answered(
        "cold_start: 2 s", "pattern: intermittent", "needs: [scale-to-zero]\n", limits=limits
    )
    assert found.decision.option == "serverless"
    assert provisioned(found) is None
    assert LATE in told(found)
    assert "contested-limit" not in told(found)
    standings = {each.option: each for each in found.candidates}
    assert {standings[name].status for name in ("real-time", "asynchronous")} == {"late"}
    assert standings["real-time"].standing.standing == "ranked-lower"
    (fix,) = [each.fix for each in found.findings if each.rule == LATE]
    assert "provisioned concurrency" in fix
    assert "USD a month" in fix


def test_each_option_is_judged_by_its_own_start() -> None:
    """A minute is accepted: enough for serverless, not for an instance."""
    found = answered("cold_start: 60 s", "pattern: intermittent", "needs: [scale-to-zero]\n")
    assert found.decision.option == "serverless"
    assert LATE not in told(found)
    assert {each.option for each in found.candidates if each.status == "late"} == {
        "real-time",
        "asynchronous",
    }


def test_a_tolerated_start_is_no_reason_against_an_option() -> None:
    found = answered("cold_start: tolerated", "pattern: intermittent", "needs: [scale-to-zero]\n")
    assert found.decision.option == "serverless"
    assert {each.status for each in found.candidates} <= {"clear", "ruled-out"}


def test_a_load_that_one_environment_does_not_take_goes_to_instances() -> None:
    """2 at once, and no start is accepted."""
    found = answered("cold_start: avoid", "pattern: intermittent, concurrent: 2")
    assert found.decision.option == "real-time"
    serverless = next(each for each in found.candidates if each.option == "serverless")
    assert serverless.status == "late"
    assert serverless.standing.reasons[0].rule == "serverless-start"


def test_starts_that_are_rare_where_environments_are_kept_for_long_are_a_warning() -> None:
    """40 an hour: e ** -(645 / 90) = 0.08 % or e ** -(300 / 90) = 3.6 % start cold."""
    work = "processing: {typical: 20 ms, p99: 40 ms}, answer: 200 ms"
    found = answered(work, "pattern: intermittent, volume: 40/h")
    assert found.decision.option == "serverless"
    assert provisioned(found) is None
    assert MISSED in told(found)
    # 100 an hour: e ** -(300 / 36) = 0.02 %.
    calm = answered(work, "pattern: intermittent, volume: 100/h")
    assert not {LATE, MISSED} & told(calm)


WAYS = list(
    product(
        ("150 ms", "2 s", "30 s"),
        ("1/h", "30/h", "2k/h"),
        ("intermittent", "periodic"),
        ("3 s", "2 min"),
    )
)


@pytest.mark.parametrize(("answer", "volume", "pattern", "startup"), WAYS)
def test_no_answer_misses_its_own_promise_in_silence(
    answer: str, volume: str, pattern: str, startup: str
) -> None:
    work = f"processing: {{typical: 50 ms, p99: 120 ms}}, answer: {answer}"
    found = answered(
        work, f"pattern: {pattern}, volume: {volume}", f"model: {{startup: {startup}}}\n"
    )
    assert found.chosen is not None
    latency, promised = found.chosen.latency, {"150 ms": 150, "2 s": 2000, "30 s": 30000}[answer]
    assert latency is not None
    missed = latency.p99_ms is not None and latency.p99_ms > promised
    assert not missed or {LATE, MISSED} & told(found)
