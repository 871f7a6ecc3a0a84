"""``whatif --format text``: the answer over the range of a key, as strips, lists and a curve."""

from __future__ import annotations

import math
from collections.abc import Iterator

from advisor.compare.break_even import number_at
from advisor.compare.scenario import Outcome
from advisor.compare.whatif import Sweep
from advisor.measurement import words
from advisor.reports import cost_curves as outcomes
from advisor.reports.terminal_chart import LEAST_CHART, Canvas, foot, strip, table, wrapped
from advisor.text.money_format import money
from advisor.text.quantity_format import about, word
from advisor.text.tones import GOOD, TITLE

_NONE = "none fits"
_MARGIN = 10  # of the words before a strip
_MOST_SHOWN = 8


def render(found: Sweep, canvas: Canvas) -> str:
    """The page."""
    return "".join(f"{line}\n" for line in _lines(found, canvas))


def _lines(found: Sweep, canvas: Canvas) -> Iterator[str]:
    told = f"{found.workload.name}: what if {found.key} changes ({outcomes.now(found)})"
    yield from wrapped(told, canvas, tone=TITLE)
    if found.workload.measured is not None:
        yield from wrapped(f"Measured {words.origin(found.workload.measured)}", canvas)
    yield ""
    if found.stretches[0].words:
        yield from _words(found, canvas)
        return
    if canvas.width >= LEAST_CHART:
        yield from _strips(found, canvas)
        yield ""
    yield from _answers(found, canvas)
    yield from _turns(found, canvas)
    if found.turns:
        kind = outcomes.kind_of(found)
        yield from outcomes.listed_turns(outcomes.turned(found.turns, kind), canvas)
    yield from outcomes.chart(found.points, _axis(found), canvas)


def _words(found: Sweep, canvas: Canvas) -> Iterator[str]:
    """A row for each word, with the answer and what it costs."""
    rows = []
    for point in found.points:
        value = word(point.value)
        mark = canvas.signs.mark if value == found.current else ""
        rows.append((mark, value, point.option or _NONE, _usd(point), point.cheapest or ""))
    tones = [GOOD if row[0] else "" for row in rows]
    headings = ("", found.key, "Answer", "USD/month ", "Cheapest option")
    yield from table(headings, rows, canvas, tones=tones)


def _usd(point: Outcome) -> str:
    """The cost of the answer."""
    return money(None if point.option is None else point.costs.get(point.option))


def _strips(found: Sweep, canvas: Canvas) -> Iterator[str]:
    """Both answers along one axis: that of the rules, and that of the prices."""
    start, end = (float(str(found.points[place].value)) for place in (0, -1))

    def share(value: float) -> float:
        if end <= start or value <= start:
            return 0.0
        low = max(start, 1.0)
        return min(1.0, math.log(value / low) / math.log(end / low))

    answers = [(share(each.high), each.option or "none") for each in found.stretches]
    yield f"{'answer':<{_MARGIN}}{strip(answers, canvas, _MARGIN)}"
    turns = [
        (share(float(str(each.below.value))), each.before or "none") for each in found.crossings
    ]
    last = found.points[-1].cheapest or "none"
    if any(point.cheapest for point in found.points):
        yield f"{'cheapest':<{_MARGIN}}{strip([*turns, (1.0, last)], canvas, _MARGIN)}"
    if isinstance(found.current, int):
        place = _MARGIN + round(share(found.current) * (canvas.width - _MARGIN - 1))
        yield " " * place + canvas.signs.mark
    axis = _axis(found)
    ends = axis.label(axis.values[0]), axis.label(axis.values[-1])
    yield from foot(ends, axis.title, canvas, _MARGIN)


def _answers(found: Sweep, canvas: Canvas) -> Iterator[str]:
    if len(found.stretches) == 1:
        option = found.stretches[0].option or _NONE
        yield f"The answer is {option} over the whole range."
        return
    yield canvas.paint("Answer", TITLE)
    rows = [(f"  {outcomes.span(found, each)}", each.option or _NONE) for each in found.stretches]
    yield from table(("", ""), rows, canvas)


def _turns(found: Sweep, canvas: Canvas) -> Iterator[str]:
    if not found.crossings:
        cheapest = found.points[0].cheapest
        if cheapest is not None:
            yield f"The cheapest is {cheapest} over the whole range."
        return
    yield canvas.paint("Cheapest", TITLE)
    rows = []
    for each in found.crossings[:_MOST_SHOWN]:
        value = about(number_at(each.above), outcomes.kind_of(found))
        rows.append((f"  {value}", each.sentence(canvas.signs.arrow)))
    yield from table(("", ""), rows, canvas, flexible=1)
    more = len(found.crossings) - _MOST_SHOWN
    if more > 0:
        yield f"  and {more} more, see --format json"


def _axis(found: Sweep) -> outcomes.Along:
    origin = "as stated" if found.stated else "assumed"
    kind = outcomes.kind_of(found)
    return outcomes.along(found.points, found.key, kind, found.current, origin)
