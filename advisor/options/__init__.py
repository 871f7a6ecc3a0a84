"""Facts and an option in, a plan with its requests out: a module for each of the four options.

``Plan.facts`` holds what ``advisor.pricing`` and ``advisor.modelling.latency`` read. Rates are per
second, times seconds, sizes bytes unless the key says otherwise. A key without a known value is
absent. Where a fact is a range, ``_low`` and ``_high`` bound it; loads are the unfavourable end.

==================  =============================================================================
key                 meaning
==================  =============================================================================
requests            requests a month
bytes_in, bytes_out usual size of a request and a response on the wire
processing_s        usual time of one request; processing_p99_s the largest stated below open
rate, mean_rate     at the peak; mean over the active time; active_share of the week (0 to 1)
pattern             traffic.pattern, if stated
component           price component: hosting, asynchronous, serverless, batch-transform
instance_type       all but serverless
count               instances in service, or of one job; count_low and count_high when scaled
beside              other variants: name, instance type and number of instances of each
minimum, maximum    bounds of the scaling; instances: for the stated peak
workers             requests that one instance processes at once
rate_of_one         requests per second planned for one instance (real-time: with safety factor)
planned_share       that safety factor, 0 to 1
routing             least-outstanding-requests where it is set
measured            the times were measured on the instance type of the plan
wake_s, linger_s    asynchronous, where it goes to zero: until service, until release
volume_gb           size of the storage volume that is asked for, on each instance
memory_mb           serverless memory; seconds: time of one request; cold_start_s: of a start
max_concurrency     serverless; provisioned: provisioned concurrency
job_hours, runs     of one job; jobs a month; start_s: until a job works
hosting             how several models are hosted, where that was a question
busiest             what latency reads instead, of the model with the largest share
times               models that a part of `each` stands for
each                a plan and its facts for each of several models that are paid for by themselves
==================  =============================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from advisor.engine.facts import Facts
from advisor.model.advice import Plan
from advisor.model.options import ASYNCHRONOUS, BATCH_TRANSFORM, REAL_TIME, SERVERLESS
from advisor.options.hosting.needed import concern
from advisor.options.plan_basis import Basis
from advisor.options.plan_builder import Draft
from advisor.rulebook.knowledge import Knowledge, knowledge

MODULES: Mapping[str, str] = {
    BATCH_TRANSFORM: "advisor.options.batch_transform",
    ASYNCHRONOUS: "advisor.options.asynchronous",
    SERVERLESS: "advisor.options.serverless",
    REAL_TIME: "advisor.options.real_time",
}
_sizing: dict[str, Callable[..., Plan]] = {}
_known: dict[str, Knowledge] = {}


def plan(
    option: str, facts: Facts, prices: Mapping[str, int] | None = None, *, deploy: bool = True
) -> Plan:
    """The plan of one option for a workload.

    Args:
        option: one of ``advisor.model.options.OPTIONS``.
        facts: what the workload leaves possible; no longer changed.
        prices: millionths of a USD an hour by instance type, as far as they are known; they order
            equal fits and decide nothing else. Choices are remembered: not changed either.
        deploy: whether the plan is to be deployed. One that is only compared has the settings and
            facts that its cost depends on, and no requests, call or quotas.
    """
    if option not in _sizing:
        _sizing[option] = import_module(MODULES[option]).size
    draft = Draft(option, _basis.of(facts))
    if concern(draft):
        from advisor.options.hosting.planned import planned

        return planned(draft, prices, _sizing[option], deploy=deploy)
    return _sizing[option](draft, prices, deploy=deploy)


class _Latest:
    """The basis of the latest workload: its options are planned one after another."""

    def __init__(self) -> None:
        self._basis: Basis | None = None

    def of(self, facts: Facts) -> Basis:
        basis = self._basis  # read once: another thread may plan another workload
        if basis is None or basis.facts is not facts:
            digest = facts.book.digest
            if digest not in _known:
                _known[digest] = knowledge(facts.book.raw)
            basis = self._basis = Basis(facts, _known[digest])
        return basis


_basis = _Latest()
