"""Proofs about the rules over all inputs, from the compiled rule files and not through the engine.

Every rule compares a fact with constants, so all inputs fall into finitely many cells, and what is
claimed of all of them is checked box of cells by box of cells: exact, not sampled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from advisor.verify.claims import alive, consistent, monotone, sound, total
from advisor.verify.entries import sourced, used
from advisor.verify.paths import Leaf, leaves
from advisor.verify.space import Space

CLAIMS = ("total", "sound", "alive", "monotone", "consistent", "sourced")


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


def verify(compiled: Mapping[str, Any], limits: str) -> Report:
    """Check every claim for one limits mode.

    Args:
        compiled: what ``advisor.rulebook.compile`` made of a rules folder.
        limits: ``safe`` or ``latest``.
    """
    space = Space(compiled, limits)
    found: list[Leaf] = leaves(space)
    problems: list[Problem] = []
    notes: list[str] = []
    proved: dict[str, int] = dict.fromkeys(CLAIMS, 0)
    for claim, check in (
        ("total", total),
        ("sound", sound),
        ("alive", alive),
        ("monotone", monotone),
        ("consistent", consistent),
    ):
        for message, witness in check(space, found, proved):
            if witness is None:
                notes.append(message)
            else:
                problems.append(Problem(claim, message, witness))
    problems += [Problem("sourced", message, "") for message in sourced(compiled, proved)]
    problems += [Problem("alive", message, "") for message in used(space, compiled)]
    return Report(limits, tuple(problems), tuple(notes), proved)
