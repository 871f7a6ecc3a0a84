"""The four options side by side: what rules each out, by how much, and since when that is known."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from advisor import highlights
from advisor.model import Advice, Candidate, Verdict
from advisor.money_format import money
from advisor.reports.text.layout import QUIET, TONES, columns, heading, line, said

_WIDE = 110
_MOST_VERDICTS = 3


def options(advice: Advice, width: int) -> Iterator[RenderableType]:
    """A table with a line for each verdict that decides; sentences where the terminal is narrow."""
    yield heading("Options")
    costs = any(candidate.cost is not None for candidate in advice.candidates)
    yield _columns(advice, costs) if width >= _WIDE else _sentences(advice, costs)


def _order(advice: Advice) -> list[Candidate]:
    """The chosen one, those that fit, then the rest."""
    ranks = ("chosen", "fits", "open", "contested", "ruled out")
    return sorted(
        advice.candidates, key=lambda each: ranks.index(highlights.standing(advice, each))
    )


def _sentences(advice: Advice, costs: bool) -> RenderableType:
    rows = []
    for candidate in _order(advice):
        standing = highlights.standing(advice, candidate)
        reasons = [_sentence(each) for each in _shown(candidate)]
        rest = _rest(candidate, standing)
        reasons += [said(rest, QUIET)] if rest else []
        name = said(f"  {candidate.option}")
        row = [name, said(standing, TONES[standing]), Text("\n").join(reasons)]
        rows.append([*row, said(money(candidate.cost))] if costs else row)
    headings = ["", "", "", "USD/month"] if costs else []
    return columns(headings or ["", "", ""], rows, flexible=2, header=costs)


def _shown(candidate: Candidate) -> tuple[Verdict, ...]:
    return highlights.deciding(candidate)[:_MOST_VERDICTS]


def _rest(candidate: Candidate, standing: str) -> str:
    """What the shown verdicts leave out."""
    more = len(highlights.deciding(candidate)) - _MOST_VERDICTS
    if more > 0:
        return f"and {more} more"
    open_ones = highlights.unstated(candidate)
    if standing in ("ruled out", "contested") or not open_ones:
        return ""
    names = ", ".join(verdict.title.lower() for verdict in open_ones[:_MOST_VERDICTS])
    more = len(open_ones) - _MOST_VERDICTS
    return f"not stated: {names}" + (f" and {more} more" if more > 0 else "")


def _sentence(verdict: Verdict) -> Text:
    if highlights.is_need(verdict):
        text = f"{verdict.title} {verdict.bound}"
    elif not verdict.value:
        text = f"{verdict.title} not stated, limit {highlights.bound(verdict)}"
    elif verdict.margin is None:
        text = f"{verdict.title} {verdict.value}, only {highlights.bound(verdict)}"
    else:
        text = f"{verdict.title} {verdict.value}, limit {highlights.bound(verdict)}"
    doubt = "as assumed" if verdict.outcome == "unknown" else ""
    notes = [note for note in (doubt, highlights.room(verdict), verdict.as_of) if note]
    return line(text, said(f" ({', '.join(notes)})", QUIET))


def _columns(advice: Advice, costs: bool) -> RenderableType:
    headings = ["  Option", "", "Limit or need", "Value", "Bound", "Margin", "Source read"]
    rows = []
    for candidate in _order(advice):
        standing = highlights.standing(advice, candidate)
        first = [said(f"  {candidate.option}"), said(standing, TONES[standing])]
        cost = said(money(candidate.cost))
        for verdict in _shown(candidate):
            row = [*first, *_cells(verdict)]
            rows.append([*row, cost] if costs else row)
            first, cost = [Text(), Text()], Text()
        rest = _rest(candidate, standing)
        if rest or first[0]:
            row = [*first, said(rest, QUIET), Text(), Text(), Text(), Text()]
            rows.append([*row, cost] if costs else row)
    return columns([*headings, "USD/month"] if costs else headings, rows, flexible=2)


def _cells(verdict: Verdict) -> list[Text]:
    need = highlights.is_need(verdict)
    return [
        said(verdict.title),
        said("needed" if need else verdict.value or "not stated"),
        said(highlights.bound(verdict)),
        said(highlights.room(verdict)),
        said(verdict.as_of, QUIET),
    ]
