"""Findings about money: budgets, cheaper options and unknown prices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from advisor.catalogue.price_snapshot import Prices
from advisor.engine.facts import Facts
from advisor.engine.standing import phrase
from advisor.model.advice import Candidate, Cost
from advisor.model.workload import Finding, Interval
from advisor.pricing.comparable import certainly_cheaper, over_budget, stand_ins
from advisor.pricing.plan_cost import in_brief
from advisor.text.money_format import UNKNOWN, a_month, money
from advisor.text.quantity import show

_MILLION = 1_000_000
_ABOUT = 0.002  # as exact as the three digits that are printed


def findings(
    facts: Facts, option: str | None, candidates: Sequence[Candidate], prices: Prices
) -> list[Finding]:
    """What the reader must know about the cost of the chosen option.

    Args:
        facts: of the workload.
        option: the chosen one; ``None`` where none fits.
        candidates: the four options, with the costs of those that may be used.
        prices: of the workload's Region.
    """
    chosen = next((each for each in candidates if each.option == option), None)
    if chosen is None or chosen.cost is None:
        return []
    found = [*_budget(facts, chosen, candidates), *_prices(facts, chosen, chosen.cost, prices)]
    cheaper = _cheapest_below(chosen, candidates)
    if cheaper is not None:
        found.append(_cheaper(facts, chosen, cheaper, prices))
    return found


def beside(found: Iterable[Finding]) -> str:
    """The cheaper option as a sentence beside the answer, where cost is preferred."""
    for finding in found:
        if finding.rule == "cheaper-option" and finding.severity == "warning":
            return f" {finding.message.partition('. ')[0]}."
    return ""


def beyond(cost: Cost, usd: str, what: str) -> Finding | None:
    """A finding when a cost exceeds an amount that a caller named, else nothing.

    An error when even its low end does, a warning when it may or is not known.

    Args:
        cost: monthly.
        usd: decimal text.
        what: how the caller named it: --max-monthly.
    """
    exceeded = over_budget(cost, usd)
    if exceeded is False:
        return None
    how = _beside(exceeded, cost, usd)
    message = f"the plan costs {a_month(cost)}, {how} the {usd} of {what}"
    fix = f"Run sm-advise compare to see the cost items, or raise {what}."
    return Finding("over-max-monthly", "error" if exceeded else "warning", message, fix=fix)


def _budget(facts: Facts, chosen: Candidate, candidates: Sequence[Candidate]) -> list[Finding]:
    cost = chosen.cost
    assert cost is not None
    stated = facts.workload.interval("budget")
    budget = None if stated is None else stated.low if stated.high is None else stated.high
    if budget is None:
        return []
    usd = f"{budget // _MILLION}.{budget % _MILLION:06}"
    exceeded = over_budget(cost, usd)
    if exceeded is False:
        return []
    text = show(Interval(budget, budget), "money")
    place = facts.workload.place("budget")
    how = _beside(exceeded, cost, usd)
    message = f"the plan costs {a_month(cost)}, {how} the budget of {text}"
    other = _within(usd, chosen, candidates)
    if other is not None and (exceeded or over_budget(_as_estimated(cost), usd)):
        message += f". {_named(other)} costs {a_month(other.cost)} and is {phrase(other.standing)}"
    if exceeded:
        fix = "Run sm-advise compare to see the cost items, or raise budget."
        if other is not None:
            fix = f"Set decision.option to {other.option} to use it, or raise budget."
        return [Finding("over-budget", "error", message, *place, fix)]
    fix = f"State {cost.widest}; it widens the range most." if cost.widest else ""
    sure = cost.usd_high is not None or over_budget(_as_estimated(cost), usd) is True
    return [Finding("over-budget", "warning" if sure else "info", message, *place, fix)]


def _within(usd: str, chosen: Candidate, candidates: Sequence[Candidate]) -> Candidate | None:
    """The cheapest other option that meets every limit within an amount."""
    found = []
    for each in candidates:
        if each is not chosen and each.status == "clear" and each.cost is not None:
            likely = _as_estimated(each.cost)
            if over_budget(likely, usd) is False:
                found.append((Decimal(likely.usd_low or 0), each.option, each))
    return min(found)[2] if found else None


def _as_estimated(cost: Cost) -> Cost:
    """The cost as if its estimate was certain."""
    estimate = cost.usd_estimate
    return cost if estimate is None else cost._replace(usd_low=estimate, usd_high=estimate)


def _beside(exceeded: bool | None, cost: Cost, usd: str) -> str:
    """The words for a cost that may be above an amount."""
    if exceeded:
        return "above"
    assumed = None if cost.usd_estimate is None else over_budget(_as_estimated(cost), usd)
    if assumed is not None:
        return "which at the assumed values is above" if assumed else "and may be above"
    if money(cost) == UNKNOWN:
        return "so it may be above"
    return "and may be above"


def _prices(facts: Facts, chosen: Candidate, cost: Cost, prices: Prices) -> list[Finding]:
    """Findings about missing prices, and about prices from another Region or component."""
    found = []
    place = facts.workload.place("region")
    where = f"in {prices.region}"
    fix = f"Read the current prices with: sm-advise prices refresh --region {prices.region}"
    missing = [item.name for item in cost.items if item.unit_price_usd is None]
    if missing:
        message = (
            f"no price is known {where} for {', '.join(missing)}, so the cost of"
            f" {chosen.title.lower()} is unknown"
        )
        found.append(Finding("price-unknown", "info", message, *place, fix))
    count = stand_ins(cost)
    if count:
        lent = {item.basis.partition(":")[2] for item in cost.items if ":" in item.basis}
        message = (
            f"{count} of {len(cost.items)} prices {where} come from another Region or component"
            f" ({', '.join(sorted(lent))})"
        )
        found.append(Finding("estimated-price", "info", message, *place, fix))
    return found


def _cheapest_below(chosen: Candidate, candidates: Sequence[Candidate]) -> Candidate | None:
    """The cheapest option that meets every limit and is certainly cheaper."""
    assert chosen.cost is not None
    best: Candidate | None = None
    for each in candidates:
        if each.cost is None or each.status != "clear" or each.option == chosen.option:
            continue
        than = chosen.cost if best is None or best.cost is None else best.cost
        if certainly_cheaper(each.cost, than):
            best = each
    return best


def _cheaper(facts: Facts, chosen: Candidate, other: Candidate, prices: Prices) -> Finding:
    assert chosen.cost is not None
    assert other.cost is not None
    warned = facts.word("prefer") == "cost"
    met = _meeting(facts, chosen, other, prices)
    message = (
        f"{_named(other)} would cost {money(other.cost)} instead of {money(chosen.cost)} USD a"
        f" month on {_runs_on(chosen)}. It is {phrase(other.standing)}. {met}"
    )
    return Finding(
        "cheaper-option",
        "warning" if warned else "info",
        message,
        *facts.workload.place("prefer"),
        f"Run sm-advise compare to see both. To use it, set decision.option to {other.option}.",
    )


def _named(candidate: Candidate) -> str:
    return f"{candidate.title} on {_runs_on(candidate)}"


def _runs_on(candidate: Candidate) -> str:
    return "" if candidate.plan is None else in_brief(candidate.plan)


def _meeting(facts: Facts, chosen: Candidate, other: Candidate, prices: Prices) -> str:
    """The volume at which the two cost the same, on the full model."""
    from advisor.compare.break_even import nearest
    from advisor.compare.scenario import VOLUME, Scenario, current
    from advisor.text.quantity_format import about

    pair = frozenset({chosen.option, other.option})
    scenario = Scenario(facts, "traffic.volume", prices, along=VOLUME, options=pair)
    found = nearest(scenario.at, current(facts, "traffic.volume"), _ABOUT)
    if found is None:
        return "No volume near the stated one changes the order"
    value = found.below.value if found.before == other.option else found.above.value
    assert isinstance(value, int)
    if len(found.below.costs) == len(found.above.costs):
        met = "The order changes" if found.jump else "Both cost the same"
        return f"{met} at about {about(value, 'volume')}"
    side = "above" if found.below.value == value else "below"
    return f"It is not available {side} {about(value, 'volume')}"
