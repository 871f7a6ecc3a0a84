"""The workloads whose answer differs between two sets of rules, and the rules that cause it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from advisor.gate.policy.lockfile import Answer, answer_of, moved, reasons_of, rests_differently
from advisor.model.options import OPTIONS
from advisor.model.workload import Workload
from advisor.pipeline import advise_by
from advisor.reference.rule_changes import EntryChange
from advisor.rulebook.load import compiled
from advisor.rulebook.resolve import Rulebook, resolve
from advisor.rulebook.source import Folder


class MovedAnswer(NamedTuple):
    """One workload whose answer differs."""

    file: str
    name: str
    parts: Mapping[str, tuple[str | None, str | None]]  # key of ANSWERS -> old and new
    why: str
    rules: tuple[str, ...]  # names of the entries that differ and that the answer rests on


class RuleSetAnswers:
    """Answers with one set of rules, which may be of an older or newer release.

    If these rules lack a constant of sizing, the constant of the other set is used, so it makes no
    difference between the two.
    """

    def __init__(self, rules: Folder, others: Folder) -> None:
        self.rules = rules
        self.others = others
        self._books: dict[tuple[str, str], Rulebook] = {}

    def answer(self, workload: Workload, as_of: str) -> Answer:
        """What the rules answer, as a lock file keeps it.

        Raises:
            RulebookError: the rules cannot be read or contradict themselves.
        """
        book = self._book(workload.text("limits") or "safe", workload.settings.overlay)
        return answer_of(advise_by(book, workload, as_of=as_of))

    def _book(self, limits: str, overlay: str) -> Rulebook:
        asked = (limits, overlay)
        if asked not in self._books:
            own, other = compiled(self.rules, overlay), compiled(self.others)
            sizing = [*own["sizing"], *_missing(own["sizing"], other["sizing"])]
            self._books[asked] = resolve({**own, "sizing": sizing}, limits)
        return self._books[asked]


def _missing(own: Iterable[Any], other: Iterable[Any]) -> list[Any]:
    known = {entry["id"] for entry in own}
    return [entry for entry in other if entry["id"] not in known]


def moved_answers(
    answers: Iterable[tuple[Workload, Answer, Answer]], changes: Sequence[EntryChange]
) -> tuple[MovedAnswer, ...]:
    """The workloads whose old and new answers differ, with what moved them."""
    found = []
    for workload, old, new in answers:
        parts = moved(old, new)
        if parts:
            touched = rests_differently(old, new)
            rules = tuple(each.name for each in changes if each.decides and _is_in(each, touched))
            why = "; ".join(reasons_of(old, new))
            found.append(MovedAnswer(workload.file, workload.name, parts, why, rules))
    return tuple(found)


def _is_in(change: EntryChange, touched: Collection[str]) -> bool:
    """Whether an entry is among the ids that an answer rests on; a feature has one per option."""
    names = [change.name]
    if change.kind == "feature":
        names += [f"{option}-{change.name}" for option in OPTIONS]
    return any(name in touched for name in names)
