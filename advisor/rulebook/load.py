"""``rules/`` to a ``Rulebook``, resolved for one limits mode.

A wheel carries the compiled form, made when it was built. In a checkout the live files are hashed
and the compiled form is kept in the user's cache under that digest: a stale one cannot be read.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from advisor.model.workload import Workload
from advisor.rulebook.cache import cached_file, keep, read_object, rules_directory
from advisor.rulebook.resolve import Rulebook, resolve
from advisor.rulebook.source import Folder, is_packaged

_in_use: list[dict[str, Any]] = []
TOLD_REGIONS: dict[str, Mapping[str, Any]] = {}
"""Regions that the settings which were read tell of: a workload is read before its settings."""
_loaded: dict[tuple[str, str, str], Rulebook] = {}


def load(limits: str = "safe", rules: Folder | None = None, overlay: str = "") -> Rulebook:
    """The rulebook for ``safe`` or ``latest`` limits; read once per process, folder and overlay.

    Raises:
        RulebookError: the rules cannot be read or contradict themselves.
    """
    folder = rules or rules_directory()
    key = (os.fspath(folder), limits, overlay)
    if key not in _loaded:
        _loaded[key] = resolve(compiled(folder, overlay), limits)
        _loaded[key].model_tables = _model_tables
    return _loaded[key]


def book_for(workload: Workload, limits: str | None = None) -> Rulebook:
    """The rulebook for a workload: for limits that are asked for, else its own, else ``safe``.

    Raises:
        RulebookError: the rules cannot be read or contradict themselves.
    """
    limits = limits or workload.text("limits") or "safe"
    return load(limits, overlay=workload.settings.overlay)


def compiled(rules: Folder, overlay: str = "") -> dict[str, Any]:
    """The compiled form of a rules folder; that of the rules in use is read once per process.

    Raises:
        RulebookError: a rule file cannot be read.
    """
    if overlay or os.fspath(rules) != rules_directory():
        return _read(rules, overlay)
    if not _in_use:
        _in_use.append(_read(rules, ""))
    return _in_use[0]


def known_regions() -> Mapping[str, Mapping[str, Any]]:
    """The Regions of the rules in use and of settings: every one that is no misspelling.

    Raises:
        RulebookError: the rules cannot be read.
    """
    rules = _in_use[0] if _in_use else compiled(rules_directory())
    found: Mapping[str, Mapping[str, Any]] = rules["regions"]["regions"]
    return {**found, **TOLD_REGIONS} if TOLD_REGIONS else found


def _read(rules: Folder, overlay: str) -> dict[str, Any]:
    if not overlay and is_packaged(rules):
        shipped = read_object(os.path.join(rules, "compiled.json"))
        if shipped is not None:
            return shipped
    from advisor.rulebook.digest import digest

    wanted = digest(rules, overlay)
    cached = cached_file(f"rules-{wanted[7:39]}.json")
    found = read_object(cached)
    if found is not None and found.get("digest") == wanted:
        return found
    fresh = _compile(rules, overlay)
    keep(cached, fresh)
    return fresh


def _model_tables() -> Mapping[str, Any]:
    from advisor.rulebook.model_tables import model_tables  # most workloads name no model

    return model_tables()


def _compile(rules: Folder, overlay: str) -> dict[str, Any]:
    from advisor.rulebook.compile import compile_rules

    return compile_rules(rules, overlay)
