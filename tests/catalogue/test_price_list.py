"""The transcribed price list against EC2's prices, its own sizes and Regions, and earlier sources.

What these checks found stands in ``rules/prices/sources/README.md``.
"""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from pathlib import Path
from statistics import median

import pytest

from advisor.catalogue import price_snapshot as prices
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.load import load

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "rules/prices"
REGIONS = prices.regions(SHIPPED)


def _rows(name: str) -> list[dict[str, str]]:
    with (SHIPPED / "sources" / name).open(newline="", encoding="utf-8") as table:
        return list(csv.DictReader(table))


@cache
def _list() -> dict[tuple[str, str], str]:
    """(Region, type) to its hosting price, as transcribed."""
    return {
        (region, row["key"]): usd
        for row in _rows("price-list.csv")
        if row["component"] == "hosting"
        for region, usd in row.items()
        if region.count("-") > 1 and usd
    }


@cache
def _ec2() -> dict[str, float]:
    return {row["key"]: float(row["usd"]) for row in _rows("ec2-on-demand.csv")}


def _family(key: str) -> str:
    return key.split(".")[1]


@cache
def _ratios() -> dict[tuple[str, str], dict[str, float]]:
    """(Region, family) to the ratio of each type's price there to EC2's in us-east-1."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for (region, key), usd in _list().items():
        if key in _ec2():
            found.setdefault((region, _family(key)), {})[key] = float(usd) / _ec2()[key]
    return found


def _expected(key: str) -> float:
    """How many times EC2's price a type costs in us-east-1."""
    family, first = _family(key), key.endswith(".xlarge")
    if family[0] == "g":
        return 1.4 if first else 1.25
    if family[:3] == "inf":
        return 1.3 if first else 1.2
    return 1.15 if family[0] == "p" or family[:3] == "trn" else 1.2


def _half_a_step(usd: str) -> float:
    """The relative error of a price that was rounded to its digits."""
    return 0.5 / float(10 ** len(usd.partition(".")[2])) / float(usd)


def test_prices_follow_ec2s_in_its_region() -> None:
    ratios = [
        (key, ratio / _expected(key) - 1)
        for (region, _), found in _ratios().items()
        if region == "us-east-1"
        for key, ratio in found.items()
    ]
    off = {key: error for key, error in ratios if abs(error) > 0.005}
    # All ten sizes of r8g cost twice as much, in us-west-2 too; t2.medium is a rounding step off.
    assert (len(ratios), len(off)) == (215, 11)
    assert {_family(key) for key in off} == {"r8g", "t2"}
    assert all(0.98 < error < 1.02 for key, error in off.items() if _family(key) == "r8g")
    assert off["ml.t2.medium"] == pytest.approx(0.0058, abs=0.0001)


def test_prices_are_in_proportion_to_size_within_a_family() -> None:
    """By EC2's sizes; the smallest accelerated size may have a ratio of its own."""
    off, looked_at = {}, 0
    for (region, _), found in _ratios().items():
        middle = median(found.values())
        own = median(ratio / _expected(key) for key, ratio in found.items())
        for key, ratio in found.items():
            errors = (ratio / _expected(key) / own - 1, ratio / middle - 1)
            least = min(errors, key=abs)
            looked_at += 1
            if abs(least) > 0.006 + 2 * _half_a_step(_list()[region, key]):
                off[region, key] = round(least, 3)
    assert looked_at == 3894
    assert off == {
        ("ap-southeast-3", "ml.c5d.large"): -0.019,
        ("ap-southeast-3", "ml.c5d.xlarge"): -0.019,
        ("ap-southeast-3", "ml.r5d.large"): -0.023,
        ("eu-central-1", "ml.g6e.xlarge"): -0.039,
        ("us-gov-east-1", "ml.m5.xlarge"): 0.182,
    }
    doubted = {(row["region"], row["key"]) for row in _rows("price-list-doubts.csv")}
    assert doubted == {place for place, error in off.items() if abs(error) > 0.05}


def test_families_share_the_level_of_their_region() -> None:
    levels: dict[str, dict[str, float]] = {}
    for (region, family), found in _ratios().items():
        own = median(ratio / _expected(key) for key, ratio in found.items())
        levels.setdefault(region, {})[family] = own
    off = {
        (region, family)
        for region, found in levels.items()
        for family, level in found.items()
        if not 0.8 < level / median(found.values()) < 1.3
    }
    # EC2 sells Graviton in India at about half the price, too.
    india = {place for place in off if place[0].startswith("ap-south-")}
    assert {place for place in india if place[1][2:3] != "g"} == {("ap-south-1", "p6-b200")}
    assert len(india) == 13
    assert off - india == {
        ("eu-central-1", "g7e"),
        ("eu-west-2", "g7e"),
        ("us-east-1", "r8g"),
        ("us-west-2", "r8g"),
    }


