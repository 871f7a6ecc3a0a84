"""``rules/`` to one JSON value: texts parsed to base units, names checked, nothing resolved yet.

What depends on the limits mode (words tied to a limit, bounds in force) is resolved by
``advisor.rulebook.load``; what needs the YAML files happens here, once per content of the files.
"""

from __future__ import annotations

import json
import os
from typing import Any

from advisor.model.errors import RulebookError
from advisor.model.options import OPTIONS
from advisor.rulebook.digest import FORMAT, KEYS, digest
from advisor.rulebook.file_keys import FileKey, compile_keys
from advisor.rulebook.formulas import UNITS
from advisor.rulebook.hardware import family_of
from advisor.rulebook.hosting import compile_hosting
from advisor.rulebook.overlay import Entries, limit_of, require_known, types_of
from advisor.rulebook.references import fields, of_fields, of_quotas, of_regions, referred
from advisor.rulebook.source import Folder, read_rules, read_table
from advisor.rulebook.types import ELSEWHERE
from advisor.text.quantity import QuantityError, parse

_COMPARISONS = ("is", "above", "below", "at_most", "at_least")
TYPICAL_PROCESSING = "requests.processing.typical"


def compile_rules(rules: Folder, overlay: str = "") -> dict[str, Any]:
    """Read and check every rule file; a value that JSON can hold.

    Args:
        rules: their folder.
        overlay: entries of the user's settings that go before those of the files.

    Raises:
        RulebookError: a file cannot be read, an id does not resolve, or a value has the wrong unit.
    """
    compiler = _Compiler(rules, overlay)
    options = [compiler.option(name) for name in OPTIONS]
    limits = [limit["id"] for option in options for limit in option["limits"]]
    for name in compiler.own.get("limits", ()):
        require_known("limit", name, limits)
    types, families = (
        read_table(os.path.join(rules, name)) for name in ("instances.csv", "families.csv")
    )
    types, families = types_of(types, families, compiler.own.get("instance_types", {}))
    _require_families(types, {each["id"] for each in families})
    known = of_fields(fields(options))
    return {
        "format": FORMAT,
        "digest": digest(rules, overlay),
        "keys": compiler.keys(),
        "facts": compiler.facts(),
        "derived": compiler.derived_facts(),
        "load": compiler.load,
        "words": compiler.words(),
        "options": options,
        "features": compiler.features,
        "flowchart": compiler.flowchart(),
        "cautions": [
            compiler.caution(entry) for entry in compiler.read("cautions.yaml")["cautions"]
        ],
        "consider": [
            compiler.consider(entry) for entry in compiler.read("consider.yaml")["consider"]
        ],
        "findings": {
            entry["id"]: entry["title"] for entry in compiler.read("findings.yaml")["findings"]
        },
        "hosting": compile_hosting(
            referred(compiler.read("many_models.yaml"), known),
            {each["id"] for each in compiler.features},
        ),
        "quotas": referred(compiler.read("quotas.yaml")["quotas"], known),
        "regions": compiler.regions,
        "sizing": referred(compiler.read("sizing.yaml")["constants"], known),
        "instances": _columns_and_rows(types),
        "families": families,
    }


def _require_families(types: list[dict[str, str]], families: set[str]) -> None:
    for each in types:
        name = each["instance_type"]
        family = family_of(name)
        if family not in families:
            from difflib import get_close_matches  # only once something is wrong

            near = get_close_matches(family, sorted(families), n=1)
            hint = f"; the nearest is {near[0]}" if near else ""
            raise RulebookError(
                f"instances.csv: {name}: families.csv has no family {family!r}{hint}"
            )


def _columns_and_rows(table: list[dict[str, str]]) -> list[list[str]]:
    """The names of the columns, then the rows: half of what every start must read."""
    return [list(table[0]), *(list(row.values()) for row in table)] if table else [[]]


