"""`sm-advise cost`: the price of configurations as they stand."""

from __future__ import annotations

import os
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from advisor.catalogue.price_snapshot import is_price
from advisor.cli import Guided, complain
from advisor.cli.money import canvas, monthly_gate, price_folder
from advisor.cli.settings import (
    changes_from,
    format_option,
    region_option,
    require_known_region,
    standard_input,
    today,
)
from advisor.model.errors import InputError
from advisor.reports.comparison_formats import COST_FORMATS, money_renderer
from advisor.text.quantity import MONTH_HOURS

if TYPE_CHECKING:
    from advisor.gate.costs import ConfiguredCosts, StatedUse


def hours(ctx: click.Context, param: click.Parameter, value: str | None) -> Decimal | None:
    """Accept hours of a month: 160, 8.2."""
    if value is None:
        return None
    text = value.strip().removesuffix("h").strip()
    if not is_price(text) or Decimal(text) > MONTH_HOURS:
        raise click.BadParameter(
            f"{value!r} is not the hours of a month; write 1 to {MONTH_HOURS}, such as 160"
        )
    return Decimal(text)


@click.command(cls=Guided, example="cost infra/ --set requests.processing=200ms")
@click.argument("paths", nargs=-1, metavar="PATH...", type=click.Path())
@format_option(COST_FORMATS)
@region_option("Take this Region for the configurations.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="State the use of each endpoint, such as traffic.volume=1M/month.",
)
@click.option("--hours", callback=hours, metavar="H", help="Hours of a month that each one runs.")
@monthly_gate
def cost(paths: tuple[str, ...], form: str, settings: tuple[str, ...], **options: Any) -> int:
    """Price the endpoint configurations and transform jobs in PATHs.

    PATH is a file, a folder or - (default: the current folder). No workload is needed: what
    scaling leaves open is a range, what has no known type has no price.

    Exit codes: 0 a price, 1 above --max-monthly, 2 could not run.
    """
    from advisor.gate.costs import stated_use

    use = stated_use(changes_from(settings), options["hours"])
    found = priced(paths or (".",), options["region"], use)
    if not found.rows:
        if not found.errors:
            hint = "It prices requests, CloudFormation and Terraform. For a workload: compare FILE."
            complain(InputError("there is no endpoint configuration or transform job", hint=hint))
        return 2
    click.echo(money_renderer(COST_FORMATS, form)(found, canvas(form)), nl=False)
    if found.errors:
        return 2
    return over_monthly(found.usd_low, found.usd_high, options)


def priced(paths: tuple[str, ...], region: str | None, use: StatedUse) -> ConfiguredCosts:
    """What the configurations in paths cost; complains of those that cannot be read.

    Raises:
        InputError: the Region's code is none, or a setting cannot be read.
    """
    from advisor.gate.costs import configured_costs
    from advisor.gate.settings import CheckOptions, read_project

    require_known_region(*filter(None, [region]))
    asked = CheckOptions(
        paths=paths,
        as_of=today(),
        project=read_project(paths[0] if os.path.isdir(paths[0]) else os.path.dirname(paths[0])),
        region=region or "",
        stdin=standard_input(paths),
    )
    found = configured_costs(asked, use, price_folder())
    for error in found.errors:
        complain(error)
    return found


def over_monthly(low: str, high: str | None, options: dict[str, Any]) -> int:
    """1 where the total is above --max-monthly, or not shown to be below it."""
    most = options["max_monthly"]
    if most is None:
        return 0
    end = high or (low if options["allow_unknown_cost"] else None)
    if end is not None and Decimal(end) <= Decimal(most):
        return 0
    said = "has no known upper end" if end is None else f"is up to {end}"
    click.echo(f"over-max-monthly: the total {said}; at most {most} USD may be", err=True)
    return 1
