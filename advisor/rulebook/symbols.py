"""Names in conditions replaced by numbers: words, limits and features, for one limits mode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from advisor.model.errors import RulebookError
from advisor.rulebook.conditions import make
from advisor.rulebook.entries import bounds_by_limit, negated, words
from advisor.rulebook.types import INFINITY, Admitted, Condition, Feature


class Symbols:
    """The value of a name in a rule file."""

    def __init__(
        self,
        compiled: Mapping[str, Any],
        limits: str,
        index: Mapping[str, int],
        features: Sequence[Feature],
    ) -> None:
        self.index = index
        self.limits = limits
        self.features = features
        self.feature = {feature.id: feature for feature in features}
        self.bounds = bounds_by_limit(compiled["options"], limits)
        self.words = words(compiled["words"], self.number)

    def number(self, fact: str, operand: Any, side: str) -> int:
        """An operand as an integer; a word stands for the end that ``side`` asks for."""
        if isinstance(operand, dict):
            return self.bound(operand["limit"])[0].high
        if isinstance(operand, str):
            word = self.words[fact, operand]
            return word.low if side == "low" else word.high
        return int(operand)

    def bound(self, limit: str) -> tuple[Admitted, str, Any]:
        """What a limit admits in force, its fact and its raw ``when``.

        Raises:
            RulebookError: no limit has that id.
        """
        if limit not in self.bounds:
            raise RulebookError(f"the limit {limit!r} does not exist")
        return self.bounds[limit]

    def condition(self, raw: Any) -> Condition:
        """A compiled condition with its symbols replaced."""
        return make(self._form(raw))

    def _form(self, raw: Any) -> tuple[Any, ...]:
        kind = raw[0]
        if kind in ("all", "any"):
            return (kind, tuple(self._form(part) for part in raw[1]))
        if kind == "within":
            return self._within(raw[1])
        if kind == "need":
            return ("need", self.index["needs"], self.feature[raw[1]].bit, raw[2])
        if kind in ("one", "listed"):
            bits = raw[2] if kind == "one" else self.bound(raw[2])[0].words or 0
            return ("one", self.index[raw[1]], bits if raw[3] else ~bits)
        low, high = self._range(raw[1], raw[2])
        return ("in", self.index[raw[1]], low, high)

    def _range(self, fact: str, tests: Mapping[str, Any]) -> tuple[int, int]:
        low, high = 0, INFINITY
        for name, operand in tests.items():
            if name in ("at_least", "is"):
                low = max(low, self.number(fact, operand, "low"))
            if name in ("at_most", "is"):
                high = min(high, self.number(fact, operand, "high"))
            if name == "above":
                low = max(low, self.number(fact, operand, "high") + 1)
            if name == "below":
                high = min(high, self.number(fact, operand, "low") - 1)
        return low, high

    def _within(self, limit: str) -> tuple[Any, ...]:
        """Met: inside the bound in force, or the limit does not apply."""
        admits, fact, when = self.bound(limit)
        inside: tuple[Any, ...] = ("in", self.index[fact], admits.low, admits.high)
        if admits.words is not None:
            inside = ("one", self.index[fact], admits.words)
        if when is None:
            return inside
        applies = make(self._form(when)).form
        return ("any", (inside, negated(applies)))
