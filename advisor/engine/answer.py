"""The decision with its reasons: path, facts, and the changes that would give another answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from advisor.engine.decision_cells import Neighbourhood
from advisor.engine.facts import MAY_NAME, Facts, say
from advisor.engine.sensitivity import decisive_unknowns, fixes, would_change
from advisor.engine.verdicts import stated_text
from advisor.model.advice import Decision, Fact, Step, yes_no
from advisor.model.workload import Modelled
from advisor.rulebook.types import UNSET, Condition, FactEntry, Leaf, Point, Question

_NOT_FACTS = (
    "name",
    "schema",
    "owner",
    "limits",
    "decision",
    "accept",
    "artifacts",
    "budget",
    "deploy",
)


def answer(around: Neighbourhood, decided: str | None) -> Decision:
    """Everything the rules say of one workload.

    Args:
        around: the workload's point and its neighbours.
        decided: the option of a human's decision, which stands if it is given.
    """
    unknowns = tuple(
        each._replace(assumed=each.assumed and around.facts.assumed(around.book.index[each.fact]))
        if each.fact in around.book.index
        else each
        for each in decisive_unknowns(around)
    )
    rules_option = around.option
    option = decided or rules_option
    if option is None:
        status = "none-fits"
    elif decided:
        status = "decided"
    elif any(not unknown.remote for unknown in unknowns):
        status = "assumed"
    else:
        status = "recommended"
    decision = Decision(
        option=option,
        status=status,
        rules_option=rules_option,
        contested=around.contested and decided is None,
        leaf=around.walk.leaf.id,
        leaf_options=around.walk.leaf.options,
        path=tuple(_step(around.facts, question, taken) for question, taken in around.walk.steps),
        not_asked=_not_asked(around),
        facts=_facts(around),
        unknowns=unknowns,
        would_change=would_change(around),
        fixes=fixes(around) if rules_option is None else (),
    )
    nameless = around.facts.workload.modelled is None
    moves = {each.fact for each in unknowns} | {each.fact for each in decision.would_change}
    if nameless and moves.isdisjoint(MAY_NAME):
        return decision
    from advisor.engine.asked_again import asked_again, without_type

    if nameless:
        return asked_again(around.facts, decision, MAY_NAME)
    if not around.facts.workload.held and not decided:
        return without_type(around.facts, decision)
    return asked_again(around.facts, decision)


def _not_asked(around: Neighbourhood) -> tuple[Step, ...]:
    asked = {question.id for question, _ in around.walk.steps}
    return tuple(
        Step(
            question=each.id,
            asks=each.asks,
            answer="",
            taken=False,
            assumed=False,
            facts={},
            leads_to=(),
            because=each.origin.because,
            source=each.origin.source,
            as_of=each.origin.as_of,
        )
        for each in around.book.questions.values()
        if each.id not in asked
    )


def _step(facts: Facts, question: Question, taken: bool) -> Step:
    possible = question.when.possible(facts.low, facts.high)
    target = question.then if taken else question.otherwise
    return Step(
        question=question.id,
        asks=question.asks,
        answer="unknown" if possible is None else yes_no(possible),
        taken=taken,
        assumed=possible is None,
        facts=_values(facts, question, taken),
        leads_to=target.options if isinstance(target, Leaf) else (target,),
        because=question.origin.because,
        source=question.origin.source,
        as_of=question.origin.as_of,
    )


def _values(facts: Facts, question: Question, taken: bool) -> dict[str, Any]:
    """The facts that decided a question: their stated values, else their assumed ones."""
    shown: dict[str, Any] = {}
    for variable in _deciding(question.when, facts.point, taken):
        for each in _shown(facts, variable):
            text = stated_text(facts, each)
            if text or facts.point[each] != UNSET:
                shown[facts.book.facts[each].id] = _typed(facts, each, text)
    return shown


def _shown(facts: Facts, variable: int) -> Iterable[int]:
    """The facts behind a value; whether the input is known beforehand is the first question.

    What is worked out for the workload stands for itself, where it holds.
    """
    book = facts.book
    if variable == book.kept_warm:
        return [variable] * facts.point[variable]
    inputs = book.facts[variable].derived_from
    if inputs and facts.point[variable] == 0 and book.facts[variable].kind == "percent":
        return inputs[-1:]  # what accepts every start asks for no start
    return [each for each in inputs if each != book.index["requests.arrival"]] or (variable,)


def _deciding(condition: Condition, point: Point, taken: bool) -> Iterable[int]:
    """Variables of the parts that made the answer.

    Of "all" the failing parts when it is no, of "any" the holding ones when it is yes, else every
    one.
    """
    deciding: set[int] = set()
    for part in condition.parts:
        if part.test(point) is taken:
            deciding |= part.variables
    return sorted(deciding or condition.variables)


def _typed(facts: Facts, variable: int, text: str) -> Any:
    fact = facts.book.facts[variable]
    if fact.kind == "flag":
        return facts.point[variable] == 1
    return text or say(fact, facts.point[variable])


def _facts(around: Neighbourhood) -> tuple[Fact, ...]:
    """Stated facts in the order of the file, then the assumed facts that a rule read."""
    facts = around.facts
    measured = facts.workload.measured
    told, by = facts.workload.modelled or Modelled(name="", kind=""), ""
    if measured is not None:
        found = measured.taken or measured.serverless
        by = found.by if found is not None else ""
    listed = []
    for path, item in facts.workload.values.items():
        if not path.startswith(_NOT_FACTS) and path not in told.assumed:
            value = item.value if isinstance(item.value, bool) else item.text
            if measured is not None and path in measured.keys:
                listed.append(
                    Fact(fact=path, value=value, origin="measured", line=0, column=0, because=by)
                )
            elif path in told.derived:
                because = told.derived[path].because
                listed.append(Fact(path, value, "derived", 0, 0, because))
            else:
                listed.append(Fact(path, value, "stated", item.line, item.column))
    for path, (value, because) in told.assumed.items():
        listed.append(Fact(path, value, "assumed", 0, 0, because))
    for variable in sorted(around.relevant):
        if not facts.stated >> variable & 1 and facts.stands(variable):
            fact = facts.book.facts[variable]
            if fact.assume and variable not in facts.book.times[1:]:
                listed.append(_assumed(facts, fact))
    return tuple(listed)


def _assumed(facts: Facts, fact: FactEntry) -> Fact:
    chosen = facts.chosen.get(fact.variable, fact.assume[0])
    following = chosen.follows >= 0 and facts.stated >> chosen.follows & 1
    derived, value = facts.derived(fact.variable), facts.point[fact.variable]
    because = derived or chosen.because
    if not derived and chosen.follows < 0 and not fact.discrete and value != chosen.value:
        stated = [each for each in facts.book.load.places if facts.stated >> each & 1]
        names = " and ".join(facts.book.facts[each].id for each in stated)
        because += f" {say(fact, chosen.value)} does not agree with {names}: the nearest that does."
    return Fact(
        fact=fact.id,
        value=say(fact, value),
        origin="derived" if derived or following else "assumed",
        line=0,
        column=0,
        because=because,
    )
