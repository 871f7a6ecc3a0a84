"""Several workloads: a table sorted by cost, a total, and every error and warning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from advisor.model.advice import Advice, Cost
from advisor.pricing.plan_cost import in_brief
from advisor.reports import advice_view as view
from advisor.reports.terminal_chart import Canvas, labelled, table
from advisor.text.money_format import UNKNOWN, between, money
from advisor.text.tones import TONES


def several(advices: Sequence[Advice], canvas: Canvas) -> Iterator[str]:
    """One line for each workload, the dearest first."""
    ranked = sorted(advices, key=_cost_order)
    headings = ("Workload", "USD/month ", "Answer; worst finding; owner")
    tones = [TONES[each.decision.status] for each in ranked]
    yield from table(headings, [*map(_row, ranked)], canvas, flexible=2, tones=tones)
    yield ""
    yield from labelled("Total", _total(advices), canvas)
    for each in ranked:
        lines = [
            f"{found.severity} {found.rule}: {found.message}"
            for found in each.findings
            if found.severity != "info"
        ]
        if lines:
            yield from labelled("Findings", (each.workload.name, *lines), canvas)


def _paid(advice: Advice) -> Cost | None:
    return None if advice.chosen is None else advice.chosen.cost


def _cost_order(advice: Advice) -> tuple[bool, Decimal, str]:
    cost = _paid(advice)
    usd = None if cost is None else cost.usd_estimate or cost.usd_low
    return usd is None, -Decimal(usd or 0), advice.workload.name


def _row(advice: Advice) -> tuple[str, str, str]:
    chosen, worst = advice.chosen, next(iter(advice.findings), None)
    plan = None if chosen is None else chosen.plan
    runs_on = "" if plan is None else f" on {in_brief(plan)}"
    if plan is not None and plan.sized == "not-sized":
        runs_on = ", not sized"
    cost = _paid(advice)
    interval = money(cost)
    if cost is not None and cost.usd_estimate is not None:
        ends = between(cost.usd_low, cost.usd_high)
        interval += f" ({ends})" if ends != UNKNOWN else ""
    owner = advice.workload.text("owner")
    told = (
        view.spoken(advice.decision.option) + runs_on,
        "no finding" if worst is None else f"{worst.severity} {worst.rule}",
        owner or "",
    )
    return advice.workload.name, interval, "; ".join(filter(None, told))


def _total(advices: Sequence[Advice]) -> Iterator[str]:
    """The sum of what is known, how many are open, and the fact that closes most of them."""
    costs = [_paid(each) for each in advices if each.chosen is not None]
    known = [each for each in costs if each is not None and each.usd_low is not None]
    missing = len(costs) - len(known)
    low = sum((Decimal(each.usd_low or 0) for each in known), Decimal(0))
    bounded = not missing and all(each.usd_high is not None for each in known)
    high = sum((Decimal(each.usd_high or 0) for each in known), Decimal(0)) if bounded else None
    taken = sum((Decimal(each.usd_estimate or each.usd_low or 0) for each in known), Decimal(0))
    told = between(str(low), None if high is None else str(high))
    if any(each.usd_estimate is not None for each in known):
        told = f"{between(str(taken), None, str(taken))} ({told})"
    yield f"{told} USD/month" + (f", {missing} without a price" if missing else "")
    facts = Counter(each.fact for advice in advices for each in view.rests_on(advice))
    open_answers = sum(bool(view.rests_on(each)) for each in advices)
    if facts:
        fact, number = facts.most_common(1)[0]
        many = f"{open_answers} of {len(advices)} open"
        yield f"{many}; stating {fact} closes most: {number} rest on it"
