"""``diff --format text``: the changes, most important first; nothing without a change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from advisor.compare.diff import ChangedValue, Difference, chosen_cost, rise
from advisor.model.workload import Finding
from advisor.reports.terminal_chart import Canvas, heading, table, wrapped
from advisor.text.money_format import UNKNOWN, a_month, money
from advisor.text.tones import QUIET, TITLE, TONES

_NOTHING = "-"


def render(found: tuple[Sequence[Difference], Sequence[str], Sequence[str]], canvas: Canvas) -> str:
    """One block for each workload that changed."""
    differences, added, removed = found
    blocks = ["\n".join(_lines(each, canvas)) for each in differences if each.matters]
    blocks += [f"{name}: added" for name in added]
    blocks += [f"{name}: removed" for name in removed]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _lines(found: Difference, canvas: Canvas) -> Iterator[str]:
    told = f"{found.new.workload.name}: {headline(found, canvas.signs.arrow)}"
    yield from wrapped(told, canvas, tone=TITLE)
    yield from _findings("New findings", found.appeared, canvas)
    sections = (
        ("Facts", found.facts),
        ("Options", found.options),
        ("Plan", found.settings),
        ("USD a month", found.costs),
    )
    for title, changes in sections:
        if changes:
            yield from heading(title, canvas)
            yield from _changes(changes, canvas)
    if found.requests:
        yield ""
        names = ", ".join(change.name for change in found.requests)
        yield from wrapped(f"Requests that differ: {names}", canvas)
    yield from _findings("Findings gone", found.gone, canvas, quiet=True)


def _findings(
    title: str, findings: Sequence[Finding], canvas: Canvas, *, quiet: bool = False
) -> Iterator[str]:
    if findings:
        yield from heading(title, canvas)
    for each in findings:
        tone = QUIET if quiet else TONES[each.severity]
        text = f"{each.severity} {each.rule}: {each.message}"
        yield from wrapped(text, canvas, "  ", "    ", tone=tone)


def headline(found: Difference, arrow: str) -> str:
    """The answer and its cost, before and after."""
    old, new = found.old.decision, found.new.decision
    options = [decision.option or "none fits" for decision in (old, new)]
    text = options[0] if options[0] == options[1] else f"{options[0]} {arrow} {options[1]}"
    before, after = chosen_cost(found.old), chosen_cost(found.new)
    costs = [money(before), money(after)]
    if costs[0] == costs[1]:
        return text if costs[0] == UNKNOWN else f"{text}, {a_month(after)}"
    risen = rise(before, after).text
    return f"{text}, {costs[0]} {arrow} {a_month(after)}" + (f" ({risen})" if risen else "")


def _changes(changes: Sequence[ChangedValue], canvas: Canvas) -> Iterator[str]:
    arrow = canvas.signs.arrow
    rows = [
        (f"  {change.name}", f"{change.old or _NOTHING} {arrow} {change.new or _NOTHING}")
        for change in changes
    ]
    yield from table(("", ""), rows, canvas, flexible=1)
