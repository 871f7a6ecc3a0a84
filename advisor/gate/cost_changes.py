"""Two states of configurations → what each part of them costs before and after."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from advisor.compare.diff import ChangedValue, MostIncrease, Rise, over_increase, rise
from advisor.gate.costs import ConfiguredCost, ConfiguredCosts
from advisor.model.workload import Finding
from advisor.text.money_format import money
from advisor.text.paths import relative


class ChangedCosts(NamedTuple):
    """The totals of two states, and the rows that differ: what runs, and its money."""

    old: ConfiguredCosts
    new: ConfiguredCosts
    rows: tuple[ChangedValue, ...]

    @property
    def risen(self) -> Rise:
        """By how much the total rises."""
        return rise(self.old.total, self.new.total)

    def words(self, arrow: str) -> str:
        """The totals in a sentence."""
        by = f" ({self.risen.text})" if self.risen.text else ""
        return f"{money(self.old)} {arrow} {self.new.words}{by}"

    def exceeds(self, most: MostIncrease) -> Finding | None:
        """A finding where the total rose by more than is allowed, or may have."""
        if not self.rows:
            return None
        return over_increase(self.old.total, self.new.total, most, "everything")


def changed_costs(
    old: tuple[str, ConfiguredCosts], new: tuple[str, ConfiguredCosts]
) -> ChangedCosts:
    """The differences by address of a path with its costs, and one with what they are now."""
    sides = [_places(*old), _places(*new)]
    # Requests of several files have one address; the file tells them apart.
    places = ({(row.address, file) for file, row in side} for side in sides)
    several = {name for side in places for name, n in Counter(a for a, _ in side).items() if n > 1}
    before, after = (_by_name(side, several) for side in sides)
    rows = (
        ChangedValue(name, before.get(name), after.get(name))
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    )
    return ChangedCosts(old[1], new[1], tuple(rows))


def _places(path: str, costs: ConfiguredCosts) -> list[tuple[str, ConfiguredCost]]:
    """Each row with its file as the path sees it."""
    base = path if os.path.isdir(path) else os.path.dirname(path)
    alone = {row.file for row in costs.rows} == {path}  # a file may have another name later
    return [("" if alone else relative(row.file, base), row) for row in costs.rows]


def _by_name(side: Sequence[tuple[str, ConfiguredCost]], several: set[str]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    seen = Counter[str]()
    for file, row in side:
        name = " ".join(filter(None, (file * (row.address in several), row.address, row.part)))
        name += f", when {row.when}" if row.when else ""
        seen[name] += 1
        name += f" #{seen[name]}" if seen[name] > 1 else ""
        found[name] = f"{row.runs_on or '?'}: {row.money}"
    return found
