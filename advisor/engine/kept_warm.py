"""Whether serverless kept warm costs less than the instances that would serve instead."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache

from advisor.catalogue.price_snapshot import Prices, shipped
from advisor.engine.decide import status
from advisor.model.options import ASYNCHRONOUS, REAL_TIME
from advisor.rulebook.cache import rules_directory
from advisor.rulebook.formulas import IN_FLIGHT_UNIT
from advisor.rulebook.hardware import CPU
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.resolve import Rulebook
from advisor.rulebook.types import CLEAR, ELSEWHERE, Point
from advisor.text.quantity import MIB

_HOUR_S = 3600
_MICRO = 1_000_000
# Of the rules, a Region, and whether Graviton will do: planned memory and price, cheapest first.
_by_memory: dict[tuple[str, str, bool], list[tuple[float, float]]] = {}


def can_be_warm(book: Rulebook, point: Point) -> bool:
    """Whether one warm environment takes the load and costs less than what is clear without it.

    A stated need of provisioned concurrency sets it whatever the cost; going to zero excludes it.
    An unknown price makes it false.
    """
    needed = point[book.needs]
    if needed & book.feature["provisioned-concurrency"].bit:
        return True
    if needed & book.feature["scale-to-zero"].bit:
        return False
    together = point[book.index["traffic.concurrent"]]
    if together > 1 or (together < 1 and point[book.index["load.in-flight"]] > book.fits_one):
        return False
    others = (book.option[name] for name in (REAL_TIME, ASYNCHRONOUS))
    warm = warm_usd(book, point)
    if warm is None or all(status(each, book.needs, point) != CLEAR for each in others):
        return warm is not None
    least = _instance_usd(book, point)
    return least is not None and warm < least


def _prices(book: Rulebook, point: Point) -> Prices | None:
    name = book.fact["region"].words[point[book.index["region"]]]
    return _of_region(name, rules_directory())


@lru_cache(maxsize=64)
def _of_region(name: str, rules: str) -> Prices | None:
    return None if name == ELSEWHERE else shipped(name, os.path.join(rules, "prices"))


def _memory_mib(book: Rulebook, point: Point) -> int:
    """The loaded model and its server."""
    server: int = knowledge(book.raw).numbers["server-memory"]
    return -(-point[book.index["model.loaded"]] // MIB) + server


def warm_usd(book: Rulebook, point: Point) -> float | None:
    """USD an hour of one environment, with the work that it does."""
    wanted, prices = _memory_mib(book, point), _prices(book, point)
    tiers = knowledge(book.raw).numbers["serverless-memory-tiers"]
    memory = str(next((tier for tier in tiers if tier >= wanted), tiers[-1]))
    if prices is None:
        return None
    kept = prices.lookup("provisioned-concurrency-usage", memory)
    running = prices.lookup("provisioned-concurrency-duration", memory)
    if kept is None or running is None:
        return None
    busy = point[book.index["load.busy-share"]] / IN_FLIGHT_UNIT
    return (float(kept.usd) + busy * float(running.usd)) * _HOUR_S


def _instance_usd(book: Rulebook, point: Point) -> float | None:
    """USD an hour of the cheapest type that sizing may choose and that holds the model."""
    prices, arm = _prices(book, point), bool(point[book.needs] & book.feature["graviton"].bit)
    if prices is None:
        return None
    key = book.digest, prices.region, arm
    if key not in _by_memory:
        _by_memory[key] = list(_types(book, prices, arm))
    wanted = _memory_mib(book, point)
    return next((usd for memory, usd in _by_memory[key] if memory >= wanted), None)


def _types(book: Rulebook, prices: Prices, arm: bool) -> Iterator[tuple[float, float]]:
    """Planned memory in MiB and USD an hour of each type than which none with more is cheaper."""
    known, hourly = knowledge(book.raw), prices.per_hour("hosting", sold=True)
    share = known.numbers["usable-memory"]
    most = 0.0
    priced = [each for each in known.catalogue.candidates(CPU) if each.type in hourly]
    for each in sorted(priced, key=lambda each: hourly[each.type]):
        memory = (each.memory_mib or 0) * share
        if memory > most and (arm or each.arch != "arm64"):
            most = memory
            yield memory, hourly[each.type] / _MICRO
