"""What a refreshed snapshot changes: against the prices in use, and against the shipped ones."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal

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


class MovedCost(Value):
    """One workload with the prices that were in use, and with the new ones."""

    name: str
    file: str
    option: tuple[str | None, str | None]
    runs_on: tuple[str, str]
    old: Cost | None
    new: Cost | None

    @property
    def costs_otherwise(self) -> bool:
        """Whether the price moves it."""
        ends = ("usd_low", "usd_high", "usd_estimate")
        return [getattr(self.old, end, None) for end in ends] != [
            getattr(self.new, end, None) for end in ends
        ]

    @property
    def runs_otherwise(self) -> bool:
        """Whether its option or its instances change, which new prices should never do."""
        return len(set(self.option)) + len(set(self.runs_on)) > 2


def difference(one: Refreshed, shipped: Folder, own: Folder) -> Difference:
    """What a refreshed Region changes; a snapshot of the user's that cannot be read counts not.

    Args:
        one: the new snapshot.
        shipped: folder of the shipped snapshots.
        own: folder of the user's snapshots.
    """
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


def moved_cost(old: Advice, new: Advice) -> MovedCost:
    """One workload, answered twice."""
    before, after = old.chosen, new.chosen
    plans = [None if each is None else each.plan for each in (before, after)]
    first, second = ("" if plan is None else in_brief(plan) for plan in plans)
    return MovedCost(
        name=old.workload.name,
        file=old.workload.file,
        option=(old.decision.option, new.decision.option),
        runs_on=(first, second),
        old=None if before is None else before.cost,
        new=None if after is None else after.cost,
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
