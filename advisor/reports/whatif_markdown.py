"""``whatif --format markdown``: the answer over the range of a key, with the points folded."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.compare.break_even import number_at
from advisor.compare.scenario import Outcome
from advisor.compare.whatif import Sweep
from advisor.measurement import words
from advisor.reports.cost_curves import kind_of, now, span, turned
from advisor.reports.terminal_chart import Canvas
from advisor.text.markup import code, prose, table
from advisor.text.money_format import UNKNOWN, money
from advisor.text.quantity_format import about, word

_NONE = "none fits"


def render(found: Sweep, _: Canvas) -> str:
    """A page."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Sweep) -> Iterator[str]:
    yield f"# {prose(found.workload.name)}: what if {code(found.key)} changes\n"
    yield f"{prose(now(found).capitalize())}.\n"
    if found.workload.measured is not None:
        yield f"Measured {prose(words.origin(found.workload.measured))}.\n"
    yield from table(
        (code(found.key), "Answer"),
        [(code(span(found, each)), each.option or _NONE) for each in found.stretches],
    )
    if found.crossings:
        yield "\nThe cheapest option changes:\n"
        for each in found.crossings:
            value = about(number_at(each.above), kind_of(found))
            yield f"- {code(value)}: {prose(each.sentence('to'))}"
    if found.turns:
        yield "\nBreak-even:\n"
        yield from (f"- {prose(text)}" for text in turned(found.turns, kind_of(found)))
    options = list(dict.fromkeys(option for point in found.points for option in point.costs))
    yield f"\n<details><summary>{len(found.points)} values</summary>\n"
    headings = (code(found.key), "Answer", "Cheapest", *(f"{option} USD" for option in options))
    yield from table(headings, [_row(found, point, options) for point in found.points])
    yield "\n</details>"


def _row(found: Sweep, point: Outcome, options: list[str]) -> tuple[str, ...]:
    value = point.value
    text = about(value, kind_of(found)) if type(value) is int else word(value)
    costs = [prose(money(point.costs.get(option))) for option in options]
    return (text, point.option or _NONE, point.cheapest or UNKNOWN, *costs)
