"""``prices show --format csv``: one row for each price, or for each Region."""

from __future__ import annotations

from advisor.pricing.price_listing import Book
from advisor.reports.terminal_chart import Canvas
from advisor.text.csv_text import csv_text
from advisor.text.quantity_format import word


def render(found: Book, _: Canvas) -> str:
    """The table."""
    if not found.single:
        rows = [(it.region, it.date, word(it.own), it.prices) for it in found.regions]
        return csv_text(("region", "date", "own", "count"), rows)
    return csv_text(
        ("region", "component", "key", "usd", "basis", "as_of", "source"),
        (
            (known.region, each.component, each.key, it.usd, it.basis, it.as_of, it.source)
            for known in found.regions
            for each in known.rows
            for it in (each.price,)
        ),
    )
