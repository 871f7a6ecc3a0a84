"""``explain ID WORKLOAD --format text``: how one entry of the rules stands in a workload."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from advisor.compare.explained import Here, Judged, WinningChange
from advisor.engine.standing import bound, in_words, is_need, words
from advisor.model.advice import Fact, Step
from advisor.reports.advice_view import room
from advisor.reports.terminal_chart import Canvas, heading, table, wrapped
from advisor.text.money_format import a_month, money
from advisor.text.quantity_format import word
from advisor.text.tones import TITLE, TONES

Explained = tuple[str, str, Here]  # id, what it is, how it stands
Row = tuple[str, ...]


def render(found: Sequence[Explained], canvas: Canvas) -> str:
    """A block for each entry of the id."""
    return "\n".join("".join(f"{line}\n" for line in _lines(*each, canvas)) for each in found)


def _lines(name: str, what: str, here: Here, canvas: Canvas) -> Iterator[str]:
    advice = here.advice
    yield from wrapped(f"{name} in {advice.workload.name}: {here.stands}", canvas, tone=TITLE)
    yield from wrapped(what, canvas)
    sections = (
        ("Value", [_value(here, each) for each in here.facts]),
        ("Question", [] if here.step is None else _step(here.step)),
        ("Options", _options(here)),
        ("Cost", _cost(here)),
        ("Chosen if", _ways(here, canvas)),
        ("Changes if", _outcomes(here, canvas)),
        ("Limits and needs", [_judged(each) for each in here.verdicts]),
        ("Read by", list(here.read_by)),
        ("Findings", [(each.severity, each.message) for each in here.findings]),
    )
    for title, rows in sections:
        if rows:
            yield from heading(title, canvas)
            indented = [(f"  {row[0]}", *row[1:]) for row in rows]
            last = len(indented[0]) - 1
            tones = [TONES.get(row[0], "") for row in rows]
            yield from table(("",) * (last + 1), indented, canvas, flexible=last, tones=tones)


def _value(here: Here, fact: Fact) -> Row:
    place = f"{here.advice.workload.file}:{fact.line}:{fact.column}" if fact.line else fact.because
    return (fact.fact, word(fact.value), fact.origin, place)


def _step(step: Step) -> list[Row]:
    rows: list[Row] = [("reads", f"{fact} {word(value)}") for fact, value in step.facts.items()]
    if step.answer:
        way = step.way
        rows.append(("answer", f"{way}, assumed" if step.assumed else way))
        rows.append(("leads to", ", ".join(step.leads_to)))
    return rows


def _options(here: Here) -> list[Row]:
    """Each option that is concerned, with every reason on a line."""
    rows: list[Row] = []
    for each in here.candidates:
        name, stands = each.option, words(each.standing)
        for reason in each.standing.reasons:
            rows.append((name, stands, reason.text))
            name = stands = ""
    return rows


def _cost(here: Here) -> list[Row]:
    """The cost of the answer, and of the explained option where it is another one."""
    if len(here.candidates) != 1:
        return []
    chosen, own = here.advice.chosen, here.candidates[0]
    rows: list[Row] = []
    if chosen is not None:
        rows.append((chosen.option, f"{a_month(chosen.cost)}, the answer"))
    if own != chosen and own.cost is not None:
        rows.append((own.option, a_month(own.cost)))
    return rows


def _ways(here: Here, canvas: Canvas) -> list[Row]:
    if here.ways is None:
        return []
    found = [_way(here, way, canvas) for way in here.ways]
    return found or [("no change of one or two facts makes it the answer",)]


def _way(here: Here, way: WinningChange, canvas: Canvas) -> Row:
    changes = " and ".join(f"{change.fact} {change.to}" for change in way.changes)
    chosen = here.advice.chosen
    before = money(None if chosen is None else chosen.cost)
    return (changes, f"{before} {canvas.signs.arrow} {a_month(way.cost)}")


def _outcomes(here: Here, canvas: Canvas) -> list[Row]:
    arrow = canvas.signs.arrow
    return [(f"{e.fact} {e.to}", f"{arrow} {e.leads}") for e in here.outcomes]


def _judged(judged: Judged) -> Row:
    verdict = judged.verdict
    text = f"{verdict.title} {verdict.bound}"
    if not is_need(verdict):
        text = f"{verdict.title} {verdict.value or 'not stated'}, bound {bound(verdict)}"
    notes = [each for each in (judged.taken, room(verdict), verdict.note) if each]
    return (
        verdict.rule,
        in_words(verdict.outcome),
        text + (f" ({'; '.join(notes)})" if notes else ""),
    )
