"""Explain an option, a rule, a question or a fact in one workload, with its changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from advisor.engine.decision_cells import Neighbourhood
from advisor.engine.facts import Facts
from advisor.engine.sensitivity import ways_to
from advisor.engine.standing import CHOSEN, DISAGREE, in_words, phrase
from advisor.engine.verdicts import limit_at, stated_text
from advisor.model.advice import Advice, Candidate, Change, Cost, Fact, Step, Verdict, WouldChange
from advisor.model.options import OPTIONS
from advisor.model.workload import LARGEST_FIRST, Finding
from advisor.rulebook.load import book_for
from advisor.rulebook.types import UNSET, Limit
from advisor.text.quantity_format import word

MOST_WAYS = 3
_MOST_TRIED = 12  # groups of changes that are answered again before the search gives up

Again = Callable[[Sequence[Change]], Advice]  # the answer with changes made as --set makes them


class WinningChange(NamedTuple):
    """Changes with which an option is the answer, and what it costs then."""

    changes: tuple[Change, ...]
    cost: Cost | None


class Judged(NamedTuple):
    """The verdict of a limit or a need on one option."""

    option: str
    verdict: Verdict
    taken: str  # where the stated facts leave it open: what the assumed value makes of it


class Here(NamedTuple):
    """How one entry of the rules stands in one workload; what does not belong to it is empty."""

    advice: Advice
    stands: str  # in a few words
    candidates: tuple[Candidate, ...] = ()  # the options that it concerns
    verdicts: tuple[Judged, ...] = ()
    ways: tuple[WinningChange, ...] | None = None  # of an option that the rules do not choose
    step: Step | None = None
    facts: tuple[Fact, ...] = ()  # typical, 99th percentile and largest are three
    read_by: tuple[tuple[str, str], ...] = ()  # kind and id
    outcomes: tuple[WouldChange, ...] = ()
    findings: tuple[Finding, ...] = ()


def explained(advice: Advice, kind: str, name: str, again: Again) -> Here:
    """How one entry stands.

    Args:
        advice: the answer for the workload.
        kind: of the entry, as ``advisor.reference.catalogue.KINDS`` calls it; ``key`` is one too.
        name: its id; of a word the fact.
        again: gives the answer with some changes made.
    """
    facts = Facts(book_for(advice.workload, advice.limits), advice.workload, advice.region)
    if kind == "option":
        return _option(advice, facts, name, again)
    if kind == "limit":
        return _limit(advice, facts, facts.book.limit[name])
    if kind == "feature":
        return _need(advice, name)
    if kind == "question":
        return _question(advice, name)
    if kind in ("fact", "derived-fact", "key", "word"):
        return _fact(advice, facts, name)
    found = tuple(each for each in (*advice.findings, *advice.accepted) if each.rule == name)
    return Here(
        advice, f"{len(found) or 'no'} findings" if len(found) != 1 else "1 finding", findings=found
    )


# -- an option -----------------------------------------------------------------------------------


def _option(advice: Advice, facts: Facts, name: str, again: Again) -> Here:
    candidate = _candidate(advice, name)
    verdicts = tuple(_judged(facts, name, verdict) for verdict in candidate.verdicts)
    chosen = name == advice.decision.rules_option
    return Here(
        advice,
        phrase(candidate.standing),
        (candidate,),
        verdicts,
        None if chosen else tuple(_ways(facts, name, again)),
        outcomes=advice.decision.would_change if candidate.standing.standing == CHOSEN else (),
    )


def _ways(facts: Facts, name: str, again: Again) -> Iterator[WinningChange]:
    """The smallest changes with which the rules choose an option, each answered again."""
    around = Neighbourhood(facts, whole=True)
    for found in ways_to(around, name):
        kept = 0
        for changes in found[:_MOST_TRIED]:
            changed = again(changes)
            if changed.decision.rules_option == name:
                kept += 1
                yield WinningChange(changes, _candidate(changed, name).cost)
            if kept == MOST_WAYS:
                break
        if kept:
            return


def _candidate(advice: Advice, name: str) -> Candidate:
    return advice.candidates[OPTIONS.index(name)]


def _judged(facts: Facts, option: str, verdict: Verdict) -> Judged:
    limit = facts.book.limit.get(verdict.rule)
    if limit is None or verdict.outcome != "unknown":
        return Judged(option, verdict, "")
    outcome = ("met", DISAGREE, "late", "broken")[limit_at(limit, facts.point)]
    if verdict.value or facts.book.facts[limit.variable].derived_from:
        return Judged(option, verdict, f"{outcome} as assumed")
    value = word(facts.text(limit.variable))
    return Judged(option, verdict, f"{outcome} at the assumed {value}")


# -- a rule --------------------------------------------------------------------------------------


def _limit(advice: Advice, facts: Facts, limit: Limit) -> Here:
    candidate = _candidate(advice, limit.option)
    verdict = next((each for each in candidate.verdicts if each.rule == limit.id), None)
    if verdict is None:
        return Here(advice, "does not apply", (candidate,))
    judged = _judged(facts, limit.option, verdict)
    stands = f"open; {judged.taken}" if judged.taken else in_words(verdict.outcome)
    return Here(advice, stands, (candidate,), (judged,))


def _need(advice: Advice, name: str) -> Here:
    """A feature for each option, or what one option offers of it: serverless-vpc."""
    of_one = next((each for each in OPTIONS if name.startswith(f"{each}-")), "")
    feature = name.removeprefix(f"{of_one}-")
    candidates = tuple(each for each in advice.candidates if not of_one or each.option == of_one)
    verdicts = tuple(
        Judged(each.option, verdict, "")
        for each in candidates
        for verdict in each.verdicts
        if verdict.rule == f"{each.option}-{feature}"
    )
    if not verdicts:
        return Here(advice, "not needed", candidates)
    known = any(judged.verdict.value for judged in verdicts)
    return Here(advice, "needed" if known else "not stated", candidates, verdicts)


def _question(advice: Advice, name: str) -> Here:
    """How a question was answered, and which options it ranks lower."""
    decision = advice.decision
    step = next(each for each in (*decision.path, *decision.not_asked) if each.question == name)
    if not step.answer:
        return Here(advice, "not asked", step=step)
    moved = tuple(
        each
        for each in advice.candidates
        if name in {reason.rule for reason in each.standing.reasons if reason.kind == "question"}
    )
    way = step.way
    return Here(advice, f"assumed {way}" if step.assumed else way, moved, step=step)


# -- a fact --------------------------------------------------------------------------------------


def _fact(advice: Advice, facts: Facts, name: str) -> Here:
    """The value of a fact, its origin, its readers, and the changes of the answer."""
    book, decision = facts.book, advice.decision
    paths = {name + part for part in LARGEST_FIRST}
    listed = tuple(each for each in decision.facts if each.fact in paths)
    variable = book.index.get(name)
    if not listed:
        listed = tuple(_unlisted(advice, facts, name))
    moves = [each for each in decision.would_change if each.fact in paths]
    for unknown in decision.unknowns:
        if unknown.fact in paths:
            moves += [
                WouldChange(fact=name, to=to, option=option)
                for to, option in unknown.outcomes.items()
            ]
    readers = () if variable is None else tuple(_readers(facts, variable))
    verdicts = tuple(
        _judged(facts, each.option, verdict)
        for each in advice.candidates
        for verdict in each.verdicts
        if ("limit", verdict.rule) in readers
    )
    stands = listed[0].origin if listed else "not stated"
    return Here(advice, stands, (), verdicts, facts=listed, read_by=readers, outcomes=tuple(moves))


def _unlisted(advice: Advice, facts: Facts, name: str) -> Iterator[Fact]:
    """A fact that the answer does not list: one that follows, one that no rule looked at, a key."""
    variable = facts.book.index.get(name)
    if variable is None or facts.stated >> variable & 1:
        stated = advice.workload.values.get(name)
        if stated is not None:
            yield Fact(name, stated.text, "stated", stated.line, stated.column)
        return
    entry = facts.book.facts[variable]
    if entry.derived_from:
        inputs = ", ".join(facts.book.facts[each].id for each in entry.derived_from)
        value = stated_text(facts, variable) or facts.text(variable)
        yield Fact(name, value, "derived", because=f"It follows from {inputs}.")
    elif facts.point[variable] != UNSET:
        yield Fact(name, facts.text(variable), "assumed", because="No rule read it.")


def _readers(facts: Facts, variable: int) -> Iterator[tuple[str, str]]:
    """Limits and questions that read a fact or a derived one, then the derived facts."""
    book = facts.book
    derived = [fact for fact in book.facts if variable in fact.derived_from]
    reads = {variable, *(fact.variable for fact in derived)}
    yield from (
        ("limit", limit.id)
        for limit in book.limit.values()
        if limit.variable in reads or (limit.when is not None and limit.when.variables & reads)
    )
    yield from (
        ("question", each.id) for each in book.questions.values() if each.when.variables & reads
    )
    yield from (("fact", fact.id) for fact in derived)
