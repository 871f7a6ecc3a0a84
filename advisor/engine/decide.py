"""Decide for one point: limits rule options out, then the flowchart ranks the rest."""

from collections.abc import Iterable

from advisor.model.value import Value
from advisor.rulebook.resolve import Rulebook
from advisor.rulebook.types import (
    CLEAR,
    CONTESTED,
    LATE,
    RULED_OUT,
    Leaf,
    OptionEntry,
    Point,
    Question,
)


class Walk(Value):
    """A walk through the flowchart: the questions met, each with the way taken, and the leaf."""

    steps: tuple[tuple[Question, bool], ...]
    leaf: Leaf


def status(option: OptionEntry, needs: int, point: Point) -> int:
    """``CLEAR``, ``CONTESTED`` (met only at the newest bounds), ``LATE`` or ``RULED_OUT``.

    Args:
        option: what is judged.
        needs: the variable that holds the needed features.
        point: one value per variable.
    """
    if point[needs] & option.unsupported:
        return RULED_OUT
    answer = CLEAR
    for variable, words, newest, when in option.word_checks:
        value = point[variable]
        if words >> value & 1 or (when is not None and not when(point)):
            continue
        if not newest >> value & 1:
            return RULED_OUT
        answer = CONTESTED
    for variable, low, high, newest_low, newest_high, when in option.number_checks:
        value = point[variable]
        if low <= value <= high or (when is not None and not when(point)):
            continue
        if not newest_low <= value <= newest_high:
            return RULED_OUT
        answer = CONTESTED
    for variable, low, high, _, _, when in option.late_checks:
        if not low <= point[variable] <= high and (when is None or when(point)):
            return LATE
    return answer


def walk(book: Rulebook, point: Point) -> Walk:
    """The questions that a point meets, and the leaf they lead to."""
    steps = []
    question = book.start
    while True:
        answer = question.when.test(point)
        steps.append((question, answer))
        target = question.then if answer else question.otherwise
        if isinstance(target, Leaf):
            return Walk(steps=tuple(steps), leaf=target)
        question = book.questions[target]


def decide(book: Rulebook, point: Point) -> str | None:
    """The first clear option of the leaf, else what ``first_usable`` says."""
    question = book.start
    while True:
        target = question.then if question.when.test(point) else question.otherwise
        if not isinstance(target, str):
            break
        question = book.questions[target]
    needs = book.needs
    judged = ((name, status(book.option[name], needs, point)) for name in target.options)
    return first_usable(book, judged, point)


def first_usable(book: Rulebook, judged: Iterable[tuple[str, int]], point: Point) -> str | None:
    """Of options with their status the first clear one, else the first contested one.

    Without these the one that starts soonest of those that are held back only by a start.
    """
    contested = late = None
    for name, answer in judged:
        if answer == CLEAR:
            return name
        if answer == CONTESTED:
            contested = contested or name
        elif answer == LATE:
            start = point[book.option[name].start]
            if late is None or start < late[0]:
                late = start, name
    return contested or (late and late[1])