class _Compiler:
    """Holds the tables that names are checked against."""

    def __init__(self, rules: Folder, overlay: str) -> None:
        self.rules = rules
        self.own: dict[str, Entries] = json.loads(overlay or "{}")
        self.regions: dict[str, Any] = read_rules(os.path.join(rules, "regions.yaml"))
        known = self.regions["regions"]
        for name, entry in self.own.get("regions", {}).items():
            known[name] = {**known.get(name, {}), **entry}
        quotas = read_rules(os.path.join(rules, "quotas.yaml"))["quotas"]
        self.known = {**of_regions(self.regions["regions"]), **of_quotas(quotas)}
        document = self.read("assumptions.yaml")
        self.entries: dict[str, dict[str, Any]] = {e["id"]: e for e in document["facts"]}
        self.derived: dict[str, dict[str, Any]] = {e["id"]: e for e in document["derived"]}
        self.load: list[dict[str, Any]] = document["load"]
        self.features: list[dict[str, Any]] = self.read("features.yaml")["features"]
        self.word_ids = {(w["fact"], w["id"]) for w in self.read("words.yaml")["words"]}
        region = self.entries["region"]
        region["words"] = [*self.regions["regions"], ELSEWHERE]

    def read(self, name: str) -> Any:
        """A rule file without references to Regions and quotas; limits are resolved by mode."""
        return referred(read_rules(os.path.join(self.rules, name)), self.known)

    def kind(self, fact: str, where: str) -> str:
        """Kind of a base or derived fact."""
        entry = self.entries.get(fact) or self.derived.get(fact)
        if fact == TYPICAL_PROCESSING:
            return "time"
        if entry is None:
            raise RulebookError(f"{where}: the fact {fact!r} does not exist")
        return str(entry["kind"])

    def number(self, fact: str, text: Any, where: str) -> Any:
        """A bound as an integer of base units, or symbolic: a word's name or ``{limit: id}``."""
        if isinstance(text, dict) or (fact, text) in self.word_ids:
            return text
        try:
            low, high = parse(str(text), self.kind(fact, where))
        except QuantityError as error:
            raise RulebookError(f"{where}: {text!r} for {fact}: {error}") from error
        if low is None or low != high:
            raise RulebookError(f"{where}: {text!r} for {fact} is a range; write one value")
        return low * UNITS.get(fact, 1)

    def mask(self, fact: str, values: Any, where: str) -> int:
        """Words of a word fact (or booleans of a flag) as a bit set over its domain."""
        self.kind(fact, where)
        domain = self.domain(fact)
        bits = 0
        for value in values if isinstance(values, list) else [values]:
            if value not in domain:
                raise RulebookError(f"{where}: {fact} does not take {value!r}")
            bits |= 1 << domain.index(value)
        return bits

    def domain(self, fact: str) -> list[Any]:
        """The words of a word fact, or both booleans of a flag, in the order of their bits."""
        entry = self.entries.get(fact) or self.derived[fact]
        return [False, True] if entry["kind"] == "flag" else entry["words"]

    def condition(self, raw: Any, where: str) -> list[Any]:
        """A condition of the closed vocabulary as nested lists.

        ``[all|any, [conditions]]``, ``[within, limit]``, ``[need, feature, bool]``,
        ``[one, fact, bits, bool]``, ``[listed, fact, limit, bool]`` or
        ``[in, fact, {comparison: operand}]``.
        """
        parts = []
        for key, value in raw.items():
            if key in ("all", "any"):
                parts.append([key, [self.condition(each, where) for each in value]])
            elif key == "within":
                parts.append(["within", value])
            elif key.startswith("needs."):
                parts.append(["need", self.feature(key[6:], where), bool(value)])
            else:
                parts.append(self.comparison(key, value, where))
        return parts[0] if len(parts) == 1 else ["all", parts]

    def feature(self, name: str, where: str) -> str:
        if all(entry["id"] != name for entry in self.features):
            raise RulebookError(f"{where}: the feature {name!r} does not exist")
        return name

    def comparison(self, fact: str, value: Any, where: str) -> list[Any]:
        if self.kind(fact, where) in ("word", "flag"):
            name, words = next(iter(value.items())) if isinstance(value, dict) else ("is", value)
            if isinstance(words, dict):
                return ["listed", fact, words["limit"], name != "not_in"]
            return ["one", fact, self.mask(fact, words, where), name != "not_in"]
        tests = value if isinstance(value, dict) else {"is": value}
        unknown = [name for name in tests if name not in _COMPARISONS]
        if unknown:
            raise RulebookError(f"{where}: {unknown[0]!r} is not one of {', '.join(_COMPARISONS)}")
        return ["in", fact, {name: self.number(fact, text, where) for name, text in tests.items()}]

    def keys(self) -> dict[str, list[FileKey]]:
        """The keys of a workload file; none in a set of rules that has no format of its own."""
        if not os.path.exists(os.path.join(self.rules, KEYS)):
            return {}
        entries = self.entries.items()
        words = {fact: list(entry["words"]) for fact, entry in entries if entry["kind"] == "word"}
        for each in self.read("words.yaml")["words"]:
            if each.get("stated"):
                words.setdefault(each["fact"], []).append(each["id"])
        return compile_keys(self.read(KEYS)["keys"], words)

    def facts(self) -> list[dict[str, Any]]:
        done = []
        for name, raw in self.entries.items():
            entry = dict(raw)
            where = f"assumptions.yaml: {name}"
            alternatives = entry.pop("assume", None)
            if not isinstance(alternatives, list):
                alternatives = [] if alternatives is None else [{"value": alternatives}]
            entry["assume"] = [self.assumption(name, each, entry, where) for each in alternatives]
            entry["ordinary"] = self.ordinary(name, entry, where)
            done.append(entry)
        return done

    def assumption(self, fact: str, raw: Any, entry: Any, where: str) -> dict[str, Any]:
        done = {"because": raw.get("because", entry.get("because", ""))}
        if "when" in raw:
            done["when"] = self.condition(raw["when"], where)
        if "follows" in raw:
            names = ("follows", "formula", "factor", "times")
            return done | {name: raw[name] for name in names if name in raw}
        if entry["kind"] in ("word", "flag"):
            return done | {"value": self.mask(fact, raw["value"], where).bit_length() - 1}
        return done | {"value": self.number(fact, raw["value"], where)}

    def ordinary(self, fact: str, entry: Any, where: str) -> Any:
        """Bits for words, ``[low, high]`` for numbers, ``{limit: id}``, or ``None``: anything."""
        raw = entry.get("ordinary")
        if raw is None or isinstance(raw, dict):
            return raw
        if entry["kind"] in ("word", "flag"):
            return self.mask(fact, raw, where)
        return list(parse(str(raw), entry["kind"]))

    def derived_facts(self) -> list[dict[str, Any]]:
        for entry in self.derived.values():
            for source in entry["from"]:
                self.kind(source, f"assumptions.yaml: {entry['id']}")
        return list(self.derived.values())

    def words(self) -> list[dict[str, Any]]:
        done = []
        for raw in self.read("words.yaml")["words"]:
            where = f"words.yaml: {raw['fact']} {raw['id']}"
            bounds = {
                name: self.number(raw["fact"], raw[name], where)
                for name in _COMPARISONS
                if name in raw
            }
            entry = {**raw, "bounds": bounds}
            if "ordinary" in raw:
                entry["ordinary"] = self.number(raw["fact"], raw["ordinary"], where)
            done.append(entry)
        return done

    def bound(self, raw: Any, fact: str, where: str) -> dict[str, Any]:
        """``{at_most: int}``, ``{at_least: int}`` or ``{mask: bits}`` of one documented bound."""
        for name in ("one_of", "not_in"):
            if name in raw:
                bits = self.mask(fact, raw[name], where)
                return {
                    "mask": bits
                    if name == "one_of"
                    else self.mask(fact, self.domain(fact), where) & ~bits
                }
        for name in ("at_most", "at_least"):
            if name in raw:
                return {name: self.number(fact, raw[name], where)}
        raise RulebookError(f"{where}: expected at_most, at_least, one_of or not_in")

    def option(self, name: str) -> dict[str, Any]:
        file = f"options/{name.replace('-', '_')}.yaml"
        entry = dict(self.read(file))
        if entry["option"] != name:
            raise RulebookError(f"{file}: option is {entry['option']!r}; write {name}")
        entry["limits"] = [self.limit(raw, f"{file}: {raw['id']}") for raw in entry["limits"]]
        return entry

    def limit(self, raw: Any, where: str) -> dict[str, Any]:
        raw, fact = limit_of(raw, self.own.get("limits", {})), raw["fact"]
        entry = self.documented(raw, fact, where)
        entry["kind"] = self.kind(fact, where)
        entry["when"] = self.condition(raw["when"], where) if "when" in raw else None
        entry["also"] = [self.documented(other, fact, where) for other in raw.get("also", ())]
        return entry

    def documented(self, raw: Any, fact: str, where: str) -> dict[str, Any]:
        """One documented bound; the field of AWS's API model that it names in units of the fact.

        The largest of its ``tiers``, which are sizes to choose from, is its bound.
        """
        entry = dict(raw)
        if "tiers" in raw:
            entry["at_most"] = raw["tiers"][-1]
            entry["tiers"] = tiers = [self.number(fact, text, where) for text in raw["tiers"]]
            if tiers != sorted(set(tiers)):
                raise RulebookError(f"{where}: the tiers must ascend")
        entry["bound"] = self.bound(entry, fact, where)
        if not all(isinstance(value, int) for value in entry["bound"].values()):
            raise RulebookError(f"{where}: the bound must be a value, not the name of one")
        if "model" in raw:
            unit = self.number(fact, raw["model"]["unit"], where)
            entry["model"] = {**raw["model"], "unit": unit}
        return entry

    def caution(self, raw: Any) -> dict[str, Any]:
        entry = dict(raw)
        where = f"cautions.yaml: {raw['id']}"
        entry["options"] = raw.get("options") or [raw["option"]]
        entry["ways"] = raw.get("ways", [])
        entry["bound"] = None
        if "fact" in raw:
            entry["kind"] = self.kind(raw["fact"], where)
            entry["bound"] = self.bound(raw, raw["fact"], where)
        entry["when"] = self.condition(raw["when"], where) if "when" in raw else None
        return entry

    def consider(self, raw: Any) -> dict[str, Any]:
        where = f"consider.yaml: {raw['id']}"
        return {**raw, "when": self.condition(raw["when"], where)}

    def flowchart(self) -> dict[str, Any]:
        document = self.read("flowchart.yaml")
        questions = []
        for raw in document["questions"]:
            entry = dict(raw)
            entry["when"] = self.condition(raw["when"], f"flowchart.yaml: {raw['id']}")
            questions.append(entry)
        return {"start": document["start"], "questions": questions}
