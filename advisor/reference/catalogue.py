"""All entries of the rules, read from their files, and a search by id."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from advisor.model.options import OPTIONS
from advisor.model.workload import PARTS
from advisor.reference.entry import Detail, Entry, Usage, entry
from advisor.reference.kinds import DESCRIBERS, key_entries, with_forms
from advisor.rulebook.cache import rules_directory
from advisor.rulebook.load import compiled
from advisor.rulebook.references import (
    fields,
    of_constants,
    of_fields,
    of_quotas,
    of_regions,
    referred,
)
from advisor.rulebook.source import Folder, read_rules, read_table

# kind -> title of its list, in reading order
KINDS = {
    "option": "Options",
    "question": "Questions of the flowchart",
    "limit": "Limits",
    "feature": "Features",
    "way": "Forms of hosting several models",
    "way-limit": "Limits of the hosting forms",
    "preference": "Questions about several models",
    "word": "Words",
    "fact": "Facts",
    "derived-fact": "Derived facts",
    "caution": "Cautions",
    "consider": "Outside the four options",
    "finding": "Findings",
    "quota": "Quotas",
    "constant": "Constants of sizing and of models",
    "family": "Families of instance types",
    "regions": "Regions",
    "check": "Checks of configurations and model archives",
    "layout": "Layouts of model archives",
    "setting": "Settings that carry a fact of their workload",
}
# kind -> file below rules/ and the key of its entries
_WAYS = "many_models.yaml"
_FILES = (
    ("question", "flowchart.yaml", "questions"),
    ("feature", "features.yaml", "features"),
    ("word", "words.yaml", "words"),
    ("fact", "assumptions.yaml", "facts"),
    ("derived-fact", "assumptions.yaml", "derived"),
    ("caution", "cautions.yaml", "cautions"),
    ("consider", "consider.yaml", "consider"),
    ("finding", "findings.yaml", "findings"),
    ("preference", _WAYS, "preferences"),
    ("quota", "quotas.yaml", "quotas"),
    ("constant", "sizing.yaml", "constants"),
    ("constant", "models.yaml", "constants"),
    ("layout", "archives.yaml", "layouts"),
    ("setting", "checks/intent.yaml", "settings"),
)
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
        found = (each for each in (*self.entries, *self.keys) if wanted & _names(each))
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
            feature = name.removeprefix(f"{option}-")
            if feature != name:
                return tuple(
                    each._replace(id=name, details=_only(each.details, option))
                    for each in self.entries
                    if each.kind == "feature" and each.id == feature
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


def _names(each: Entry) -> set[str]:
    """The id of a hosting form, which is also known by its word in the workload file."""
    return {each.id, each.name, *([each.raw["way"]] if each.kind == "way" else [])}


def _only(details: Iterable[Detail], option: str) -> tuple[Detail, ...]:
    return tuple(each for each in details if each.label == option or each.label not in OPTIONS)


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
    plain = {**of_regions(rules["regions"]["regions"]), **of_quotas(rules["quotas"])}
    limited = fields(rules["options"])
    numbers = {**of_fields(limited), **of_constants(rules["sizing"])}
    for kind, file, written in raw_entries(folder):
        known = {**plain, **numbers} if kind in _OF_FIELDS else plain
        raw = referred(written, known)
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
    yield from _ways({} if is_missing(_WAYS) else read(_WAYS))
    for kind, file, key in _FILES:
        document = {} if is_missing(file) else read(file)
        listed = document[key] if whole else document.get(key, ())
        yield from ((kind, file, raw) for raw in listed)
    yield "regions", "regions.yaml", read("regions.yaml")
    families = read_table(os.path.join(folder, "families.csv"))
    yield from (("family", "families.csv", raw) for raw in families)
    for name in [] if is_missing("checks") else sorted(os.listdir(os.path.join(folder, "checks"))):
        if name.endswith(".yaml"):
            file = f"checks/{name}"
            yield from (("check", file, raw) for raw in read(file).get("checks", ()))


def _ways(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """The forms of hosting several models, and the limits of each."""
    for way in document.get("ways", ()):
        yield "way", _WAYS, way
        yield from (("way-limit", _WAYS, {**limit, "way": way["way"]}) for limit in way["limits"])
