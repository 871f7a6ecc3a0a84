"""The difference of two sets of rules and the answers that it moves: text, Markdown, values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any, NamedTuple

from advisor.gate.policy.lockfile import (
    ANSWERS,
    Answer,
    answer_of,
    moved,
    reasons_of,
    rests_differently,
)
from advisor.model.options import OPTIONS
from advisor.model.printable import printable
from advisor.model.workload import Workload
from advisor.pipeline import advise_by
from advisor.reference.rule_changes import TITLES, EntryChange, ValueChange, new_checks
from advisor.rulebook.load import compiled
from advisor.rulebook.resolve import Rulebook, resolve
from advisor.rulebook.source import Folder
from advisor.text.markup import code, prose, table


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
            known = {entry["id"] for entry in own["sizing"]}
            more = [entry for entry in other["sizing"] if entry["id"] not in known]
            sizing = [*own["sizing"], *more]
            self._books[asked] = resolve({**own, "sizing": sizing}, limits)
        return self._books[asked]


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


_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
_ABSENT = "-"
_LONGEST = 60  # characters of a value in a line; JSON has it whole
_BEFORE = 20  # of them before the first that differs


class Compared(NamedTuple):
    """What `rules diff` found."""

    old: str  # what the sets are called
    new: str
    changes: tuple[EntryChange, ...] | None  # None: the old side is a lock, which has no rules
    moved: tuple[MovedAnswer, ...]
    workloads: int  # how many were asked

    @property
    def moves(self) -> bool:
        """Whether an answer moves or, when none was asked for, whether a rule decides otherwise."""
        if self.workloads or self.changes is None:
            return bool(self.moved)
        return any(each.decides for each in self.changes)


def as_text(found: Compared, width: int) -> str:
    """For a terminal of some columns: the answers that move, then what differs, by kind."""
    return "\n".join(_text(found, width)) + "\n"


def _text(found: Compared, width: int) -> Iterator[str]:
    for each in found.moved:
        yield printable(f"{each.file}: {each.name}: {_answers(each)}")
        for line in wrap(printable(each.why), max(width - 4, 20), break_on_hyphens=False):
            yield f"    {line}"
        for name in each.rules:
            named = [change for change in found.changes or () if change.name == name]
            yield from (f"    {line}" for change in named for line in _entry(change))
    if found.moved:
        yield ""
    kind = ""
    for change in found.changes or ():
        if change.kind != kind:
            kind = change.kind
            yield f"{TITLES[kind]}"
        yield from (f"  {line}" for line in _entry(change))
    if found.changes:
        yield ""
    yield _counted(found)


def _entry(change: EntryChange) -> Iterator[str]:
    cited = f" ({change.source}{', ' + change.as_of if change.as_of else ''})"
    yield printable(f"{_SIGNS[change.what]} {change.name}: {change.title}{cited}")
    if change.what == "changed":
        for value in change.values:
            if not value.is_wording:
                yield printable(f"    {_value(value)}")
        wording = [value.path for value in change.values if value.is_wording]
        if wording:
            yield f"    wording: {', '.join(wording)}"


def _value(value: ValueChange) -> str:
    old, new = (_ABSENT if each is None else each for each in (value.old, value.new))
    if "," in old + new and "{" not in old + new:
        return f"{value.path}: {_list_change(old, new)}"
    pairs = enumerate(zip(old, new, strict=False))
    start = next((place for place, (one, other) in pairs if one != other), 0)
    if max(len(old), len(new)) > _LONGEST and start > _BEFORE:
        old, new = ("…" + each[start - _BEFORE :] for each in (old, new))
    return f"{value.path}: {_short(old)} -> {_short(new)}"


def _list_change(old: str, new: str) -> str:
    """What a list gained and lost; its order, where that is all."""
    before, after = old.split(", "), new.split(", ")
    parts = [f"+{each}" for each in after if each not in before and each != _ABSENT]
    parts += [f"-{each}" for each in before if each not in after and each != _ABSENT]
    return ", ".join(parts) or f"{_short(old)} -> {_short(new)}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _answers(each: MovedAnswer) -> str:
    return ", ".join(
        f"{ANSWERS[what]} {old or 'none'} -> {new or 'none'}"
        for what, (old, new) in each.parts.items()
    )


def _counted(found: Compared) -> str:
    """How much differs, in a sentence or two."""
    parts = []
    if found.changes is None:
        parts.append(
            f"{found.old} contains answers, not rules; name a release instead to see changed rules"
        )
    else:
        counts = {what: sum(1 for each in found.changes if each.what == what) for what in _SIGNS}
        worded = sum(1 for each in found.changes if not each.decides)
        checks = len(new_checks(found.changes))
        said = ", ".join(f"{number} {what}" for what, number in counts.items() if number)
        parts.append(f"{found.old} to {found.new}: {said or 'no rule differs'}")
        if worded:
            parts.append(f"{worded} in wording only")
        if checks:
            parts.append(f"new checks: {checks}")
    if found.workloads:
        parts.append(f"changed answers: {len(found.moved)} of {found.workloads}")
    return printable("; ".join(parts))


def as_markdown(found: Compared) -> str:
    """For a pull request or a release's notes."""
    return "\n".join(_markdown(found)) + "\n"


def _markdown(found: Compared) -> Iterator[str]:
    yield f"### Rules: {prose(found.old)} → {prose(found.new)}\n\n{prose(_counted(found))}."
    if found.moved:
        yield ""
        rows = [
            (code(each.file), prose(each.name), prose(_answers(each)), prose(each.why))
            for each in found.moved
        ]
        yield from table(("File", "Workload", "Answer", "Why"), rows)
    decisive = [each for each in found.changes or () if each.decides]
    if decisive:
        yield "\n<details><summary>What differs</summary>\n"
        yield from table(("", "Rule", "Value", "Source"), [_row(each) for each in decisive])
        yield "\n</details>"


def _row(change: EntryChange) -> tuple[str, str, str, str]:
    values = [value for value in change.values if not value.is_wording]
    text = (
        "; ".join(_value(value) for value in values) if change.what == "changed" else change.title
    )
    source = f"{change.source} {change.as_of}".strip()
    return change.what, code(change.name), prose(text), prose(source)


def as_values(found: Compared) -> dict[str, Any]:
    """Everything, for JSON."""
    changes = found.changes or ()
    return {
        "schema": "sm-advise/rules-diff.v1",
        "old": found.old,
        "new": found.new,
        "workloads": found.workloads,
        "moved": [
            {
                "file": each.file,
                "name": each.name,
                "answer": {
                    what: {"old": old, "new": new} for what, (old, new) in each.parts.items()
                },
                "why": each.why,
                "rules": list(each.rules),
            }
            for each in found.moved
        ],
        "changes": None
        if found.changes is None
        else [
            {
                **change._asdict(),
                "values": [value._asdict() for value in change.values],
                "decides": change.decides,
            }
            for change in changes
        ],
        "new_checks": [each.name for each in new_checks(changes)],
    }
