"""The closed vocabulary in which a check says what a fault is, and its three answers.

A condition is true, false, or open (``None``) because a value it reads is not known. Only true is a
fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from advisor.configuration.document import Node, unknown
from advisor.configuration.partial_texts import all_of, any_of, as_text, negated, number
from advisor.gate.rules.instances import is_a
from advisor.model.errors import RulebookError
from advisor.model.value import Value

Condition = Mapping[str, Any]
Truth = bool | None


class Scope(Value):
    """Where a condition looks: one part of a resource, and the resource itself.

    A path such as ``ServerlessConfig.MaxConcurrency`` starts at ``part``; with a leading ``/`` it
    starts at the resource.
    """

    part: Node
    root: Node

    def find(self, path: str) -> Node | None:
        """The value at a path; an unknown one where something on the way is unknown."""
        node: Node | None = self.root if path.startswith("/") else self.part
        for step in path.lstrip("/").split("."):
            if node is None:
                return None
            if node.kind in ("unknown", "reference"):
                return unknown(
                    "it lies within a value that is not known", node.mark, maybe_absent=True
                )
            held = node.value if node.kind == "map" else ()
            found, made = node.get(step), any(key.startswith("Fn::") for key in held)
            if found is None and made:
                return unknown("a function makes more entries", node.mark, maybe_absent=True)
            node = found
        return node


def holds(condition: Condition, scope: Scope) -> Truth:
    """Whether a condition holds of a scope; ``None`` when that is open.

    Raises:
        RulebookError: the condition uses a word that the vocabulary does not have.
    """
    for word, reading in _READINGS.items():
        if word in condition:
            return reading(condition, scope)
    raise RulebookError(f"no condition of a check: {dict(condition)}")


def compared(condition: Condition) -> frozenset[str]:
    """The paths whose values, not only whose presence, a condition looks at."""
    found: set[str] = set()
    for word, value in condition.items():
        if word in ("field", "instance") or word.endswith("_field"):
            found.add(value)
        elif word == "product":
            found.update(value)
        elif word in ("all", "any"):
            for part in value:
                found |= compared(part)
        elif word == "not":
            found |= compared(value)
    return frozenset(found)


def lacking(condition: Condition) -> Iterator[str]:
    """The paths whose absence a condition asks for."""
    for word, value in condition.items():
        if word == "lacks":
            yield value
        elif word in ("all", "any"):
            for part in value:
                yield from lacking(part)


def _has(condition: Condition, scope: Scope) -> Truth:
    node = scope.find(condition["has"])
    if node is None:
        return False
    if node.kind == "unknown" and node.value.maybe_absent:
        return None
    return True


def _field(condition: Condition, scope: Scope) -> Truth:
    """A comparison of one value with a constant, or with another value (``…_field``)."""
    node = scope.find(condition["field"])
    if node is None:
        return False
    if node.kind == "text" and "starts_with" in condition:
        return _starts(node.value, condition["starts_with"])
    for word, compare in _COMPARISONS.items():
        if word in condition:
            return None if node.kind != "scalar" else compare(node.value, condition[word])
        if f"{word}_field" in condition:
            return _between(node, scope.find(condition[f"{word}_field"]), word, compare)
    raise RulebookError(f"no comparison of a check: {dict(condition)}")


def _between(node: Node, other: Node | None, word: str, compare: Callable[..., Truth]) -> Truth:
    """Two values compared; references compare as references, never as text."""
    if other is None:
        return False
    if word == "is" and node.kind == other.kind and node.kind in ("reference", "text"):
        if node.value == other.value:
            return True
        return None if node.kind == "text" else False
    if node.kind != "scalar" or other.kind != "scalar":
        return None
    return compare(node.value, other.value)


def _count(condition: Condition, scope: Scope) -> Truth:
    """The number of entries of a list or map, where unknown entries may be none or many."""
    node = scope.find(condition["count"])
    if node is None:
        return _bounded(0, 0, condition)
    if node.kind not in ("list", "map"):
        return None
    entries = node.items() if node.kind == "list" else list(node.value.values())
    certain = sum(1 for entry in entries if entry.kind != "unknown")
    return _bounded(certain, certain if certain == len(entries) else None, condition)


def _bounded(low: int, high: int | None, condition: Condition) -> Truth:
    if "above" in condition:
        limit = condition["above"]
        return True if low > limit else False if high is not None and high <= limit else None
    limit = condition["below"]
    return True if high is not None and high < limit else False if low >= limit else None


def _product(condition: Condition, scope: Scope) -> Truth:
    result: float = 1
    for path in condition["product"]:
        node = scope.find(path)
        if node is None:
            return False
        value = _number(node.value) if node.kind == "scalar" else None
        if value is None:
            return None
        result *= value
    return bool(result > condition["above"])


def _instance(condition: Condition, scope: Scope) -> Truth:
    """Whether an instance type has a property of ``advisor.gate.rules.instances``."""
    node = scope.find(condition["instance"])
    if node is None:
        return False
    return is_a(str(node.value), condition["is"]) if node.kind == "scalar" else None


def _starts(parts: tuple[Any, ...], wanted: Any) -> Truth:
    """Whether a text known in part starts with one of some words."""
    first = parts[0] if isinstance(parts[0], str) else ""
    if any(first.startswith(word) for word in _listed(wanted)):
        return True
    return None if any(word.startswith(first) for word in _listed(wanted)) else False


def _number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    return number(value) if isinstance(value, str) else None


def _ordered(compare: Callable[[float, float], bool]) -> Callable[[Any, Any], Truth]:
    def answer(value: Any, bound: Any) -> Truth:
        left, right = _number(value), _number(bound)
        return None if left is None or right is None else compare(left, right)

    return answer


def same(value: Any, wanted: Any) -> bool:
    """Whether two scalars mean the same to the API: ``"1"`` is 1, ``"true"`` is true."""
    return as_text(value) == as_text(wanted)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


_COMPARISONS: dict[str, Callable[[Any, Any], Truth]] = {
    "is": same,
    "one_of": lambda value, wanted: any(same(value, item) for item in wanted),
    "not_in": lambda value, wanted: not any(same(value, item) for item in wanted),
    "above": _ordered(lambda value, bound: value > bound),
    "below": _ordered(lambda value, bound: value < bound),
    "at_least": _ordered(lambda value, bound: value >= bound),
    "at_most": _ordered(lambda value, bound: value <= bound),
    "starts_with": lambda value, wanted: any(str(value).startswith(w) for w in _listed(wanted)),
    "matches": lambda value, wanted: re.search(wanted, str(value)) is not None,
}

_READINGS: dict[str, Callable[[Condition, Scope], Truth]] = {
    "has": _has,
    "lacks": lambda condition, scope: negated(_has({"has": condition["lacks"]}, scope)),
    "all": lambda condition, scope: all_of(holds(part, scope) for part in condition["all"]),
    "any": lambda condition, scope: any_of(holds(part, scope) for part in condition["any"]),
    "not": lambda condition, scope: negated(holds(condition["not"], scope)),
    "field": _field,
    "count": _count,
    "product": _product,
    "instance": _instance,
}
