"""A model on the fleet of its plan, beside other plans that would carry its load."""

from __future__ import annotations

from advisor.catalogue.price_snapshot import Prices
from advisor.compare.scenario import restated
from advisor.engine.facts import Facts
from advisor.engine.model_choices import at_fleet, variations
from advisor.model.advice import Plan
from advisor.model.usage import JobUsage, ServerlessUsage
from advisor.model.workload import Alternative, Modelled
from advisor.options import plan
from advisor.pricing.plan_cost import in_brief, listed, monthly_cost, one_run


def beside_others(facts: Facts, made: Plan, prices: Prices) -> Modelled | None:
    """What the model of a workload tells on the instances of a plan, and its alternatives.

    Each of these is a plan of the same option for the workload with one key changed, with its cost
    of a month, or of one run of a job. What looks like the plan itself is left out.

    Args:
        facts: of the workload, which names a model.
        made: the plan of the chosen option.
        prices: of the Region.
    """
    told = facts.workload.modelled
    own = None if told is None or made.hosting else _fleet(facts, "", made, prices)
    if told is None or own is None:
        return told
    found: list[Alternative] = []
    for change, key, value in variations(facts, told):
        other = Facts(facts.book, restated(facts.workload.as_stated, {key: value}), facts.region)
        there = plan(made.option, other, listed(made.option, prices.shipped), deploy=False)
        fleet = _fleet(other, change, there, prices)
        if fleet is not None and _seen(fleet) not in map(_seen, (own, *found)):
            found.append(fleet)
    return told._replace(on=own.on, alternatives=tuple(found))


def _fleet(facts: Facts, change: str, made: Plan, prices: Prices) -> Alternative | None:
    usage = made.usage
    if isinstance(usage, ServerlessUsage):
        return None
    most = usage.count.high if isinstance(usage, JobUsage) else usage.instances
    on = at_fleet(facts, usage.instance_type, int(most or 1))
    if on is None:
        return None
    cost = monthly_cost(made._replace(usage=one_run(usage)), facts, prices)
    return Alternative(change=change, on=on, runs_on=in_brief(made), cost=cost)


def _seen(fleet: Alternative) -> tuple[object, ...]:
    """What a reader sees of a fleet."""
    on = fleet.on
    return fleet.runs_on, on.tensor_parallel, on.copies, on.first_token_s, on.modelled_s
