"""The four options side by side: money, times, and how each stands with every reason."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType

from advisor.engine.standing import CHOSEN, OPEN, bound, words
from advisor.model.advice import Advice, Candidate
from advisor.model.options import BATCH_TRANSFORM
from advisor.reports import advice_view as view
from advisor.reports.answer_blocks import OptionRow, option_rows
from advisor.reports.text.layout import QUIET, TONES, Hanging, aligned, said


def options(advice: Advice, width: int, verbose: bool) -> Iterator[RenderableType]:
    """A line for each option; below it its standing where the terminal is narrow."""
    rows = option_rows(advice)
    end = "A run" if advice.decision.option == BATCH_TRANSFORM else "p99"
    figured = any(row.candidate.plan is not None for row in rows)
    headings = ["Option", "USD/month", *(["p50", end] if figured else [])]
    cells = [_cells(row, figured) for row in rows]
    if end == "A run" and figured:
        headings, cells = [*headings[:2], end], [[*each[:2], each[3]] for each in cells]
    tones = [TONES[words(row.candidate.standing)] for row in rows]
    notes = [row.standing for row in rows]
    head, *lines = aligned([*headings, "Standing"], zip(cells, notes, tones, strict=True), width)
    yield head
    each_of = len(lines) // len(rows) if rows else 1
    for number, line in enumerate(lines, 1):
        yield line
        if verbose and number % each_of == 0:
            judged = _judged(rows[number // each_of - 1].candidate)
            yield from (Hanging(said(f"    {text}", QUIET), hang=6) for text in judged)


def _cells(row: OptionRow, figured: bool) -> list[str]:
    return [row.option, row.money, *([row.p50, row.p99] if figured else [])]


def _judged(candidate: Candidate) -> Iterator[str]:
    """The reasons and the limits that are met, with margin and date; the limits left open."""
    for reason in candidate.standing.reasons:
        verdict = reason.verdict
        notes = [view.room(verdict), verdict.as_of] if verdict is not None else []
        told = ", ".join(filter(None, notes))
        yield reason.text + (f" ({told})" if told else "")
    if candidate.standing.standing not in (CHOSEN, OPEN):
        return
    for verdict in candidate.verdicts:
        if verdict.outcome == "met" and verdict.margin:
            room = f"{view.room(verdict)}, {verdict.as_of}"
            yield f"{verdict.title} {verdict.value}, limit {bound(verdict)} ({room})"
    if found := view.unstated(candidate):
        limits = (f"{each.title.lower()}{f' ({each.note})' * bool(each.note)}" for each in found)
        yield f"not stated: {', '.join(limits)}"
