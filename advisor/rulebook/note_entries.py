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
            sound = Admitted(0, 0, operand)
        elif name == "at_most":
            sound = sound._replace(high=symbols.number(raw["fact"], operand, "high"))
        else:
            sound = sound._replace(low=symbols.number(raw["fact"], operand, "low"))
    return Caution(
        raw["id"],
        raw["title"],
        tuple(raw["options"]),
        symbols.index[raw["fact"]],
        sound,
        symbols.condition(raw["when"]) if raw["when"] else None,
        raw["says"],
        raw.get("fix", ""),
        raw["severity"],
        tuple(raw.get("consider", ())),
        tuple(raw["ways"]),
        origin(raw),
    )


def outside_entry(raw: Mapping[str, Any], symbols: Symbols) -> Outside:
    """Something outside the four options."""
    when = symbols.condition(raw["when"])
    return Outside(raw["id"], raw["title"], when, raw["applies"], origin(raw))
