"""``whatif --format text``: the answer over the range of a key, as strips, lists and a curve."""

from __future__ import annotations

import math
from collections.abc import Iterator

from advisor.compare.break_even import number_at
from advisor.compare.scenario import Outcome
from advisor.compare.whatif import Sweep
from advisor.measurement import words
from advisor.reports import cost_curves as outcomes
from advisor.reports.terminal_chart import Canvas, plot, strip, table, wrapped
from advisor.text.money_format import money
from advisor.text.quantity_format import about, word

_NONE = "none fits"
_MARGIN = 10  # of the words before a strip
_MOST_SHOWN = 8


def render(found: Sweep, canvas: Canvas) -> str:
    """The page."""
    return "".join(f"{line}\n" for line in _lines(found, canvas))


def _lines(found: Sweep, canvas: Canvas) -> Iterator[str]:
    yield from wrapped(
        f"{found.workload.name}: what if {found.key} changes ({_now(found)})", canvas
    )
    if found.workload.measured is not None:
        yield from wrapped(f"Measured {words.origin(found.workload.measured)}", canvas)
    yield ""
    if found.stretches[0].words:
        yield from _words(found, canvas)
        return
    yield from _strips(found, canvas)
    yield ""
    yield from _answers(found, canvas)
    yield from _turns(found, canvas)
    yield from _curve(found, canvas)


def _now(found: Sweep) -> str:
    if found.current is None:
        return "nothing is stated"
    word = "as stated" if found.stated else "assumed"
    if isinstance(found.current, str):
        return f"{word}: {found.current}"
    return f"{word}: {about(found.current, outcomes.kind_of(found))}"


def _words(found: Sweep, canvas: Canvas) -> Iterator[str]:
    """A row for each word, with the answer and what it costs."""
    rows = []
    for point in found.points:
        value = word(point.value)
        mark = canvas.signs.mark if value == found.current else ""
        rows.append((mark, value, point.option or _NONE, _usd(point), point.cheapest or ""))
    yield from table(("", found.key, "Answer", "USD/month ", "Cheapest option"), rows, canvas)


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
    if any(point.costs for point in found.points):
        yield f"{'cheapest':<{_MARGIN}}{strip([*turns, (1.0, last)], canvas, _MARGIN)}"
    kind = outcomes.kind_of(found)
    first, final = about(start, kind), about(end, kind)
    room = max(1, canvas.width - _MARGIN - len(first) - len(final))
    line = " " * _MARGIN + first + " " * room + final
    if isinstance(found.current, int):
        place = _MARGIN + round(share(found.current) * (canvas.width - _MARGIN - 1))
        yield " " * place + canvas.signs.mark
    yield line


def _answers(found: Sweep, canvas: Canvas) -> Iterator[str]:
    if len(found.stretches) == 1:
        option = found.stretches[0].option or _NONE
        yield f"The answer is {option} over the whole range."
        return
    yield "Answer"
    rows = [(f"  {outcomes.span(found, each)}", each.option or _NONE) for each in found.stretches]
    yield from table(("", ""), rows, canvas)


def _turns(found: Sweep, canvas: Canvas) -> Iterator[str]:
    if not found.crossings:
        cheapest = found.points[0].cheapest
        if cheapest is not None:
            yield f"The cheapest is {cheapest} over the whole range."
        return
    yield "Cheapest"
    rows = []
    for each in found.crossings[:_MOST_SHOWN]:
        value = about(number_at(each.above), outcomes.kind_of(found))
        rows.append((f"  {value}", each.sentence(canvas.signs.arrow)))
    yield from table(("", ""), rows, canvas, flexible=1)
    more = len(found.crossings) - _MOST_SHOWN
    if more > 0:
        yield f"  and {more} more, see --format json"


def _curve(found: Sweep, canvas: Canvas) -> Iterator[str]:
    values = [max(1.0, float(str(point.value))) for point in found.points]
    kind = outcomes.kind_of(found)
    now = float(found.current) if isinstance(found.current, int) else None
    labels = {value: about(value, kind) for value in (values[0], values[-1])}
    if now is not None:
        labels[now] = f"{about(now, kind)}, {'as stated' if found.stated else 'assumed'}"
    drawn = list(plot(values, outcomes.curves(found.points), labels, now, canvas))
    if drawn:
        yield ""
        yield from wrapped(f"USD a month: {outcomes.legend(found.points)}", canvas)
        yield from drawn
