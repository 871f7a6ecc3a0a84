"""The first lines: the option, its reason, the open facts and the assumptions."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from advisor.measurement import words
from advisor.model.advice import Advice, Fix, Step
from advisor.reports import advice_view as highlights
from advisor.reports.text.layout import DOUBT, QUIET, TONES, Hanging, heading, labelled, line, said
from advisor.text.money_format import a_month
from advisor.text.quantity_format import word

MOST_UNKNOWNS = 3
_MOST_ASSUMED = 6
_MOST_CHANGES = 6


def answer(advice: Advice) -> Iterator[RenderableType]:
    """The lines above the table of options: the answer, its reason, open facts and path."""
    tone, status = TONES[advice.decision.status], highlights.status(advice)
    yield line(
        said(advice.workload.name, "bold"),
        ": ",
        said(highlights.headline(advice), f"bold {tone}"),
        said(f" ({status})" if status else "", tone),
    )
    yield said(highlights.because(advice))
    if advice.decision.status == "decided":
        yield said(highlights.decided(advice), QUIET)
    if advice.decision.option is None:
        yield from _fixes(advice)
    yield Text()
    if size := highlights.size(advice):
        yield labelled("Assumes", [said(size, DOUBT)])
    yield from _unknowns(advice)
    yield labelled("Path", [_path(advice)])


def _fixes(advice: Advice) -> Iterator[RenderableType]:
    """The changes, nearest first, then services outside the four options."""
    if advice.decision.fixes:
        yield heading("Fixes", "smallest change first")
        for fix in advice.decision.fixes:
            yield Hanging(_fix(fix))
    yield from consider(advice)


def consider(advice: Advice) -> Iterator[RenderableType]:
    """Services outside the four options; nothing when none fits."""
    if advice.consider:
        yield heading("Outside", "the four options")
        for entry in advice.consider:
            yield Hanging(line(said(entry.title, "bold"), f": {entry.because}"))


def _fix(fix: Fix) -> Text:
    changes = " and ".join(f"{change.fact} {change.to}" for change in fix.changes)
    return line(said(changes, "bold"), f" → {fix.option}: {fix.advice}")


def _unknowns(advice: Advice) -> Iterator[RenderableType]:
    found = highlights.plausible(advice)
    if not found:
        return
    lines = []
    for unknown in found[:MOST_UNKNOWNS]:
        ways = "; ".join(
            f"{value} → {option or 'none fits'}"
            for value, option in highlights.others(advice, unknown)
        )
        assumed = f" (assumed {unknown.assumed.lower()})" if unknown.assumed else ""
        lines.append(line(said(unknown.fact, DOUBT), f" {ways}", said(assumed, QUIET)))
    more = len(found) - MOST_UNKNOWNS
    if more > 0:
        lines.append(said(f"and {more} more, see --format json", QUIET))
    yield labelled("Depends on", lines)


def _path(advice: Advice) -> Text:
    """Question ids with the way taken, in the order asked, and the leaf."""
    steps = advice.decision.path
    leaf = ", ".join(advice.decision.leaf_options)
    note = " (?=assumed)" if any(step.assumed for step in steps) else ""
    return line(Text(" · ").join(_step(step) for step in steps), f" → {leaf}", said(note, QUIET))


def _step(step: Step) -> Text:
    return line(f"{step.question} ", said(f"{step.way}?" if step.assumed else step.way, "bold"))


def grounds(advice: Advice) -> Iterator[RenderableType]:
    """The lines below the table of options: cost, assumptions and changes of the answer."""
    yield Text()
    yield from _cost(advice)
    yield from _measured(advice)
    yield from _assumed(advice)
    yield from _changes(advice)


def _cost(advice: Advice) -> Iterator[RenderableType]:
    """The cost of the recommended option, and the unstated facts behind it."""
    cost = None if advice.chosen is None else advice.chosen.cost
    if cost is not None:
        lines = [said(a_month(cost))]
        lines += [said(text, QUIET) for text in highlights.beside_cost(cost)]
        lines += [
            line(said(each.fact, DOUBT), f" {highlights.priced(each)}")
            for each in advice.cost_unknowns or ()
        ]
        yield labelled("Cost", lines)


def _measured(advice: Advice) -> Iterator[RenderableType]:
    """The results of a load test, each configuration on a line."""
    measured = advice.workload.measured
    if measured is not None:
        lines = [said(words.origin(measured))]
        lines += [said(words.line(each), QUIET) for each in measured.tests]
        facts = [each for each in advice.decision.facts if each.origin == "measured"]
        if facts:
            text = ", ".join(f"{each.fact} {each.value}" for each in facts)
            lines.append(said(f"State it to keep it: {text}"))
        yield labelled("Measured", lines)


def _assumed(advice: Advice) -> Iterator[RenderableType]:
    """The assumed facts that a rule read; the most important first, the rest counted."""
    facts, remote = highlights.assumed(advice)
    if not facts:
        return
    text = ", ".join(f"{fact.fact} {word(fact.value)}" for fact in facts[:_MOST_ASSUMED])
    more = len(facts) - _MOST_ASSUMED
    if more > 0:
        text += f" and {more} more"
    matter = "only matters" if remote == 1 else "only matter"
    note = f" ({remote} of {len(facts)} {matter} at unusual values)" if remote else ""
    yield labelled("Assumed", [line(text, said(note, QUIET))])


def _changes(advice: Advice) -> Iterator[RenderableType]:
    found = advice.decision.would_change
    if not found:
        return
    shown = found[:_MOST_CHANGES]
    most = max(len(f"{change.fact} {change.to}") for change in shown)
    lines = [
        line(f"{change.fact} {change.to}".ljust(most), f" → {change.leads}") for change in shown
    ]
    more = len(found) - _MOST_CHANGES
    if more > 0:
        lines.append(said(f"and {more} more, see --format json", QUIET))
    yield labelled("Changes if", lines)
