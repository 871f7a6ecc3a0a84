"""What is known of prices, for lists: one Region's rows, or every Region with its date."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from advisor.catalogue.price_snapshot import Folder, PriceRow, Prices, load, regions
from advisor.catalogue.price_snapshot import components as components_of
from advisor.model.errors import InputError
from advisor.rulebook.cache import rules_directory


class RegionPrices(NamedTuple):
    """One Region."""

    region: str
    date: str | None  # of the newest price
    own: bool  # the user's snapshot
    prices: int  # how many are known
    rows: tuple[PriceRow, ...]  # empty in the list of all Regions
    age_days: int | None  # since that date
    stale: bool  # older than prices should be


class Book(NamedTuple):
    """What `prices show` prints."""

    regions: tuple[RegionPrices, ...]
    single: bool  # one Region was asked for, and its rows are wanted
    components: tuple[str, ...]  # only these; all when empty
    per: Mapping[str, str]  # component -> what a price of it is for: an hour
    stale_days: int  # the age above which a snapshot is stale
    unread: tuple[InputError, ...] = ()  # snapshots of the user's that cannot be read


def shipped() -> str:
    """The folder of the shipped snapshots."""
    return os.path.join(rules_directory(), "prices")


def book(region: str | None, components: Sequence[str], own: Folder, today: str) -> Book:
    """The prices of a Region, or a line for each Region.

    Args:
        region: its code; every Region with a snapshot without one.
        components: only these.
        own: folder of the user's snapshots.
        today: date (YYYY-MM-DD) on which the age is counted.

    Raises:
        InputError: nothing is known of the Region, or the user's snapshot of it cannot be read.
    """
    ours, per = regions(shipped()), components_of(shipped())
    names = tuple(sorted({*ours, *regions(own)})) if os.path.isdir(own) else ours
    if region is None:
        read, unread = [], []
        for name in names:
            try:
                read.append(load(name, shipped(), own))
            except InputError as error:  # the others are none the worse for it
                unread.append(error)
                if name in ours:
                    read.append(load(name, shipped()))
        known = tuple(_known(each, components, today, rows=False) for each in read)
        bound = _stale_days(read[0])
        return Book(known, False, tuple(components), per, bound, tuple(unread))
    prices = load(region, shipped(), own)
    found = _known(prices, components, today, rows=True)
    if region not in names:
        raise InputError(
            f"no price is known in {region}",
            hint=f"Read it with: sm-advise prices refresh --region {region}",
        )
    return Book((found,), True, tuple(components), per, _stale_days(prices))


def _stale_days(prices: Prices) -> int:
    return int(prices.terms["stale"]["days"])


def _known(prices: Prices, components: Sequence[str], today: str, *, rows: bool) -> RegionPrices:
    found = tuple(row for row in prices.rows() if not components or row.component in components)
    age = age_days(prices.date, today)
    return RegionPrices(
        region=prices.region,
        date=prices.date,
        own=prices.own,
        prices=len(found),
        rows=found if rows else (),
        age_days=age,
        stale=age is not None and age > _stale_days(prices),
    )


def age_days(date: str | None, today: str) -> int | None:
    """Days since a date; ``None`` where it is none, since a snapshot of the user's may hold any."""
    from datetime import date as day

    try:
        return None if date is None else (day.fromisoformat(today) - day.fromisoformat(date)).days
    except ValueError:
        return None
