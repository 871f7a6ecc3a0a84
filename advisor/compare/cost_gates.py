"""Gates on money: a budget, --max-monthly, --max-increase and --max-estimates.

A gate that a user set passes only a cost that is shown to keep within it.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from advisor.engine.standing import phrase
from advisor.model.advice import Advice, Candidate, Cost
from advisor.model.value import Value
from advisor.model.workload import Finding, Interval, Workload, by_severity
from advisor.pricing.comparable import estimated_share, over_budget
from advisor.pricing.plan_cost import in_brief
from advisor.text.money_format import UNKNOWN, a_month, money
from advisor.text.quantity import show

NOT_PROVEN = "budget-not-proven"
_MILLION = 1_000_000
_MOST_NAMED = 3  # facts in one sentence


class Ceiling(Value):
    """The most that a plan may cost."""

    rule: str  # of the finding that it costs more
    usd: str  # a month, as decimal text
    said: str  # the budget of 30 USD/month
    raised: str  # what to raise: budget
    place: tuple[str, int, int] = ("", 0, 0)


def budget_of(workload: Workload) -> Ceiling | None:
    """The budget that a workload states; of a range the upper end."""
    stated = workload.interval("budget")
    most = None if stated is None else stated.low if stated.high is None else stated.high
    if most is None:
        return None
    return Ceiling(
        rule="over-budget",
        usd=f"{most // _MILLION}.{most % _MILLION:06}",
        said=f"the budget of {show(Interval(most, most), 'money')}",
        raised="budget",
        place=workload.place("budget"),
    )


def max_monthly(usd: str) -> Ceiling:
    """The amount of ``--max-monthly``, as decimal text."""
    what = "--max-monthly"
    return Ceiling(rule="over-max-monthly", usd=usd, said=f"the {usd} of {what}", raised=what)


def judged(ceiling: Ceiling, cost: Cost, others: Iterable[Candidate]) -> Finding | None:
    """A finding unless the cost is shown to keep within a ceiling.

    An error where even its low end is above, or where a missing price or a missing upper end leaves
    it open; a warning where a part of its range is above.

    Args:
        ceiling: what the user allows.
        cost: of the plan, monthly.
        others: options that could be used instead.
    """
    exceeded = over_budget(cost, ceiling.usd)
    if exceeded is False:
        return None
    message = f"the plan costs {a_month(cost)}, {_beside(exceeded, cost, ceiling)} {ceiling.said}"
    if exceeded:
        fix = _within(ceiling, others) or "Run sm-advise compare to see the cost items."
        return Finding(
            ceiling.rule, "error", message, *ceiling.place, f"{fix} Or raise {ceiling.raised}."
        )
    if cost.usd_high is None:
        return not_proven(message, cost, ceiling.place)
    fix = f"State {cost.widest}; it widens the range most." if cost.widest else ""
    return Finding(ceiling.rule, "warning", message, *ceiling.place, fix)


def not_proven(message: str, cost: Cost, place: tuple[str, int, int] = ("", 0, 0)) -> Finding:
    """The error that a cost without an upper end passes no gate, with what to state.

    Args:
        message: the cost and the gate.
        cost: of the plan, without an upper end.
        place: file, line and column of what set the gate.
    """
    missing = [item.name for item in cost.items if item.unit_price_usd is None]
    if missing:
        why = f"no price is known for {', '.join(missing)}"
        fix = "State another instance type, or read the prices with sm-advise prices refresh"
    else:
        facts = tuple(dict.fromkeys(filter(None, (cost.widest, *cost.estimate_rests_on))))
        why = "nothing bounds it"
        fix = f"State {' and '.join(facts[:_MOST_NAMED])}" if facts else "State the load"
    fix += "; or pass it as it is with --allow-unknown-cost."
    return Finding(NOT_PROVEN, "error", f"{message}: {why}", *place, fix)


def gated(
    advice: Advice, most: str | None, *, allow_unknown: bool, estimates: str | None
) -> Advice:
    """The answer with what the gates of a command line find.

    Args:
        advice: the answer.
        most: USD a month of ``--max-monthly``, as decimal text.
        allow_unknown: pass a cost that is not shown to keep within a gate, with a warning.
        estimates: share of the cost that may rest on estimated prices, as decimal text.
    """
    found: list[Finding | None] = list(advice.findings)
    chosen = advice.chosen
    if chosen is not None and chosen.cost is not None:
        if most is not None:
            found.append(judged(max_monthly(most), chosen.cost, advice.candidates))
        if estimates is not None:
            found.append(_estimates(chosen.cost, estimates))
    kept = [each for each in found if each is not None]
    if allow_unknown:
        kept = allowed(kept)
    return advice._replace(findings=by_severity(kept))


def allowed(findings: Iterable[Finding]) -> list[Finding]:
    """Findings of ``--allow-unknown-cost``: what is not proven warns."""
    return [
        each._replace(severity="warning", fix="") if each.rule == NOT_PROVEN else each
        for each in findings
    ]


def _estimates(cost: Cost, most: str) -> Finding | None:
    share = estimated_share(cost)
    if share is None or share <= Decimal(most):
        return None
    percent = [f"{float(each * 100):.3g} %" for each in (share, Decimal(most))]
    message = f"{percent[0]} of the cost rests on estimated prices, and {percent[1]} may"
    fix = "Read the current prices with sm-advise prices refresh, or raise --max-estimates."
    return Finding("over-max-estimates", "error", message, fix=fix)


def _beside(exceeded: bool | None, cost: Cost, ceiling: Ceiling) -> str:
    """The words for a cost that may be above an amount."""
    if exceeded:
        return "above"
    estimate = cost.usd_estimate
    if estimate is not None:
        above = Decimal(estimate) > Decimal(ceiling.usd)
        return "which at the assumed values is above" if above else "and may be above"
    return "so it may be above" if money(cost) == UNKNOWN else "and may be above"


def _within(ceiling: Ceiling, others: Iterable[Candidate]) -> str:
    """The cheapest option that may be used and keeps within a ceiling; empty without one."""
    costs = [
        (Decimal(usd), each)
        for each in others
        if each.status == "clear" and each.cost is not None
        if (usd := each.cost.usd_estimate or each.cost.usd_high) is not None
    ]
    least, best = min(costs, key=lambda pair: pair[0], default=(None, None))
    if best is None or least is None or best.plan is None or least > Decimal(ceiling.usd):
        return ""
    return (
        f"{best.title} on {in_brief(best.plan)} costs {a_month(best.cost)}; it is "
        f"{phrase(best.standing)}. To use it, set decision.option to {best.option}."
    )
