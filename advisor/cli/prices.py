"""`sm-advise prices`: show and refresh prices."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advisor.catalogue.price_snapshot import components
from advisor.cli import Guided, GuidedGroup, complain
from advisor.cli.money import canvas, price_folder
from advisor.cli.settings import (
    as_of_option,
    format_option,
    region_option,
    require_known_region,
    today,
)
from advisor.model.errors import InputError
from advisor.pricing.price_listing import shipped
from advisor.reports.comparison_formats import PRICE_FORMATS, REFRESH_FORMATS, money_renderer

if TYPE_CHECKING:
    from advisor.pricing.price_refresh.refresh import Difference, MovedCost, Refreshed


@click.group(cls=GuidedGroup, example="prices show --region eu-west-1")
def prices() -> None:
    """Show the known prices, or refresh them from the AWS Price List."""


@prices.command(cls=Guided, example="prices show --region eu-west-1")
@region_option("Show this Region (default: one line per Region).")
@click.option(
    "--component",
    "wanted",
    type=click.Choice(list(components(shipped()))),
    multiple=True,
    metavar="NAME",
    help=f"Show only {', '.join(components(shipped()))}.",
)
@format_option(PRICE_FORMATS)
@as_of_option("Count the age on this date")
def show(region: str | None, wanted: tuple[str, ...], form: str, as_of: str | None) -> int:
    """Print the known prices in USD, each with its source and date, and how old they are."""
    from advisor.pricing.price_listing import book

    require_known_region(*filter(None, [region]))
    found = book(region, wanted, price_folder(), as_of or today())
    click.echo(money_renderer(PRICE_FORMATS, form)(found, canvas(form)), nl=False)
    for error in found.unread:
        complain(error)
    return 0


@prices.command(cls=Guided, example="prices refresh --region eu-west-1")
@click.argument("paths", metavar="[WORKLOAD]...", nargs=-1, type=click.Path())
@region_option("Refresh this Region (repeatable).", "regions", multiple=True, required=True)
@click.option(
    "--from",
    "source",
    type=click.Path(),
    metavar="FILE",
    help="Read a downloaded offer file instead of the network.",
)
@click.option("--url", metavar="URL", help="Use this Region index instead of AWS's.")
@click.option(
    "--output", metavar="DIR",
    help="Write the snapshots to DIR, not to the cache folder.",
)  # fmt: skip
@format_option(REFRESH_FORMATS)
def refresh(
    *,
    paths: tuple[str, ...],
    regions: tuple[str, ...],
    source: str | None,
    url: str | None,
    output: str | None,
    form: str,
) -> int:
    """Refresh the prices of Regions. No AWS credentials are needed.

    Prints what changed, and what that changes in WORKLOAD: files and folders, those below this
    folder without a name. All Regions are read before the first one is written, so an error keeps
    the old prices. New prices change costs, never which instance is chosen.

    Exit codes: 0 written, 2 no price could be read or written, 3 a bug of ours.
    """
    if source is not None and url is not None:
        raise click.UsageError("--from and --url exclude each other: remove one of them")
    from advisor.pricing.price_refresh import offers
    from advisor.pricing.price_refresh.refresh import difference, from_file, from_url, write

    wanted = tuple(dict.fromkeys(regions))
    require_known_region(*wanted)
    price_list = offers.load(Path(shipped()))
    if source is not None:
        found = tuple(from_file(Path(source), region, price_list) for region in wanted)
    else:
        found = from_url(wanted, price_list, url=url)
    for one in found:
        for problem in one.problems:
            click.echo(f"skipped in {one.region}: {problem}", err=True)
    compared = tuple(difference(one, shipped(), price_folder()) for one in found)
    moved = _moved(paths, found, compared)
    done = write(found, Path(output or price_folder()))
    click.echo(money_renderer(REFRESH_FORMATS, form)((compared, moved), canvas(form)), nl=False)
    for path in done if form == "text" else ():
        click.echo(f"written: {os.fspath(path)}")
    return 0


def _moved(
    paths: tuple[str, ...], found: tuple[Refreshed, ...], compared: tuple[Difference, ...]
) -> tuple[MovedCost, ...]:
    """The workloads of the refreshed Regions, with the prices in use and with the new ones.

    A file that cannot be read, or a Region without a name, is no reason not to refresh.
    """
    from tempfile import TemporaryDirectory

    from advisor.configuration.discover import discover
    from advisor.pipeline import advise
    from advisor.pricing.plan_cost import prices_of
    from advisor.pricing.price_refresh.refresh import MovedCost, write
    from advisor.workload import read_file

    in_use = {one.region: price_folder() if one.old_own else None for one in compared}
    moved = []
    with TemporaryDirectory(prefix="sm-advise-") as folder:
        write(found, Path(folder))
        for path in discover(paths or (".",)).workloads:
            try:
                workloads = read_file(path)
            except InputError as error:
                complain(error)
                continue
            for workload in workloads:
                region = prices_of(workload.text("region")).region
                if region in in_use:
                    old = advise(workload, own_prices=in_use[region])
                    moved.append(MovedCost(old, advise(workload, own_prices=folder)))
    return tuple(moved)
