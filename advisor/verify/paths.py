"""The flowchart path by path: each leaf with the boxes of inputs that reach it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from advisor.verify.space import Box, Space, meet


_NOTHING: Mapping[str, tuple[str, ...]] = {"options": ()}  # where an answer leads nowhere


class Leaf(NamedTuple):
    """One end of one path."""

    id: str
    options: tuple[str, ...]
    excluded: Mapping[str, str]
    boxes: list[Box]
    path: tuple[tuple[str, bool], ...]


def leaves(space: Space) -> list[Leaf]:
    """Every leaf with its path; an unreached one has no boxes.

    A way back to a question already met ends in a leaf without options.
    """
    done: list[Leaf] = []
    _follow(space, space.start, [{}], (), done)
    return done


def _follow(
    space: Space,
    question: str,
    boxes: list[Box],
    path: tuple[tuple[str, bool], ...],
    done: list[Leaf],
) -> None:
    entry = space.questions[question]
    for truth, side in ((True, "then"), (False, "otherwise")):
        reached = meet(boxes, space.boxes(entry["when"], truth))
        target = entry.get(side, _NOTHING)
        step = (*path, (question, truth))
        if not isinstance(target, str):
            options = tuple(target["options"])
            done.append(Leaf(f"{question}-{side}", options, target.get("not", {}), reached, step))
        elif any(name == target for name, _ in step):
            done.append(Leaf(f"{question}-{side}: back to {target}", (), {}, reached, step))
        else:
            _follow(space, target, reached, step, done)
