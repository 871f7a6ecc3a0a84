"""``prices show --format text``: a line for each price, or for each Region."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from advisor.pricing.price_listing import Book, RegionPrices
from advisor.reports.terminal_chart import Canvas, heading, table, wrapped
from advisor.text.money_format import basis_in_words
from advisor.text.tones import TONES


def render(found: Book, canvas: Canvas) -> str:
    """The list."""
    return "".join(f"{line}\n" for line in _lines(found, canvas))


def _lines(found: Book, canvas: Canvas) -> Iterator[str]:
    if not found.single:
        rows = [
            (each.region, each.date or "-", _age(each), str(each.prices), _whose(each))
            for each in found.regions
        ]
        yield from table(("Region", "Newest price", "Age ", "Known ", ""), rows, canvas)
        yield from _warned(found, canvas)
        return
    (known,) = found.regions
    whose = "your own snapshot" if known.own else "as shipped"
    newest = f"the newest of {known.date or '-'} ({_age(known)})"
    yield f"{known.region}: {known.prices} prices, {newest}, {whose}; USD"
    yield from _warned(found, canvas)
    sources: dict[str, str] = {}
    for component, group in groupby(known.rows, key=lambda row: row.component):
        yield from heading(f"{component}, {found.per.get(component, 'a unit')}", canvas)
        cells = []
        for row in group:
            number = sources.setdefault(row.price.source, f"[{len(sources) + 1}]")
            basis = basis_in_words(row.price.basis)
            cells.append((f"  {row.key}", row.price.usd, row.price.as_of, basis, number))
        yield from table(("",) * 5, cells, canvas)
    yield ""
    for source, number in sources.items():
        yield from wrapped(f"{number} {source}", canvas, "", "    ")


def _age(known: RegionPrices) -> str:
    return "-" if known.age_days is None else f"{known.age_days} d"


def _whose(known: RegionPrices) -> str:
    return "your own" if known.own else "shipped"


def _warned(found: Book, canvas: Canvas) -> Iterator[str]:
    """Tell which snapshots are older than prices should be."""
    old = [known.region for known in found.regions if known.stale]
    if old:
        where = f"of {', '.join(old)}" if len(old) < len(found.regions) else "of every Region shown"
        text = f"warning: the prices {where} are older than {found.stale_days} days."
        command = f"sm-advise prices refresh --region {old[0]}"
        text += f" Read the current ones with: {command}"
        yield from wrapped(text, canvas, tone=TONES["warning"])
