"""What is known of prices, for lists: one Region's rows, or every Region with its date."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from advisor.catalogue.price_snapshot import Folder, PriceRow, Prices, load, regions
from advisor.catalogue.price_snapshot import components as components_of
from advisor.model.errors import InputError
from advisor.rulebook.source import rules_directory


class RegionPrices(NamedTuple):
    """One Region."""

    region: str
    date: str | None  # of the newest price
    own: bool  # the user's snapshot
    prices: int  # how many are known
    rows: tuple[PriceRow, ...]  # empty in the list of all Regions


class Book(NamedTuple):
    """What `prices show` prints."""

    regions: tuple[RegionPrices, ...]
    single: bool  # one Region was asked for, and its rows are wanted
    components: tuple[str, ...]  # only these; all when empty
    per: Mapping[str, str]  # component -> what a price of it is for: an hour


def shipped() -> str:
    """The folder of the shipped snapshots."""
    return os.path.join(rules_directory(), "prices")


def book(region: str | None, components: Sequence[str], own: Folder) -> Book:
    """The prices of a Region, or a line for each Region.

    Args:
        region: its code; every Region with a snapshot without one.
        components: only these.
        own: folder of the user's snapshots.

    Raises:
        InputError: nothing is known of the Region, or a snapshot of the user's cannot be read.
    """
    names, per = regions(shipped()), components_of(shipped())
    if os.path.isdir(own):
        names = tuple(sorted({*names, *regions(own)}))
    if region is None:
        known = (_known(load(name, shipped(), own), components, rows=False) for name in names)
        return Book(tuple(known), False, tuple(components), per)
    found = _known(load(region, shipped(), own), components, rows=True)
    if region not in names:
        raise InputError(
            f"no price is known in {region}",
            hint=f"Read it with: sm-advise prices refresh --region {region}",
        )
    return Book((found,), True, tuple(components), per)


def _known(prices: Prices, components: Sequence[str], *, rows: bool) -> RegionPrices:
    found = tuple(row for row in prices.rows() if not components or row.component in components)
    return RegionPrices(prices.region, prices.date, prices.own, len(found), found if rows else ())
