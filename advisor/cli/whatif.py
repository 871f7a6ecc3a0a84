"""`sm-advise whatif`: one key of a workload over its range."""

from __future__ import annotations

from typing import Any

import click

from advisor.cli import Guided
from advisor.cli.money import (
    canvas,
    measured,
    one_workload,
    price_folder,
    with_load_test,
    with_settings_line,
    workload_options,
)
from advisor.cli.settings import complete, format_option
from advisor.compare.whatif import MOST_POINTS, POINTS, SweptRange, sweep
from advisor.reports.comparison_formats import WHATIF_FORMATS, money_renderer


@click.command(cls=Guided, example="whatif web.yaml traffic.volume --from 10k/month --to 10M/month")
@click.argument("workload", metavar="WORKLOAD", type=click.Path())
@click.argument("key", metavar="KEY", shell_complete=complete("varied"))
@click.option("--from", "start", default="", metavar="A", help="First value, such as 10k/month.")
@click.option("--to", "end", default="", metavar="B", help="Last value, such as 10M/month.")
@click.option(
    "--points",
    type=click.IntRange(2, MOST_POINTS),
    default=POINTS,
    metavar="N",
    help=f"Compute costs at so many values (default: {POINTS}).",
)
@format_option(WHATIF_FORMATS)
@workload_options
@measured
def whatif(workload: str, key: str, form: str, settings: tuple[str, ...], **options: Any) -> int:
    """Show where answer and cheapest option change as KEY of WORKLOAD changes.

    KEY is a key of the file, such as traffic.volume, requests.payload, needs.vpc or region. The
    answer is exact over the whole range.

    Exit codes: 0 a sweep, 2 could not run.
    """
    folder = price_folder()
    asked = with_load_test(one_workload(workload, settings, options), options, folder)
    found = sweep(
        asked,
        key,
        SweptRange(options["start"], options["end"], options["points"]),
        limits=options["limits"],
        region=options["region"],
        own_prices=folder,
    )
    text = money_renderer(WHATIF_FORMATS, form)(found, canvas(form))
    click.echo(with_settings_line(text, form, asked), nl=False)
    return 0
