"""One entry of the rules, for readers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Detail(NamedTuple):
    """One statement of an entry, with its own source if it has one."""

    label: str
    text: str
    source: str = ""
    as_of: str = ""


class Entry(NamedTuple):
    """One entry under ``rules/``, or one key of the workload file."""

    id: str
    kind: str  # a key of advisor.reference.catalogue.KINDS
    title: str
    details: tuple[Detail, ...]
    because: str
    source: str  # a page, or sm-advise for a figure of our own
    where: str  # where on the page, or what else supports it
    as_of: str
    since: str
    file: str  # below rules/
    raw: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The id as others refer to it: a word belongs to its fact."""
        return f"{self.raw['fact']} {self.id}" if self.kind == "word" else self.id


def entry(kind: str, raw: Mapping[str, Any], file: str, details: tuple[Detail, ...] = ()) -> Entry:
    """An entry from its mapping in a rule file."""
    return Entry(
        id=str(raw.get("id") or raw.get("option")),
        kind=kind,
        title=raw.get("title") or raw["asks"],
        details=details,
        because=raw["because"],
        source=raw["source"],
        where=raw.get("where", ""),
        as_of=raw["as_of"],
        since=raw["since"],
        file=file,
        raw=raw,
    )
