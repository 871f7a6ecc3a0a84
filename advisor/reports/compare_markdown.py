"""``compare --format markdown``: the table for a page, with items and notes folded."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.compare.break_even import number_at
from advisor.compare.compare import BreakEven, ComparedOption, Comparison
from advisor.engine.standing import why, words
from advisor.measurement import words as measured_words
from advisor.model.advice import CostItem
from advisor.pricing.plan_cost import in_brief
from advisor.reports import cost_curves as outcomes
from advisor.reports.advice_view import beside_cost
from advisor.reports.terminal_chart import Canvas
from advisor.text.markup import code, prose, table
from advisor.text.money_format import NOT_APPLICABLE, UNKNOWN, a_month, basis_in_words, money
from advisor.text.quantity_format import about, busy


def render(found: Comparison, _: Canvas) -> str:
    """A page for a review."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Comparison) -> Iterator[str]:
    advice = found.advice
    yield f"# {prose(advice.workload.name)}: cost and latency of the four options\n"
    yield f"{prose(advice.summary)}\n"
    where = advice.region or "no Region stated"
    yield f"On demand, months of 730 h, {prose(where)}, prices of {advice.prices_date or '-'}.\n"
    if advice.workload.measured is not None:
        yield f"Measured {prose(measured_words.origin(advice.workload.measured))}.\n"
    headings = (
        "Option", "Stands", "Plan", "USD/month", "per 1,000", "p50", "p99", "cold"
    )  # fmt: skip
    yield from table(headings, [_cells(row) for row in found.rows])
    yield ""
    for row in found.rows:
        standing = row.candidate.standing
        yield f"- {row.candidate.option} ({words(standing)}): {prose(why(standing))}"
    yield "\n## What the numbers rest on"
    for row in found.rows:
        if row.candidate.plan is not None:
            yield from _rests_on(row)
    if found.break_evens:
        yield "\n## Cheapest\n"
    for each in found.break_evens:
        yield f"- {_break_even(each)}"
    pairs = [
        (axis.key, text)
        for axis in found.axes
        for text in outcomes.turned(axis.turns, outcomes.AXES[axis.key][0])
    ]
    yield "\n## Break-even\n"
    yield from [f"- {code(key)}: {prose(text)}" for key, text in pairs] or ["None in this range."]
    if found.assumed:
        taken = ", ".join(code(f"{fact}: {value}") for fact, value in found.assumed.items())
        yield f"\nAssumed: {taken}."
    for finding in found.advice.findings:
        if finding.rule in outcomes.ABOUT_MONEY:
            yield f"\n{finding.severity} {code(finding.rule)}: {prose(finding.message)}."


def _cells(row: ComparedOption) -> tuple[str, ...]:
    candidate = row.candidate
    return (
        candidate.option,
        words(candidate.standing),
        NOT_APPLICABLE if candidate.plan is None else prose(in_brief(candidate.plan)),
        prose(money(candidate.cost)),
        prose(money(row.per_thousand)),
        *(prose(each) for each in outcomes.times(candidate.latency)),
    )


def _break_even(each: BreakEven) -> str:
    crossing = each.crossing
    share = f" ({busy(each.busy_share)})" if each.busy_share is not None else ""
    before, after = (option or "none" for option in (crossing.before, crossing.after))
    at = code(f"{each.key}: {about(number_at(crossing.above), outcomes.AXES[each.key][0])}")
    return f"{at}{prose(share)}: {before} → {after}"


def _rests_on(row: ComparedOption) -> Iterator[str]:
    candidate = row.candidate
    cost, latency = candidate.cost, candidate.latency
    if cost is None:
        return
    yield f"\n<details><summary>{candidate.option}: {prose(a_month(cost))}</summary>\n"
    headings = ("Item", "Quantity", "USD each", "USD a month", "Price", "As of")
    yield from table(headings, [_item(item) for item in cost.items])
    yield ""
    for note in (*beside_cost(cost), *cost.notes):
        yield f"- {prose(note)}"
    if latency is not None:
        yield f"- Latency {prose(latency.basis)}."
        for note in latency.notes:
            yield f"- {prose(note)}"
    yield "\n</details>"


def _item(item: CostItem) -> tuple[str, ...]:
    return (
        prose(item.name),
        prose(f"{item.quantity} {item.unit}"),
        item.unit_price_usd or UNKNOWN,
        prose(money(item)),
        prose(basis_in_words(item.basis)),
        prose(item.as_of),
    )
