"""The answer in one sentence: what won, why, and what would have won but for which fact."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.model.advice import Candidate, Decision, Reason
from advisor.rulebook.resolve import Rulebook
from advisor.text.quantity_format import word


def summarise(book: Rulebook, decision: Decision, candidates: Sequence[Candidate]) -> str:
    """One sentence without a line break."""
    by_name = {candidate.option: candidate for candidate in candidates}
    if decision.option is None:
        return _none_fits(decision, by_name)
    title = book.option[decision.option].title
    if decision.status == "decided":
        if decision.rules_option == decision.option:
            return f"{title}, as decided; the rules agree."
        other = decision.rules_option
        would = book.option[other].title if other else "none of the four options"
        return f"{title}, as decided; the rules would choose {would}."
    reason = _reason(decision)
    return f"{title}: {reason}{_but(book, decision, by_name)}."


def _reason(decision: Decision) -> str:
    """The last question on the path is the one that chose the leaf."""
    step = decision.path[-1]
    facts = ", ".join(f"{name} {word(value)}" for name, value in step.facts.items())
    taken = "assumed " if step.assumed else ""
    return f"{step.asks[:-1].lower()}? {taken}{step.way} ({facts})"


def _but(book: Rulebook, decision: Decision, by_name: dict[str, Candidate]) -> str:
    """What stood before the winner and was ruled out, or the nearest thing that would change it."""
    for name in decision.leaf_options:
        if name == decision.option:
            break
        blocking = _blocking(by_name[name])
        if blocking is not None:
            return (
                f"; {book.option[name].title.lower()} would come first but for {_named(blocking)}"
            )
    for unknown in decision.unknowns:
        if not unknown.remote:
            for value, option in unknown.outcomes.items():
                if option != decision.option:
                    other = book.option[option].title.lower() if option else "none of the four"
                    return f"; {unknown.fact} {value} would make it {other}"
    return ""


def _blocking(candidate: Candidate) -> Reason | None:
    """The first limit or need among the reasons."""
    return next((each for each in candidate.standing.reasons if each.verdict is not None), None)


def _named(reason: Reason) -> str:
    verdict = reason.verdict
    assert verdict is not None
    if reason.kind == "need":
        return f"{verdict.fact} ({verdict.title})"
    bound = verdict.broken_by or verdict.bound
    return f"{verdict.fact} {reason.value} ({verdict.title.lower()}, {bound})"


def _none_fits(decision: Decision, by_name: dict[str, Candidate]) -> str:
    parts = []
    for name in decision.leaf_options:
        blocking = _blocking(by_name[name])
        if blocking is not None:
            parts.append(f"{name} for {_named(blocking)}")
    text = "None of the four options fits: " + ("; ".join(parts) if parts else "see the verdicts")
    if decision.fixes:
        fix = decision.fixes[0]
        changes = " and ".join(f"{change.fact} {change.to}" for change in fix.changes)
        text += f". The nearest change is {changes}, which makes it {fix.option}"
    return text + "."
