"""Unstated facts that move the size or the cost of an answer most, and what each leads to.

Each fact is stated at a tenth and at ten times what is assumed, within what is ordinary and what
the stated facts leave possible, and the whole model answers again.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from advisor.catalogue.price_snapshot import Folder, Prices
from advisor.compare.scenario import restated
from advisor.engine.conflicts import conflicts
from advisor.engine.decide import decide
from advisor.engine.facts import Facts
from advisor.model.advice import Advice, Candidate, Cost, CostOutcome, CostUnknown
from advisor.model.workload import Interval
from advisor.options import plan
from advisor.pricing.plan_cost import in_brief, listed, monthly_cost, prices_of
from advisor.rulebook.load import book_for
from advisor.rulebook.types import UNSET, FactEntry
from advisor.text.quantity import RATE_PER_MONTH, WEEK, show

_MOST = 3
_TIMES = 10
_MOVED = Decimal("1.1")  # a cost that moves by less is the same to its reader
_UNKNOWN = Decimal("Infinity")
_READABLE = 1024
_DIGITS = 1000  # a rate has at most three
# Facts that limits alone read: no size and no cost follows from them.
_SIZELESS = ("requests.first_byte", "model.image_size", "model.disk")


def weighed(advice: Advice, own_prices: Folder | None = None) -> Advice:
    """An answer with at most three such facts, the one that moves the cost most first.

    A human's decision stays, whatever the fact. This is as much work as the answer itself.

    Args:
        advice: the answer.
        own_prices: folder of the user's price snapshots, the same as for the answer.
    """
    if advice.chosen is None:
        return advice._replace(cost_unknowns=())
    facts = Facts(book_for(advice.workload, advice.limits), advice.workload, advice.region)
    prices = prices_of(advice.region, own_prices, advice.workload)
    return advice._replace(cost_unknowns=_heaviest(facts, advice, advice.chosen, prices))


def _heaviest(
    facts: Facts, advice: Advice, chosen: Candidate, prices: Prices
) -> tuple[CostUnknown, ...]:
    held = chosen.option if advice.decision.status == "decided" else None
    assert chosen.plan is not None
    runs_on, known = in_brief(chosen.plan), len(conflicts(facts))
    found = []
    for fact in facts.book.base_facts:
        # Whoever has several of a thing says so: that five models cost more tells nobody anything.
        if fact.discrete or fact.kind == "count" or fact.id in _SIZELESS:
            continue
        if facts.is_stated(fact.id) or facts.point[fact.variable] == UNSET:
            continue
        tried = [
            (Facts(facts.book, restated(facts.workload, {fact.id: value}), facts.region), value)
            for value in _values(facts, fact)
        ]
        outcomes = tuple(
            _outcome(
                each, held, prices, value if isinstance(value, str) else show(value, fact.kind)
            )
            for each, value in tried
            if len(conflicts(each)) <= known  # it contradicts nothing that is stated
        )
        moved = max((_distance(chosen.cost, each.cost) for each in outcomes), default=Decimal(1))
        if moved > _MOVED or any(each.runs_on != runs_on for each in outcomes):
            assumed = facts.assumed(fact.variable)
            found.append((moved, CostUnknown(fact=fact.id, assumed=assumed, outcomes=outcomes)))
    found.sort(key=lambda pair: -pair[0])
    return tuple(unknown for _, unknown in found[:_MOST])


def _values(facts: Facts, fact: FactEntry) -> Iterator[Interval | str]:
    """Values to try: on either side of the assumed one, as far as they are ordinary; or words."""
    taken = facts.point[fact.variable]
    if taken in fact.names:
        yield from fact.names.values()
        return
    unit = _unit(fact.kind, taken)
    low = max(taken // _TIMES, facts.low[fact.variable], fact.ordinary.low, fact.least)
    high = min(taken * _TIMES, facts.high[fact.variable], fact.ordinary.high)
    if fact.kind == "share":
        high = min(high, WEEK)
    for value in (-(-low // unit) * unit, high // unit * unit):
        if value != taken and low <= value <= high:
            yield Interval(value, value)


def _unit(kind: str, near: int) -> int:
    """What values are whole multiples of, so that one can read them aloud: 102 KB, 5.97M/month."""
    if kind == "share":
        return WEEK // 168
    if kind == "rate":
        unit = RATE_PER_MONTH
        while near >= _DIGITS * unit:
            unit *= 10
        return unit if near >= unit else 1
    unit = 1
    while kind == "size" and near >= 100 * unit * _READABLE:
        unit *= _READABLE
    return unit


def _outcome(facts: Facts, held: str | None, prices: Prices, value: str) -> CostOutcome:
    option = held or (decide(facts.book, facts.point) if facts.workload.held else None)
    if option is None:
        return CostOutcome(value=value, option=None, runs_on=None, cost=None)
    made = plan(option, facts, listed(option, prices.shipped), deploy=False)
    return CostOutcome(
        value=value, option=option, runs_on=in_brief(made), cost=monthly_cost(made, facts, prices)
    )


def _distance(base: Cost | None, other: Cost | None) -> Decimal:
    """How many times a cost is another, from one up; infinite where one of them is not known."""
    one, two = _usd(base), _usd(other)
    if one is None or two is None:
        return Decimal(1) if one is two else _UNKNOWN
    low, high = sorted((one, two))
    if low == high:
        return Decimal(1)
    return high / low if low else _UNKNOWN


def _usd(cost: Cost | None) -> Decimal | None:
    """One figure of a cost: its estimate, else its middle, else its lower end."""
    if cost is None or cost.usd_low is None:
        return None
    if cost.usd_estimate is not None:
        return Decimal(cost.usd_estimate)
    return (Decimal(cost.usd_low) + Decimal(cost.usd_high or cost.usd_low)) / 2
