"""Makes rules/prices/<region>.json from rules/prices/sources.

With ``--check`` it only compares; with ``--from FOLDER`` it first takes the newer Price List of the
snapshots there, which ``sm-advise prices refresh --output FOLDER`` has written.

Hosting and on-demand serverless are those of the Price List, and no others: what the list lacks in
a Region is not sold there. Gaps get estimates here, once, so that a program reads one file.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from advisor.rulebook.compile import compile_rules
from advisor.rulebook.references import fields

PRICES = Path(__file__).resolve().parent.parent / "rules" / "prices"
SOURCES = PRICES / "sources"
LIST = SOURCES / "price-list.csv"
LIST_SOURCES = SOURCES / "price-list-sources.csv"
REFERENCE = "us-east-1"
"""The Region of EC2's prices, and of those that no source gives elsewhere."""
EC2_SOURCE = (
    "github.com/aws/karpenter-provider-aws pkg/providers/pricing/zz_generated.pricing_aws.go "
    "(EC2 Linux on-demand)"
)
EC2_DATE = "2026-07-20"
STRONGEST_FIRST = (
    "price-list",
    "price-list-quoted",
    "aws-bill",
    "derived",
    "aws-docs",
    "aws-sample",
    "secondary",
)
SCALED = ("provisioned-concurrency-usage", "provisioned-concurrency-duration")
SCALED_BECAUSE = (
    "On-demand seconds cost in proportion to memory; of provisioned concurrency only the price of "
    "2 GB was found."
)
# By component: why the price of the reference Region may stand in for another's.
LENT_BECAUSE = {
    "data": "The three Regions whose price is known, us-east-1, us-east-2 and eu-west-1, have the "
    "same.",
    "serverless": "Seventeen of the 21 Regions whose price is known have that of us-east-1; the "
    "dearest costs 1.375 times as much.",
    "storage": "The price is known in us-east-1 (0.14) and eu-west-1 (0.154) only.",
    **dict.fromkeys(
        SCALED,
        "The price is known in us-east-1 only; taken in proportion to that of on-demand seconds.",
    ),
}


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


def table(path: Path) -> list[dict[str, str]]:
    """A table's rows; lines that begin with # are remarks."""
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(line for line in stream if not line.startswith("#")))


def listed() -> list[Row]:
    """Every price of the Price List that can be asked for; for doubtful ones an estimate."""
    asked = {line["instance_type"] for line in table(PRICES.parent / "instances.csv")}
    origins = {line.pop("region"): tuple(line.values()) for line in table(LIST_SOURCES)}
    rows = [
        Row(region, line["component"], line["key"], plain(usd), "price-list", *origins[region])
        for line in table(LIST)
        if line["key"] in asked or not line["key"].startswith("ml.")
        for region, usd in list(line.items())[2:]
        if usd
    ]
    doubts = {
        tuple(line[name] for name in Row._fields[:4]): line["because"]
        for line in table(SOURCES / "price-list-doubts.csv")
    }
    sound = [row for row in rows if row[:4] not in doubts]
    return sound + [
        from_other_sizes(row, sound, doubts[row[:4]]) for row in rows if row[:4] in doubts
    ]


def from_other_sizes(doubted: Row, rows: Sequence[Row], doubt: str) -> Row:
    """What a type costs in proportion to the virtual CPUs of its family's other sizes."""
    vcpu = {line["instance_type"]: line["vcpu"] for line in table(PRICES.parent / "instances.csv")}
    family = doubted.key.rpartition(".")[0]
    per_vcpu = median(
        Decimal(row.usd) / int(vcpu[row.key])
        for row in rows
        if row[:2] == doubted[:2] and row.key.rpartition(".")[0] == family
    )
    return doubted._replace(
        usd=plain(round(per_vcpu * int(vcpu[doubted.key]), 4)),
        basis="stand-in:other-size",
        because=f"The list has {doubted.usd}, which seems wrong. {doubt}",
    )


def take(folder: Path) -> None:
    """Put the Price List of refreshed snapshots in the place of the Regions' old ones."""
    lists = {(line["component"], line["key"]): line for line in table(LIST)}
    origins = {line["region"]: line for line in table(LIST_SOURCES)}
    for path in sorted(folder.glob("*-*-[0-9].json")):
        new = json.loads(path.read_bytes())
        region, (source,) = new["region"], new["sources"]
        origins[region] = {"region": region, "source": source["source"], "as_of": source["as_of"]}
        for line in lists.values():
            line[region] = ""
        for component, prices in new["prices"].items():
            for key, (usd, _) in prices.items():
                empty = {"component": component, "key": key}
                lists.setdefault((component, key), empty)[region] = usd
    names = ["component", "key", *sorted(origins)]
    kept = [
        line for place, line in sorted(lists.items(), key=_by_size) if any(list(line.values())[2:])
    ]
    _write(LIST, names, kept)
    _write(LIST_SOURCES, ["region", "source", "as_of"], [origins[name] for name in sorted(origins)])


def _by_size(entry: tuple[tuple[str, str], Any]) -> tuple[str, int, str]:
    component, key = entry[0]
    return component, int(key) if key.isdecimal() else 0, key


