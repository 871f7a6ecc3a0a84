"""The blocks below the first lines of an answer, each a title and its lines, in the same order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from advisor import __version__
from advisor.engine.standing import RANKED_LOWER, RULED_OUT, STANDINGS, words
from advisor.measurement import words as measured_words
from advisor.model.advice import Advice, Candidate, CostItem, Plan, Quota, WouldChange
from advisor.model.options import BATCH_TRANSFORM
from advisor.pricing.comparable import stand_ins
from advisor.reports import advice_view as view
from advisor.reports.plain_words import Words
from advisor.rulebook.load import book_for
from advisor.text.money_format import a_month, figure, money
from advisor.text.quantity import parse
from advisor.text.quantity_format import milliseconds, word

_MOST_UNKNOWNS = 3
_MOST_CHANGES = 3
_MOST_PRICED = 2  # unstated facts with what they do to the price
_FAR = 10  # times the stated value: what lies further is no change that anyone expects
_COUNTS = ("Count", "Concurrency")  # settings whose formula is told further than a clause
_MOST_STEPS = 3  # of their formula: of one instance, of the peak, of the zones
_CLAUSE = re.compile(r"(?:\([^)]*\)|[^;,]|[;,](?! ))+")
_NAMES = "Name"  # settings that only name a resource say nothing about sizing
_ORDINARY = ("Unchanged", "Time of a call not stated", "The artifact is a folder of plain files")
_AMPLE = 2  # a default so many times what is wanted needs no request
_COUNTED = ("Not included:", "Not counted")
_DIGEST = slice(7, 19)  # twelve digits behind "sha256:" tell rule sets apart
_DECIMAL = re.compile(r"\d+(\.\d+)?")
_VERBOSE_ONLY = ("remote-unknowns", "hours-without-windows")  # the cost says the second


class Block(NamedTuple):
    """A part of an answer with a title."""

    title: str
    lines: tuple[str, ...]


class OptionRow(NamedTuple):
    """One option in the table: figures as texts, and how it stands with every reason."""

    option: str
    money: str
    p50: str
    p99: str  # of a job the time of a run
    standing: str
    candidate: Candidate


def option_rows(advice: Advice, names: Words) -> tuple[OptionRow, ...]:
    """The options: chosen, open, ranked lower, ruled out."""
    order = sorted(advice.candidates, key=lambda each: STANDINGS.index(each.standing.standing))
    return tuple(_option_row(advice, each, names) for each in order)


def _option_row(advice: Advice, candidate: Candidate, names: Words) -> OptionRow:
    reasons = names.reasons(candidate, advice.decision.path)
    stands = words(candidate.standing)
    if candidate.option == advice.decision.option:
        severe = [each for each in advice.findings if each.severity != "info"]
        reasons += filter(None, [view.counted(severe)])
    reasons += filter(None, [view.fewer_instances(advice, candidate)])
    link = ": " if candidate.standing.standing in (RANKED_LOWER, RULED_OUT) else "; "
    found_times = candidate.latency
    times = (None, None) if found_times is None else (found_times.p50_ms, found_times.p99_ms)
    missing = "-" if candidate.plan is None else "unknown"
    p50, p99 = (missing if time is None else milliseconds(time) for time in times)
    text = stands + (link + "; ".join(reasons) if reasons else "")
    return OptionRow(candidate.option, money(candidate.cost), p50, p99, text, candidate)


def blocks(advice: Advice, names: Words, *, verbose: bool) -> Iterator[Block]:
    """Every block that has something to say.

    Args:
        advice: the answer.
        names: the plain words of its rules.
        verbose: also what most readers can do without.
    """
    plan = None if advice.chosen is None else advice.chosen.plan
    made = (
        ("Path", _path(advice) if verbose else ()),
        ("Depends on", _depends_on(advice, names, verbose)),
        ("Changes if", _changes(advice, names, verbose)),
        ("Model", _model(advice)),
        ("Plan", () if plan is None else _plan(plan, verbose)),
        ("Cost", _cost(advice, verbose)),
        ("Measured", _measured(advice)),
        ("Assumed", _of_origin(advice, "assumed") if verbose else ()),
        ("Deploy", () if plan is None or not verbose else _deploy(plan)),
        ("Invoke", () if plan is None or not verbose else _invoke(plan)),
        ("Findings", _findings(advice, verbose)),
        ("Accepted", _accepted(advice)),
        ("Fixes", _fixes(advice)),
        ("Outside", _outside(advice, verbose)),
        ("Ask AWS", () if plan is None else _quotas(plan.quotas, verbose)),
    )
    for title, lines in made:
        if found := tuple(lines):
            yield Block(title, found)


def _model(advice: Advice) -> Iterator[str]:
    if advice.model is not None and advice.model.weights:
        from advisor.reports import model_block  # most workloads name none

        job = advice.decision.option == BATCH_TRANSFORM
        yield from model_block.lines(advice.model, job=job)


def _path(advice: Advice) -> Iterator[str]:
    """Question ids with the way taken, in the order asked, and the leaf."""
    steps = advice.decision.path
    told = (f"{step.question} {step.way}{'?' if step.assumed else ''}" for step in steps)
    note = " (? = assumed)" if any(step.assumed for step in steps) else ""
    yield f"{', '.join(told)} -> {', '.join(advice.decision.leaf_options)}{note}"


def _depends_on(advice: Advice, names: Words, verbose: bool) -> Iterator[str]:
    found = view.plausible(advice)
    shown = found if verbose else found[:_MOST_UNKNOWNS]
    for unknown in shown:
        leads: dict[str, list[str]] = {}
        for value, option in view.others(advice, unknown):
            # What is stated may say more than the same value where it is assumed.
            short = names.short(unknown.fact, value)
            said = f"{value}, once stated," if value == word(unknown.assumed) else short
            leads.setdefault(option or "none fits", []).append(said)
        if leads:
            ways = "; ".join(f"{' or '.join(values)} -> {to}" for to, values in leads.items())
            assumed = f" (assumed {word(unknown.assumed)})" if unknown.assumed else ""
            yield f"{unknown.fact} {ways}{assumed}"
    if more := [each.fact for each in found[len(shown) :]]:
        yield f"and {', '.join(more)}"


def _changes(advice: Advice, names: Words, verbose: bool) -> Iterator[str]:
    """The nearest changes; one that breaks another stated fact comes after the others."""
    found = advice.decision.would_change
    if not verbose:
        other = [each for each in found if each.option != advice.decision.option]
        near = [each for each in other if _near(advice, each)]
        found = tuple(sorted(near, key=lambda each: bool(each.breaks))[:_MOST_CHANGES])
    stated = {each.fact: word(each.value) for each in advice.decision.facts}
    for each in found:
        now = f" (now {stated[each.fact]})" if stated.get(each.fact) else ""
        yield f"{each.fact} {names.short(each.fact, each.to)}{now} -> {each.leads}"


def _near(advice: Advice, change: WouldChange) -> bool:
    """Whether a number changes by no more than ten times; words are near each other."""
    book = book_for(advice.workload, advice.limits)
    base = change.fact.removesuffix(".typical").removesuffix(".p99").removesuffix(".max")
    fact, stated = book.fact.get(base), advice.workload.interval(change.fact)
    if fact is None or fact.discrete or stated is None:
        return True
    now = [end for end in stated if end is not None]
    then = [end for end in parse(change.to, fact.kind) if end is not None]
    return any(a <= _FAR * b and b <= _FAR * a for a in now for b in then)


def _plan(plan: Plan, verbose: bool) -> Iterator[str]:
    """What it runs on with the whole formula; of other settings what most readers ask for."""
    variables = [each for each in plan.settings if each.name.isupper()]  # of the container
    together = len(variables) > 1 and not verbose
    for each in plan.settings:
        if each.name.endswith(_NAMES) or (not verbose and each.because.startswith(_ORDINARY)):
            continue
        if together and each in variables:
            continue
        reason = each.because if verbose else each.because.partition(". ")[0].rstrip(".")
        if not verbose:
            counted = "; ".join(reason.split("; ")[:_MOST_STEPS])
            reason = counted if each.name.endswith(_COUNTS) else _clause(reason)
        yield f"{each.name} {each.value}: {reason}"
    if together:
        yield f"Environment {', '.join(f'{each.name} {each.value}' for each in variables)}"


def _clause(text: str) -> str:
    """The words before the first comma or semicolon outside brackets."""
    found = _CLAUSE.match(text)
    return text if found is None else found[0]


def _cost(advice: Advice, verbose: bool) -> Iterator[str]:
    """The sum, what it rests on and what it leaves out."""
    cost = None if advice.chosen is None else advice.chosen.cost
    if cost is None:
        return
    items = [f"{money(item)} {item.name}{_times(item, verbose)}" for item in cost.items]
    yield a_month(cost) + ("" if verbose or not items else f" = {' + '.join(items)}")
    yield from items if verbose else ()
    yield from view.beside_cost(cost)
    unknowns = advice.cost_unknowns or ()
    shown = unknowns if verbose else unknowns[:_MOST_PRICED]
    yield from (f"{each.fact} {view.priced(each)}" for each in shown)
    if more := [each.fact for each in unknowns[len(shown) :]]:
        yield f"and {', '.join(more)}"
    dated = f"Prices of {advice.prices_date}" if advice.prices_date else ""
    lent = f"{stand_ins(cost)} of {len(cost.items)} are estimates" if stand_ins(cost) else ""
    told = [f"{', '.join(filter(None, (dated, lent)))}."] if dated or lent else []
    told += [note for note in cost.notes if verbose or note.startswith(_COUNTED) or not cost.items]
    yield from told if verbose else filter(None, [" ".join(told)])


def _times(item: CostItem, verbose: bool) -> str:
    """Quantity and price of an item; nothing where its quantity has no upper end."""
    ends = item.quantity.split("..")
    if all(_DECIMAL.fullmatch(end) for end in ends):
        ends = [figure(end).removesuffix(".00") for end in ends]
    elif not verbose:
        return ""
    each = f" x {item.unit_price_usd}" if item.unit_price_usd else ""
    return f" ({'-'.join(ends)} {item.unit}{each}{f', {item.basis}' if verbose else ''})"


def _measured(advice: Advice) -> Iterator[str]:
    """The results of a load test, each configuration on a line."""
    measured = advice.workload.measured
    if measured is not None:
        yield measured_words.origin(measured)
        yield from map(measured_words.line, measured.tests)
        yield from filter(None, map(measured_words.beside_model, measured.tests))
        yield from (f"State it to keep it: {each}" for each in _of_origin(advice, "measured"))


def _of_origin(advice: Advice, origin: str) -> Iterator[str]:
    """The facts of one origin on a line; nothing where there are none."""
    facts = [each for each in advice.decision.facts if each.origin == origin]
    if facts:
        yield ", ".join(f"{fact.fact} {word(fact.value)}" for fact in facts)


def _deploy(plan: Plan) -> Iterator[str]:
    calls = Counter(request.operation for request in plan.requests)
    yield ", ".join(name if times == 1 else f"{times} x {name}" for name, times in calls.items())
    yield "--output DIR writes them; --format request prints the main one"
    if plan.fallback_types:
        yield f"Where AWS has no capacity, in this order: {', '.join(plan.fallback_types)}"


def _invoke(plan: Plan) -> Iterator[str]:
    invoke = plan.invoke
    timeout = f", client timeout {invoke.client_timeout_s} s" if invoke.client_timeout_s else ""
    yield f"{invoke.operation}{timeout}"
    yield from invoke.notes


def _findings(advice: Advice, verbose: bool) -> Iterator[str]:
    """Errors and warnings one by one with what to do; of one kind of info a line."""
    for group in view.by_rule(advice.findings):
        first = group[0]
        fixes = view.merged([finding.fix for finding in group if finding.fix])
        if first.severity == "info" and not verbose:
            if first.rule not in _VERBOSE_ONLY:
                number = f" ({len(group)})" if len(group) > 1 else ""
                says = fixes if number and fixes else _clause(first.message.partition(". ")[0])
                yield f"info {first.rule}{number}: {says.rstrip('.')}"
            continue
        for finding in group:
            place = f", line {finding.line}" if finding.line else ""
            if finding.line and (verbose or finding.file != advice.workload.file):
                place = f", {finding.file}:{finding.line}:{finding.column}"
            says = finding.message.rstrip(".")
            end = f" {fixes}" if fixes and finding is group[-1] else ""
            yield f"{first.severity} {first.rule}{place}: {says}.{end}"


def _accepted(advice: Advice) -> Iterator[str]:
    for group in view.by_rule(advice.accepted):
        number = f" ({len(group)})" if len(group) > 1 else ""
        yield f"{group[0].rule}{number}: {group[0].fix}"


def _fixes(advice: Advice) -> Iterator[str]:
    """The changes, nearest first."""
    for number, fix in enumerate(advice.decision.fixes, 1):
        changes = " and ".join(f"{change.fact} {change.to}" for change in fix.changes)
        yield f"{number} {changes} -> {fix.option}: {fix.advice}"


def _outside(advice: Advice, verbose: bool) -> Iterator[str]:
    """Services outside the four options."""
    for each in advice.consider:
        why = each.because if verbose else each.because.partition(". ")[0].rstrip(".") + "."
        yield f"{each.title}: {why}"


def _quotas(quotas: Sequence[Quota], verbose: bool) -> Iterator[str]:
    """Defaults that are too low; without one the last that is unknown, of the instance type."""
    short = [each for each in quotas if each.default is None or _scarce(each)]
    shown = quotas if verbose else [each for each in short if each.default is not None]
    shown = shown or short[-1:]
    told = []
    for each in shown:
        figures = [str(each.wanted)] if each.wanted is not None else []
        figures += [f"default {each.default}"] if each.default is not None else []
        code = f" ({each.code})" if each.code else ""
        told.append((f"{each.name}: {', '.join(figures)}" if figures else each.name) + code)
        if verbose and each.ask is not None:
            told.append(each.ask)
    more = f" and {len(short) - len(shown)} more" if len(short) > len(shown) else ""
    yield from told if verbose else filter(None, ["; ".join(told) + more])


def _scarce(quota: Quota) -> bool:
    return quota.default is not None and quota.default < _AMPLE * (quota.wanted or 0)


def provenance(advice: Advice, *, verbose: bool) -> str:
    """The inputs of the answer and the versions on one line."""
    oldest, newest = view.sources_read(advice)
    parts = [
        advice.region or "",
        f"limits {advice.limits}",
        f"rules {advice.rules_digest[_DIGEST]}",
        f"sources read {oldest} to {newest}" if verbose else "",
        f"prices {advice.prices_date}" if verbose and advice.prices_date else "",
        f"judged as of {advice.as_of}" if view.dated(advice) and advice.as_of else "",
        f"sm-advise {__version__}",
        f"settings {advice.workload.settings.words}" if advice.workload.settings.words else "",
    ]
    return ", ".join(filter(None, parts)) + ("" if verbose else "; all: -v")
