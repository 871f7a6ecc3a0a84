"""``rules/checks/*.yaml`` as values: one ``Check`` for each entry."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

from advisor.configuration.rulefiles import read_yaml_rules, rule_path
from advisor.gate.finding import SEVERITIES, GateFinding
from advisor.model.errors import InputError, RulebookError
from advisor.model.value import Value
from advisor.rulebook.cache import cached_file, keep, read_object, rules_directory
from advisor.rulebook.digest import digest as digest_of
from advisor.rulebook.references import fields, of_constants, of_fields, referred
from advisor.rulebook.source import is_packaged
from advisor.text.digest import sha256

PROFILES = ("production",)
"""Groups of checks that are silent unless they are selected."""
REQUIRED = ("id", "title", "severity", "because", "source", "as_of", "since")


class Check(Value):
    """One thing the gate looks for.

    ``fault`` says the fault (a condition of ``advisor.gate.rules.predicate``), or ``python`` (a
    name for ``advisor.gate.rules.judge.predicate``). A check with neither is raised by the code
    that reads, walks the service model or pairs a configuration with its workload.
    """

    id: str
    title: str
    severity: str
    because: str
    source: str
    as_of: str
    since: str
    applies_to: tuple[str, ...] = ()  # kinds of resources
    dialects: tuple[str, ...] = ()  # empty: every dialect
    each: tuple[str, ...] = ()  # lists (or objects) of the resource that are looked at one by one
    fault: Mapping[str, Any] | None = None
    python: str = ""
    at: tuple[str, ...] = ()  # the finding points at the first of these that is there
    message: str = ""
    fix: str = ""
    profile: str = ""  # silent unless the profile is selected
    instead_of: tuple[str, ...] = ()  # findings of the service model that this one replaces
    milder: Mapping[str, Mapping[str, Any]] = {}  # severity -> when it is that, not the check's own
    suggests: str = ""  # the fact of ``Served`` that stands in place of the value
    linters: tuple[str, ...] = ()  # rules of other linters that ask for what this one refuses

    def finding(self, message: str, file: str, line: int = 0, column: int = 0) -> GateFinding:
        """What the check finds at a place, with its own severity, reason, source and fix."""
        return GateFinding(
            rule=self.id,
            severity=self.severity,
            message=message,
            file=file,
            line=line,
            column=column,
            because=self.because,
            source=self.source,
            as_of=self.as_of,
            fix=self.fix,
        )


@cache
def load_checks() -> Mapping[str, Check]:
    """Every check by its id, in the order of the files.

    Raises:
        RulebookError: a file cannot be read, an entry lacks a key, has an unknown one, or repeats
            an id.
    """
    return {entry["id"]: _check(entry) for entry in _compiled()["checks"]}


@cache
def bounded_fields() -> list[list[Any]]:
    """Operation, path and largest value of each field of AWS's API that a limit bounds."""
    found: list[list[Any]] = _compiled()["fields"]
    return found


def carried_settings() -> list[dict[str, Any]]:
    """The entries of the settings that carry a fact of their workload."""
    found: list[dict[str, Any]] = _compiled()["settings"]
    return found


def compile_checks(rules: Mapping[str, Any]) -> dict[str, Any]:
    """The entries of every file, as plain values: what a wheel carries beside the files.

    Raises:
        RulebookError: a file cannot be read, an entry lacks a key or has an unknown one, or a
            reference does not resolve.
    """
    limited = fields(rules["options"])
    known = {**of_fields(limited), **of_constants(rules["sizing"])}
    entries = [entry for file in _texts() for entry in _entries(file)]
    return {
        "checks": referred(entries, known),
        "settings": referred(
            read_yaml_rules(rule_path("checks", "intent.yaml"))["settings"], known
        ),
        "fields": [
            [each.operation, path, each.most] for each in limited.values() for path in each.paths
        ],
    }


@cache
def _compiled() -> dict[str, Any]:
    """What a wheel carries; of a checkout's live files what the user's cache has of them."""
    if is_packaged(rules_directory()):
        shipped = read_object(rule_path("checks", "compiled.json"))
        if shipped is not None:
            return shipped
    of_rules = digest_of(rules_directory())
    digest = sha256(b"".join([*_texts().values(), of_rules.encode()]))
    path = cached_file(f"checks-{digest[:32]}.json")
    kept = read_object(path)
    if kept is None or kept.get("digest") != digest:
        from advisor.rulebook.load import compiled

        kept = {"digest": digest, **compile_checks(compiled(rules_directory()))}
        keep(path, kept)
    return kept


def require_known(names: Iterable[str], also: Collection[str] = (), file: str = "") -> None:
    """Refuse what is the id of no check, of no finding that an answer can have, and no other word.

    Raises:
        InputError: there is such a name.
    """
    known: set[str] = set()
    for name in names:
        known = known or {*load_checks(), *also}
        if name in known or name in _of_answers():
            continue
        from advisor.text.spelling import nearest

        near = nearest(name, sorted(known))
        hint = f"did you mean {near}?" if near else "sm-advise rules list prints every id"
        raise InputError(f"the rule {name} does not exist", file=file, hint=hint)


def _of_answers() -> frozenset[str]:
    """The ids of the findings that an answer to a workload can have."""
    from advisor.rulebook.load import compiled

    rules = compiled(rules_directory())
    return frozenset([*rules["findings"], *(entry["id"] for entry in rules["cautions"])])


def _texts() -> dict[str, bytes]:
    """The files of checks, in the order of their names."""
    folder = rule_path("checks")
    found: dict[str, bytes] = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith(".yaml"):
            file = os.path.join(folder, name)
            with open(file, "rb") as stream:
                found[file] = stream.read()
    return found


def _entries(file: str) -> list[dict[str, Any]]:
    """The checks of a file, each with every key that it needs and no other."""
    entries: list[dict[str, Any]] = read_yaml_rules(file)["checks"]
    for entry in entries:
        missing = [key for key in REQUIRED if not entry.get(key)]
        strange = sorted(set(entry) - set(Check.__annotations__))
        if missing or strange or entry["severity"] not in SEVERITIES:
            raise RulebookError(
                f"{file}: {entry.get('id', entry)}: missing {missing}, unknown {strange}, "
                f"severity {entry.get('severity')}"
            )
    return entries


def _check(entry: dict[str, Any]) -> Check:
    fields = dict(entry)
    for key in _TUPLES & fields.keys():
        value = fields[key]
        fields[key] = tuple(value) if isinstance(value, list) else (value,)
    return Check(**fields)


_TUPLES = frozenset({"applies_to", "dialects", "each", "at", "instead_of", "linters"})
