"""Cautions and what lies outside the four options, resolved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisor.rulebook.entries import origin
from advisor.rulebook.symbols import Symbols
from advisor.rulebook.types import ANYTHING, Admitted, Caution, Outside


def caution_entry(raw: Mapping[str, Any], symbols: Symbols) -> Caution:
    """A warning about an option."""
    sound = ANYTHING
    for name, operand in raw["bound"].items():
        if name == "mask":
            sound = Admitted(low=0, high=0, words=operand)
        elif name == "at_most":
            sound = sound._replace(high=symbols.number(raw["fact"], operand, "high"))
        else:
            sound = sound._replace(low=symbols.number(raw["fact"], operand, "low"))
    return Caution(
        id=raw["id"],
        title=raw["title"],
        options=tuple(raw["options"]),
        variable=symbols.index[raw["fact"]],
        sound=sound,
        when=symbols.condition(raw["when"]) if raw["when"] else None,
        says=raw["says"],
        fix=raw.get("fix", ""),
        severity=raw["severity"],
        consider=tuple(raw.get("consider", ())),
        ways=tuple(raw["ways"]),
        origin=origin(raw),
    )


def outside_entry(raw: Mapping[str, Any], symbols: Symbols) -> Outside:
    """Something outside the four options."""
    when = symbols.condition(raw["when"])
    return Outside(
        id=raw["id"], title=raw["title"], when=when, applies=raw["applies"], origin=origin(raw)
    )
