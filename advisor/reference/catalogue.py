"""All entries of the rules, read from their files, and a search by id."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from advisor.configuration.rulefiles import read_json_rules
from advisor.model.options import OPTIONS
from advisor.model.workload import PARTS
from advisor.reference.entry import Detail, Entry, Usage, entry
from advisor.reference.kinds import DESCRIBERS, key_entries, with_forms
from advisor.rulebook import references as to
from advisor.rulebook.cache import rules_directory
from advisor.rulebook.load import compiled
from advisor.rulebook.source import Folder, read_rules, read_table

_READ = read_json_rules("service", "reference.json")["kinds"]
KINDS: Mapping[str, str] = {each["kind"]: each["title"] for each in _READ}
"""Kind -> title of its list, in reading order."""
COLUMNS: Mapping[str, list[str]] = {
    each["kind"]: each["columns"] for each in _READ if "columns" in each
}
"""Kind -> the details that its table shows beside id and title."""
_WAYS = "many_models.yaml"
# Kinds in which {limit: ID} is the number of a field; elsewhere it is a bound that moves by mode.
_OF_FIELDS = frozenset({"constant", "quota", "check", "setting", "way", "way-limit"})
_NEEDS = "needs."
_TYPE = "ml."
_MOST_GUESSES = 5
_NEAR = 0.6


class RulebookIndex(NamedTuple):
    """Every entry in the order of ``KINDS``, the keys that no rule reads, and the references."""

    entries: tuple[Entry, ...]
    keys: tuple[Entry, ...]
    usage: Usage

    def find(self, name: str) -> tuple[Entry, ...]:
        """Every entry of an id, as a word may belong to several facts; empty if none has it."""
        wanted = {name, name.removeprefix(_NEEDS), *(name.removesuffix(part) for part in PARTS)}
        if name.startswith(_TYPE):
            wanted.add(name.split(".")[1])  # the family of an instance type

        def names(each: Entry) -> set[str]:  # a hosting form has the word of the file, too
            return {each.id, each.name, each.raw["way"] if each.kind == "way" else each.id}

        found = (each for each in (*self.entries, *self.keys) if wanted & names(each))
        return (*found, *self._support(name), *self._asked_by(name))

    def _asked_by(self, name: str) -> Iterator[Entry]:
        """The checks that cover a rule of another linter, such as CKV_AWS_98."""
        for each in self.entries:
            linters = each.raw.get("linters", ()) if each.kind == "check" else ()
            if any(name.lower() == rule.lower().rpartition(" ")[2] for rule in linters):
                yield each

    def _support(self, name: str) -> tuple[Entry, ...]:
        """The support of one feature by one option, under the id that verdicts use."""
        for option in OPTIONS:
            feature, others = name.removeprefix(f"{option}-"), {*OPTIONS} - {option}
            if feature != name:
                return tuple(
                    each._replace(id=name, details=details)
                    for each in self.entries
                    if each.kind == "feature" and each.id == feature
                    for details in [tuple(d for d in each.details if d.label not in others)]
                )
        return ()

    def nearest(self, name: str) -> tuple[str, ...]:
        """The nearest ids, the likeliest first."""
        names = [each.id for each in (*self.entries, *self.keys)]
        close = get_close_matches(name.lower(), names, n=_MOST_GUESSES, cutoff=_NEAR)
        holding = [each for each in names if name.lower() in each] if len(name) > 2 else []
        return tuple(dict.fromkeys([*close, *holding]))[:_MOST_GUESSES]

    def of_kind(self, kind: str) -> tuple[Entry, ...]:
        """The entries of one kind, in the order of their files."""
        return tuple(each for each in self.entries if each.kind == kind)


def catalogue(rules: Folder | None = None) -> RulebookIndex:
    """Read every rule file.

    Raises:
        RulebookError: a file cannot be read, or a reference does not resolve.
    """
    folder = rules or rules_directory()
    order = list(KINDS)
    found = sorted(_entries(folder), key=lambda each: order.index(each.kind))
    entries = with_forms(found)
    known = {each.id for each in entries}
    keys = tuple(each for each in key_entries() if each.id not in known)
    return RulebookIndex(entries, keys, Usage(entries))


def _entries(folder: Folder) -> Iterator[Entry]:
    rules = compiled(folder)
    plain = {**to.of_regions(rules["regions"]["regions"]), **to.of_quotas(rules["quotas"])}
    limited = to.fields(rules["options"])
    numbers = {**to.of_fields(limited), **to.of_constants(rules["sizing"])}
    for kind, file, written in raw_entries(folder):
        known = {**plain, **numbers} if kind in _OF_FIELDS else plain
        raw = to.referred(written, known)
        describe: Callable[[Any], Iterator[Detail]] = DESCRIBERS[kind]
        yield entry(kind, raw, file, tuple(describe(raw)))


def raw_entries(folder: Folder, *, whole: bool = True) -> Iterator[tuple[str, str, Any]]:
    """Kind, file and mapping of every entry of a folder of rules, as it is written.

    Args:
        folder: where the rules are.
        whole: whether every file must exist; other releases have other files.

    Raises:
        RulebookError: a file cannot be read.
    """

    def read(file: str) -> Any:
        return read_rules(os.path.join(folder, file))

    def is_missing(file: str) -> bool:
        return not whole and not os.path.exists(os.path.join(folder, file))

    for name in OPTIONS:
        file = f"options/{name.replace('-', '_')}.yaml"
        document = read(file)
        yield "option", file, document
        yield from (("limit", file, raw) for raw in document["limits"])
    for way in () if is_missing(_WAYS) else read(_WAYS).get("ways", ()):
        yield "way", _WAYS, way
        yield from (("way-limit", _WAYS, {**limit, "way": way["way"]}) for limit in way["limits"])
    for each in (each for each in _READ if "file" in each):
        document = {} if is_missing(each["file"]) else read(each["file"])
        listed = document[each["key"]] if whole else document.get(each["key"], ())
        yield from ((each["kind"], each["file"], raw) for raw in listed)
    yield "regions", "regions.yaml", read("regions.yaml")
    families = read_table(os.path.join(folder, "families.csv"))
    yield from (("family", "families.csv", raw) for raw in families)
    for name in [] if is_missing("checks") else sorted(os.listdir(os.path.join(folder, "checks"))):
        if name.endswith(".yaml"):
            file = f"checks/{name}"
            yield from (("check", file, raw) for raw in read(file).get("checks", ()))
