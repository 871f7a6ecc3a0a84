"""`sm-advise compare`: the four options of a workload side by side."""

from __future__ import annotations

from typing import Any

import click

from advisor.cli import Guided
from advisor.cli.advise import exit_code
from advisor.cli.money import (
    answered,
    canvas,
    measured,
    money_gates,
    one_workload,
    price_folder,
    with_load_test,
    with_settings_line,
    workload_options,
)
from advisor.cli.settings import changes_from, format_option
from advisor.reports.comparison_formats import COMPARE_FORMATS, money_renderer


@click.command(cls=Guided, example="compare web.yaml --set traffic.volume=2M/month")
@click.argument("workload", metavar="WORKLOAD", type=click.Path())
@format_option(COMPARE_FORMATS)
@workload_options
@measured
@money_gates
def compare(workload: str, form: str, settings: tuple[str, ...], **options: Any) -> int:
    """Compare cost and latency of the four options for WORKLOAD (`-`: input).

    Exit codes: 0 a comparison, 1 none fits or an error is found, 2 could not run.
    """
    from advisor.compare.compare import compare as compare_options

    folder = price_folder()
    asked = with_load_test(one_workload(workload, settings, options), options, folder)
    advice = answered(asked, options, changes_from(settings))
    found = compare_options(advice, folder)
    text = money_renderer(COMPARE_FORMATS, form)(found, canvas(form))
    click.echo(with_settings_line(text, form, asked), nl=False)
    return exit_code(advice, strict=False)
