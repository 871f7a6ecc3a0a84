"""`sm-advise prices`: show and refresh prices."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from advisor.catalogue.price_snapshot import components
from advisor.cli import CONTEXT
from advisor.cli.money import canvas, price_folder
from advisor.pricing.price_listing import shipped
from advisor.reports.comparison_formats import PRICE_FORMATS, money_renderer

_MOST_SHOWN = 10  # of the prices that changed or could not be read


@click.group(context_settings=CONTEXT)
def prices() -> None:
    """Show the known prices, or refresh them from the AWS Price List."""


@prices.command(context_settings=CONTEXT)
@click.option("--region", metavar="REGION", help="Show this Region (default: one line per Region).")
@click.option(
    "--component",
    "wanted",
    type=click.Choice(list(components(shipped()))),
    multiple=True,
    help="Show only this component (repeatable).",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(PRICE_FORMATS)),
    default="text",
    help="Output format.",
)
def show(region: str | None, wanted: tuple[str, ...], form: str) -> int:
    """Print the known prices in USD, each with its source and date."""
    from advisor.pricing.price_listing import book

    found = book(region, wanted, price_folder())
    click.echo(money_renderer(PRICE_FORMATS, form)(found, canvas(form)), nl=False)
    return 0


@prices.command(context_settings=CONTEXT)
@click.option(
    "--region",
    "regions",
    metavar="REGION",
    multiple=True,
    required=True,
    help="Region to refresh (repeatable).",
)
@click.option(
    "--from",
    "source",
    metavar="FILE",
    help="Read a downloaded offer file (JSON or CSV) instead of the network.",
)
@click.option("--url", metavar="URL", help="Use this Region index instead of AWS's.")
@click.option(
    "--output", metavar="DIR",
    help="Write the snapshots to DIR instead of the cache folder that answers use.",
)  # fmt: skip
def refresh(
    regions: tuple[str, ...], source: str | None, url: str | None, output: str | None
) -> int:
    """Refresh the prices of Regions. No AWS credentials are needed.

    All Regions are read before the first one is written, so an error keeps the old prices. New
    prices change costs, never which instance fits.

    Exit codes: 0 written, 2 no price could be read or written, 3 a bug of ours.
    """
    if source is not None and url is not None:
        raise click.UsageError("--from and --url exclude each other: remove one of them")
    from advisor.pricing.price_refresh import charges
    from advisor.pricing.price_refresh.refresh import from_file, from_url, write

    wanted = tuple(dict.fromkeys(regions))
    price_list = charges.load(Path(shipped()))
    if source is not None:
        found = tuple(from_file(Path(source), region, price_list) for region in wanted)
    else:
        found = from_url(wanted, price_list, url=url)
    folder = Path(output or price_folder())
    before = {one.region: _old(one.region, folder) for one in found}
    for one, path in zip(found, write(found, folder), strict=True):
        _tell(one, path, before[one.region])
    return 0


def _old(region: str, folder: Path) -> dict[str, Any] | None:
    """The snapshot to replace, else the shipped one, else ``None``."""
    for place in (folder, Path(shipped())):
        path = place / f"{region}.json"
        if path.is_file():
            try:
                document = json.loads(path.read_bytes())
            except (OSError, ValueError):
                continue
            if isinstance(document, dict) and isinstance(document.get("prices"), dict):
                return document
    return None


def _tell(one: Any, path: Path, old: dict[str, Any] | None) -> None:
    """Print the written files, the changes and the skipped prices."""
    from advisor.pricing.price_refresh.refresh import changes

    count = sum(len(known) for known in one.document["prices"].values())
    noun = "price" if count == 1 else "prices"
    click.echo(f"{one.region}: {count} {noun} of {one.document['date']} → {os.fspath(path)}")
    if one.missing:
        click.echo(f"  no price found: {', '.join(one.missing)}")
    for problem in one.problems:
        click.echo(f"  skipped: {problem}", err=True)
    try:
        differing = changes(old, one.document) if old is not None else ()
    except (AttributeError, KeyError, TypeError, IndexError):
        differing = ()  # the old one was no snapshot, which is why it was replaced
    moved = [each for each in differing if each.old is not None and each.new is not None]
    for each in moved[:_MOST_SHOWN]:
        click.echo(f"  {each.component} {each.key}: {each.old} → {each.new} USD")
    if len(moved) > _MOST_SHOWN:
        click.echo(f"  and {len(moved) - _MOST_SHOWN} more")
