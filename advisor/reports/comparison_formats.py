"""The tables of formats for comparisons, sweeps, explanations, differences and prices.

Each format is a module of this package with a function ``render(value, canvas) -> str``.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, cast

from advisor.reports.terminal_chart import Canvas

COMPARE_FORMATS = {
    "text": "advisor.reports.compare_text",
    "json": "advisor.reports.compare_json",
    "markdown": "advisor.reports.compare_markdown",
    "csv": "advisor.reports.compare_csv",
}
WHATIF_FORMATS = {
    "text": "advisor.reports.whatif_text",
    "json": "advisor.reports.whatif_json",
    "markdown": "advisor.reports.whatif_markdown",
    "csv": "advisor.reports.whatif_csv",
}
EXPLAIN_FORMATS = {"text": "advisor.reports.explain_text", "json": "advisor.reports.explain_json"}
DIFF_FORMATS = {
    "text": "advisor.reports.diff_text",
    "json": "advisor.reports.diff_json",
    "markdown": "advisor.reports.diff_markdown",
}
PRICE_FORMATS = {
    "text": "advisor.reports.prices_text",
    "json": "advisor.reports.prices_json",
    "markdown": "advisor.reports.prices_markdown",
    "csv": "advisor.reports.prices_csv",
}
REFRESH_FORMATS = {"text": "advisor.reports.refresh_text", "json": "advisor.reports.refresh_json"}


def money_renderer(formats: dict[str, str], name: str) -> Callable[[Any, Canvas], str]:
    """The renderer of a format of one of the tables.

    Raises:
        KeyError: no format has that name; the command line offers only the table's names.
    """
    return cast("Callable[[Any, Canvas], str]", import_module(formats[name]).render)
