"""The difference of two sets of rules, and the answers that it moves: text, Markdown, values."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any, NamedTuple

from advisor.configuration.api.drift import compare
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
from advisor.reference.catalogue import KINDS, raw_entries
from advisor.rulebook.load import compiled
from advisor.rulebook.model_tables import model_tables
from advisor.rulebook.resolve import Rulebook, resolve
from advisor.rulebook.source import Folder, read_table, service_table
from advisor.text.markup import code, prose, table
from advisor.text.quantity_format import word
from advisor.text.tones import DOUBT, TITLE, painted

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
INSTANCE_TYPE, API_MODEL = "instance-type", "api-model"
TITLES = {**KINDS, INSTANCE_TYPE: "Instance types", API_MODEL: "Values of AWS's API model"}
_WORDING = frozenset(
    {"title", "asks", "summary", "because", "source", "where", "as_of", "since", "message", "note"}
    | {"fix", "fix_source", "advice"}
)
_CONDITIONS = ("when", "fault")
Values = Mapping[str, str]


class ValueChange(NamedTuple):
    """One value of an entry; ``None`` where it is absent."""

    path: str  # at_most, also.1.at_most
    old: str | None
    new: str | None

    @property
    def is_wording(self) -> bool:
        """Whether it is wording or a source, and decides nothing."""
        return self.path.rpartition(".")[2] in _WORDING


class EntryChange(NamedTuple):
    """One entry that differs, with its source as it is now (as it was, for a removed one)."""

    kind: str  # a key of TITLES
    name: str
    title: str
    what: str  # added | removed | changed
    values: tuple[ValueChange, ...]
    source: str
    as_of: str = ""
    since: str = ""

    @property
    def decides(self) -> bool:
        """Whether more than its wording differs."""
        return self.what != CHANGED or any(not value.is_wording for value in self.values)


class _Entries(NamedTuple):
    title: str
    source: str
    as_of: str
    since: str
    values: Values


def rule_changes(old: Folder, new: Folder) -> tuple[EntryChange, ...]:
    """Every entry that differs between two folders of rules, by kind and in the order of the files.

    Raises:
        RulebookError: a file cannot be read.
    """
    before, after = _known(old), _known(new)
    order = list(TITLES)
    keys = sorted(dict.fromkeys((*after, *before)), key=lambda key: order.index(key[0]))
    found = (_change(key, before.get(key), after.get(key)) for key in keys)
    return (*(each for each in found if each is not None), *_api_model(old, new))


def _known(folder: Folder) -> dict[tuple[str, str], _Entries]:
    """Every entry of a set by its kind and name. Another release may lack what this one has."""
    found: dict[tuple[str, str], _Entries] = {}
    for kind, _, raw in raw_entries(folder, whole=False):
        name = str(raw.get("id") or raw.get("option"))
        source, as_of, since = (str(raw.get(key, "")) for key in ("source", "as_of", "since"))
        title = str(raw.get("title") or raw.get("asks", name))
        # Without its name, and without those that are entries themselves.
        own = {key: each for key, each in raw.items() if key not in ("id", "option", "limits")}
        key = f"{raw['fact']} {name}" if kind == "word" else name
        found[kind, key] = _Entries(title, source, as_of, since, dict(_values("", own)))
    for row in read_table(os.path.join(folder, "instances.csv")):
        name, *_ = row.values()
        found[INSTANCE_TYPE, name] = _Entries(name, row.get("source", ""), "", "", dict(row))
    return found


def _values(path: str, raw: Any) -> Iterator[tuple[str, str]]:
    """Every value below a place, with its path; a condition, or a list of plain values, is one."""
    if path in _CONDITIONS:
        yield path, json.dumps(raw, ensure_ascii=False)
    elif isinstance(raw, Mapping):
        for key, each in raw.items():
            yield from _values(f"{path}.{key}" if path else str(key), each)
    elif isinstance(raw, list) and any(isinstance(each, (Mapping, list)) for each in raw):
        for number, each in enumerate(raw, 1):
            name = each.get("id", number) if isinstance(each, Mapping) else number
            yield from _values(f"{path}.{name}", each)
    elif isinstance(raw, list):
        yield path, ", ".join(map(_written, raw))
    else:
        yield path, _written(raw)


def _written(value: object) -> str:
    return "" if value is None else word(value)


def _change(key: tuple[str, str], old: _Entries | None, new: _Entries | None) -> EntryChange | None:
    before, after = (each.values if each else {} for each in (old, new))
    values = tuple(
        ValueChange(path, before.get(path), after.get(path))
        for path in dict.fromkeys((*after, *before))
        if before.get(path) != after.get(path)
    )
    shown = new or old
    if shown is None or (old is not None and new is not None and not values):
        return None
    what = ADDED if old is None else REMOVED if new is None else CHANGED
    return EntryChange(*key, shown.title, what, values, shown.source, shown.as_of, shown.since)


def _api_model(old: Folder, new: Folder) -> Iterator[EntryChange]:
    """The differences of the tables compiled from AWS's API model."""
    before, after = service_table(old), service_table(new)
    if before is None or after is None:
        return
    for move in compare(before, after):
        value = ValueChange(move.what, move.compiled or None, move.installed or None)
        source = f"botocore {after['botocore']}"
        yield EntryChange(
            kind=API_MODEL,
            name=move.where,
            title=move.where,
            what=CHANGED,
            values=(value,),
            source=source,
        )


def new_checks(changes: Sequence[EntryChange]) -> tuple[EntryChange, ...]:
    """The checks that the new rules bring."""
    return tuple(each for each in changes if each.kind == "check" and each.what == ADDED)


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
            # Another release may have no table of models: both sides read that of the rules in use.
            self._books[asked].model_tables = model_tables
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


def as_text(found: Compared, width: int, *, colour: bool = False) -> str:
    """For a terminal of some columns: the answers that move, then what differs, by kind."""
    return "\n".join(_text(found, width, colour)) + "\n"


def _text(found: Compared, width: int, colour: bool) -> Iterator[str]:
    for each in found.moved:
        moved = printable(f"{each.file}: {each.name}: {_answers(each)}")
        yield painted(moved, DOUBT, colour=colour)
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
            yield painted(TITLES[kind], TITLE, colour=colour)
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
    parts = [
        f"{found.old} contains answers, not rules; name a release instead to see changed rules"
    ]
    if found.changes is not None:
        counts = {what: sum(1 for each in found.changes if each.what == what) for what in _SIGNS}
        worded = sum(1 for each in found.changes if not each.decides)
        checks = len(new_checks(found.changes))
        said = ", ".join(f"{number} {what}" for what, number in counts.items() if number)
        parts = [f"{found.old} to {found.new}: {said or 'no rule differs'}"]
        parts += [f"{worded} in wording only"] if worded else []
        parts += [f"new checks: {checks}"] if checks else []
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
            for change in found.changes
        ],
        "new_checks": [each.name for each in new_checks(found.changes or ())],
    }
