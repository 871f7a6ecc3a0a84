"""Instances for copies of several sizes: filled one after the other, the largest copies first."""

# No `from __future__ import annotations` here: NamedTuple compiles annotations that are texts.
from collections.abc import Iterable
from typing import NamedTuple

MILLI = 1000  # of a vCPU: cores are counted in thousandths, so that sums stay exact


class Room(NamedTuple):
    """What an instance has, or a copy takes."""

    cores: int  # thousandths of a vCPU
    memory_mib: int
    devices: int

    def copies(self, copy: "Room") -> int:
        """How many equal copies find room; the scarcest resource decides."""
        pairs = zip(self, copy, strict=True)
        return min(has // takes for has, takes in pairs if takes)

    def without(self, copy: "Room", number: int) -> "Room":
        """What is left beside some copies."""
        return Room(
            self.cores - number * copy.cores,
            self.memory_mib - number * copy.memory_mib,
            self.devices - number * copy.devices,
        )


def instances(copies: Iterable[tuple[Room, int]], instance: Room) -> int:
    """Instances that first-fit-decreasing takes for all copies.

    Args:
        copies: what one copy takes, and how many of it there are.
        instance: what one instance has; a copy that is larger gets an instance of its own.
    """
    bins: list[tuple[Room, int]] = []  # what is free, on how many instances
    order = sorted(copies, key=lambda each: _share(each[0], instance), reverse=True)
    for copy, number in order:
        left = number
        filled: list[tuple[Room, int]] = []
        for free, count in bins:
            most = free.copies(copy)
            taken = min(left, most * count)
            filled += _fill(free, count, copy, most, taken)
            left -= taken
        bins = filled
        most = max(1, instance.copies(copy))
        bins += _fill(instance, -(-left // most), copy, most, left)
    return sum(count for _, count in bins)


def _fill(free: Room, count: int, copy: Room, most: int, taken: int) -> list[tuple[Room, int]]:
    """Equal instances after some of them took copies: full ones, one in part, untouched ones."""
    if not taken:
        return [(free, count)] if count else []
    full, rest = divmod(taken, most)
    parts = [(free.without(copy, most), full)]
    if rest:
        parts.append((free.without(copy, rest), 1))
    parts.append((free, count - full - bool(rest)))
    return [part for part in parts if part[1] > 0]


def _share(copy: Room, instance: Room) -> float:
    """The largest part that a copy takes of any resource."""
    pairs = zip(copy, instance, strict=True)
    return max(takes / has for takes, has in pairs if has)
