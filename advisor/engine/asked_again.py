"""What would change the answer for a workload with a model, asked again with each change stated.

What the model tells moves with what is stated of it and its load. Cells hold it still, so what they
find is put to the whole question again, and what does not hold is left out.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from advisor.engine.decide import decide
from advisor.engine.facts import Facts
from advisor.model.advice import Change, Decision, Fix
from advisor.model.options import REAL_TIME
from advisor.model.workload import PARTS, Stated
from advisor.text.quantity import parse


def asked_again(facts: Facts, decision: Decision, only: Collection[str] | None = None) -> Decision:
    """The decision with unknowns, changes and fixes that hold when they are stated.

    Args:
        facts: of the workload.
        decision: its answer by cells.
        only: the facts that are asked again; ``None``: all.
    """

    def stated(fact: str, to: str, otherwise: str | None) -> str | None:
        asked = only is None or fact in only
        return _answer(facts, (Change(fact=fact, to=to),)) if asked else otherwise

    unknowns = []
    for each in decision.unknowns:
        ways = {to: stated(each.fact, to, option) for to, option in each.outcomes.items()}
        if any(option != decision.rules_option for option in ways.values()):
            unknowns.append(each._replace(outcomes=ways))
    repairs = decision.fixes
    if only is None:
        repairs = tuple(each for each in repairs if _answer(facts, each.changes) == each.option)
    status = decision.status
    if status == "assumed" and all(each.remote for each in unknowns):
        status = "recommended"
    moved = tuple(
        each
        for each in decision.would_change
        if stated(each.fact, each.to, each.option) == each.option
    )
    return decision._replace(
        status=status, unknowns=tuple(unknowns), would_change=moved, fixes=repairs
    )


def _answer(facts: Facts, changes: tuple[Change, ...]) -> str | None:
    """The option of the workload in which some facts are stated as the file would state them."""
    book, workload = facts.book, facts.workload.as_stated
    values = {**workload.values}
    for each in changes:
        base = each.fact.removesuffix(PARTS[0]).removesuffix(PARTS[1]).removesuffix(PARTS[2])
        entry = book.fact.get(base)
        stated: Any = each.to
        if each.to in ("true", "false"):
            stated = each.to == "true"
        elif entry is not None and not entry.discrete and (base, each.to) not in book.words:
            stated = parse(each.to, entry.kind)
        values[each.fact] = Stated(each.fact, each.to, stated, 0, 0)
    made = Facts(book, workload._replace(values=values))
    return decide(book, made.point) if made.workload.held else None


def without_type(facts: Facts, decision: Decision) -> Decision:
    """That no type holds the model, whatever the option, and what would make one hold it."""
    told = facts.workload.modelled
    assert told is not None
    ways = tuple(
        Fix(
            changes=(Change(fact=fact, to=to),),
            option=decision.option or REAL_TIME,
            advice="Another precision, context or Region has a type that fits.",
            source="",
        )
        for fact, to in told.fixes
    )
    none: dict[str, Any] = {"option": None, "rules_option": None, "status": "none-fits"}
    return decision._replace(**none, unknowns=(), would_change=(), fixes=ways)
