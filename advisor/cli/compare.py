"""`sm-advise compare`: the four options of a workload side by side."""

from __future__ import annotations

from typing import Any

import click

from advisor.cli import CONTEXT
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


@click.command(context_settings=CONTEXT)
@click.argument("workload", metavar="WORKLOAD")
@format_option(COMPARE_FORMATS)
@workload_options
@measured
@money_gates
def compare(workload: str, form: str, settings: tuple[str, ...], **options: Any) -> int:
    """Compare cost and latency of the four options for WORKLOAD (`-` reads standard input).

    Exit codes: 0 a comparison, 1 no option fits or a finding is an error, 2 the file could not be
    read, 3 a bug of ours.
    """
    from advisor.compare.compare import compare as compare_options

    folder = price_folder()
    asked = with_load_test(one_workload(workload, settings, options), options, folder)
    advice = answered(asked, options, changes_from(settings))
    found = compare_options(advice, folder)
    text = money_renderer(COMPARE_FORMATS, form)(found, canvas(form))
    click.echo(with_settings_line(text, form, asked), nl=False)
    return exit_code(advice, strict=False)
