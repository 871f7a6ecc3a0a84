"""The bulk offer files: what is read of them, and what is refused."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from advisor.model.errors import InputError
from advisor.pricing.price_refresh import offers, refresh
from advisor.pricing.price_refresh.offers import members

ROOT = Path(__file__).resolve().parents[2]
OFFERS = Path(__file__).parent / "offers"
PRICE_LIST = offers.load(ROOT / "rules/prices")

US_EAST_1 = {
    ("hosting", "ml.m5.xlarge"): "0.23",
    ("hosting", "ml.m5.large"): "0.115",
    ("hosting", "ml.c5.large"): "0.102",
    ("hosting", "ml.g7e.2xlarge"): "4.2039",
    ("hosting", "ml.g6e.2xlarge"): "2.8026",
    ("asynchronous", "ml.g6e.2xlarge"): "2.8026",
    ("batch-transform", "ml.m5.xlarge"): "0.23",
    ("serverless", "3072"): "0.00006",
    ("serverless", "2048"): "0.00004",
    ("provisioned-concurrency-usage", "2048"): "0.00001",
    ("provisioned-concurrency-duration", "2048"): "0.0000233",
    ("data", "in"): "0.016",
    ("data", "out"): "0.016",
    ("storage", "gp2"): "0.14",
}


@pytest.mark.parametrize("name", ["us-east-1.json", "us-east-1.csv"])
def test_what_is_read(name: str) -> None:
    """Wrong hardware, suffixes, missing names, other products, Outposts and zeros do no harm."""
    found = offers.read(OFFERS / name, "us-east-1", PRICE_LIST)
    assert found.prices == US_EAST_1
    assert found.date == "2026-09-20"
    assert found.problems == (
        "hosting ml.p5.48xlarge: two prices, 113.068 and 63.296",
        "hosting ml.r5.large: the unit is 'Month'",
    )


def test_products_of_another_region_are_left_alone() -> None:
    found = offers.read(OFFERS / "us-east-1.json", "eu-west-1", PRICE_LIST)
    assert found.prices == {("hosting", "ml.m5.xlarge"): "0.257"}


def test_terms_before_products_and_parts_nobody_asked_for(tmp_path: Path) -> None:
    document = json.loads((OFFERS / "us-east-1.json").read_bytes())
    terms, products = document.pop("terms"), document.pop("products")
    reserved = {"Reserved": {"SKU": {"A.B": {"priceDimensions": {}}}}, **terms, "Spot": []}
    document.update(terms=reserved, attributesList=[{"a": [1, 2.5, None, True]}], products=products)
    path = tmp_path / "index.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert offers.read(path, "us-east-1", PRICE_LIST).prices == US_EAST_1


def test_a_file_larger_than_a_window(tmp_path: Path) -> None:
    document = json.loads((OFFERS / "us-east-1.json").read_bytes())
    padding = {
        f"PADDING{number}": {"sku": f"PADDING{number}", "attributes": {"usagetype": "x" * 200}}
        for number in range(5000)
    }
    document["products"] = {**padding, **document["products"]}
    path = tmp_path / "index.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert path.stat().st_size > 1_000_000
    assert offers.read(path, "us-east-1", PRICE_LIST).prices == US_EAST_1


def _text(name: str) -> str:
    return (OFFERS / name).read_text(encoding="utf-8")


def _changed(name: str, old: str, new: str) -> str:
    text = _text(name)
    assert old in text
    return text.replace(old, new)


NO_DAYS = (
    '"2026-13-01T00"',
    '"20260901T000"',
    '"yesterday at"',
    "20260901",
    "null",
    '"2026-02-30"',
)


def _published(day: str) -> str:
    """The offer file with another date of publication."""
    return re.sub(
        '"publicationDate": *"[^"]*"', f'"publicationDate": {day}', _text("us-east-1.json")
    )


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("cut.json", _text("us-east-1.json")[:9000], "cut off"),
        ("cut-in-terms.json", _text("us-east-1.json")[:-3000], "cut off"),
        ("empty.json", "", "cut off"),
        ("list.json", "[]", "{ is missing"),
        ("html.json", "<html><body>Sign in</body></html>", "{ is missing"),
        ("bare.json", "{offerCode: 1}", "not JSON"),
        ("scalars.json", '{"version": 1, "offerCode": "AmazonSageMaker"}', "publication date"),
        ("number-as-key.json", '{1: "x"}', "a key is not a text"),
        ("colon.json", '{"offerCode" "AmazonSageMaker"}', ": is missing"),
        ("comma.json", '{"offerCode": "AmazonSageMaker" "version": "1"}', ", is missing"),
        ("other.json", _changed("us-east-1.json", "AmazonSageMaker", "AmazonEC2"), "not an offer"),
        *((f"day-{day}.json", _published(day), "has no publication date") for day in NO_DAYS),
        (
            "undated.json",
            _changed("us-east-1.json", "publicationDate", "published"),
            "has no publication date",
        ),
        ("no-products.json", _changed("us-east-1.json", "-Host:ml", "-Hosting:ml"), "no hosting"),
        ("yuan.json", _changed("us-east-1.json", '"USD"', '"CNY"'), "not in USD"),
        ("deep.json", _text("us-east-1.json").split('"sku"')[0] + "[" * 100_000, "not JSON"),
        ("cut.csv", _text("us-east-1.csv")[:-40], "cut off"),
        ("short-row.csv", _text("us-east-1.csv").rsplit(",", 3)[0] + "\n", "cut off"),
        ("cut-in-a-text.csv", _text("us-east-1.csv")[:-4], "cut off"),
        ("head.csv", '"FormatVersion","v1.0"\n', "not an offer"),
        ("head-alone.csv", "\n".join(_text("us-east-1.csv").splitlines()[:5]), "cut off"),
        ("short-head.csv", "FormatVersion\n", "cut off"),
        ("yuan.csv", _changed("us-east-1.csv", '"USD"', '"CNY"'), "not in USD"),
    ],
)
def test_what_is_refused(tmp_path: Path, name: str, text: str, message: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        offers.read(path, "us-east-1", PRICE_LIST)
    assert caught.value.file == str(path)


@pytest.mark.parametrize("name", ["latin.json", "latin.csv"])
def test_other_encodings_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b'{"offerCode": "\xe9\xe8"')
    with pytest.raises(InputError, match=r"cannot be read"):
        offers.read(path, "us-east-1", PRICE_LIST)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        offers.read(tmp_path / "none.json", "us-east-1", PRICE_LIST)


def test_a_value_without_end_is_not_taken_into_memory(tmp_path: Path) -> None:
    path = tmp_path / "endless.json"
    path.write_text('{"offerCode": "' + "x" * (1 << 25), encoding="utf-8")
    with pytest.raises(InputError, match="not JSON"):
        offers.read(path, "us-east-1", PRICE_LIST)


@pytest.mark.parametrize(
    "terms",
    [None, [], {"T": None}, {"T": {"priceDimensions": {"D": {"unit": "Hrs"}}}}],
    ids=["null", "list", "null term", "no price"],
)
def test_terms_of_another_shape_are_named(tmp_path: Path, terms: Any) -> None:
    document = json.loads((OFFERS / "us-east-1.json").read_bytes())
    document["terms"]["OnDemand"]["JDZQJFUVUR8SUWHS"] = terms
    path = tmp_path / "index.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    found = offers.read(path, "us-east-1", PRICE_LIST)
    assert ("hosting", "ml.m5.xlarge") not in found.prices
    assert "hosting ml.m5.xlarge: its terms have another shape" in found.problems


def test_only_the_first_tier_counts(tmp_path: Path) -> None:
    document = json.loads((OFFERS / "us-east-1.json").read_bytes())
    (term,) = document["terms"]["OnDemand"]["JDZQJFUVUR8SUWHS"].values()
    (dimension,) = term["priceDimensions"].values()
    later = {**dimension, "beginRange": "1000", "pricePerUnit": {"USD": "0.1000000000"}}
    term["priceDimensions"]["later"] = later
    path = tmp_path / "index.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert offers.read(path, "us-east-1", PRICE_LIST).prices == US_EAST_1


def test_reserved_terms_and_later_tiers_of_a_table_are_left_alone(tmp_path: Path) -> None:
    lines = _text("us-east-1.csv").splitlines(keepends=True)
    first = next(line for line in lines if "JDZQJFUVUR8SUWHS" in line)
    reserved = first.replace('"OnDemand"', '"Reserved"').replace("0.2300000000", "0.1")
    later = first.replace('"0","Inf"', '"1000","Inf"').replace("0.2300000000", "0.2")
    path = tmp_path / "index.csv"
    path.write_text("".join([*lines, reserved, later]), encoding="utf-8")
    assert offers.read(path, "us-east-1", PRICE_LIST).prices == US_EAST_1


class _Drip(io.StringIO):
    """A stream that gives one character at a time."""

    def read(self, size: int | None = -1, /) -> str:
        del size
        return super().read(1)


def test_values_that_arrive_in_pieces() -> None:
    text = '{"a": {"b": 1}, "c": {"d": {"number": 1234.5, "text": "x\\ny", "list": [1, 2]}}}'
    assert list(members(_Drip(text), "x", "c")) == [
        ("d", {"number": 1234.5, "text": "x\ny", "list": [1, 2]})
    ]
    assert list(members(_Drip('{"a": {"b": 12}}'), "x", "a")) == [("b", 12)]


def test_products_of_another_shape_are_passed_over(tmp_path: Path) -> None:
    document = json.loads((OFFERS / "us-east-1.json").read_bytes())
    document["products"].update(A=None, B={"attributes": []}, C={"attributes": {"usagetype": 7}})
    path = tmp_path / "index.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert offers.read(path, "us-east-1", PRICE_LIST).prices == US_EAST_1


def test_a_snapshot_from_a_downloaded_file() -> None:
    found = refresh.from_file(OFFERS / "eu-west-1.json", "eu-west-1", PRICE_LIST)
    assert found.document["prices"] == {
        "data": {"in": ["0.016", 0]},
        "hosting": {"ml.g5.12xlarge": ["7.91", 0], "ml.m5.xlarge": ["0.257", 0]},
    }
    assert found.document["sources"] == [
        {"basis": "price-list", "source": "AWS Price List, eu-west-1.json", "as_of": "2026-09-20"}
    ]
    assert found.missing == (
        "asynchronous",
        "batch-transform",
        "serverless",
        "provisioned-concurrency-usage",
        "provisioned-concurrency-duration",
        "storage",
    )
    assert found.problems == ()
