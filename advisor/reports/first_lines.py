"""The five lines that say an answer aloud: what, why, the risk, what it rests on, what to do next.

Each is one line at any width. It is made shorter by leaving out parts, the least important first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from shlex import quote
from typing import NamedTuple

from advisor.engine.standing import OPEN, STANDINGS, words
from advisor.model.advice import Advice, Candidate, Fix
from advisor.model.options import ASYNCHRONOUS, BATCH_TRANSFORM, SERVERLESS
from advisor.model.printable import printable
from advisor.model.workload import Finding
from advisor.pricing.comparable import stand_ins
from advisor.pricing.plan_cost import in_brief
from advisor.reports import advice_view as view
from advisor.reports.plain_words import KEY, Words, capital, lowered
from advisor.text.money_format import NOT_APPLICABLE, UNKNOWN, money
from advisor.text.quantity_format import milliseconds

LABEL = 9
_LACKING = {"model-unnamed": "model.id", "model-speed-unknown": "requests.processing"}
_CUT = "..."
_LEAST_NAME = 8
_SEVERE = ("error", "warning")
_BRACKET = re.compile(r" \([^()]*\)$")
_ASIDE = re.compile(r" \([^()]*\)")
_FIGURE = re.compile(r"(?<![\w.-])\d")


class FirstLine(NamedTuple):
    """One of the five; the first has no label."""

    label: str
    text: str


def first_lines(advice: Advice, width: int, names: Words) -> tuple[FirstLine, ...]:
    """The five lines of an answer, each at most ``width`` columns wide with its label."""
    worst = [each for each in advice.findings if each.severity in _SEVERE]
    if advice.chosen is None:
        third = "Fix", _fix(advice, names)
    elif worst:
        third = "Risk", _risk(worst, names)
    else:
        third = "Or", _alternative(advice, names)
    labelled = (
        ("Why", _why(advice, names)),
        third,
        ("Assumes", _assumes(advice, names)),
        ("Next", _next(advice)),
    )
    room = width - LABEL
    rest = (FirstLine(label, fitting(room, texts)) for label, texts in labelled)
    return (FirstLine("", _headline(advice, width)), *rest)


def fitting(width: int, texts: Iterable[str]) -> str:
    """The first text that fits, or else the last one, cut between two words."""
    text = ""
    for each in texts:
        text = printable(each).strip()
        if view.columns_of(text) <= width:
            return text
    while text and view.columns_of(text) > width - len(_CUT):
        head, space, _ = text.rpartition(" ")
        text = head if space and len(head) * 2 > width else text[:-1]
    return text.rstrip(" ,;:") + _CUT


def capped(texts: Sequence[str], separator: str = ", ") -> Iterator[str]:
    """A list as one text, then with fewer of its items and the number of the others."""
    for number in range(len(texts), 0, -1):
        more = len(texts) - number
        yield separator.join(texts[:number]) + (f" and {more} more" if more else "")


# -- what ----------------------------------------------------------------------------------------


def _headline(advice: Advice, width: int) -> str:
    name, chosen = printable(advice.workload.name), advice.chosen
    if chosen is None:
        ways = ["none of the four options fits", "none of the four fits"]
    else:
        ways = list(_answers(advice, chosen))
    for way in ways:
        if view.columns_of(f"{name}: {way}") <= width:
            return f"{name}: {way}"
    room = width - view.columns_of(ways[-1]) - 2
    if room < _LEAST_NAME:
        return fitting(width, ways[-1:])
    return f"{fitting(room, [name])}: {ways[-1]}"


def _answers(advice: Advice, chosen: Candidate) -> Iterator[str]:
    """Option, what it runs on, money and time, then with less of it."""
    option = view.spoken(chosen.option)
    decided = f"{option} (as decided)" if advice.decision.status == "decided" else option
    plan = chosen.plan
    full = short = ""
    if plan is not None and plan.sized == "not-sized":
        full = short = ", not sized"
    elif plan is not None:
        link = ", " if chosen.option == SERVERLESS else " on "
        brief = in_brief(plan)
        start, _, end = brief.partition(", at most")
        full, short = link + brief, link + start + end.partition(" at once")[2]
    paid = price(chosen)
    errors = sum(each.severity == "error" for each in advice.findings)
    wrong = f", {errors} error{'s'[: errors != 1]}" if errors else ""
    on = None if advice.model is None else advice.model.on
    time = f", {_time(chosen)}"
    if on is not None and time == ", p99 unknown":
        time = f", TTFT {milliseconds(on.first_token_s * 1000)}"
    for who, runs, end in (
        (decided, full, time),
        (decided, short, time),
        (option, short, time),
        (option, short, ""),
        (option, "", time),
        (option, "", ""),
    ):
        yield f"{who}{runs}, {paid}{wrong}{end}"
    yield f"{option}, {paid}"
    yield f"{option}, {paid.removesuffix('/month')}"


def price(candidate: Candidate) -> str:
    """The monthly cost in a line: 336.53 USD/month, price unknown."""
    text, cost = money(candidate.cost), candidate.cost
    if text not in (UNKNOWN, NOT_APPLICABLE):
        return f"{text} USD/month"
    return f"{cost.a_run} USD a run" if cost is not None and cost.a_run else "price unknown"


def _time(candidate: Candidate) -> str:
    found = candidate.latency
    time = None if found is None else found.p99_ms
    if candidate.option == BATCH_TRANSFORM:
        return "run time unknown" if time is None else f"{milliseconds(time)} a run"
    return "p99 unknown" if time is None else f"p99 {milliseconds(time)}"


# -- why -----------------------------------------------------------------------------------------


def _why(advice: Advice, names: Words) -> Iterator[str]:
    decision, path = advice.decision, advice.decision.path
    by_name = {each.option: each for each in advice.candidates}
    if decision.status == "decided":
        yield view.decided(advice)
        yield view.decided(advice).partition(": ")[0] + "."
        return
    ranked = [by_name[name] for name in decision.leaf_options if name in by_name]
    against = [
        (each, reasons)
        for each in ranked[: None if decision.option is None else 1]
        if each.option != decision.option and (reasons := names.reasons(each, path))
    ]
    if decision.option is None:
        told = [f"{view.spoken(each.option)}: {reasons[0]}" for each, reasons in against]
        yield from (f"{capital(text)}." for text in capped(told, "; "))
        yield f"{capital(against[0][1][0]) if against else path[-1].asks}."
    elif against:
        first, reasons = against[0]
        who = f"{capital(view.spoken(first.option))} is {words(first.standing)}"
        yield from (f"{who}: {text}." for text in capped(reasons))
        yield from (f"{capital(view.spoken(first.option))}: {text}." for text in capped(reasons))
    else:
        told = names.leaf(path[-1]).get("why", [path[-1].asks])
        # A question that is met because of a yes rests on it as well.
        if path[-1].assumed or any(step.assumed and step.taken for step in path[-2:-1]):
            yield from (f"{text.rstrip('.')} (assumed)." for text in told)
            told = told[-1:]
        yield from told


# -- risk, alternative or fix ----------------------------------------------------------------------


def _risk(worst: Sequence[Finding], names: Words) -> Iterator[str]:
    first = worst[0]
    what = names.finding(first.rule, first.message)
    what = f"Error: {what}" if first.severity == "error" else what
    more = len(worst) - 1
    for text in (*(f"{what} ({each})" for each in _figures(first.message, names)), what):
        if more:
            yield f"{text}, and {more} more finding{'s'[: more != 1]} below."
            yield f"{text}, and {more} more."
        else:
            yield f"{text}."
    yield f"{what}."


def _figures(message: str, names: Words) -> Iterator[str]:
    """What a finding says in figures, in fewer and fewer words; sources are no figures."""
    said = _ASIDE.sub("", message).rstrip(".")
    for sentence in said.split(". "):
        clause, _, last = sentence.partition(", ")[0], *sentence.rpartition(": ")[1:]
        found = [lowered(names.plain(it)) for it in (sentence, clause, last) if _FIGURE.search(it)]
        if found:
            yield from (each for each in dict.fromkeys(found) if not KEY.search(each))
            return


def _alternative(advice: Advice, names: Words) -> Iterator[str]:
    others = [
        each
        for each in advice.candidates
        if each.standing.standing in ("open", "ranked-lower") and each.plan is not None
    ]
    if not others:
        measured = (each for each in advice.candidates if each.standing.standing == OPEN)
        for each in measured:
            told = names.reasons(each, advice.decision.path)
            yield from (f"{capital(view.spoken(each.option))}: {text}." for text in reversed(told))
        yield "No other option fits."
        return
    other = min(others, key=_nearness)
    assert other.plan is not None
    who = capital(view.spoken(other.option))
    what = f"{who}: {price(other)}"
    fewer = view.fewer_instances(advice, other)  # what is not alike is not left out
    where = f"{who} on {in_brief(other.plan)}: {price(other)}"
    starts = (f"{what} on {fewer}",) if fewer else (where, what)
    told = [*names.conditions(other), *names.reasons(other, advice.decision.path)]
    told[1:1] = [_BRACKET.sub("", text) for text in told[:1]]  # before a reason that matters less
    yield from (f"{start}, {text}." for text in told for start in starts)
    yield f"{starts[-1]}."
    yield f"{who}, {price(other).removesuffix('/month')}"


def _nearness(candidate: Candidate) -> tuple[int, float, bool]:
    cost = candidate.cost
    usd = None if cost is None else cost.usd_estimate or (cost.usd_high and cost.usd_low)
    rank = STANDINGS.index(candidate.standing.standing)
    return rank, float("inf" if usd is None else usd), candidate.option == ASYNCHRONOUS


def _fix(advice: Advice, names: Words) -> Iterator[str]:
    fix = _first_fix(advice)
    if fix is None:
        yield "No small change of the stated facts makes an option fit."
        yield "No small change is enough."
        return
    broken = f" (breaks {', '.join(map(names.fact, fix.breaks))})" if fix.breaks else ""
    changes = " and ".join(names.value(each.fact, each.to) for each in fix.changes)
    leads = f"{view.spoken(fix.option)}{broken}"
    advice_given = names.plain(fix.advice.partition(". ")[0].rstrip("."))
    yield f"{advice_given}: {leads} at {changes}."
    yield f"{capital(changes)}: {leads}."
    yield f"{capital(changes)}."


def _first_fix(advice: Advice) -> Fix | None:
    """The nearest that breaks nothing else that is stated."""
    return min(advice.decision.fixes, key=lambda each: bool(each.breaks), default=None)


# -- what it rests on ------------------------------------------------------------------------------


def _assumes(advice: Advice, names: Words) -> Iterator[str]:
    groups: dict[str, list[str]] = {}
    for rests in view.rests_on(advice):
        given = names.fact(rests.fact).removesuffix(" within") + " not stated"
        text = names.value(rests.fact, rests.value) if rests.value else given
        groups.setdefault(" and ".join(rests.decides), []).append(text)
    told = [f"{', '.join(texts)} ({decides})" for decides, texts in groups.items()]
    single = [text for texts in groups.values() for text in texts]
    cost = None if advice.chosen is None else advice.chosen.cost
    also = [names.unchecked[each.rule] for each in advice.findings if each.rule in names.unchecked]
    also += ["estimated prices"] if cost is not None and stand_ins(cost) else []
    told, single = [*told, *also], [*single, *also]
    if not told:
        yield "Nothing that the option, size or price rests on."
        yield "Nothing that decides."
        return
    yield capital("; ".join(told)) + "."
    yield from (capital(text) + "." for text in capped(single))


# -- what to do ------------------------------------------------------------------------------------


def _next(advice: Advice) -> Iterator[str]:
    """One command, or one thing to state."""
    file = advice.workload.file
    again = f"sm-advise {quote(file)}" if _as_the_file_says(advice) else "Run this with"
    within = "" if file == "-" else f" in {file}"
    error = next((each for each in advice.findings if each.severity == "error"), None)
    fix = _first_fix(advice)
    unknown = min(view.rests_on(advice), key=_decisiveness, default=None)
    if fix is not None:
        sets = " ".join(f"--set {quote(f'{each.fact}={each.to}')}" for each in fix.changes)
        yield f"{again} {sets}"
        yield f"Try {sets}"
        yield f"State {fix.changes[0].fact}."
    elif error is not None and error.fix:
        yield error.fix
        yield f"{error.fix.partition('. ')[0].rstrip('.')}."
        yield f"sm-advise explain {error.rule}"
    elif lacking := next((each for each in advice.findings if each.rule in _LACKING), None):
        yield f"{lacking.fix.removesuffix('.')}{within}."
        yield f"State {_LACKING[lacking.rule]}."
    elif unknown is not None:
        yield f"State {unknown.fact}{within}."
        yield f"State {unknown.fact}."
    elif advice.chosen is None:
        yield "See what is outside the four options below."
        yield "See Outside below."
    elif missing := _unmodelled(advice.chosen):
        yield f"State {missing}{within}, for a p99."
        yield f"State {missing}."
    elif left := sum(each.rule == "placeholder" for each in advice.findings):
        many = f"the {left} placeholders" if left > 1 else "the placeholder"
        yield f"Fill in {many} below, then run this with --output deploy/"
        yield f"Fill in {many} below."
        yield f"Fill in {many[4:]}."
    else:
        yield f"{again} --output deploy/"
        yield "Run this with --output deploy/"


def _as_the_file_says(advice: Advice) -> bool:
    """Whether the file alone gives this answer: no option of the command line changed it."""
    workload = advice.workload
    limits = workload.text("limits") or "safe"
    named = all(each.line for each in workload.values.values())  # what an option sets has no line
    same = advice.limits == limits and advice.region == workload.text("region")
    return workload.file != "-" and named and same


def _unmodelled(chosen: Candidate) -> str:
    """The fact without which there is no p99; empty where there is one, or none is missing."""
    found = chosen.latency
    if found is None or found.p99_ms is not None:
        return ""
    key = KEY.search(" ".join((found.basis, *found.notes)))
    return key[0] if key else ""


def _decisiveness(rests: view.Rests) -> int:
    """The option comes first, then the size."""
    return min(map(("option", "size", "price").index, rests.decides))
