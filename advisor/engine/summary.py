"""The answer in one line: what won, why, and the fact that keeps another from winning."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.engine.standing import bound, holds
from advisor.model.advice import Candidate, Decision, Reason
from advisor.rulebook.resolve import Rulebook
from advisor.text.quantity_format import word


def summarise(book: Rulebook, decision: Decision, candidates: Sequence[Candidate]) -> str:
    """One line: the option with its reason, then what would change it."""
    by_name = {candidate.option: candidate for candidate in candidates}
    if decision.option is None:
        return _none_fits(book, decision, by_name)
    title = book.option[decision.option].title
    if decision.status == "decided":
        if decision.rules_option == decision.option:
            return f"{title}, as decided; the rules agree."
        other = decision.rules_option
        would = book.option[other].title if other else "none of the four options"
        return f"{title}, as decided; the rules would choose {would}."
    reason = _reason(decision)
    return f"{title}: {reason}.{_but(book, decision, by_name)}"


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
            return f" {book.option[name].title} would come first, but {_against(book, blocking)}."
    for unknown in decision.unknowns:
        if not unknown.remote:
            for value, option in unknown.outcomes.items():
                if option != decision.option:
                    other = book.option[option].title.lower() if option else "none of the four"
                    return f" If {holds(unknown.fact, value)}, the answer is {other}."
    return ""


def _blocking(candidate: Candidate) -> Reason | None:
    """The first limit or need among the reasons."""
    return next((each for each in candidate.standing.reasons if each.verdict is not None), None)


def _against(book: Rulebook, reason: Reason) -> str:
    verdict = reason.verdict
    assert verdict is not None
    if reason.kind == "bound" and book.limit[verdict.rule].late:
        return reason.text
    if reason.kind == "need":
        return f"it does not support {verdict.fact}, {verdict.title}"
    most = verdict.broken_by or bound(verdict)
    is_list = book.limit[verdict.rule].discrete
    limit = f"it needs {most}" if is_list else f"the limit is {most}"
    return f"{verdict.fact} is {reason.value} and {limit}"


def _none_fits(book: Rulebook, decision: Decision, by_name: dict[str, Candidate]) -> str:
    parts = []
    for name in decision.leaf_options:
        blocking = _blocking(by_name[name])
        if blocking is not None:
            parts.append(f"{book.option[name].title}: {_against(book, blocking)}")
    text = ". ".join(["None of the four options fits", *(parts or ["See the verdicts"])])
    if decision.fixes:
        fix = decision.fixes[0]
        changes = " and ".join(f"{change.fact} {change.to}" for change in fix.changes)
        text += f". The nearest change is {changes}; then the answer is {fix.option}"
    return text + "."
