"""The cases of a check: a base, the patches that make it fire or keep it silent, in each dialect.

``checks/<check>.yaml`` holds them. Its keys, and those of a case:

base       the configuration of ``checks/bases.yaml`` that is patched; a case may name another
settings   what the organisation's ``.sm-advise.yaml`` beside the configuration says
fires      why the check must find something; or ``silent``: why it must not
set        path -> value; a map from dialects to texts is written in those dialects as it stands
remove     paths that go
at         the path (or paths) at which the finding must stand
values     values that the path in ``at`` takes in turn, a case for each; or path -> such values
only       the dialects of the case; without it all that have its resources and the check
beside     errors of other checks that a silent case has
suggests   what the finding must propose instead; beside ``values``, a map from value to proposal
files      dialect -> the whole text, where the dialect itself is the subject; ``# here`` marks the
           lines of the finding and is taken out

``{repeat: X, times: N}`` stands for a text N times as long, a list of N, or a map of N entries; in
the entry's key, ``{n}`` is its number.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.gate.render import DIALECTS, FILES, Place, Verbatim, dialects_of, render

CASES = Path(__file__).parent.parent / "checks"
BASES = CASES / "bases.yaml"
FILES_OF_CHECKS = sorted(path for path in CASES.glob("*.yaml") if path != BASES)
HERE = re.compile(r" *# here$", re.MULTILINE)

_KEYS_OF_A_FILE = {"base", "settings", "cases"}
_KEYS_OF_A_CASE = {
    *("base", "settings", "fires", "silent", "set", "remove"),
    *("at", "values", "only", "beside", "suggests", "files"),
}


class Case(NamedTuple):
    """One configuration in one dialect, and what the check must say of it."""

    rule: str
    why: str
    fires: bool
    dialect: str
    file: str
    text: str
    places: tuple[Place, ...]  # of the findings
    settings: Mapping[str, Any]
    beside: tuple[str, ...]
    suggests: str | None

    def __str__(self) -> str:
        return f"{self.rule} in {self.dialect}: {self.why}\n{self.text}"


@cache
def cases_of(path: Path, possible: frozenset[str]) -> list[Case]:
    """The cases of a file, in each dialect in which the check is possible."""
    whole = _read(path)
    assert set(whole) <= _KEYS_OF_A_FILE, f"{path.name}: {set(whole) - _KEYS_OF_A_FILE}"
    found: list[Case] = []
    for entry in whole["cases"]:
        case = {"base": whole.get("base"), "settings": whole.get("settings", {}), **entry}
        assert set(case) <= _KEYS_OF_A_CASE, f"{path.name}: {set(case) - _KEYS_OF_A_CASE}"
        assert ("fires" in case) != ("silent" in case), f"{path.name}: {entry}"
        found += _literal(path.stem, case) if "files" in case else _patched(path, case, possible)
    return found


def _read(path: Path) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), loader)  # noqa: S506
    return found


@cache
def bases() -> dict[str, Any]:
    """The configurations that cases patch, by name."""
    return _read(BASES)


def _literal(rule: str, case: dict[str, Any]) -> Iterator[Case]:
    """A case in each dialect whose text it holds."""
    for dialect, text in case["files"].items():
        lines = [number for number, line in enumerate(text.splitlines(), 1) if HERE.search(line)]
        places = tuple(Place(line, frozenset()) for line in lines)
        yield _case(
            rule, case, dialect=dialect, file=FILES[dialect], text=HERE.sub("", text), places=places
        )


def _patched(path: Path, case: dict[str, Any], possible: frozenset[str]) -> Iterator[Case]:
    """A case in each dialect that can say it, for each of its values."""
    at = case.get("at", [])
    at = [at] if isinstance(at, str) else at
    varied = case.get("values", {})
    if isinstance(varied, list):
        varied = {at[0]: varied}
    for change in [{path: value} for path, values in varied.items() for value in values] or [{}]:
        changes = {**case.get("set", {}), **change}
        for dialect in DIALECTS:
            if dialect not in case.get("only", possible):
                continue
            configuration = copy.deepcopy(bases()[case["base"]])
            for where in case.get("remove", ()):
                _remove(configuration, where)
            if not all(_set(configuration, *each, dialect) for each in changes.items()):
                continue
            if dialect not in dialects_of(configuration):
                continue
            file = render(configuration, dialect)
            places = tuple(file.places[where] for where in at) if "fires" in case else ()
            value = next(iter(change.values()), None)
            yield _case(
                path.stem,
                case,
                dialect=dialect,
                file=file.name,
                text=file.text,
                places=places,
                value=value,
            )


def _case(
    rule: str,
    case: dict[str, Any],
    dialect: str,
    file: str,
    text: str,
    places: tuple[Place, ...],
    value: Any = None,
) -> Case:
    fires = "fires" in case
    why = case["fires"] if fires else case["silent"]
    suggests = case.get("suggests")
    if isinstance(suggests, dict):
        suggests = suggests.get(value)
    beside = tuple(case.get("beside", ()))
    settings = case["settings"]
    return Case(
        rule=rule,
        why=why,
        fires=fires,
        dialect=dialect,
        file=file,
        text=text,
        places=places,
        settings=settings,
        beside=beside,
        suggests=suggests,
    )


def steps(path: str) -> list[str | int]:
    """``Model.Containers[1]`` as its steps."""
    return [int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", path)]


def _set(configuration: Any, path: str, value: Any, dialect: str) -> bool:
    """Set a value, making what lies above it; whether the dialect can say it."""
    if isinstance(value, dict) and value and set(value) <= set(DIALECTS):
        if dialect not in value:
            return False
        value = value[dialect] if dialect == "request" else Verbatim(value[dialect])
    value = _repeated(copy.deepcopy(value))
    *above, last = steps(path)
    holder = configuration
    for step in above:
        holder = holder.setdefault(step, {}) if isinstance(holder, dict) else holder[step]
    if isinstance(holder, list) and last == len(holder):
        holder.append(value)
    else:
        holder[last] = value
    return True


def _repeated(value: Any) -> Any:
    """A value in which what is to be repeated is."""
    if isinstance(value, list):
        return [_repeated(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    if set(value) != {"repeat", "times"}:
        return {key: _repeated(inner) for key, inner in value.items()}
    each, times = _repeated(value["repeat"]), value["times"]
    if isinstance(each, str):
        return each * times
    copies = [_numbered(each, f"{number:02}") for number in range(times)]
    if any("{n}" in key for key in each):
        return {key: inner for copied in copies for key, inner in copied.items()}
    return copies


def _numbered(each: Mapping[str, Any], number: str) -> dict[str, Any]:
    """A map with its number in place of ``{n}``."""
    return {
        key.replace("{n}", number): inner.replace("{n}", number)
        if isinstance(inner, str)
        else inner
        for key, inner in each.items()
    }


def _remove(configuration: Any, path: str) -> None:
    *above, last = steps(path)
    holder = configuration
    for step in above:
        holder = holder[step]
    del holder[last]
