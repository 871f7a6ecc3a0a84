"""`sm-advise whatif`: one key of a workload over its range."""

from __future__ import annotations

from typing import Any

import click

from advisor.cli import CONTEXT
from advisor.cli.money import (
    canvas,
    measured,
    one_workload,
    price_folder,
    with_load_test,
    with_settings_line,
    workload_options,
)
from advisor.cli.settings import format_option
from advisor.compare.whatif import MOST_POINTS, POINTS, SweptRange, sweep
from advisor.reports.comparison_formats import WHATIF_FORMATS, money_renderer


@click.command(context_settings=CONTEXT)
@click.argument("workload", metavar="WORKLOAD")
@click.argument("key", metavar="KEY")
@click.option("--from", "start", default="", metavar="A", help="First value, such as 10k/month.")
@click.option("--to", "end", default="", metavar="B", help="Last value, such as 10M/month.")
@click.option(
    "--points",
    type=click.IntRange(2, MOST_POINTS),
    default=POINTS,
    show_default=True,
    help="Number of values to compute costs at, evenly spaced by a factor.",
)
@format_option(WHATIF_FORMATS)
@workload_options
@measured
def whatif(workload: str, key: str, form: str, settings: tuple[str, ...], **options: Any) -> int:
    """Show where the answer and the cheapest option of WORKLOAD change as KEY changes.

    KEY is a key of the file, such as traffic.volume, requests.payload, needs.vpc or region. The
    answer is exact over the whole range; the cheapest option is searched between neighbouring
    points. Regions come in the order of what the answer costs there.

    Exit codes: 0 a sweep, 2 the file could not be read or the key cannot vary, 3 a bug of ours.
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
