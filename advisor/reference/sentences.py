"""Conditions and bounds of rule files in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from advisor.configuration.rulefiles import read_json_rules
from advisor.text.quantity_format import word

_READ = read_json_rules("service", "reference.json")
_COMPARISONS, _REFERENCES = _READ["comparisons"], _READ["references"]


def listed(words: Sequence[object] | Mapping[str, str], last: str = "or") -> str:
    """``a, b or c``; or what a reference to a list stands for."""
    if isinstance(words, Mapping):
        return value(words)
    texts = [value(word) for word in words]
    return f"{', '.join(texts[:-1])} {last} {texts[-1]}" if len(texts) > 1 else "".join(texts)


def value(raw: object) -> str:
    """One operand: a quantity or word as written, a list, or the bound of a limit."""
    if isinstance(raw, bool):
        return word(raw)
    if isinstance(raw, Mapping):
        ((reference, name),) = raw.items()
        return f"{_REFERENCES[reference]} {name}"
    return listed(raw) if isinstance(raw, list) else str(raw)


def condition(raw: Mapping[str, Any]) -> str:
    """A condition of the closed vocabulary in words."""
    return " and ".join(_part(key, operand) for key, operand in raw.items())


def hosting_condition(raw: Mapping[str, Any]) -> str:
    """A condition of ``many_models.yaml`` in words."""
    return " and ".join(_hosting_part(key, operand) for key, operand in raw.items()) or "always"


def _hosting_part(key: str, operand: Any) -> str:
    if key == "needs":
        return f"{listed(operand)} is needed"
    if key == "models":
        bounds_of = (f"{_COMPARISONS[name]} {each}" for name, each in operand.items())
        return f"models {' and '.join(bounds_of)}"
    return f"{key} is {value(operand)}"


def _part(key: str, operand: Any) -> str:
    if key in ("all", "any"):
        joint = " and " if key == "all" else " or "
        return joint.join(
            f"({condition(each)})" if _joined(each) else condition(each) for each in operand
        )
    if key == "within":
        return f"{operand} is met"
    if key.startswith("needs."):
        return f"{key[len('needs.') :]} is {'needed' if operand else 'not needed'}"
    if isinstance(operand, Mapping) and "limit" not in operand:
        return " and ".join(
            f"{key} {_COMPARISONS[name]} {value(each)}" for name, each in operand.items()
        )
    return f"{key} is {value(operand)}"


def _joined(raw: Mapping[str, Any]) -> bool:
    return len(raw) > 1 or "all" in raw or "any" in raw


def bound(raw: Mapping[str, Any]) -> str:
    """The bound of a limit or caution: ``at most 6 MB``, ``only csv or jsonlines``."""
    for name in ("at_most", "at_least", "above", "below"):
        if name in raw:
            return f"{_COMPARISONS[name]} {value(raw[name])}"
    if "tiers" in raw:
        return f"at most {value(raw['tiers'][-1])}, in sizes of {listed(raw['tiers'])}"
    if "one_of" in raw:
        return f"only {listed(raw['one_of'])}"
    return f"not {listed(raw['not_in'])}"


def bounds(raw: Mapping[str, Any]) -> str:
    """All bounds of a word."""
    found = [
        f"{_COMPARISONS[name]} {value(raw[name])}"
        for name in ("above", "at_least", "below", "at_most")
        if name in raw
    ]
    return " and ".join(found)
