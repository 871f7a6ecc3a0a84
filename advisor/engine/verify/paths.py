"""The flowchart path by path: each leaf with the boxes of inputs that reach it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from advisor.engine.verify.space import Box, Space, meet


class PathEnd(NamedTuple):
    """One end of one path."""

    id: str
    options: tuple[str, ...]
    excluded: Mapping[str, str]
    boxes: list[Box]
    path: tuple[tuple[str, bool], ...]


def closed(compiled: Mapping[str, Any]) -> Mapping[str, Any]:
    """The rules with an empty leaf where an answer leads nowhere, so that they can be walked."""
    nowhere: dict[str, Any] = {"then": {"options": []}, "otherwise": {"options": []}}
    chart = compiled["flowchart"]
    questions = [{**nowhere, **question} for question in chart["questions"]]
    return {**compiled, "flowchart": {**chart, "questions": questions}}


def leaves(space: Space) -> list[PathEnd]:
    """Every leaf with its path; an unreached one has no boxes.

    A way back to a question already met ends in a leaf without options.
    """
    done: list[PathEnd] = []
    _follow(space, space.start, [{}], (), done)
    return done


def _follow(
    space: Space,
    question: str,
    boxes: list[Box],
    path: tuple[tuple[str, bool], ...],
    done: list[PathEnd],
) -> None:
    entry = space.questions[question]
    for truth, side in ((True, "then"), (False, "otherwise")):
        reached = meet(boxes, space.boxes(entry["when"], truth))
        target = entry[side]
        step = (*path, (question, truth))
        if not isinstance(target, str):
            options = tuple(target["options"])
            done.append(
                PathEnd(f"{question}-{side}", options, target.get("not", {}), reached, step)
            )
        elif any(name == target for name, _ in step):
            done.append(PathEnd(f"{question}-{side}: back to {target}", (), {}, reached, step))
        else:
            _follow(space, target, reached, step, done)
