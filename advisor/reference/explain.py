"""Explain one entry, as text or as a page: its content, reason, source with date, and uses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Any

from advisor.model.printable import printable
from advisor.reference.catalogue import RulebookIndex
from advisor.reference.entry import Entry
from advisor.text.markup import cited, code, prose
from advisor.text.tones import QUIET, TITLE, painted

_MARGIN = 17
_WIDEST = 100
_OWN = "sm-advise"
_LABEL = re.compile(rf"^(?=\S.{{{_MARGIN - 2}}} )[A-Z][\w ]*(?=  )")


def explain(
    found: Sequence[Entry], catalogue: RulebookIndex, width: int, *, colour: bool = False
) -> str:
    """Text of the entries of one id, one block each; where there is colour labels are dim."""
    blocks = []
    for each in found:
        title, *lines = _lines(each, catalogue, min(width, _WIDEST))
        lines = [_LABEL.sub(lambda it: painted(it[0], QUIET, colour=colour), it) for it in lines]
        blocks.append("\n".join([painted(title, TITLE, colour=colour), *lines]))
    return "\n\n".join(blocks) + "\n"


def as_page(found: Sequence[Entry], catalogue: RulebookIndex) -> str:
    """The entries of one id as Markdown; what uses them links to pages beside this one."""
    heading = found[0].id if len({each.name for each in found}) > 1 else found[0].name
    blocks = ["\n".join(_page_lines(each, catalogue)) for each in found]
    return f"# {code(heading)}\n\n" + "\n\n".join(blocks) + "\n"


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


def _page_lines(entry: Entry, catalogue: RulebookIndex) -> Iterator[str]:
    place = f" in `rules/{entry.file}`" if entry.file else " of the workload file"
    name = f" {code(entry.name)}" if entry.name != entry.id else ""
    yield f"**{prose(entry.title)}** ({_plain(entry.kind)}{name}{place})\n"
    for detail in entry.details:
        source = (
            f" ({cited(detail.source, detail.as_of or detail.source)})" if detail.source else ""
        )
        yield f"- {detail.label}: {prose(detail.text)}{source}"
    if entry.because:
        yield f"\nWhy: {prose(entry.because)}"
    if entry.source:
        where = f" ({prose(entry.where)})" if entry.where else ""
        yield f"\nSource: {cited(entry.source, entry.source)}{where}"
        yield f"\nAs of {entry.as_of}; in the rules since {entry.since}"
    for kind, names in catalogue.usage.of(entry).items():
        linked = ", ".join(f"[{code(each)}]({each.split()[-1]}.md)" for each in names)
        yield f"\nUsed by ({_plain(kind)}): {linked}"


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
