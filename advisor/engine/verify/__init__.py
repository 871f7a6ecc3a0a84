"""Proofs about the rules over all inputs, from the compiled rule files and not through the engine.

Every rule compares a fact with constants, so all inputs fall into finitely many cells, and what is
claimed of all of them is checked box of cells by box of cells: exact, not sampled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from advisor.engine.verify.claims import alive, consistent, monotone, sound, total
from advisor.engine.verify.coherent import coherent
from advisor.engine.verify.entries import (
    agrees_with_model,
    sourced,
    types_beyond_model,
    unconditional,
    used,
)
from advisor.engine.verify.paths import closed, leaves
from advisor.engine.verify.space import Space
from advisor.model.errors import RulebookError
from advisor.rulebook.resolve import Rulebook, resolve

CLAIMS = ("total", "sound", "alive", "monotone", "consistent", "coherent", "sourced")


class Problem(NamedTuple):
    """A claim that does not hold, with the smallest workload that shows it."""

    claim: str
    message: str
    witness: str  # a workload file, or empty where the entry itself is the witness


class Report(NamedTuple):
    """The outcome for one limits mode: what fails, notes, and how many things were proved."""

    limits: str
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    proved: Mapping[str, int]

    @property
    def holds(self) -> bool:
        """Whether every claim holds."""
        return not self.problems


def verify(
    compiled: Mapping[str, Any], limits: str, service: Mapping[str, Any] | None = None
) -> Report:
    """Check every claim for one limits mode.

    Args:
        compiled: what ``advisor.rulebook.compile`` made of a rules folder.
        limits: ``safe`` or ``latest``.
        service: the table of AWS's API model; limits of its fields are compared with it.
    """
    proved: dict[str, int] = dict.fromkeys(CLAIMS, 0)
    problems = [Problem("sourced", message, "") for message in sourced(compiled, proved)]
    problems += [Problem("alive", message, "") for message in used(compiled)]
    rules = closed(compiled)
    try:
        book = resolve(rules, limits)
    except RulebookError as error:
        problems.append(Problem("consistent", str(error), ""))
        return Report(limits, tuple(problems), (), proved)
    notes = list(types_beyond_model(compiled, service))
    for message, is_problem in agrees_with_model(compiled, service, proved):
        if is_problem:
            problems.append(Problem("consistent", message, ""))
        else:
            notes.append(message)
    space = Space(rules, limits)
    for claim, message, witness in _outcomes(space, book, proved):
        if witness is None:
            notes.append(message)
        else:
            problems.append(Problem(claim, message, witness))
    return Report(limits, tuple(problems), tuple(notes), proved)


def _outcomes(
    space: Space, book: Rulebook, proved: dict[str, int]
) -> Iterator[tuple[str, str, str | None]]:
    """Claim, message and witness of each result about inputs; notes have no witness."""
    found = leaves(space)
    for claim, check in (
        ("total", total),
        ("alive", alive),
        ("monotone", monotone),
        ("consistent", consistent),
    ):
        for message, witness in check(space, found, proved):
            yield claim, message, witness
    if all(unconditional(fact) for fact in space.raw["facts"]):  # else the engine cannot be asked
        for message, witness in sound(space, book, found, proved):
            yield "sound", message, witness
        for message, witness in coherent(book, proved):
            yield "coherent", message, witness
