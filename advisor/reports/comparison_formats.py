"""The tables of formats for comparisons, sweeps, explanations, costs, differences and prices.

Each format is a module of this package with a function ``render(value, canvas) -> str``.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, cast

from advisor.reports.terminal_chart import Canvas


def _formats(kind: str, *names: str) -> dict[str, str]:
    """Format -> module of one kind of report."""
    return {name: f"advisor.reports.{kind}_{name}" for name in names}


COMPARE_FORMATS = _formats("compare", "text", "json", "markdown", "csv")
WHATIF_FORMATS = _formats("whatif", "text", "json", "markdown", "csv")
EXPLAIN_FORMATS = _formats("explain", "text", "json")
COST_FORMATS = _formats("cost", "text", "json", "markdown", "csv")
DIFF_FORMATS = _formats("diff", "text", "json", "markdown")
PRICE_FORMATS = _formats("prices", "text", "json", "markdown", "csv")
REFRESH_FORMATS = _formats("refresh", "text", "json")


def money_renderer(formats: dict[str, str], name: str) -> Callable[[Any, Canvas], str]:
    """The renderer of a format of one of the tables.

    Raises:
        KeyError: no format has that name; the command line offers only the table's names.
    """
    return cast("Callable[[Any, Canvas], str]", import_module(formats[name]).render)
