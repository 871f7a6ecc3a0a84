"""``compare --format text``: tables, bars and curves for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.compare.break_even import number_at
from advisor.compare.compare import Axis, BreakEven, ComparedOption, Comparison
from advisor.engine.standing import why, words
from advisor.measurement import words as measured_words
from advisor.model.advice import Cost, CostItem
from advisor.pricing.plan_cost import in_brief
from advisor.reports import cost_curves as outcomes
from advisor.reports.advice_view import beside_cost
from advisor.reports.terminal_chart import LEAST_CHART, Bar, Canvas, bars, heading, table, wrapped
from advisor.text.money_format import UNKNOWN, basis_in_words, money
from advisor.text.quantity_format import about, busy
from advisor.text.tones import TONES

_WIDE = 78
_MOST_SHOWN = 6


def render(found: Comparison, canvas: Canvas) -> str:
    """The page; its lines are as wide as the canvas."""
    return "".join(f"{line}\n" for line in _lines(found, canvas))


def _lines(found: Comparison, canvas: Canvas) -> Iterator[str]:
    advice = found.advice
    tone = TONES[advice.decision.status]
    yield from wrapped(f"{advice.workload.name}: {advice.summary}", canvas, tone=tone)
    where = advice.region or "no Region stated"
    yield from wrapped(
        f"On demand, USD, months of 730 h; {where}, prices of {advice.prices_date or 'no date'}",
        canvas,
    )
    if advice.workload.measured is not None:
        yield from wrapped(f"Measured {measured_words.origin(advice.workload.measured)}", canvas)
    yield ""
    usable = [row for row in found.rows if row.candidate.plan is not None]
    yield from _options(usable, canvas)
    yield from _others(found.rows, canvas)
    yield from _bars(usable, canvas)
    for row in usable:
        yield from _rests_on(row, canvas)
    yield from _notes(usable, canvas)
    yield from _break_evens(found, canvas)
    for axis in found.axes[:1]:
        yield from _curve(axis, canvas)
    yield from _findings(found, canvas)


def _options(rows: list[ComparedOption], canvas: Canvas) -> Iterator[str]:
    costs = [(money(row.candidate.cost), money(row.per_thousand)) for row in rows]
    times = [outcomes.times(row.candidate.latency) for row in rows]
    names = [(row.candidate.option, words(row.candidate.standing)) for row in rows]
    tones = [TONES[stands] for _, stands in names]
    heads, later = ("Option", "", "USD/month ", "per 1,000 "), ("p50 ", "p99 ", "cold ")
    cells: list[tuple[str, ...]]
    if canvas.width >= _WIDE:
        cells = [
            (*name, *cost, *time) for name, cost, time in zip(names, costs, times, strict=True)
        ]
        yield from table((*heads, *later), cells, canvas, tones=tones)
        return
    cells = [(*name, *cost) for name, cost in zip(names, costs, strict=True)]
    yield from table(heads, cells, canvas, tones=tones)
    yield ""
    cells = [(name, *time) for (name, _), time in zip(names, times, strict=True)]
    yield from table(("Option", *later), cells, canvas, tones=tones)


def _others(rows: tuple[ComparedOption, ...], canvas: Canvas) -> Iterator[str]:
    """How each option stands, and why."""
    candidates = [row.candidate for row in rows]
    reasons = [(each.option, words(each.standing), why(each.standing)) for each in candidates]
    yield ""
    tones = [TONES[stands] for _, stands, _ in reasons]
    yield from table(("", "", ""), reasons, canvas, flexible=2, tones=tones)


def _bars(rows: list[ComparedOption], canvas: Canvas) -> Iterator[str]:
    drawn = [
        _bar(row.candidate.option, cost)
        for row in rows
        if (cost := row.candidate.cost) is not None and money(cost) != UNKNOWN
    ]
    if len(drawn) > 1 and canvas.width >= LEAST_CHART:
        yield from heading("USD a month", canvas)
        yield from bars(drawn, canvas)


def _bar(option: str, cost: Cost) -> Bar:
    """As long as the estimate, else from the lowest to the highest, which may be open."""
    low, high = cost.usd_estimate or cost.usd_low, cost.usd_estimate or cost.usd_high
    return Bar(option, float(low or 0), None if high is None else float(high), money(cost))


def _rests_on(row: ComparedOption, canvas: Canvas) -> Iterator[str]:
    """The plan of one option, its items, and what its numbers rest on."""
    candidate = row.candidate
    plan, cost, latency = candidate.plan, candidate.cost, candidate.latency
    if plan is None or cost is None:
        return
    yield from heading(f"{candidate.option}: {in_brief(plan)}", canvas)
    yield from table(("",) * 4, [_item(item) for item in cost.items], canvas, 3)
    for text in beside_cost(cost):
        yield from wrapped(text, canvas, "  ", "    ")
    if latency is not None:
        text = " ".join((f"Latency {latency.basis}.", *latency.notes))
        yield from wrapped(text, canvas, "  ", "    ")


def _notes(rows: list[ComparedOption], canvas: Canvas) -> Iterator[str]:
    """The notes on the costs, each once with its options."""
    notes: dict[str, list[str]] = {}
    for row in rows:
        for note in () if row.candidate.cost is None else row.candidate.cost.notes:
            notes.setdefault(note, []).append(row.candidate.option)
    if notes:
        yield from heading("Notes", canvas)
    for note, options in notes.items():
        whose = "" if len(options) == len(rows) else f"{', '.join(options)}: "
        yield from wrapped(f"{whose}{note}", canvas, "  ", "    ")


def _item(item: CostItem) -> tuple[str, str, str, str]:
    price = "price unknown" if item.unit_price_usd is None else f"x {item.unit_price_usd}"
    rests = f"{basis_in_words(item.basis)} {item.as_of}".strip()
    return f"  {item.name}", money(item), f"{item.quantity} {item.unit} {price}", rests


def _break_evens(found: Comparison, canvas: Canvas) -> Iterator[str]:
    """Where the cheapest option changes, then the break-even of every two."""
    if found.break_evens:
        yield from heading("Cheapest", canvas)
    for each in found.break_evens[:_MOST_SHOWN]:
        yield from wrapped(_break_even(each, canvas), canvas, "  ", "    ")
    more = len(found.break_evens) - _MOST_SHOWN
    if more > 0:
        yield f"  and {more} more, see --format json"
    pairs = [
        f"{axis.key}: {text}"
        for axis in found.axes
        for text in outcomes.turned(axis.turns, outcomes.AXES[axis.key][0])
    ]
    yield from outcomes.listed_turns(pairs, canvas)
    if found.assumed:
        taken = ", ".join(f"{fact} {value}" for fact, value in found.assumed.items())
        yield from wrapped(f"Assumed: {taken}.", canvas, "  ", "    ")


def _break_even(each: BreakEven, canvas: Canvas) -> str:
    crossing, kind = each.crossing, outcomes.AXES[each.key][0]
    share = f" ({busy(each.busy_share)})" if each.busy_share is not None else ""
    value = about(number_at(crossing.above), kind)
    return f"{each.key} {value}{share}: {crossing.sentence(canvas.signs.arrow)}"


def _curve(axis: Axis, canvas: Canvas) -> Iterator[str]:
    kind, name = outcomes.AXES[axis.key]
    line = outcomes.along(axis.points, name, kind, axis.current, "as stated")
    yield from outcomes.chart(axis.points, line, canvas)


def _findings(found: Comparison, canvas: Canvas) -> Iterator[str]:
    for finding in found.advice.findings:
        if finding.rule in outcomes.ABOUT_MONEY:
            yield ""
            text = f"{finding.severity} {finding.rule}: {finding.message}."
            yield from wrapped(text, canvas, tone=TONES[finding.severity])
