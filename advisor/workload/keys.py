"""The keys of a workload file and the features: read from the rules, each when first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from advisor.model.value import Value


class Key(Value):
    """The accepted values of one key path.

    ``kind`` is a kind of quantity (``quantity.KINDS``), ``word``, ``flag``, ``text`` (of a
    form), ``texts`` (a list of them), ``named`` (a mapping of free names to them), ``needs``,
    ``record`` (a mapping that is kept together), ``models``, ``variants``, ``windows``, ``waivers``
    or ``section``.
    """

    path: str
    kind: str
    about: str
    example: str = ""
    words: tuple[str, ...] = ()  # accepted instead of a number; all there is for a `word`
    parts: tuple[str, ...] = ()  # typical, p99, max: a quantity may be split into them
    form: str = ""  # of advisor.workload.forms.forms
    least: int = 1  # base units that a stated point must reach
    most: int | None = None  # base units, or items of a list
    exact: bool = False  # one number, no range
    short_for: str = ""  # of a `word`: the name of the key below for which it stands
    required: str = ""  # what to do when it is not stated; empty where it need not be

    @property
    def single(self) -> str:
        """The part for which one quantity stands; empty for a key that is not split.

        Limits read the largest of sizes and times; a number of tokens is the usual one.
        """
        return "" if not self.parts else "typical" if self.kind == "count" else "max"


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
