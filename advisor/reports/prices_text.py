"""``prices show --format text``: a line for each price, or for each Region."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from advisor.pricing.price_listing import Book
from advisor.reports.terminal_chart import Canvas, table, wrapped
from advisor.text.money_format import basis_in_words


def render(found: Book, canvas: Canvas) -> str:
    """The list."""
    return "".join(f"{line}\n" for line in _lines(found, canvas))


def _lines(found: Book, canvas: Canvas) -> Iterator[str]:
    if not found.single:
        rows = [
            (each.region, each.date or "-", str(each.prices), "your own" if each.own else "shipped")
            for each in found.regions
        ]
        yield from table(("Region", "Newest price", "Known ", ""), rows, canvas)
        return
    (known,) = found.regions
    whose = "your own snapshot" if known.own else "as shipped"
    yield f"{known.region}: {known.prices} prices, the newest of {known.date or '-'}, {whose}; USD"
    sources: dict[str, str] = {}
    for component, group in groupby(known.rows, key=lambda row: row.component):
        yield ""
        yield f"{component}, {found.per.get(component, 'a unit')}"
        cells = []
        for row in group:
            number = sources.setdefault(row.price.source, f"[{len(sources) + 1}]")
            basis = basis_in_words(row.price.basis)
            cells.append((f"  {row.key}", row.price.usd, row.price.as_of, basis, number))
        yield from table(("",) * 5, cells, canvas)
    yield ""
    for source, number in sources.items():
        yield from wrapped(f"{number} {source}", canvas, "", "    ")
