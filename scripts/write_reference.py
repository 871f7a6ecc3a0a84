"""Writes what the program says of itself: its rules, and the keys and schema of a workload file.

``--check`` only compares.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from advisor.reference.page import written
from advisor.reference.sentences import listed
from advisor.rulebook.load import compiled
from advisor.text.markup import code, prose, table
from advisor.text.quantity import FORMS as KINDS
from advisor.workload.forms import forms
from advisor.workload.keys import Key, features, keys
from advisor.workload.schema import schema_text

ROOT = Path(__file__).parent.parent
RULES = ROOT / "rules"
KEYS_MARK = "<!-- Written by scripts/write_reference.py from rules/keys.yaml: run make docs. -->"


def main() -> int:
    """Write the files; 1 when they were to be checked and one is not current."""
    page, schema = RULES / "README.md", RULES / "schema" / "workload.schema.json"
    workload = ROOT / "docs" / "workload.md"
    texts = {
        page: written(page.read_text(encoding="utf-8"), RULES),
        schema: schema_text(),
        workload: with_keys(workload.read_text(encoding="utf-8")),
    }
    stale = [path for path, text in texts.items() if path.read_text(encoding="utf-8") != text]
    for path in stale:
        if "--check" in sys.argv[1:]:
            print(f"{path.relative_to(ROOT)} is not current: run make docs", file=sys.stderr)
        else:
            path.write_text(texts[path], encoding="utf-8")
    return int("--check" in sys.argv[1:] and bool(stale))


def with_keys(text: str) -> str:
    """The page of the workload file with its keys; the text above the mark is kept.

    Raises:
        ValueError: the page has no mark.
    """
    head, mark, _ = text.partition(KEYS_MARK)
    if not mark:
        raise ValueError(f"docs/workload.md has no line {KEYS_MARK}; add it where the keys begin")
    return head + mark + "\n\n" + "\n".join(_keys()) + "\n"


def _keys() -> Iterator[str]:
    """A table for each section of the file and for each list, then the features and the kinds."""
    known = list(keys().values())
    inside = [each for each in known if "." in each.path]
    yield from _table("The file", [each for each in known if "." not in each.path])
    for section in dict.fromkeys(each.path.partition(".")[0] for each in inside):
        yield from _table(section, [each for each in inside if each.path.startswith(f"{section}.")])
    for name in filter(None, compiled(RULES.as_posix())["keys"]):
        yield from _table(f"Each of {name}", list(keys(name).values()))
    yield from ("### needs", "", f"`needs` takes {', '.join(map(code, features()))}.")
    yield from ("", "### Kinds of values", "")
    yield from table(("Kind", "Written as"), ((k, prose(forms)) for k, forms in KINDS.items()))


def _table(title: str, shown: Iterable[Key]) -> Iterator[str]:
    yield from (f"### {title}", "")
    rows = ((code(e.path), _said(e.about), _write(e), _example(e)) for e in shown)
    yield from table(("Key", "Meaning", "Write", "Example"), rows)
    yield ""


def _said(text: str) -> str:
    """A sentence of a rule file, with its code spans."""
    return prose(text).replace("\\`", "`")


def _write(key: Key) -> str:
    """What a key takes: its kind, a form or words; its parts, and whether it must be stated."""
    takes = [key.kind] if key.kind in KINDS else []
    takes += [_said(forms()[key.form].says)] if key.form else []
    takes += ["true or false"] if key.kind == "flag" else []
    takes += [_said(listed(key.words))] if key.words else []
    parts = [f"parts {', '.join(key.parts)}"] if key.parts else []
    return "; ".join(
        [*filter(None, ["; or ".join(takes)]), *parts, *(["required"] * bool(key.required))]
    )


def _example(key: Key) -> str:
    return code(key.example) if key.example else ""


if __name__ == "__main__":
    sys.exit(main())