def test_types_without_a_price_of_ec2s_are_in_proportion_too() -> None:
    sizes = {"medium": 0.25, "large": 0.5, "xlarge": 1.0}
    families = {_family(key) for _, key in _list() if key not in _ec2()}
    assert families >= {"m7g", "m7gd", "r7g", "t3", "g7"}
    for family in sorted(families - {"g7"}):
        for region in REGIONS:
            per_size = {}
            for (place, key), usd in _list().items():
                size = key.rpartition(".")[2]
                if place == region and _family(key) == family:
                    number = sizes.get(size) or float(size.removesuffix("xlarge"))
                    per_size[key] = (float(usd) / number, 2 * _half_a_step(usd))
            for key, (usd_each, step) in per_size.items():
                middle = median(usd for usd, _ in per_size.values())
                close = abs(usd_each / middle - 1) < 0.04 + step
                assert close or (region, key) == ("us-gov-east-1", "ml.m5.xlarge"), (region, key)
    g7 = {key for _, key in _list() if _family(key) == "g7"}
    for key in g7:
        assert (
            len({_list()[region, key] for region in ("us-east-1", "us-east-2", "us-west-2")}) == 1
        )


def _compared(region: str, key: str, usd: str) -> str:
    listed = _list().get((region, key))
    if listed is None:
        return "not sold"
    difference = abs(float(usd) / float(listed) - 1)
    steps = ((0, "equal"), (0.005, "within 0.5 %"), (0.02, "within 2 %"))
    return next((name for most, name in steps if difference <= most), "more")


def test_earlier_prices_of_hosting_agree() -> None:
    found = Counter(
        _compared("us-east-1" if unnamed else row["region"], row["key"], row["usd"])
        for row in _rows("quoted.csv")
        for unnamed in (row["region"] == "unspecified",)
        if row["component"] == "hosting" and not row["left_out"]
    )
    # p2 and p3 are no longer sold.
    assert found == {"equal": 61, "within 0.5 %": 3, "not sold": 3}


def test_the_studio_notebook_table_differs_by_whole_families() -> None:
    asked = {key for region in REGIONS for key in prices.load(region, SHIPPED).instance_types()}
    found: dict[str, list[tuple[str, str]]] = {}
    for row in _rows("studio-notebook.csv"):
        for region, usd in row.items():
            if region != "key" and usd and row["key"] in asked:
                kind = _compared(region, row["key"], usd)
                found.setdefault(kind, []).append((region, row["key"]))
    counts = {kind: len(places) for kind, places in found.items()}
    assert counts == {
        "equal": 697, "within 0.5 %": 104, "within 2 %": 18, "more": 55, "not sold": 47,
    }  # fmt: skip
    families = {(region, _family(key)) for region, key in found["more"]}
    assert {region for region, family in families if family == "g4dn"} == {
        "ap-northeast-3", "us-gov-east-1", "us-gov-west-1", "us-west-1",
    }  # fmt: skip


# -- coverage --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "types"), [("us-east-1", 221), ("eu-west-1", 183), ("ap-northeast-1", 186)]
)
def test_types_that_are_sold(region: str, types: int) -> None:
    found = prices.load(region, SHIPPED)
    assert sum(map(bool, map(found.sold, _asked()))) == types


@cache
def _asked() -> list[str]:
    lines = (ROOT / "rules/instances.csv").read_text(encoding="utf-8").splitlines()
    return [line.partition(",")[0] for line in lines if line.startswith("ml.")]


def test_every_sold_type_has_a_price_in_36_regions() -> None:
    assert len(REGIONS) == 36
    assert len(_asked()) == 277
    sold = []
    for region in REGIONS:
        known = prices.load(region, SHIPPED)
        for key in filter(known.sold, _asked()):
            price = known.lookup("hosting", key)
            assert price is not None
            place = (region, key)
            assert price.stand_in is (place == ("us-gov-east-1", "ml.m5.xlarge"))
            assert price.stand_in or float(price.usd) == float(_list()[place])
            sold.append(place)
    assert len({key for _, key in sold}) == 248
    # The 27 Regions that had prices before the list.
    before = [key for key in _rows("studio-notebook.csv")[0] if key != "key"]
    assert len(before) == 27
    assert sum(region in before for region, _ in sold) == 3211
    never = {_family(key) for key in _asked()} - {_family(key) for _, key in sold}
    assert never == {"c6in", "dl1", "m8g", "p2", "p3", "p5e", "p6e-gb200", "trn2"}


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_prices_each_component(region: str) -> None:
    found = prices.load(region, SHIPPED)
    sold = next(filter(found.sold, _asked()))
    for component, key in (
        ("asynchronous", sold),
        ("batch-transform", sold),
        ("hosting", sold),
        ("serverless", "4096"),
        ("provisioned-concurrency-usage", "1024"),
        ("provisioned-concurrency-duration", "6144"),
        ("data", "in"),
        ("data", "out"),
        ("data", "asynchronous"),
        ("storage", "gp2"),
    ):
        assert found.lookup(component, key) is not None, component


def test_regions_with_a_serverless_list_are_those_that_aws_names() -> None:
    """Every Region with a snapshot is known, and China has none."""
    offers = knowledge(load().raw).offers
    listed = {
        row["key"]: {region for region, usd in row.items() if region.count("-") > 1 and usd}
        for row in _rows("price-list.csv")
        if row["component"] == "serverless"
    }
    assert set(listed) == {"1024", "2048", "3072", "4096", "5120", "6144"}
    named = {region for region in offers if offers[region].serverless_concurrency}
    assert all(regions == named for regions in listed.values())
    assert set(REGIONS) < set(offers)
    assert {region for region in offers if offers[region].hosting is not None} == {
        "cn-north-1",
        "cn-northwest-1",
    }
    assert prices.load("cn-north-1", SHIPPED).sold("ml.m5.xlarge") is None
