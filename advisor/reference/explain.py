"""Explain one entry: its content, reason, source with date, and uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Any

from advisor.model.printable import printable
from advisor.reference.catalogue import RulebookIndex
from advisor.reference.entry import Entry

_MARGIN = 17
_WIDEST = 100
_OWN = "sm-advise"


def explain(found: Sequence[Entry], catalogue: RulebookIndex, width: int) -> str:
    """Text of the entries of one id, one block each."""
    blocks = ["\n".join(_lines(each, catalogue, min(width, _WIDEST))) for each in found]
    return "\n\n".join(blocks) + "\n"


def as_values(found: Sequence[Entry], catalogue: RulebookIndex) -> list[dict[str, Any]]:
    """Entries as plain values, for JSON."""
    return [
        {
            "id": each.id,
            "kind": each.kind,
            "title": each.title,
            "details": [
                {name: part for name, part in detail._asdict().items() if part}
                for detail in each.details
            ],
            **{
                name: getattr(each, name) or None
                for name in ("because", "source", "where", "as_of", "since")
            },
            "file": f"rules/{each.file}" if each.file else None,
            "used_by": {kind: list(names) for kind, names in catalogue.usage.of(each).items()},
        }
        for each in found
    ]


def _lines(entry: Entry, catalogue: RulebookIndex, width: int) -> Iterator[str]:
    place = f", rules/{entry.file}" if entry.file else " of the workload file"
    yield f"{entry.name} ({_plain(entry.kind)}{place})"
    yield from wrap(printable(entry.title), width)
    yield ""
    for detail in entry.details:
        cited = f" [{detail.source}{', ' + detail.as_of if detail.as_of else ''}]"
        yield from _labelled(detail.label, detail.text + (cited if detail.source else ""), width)
    if entry.because:
        yield from _labelled("Why", entry.because, width)
    if entry.source:
        own = " (our own figure; the reason above argues it)" if entry.source == _OWN else ""
        where = f" ({entry.where})" if entry.where else ""
        yield from _labelled("Source", f"{entry.source}{own}{where}", width)
        yield from _labelled("As of", f"{entry.as_of}; in the rules since {entry.since}", width)
    users = catalogue.usage.of(entry)
    if users:
        text = "; ".join(f"{_plain(kind)} {', '.join(names)}" for kind, names in users.items())
        yield from _labelled("Used by", text, width)


def _plain(kind: str) -> str:
    return kind.replace("-", " ")


def _labelled(label: str, text: str, width: int) -> Iterator[str]:
    """A label and its text, wrapped beside it."""
    lines = wrap(
        printable(text), max(width - _MARGIN, 20), break_long_words=False, break_on_hyphens=False
    )
    first = f"{label:<{_MARGIN}}"
    for line in lines:
        yield first + line
        first = " " * _MARGIN
