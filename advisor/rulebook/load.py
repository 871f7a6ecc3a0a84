"""``rules/`` to a ``Rulebook``, resolved for one limits mode.

A wheel carries the compiled form, made when it was built. In a checkout the live files are hashed
and the compiled form is kept in the user's cache under that digest: a stale one cannot be read.
"""

from __future__ import annotations

import json
import os
from typing import Any

from advisor.rulebook.resolve import Rulebook, resolve
from advisor.rulebook.source import Folder, is_packaged, rules_directory

_loaded: dict[tuple[str, str], Rulebook] = {}


def load(limits: str = "safe", rules: Folder | None = None) -> Rulebook:
    """The rulebook for ``safe`` or ``latest`` limits; read once per process and folder.

    Raises:
        RulebookError: the rules cannot be read or contradict themselves.
    """
    folder = rules or rules_directory()
    key = (os.fspath(folder), limits)
    if key not in _loaded:
        _loaded[key] = resolve(compiled(folder), limits)
    return _loaded[key]


def compiled(rules: Folder) -> dict[str, Any]:
    """The compiled form of a rules folder.

    Raises:
        RulebookError: a rule file cannot be read.
    """
    shipped = _read(os.path.join(rules, "compiled.json")) if is_packaged(rules) else None
    if shipped is not None:
        return shipped
    from advisor.rulebook.digest import digest

    wanted = digest(rules)
    cached = os.path.join(_cache_directory(), f"rules-{wanted[7:39]}.json")
    found = _read(cached)
    if found is not None and found.get("digest") == wanted:
        return found
    fresh = _compile(rules)
    _keep(cached, fresh)
    return fresh


def _compile(rules: Folder) -> dict[str, Any]:
    from advisor.rulebook.compile import compile_rules

    return compile_rules(rules)


def _read(path: str) -> dict[str, Any] | None:
    try:
        with open(path, "rb") as file:
            value = json.loads(file.read())
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def _cache_directory() -> str:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(base, "sm-advise")


def _keep(path: str, value: dict[str, Any]) -> None:
    """Write whole or not at all; a cache that cannot be written is only slower."""
    import tempfile

    try:
        folder = os.path.dirname(path)
        os.makedirs(folder, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".rules-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(value, file, separators=(",", ":"))
        os.replace(name, path)
    except OSError:
        return
