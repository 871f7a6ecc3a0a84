"""Choose the next fact to ask for: the one that leaves the fewest answers open."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from advisor.engine.decision_cells import Neighbourhood
from advisor.engine.facts import Facts
from advisor.engine.sensitivity import decisive_unknowns
from advisor.model.advice import DecisiveUnknown
from advisor.model.workload import Workload
from advisor.rulebook.load import load

Answers = Mapping[str, str]  # key path -> value as a person writes it
Reader = Callable[[Answers], Workload]


def next_question(
    answers: Answers, read: Reader, skipped: Collection[str]
) -> DecisiveUnknown | None:
    """The fact whose cells split the answers that are left best; ``None`` when none can change it.

    For each plausible decisive unknown the options are counted that would still be possible once it
    had each of its values; the fact with the smallest mean is asked for, the first of equal ones.

    Args:
        answers: what was answered so far; must hold what a workload file requires.
        read: makes a workload of answers.
        skipped: facts that the user does not know.
    """
    skipped = {*skipped, *answers}  # a range, once answered, is not asked for again
    best: DecisiveUnknown | None = None
    fewest = 0.0
    for unknown in _plausible(_around(read(answers)), skipped):
        stated = (read({**answers, unknown.fact: value}) for value in unknown.outcomes)
        left = [_possible(workload, skipped) for workload in stated]
        mean = sum(left) / len(left)
        if best is None or mean < fewest:
            best, fewest = unknown, mean
    return best


def needs_that_matter(answers: Answers, read: Reader, features: Collection[str]) -> tuple[str, ...]:
    """The features that each would lead to another option alone, in the order given."""
    same = (answer(answers, read), None)
    return tuple(name for name in features if answer({**answers, "needs": name}, read) not in same)


def told(answers: Answers, read: Reader) -> Collection[str]:
    """The keys that a model's id tells, so that nobody is asked for them.

    Of a model that reads text the bodies follow from its tokens, also where these are assumed.
    """
    if "model.id" not in answers:
        return ()
    model = Facts(load("safe"), read(answers)).workload.modelled
    if model is None:
        return ()
    text = "requests.processing" in model.derived and model.kind != "vlm"
    return {*model.derived, *(("requests.payload", "requests.response") if text else ())}


def answer(answers: Answers, read: Reader) -> str | None:
    """The option that the rules choose on these answers; ``None`` when none fits."""
    return _around(read(answers)).option


def _around(workload: Workload) -> Neighbourhood:
    return Neighbourhood(Facts(load("safe"), workload))


def _plausible(around: Neighbourhood, skipped: Collection[str]) -> list[DecisiveUnknown]:
    return [
        unknown
        for unknown in decisive_unknowns(around)
        if not unknown.remote and unknown.fact not in skipped
    ]


def _possible(workload: Workload, skipped: Collection[str]) -> int:
    """How many options one more fact could lead to."""
    around = _around(workload)
    options = {option for each in _plausible(around, skipped) for option in each.outcomes.values()}
    return len(options | {around.option})
