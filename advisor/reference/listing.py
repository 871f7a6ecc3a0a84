"""All entries on one line each, and their sources with the dates of reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from advisor.reference.entry import Entry
from advisor.text.tones import TITLE, painted


class Page(NamedTuple):
    """One source page of some entries."""

    url: str
    citations: tuple[tuple[str, str], ...]  # day on which it was read for an entry, name of that

    @property
    def oldest(self) -> str:
        """The earliest date of a citation."""
        return min(self.citations)[0]

    @property
    def entries(self) -> tuple[str, ...]:
        """The names of the entries, each once."""
        return tuple(dict.fromkeys(name for _, name in self.citations))


def listed(entries: Sequence[Entry], *, colour: bool = False) -> str:
    """One line for each entry: id, date of its source, title and first statement."""
    most = max((len(each.name) for each in entries), default=0)
    return "".join(
        f"{painted(each.name.ljust(most), TITLE, colour=colour)}  {each.as_of}  {each.title}"
        f"{_first(each)}\n"
        for each in entries
    )


def _first(entry: Entry) -> str:
    facts = [each for each in entry.details if each.label not in ("Key", "Write", "Parts")]
    return f" | {facts[0].label.lower()}: {facts[0].text}" if facts else ""


def pages(entries: Iterable[Entry]) -> tuple[Page, ...]:
    """Every page once, the oldest first."""
    found: dict[str, list[tuple[str, str]]] = {}
    for entry in entries:
        for url, as_of in _citations(entry):
            found.setdefault(url, []).append((as_of, entry.name))
    done = [Page(url, tuple(cited)) for url, cited in found.items()]
    return tuple(sorted(done, key=lambda page: (page.oldest, page.url)))


def _citations(entry: Entry) -> Iterator[tuple[str, str]]:
    """Addresses with their dates; a part without a date has that of its entry."""
    parts = [(entry.source, entry.as_of)]
    parts += [(each.source, each.as_of or entry.as_of) for each in entry.details]
    return (part for part in parts if part[0].startswith("https://"))


def days_before(earlier: str, later: str) -> int:
    """Days from one date to another, both YYYY-MM-DD."""
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days


def older(found: Iterable[Page], days: int, as_of: str) -> tuple[Page, ...]:
    """Pages read more than ``days`` before ``as_of``, with their entries."""
    done = []
    for page in found:
        old = tuple(each for each in page.citations if days_before(each[0], as_of) > days)
        if old:
            done.append(Page(page.url, old))
    return tuple(done)


def as_values(found: Iterable[Page], as_of: str) -> list[dict[str, Any]]:
    """Pages as plain values, for JSON."""
    return [
        {
            "source": page.url,
            "as_of": page.oldest,
            "days": days_before(page.oldest, as_of),
            "entries": list(page.entries),
        }
        for page in found
    ]


def counted(every: Sequence[Page], old: Sequence[Page], days: int, as_of: str) -> str:
    """How many pages are old, in a sentence."""
    few = f"{len(old)} of {len(every)} pages" if old else f"None of {len(every)} pages"
    verb = "was" if len(old) == 1 else "were"
    return f"{few} {verb} last read more than {days} days before {as_of}."
