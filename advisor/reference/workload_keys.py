"""The keys of a workload file as entries: the values that each takes."""

from __future__ import annotations

from collections.abc import Iterable

from advisor.reference.entry import Detail, Entry
from advisor.reference.sentences import listed
from advisor.text.quantity import FORMS as QUANTITIES
from advisor.workload.forms import forms as text_forms
from advisor.workload.keys import Key, keys


def forms(key: Key) -> tuple[Detail, ...]:
    """The values of a key, with an example."""
    takes = []
    if key.kind in QUANTITIES:
        takes.append(QUANTITIES[key.kind])
    if key.kind == "flag":
        takes.append("true or false")
    if key.form:
        takes.append(text_forms()[key.form].says)
    if key.words:
        takes.append(listed(key.words))
    details = [Detail("Key", key.about)]
    if takes:
        details.append(Detail("Write", "; or ".join(takes)))
    if key.parts:
        details.append(Detail("Parts", ", ".join(key.parts)))
    return tuple(details)


def with_forms(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Facts that are keys of the file: the accepted values before the details of the rules."""
    known = keys()
    return tuple(
        each._replace(details=(*forms(known[each.id]), *each.details))
        if each.kind == "fact" and each.id in known
        else each
        for each in entries
    )


def key_entries() -> tuple[Entry, ...]:
    """Every key as an entry of its own; no rule stands behind it."""
    return tuple(
        Entry(
            id=key.path,
            kind="key",
            title=key.about,
            details=forms(key)[1:],
            because="",
            source="",
            where="",
            as_of="",
            since="",
            file="",
            raw={"id": key.path},
        )
        for key in keys().values()
    )
