"""What a reader of the options wants beside the answer: their times, and what a need costs."""

from __future__ import annotations

from advisor.catalogue.price_snapshot import Folder
from advisor.engine.facts import Facts
from advisor.model.advice import Advice, Candidate
from advisor.options import plan
from advisor.pricing.plan_cost import expected_latency, listed, monthly_cost, prices_of
from advisor.rulebook.load import book_for


def alongside(advice: Advice, own_prices: Folder | None = None) -> Advice:
    """An answer with the times of each plan, and with the price of what needs alone rule out.

    Args:
        advice: the answer.
        own_prices: folder of the user's price snapshots, the same as for the answer.
    """
    facts = Facts(book_for(advice.workload, advice.limits), advice.workload, advice.region)
    prices = prices_of(advice.region, own_prices, advice.workload)

    def filled(each: Candidate) -> Candidate:
        if each.plan is None and all(found.kind == "need" for found in each.standing.reasons):
            made = plan(each.option, facts, listed(each.option, prices.shipped), deploy=False)
            each = each._replace(plan=made, cost=monthly_cost(made, facts, prices))
        if each.plan is None or each.latency is not None:
            return each
        return each._replace(latency=expected_latency(each.plan, facts))

    return advice._replace(candidates=tuple(map(filled, advice.candidates)))