def _write(path: Path, names: Sequence[str], lines: Sequence[dict[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)


def quoted() -> list[Row]:
    """The single prices of what the list does not have."""
    found: dict[tuple[str, str, str], Row] = {}
    for line in table(SOURCES / "quoted.csv"):
        row = Row(*(line[name] for name in (*Row._fields[:6], "source_date")))
        unfit = line["left_out"] or row.region == "unspecified"
        if unfit or row.component in ("hosting", "serverless"):
            continue
        kept = found.get(row[:3])
        if kept is None or _strength(row) > _strength(kept):
            found[row[:3]] = row
    return list(found.values())


def _strength(row: Row) -> tuple[int, str]:
    """The strongest basis, then the newest."""
    return -STRONGEST_FIRST.index(row.basis), row.as_of


def plain(usd: str | Decimal) -> str:
    """Decimal text without noughts at its end."""
    return f"{Decimal(usd).normalize():f}"


def scaled(rows: Sequence[Row]) -> list[Row]:
    """Provisioned concurrency of the memory sizes without a price, in proportion to memory."""
    memory_sizes = fields(compile_rules(PRICES.parent)["options"])["serverless-memory"].tiers
    return [
        row._replace(
            key=str(memory),
            usd=plain(Decimal(row.usd) * memory / int(row.key)),
            basis="stand-in:other-memory",
            because=SCALED_BECAUSE,
        )
        for row in rows
        if row.component in SCALED
        for memory in memory_sizes
        if memory != int(row.key)
    ]


def lent(rows: Sequence[Row]) -> list[Row]:
    """Prices of the reference Region, for components without a price in another Region."""
    known = {row[:2] for row in rows}
    seconds = {row.region: Decimal(row.usd) for row in rows if row[1:3] == ("serverless", "1024")}
    found = []
    for region in sorted({row.region for row in rows}):
        dearer = seconds.get(region, seconds[REFERENCE]) / seconds[REFERENCE]
        for row in rows:
            if row.region != REFERENCE or row.component not in LENT_BECAUSE:
                continue
            if (region, row.component) not in known:
                factor = dearer if row.component in SCALED else 1
                lending = row._replace(
                    region=region,
                    usd=plain(Decimal(row.usd) * factor),
                    basis="stand-in:other-region",
                    source=f"{row.source} ({REFERENCE})",
                    because=LENT_BECAUSE[row.component],
                )
                found.append(lending)
    return found


class Ratios(NamedTuple):
    """How many times EC2's price the types of one class cost, and how far that errs."""

    ratio: Decimal
    middle: Decimal  # relative error of half of the types, each family told by the other families
    worst: Decimal


def ratios(ec2: dict[str, Decimal], hosting: dict[str, Decimal]) -> dict[str, Ratios]:
    """By class of families: the median ratio of hosting to EC2, and its leave-one-out errors.

    Args:
        ec2: USD an hour by type.
        hosting: likewise.
    """
    classes = family_classes()
    by_class: dict[str, list[tuple[str, Decimal]]] = {}
    for key in sorted(ec2.keys() & hosting.keys()):
        family = key.split(".")[1]
        by_class.setdefault(classes[family], []).append((family, hosting[key] / ec2[key]))
    told = {name: _ratios(found) for name, found in by_class.items()}
    return {name: found for name, found in told.items() if found is not None}


def _ratios(found: list[tuple[str, Decimal]]) -> Ratios | None:
    """None where a single family leaves no other to tell its prices by."""
    errors = []
    for family, ratio in found:
        others = [other for name, other in found if name != family]
        if others:
            errors.append(abs(median(others) / ratio - 1))
    if not errors:
        return None
    return Ratios(median(ratio for _, ratio in found), median(errors), max(errors))


def family_classes() -> dict[str, str]:
    """Family to its class."""
    return {line["id"]: line["class"] for line in table(PRICES.parent / "families.csv")}


def from_ec2(rows: Sequence[Row]) -> Iterator[Row]:
    """Estimates for types that the reference Region does not sell, and EC2 does."""
    ec2 = {line["key"]: Decimal(line["usd"]) for line in table(SOURCES / "ec2-on-demand.csv")}
    hosting = {row.key: Decimal(row.usd) for row in rows if row[:2] == (REFERENCE, "hosting")}
    earlier = {
        line["key"]: Decimal(line["usd"])
        for line in table(SOURCES / "quoted.csv")
        if line["component"] == "hosting"
        and line["region"] in (REFERENCE, "unspecified")
        and not line["left_out"]
    }
    classes, known = family_classes(), ratios(ec2, earlier | hosting)
    for key in sorted(ec2.keys() - hosting.keys()):
        name = classes[key.split(".")[1]]
        if name not in known:
            continue
        found = known[name]
        because = (
            f"EC2's price times {found.ratio:.2f}, the middle ratio of the class {name}. Where "
            f"one family of it is told by the others, half of the prices err by at most "
            f"{found.middle * 100:.1f} %, the worst by {found.worst * 100:.0f} %. No product of "
            "the list hosts this type here."
        )
        usd = plain(round(ec2[key] * found.ratio, 4))
        place = (REFERENCE, "hosting", key, usd, "stand-in:ec2-ratio")
        yield Row(*place, EC2_SOURCE, EC2_DATE, because)


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
        "date": max(row.as_of for row in rows if row.basis == "price-list"),
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
    rows = listed()
    known = {row[:3] for row in rows}
    rows += [row for row in quoted() if row[:3] not in known]
    known = {row[:3] for row in rows}
    rows += [row for row in scaled(rows) if row[:3] not in known]
    rows += [*lent(rows), *from_ec2(rows)]
    by_region: dict[str, list[Row]] = {}
    for row in sorted(rows):
        by_region.setdefault(row.region, []).append(row)
    return {region: written(snapshot(region, found)) for region, found in by_region.items()}


def main() -> int:
    """Write the files, or with --check say which ones are not what the tables make."""
    if "--from" in sys.argv:
        take(Path(sys.argv[sys.argv.index("--from") + 1]))
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
