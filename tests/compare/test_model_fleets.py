"""The Model block tells of the plan's own fleet, and of plans with one thing changed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from advisor.model.advice import Advice
from advisor.model.workload import Modelled
from advisor.pipeline import advise
from advisor.reports import model_block
from advisor.text.money_format import money
from tests.strategies import read

_8B = {"id": "meta-llama/Llama-3.1-8B-Instruct", "engine": "vllm"}
_70B = {"id": "meta-llama/Llama-3.3-70B-Instruct", "engine": "vllm"}
_ONLINE = {"arrival": "online", "tokens": {"input": "1k", "output": 300}}
_LATER = {"arrival": "online", "tokens": {"input": "8k", "output": "2k"}, "answer": "later"}
_JOB = {"arrival": "batch", "tokens": {"input": "1k", "output": 300}}
_PEAK = {"pattern": "sustained", "peak": "5/s"}
CASES: list[dict[str, Any]] = [
    {"requests": _ONLINE, "traffic": _PEAK, "model": _8B},
    {"requests": _ONLINE, "traffic": _PEAK, "model": _8B, "environment": "test"},
    {"requests": _ONLINE, "traffic": _PEAK, "model": _8B, "deploy": {"instances": {"max": 1}}},
    {"requests": _LATER, "traffic": _PEAK, "model": _70B},
    {"requests": _JOB, "model": _8B, "dataset": {"records": "1M", "deadline": "12 h"}},
    {"requests": _JOB, "model": _8B, "dataset": {"records": "1M", "runs": "1/day"}},
]


def answered(case: dict[str, Any]) -> tuple[Advice, Modelled]:
    advice = advise(read({"name": "case", "region": "us-east-1", **case}))
    assert advice.model is not None
    return advice, advice.model


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_the_fleet_is_that_of_the_plan(case: dict[str, Any]) -> None:
    advice, told = answered(case)
    assert told.on is not None
    assert advice.chosen is not None
    assert advice.chosen.plan is not None
    usage: Any = advice.chosen.plan.usage
    counts = {getattr(usage, "instances", None), usage.count.high}
    assert told.on.instances in counts
    assert told.on.instance_type == usage.instance_type


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_an_alternative_is_what_its_own_workload_gets(case: dict[str, Any]) -> None:
    _, told = answered(case)
    assert told.alternatives
    for each in told.alternatives:
        key, _, value = each.change.partition(" ")
        if key != "another":
            parts = {**case, "model": {**case["model"], key.removeprefix("model."): value}}
        else:
            parts = {
                **case,
                "deploy": {**case.get("deploy", {}), "instance_type": each.on.instance_type},
            }
        advice, own = answered(parts)
        assert own.on == each.on
        if case["requests"]["arrival"] == "online":
            assert advice.chosen is not None
            assert money(advice.chosen.cost) == money(each.cost)


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_the_words_have_units_and_no_exponents(case: dict[str, Any]) -> None:
    _, told = answered(case)
    job = case["requests"]["arrival"] == "batch"
    said = list(model_block.lines(told, job=job))
    text = "\n".join(said)
    assert "e+" not in text
    assert " 1 devices" not in text
    assert len(set(said)) == len(said)
    assert ("USD a run" in text) is job
    assert ("USD a month" in text) is not job
    json.dumps(model_block.member(told), allow_nan=False)


def test_a_job_costs_the_hours_of_its_instances() -> None:
    # 1M records by the rate of each of the instances and the start, for as many hours of all.
    _, told = answered(CASES[4])
    (other,) = (each for each in told.alternatives if each.change == "another type")
    on = other.on
    assert on.usd_hour is not None
    work = 1_000_000 / on.highest_per_s / 3600 * on.usd_hour
    assert work < float(other.cost.usd_high) < 1.1 * work


def test_a_fleet_carries_its_load() -> None:
    for peak in ("1/s", "5/s", "20/s"):
        for requests in (_LATER, {**_LATER, "answer": "1 h"}):
            case = {"requests": requests, "traffic": {**_PEAK, "peak": peak}, "model": _70B}
            _, told = answered(case)
            assert told.on is not None
            assert told.on.highest_per_s * told.on.instances >= float(peak.removesuffix("/s"))


def test_a_stated_time_is_told_apart_from_modelled_ones() -> None:
    case = {"requests": {**_ONLINE, "processing": "100 ms"}, "traffic": _PEAK, "model": _8B}
    _, told = answered(case)
    said = "\n".join(model_block.lines(told, job=False))
    assert "for 100 ms each as stated" in said
    assert "answer 100 ms" not in said
