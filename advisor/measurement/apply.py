"""Put the results of load tests in the place of what a workload states or leaves assumed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from advisor.catalogue.price_snapshot import Folder
from advisor.engine.facts import Facts
from advisor.engine.modelled import predicted
from advisor.measurement.restate import measurement, restated
from advisor.measurement.result import Result
from advisor.measurement.weigh import TAKEN, findings, weighed
from advisor.model.errors import InputError
from advisor.model.workload import Measured, Measurement, Workload
from advisor.pricing.plan_cost import learned, prices_of
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.load import book_for


def measured_workload(
    workload: Workload,
    results: Sequence[Result],
    *,
    limits: str | None = None,
    region: str | None = None,
    own_prices: Folder | None = None,
) -> Workload:
    """The workload with measured values, which ``measured`` describes.

    Of the instance types that were measured sizing takes the one whose fleet for the stated load is
    the cheapest among those that answer in time. The measured values become stated ones, so that
    limits, sizing, latency and cost read them as they read any other.

    Args:
        workload: what the user said.
        results: what jobs found, at least one; instances and serverless take a job each.
        limits: ``safe`` or ``latest``; the workload's own choice without it.
        region: used instead of the workload's Region.
        own_prices: folder of the user's price snapshots.

    Raises:
        InputError: the Region's code is none, or the user's snapshot cannot be read.
    """
    facts = Facts(book_for(workload, limits), workload, region)
    # What is taken is the same on every machine, whatever prices its user has.
    prices = prices_of(facts.region, own_prices, workload).shipped
    known = knowledge(facts.book.raw)
    number: Callable[[str], Any] = known.numbers.__getitem__
    place = facts.region or prices.region
    tests = tuple(
        _modelled(facts, measurement(result, each, place, number))
        for result in results
        for each in result.benchmarks
    )
    jobs = tuple(dict.fromkeys(each.job for each in tests))
    bare = Measured(jobs=jobs, keys=(), taken=None, serverless=None, tests=tests, findings=())
    tests = weighed(facts, known, learned(prices, bare), tests)
    stand = {bool(each.memory_mb): each for each in tests if each.standing == TAKEN}
    taken, serverless = stand.get(False), stand.get(True)
    chosen = taken or serverless
    keys: tuple[str, ...] = ()
    if chosen is not None:
        workload, keys = restated(workload.as_stated, facts, chosen)
    measured = bare._replace(keys=keys, taken=taken, serverless=serverless, tests=tests)
    told = tuple(findings(facts, results, measured, number))
    return workload._replace(measured=measured._replace(findings=told))


def _modelled(facts: Facts, found: Measurement) -> Measurement:
    """One of a language model with the type of the plan, and the same load as modelled."""
    times = found.tokens
    if times is None:
        return found
    stated, told = facts.workload, facts.workload.modelled
    on = None if told is None else told.on
    kind = stated.text("deploy.instance_type") or stated.text("model.measured_on")
    if kind is None and on is None:
        raise InputError(
            "the file does not say which instance type was measured",
            file=found.job.file,
            hint="State model.measured_on in the workload file.",
        )
    kind = kind or (on.instance_type if on is not None else "")
    found = found._replace(instance_type=kind)
    if on is None or on.instance_type != kind:
        return found
    return found._replace(modelled=predicted(facts, times))
