"""The four options side by side: money, times, and how each stands with every reason."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.engine.standing import CHOSEN, OPEN, bound, words
from advisor.model.advice import Advice, Candidate
from advisor.model.options import BATCH_TRANSFORM
from advisor.reports import advice_view as view
from advisor.reports.answer_blocks import option_rows
from advisor.reports.plain_words import Words
from advisor.reports.terminal_chart import Canvas, table
from advisor.text.tones import TONES

_BOTH_TIMES = 60  # columns that a second time needs


def options(advice: Advice, names: Words, canvas: Canvas, verbose: bool) -> Iterator[str]:
    """A line for each option; below it its standing where the terminal is narrow."""
    rows = option_rows(advice, names)
    batch = advice.decision.option == BATCH_TRANSFORM
    titles = {"option": "Option", "money": "USD/month "}
    if any(row.candidate.plan is not None for row in rows):
        titles |= {} if batch or canvas.width < _BOTH_TIMES else {"p50": "p50 "}
        titles |= {"p99": "A run " if batch else "p99 "}
    cells = [(*(getattr(row, name) for name in titles), row.standing) for row in rows]
    return table(
        [*titles.values(), "Standing"],
        cells,
        canvas,
        flexible=len(titles),
        tones=[TONES[words(row.candidate.standing)] for row in rows],
        below=[_judged(row.candidate) if verbose else () for row in rows],
    )


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
