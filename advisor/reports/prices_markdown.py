"""``prices show --format markdown``: the same list as a table."""

from __future__ import annotations

from advisor.pricing.price_listing import Book
from advisor.reports.terminal_chart import Canvas
from advisor.text.markup import code, prose, table
from advisor.text.money_format import basis_in_words


def render(found: Book, _: Canvas) -> str:
    """A table of prices, or of Regions."""
    if not found.single:
        rows = [
            (
                code(each.region),
                each.date or "-",
                str(each.prices),
                "own" if each.own else "shipped",
            )
            for each in found.regions
        ]
        return "\n".join(table(("Region", "Newest price", "Known", "Whose"), rows)) + "\n"
    (known,) = found.regions
    lines = table(
        ("Component", "Key", "USD", "Basis", "As of", "Source"),
        [
            (
                row.component,
                code(row.key),
                row.price.usd,
                prose(basis_in_words(row.price.basis)),
                prose(row.price.as_of),
                prose(row.price.source),
            )
            for row in known.rows
        ],
    )
    return f"# Prices of {prose(known.region)}\n\n" + "\n".join(lines) + "\n"
