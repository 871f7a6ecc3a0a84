"""No answer contradicts itself: fleet and peak, run and deadline, cost and budget, words and data.

Written from the contract, with nothing of the sizing: what a plan says it uses is held against what
the workload states, and the first lines against the findings.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from advisor.model.advice import Advice
from advisor.model.usage import FleetUsage, JobUsage, ServerlessUsage
from advisor.pipeline import advise
from advisor.reports import Context, renderer
from advisor.text.quantity import RATE_PER_MONTH
from advisor.workload import read_workloads
from tests.strategies import FEATURES, Document, documents, read

ROOT = Path(__file__).resolve().parents[1]
PER_SECOND = RATE_PER_MONTH * 730 * 3600
FILES = sorted([*(ROOT / "examples").glob("*.yaml"), *ROOT.glob("tests/cases/*/workload.yaml")])
# The kinds of files in which an answer once contradicted itself.
KINDS = {
    "a peak alone": "requests: {arrival: online}\ntraffic: {peak: 10000/s}",
    "windows": "requests: {arrival: online, processing: 50 ms}\n"
    "traffic: {pattern: periodic, peak: 10000/min, active: 16 h/day}\nbudget: 300 USD/month",
    "a tail": "environment: test\nrequests: {arrival: online, payload: 10 KB, response: 1 KB,"
    " processing: {typical: 100 ms, p99: 2 s}, answer: 5 s}\n"
    "traffic: {pattern: sustained, peak: 50/s, volume: 40M/month}\n"
    "model: {size: 50 MB, memory: 500 MB, measured_on: ml.m5.xlarge, concurrency: 4}",
    "no time of a record": "requests: {arrival: batch}\n"
    "dataset: {records: 20M, size: 30 GB, runs: 1/day, deadline: 4 h}",
    "runs that overlap": "requests: {arrival: batch, processing: 30 s}\n"
    "dataset: {records: 50M, runs: 1/week}",
    "three facts of one": "requests: {arrival: online, processing: 1 s}\n"
    "traffic: {peak: 50/s, concurrent: 2}",
    "peak below the mean": "requests: {arrival: online, processing: 1 s}\n"
    "traffic: {peak: 1/s, volume: 400M/month}",
    "a word": "requests: {arrival: online, payload: 10 KB, processing: short}\n"
    "traffic: {volume: 43k/day}\nbudget: 30 USD/month",
}


def contradictions(advice: Advice) -> list[str]:
    """What an answer says twice, and differently."""
    found = []
    told = {each.rule for each in (*advice.findings, *advice.accepted)}
    shown: dict[str, Any] = json.loads(renderer("json")([advice], Context()))
    first = shown["recommendation"]
    chosen = advice.chosen
    if (chosen is None) != (first["status"] == "none-fits"):
        found.append("an option although none fits")
    plausible = [each for each in shown["decisive_unknowns"] if not each["remote"]]
    if first["status"] == "recommended" and plausible:
        found.append("recommended, with a plausible unknown")
    if chosen is None or chosen.plan is None or chosen.cost is None:
        return found
    if (first["sized"] == "stated") != (not first["sized_rests_on"]):
        found.append("a size that rests on nothing, or on something unsaid")
    stated = {each["fact"] for each in shown["facts"] if each["origin"] == "stated"}
    if any(name in stated for name in first["sized_rests_on"]):
        found.append("a stated fact is said to be assumed")
    sized = first["sized"] != "not-sized"  # else its count is the least that may stand there
    found += _of_usage(advice, chosen.plan.usage, told) if sized else ()
    cost = chosen.cost
    ends = [Decimal(each) for each in (cost.usd_low, cost.usd_estimate, cost.usd_high) if each]
    if ends != sorted(ends):
        found.append("an estimate outside of its range")
    if cost.complete and not sized:
        found.append("a complete cost of no size")
    budget = advice.workload.interval("budget")
    if budget is not None and budget.high is not None and cost.usd_low is not None:
        over = Decimal(cost.usd_low) * 10**6 > budget.high
        if over != any(each.rule == "over-budget" and each.severity == "error"
                       for each in (*advice.findings, *advice.accepted)):  # fmt: skip
            found.append("the budget and the cost")
    return found


def _of_usage(advice: Advice, usage: Any, told: set[str]) -> list[str]:
    """The usage of one plan beside what is stated of the load."""
    workload = advice.workload
    bounded = any(path.startswith("deploy.instances") for path in workload.values)
    if usage.parts or bounded:
        return []
    peak = workload.interval("traffic.peak")
    rate = None if peak is None or peak.high is None else peak.high / PER_SECOND
    found = []
    if isinstance(usage, FleetUsage) and rate is not None and advice.decision.option == "real-time":
        time = usage.traffic.processing_s or 0.1
        carried = usage.workers * usage.instances / time
        if usage.rate_of_one is not None:
            carried = usage.rate_of_one * usage.instances / usage.planned_share
        if carried < rate * 0.99 and usage.instances < 2**31 - 1:
            found.append(f"{usage.instances} instances for {rate}/s")
    if isinstance(usage, ServerlessUsage) and rate is not None:
        flying = rate * (usage.traffic.processing_s or 0.1)
        if (usage.max_concurrency or 0) < min(flying, 200) * 0.99:
            found.append(f"{usage.max_concurrency} at once for {flying} in progress")
    if isinstance(usage, JobUsage) and usage.job_hours.high is not None:
        runs = workload.interval("dataset.runs")
        often = None if runs is None else runs.high or runs.low
        period = 730 * RATE_PER_MONTH / often if often else None
        hours = float(usage.job_hours.high)
        if period is not None and hours > period * 1.001 and "deadline-missed" not in told:
            found.append(f"a run of {hours} h every {period} h")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_published_answer_contradicts_itself(path: Path) -> None:
    for workload in read_workloads(path.read_bytes(), path.name, (), FEATURES):
        assert contradictions(advise(workload, as_of="2026-11-20")) == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_answer_of_a_known_kind_contradicts_itself(kind: str) -> None:
    (workload,) = read_workloads(f"name: kind\n{KINDS[kind]}\n".encode(), "kind.yaml", (), FEATURES)
    assert contradictions(advise(workload, as_of="2026-11-20")) == []


@given(documents())
def test_no_answer_contradicts_itself(document: Document) -> None:
    assert contradictions(advise(read(document), as_of="2026-11-20")) == []
