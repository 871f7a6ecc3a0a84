"""What a project and its organisation say: ``pyproject.toml`` and ``.sm-advise.yaml``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from advisor.errors import InputError
from advisor.gate.document import Node
from advisor.gate.finding import SEVERITIES, Acceptance
from advisor.gate.locking import LOCK_FILE
from advisor.gate.setting_values import (
    COUNT,
    COUNTS,
    MAPPING,
    MAPPINGS,
    PAIRS,
    TEXT,
    TEXTS,
    TRUTH,
    Places,
    one_of,
    require,
    some_of,
)
from advisor.gate.source import read_source
from advisor.gate.yaml_reader import read_yaml
from advisor.value import Value

ORGANISATION_FILE = ".sm-advise.yaml"
ORGANISATION_SCHEMA = "sm-advise/organisation.v1"
CONCURRENCY = "serverless-concurrency"
"""The key of ``quotas`` that is no instance type."""
PROJECT_FILE = "pyproject.toml"
MOST_EXTENDED = 10
NEVER = "never"

NEEDS = {
    "vpc": ("Model", "VpcConfig"),
    "network-isolation": ("Model", "EnableNetworkIsolation"),
    "kms": ("EndpointConfig", "KmsKeyId"),
    "data-capture": ("EndpointConfig", "DataCaptureConfig"),
}
"""Need that an organisation may have everywhere -> kind of resource and field that carry it."""

_PROJECT = {
    "fail-on": one_of(*SEVERITIES, NEVER),
    "select": TEXTS,
    "ignore": TEXTS,
    "exclude": TEXTS,
    "region": TEXT,
    "baseline": TEXT,
    "accept": MAPPINGS,
    "pairs": PAIRS,
}
_ORGANISATION = {
    "schema": TEXT,
    "extends": TEXT,
    "region": TEXT,
    "limits": one_of("safe", "latest"),
    "owner": TEXT,
    "families": TEXTS,
    "needs": some_of(*NEEDS),
    "subnets": TEXTS,
    "tags": TEXTS,
    "quotas": COUNTS,
    "waivers": MAPPING,
}
_WAIVERS = {"never": TEXTS, "longest_days": COUNT, "inline": TRUTH}
_ACCEPTANCE = {"because": TEXT, "by": TEXT, "until": TEXT, "ticket": TEXT}


class Pair(Value):
    """A configuration that was made for a workload."""

    workload: str  # path
    artifact: str  # path, or path#address
    where: str  # who says so
    name: str = ""  # of the workload, in a file that holds several


def pair_of(workload: str, artifact: str, where: str) -> Pair:
    """A pair of a workload as people name it: a path, or path#name."""
    path, _, name = workload.partition("#")
    return Pair(path, artifact, where, name)


class Project(Value):
    """``[tool.sm-advise]``."""

    fail_on: str = ""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    region: str = ""
    baseline: str = ""
    accept: Mapping[str, Mapping[str, Acceptance]] = {}  # pattern of files -> rule -> why
    pairs: tuple[Pair, ...] = ()
    file: str = ""
    text: str = ""  # of the file, so that a waiver in it has a line


class Organisation(Value):
    """``.sm-advise.yaml`` with all that it extends."""

    region: str = ""
    limits: str = ""
    owner: str = ""
    families: tuple[str, ...] = ()  # instance families that are allowed; empty: all
    needs: tuple[str, ...] = ()  # vpc, kms, data-capture, network-isolation
    subnets: tuple[str, ...] = ()  # empty: any
    tags: tuple[str, ...] = ()  # keys that every resource carries
    quotas: Mapping[str, int] = {}  # instance type, or 'serverless-concurrency' -> how many
    never_waived: tuple[str, ...] = ()
    longest_waiver: int = 0  # days; 0: any
    inline_waivers: bool = True
    file: str = ""
    files: tuple[str, ...] = ()  # it, and those that it extends


def read_project(folder: str) -> Project:
    """The settings in the nearest ``pyproject.toml`` that has any, from a folder upwards.

    Raises:
        InputError: the section has a key or a value that is not known.
    """
    for parent in _upwards(folder):
        path = os.path.normpath(os.path.join(parent, PROJECT_FILE))
        try:
            with open(path, "rb") as stream:
                data = stream.read()
        except OSError:
            continue
        if b"tool.sm-advise" in data:
            return _project(path, data)
    return Project()


def _project(path: str, data: bytes) -> Project:
    import tomllib

    try:
        table = dict(tomllib.loads(data.decode("utf-8"))["tool"]["sm-advise"])
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"[tool.sm-advise] cannot be read: {error}", file=path) from None
    require(table, _PROJECT, path, "[tool.sm-advise]")
    base = os.path.dirname(path)
    return Project(
        fail_on=table.get("fail-on", ""),
        select=tuple(table.get("select", ())),
        ignore=tuple(table.get("ignore", ())),
        exclude=tuple(table.get("exclude", ())),
        region=table.get("region", ""),
        baseline=_beside(base, table.get("baseline", "")),
        accept={
            pattern: {rule: acceptance(why, path, rule) for rule, why in rules.items()}
            for pattern, rules in table.get("accept", {}).items()
        },
        pairs=tuple(
            pair_of(_beside(base, pair["workload"]), _beside(base, pair["artifact"]), path)
            for pair in table.get("pairs", ())
        ),
        file=path,
        text=data.decode("utf-8"),
    )


