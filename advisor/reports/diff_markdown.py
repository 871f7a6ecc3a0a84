"""``diff --format markdown``: a comment for a pull request; nothing when nothing changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from advisor.compare.diff import ChangedValue, Difference, chosen_cost, rise
from advisor.reports.terminal_chart import Canvas
from advisor.text.markup import code, prose, table
from advisor.text.money_format import money

_NOTHING = "-"
_MOST_SHOWN = 10  # facts and settings before a fold


def render(found: tuple[Sequence[Difference], Sequence[str], Sequence[str]], _: Canvas) -> str:
    """One section for each workload that changed."""
    differences, added, removed = found
    parts = ["\n".join(_lines(each)) for each in differences if each.matters]
    parts += [f"### {prose(name)}: added" for name in added]
    parts += [f"### {prose(name)}: removed" for name in removed]
    return "\n\n".join(parts) + "\n" if parts else ""


def _lines(found: Difference) -> Iterator[str]:
    yield f"### {prose(found.new.workload.name)}: {_headline(found)}"
    errors = [each for each in found.appeared if each.severity != "info"]
    for finding in errors:
        sign = "❌" if finding.severity == "error" else "⚠️"
        yield f"\n{sign} {code(finding.rule)}: {prose(finding.message)}"
    yield ""
    yield from table(("", "Before", "After"), list(_main(found)))
    costs = [each._replace(name=f"{each.name}, USD a month") for each in found.costs]
    rest = [*found.facts[_MOST_SHOWN:], *found.settings, *costs]
    if rest or found.requests or found.gone:
        yield "\n<details><summary>Plan, requests and findings</summary>\n"
        if rest:
            yield from table(("", "Before", "After"), [_row(change) for change in rest])
        if found.requests:
            names = ", ".join(code(change.name) for change in found.requests)
            yield f"\nRequests that differ: {names}."
        for finding in found.gone:
            yield f"\nGone: {code(finding.rule)}: {prose(finding.message)}"
        yield "\n</details>"


def _headline(found: Difference) -> str:
    options = [side.decision.option or "none fits" for side in (found.old, found.new)]
    text = options[0] if options[0] == options[1] else f"{options[0]} → {options[1]}"
    old, new = chosen_cost(found.old), chosen_cost(found.new)
    risen = "" if money(old) == money(new) else rise(old, new).text
    return f"{text}, {prose(risen)} USD a month" if risen else text


def _main(found: Difference) -> Iterator[tuple[str, ...]]:
    """Answer and cost, also where they stay, then what else differs."""
    decisions = [side.decision for side in (found.old, found.new)]
    yield ("Answer", *(prose(each.option or "none fits") for each in decisions))
    costs = [prose(money(chosen_cost(side))) for side in (found.old, found.new)]
    yield ("USD a month", *costs)
    for change in (*found.facts[:_MOST_SHOWN], *found.options):
        yield _row(change)


def _row(change: ChangedValue) -> tuple[str, ...]:
    cells = (_NOTHING if text is None else code(text) for text in (change.old, change.new))
    return (code(change.name), *cells)
