"""The differences between two sets of rules: entries, and their values."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from advisor.configuration.api.drift import compare
from advisor.reference.catalogue import KINDS, raw_entries
from advisor.rulebook.source import Folder, read_table, service_table
from advisor.text.quantity_format import word

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
        yield path, ", ".join(map(_text, raw))
    else:
        yield path, _text(raw)


def _text(value: object) -> str:
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