def acceptance(why: Any, file: str, rule: str) -> Acceptance:
    """A reason, as a text or as a mapping, as an acceptance.

    Raises:
        InputError: it gives no reason, or has a key that is not known.
    """
    entry = {"because": why} if isinstance(why, str) else why
    if not isinstance(entry, dict) or not str(entry.get("because", "")).strip():
        raise InputError(
            f"the acceptance of {rule} gives no reason",
            file=file,
            hint='write a reason, or {because: "…", by: …, until: YYYY-MM-DD, ticket: …}',
        )
    texts = {key: str(value) for key, value in entry.items()}  # TOML has dates of its own
    require(texts, _ACCEPTANCE, file, f"the acceptance of {rule}")
    return Acceptance(**texts, where=file)


@cache
def organisation_of(folder: str) -> Organisation:
    """The nearest ``.sm-advise.yaml`` from a folder upwards, with all that it extends.

    Raises:
        InputError: a file cannot be read, or has a key that is not known.
    """
    for parent in _upwards(folder):
        path = os.path.normpath(os.path.join(parent, ORGANISATION_FILE))
        if os.path.isfile(path):
            return _organisation(path)
    return Organisation()


def _organisation(path: str) -> Organisation:
    merged: dict[str, Any] = {}
    following, files = path, [path]
    for _ in range(MOST_EXTENDED):
        entries = _entries(following, "" if following == path else path)
        extends = entries.pop("extends", "")
        merged = _merged(entries, merged)
        if not extends:
            return _made(path, merged)._replace(files=tuple(files))
        following = _beside(os.path.dirname(following), extends)
        files.append(following)
    raise InputError(f"extends more than {MOST_EXTENDED} files, or itself", file=path)


def _merged(general: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """What a file says over what it extends; of mappings, key by key."""
    merged = {**general, **own}
    for key in general.keys() & own.keys():
        if isinstance(general[key], dict):
            merged[key] = {**general[key], **own[key]}
    return merged


def _entries(path: str, extended_by: str) -> dict[str, Any]:
    """What one file says.

    Raises:
        InputError: it cannot be read, or has a key or a value that is not known.
    """
    from advisor.gate.terraform_plan import plain

    try:
        parsed = read_yaml(read_source(path))
    except InputError as error:
        if extended_by:
            error.hint = f"{extended_by} extends it. {error.hint}".strip()
        raise
    if not parsed.documents:
        return {}
    node = parsed.documents[0]
    value = plain(node)
    if not isinstance(value, dict):
        raise InputError("a mapping is expected", file=path)
    for again in parsed.repeated:
        message = f"{again.key} stands twice; first on line {again.first.line}"
        raise InputError(message, file=path, line=again.mark.line, column=again.mark.column)
    _require(value, node, path)
    return value


def _require(entries: Mapping[str, Any], node: Node, path: str) -> None:
    """Refuse what no file of an organisation can say.

    Raises:
        InputError: there is such a key, value or name.
    """
    require(entries, _ORGANISATION, path, "this file", _places(node))
    waivers = entries.get("waivers", {})
    if waivers:
        require(waivers, _WAIVERS, path, "waivers", _places(node.value["waivers"]))
    if waivers.get("never"):
        from advisor.gate.checks import require_known

        require_known(waivers["never"], file=path)
    _require_names(entries, path, _places(node))


def _places(node: Node) -> dict[str, tuple[int, int]]:
    """Line and column of each key."""
    return {key: (each.place.line, each.place.column) for key, each in node.value.items()}


def _made(path: str, entries: dict[str, Any]) -> Organisation:
    waivers = entries.pop("waivers", {})
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in entries.items()
        if key != "schema"
    }
    return Organisation(
        never_waived=tuple(waivers.get("never", ())),
        longest_waiver=waivers.get("longest_days", 0),
        inline_waivers=waivers.get("inline", True),
        file=path,
        **values,
    )


def _require_names(entries: Mapping[str, Any], path: str, places: Places) -> None:
    """Refuse names that nothing would ever match.

    Raises:
        InputError: there is one.
    """

    def refused(key: str, message: str, hint: str) -> InputError:
        line, column = places[key]
        return InputError(message, file=path, line=line, column=column, hint=hint)

    if entries.get("schema", ORGANISATION_SCHEMA) != ORGANISATION_SCHEMA:
        message = f"schema: {entries['schema']} is not known here"
        raise refused("schema", message, f"write {ORGANISATION_SCHEMA}")
    for name in entries.get("families", ()):
        if "." in name:
            short = name.removeprefix("ml.").partition(".")[0]
            raise refused("families", f"{name} is no family", f"write {short}")
    for name in entries.get("quotas", {}):
        if name != CONCURRENCY and not (name.startswith("ml.") and name.count(".") == 2):
            message = f"{name} in quotas is neither an instance type nor {CONCURRENCY}"
            raise refused("quotas", message, f"such as ml.g5.xlarge: 4 or {CONCURRENCY}: 500")


def _beside(base: str, path: str) -> str:
    return os.path.normpath(os.path.join(base, path)) if path else ""


def lock_path(folder: str) -> str:
    """The nearest lock file from a folder upwards; without one, where it is to be."""
    for parent in _upwards(folder):
        path = os.path.join(parent, LOCK_FILE)
        if os.path.isfile(path):
            return os.path.normpath(path)
    return os.path.normpath(os.path.join(folder, LOCK_FILE))


def _upwards(folder: str) -> list[str]:
    """A folder and those around it, the innermost first, as far as the repository reaches."""
    found: list[str] = []
    current = os.path.abspath(folder or ".")
    while current not in found:
        found.append(current)
        if os.path.exists(os.path.join(current, ".git")):
            break
        current = os.path.dirname(current)
    return [os.path.relpath(path) if path.startswith(os.getcwd()) else path for path in found]
