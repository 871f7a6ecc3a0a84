"""The data of rule files without their words, as a second entry of them states it.

    python -m tests.rulebook.stated_values

writes the totals of tables, prices and service tables after a script has written these. Entries of
rule files are stated by hand.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import yaml

from advisor.rulebook.source import read_rules

RULES = Path(__file__).resolve().parents[2] / "rules"
STATED = Path(__file__).parent / "stated"

SAID = {"about", "about_one", "as_of", "asks", "because", "charges", "example", "fix", "fix_source"}
SAID |= {"message", "note", "required", "says", "seen_source", "serverless_source", "short"}
SAID |= {"since", "source", "summary", "title", "where", "why"}
"""Keys whose values people read. Snapshots and the words of tests/house look at those."""

FILES = sorted(
    path.relative_to(RULES).as_posix()
    for pattern in ("*.yaml", "options/*.yaml", "checks/*.yaml")
    for path in RULES.glob(pattern)
)
TABLES = sorted(path.name for path in RULES.glob("*.csv"))
PRICES = sorted(path.name for path in RULES.glob("prices/*-*-*.json"))
SERVICE = sorted(path.name for path in RULES.glob("service/*.json"))


def stated(name: str) -> Any:
    """What the second entry says of a rule file."""
    return read_rules(STATED / name)


def data(node: Any) -> Any:
    """A rule without its words; of words by option, as in a leaf of the flowchart, the options."""
    if isinstance(node, list):
        return [data(each) for each in node]
    if not isinstance(node, dict):
        return node
    kept = {key: value for key, value in node.items() if key not in SAID}
    return {
        key: list(value) if key in ("lower", "not") and _is_said(value) else data(value)
        for key, value in kept.items()
    }


def _is_said(value: Any) -> bool:
    return isinstance(value, dict) and all(" " in str(each) for each in value.values())


def entries(document: dict[str, Any]) -> dict[str, Any]:
    """The data of a rule file by entry, in their order: an entry is named by its id or path."""
    found: dict[str, Any] = {}
    for key, value in document.items():
        if key in SAID:
            continue
        listed = value if isinstance(value, list) else []
        named = [each for each in listed if isinstance(each, dict)]
        if not named:
            found[key] = data(value)
        for place, each in enumerate(named):
            found.update(_parts(f"{key} {_name(each, place)}", each))
    return found


def _name(entry: dict[str, Any], place: int) -> str:
    return str(entry.get("id") or entry.get("path") or place)


def _parts(name: str, entry: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """An entry, and apart from it the limits or faults within."""
    inner = {key for key in ("limits", "faults") if key in entry}
    yield name, data({key: each for key, each in entry.items() if key not in {"id", *inner}})
    for key in sorted(inner):
        for place, each in enumerate(entry[key]):
            yield f"{name} {key} {_name(each, place)}", data(each)


def columns(name: str) -> dict[str, Any]:
    """The control total of each column of a table: the sum of its numbers, the count of words."""
    with (RULES / name).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(line for line in stream if not line.startswith("#")))
    return {
        key: total([row[key] for row in rows]) for key in rows[0] if key not in (SAID - {"example"})
    }


def total(cells: list[str]) -> str:
    """The sum of numbers and of numbers times their rows; a control number where there are words.

    The second sum changes when two rows are swapped.
    """
    numbers = [_number(each) for each in cells if each]
    if all(each is not None for each in numbers):
        by_row = sum((_number(each) or 0) * row for row, each in enumerate(cells, 1))
        return f"{len(numbers)} numbers: {sum(filter(None, numbers))}, by row {by_row}"
    return f"{len(set(cells))} words: {crc32(chr(10).join(cells).encode())}"


def _number(cell: str) -> Decimal | None:
    return Decimal(cell) if cell.replace(".", "", 1).isdigit() else None


def prices(name: str) -> dict[str, str]:
    """Of each component of a Region's prices: how many, and their sums."""
    document = json.loads((RULES / "prices" / name).read_text(encoding="utf-8"))
    found = {"date": document["date"]}
    for component, listed in document["prices"].items():
        amounts = [each[0] for _, each in sorted(listed.items())]
        bases = [str(each[1]) for _, each in sorted(listed.items())]
        found[component] = f"{total(amounts)}; keys {total(sorted(listed))}; bases {total(bases)}"
    return found


def parts(name: str) -> dict[str, str]:
    """The control number of each part of a JSON file."""
    document = json.loads((RULES / name).read_text(encoding="utf-8"))
    return {
        key: f"{crc32(json.dumps(data(value)).encode())}"
        for key, value in document.items()
        if key not in SAID
    }


PARTS = [*(f"service/{name}" for name in SERVICE), "prices/terms.json", "prices/price-list.json"]


@cache
def totals() -> dict[str, dict[str, dict[str, Any]]]:
    """By file below ``stated/``, what it says of each table."""
    return {
        "tables.yaml": {name: columns(name) for name in TABLES},
        "prices.yaml": {name: prices(name) for name in PRICES},
        "parts.yaml": {name: parts(name) for name in PARTS},
    }


if __name__ == "__main__":
    for _file, _found in totals().items():
        _text = yaml.safe_dump(_found, sort_keys=False, width=1000)
        (STATED / _file).write_text(_text, encoding="utf-8")
