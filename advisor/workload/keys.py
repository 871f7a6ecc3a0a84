"""The keys of a workload file and the features: read from the rules, each when first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from advisor.workload.key import Key


@cache
def keys(of: str = "") -> Mapping[str, Key]:
    """The keys of a workload file by path, in the order of ``keys.yaml``.

    Args:
        of: the key of a list or of acceptances: the keys of one item of it instead.

    Raises:
        RulebookError: the rules cannot be read.
    """
    return {each["path"]: Key(**_fields(each)) for each in _rules()["keys"][of]}


def _fields(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a key; JSON has no tuples."""
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()
    }


@cache
def required() -> Mapping[str, str]:
    """What every file must state, and what to do when it does not: none of a decision's keys."""
    known = keys()
    records = tuple(f"{path}." for path, key in known.items() if key.kind == "record")
    return {
        path: key.required
        for path, key in known.items()
        if key.required and not path.startswith(records)
    }


@cache
def features() -> Mapping[str, bool]:
    """The features that ``needs`` takes, and whether a share of the requests may stand for true.

    Those of the rules that no fact asks for. Read when a file first states needs.

    Raises:
        RulebookError: the rules cannot be read.
    """
    entries = _rules()["features"]
    return {each["id"]: each.get("share", False) for each in entries if "fact" not in each}


def _rules() -> dict[str, Any]:
    from advisor.rulebook.cache import rules_directory
    from advisor.rulebook.load import compiled

    return compiled(rules_directory())
