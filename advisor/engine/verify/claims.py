"""The claims about all inputs. Each yields (message, witness); a note has no witness (``None``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import TypeAlias

from advisor.engine.verify.paths import PathEnd
from advisor.engine.verify.space import INFINITY, Box, Space, is_late, join, narrow
from advisor.engine.verify.witness import Witness, answer_of_rules, engine_answer
from advisor.model.advice import yes_no
from advisor.model.options import OPTIONS
from advisor.rulebook.resolve import Rulebook

Outcome: TypeAlias = "Iterator[tuple[str, str | None]]"
Proved: TypeAlias = "dict[str, int]"


def _eligible(space: Space, option: str, newest: bool) -> list[list[Box]]:
    """One union of boxes per limit and feature; all of them together make an option eligible."""
    return [each.newest if newest else each.met for each in space.conditions_of(option)]


def total(space: Space, leaves: Sequence[PathEnd], proved: Proved) -> Outcome:
    """Every path ends in a leaf, and a leaf without an option explains every eligible one."""
    for leaf in leaves:
        if not leaf.options and leaf.boxes:
            yield f"{leaf.id} leads to no option", Witness(space, leaf.boxes[0]).text
            continue
        for option in OPTIONS:
            if option in leaf.options or option in leaf.excluded:
                continue
            proved["total"] += 1
            left = narrow(leaf.boxes, _eligible(space, option, True))
            for listed in leaf.options:
                left = _all_ruled_out(space, left, listed)
            witness = _real(space, left)
            if witness is not None:
                yield (
                    (
                        f"at {leaf.id} no option is chosen although {option} is eligible;"
                        " give its reason under not"
                    ),
                    witness.text,
                )


def _real(space: Space, boxes: Iterable[Box]) -> Witness | None:
    """A real input of a union of boxes, ``None`` when it holds none."""
    for box in boxes:
        witness = Witness(space, box)
        if witness.real:
            return witness
    return None


def _all_ruled_out(space: Space, boxes: list[Box], option: str) -> list[Box]:
    """The part of boxes on which an option breaks something at its newest bound."""
    return [
        joined
        for condition in space.conditions_of(option)
        for joined in narrow(boxes, [condition.broken])
    ]


def sound(space: Space, book: Rulebook, leaves: Sequence[PathEnd], proved: Proved) -> Outcome:
    """The engine chooses what the raw rules choose, and that option breaks nothing.

    Checked by the engine at one point of every region that a leaf's order can tell apart: each
    option clear, each option with one broken condition, and each with one contested.
    """
    for leaf in leaves:
        for box in _regions(space, leaf):
            witness = Witness(space, box)
            if not witness.real:
                continue
            expected = answer_of_rules(space, witness.values)
            proved["sound"] += 1
            given = engine_answer(book, witness)
            if given != expected:
                yield (
                    f"at {leaf.id} the engine answers {given}, the rules say {expected}",
                    witness.text,
                )


def _regions(space: Space, leaf: PathEnd) -> Iterator[Box]:
    """A box for each option of a leaf that is clear, and for each single thing that it breaks."""
    if not leaf.boxes or not leaf.options:  # `total` tells of a path that ends in nothing
        return
    yield leaf.boxes[0]
    for option in leaf.options:
        conditions = space.conditions_of(option)
        yield from narrow(leaf.boxes, [each.met for each in conditions])[:1]
        for condition in conditions:
            others = [each.met for each in conditions if each is not condition]
            beyond = condition.broken or condition.unmet  # a late one rules nothing out
            yield from narrow(leaf.boxes, [beyond, *others])[:1]
            yield from narrow(leaf.boxes, [condition.newest, *others])[:1]


def alive(space: Space, leaves: Sequence[PathEnd], proved: Proved) -> Outcome:
    """Every question splits what reaches it; every leaf, option and limit matters somewhere."""
    for question in space.questions:
        for truth in (True, False):
            proved["alive"] += 1
            if not any(leaf.boxes and (question, truth) in leaf.path for leaf in leaves):
                yield (
                    f"the question {question} is never answered {yes_no(truth)}",
                    f"question: {question}",
                )
    chosen = {leaf.id: _chosen_somewhere(space, leaf) for leaf in leaves}
    for leaf in leaves:
        proved["alive"] += 1
        if leaf.boxes and leaf.options and not chosen[leaf.id]:
            yield f"no option is ever chosen at {leaf.id}", f"leaf: {leaf.id}"
    for option in OPTIONS:
        proved["alive"] += 1
        if not any(option in options for options in chosen.values()):
            yield f"{option} is never chosen", f"option: {option}"
        yield from _limits_alive(space, leaves, option, proved)


def _chosen_somewhere(space: Space, leaf: PathEnd) -> set[str]:
    """Options that win on some input of a leaf: clear with none before them clear, or contested."""
    chosen = set()
    for rank, option in enumerate(leaf.options):
        clear = narrow(leaf.boxes, _eligible(space, option, False))
        if _some_input(space, clear, leaf.options[:rank]):
            chosen.add(option)
            continue
        contested = narrow(leaf.boxes, _eligible(space, option, True))
        for before in leaf.options[:rank]:
            contested = _all_ruled_out(space, contested, before)
        if _some_input(space, contested, leaf.options):
            chosen.add(option)
    return chosen


def _some_input(space: Space, boxes: list[Box], not_clear: Sequence[str]) -> bool:
    """Whether a union of boxes has an input on which each of some options is not clear."""
    if not not_clear:
        return bool(boxes)
    first, rest = not_clear[0], not_clear[1:]
    return any(
        _some_input(space, narrow([box], [condition.unmet]), rest)
        for box in boxes
        for condition in space.conditions_of(first)
    )


def _limits_alive(space: Space, leaves: Sequence[PathEnd], option: str, proved: Proved) -> Outcome:
    conditions = space.conditions_of(option)
    limits = {limit["id"]: is_late(limit) for limit in space.options[option]["limits"]}
    for condition in conditions:
        proved["alive"] += 1
        name = condition.id
        others = [each.newest for each in conditions if each is not condition]
        alone = narrow(condition.unmet if limits.get(name) else condition.broken, others)
        if not alone:
            yield f"{name} is never the only thing that rules {option} out", f"rule: {name}"
        elif name in limits and not _matters(leaves, option, alone):
            yield f"{name}: the flowchart never lets it matter", None


def _matters(leaves: Sequence[PathEnd], option: str, alone: list[Box]) -> bool:
    return any(
        option in leaf.options and narrow(leaf.boxes, [alone]) for leaf in leaves if leaf.boxes
    )


def monotone(space: Space, leaves: Sequence[PathEnd], proved: Proved) -> Outcome:
    """Raising a fact that an ``at_most`` bounds never turns an option from ruled out to usable."""
    for option in OPTIONS:
        usable = narrow([{}], _eligible(space, option, True))
        broken = [box for each in space.conditions_of(option) for box in each.broken]
        for fact in _bounded_above(space, option):
            proved["monotone"] += 1
            witness = _real(space, _below_usable(space, fact, usable, broken))
            if witness is not None:
                yield (f"{option}: raising {fact} turns it from ruled out to usable", witness.text)


def _bounded_above(space: Space, option: str) -> list[str]:
    """Numbers that an ``at_most`` of an option bounds."""
    return sorted(
        {
            limit["fact"]
            for limit in space.options[option]["limits"]
            if "at_most" in space.newest(limit)["bound"]
        }
    )


def _below_usable(
    space: Space, fact: str, usable: Sequence[Box], broken: Sequence[Box]
) -> Iterator[Box]:
    """Inputs that are ruled out while more of one fact, with all else the same, is usable."""
    for below, above in product(broken, usable):
        cells = below.get(fact, space.full(fact))
        lowest = cells & -cells
        if above.get(fact, space.full(fact)) >= lowest << 1:
            others = join(_without(below, fact), _without(above, fact))
            if others is not None:
                yield {**others, fact: lowest}


def _without(box: Box, variable: str) -> Box:
    return {name: allowed for name, allowed in box.items() if name != variable}


def consistent(space: Space, leaves: Sequence[PathEnd], proved: Proved) -> Outcome:
    """The bounds of a limit are ordered, and no two limits make an option impossible."""
    for name, limit in space.all_limits.items():
        proved["consistent"] += 1
        yield from _ordered(space, name, limit)
    for option in OPTIONS:
        proved["consistent"] += 1
        if not narrow([{}], _eligible(space, option, False)):
            yield (
                f"the limits of {option} contradict each other: no input meets all of them",
                f"option: {option}",
            )
    for word in space.raw["words"]:
        low, high = space.word_range(word["fact"], word["id"])
        proved["consistent"] += 1
        if low > high:
            yield f"the word {word['id']} of {word['fact']} is empty", f"word: {word['id']}"


def _ordered(space: Space, name: str, limit: dict[str, object]) -> Outcome:
    """The bound in force is the stricter one: what it grants, every newer source grants too."""
    newest = space.newest(limit)
    if newest is limit or "mask" in newest["bound"]:
        return
    low, high = space.range_of(limit["bound"])  # type: ignore[arg-type]
    newest_low, newest_high = space.range_of(newest["bound"])
    if not (newest_low <= low and high <= newest_high):
        above = "above" if newest_high < INFINITY else "outside"
        yield f"{name}: the bound in force lies {above} the newest documented one", f"rule: {name}"
