"""Is this an instance type that hosting, or batch transform, takes — and what was meant if not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from advisor.text.spelling import edits

_FORM = re.compile(r"ml\.([a-z]+)(\d+)([a-z0-9-]*)\.((?:\d+)?[a-z]+(?:-\w+)?)")
NEVER_HOSTED = ("t3", "t3a", "t4g")
"""Burstable EC2 families that people try first; hosting has t2 and no other."""


class Opinion(NamedTuple):
    """What is wrong with an instance type; ``newer`` when only a newer model could know it."""

    message: str
    suggestion: str
    newer: bool = False


def judge_type(
    text: str, allowed: list[str], elsewhere: frozenset[str], where: str
) -> Opinion | None:
    """What is wrong with an instance type, ``None`` when nothing is.

    Args:
        text: as written.
        allowed: the service's list.
        elsewhere: types that other operations of SageMaker take.
        where: what the list is of: 'hosting', 'batch transform'.
    """
    if text in allowed:
        return None
    if f"ml.{text}" in allowed:
        return Opinion(f"{text} is the EC2 name; SageMaker's begins with ml.", f"ml.{text}")
    meant = _meant(text, allowed)
    form = _FORM.fullmatch(text)
    if form is None:
        return Opinion(f"{text!r} is no instance type", meant)
    letters, generation, rest, size = form.groups()
    family = f"{letters}{generation}{rest}"
    if text in elsewhere:
        return Opinion(f"{text} exists, but not for {where}", meant or _like(text, allowed))
    families = {name.split(".")[1] for name in allowed}
    if family in families:
        sizes = [name.split(".")[2] for name in allowed if name.split(".")[1] == family]
        return Opinion(f"{family} has no size {size} in {where}; it has {', '.join(sizes)}", meant)
    newest = _newest(letters, families)
    if family not in NEVER_HOSTED and newest is not None and int(generation) >= newest:
        return Opinion(f"{text} is not in the service model; a newer one may know it", "", True)
    if newest is None and letters not in ("t", "a") and not meant:
        return Opinion(f"{text} is not in the service model; a newer one may know it", "", True)
    return Opinion(f"{text} is not in the list of {where}", meant or _like(text, allowed))


def _meant(text: str, allowed: list[str]) -> str:
    """The one type that the text is a misspelling of; empty when it is unclear which.

    The family weighs more than the size: ``ml.g5.xlarg`` is meant to be ``ml.g5.xlarge``.
    """
    wanted = text.lower().replace("_", ".")
    if not wanted.startswith("ml."):
        wanted = "ml." + wanted.removeprefix("ml").lstrip(".-")
    best, least = "", 3
    for name in allowed:
        if abs(len(name) - len(wanted)) < least:
            distance = edits(wanted, name, 2)
            if name.split(".")[1] != [*wanted.split("."), ""][1]:
                distance += 1
            if distance < least:
                best, least = name, distance
    return best


def _like(text: str, allowed: list[str]) -> str:
    """A type of the same size for the same work: m5 for t3, else a family of the letter."""
    _, family, size = text.split(".")
    substitutes = {"t": "m5", "a": "m5"}
    letter = family[0]
    wanted = substitutes.get(letter, "")
    for name in allowed:
        _, other, other_size = name.split(".")
        if other_size == size and (other == wanted or (not wanted and other[0] == letter)):
            return name
    return f"ml.{wanted}.large" if wanted and f"ml.{wanted}.large" in allowed else ""


def _newest(letters: str, families: Iterable[str]) -> int | None:
    """The newest generation that the list has of a letter, ``None`` when it has none."""
    generations = [
        int(found[2])
        for found in (re.match(r"([a-z]+)(\d+)", family) for family in families)
        if found and found[1] == letters
    ]
    return max(generations, default=None)
