"""``prices show --format csv``: one row for each price, or for each Region."""

from __future__ import annotations

import csv
from io import StringIO

from advisor.model.printable import printable
from advisor.pricing.price_listing import Book
from advisor.reports.terminal_chart import Canvas
from advisor.text.quantity_format import word


def render(found: Book, _: Canvas) -> str:
    """The table."""
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    if not found.single:
        writer.writerow(("region", "date", "own", "count"))
        for known in found.regions:
            writer.writerow((known.region, known.date or "", word(known.own), known.prices))
        return stream.getvalue()
    writer.writerow(("region", "component", "key", "usd", "basis", "as_of", "source"))
    for known in found.regions:
        for row in known.rows:
            price = row.price
            texts = (price.usd, price.basis, price.as_of, price.source)
            writer.writerow((known.region, row.component, row.key, *map(printable, texts)))
    return stream.getvalue()
