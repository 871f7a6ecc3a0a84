"""A decision in, the plan of each option out, with the usage that costs and latency read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from advisor.engine.facts import Facts
from advisor.model.advice import Plan
from advisor.model.options import ASYNCHRONOUS, BATCH_TRANSFORM, REAL_TIME, SERVERLESS
from advisor.options.hosting import concern
from advisor.options.load import sized
from advisor.options.plan_builder import Basis, Draft
from advisor.rulebook.knowledge import knowledge

MODULES: Mapping[str, str] = {
    BATCH_TRANSFORM: "advisor.options.batch_transform",
    ASYNCHRONOUS: "advisor.options.asynchronous",
    SERVERLESS: "advisor.options.serverless",
    REAL_TIME: "advisor.options.real_time",
}
_sizing: dict[str, Callable[..., Plan]] = {}


def plan(
    option: str, facts: Facts, prices: Mapping[str, int] | None = None, *, deploy: bool = True
) -> Plan:
    """The plan of one option for a workload.

    Args:
        option: one of ``advisor.model.options.OPTIONS``.
        facts: what the workload leaves possible; no longer changed.
        prices: millionths of a USD an hour of the types that the Region sells, by which the type is
            chosen; empty without a list. Choices are remembered: not changed either.
        deploy: whether the plan is to be deployed. One that is only compared has the settings and
            usage that its cost depends on, and no requests, call or quotas.
    """
    if option not in _sizing:
        _sizing[option] = import_module(MODULES[option]).size
    draft = Draft(option, _basis.of(facts))
    if concern(draft):
        from advisor.options.hosting.planned import planned

        made = planned(draft, prices, _sizing[option], deploy=deploy)
    else:
        made = _sizing[option](draft, prices, deploy=deploy)
    how, facts_missing = sized(draft)
    return made if how == "stated" else made._replace(sized=how, rests_on=facts_missing)


class _Latest:
    """The basis of the latest workload: its options are planned one after another."""

    def __init__(self) -> None:
        self._basis: Basis | None = None

    def of(self, facts: Facts) -> Basis:
        basis = self._basis  # read once: another thread may plan another workload
        if basis is None or basis.facts is not facts:
            basis = self._basis = Basis(facts, knowledge(facts.book.raw))
        return basis


_basis = _Latest()
