"""One entry of the rules, for readers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
    raw: Mapping[str, Any]
    because: str = ""
    source: str = ""  # a page, or sm-advise for a figure of our own
    where: str = ""  # where on the page, or what else supports it
    as_of: str = ""
    since: str = ""
    file: str = ""  # below rules/

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


_SAID = {"title", "asks", "says", "summary", "note", "message", "fix", "because", "where"}
_CITED = {"source", "fix_source", "seen_source", "as_of", "since"}
_NAMELESS = _SAID | _CITED | {"id", "kind", "unit", "support"}  # hold no name of another entry
_NEEDS = "needs."


class Usage:
    """The references between entries, by the name of the entry that is referred to."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._users: dict[str, dict[tuple[str, str], None]] = {}
        listed = list(entries)
        words = {each.name for each in listed if each.kind == "word"}
        for user in listed:
            for name in _named(user.raw, "", words):
                if name != user.name:
                    self._users.setdefault(name, {})[user.kind, user.name] = None

    def of(self, entry: Entry) -> dict[str, tuple[str, ...]]:
        """The entries that refer to this one: names by kind, both in the order of the rules."""
        found: dict[str, tuple[str, ...]] = {}
        for kind, name in self._users.get(entry.name, ()):
            if (kind, entry.kind) != ("option", "limit"):  # its own option, which holds it
                found[kind] = (*found.get(kind, ()), name)
        return found


def _named(raw: Any, fact: str, words: set[str]) -> Iterator[str]:
    """Every name that an entry holds; a word is ``FACT WORD``.

    Args:
        raw: the entry or a part of it.
        fact: the fact that the part is compared with.
        words: names of words.
    """
    if isinstance(raw, Mapping):
        about = str(raw.get("fact", fact))
        for key, value in raw.items():
            if key not in _NAMELESS:
                yield key.removeprefix(_NEEDS)
                yield from _named(value, key if "." in key else about, words)
    elif isinstance(raw, list):
        for each in raw:
            yield from _named(each, fact, words)
    elif isinstance(raw, str):
        yield f"{fact} {raw}" if f"{fact} {raw}" in words else raw
