"""Makes rules/prices/<region>.json from rules/prices/sources; ``--check`` only compares."""

from __future__ import annotations

import csv
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from advisor.rulebook.compile import compile_rules
from advisor.rulebook.references import fields

PRICES = Path(__file__).resolve().parent.parent / "rules" / "prices"
STUDIO_SOURCE = (
    "https://b0.p.awsstatic.com/pricing/2.0/meteredUnitMaps/sagemaker/USD/current/"
    "sagemaker-instances-studionotebook.json"
)
STUDIO_DATE = "2025-12-05"
STRONGEST_FIRST = (
    "price-list-quoted",
    "aws-bill",
    "derived",
    "aws-docs",
    "aws-sample",
    "secondary",
    "aws-price-map",
    "stand-in:region-not-stated",
    "stand-in:other-memory",
)
SCALED = ("provisioned-concurrency-usage", "provisioned-concurrency-duration")
SCALED_BECAUSE = (
    "On-demand seconds cost in proportion to memory at 1, 2 and 3 GB; of provisioned concurrency "
    "only the price of 2 GB was found."
)
NOT_STATED_BECAUSE = (
    "The source names no Region; every price of this kind that can be compared is that of "
    "us-east-1."
)


class Row(NamedTuple):
    """One price of one Region with what it rests on."""

    region: str
    component: str
    key: str
    usd: str
    basis: str
    source: str
    as_of: str
    because: str = ""


def quoted(folder: Path) -> list[Row]:
    """The single prices that are fit to be shipped."""
    with (folder / "quoted.csv").open(newline="", encoding="utf-8") as table:
        return [_quoted_row(line) for line in csv.DictReader(table) if not line["left_out"]]


def _quoted_row(line: dict[str, str]) -> Row:
    place = (line["component"], line["key"], line["usd"])
    origin = (line["source"], line["source_date"])
    if line["region"] == "unspecified":
        basis = "stand-in:region-not-stated"
        return Row("us-east-1", *place, basis, *origin, because=NOT_STATED_BECAUSE)
    return Row(line["region"], *place, line["basis"], *origin)


def studio_notebook(folder: Path) -> list[Row]:
    """The prices of the pricing page's table of Studio notebook instances."""
    with (folder / "studio-notebook.csv").open(newline="", encoding="utf-8") as table:
        return [
            Row(
                region=line["region"],
                component="studio-notebook",
                key=line["key"],
                usd=line["usd"],
                basis="aws-price-map",
                source=STUDIO_SOURCE,
                as_of=STUDIO_DATE,
            )
            for line in csv.DictReader(table)
        ]


def scaled(rows: list[Row]) -> list[Row]:
    """Provisioned concurrency of the memory sizes without a price, in proportion to memory."""
    memory_sizes = fields(compile_rules(PRICES.parent)["options"])["serverless-memory"].tiers
    return [
        row._replace(
            key=str(memory),
            usd=f"{(Decimal(row.usd) * memory / int(row.key)).normalize():f}",
            basis="stand-in:other-memory",
            because=SCALED_BECAUSE,
        )
        for row in rows
        if row.component in SCALED
        for memory in memory_sizes
        if memory != int(row.key)
    ]


def strongest(rows: list[Row]) -> dict[tuple[str, str, str], Row]:
    """Of several rows for one price the one with the strongest basis, then the newest."""
    found: dict[tuple[str, str, str], Row] = {}
    for row in sorted(rows, key=lambda row: row.as_of, reverse=True):
        place = (row.region, row.component, row.key)
        kept = found.get(place)
        if kept is None or _rank(row) < _rank(kept):
            found[place] = row
    return found


def _rank(row: Row) -> int:
    return STRONGEST_FIRST.index(row.basis)


def without_needless_stand_ins(rows: dict[tuple[str, str, str], Row]) -> list[Row]:
    """Leave out prices without a Region where the Studio notebook price of us-east-1 is known."""
    return [
        row
        for (region, component, key), row in sorted(rows.items())
        if not (
            component == "hosting"
            and row.basis == "stand-in:region-not-stated"
            and (region, "studio-notebook", key) in rows
        )
    ]


def snapshot(region: str, rows: list[Row]) -> dict[str, Any]:
    """One Region's file: prices as [USD, number of the source], and the sources."""
    sources: list[dict[str, str]] = []
    prices: dict[str, dict[str, list[Any]]] = {}
    for row in rows:
        source = {"basis": row.basis, "source": row.source, "as_of": row.as_of}
        if row.because:
            source["because"] = row.because
        if source not in sources:
            sources.append(source)
        prices.setdefault(row.component, {})[row.key] = [row.usd, sources.index(source)]
    return {
        "schema": "sm-advise/prices.v1",
        "region": region,
        "date": max(row.as_of for row in rows),
        "sources": sources,
        "prices": prices,
    }


def written(document: dict[str, Any]) -> str:
    """The file's text, one price and one source a line, so that a diff shows what moved."""
    lines = ["{"]
    lines += [f"  {json.dumps(name)}: {json.dumps(document[name])}," for name in _HEAD]
    lines.append('  "sources": [')
    lines.append(",\n".join(f"    {json.dumps(source)}" for source in document["sources"]))
    lines.append("  ],")
    lines.append('  "prices": {')
    components = [
        f"    {json.dumps(component)}: {{\n"
        + ",\n".join(
            f"      {json.dumps(key)}: {json.dumps(price)}" for key, price in prices.items()
        )
        + "\n    }"
        for component, prices in document["prices"].items()
    ]
    return "\n".join([*lines, ",\n".join(components), "  }", "}", ""])


_HEAD = ("schema", "region", "date")


def build() -> dict[str, str]:
    """Region to the text of its file."""
    rows = quoted(PRICES / "sources") + studio_notebook(PRICES / "sources")
    kept = without_needless_stand_ins(strongest(rows + scaled(rows)))
    regions = sorted({row.region for row in kept})
    return {
        region: written(snapshot(region, [row for row in kept if row.region == region]))
        for region in regions
    }


def main() -> int:
    """Write the files, or with --check say which ones are not what the tables make."""
    stale = []
    for region, text in build().items():
        path = PRICES / f"{region}.json"
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(path)
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
    for path in stale:
        sys.stderr.write(f"{path}\n")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
