"""What a refreshed snapshot changes: against the prices in use, and against the shipped ones."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from typing import NamedTuple

from advisor.catalogue.price_snapshot import Folder, Prices, load
from advisor.model.advice import Advice, Cost
from advisor.model.errors import InputError
from advisor.model.value import Value
from advisor.pricing.amounts import quotient
from advisor.pricing.plan_cost import in_brief
from advisor.pricing.price_refresh.refresh import Refreshed

_HUNDRED = Decimal(100)


class PriceChange(Value):
    """One price that differs between two snapshots; ``None`` where it is absent."""

    component: str
    key: str
    old: str | None
    new: str | None

    @property
    def percent(self) -> Decimal | None:
        """By how much it rose; ``None`` for one that is new or gone."""
        if self.old is None or self.new is None:
            return None
        return quotient(Decimal(self.new), Decimal(self.old)) * _HUNDRED - _HUNDRED


class Difference(Value):
    """One Region: the largest changes first, of the components that the new list has."""

    region: str
    date: str  # of the new list
    count: int  # of its prices
    missing: tuple[str, ...]  # components without a single price
    old_date: str | None  # of the prices that were in use
    old_own: bool  # whether these were a snapshot of the user's
    changed: tuple[PriceChange, ...]
    new: tuple[PriceChange, ...]
    gone: tuple[PriceChange, ...]
    shipped: int  # prices that come with the program and are in the new list
    wrong: tuple[PriceChange, ...]  # of these, those with another price
    unlisted: int  # shipped prices that the new list does not have


class MovedCost(NamedTuple):
    """One workload, answered with the prices that were in use and with the new ones."""

    old: Advice
    new: Advice

    @property
    def costs(self) -> tuple[Cost | None, ...]:
        """Of the chosen option, before and after."""
        return tuple(None if each.chosen is None else each.chosen.cost for each in self)

    @property
    def ways(self) -> tuple[str, ...]:
        """The chosen option and its instances, before and after: which new prices never change."""
        plans = [None if each.chosen is None else each.chosen.plan for each in self]
        return tuple("" if plan is None else f"{plan.option} on {in_brief(plan)}" for plan in plans)

    @property
    def costs_otherwise(self) -> bool:
        """Whether the price moves it."""
        ends = ("usd_low", "usd_high", "usd_estimate")
        old, new = ([getattr(cost, end, None) for end in ends] for cost in self.costs)
        return old != new

    @property
    def runs_otherwise(self) -> bool:
        """Whether its option or its instances change."""
        return len(set(self.ways)) > 1


def difference(one: Refreshed, shipped: Folder, own: Folder) -> Difference:
    """What a refreshed Region changes; a snapshot of the user's that cannot be read counts not."""
    before = delivered = load(one.region, shipped)
    with suppress(InputError):  # what is no snapshot is replaced
        before = load(one.region, shipped, own)
    fresh = {
        (component, key): entry[0]
        for component, prices in one.document["prices"].items()
        for key, entry in prices.items()
    }
    moved = _changes(_known(before, one.missing), fresh)
    old = _known(delivered, one.missing)
    return Difference(
        region=one.region,
        date=one.document["date"],
        count=len(fresh),
        missing=one.missing,
        old_date=before.date,
        old_own=before.own,
        changed=_largest_first(moved),
        new=tuple(each for each in moved if each.old is None),
        gone=tuple(each for each in moved if each.new is None),
        shipped=len(old.keys() & fresh.keys()),
        wrong=_largest_first(_changes(old, fresh)),
        unlisted=len(old.keys() - fresh.keys()),
    )


def _known(prices: Prices, missing: tuple[str, ...]) -> dict[tuple[str, str], str]:
    """The prices of a snapshot by place, without components that the new list lacks."""
    return {
        (row.component, row.key): row.price.usd
        for row in prices.rows()
        if row.component not in missing
    }


def _changes(
    old: Mapping[tuple[str, str], str], new: Mapping[tuple[str, str], str]
) -> tuple[PriceChange, ...]:
    """The prices that differ, in their order."""
    return tuple(
        PriceChange(component=place[0], key=place[1], old=old.get(place), new=new.get(place))
        for place in sorted(old.keys() | new.keys())
        if place not in old or place not in new or Decimal(old[place]) != Decimal(new[place])
    )


def _largest_first(changes: tuple[PriceChange, ...]) -> tuple[PriceChange, ...]:
    known = [(abs(percent), each) for each in changes if (percent := each.percent) is not None]
    return tuple(each for _, each in sorted(known, key=lambda pair: -pair[0]))
