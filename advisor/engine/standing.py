"""How an option stands in one workload: chosen, open, ranked lower or ruled out, with every reason.

Every command and every format shows the standing of this module and derives none of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from advisor.engine.facts import Facts
from advisor.engine.verdicts import SUPPORT, limit_at, stated_text
from advisor.model.advice import Decision, Reason, Standing, Step, Verdict
from advisor.rulebook.types import CLEAR, CONTESTED, LATE, UNSET, Leaf, Limit, OptionEntry
from advisor.rulebook.types import RULED_OUT as BROKEN
from advisor.text.quantity_format import about, word

CHOSEN, OPEN, RANKED_LOWER, RULED_OUT = "chosen", "open", "ranked-lower", "ruled-out"
DISAGREE = "AWS documents disagree"
STANDINGS = (CHOSEN, OPEN, RANKED_LOWER, RULED_OUT)
_ALTERNATIVES = " or "
_MOST_ALTERNATIVES = 4


def stand(
    facts: Facts, decision: Decision, option: OptionEntry, found: tuple[Verdict, ...], at_point: int
) -> Standing:
    """How one option stands.

    ``chosen``: the answer, also where a human decided. ``ruled-out``: a limit or a need is broken,
    if only at an assumed value. ``open``: it may be used, and another value of one unstated fact,
    or the rules without the human's decision, would choose it; or a limit lies inside a modelled
    interval. ``ranked-lower``: it may be used, and a bound on which AWS documents disagree or a
    question of the flowchart puts another first.

    Args:
        facts: of the workload.
        decision: the answer.
        option: the one that is judged.
        found: its verdicts.
        at_point: what ``advisor.engine.decide.status`` says of it at the assumed point.
    """
    bounds = () if at_point == CLEAR else tuple(_bounds(facts, option, found))
    if option.id == decision.option:
        against = (*_broken(facts, option, found), *bounds)
        by = (
            (_decided(decision),)
            if decision.status == "decided"
            else (_question(facts, decision.path[-1]),)
        )
        return Standing(standing=CHOSEN, reasons=(*by, *against))
    if at_point == BROKEN:
        broken = tuple(_broken(facts, option, found))
        if _crossed(facts, option, found):
            return Standing(standing=OPEN, reasons=(*_ways(decision, option.id), *broken))
        return Standing(standing=RULED_OUT, reasons=broken)
    held = (*bounds, *_ranked(facts, decision, option.id))
    ways = () if bounds else tuple(_ways(decision, option.id))
    return Standing(standing=OPEN if ways else RANKED_LOWER, reasons=(*ways, *held))


# -- ruled out -----------------------------------------------------------------------------------


def _broken(facts: Facts, option: OptionEntry, found: tuple[Verdict, ...]) -> Iterator[Reason]:
    """Reasons that rule an option out: stated limits, then needs, then assumed values."""
    told = facts.workload.modelled
    if told is not None and not told.held:
        yield Reason(
            kind="type",
            rule="model-not-held",
            text=told.lacking,
            value="",
            assumed=(),
            verdict=None,
        )
    broken = [verdict for verdict in found if verdict.outcome == "broken"]
    yield from (_limit(facts, verdict) for verdict in broken if not is_need(verdict))
    yield from (_need(verdict, ()) for verdict in broken if is_need(verdict))
    # One that is met may be broken at the value taken: stated facts contradict each other then.
    known = {verdict.rule: verdict for verdict in found if verdict.outcome != "broken"}
    guessed = [
        _taken(facts, limit, known[limit.id])
        for limit in option.limits
        if limit.id in known and limit_at(limit, facts.point) == BROKEN
    ]
    guessed.sort(key=lambda reason: reason.verdict is None or not reason.verdict.value)
    yield from guessed
    lacking = facts.point[facts.book.needs] & option.unsupported
    for feature in facts.book.features_by_fact:
        verdict = known.get(f"{option.id}-{feature.id}")
        if feature.bit & lacking and verdict is not None:
            yield _need(verdict, (feature.fact,))


def _crossed(facts: Facts, option: OptionEntry, found: tuple[Verdict, ...]) -> bool:
    """Whether it breaks limits at the middle of modelled intervals alone, and at an end keeps them.

    A measurement decides then, and no model.
    """
    told, book = facts.workload.modelled, facts.book
    lacking = facts.point[book.needs] & option.unsupported
    if told is None or not told.held or lacking or any(e.outcome == "broken" for e in found):
        return False

    def inside(limit: Limit) -> bool:
        place, admitted = limit.variable, limit.newest.admits
        behind = book.facts[place].derived_from or (place,)
        overlaps = facts.low[place] <= admitted.high and admitted.low <= facts.high[place]
        return overlaps and any(facts.workload.is_told(book.facts[v].id) for v in behind)

    return all(inside(each) for each in option.limits if limit_at(each, facts.point) == BROKEN)


def _limit(facts: Facts, verdict: Verdict) -> Reason:
    text = _against(facts, facts.book.limit[verdict.rule], verdict, verdict.value)
    return Reason(
        kind="limit", rule=verdict.rule, text=text, value=verdict.value, assumed=(), verdict=verdict
    )


def _need(verdict: Verdict, assumed: tuple[str, ...]) -> Reason:
    value = "assumed" if assumed else "needed"
    text = f"{verdict.title} {'(assumed) ' if assumed else ''}not supported"
    return Reason(
        kind="need", rule=verdict.rule, text=text, value=value, assumed=assumed, verdict=verdict
    )


def _taken(facts: Facts, limit: Limit, verdict: Verdict) -> Reason:
    """A limit that the taken value breaks while the stated facts leave it open."""
    variables = {limit.variable, *(() if limit.when is None else limit.when.variables)}
    assumed = _unstated(facts, variables)
    value = verdict.value
    if not value or (verdict.margin or 0) > 1:  # what is stated alone is within the bound
        value = f"assumed {word(facts.text(limit.variable))}"
        verdict = verdict._replace(margin=None)
    text = _against(facts, limit, verdict, value)
    if verdict.value and assumed:
        taken = ", ".join(f"{name} {word(facts.text(facts.book.index[name]))}" for name in assumed)
        text += f" (assumes {taken})"
    return Reason(
        kind="limit", rule=verdict.rule, text=text, value=value, assumed=assumed, verdict=verdict
    )


def _unstated(facts: Facts, variables: Iterable[int]) -> tuple[str, ...]:
    """The base facts behind some variables that have a value only because one was assumed.

    A need that nobody names is not needed: it is no assumption.
    """
    book = facts.book
    inputs = {each for name in variables for each in book.facts[name].derived_from or (name,)}
    inputs.discard(book.needs)
    return tuple(
        book.facts[each].id
        for each in sorted(inputs)
        if not facts.stated >> each & 1 and facts.point[each] != UNSET
    )


# -- ranked lower --------------------------------------------------------------------------------


def _bounds(facts: Facts, option: OptionEntry, found: tuple[Verdict, ...]) -> Iterator[Reason]:
    """Limits that are met only at the newest documented bound, and starts that are too late."""
    known = {verdict.rule: verdict for verdict in found}
    for limit in option.limits:
        verdict = known.get(limit.id)
        found_at = CLEAR if verdict is None else limit_at(limit, facts.point)
        if verdict is None or found_at not in (CONTESTED, LATE):
            continue
        if found_at == LATE:
            yield _late(facts, option, limit, verdict)
            continue
        value = verdict.value or f"assumed {word(facts.text(limit.variable))}"
        text = (
            f"{limit.title} {value}; {DISAGREE} on the limit:"
            f" {limit.bound.text} or {limit.newest.text}"
        )
        assumed = () if verdict.value else _unstated(facts, {limit.variable})
        yield Reason(
            kind="bound", rule=limit.id, text=text, value=value, assumed=assumed, verdict=verdict
        )


def _late(facts: Facts, option: OptionEntry, limit: Limit, verdict: Verdict) -> Reason:
    """A start, or an answer after one, that takes longer than is accepted."""
    book, inputs = facts.book, facts.book.facts[limit.variable].derived_from
    time, accepted = facts.point[option.start], inputs[-1]
    work = [each for each in inputs if each == book.typical_processing]
    what = "an answer after a start" if work else "a start"
    for each in work:
        time += facts.point[each]
    value = about(time, "time")
    wanted = stated_text(facts, accepted) or word(facts.text(accepted))
    text = f"{what} takes about {value}, {book.facts[accepted].id} is {wanted}"
    assumed = _unstated(facts, {limit.variable})
    verdict = verdict._replace(bound=wanted)  # in the unit of the value, not the share of it
    return Reason(
        kind="bound", rule=limit.id, text=text, value=value, assumed=assumed, verdict=verdict
    )


def _ranked(facts: Facts, decision: Decision, name: str) -> Iterator[Reason]:
    """The question that puts another option first, or whose answer leaves this one out."""
    leaf, winner = decision.leaf_options, decision.rules_option
    if name in leaf:
        if winner is not None and leaf.index(name) > leaf.index(winner):
            yield _question(facts, decision.path[-1])
        return
    for step in reversed(decision.path):
        question = facts.book.questions[step.question]
        taken, other = question.then, question.otherwise
        if not step.taken:
            taken, other = other, taken
        if _leads_to(facts, other, name):
            why = taken.excluded.get(name, "") if isinstance(taken, Leaf) else ""
            yield _question(facts, step, why)
            return


def _leads_to(facts: Facts, target: str | Leaf, name: str) -> bool:
    if isinstance(target, Leaf):
        return name in target.options
    question = facts.book.questions[target]
    return any(_leads_to(facts, each, name) for each in (question.then, question.otherwise))


def _question(facts: Facts, step: Step, why: str = "") -> Reason:
    way = f"{'assumed ' if step.assumed else ''}{step.way}"
    text = f"by the question {step.question}" + (f": {why}" if why else f" ({way})")
    assumed: tuple[str, ...] = ()
    if step.assumed:
        book = facts.book
        shown = (book.index[each] for each in step.facts)
        assumed = _unstated(facts, shown)
    return Reason(
        kind="question", rule=step.question, text=text, value=way, assumed=assumed, verdict=None
    )


# -- open ----------------------------------------------------------------------------------------


def _ways(decision: Decision, name: str) -> Iterator[Reason]:
    """Values that would choose an option which no stated fact rules out."""
    if decision.rules_option == name:
        text = f"decision.option is {decision.option}; the rules would choose {name}"
        yield _by_decision(decision, text)
    for unknown in decision.unknowns:
        values = [value for value, option in unknown.outcomes.items() if option == name]
        if values and not unknown.remote:
            value = " or ".join(values)
            text = f"chosen if {holds(unknown.fact, value)}"
            yield Reason(
                kind="fact", rule=unknown.fact, text=text, value=value, assumed=(), verdict=None
            )


def _decided(decision: Decision) -> Reason:
    rules = decision.rules_option or "none of the four options"
    agree = decision.rules_option == decision.option
    return _by_decision(
        decision, "by decision.option" + ("" if agree else f"; the rules would choose {rules}")
    )


def _by_decision(decision: Decision, text: str) -> Reason:
    return Reason(
        kind="decision",
        rule="decision",
        text=text,
        value=decision.option or "",
        assumed=(),
        verdict=None,
    )


# -- words ---------------------------------------------------------------------------------------


def words(standing: Standing) -> str:
    """The standing as a reader sees it: ruled out."""
    return standing.standing.replace("-", " ")


def phrase(standing: Standing) -> str:
    """The standing with the rules behind it: ranked lower by the question gaps."""
    if standing.standing == CHOSEN:
        return CHOSEN
    if standing.standing == OPEN:
        return f"{OPEN}, {standing.reasons[0].text}"
    rules = (
        f"the question {each.rule}" if each.kind == "question" else each.rule
        for each in standing.reasons
    )
    return f"{words(standing)} by {', '.join(rules)}"


def why(standing: Standing) -> str:
    """Every reason on one line, the first one first."""
    return "; ".join(reason.text for reason in standing.reasons)


def holds(fact: str, value: str) -> str:
    """A fact and a value or a range of it in a sentence: traffic.peak > 200/s."""
    return f"{fact} {value}" if value[:1] in "<>" else f"{fact} is {value}"


def in_words(outcome: str) -> str:
    """The outcome of a verdict as a reader sees it."""
    return DISAGREE if outcome == "contested" else outcome


def is_need(verdict: Verdict) -> bool:
    """Whether a verdict is about a feature rather than a limit."""
    return verdict.bound in SUPPORT


def bound(verdict: Verdict) -> str:
    """The bound that a reader compares with; of many words the first and how many there are."""
    if verdict.broken_by:
        return f"{verdict.broken_by}, newest {verdict.bound}"
    alternatives = verdict.bound.split(_ALTERNATIVES)
    if len(alternatives) > _MOST_ALTERNATIVES:
        return f"{alternatives[0]} or {len(alternatives) - 1} more"
    return verdict.bound


def _against(facts: Facts, limit: Limit, verdict: Verdict, value: str) -> str:
    if limit.discrete:
        option = facts.book.option[limit.option].title.lower()
        return f"{verdict.title} is {value}; {option} needs {bound(verdict)}"
    return f"{verdict.title} {value}, limit {bound(verdict)}"
