"""The four options side by side: the reasons, the margins and the dates of the sources."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from advisor.engine.standing import CHOSEN, OPEN, STANDINGS, bound, words
from advisor.model.advice import Advice, Candidate, Reason
from advisor.reports import advice_view as highlights
from advisor.reports.text.layout import QUIET, TONES, columns, heading, line, said
from advisor.text.money_format import money

_WIDE = 110
_MOST_VERDICTS = 3


def options(advice: Advice, width: int) -> Iterator[RenderableType]:
    """A table with a line for each reason; sentences where the terminal is narrow."""
    yield heading("Options")
    costs = any(candidate.cost is not None for candidate in advice.candidates)
    yield _columns(advice, costs) if width >= _WIDE else _sentences(advice, costs)


def _order(advice: Advice) -> list[Candidate]:
    return sorted(advice.candidates, key=lambda each: STANDINGS.index(each.standing.standing))


def _sentences(advice: Advice, costs: bool) -> RenderableType:
    rows = []
    for candidate in _order(advice):
        reasons = [_sentence(each) for each in highlights.shown(candidate)]
        rest = _rest(candidate)
        reasons += [said(rest, QUIET)] if rest else []
        row = [*_first(candidate), Text("\n").join(reasons)]
        rows.append([*row, said(money(candidate.cost))] if costs else row)
    headings = ["", "", "", "USD/month"] if costs else []
    return columns(headings or ["", "", ""], rows, flexible=2, header=costs)


def _first(candidate: Candidate) -> list[Text]:
    """Its name and how it stands."""
    stands = words(candidate.standing)
    return [said(f"  {candidate.option}"), said(stands, TONES[stands])]


def _rest(candidate: Candidate) -> str:
    """The limits of an option that may be used on which nothing was stated."""
    found = highlights.unstated(candidate)
    if candidate.standing.standing not in (CHOSEN, OPEN) or not found:
        return ""
    told = [f"{each.title} {each.value} ({each.note})" for each in found if each.note]
    found = tuple(each for each in found if not each.note)
    if found:
        names = ", ".join(verdict.title.lower() for verdict in found[:_MOST_VERDICTS])
        more = len(found) - _MOST_VERDICTS
        told.append(f"not stated: {names}" + (f" and {more} more" if more > 0 else ""))
    return "; ".join(told)


def _sentence(reason: Reason) -> Text:
    notes = []
    if reason.verdict is not None:
        notes = [highlights.room(reason.verdict), reason.verdict.as_of]
    text = ", ".join(note for note in notes if note)
    return line(reason.text, said(f" ({text})" if text else "", QUIET))


def _columns(advice: Advice, costs: bool) -> RenderableType:
    headings = [
        "  Option",
        "",
        "Limit, need or question",
        "Value",
        "Bound",
        "Margin",
        "Source read",
    ]
    rows = []
    for candidate in _order(advice):
        first, cost = _first(candidate), said(money(candidate.cost))
        for reason in highlights.shown(candidate):
            row = [*first, *_cells(reason)]
            rows.append([*row, cost] if costs else row)
            first, cost = [Text(), Text()], Text()
        rest = _rest(candidate)
        if rest or first[0]:
            row = [*first, said(rest, QUIET), Text(), Text(), Text(), Text()]
            rows.append([*row, cost] if costs else row)
    return columns([*headings, "USD/month"] if costs else headings, rows, flexible=2)


def _cells(reason: Reason) -> list[Text]:
    verdict = reason.verdict
    if verdict is None:
        return [said(reason.text), Text(), Text(), Text(), Text()]
    return [
        said(verdict.title + highlights.resting(reason)),
        said(reason.value),
        said(bound(verdict)),
        said(highlights.room(verdict)),
        said(verdict.as_of, QUIET),
    ]
