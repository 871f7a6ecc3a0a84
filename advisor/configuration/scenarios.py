"""Choices of parameters or variables under which a document has to be looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice, product
from math import prod
from typing import TypeVar

from advisor.configuration.document import Node, unknown

MOST_WORLDS = 32
"""Different outcomes of a document's conditions that are looked at; further ones are not."""
MOST_CHOICES = 256
"""Combinations of values that are tried to find them; of more, each value once beside the usual."""

COMPARED = "a value that conditions compare with"
"""What brings a value into a world that nobody gave and that only a condition names."""

Value = TypeVar("Value")
Outcome = TypeVar("Outcome")


def outcomes(
    candidates: Mapping[str, Sequence[Value]], outcome: Callable[[Mapping[str, Value]], Outcome]
) -> Iterator[tuple[Mapping[str, Value], Outcome]]:
    """Each different outcome once, with the first choice of values that leads to it.

    Args:
        candidates: name -> the values worth trying, the usual one first.
        outcome: what a choice leads to; hashable.
    """
    seen: set[Outcome] = set()
    for choice in islice(_choices(candidates), MOST_CHOICES):
        result = outcome(choice)
        if result not in seen:
            seen.add(result)
            yield choice, result
            if len(seen) >= MOST_WORLDS:
                return


def _choices(candidates: Mapping[str, Sequence[Value]]) -> Iterator[Mapping[str, Value]]:
    """Every combination; where they are too many, the usual one and each single change of it."""
    names = list(candidates)
    if prod(len(candidates[name]) for name in names) <= MOST_CHOICES:
        for values in product(*(candidates[name] for name in names)):
            yield dict(zip(names, values, strict=True))
        return
    usual = {name: candidates[name][0] for name in names}
    yield usual
    for name in names:
        for value in candidates[name][1:]:
            yield {**usual, name: value}


def settled(node: Node) -> Node:
    """The same value, with what only a condition names as unknown.

    ``count = var.type == "none" ? 0 : 1`` says what happens for a type of none; it does not say
    that anybody gives it.
    """
    if node.via == COMPARED:
        return unknown(node.via, node.mark).under(node.key)
    return node.within(settled)
