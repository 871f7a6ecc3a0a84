"""``prices refresh --format text``: what the new prices change, and the workloads that it moves."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.pricing.price_refresh.refresh import Difference, MovedCost, PriceChange
from advisor.reports.terminal_chart import Canvas, wrapped
from advisor.text.money_format import money
from advisor.text.tones import TITLE

_MOST_SHOWN = 10


def render(found: tuple[tuple[Difference, ...], tuple[MovedCost, ...]], canvas: Canvas) -> str:
    """A paragraph for each Region, and one for the workloads."""
    regions, workloads = found
    lines = [line for one in regions for line in _region(one, canvas)]
    lines += _workloads(workloads, canvas)
    return "".join(f"{line}\n" for line in lines)


def _region(one: Difference, canvas: Canvas) -> Iterator[str]:
    noun = "price" if one.count == 1 else "prices"
    yield canvas.paint(f"{one.region}: {one.count} {noun} of {one.date}", TITLE)
    whose = "your own" if one.old_own else "the shipped"
    yield from _wrapped(
        f"Against {whose} prices of {one.old_date or 'no date'}: {len(one.changed)} changed,"
        f" {len(one.new)} new, {len(one.gone)} gone.",
        canvas,
    )
    yield from _shown(one.changed, canvas)
    for word, changes in (("new", one.new), ("gone", one.gone)):
        if changes:
            places = [f"{each.component} {each.key}" for each in changes[:_MOST_SHOWN]]
            more = ["…"] * (len(changes) > _MOST_SHOWN)
            yield from _wrapped(f"{word}: {', '.join([*places, *more])}", canvas)
    yield from _wrapped(
        f"Of {one.shipped} shipped prices that the list has, {len(one.wrong)} are wrong;"
        f" {one.unlisted} more are not in it.",
        canvas,
    )
    if one.missing:
        yield from _wrapped(f"no price found: {', '.join(one.missing)}", canvas)


def _shown(changes: tuple[PriceChange, ...], canvas: Canvas) -> Iterator[str]:
    arrow = canvas.signs.arrow
    for each in changes[:_MOST_SHOWN]:
        yield f"  {each.component} {each.key}: {each.old} {arrow} {each.new} USD ({_signed(each)})"
    if len(changes) > _MOST_SHOWN:
        yield f"  and {len(changes) - _MOST_SHOWN} more"


def _signed(change: PriceChange) -> str:
    percent = float(change.percent or 0)
    return f"{percent:+.1f} %" if abs(percent) >= 0.05 else "less than 0.1 %"


def _workloads(workloads: tuple[MovedCost, ...], canvas: Canvas) -> Iterator[str]:
    if not workloads:
        return
    moved = [each for each in workloads if each.costs_otherwise or each.runs_otherwise]
    said = f"Workloads: {len(moved)} of {len(workloads)} cost something else"
    yield canvas.paint(said, TITLE)
    arrow = canvas.signs.arrow
    for each in moved[:_MOST_SHOWN]:
        cost = f" {arrow} ".join(map(money, each.costs))
        where = f"{each.new.workload.name} ({each.new.workload.file})"
        yield from _wrapped(f"{where}: {cost} USD a month, {each.ways[1]}", canvas)
    if len(moved) > _MOST_SHOWN:
        yield f"  and {len(moved) - _MOST_SHOWN} more"
    others = [each for each in workloads if each.runs_otherwise]
    for each in others:
        ways = f" {arrow} ".join(each.ways)
        yield from _wrapped(f"{each.new.workload.name} changes: {ways}", canvas)
    if not others:
        text = "No option and no instance type changes: plans choose by the shipped prices."
        yield from _wrapped(text, canvas)


def _wrapped(text: str, canvas: Canvas) -> Iterator[str]:
    return wrapped(text, canvas, "  ", "    ")
