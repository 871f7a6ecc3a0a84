"""The reference part of ``rules/README.md``: the flowchart and a table for each kind of entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from advisor.reference.catalogue import COLUMNS, KINDS, RulebookIndex, catalogue
from advisor.reference.entry import Entry
from advisor.reference.flowchart import mermaid_drawing, read_chart
from advisor.rulebook.source import Folder
from advisor.text.markup import cited, code, prose, table

MARK = "<!-- Written by scripts/write_reference.py from the rule files: edit those instead. -->"

_SHORT = frozenset(COLUMNS["feature"])


def written(readme: str, rules: Folder | None = None) -> str:
    """The README with a new reference part; the text above the mark is kept.

    Raises:
        RulebookError: a rule file cannot be read.
        ValueError: the README has no mark.
    """
    head, mark, _ = readme.partition(MARK)
    if not mark:
        raise ValueError(f"rules/README.md has no line {MARK}; add it where the reference begins")
    return head + mark + "\n\n" + "\n".join(_reference(catalogue(rules), rules)) + "\n"


def _reference(found: RulebookIndex, rules: Folder | None) -> Iterator[str]:
    yield "## The flowchart"
    yield ""
    yield "```mermaid"
    yield mermaid_drawing(read_chart(rules)) + "```"
    yield ""
    yield "A leaf lists options, best first. A thick border marks a question of AWS's hosting FAQ."
    for kind, labels in COLUMNS.items():
        entries = found.of_kind(kind)
        yield ""
        yield f"## {KINDS[kind]}"
        yield ""
        headings = ("Id", "Asks" if kind == "question" else "Title", *labels, "Source")
        yield from table(headings, (_row(each, labels) for each in entries))


def _row(entry: Entry, labels: Sequence[str]) -> tuple[str, ...]:
    cells = (_cell(entry, label) for label in labels)
    return code(entry.name), prose(entry.title), *cells, cited(entry.source, entry.as_of)


def _cell(entry: Entry, label: str) -> str:
    texts = [each.text for each in entry.details if each.label == label]
    if label in _SHORT or label == "Also":
        texts = [text.split(". ")[0] for text in texts]  # the note is in the file
    return prose("; ".join(texts))
