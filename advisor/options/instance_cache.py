"""Needs that lead to the same instance type, so that each type is looked for once.

A type fits while its memory and its vCPUs reach the need, so a choice can only change where a need
passes what some type has. Between two such steps all needs are answered alike.
"""

from bisect import bisect_left
from collections.abc import Mapping
from typing import TypeAlias

from advisor.options.memory import Need
from advisor.options.plan_builder import Draft
from advisor.rulebook.hardware import Instance

_MOST_SHELVES = 64
_MOST_REMEMBERED = 4096

Key: TypeAlias = tuple[object, ...]
# What the types of one class have, in ascending order: MiB of the host that are planned for, MiB of
# all devices, vCPUs.
Steps: TypeAlias = tuple[list[int], list[int], list[int]]
# A type, and what it has, in words.
Found: TypeAlias = tuple[Instance, str]

_known: dict[tuple[str, str], Steps] = {}  # by digest of the rules and class of types


class Shelf:
    """The types found with one set of rules, Region and price list."""

    __slots__ = ("found", "prices")

    def __init__(self, prices: Mapping[str, int] | None) -> None:
        self.prices = prices  # held, so that the id by which the shelf is found stays theirs
        self.found: dict[Key, Found | None] = {}

    def key(self, draft: Draft, need: Need) -> Key:
        """Equal for needs that lead to the same type."""
        host, devices, vcpus = _steps(draft, need.accelerator)
        return (
            need.accelerator,
            bisect_left(host, need.host_mib),
            bisect_left(devices, need.accelerator_mib),
            bisect_left(vcpus, need.workers),
            need.precision,
            need.arm,
            need.local_disk,
            need.single_device,
            need.transform,
        )

    def put(self, key: Key, found: Found | None) -> None:
        """Remember what was found, ``None`` where no type fits."""
        if len(self.found) >= _MOST_REMEMBERED:
            self.found.clear()
        self.found[key] = found


_shelves: dict[tuple[str, str | None, int], Shelf] = {}


def shelf(draft: Draft, prices: Mapping[str, int] | None) -> Shelf:
    """The shelf for a draft's rules and Region and a list of prices, which does not change."""
    place = (draft.facts.book.digest, draft.facts.region, id(prices))
    found = _shelves.get(place)
    if found is None:
        if len(_shelves) >= _MOST_SHELVES:
            _shelves.clear()
        found = _shelves[place] = Shelf(prices)
    return found


def usable_mib(draft: Draft, instance: Instance) -> int | None:
    """Host memory that is planned for, in MiB."""
    if instance.memory_mib is None:
        return None
    return int(instance.memory_mib * draft.number("usable-memory"))


def _steps(draft: Draft, accelerator: str) -> Steps:
    place = (draft.facts.book.digest, accelerator)
    found = _known.get(place)
    if found is None:
        types = draft.knowledge.catalogue.candidates(accelerator)
        found = _known[place] = (
            sorted({usable_mib(draft, each) or 0 for each in types}),
            sorted({each.accelerator_total_mib for each in types}),
            sorted({each.vcpu or 0 for each in types}),
        )
    return found
