"""The shipped snapshots, the user's own, and what stands in for a gap."""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.catalogue import price_snapshot as prices
from advisor.model.errors import InputError
from advisor.rulebook.load import load
from advisor.rulebook.references import fields

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "rules/prices"
SCHEMAS = ROOT / "rules/schema"
REGIONS = prices.regions(SHIPPED)


def _json(path: Path) -> Any:
    return json.loads(path.read_bytes())


def _validator(name: str) -> Any:
    schema = _json(SCHEMAS / f"{name}.schema.json")
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("region", REGIONS)
def test_a_shipped_snapshot_keeps_its_schema(region: str) -> None:
    document = _json(SHIPPED / f"{region}.json")
    assert list(_validator("prices").iter_errors(document)) == []
    assert document["region"] == region
    used = {number for component in document["prices"].values() for _, number in component.values()}
    assert used == set(range(len(document["sources"])))


@pytest.mark.parametrize(
    ("file", "schema"), [("terms", "price-terms"), ("price-list", "price-list")]
)
def test_the_other_files_keep_theirs(file: str, schema: str) -> None:
    assert list(_validator(schema).iter_errors(_json(SHIPPED / f"{file}.json"))) == []


def test_every_component_that_is_named_is_one_of_the_price_list() -> None:
    known = set(prices.components(SHIPPED))
    terms = _json(SHIPPED / "terms.json")
    named = {each[key] for each in terms["stand_ins"] for key in ("component", "take")}
    for region in REGIONS:
        named |= _json(SHIPPED / f"{region}.json")["prices"].keys()
    assert named <= known


def test_serverless_is_priced_by_the_memory_sizes_of_its_limit() -> None:
    sizes = {str(tier) for tier in fields(load().raw["options"])["serverless-memory"].tiers}
    for component in prices.components(SHIPPED):
        for region in REGIONS:
            known = _json(SHIPPED / f"{region}.json")["prices"].get(component, {})
            assert {key for key in known if key.isdecimal()} <= sizes


def test_the_snapshots_are_what_the_tables_make() -> None:
    script = ROOT / "scripts/build_prices.py"
    done = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_refreshed_list_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    """Of its Regions, as a whole: prices, what is sold, and what was estimated before."""
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    (tmp_path / "scripts").mkdir()
    script = shutil.copy(ROOT / "scripts/build_prices.py", tmp_path / "scripts")
    snapshot = {
        "schema": prices.SCHEMA,
        "region": "us-gov-east-1",
        "date": "2026-12-24",
        "sources": [{"basis": "price-list", "source": "a newer list", "as_of": "2026-12-24"}],
        "prices": {
            "hosting": {"ml.m5.large": ["0.15", 0], "ml.m5.xlarge": ["0.29", 0]},
            "provisioned-concurrency-usage": {"2048": ["0.00002", 0]},
            "storage": {"gp2": ["0.15", 0]},
        },
    }
    (tmp_path / "us-gov-east-1.json").write_text(json.dumps(snapshot), encoding="utf-8")
    for arguments, code in (["--from", tmp_path], 0), (["--check"], 0):
        done = subprocess.run([sys.executable, script, *arguments], check=False)
        assert done.returncode == code
    found = prices.load("us-gov-east-1", tmp_path / "rules/prices")
    assert found.date == "2026-12-24"
    assert [key for key in ("ml.m5.large", "ml.m5.2xlarge", "ml.g6.xlarge") if found.sold(key)] == [
        "ml.m5.large"
    ]
    for component, key, usd, basis in (
        ("hosting", "ml.m5.xlarge", "0.29", "price-list"),  # the doubt was about another price
        ("provisioned-concurrency-usage", "2048", "0.00002", "price-list"),
        ("provisioned-concurrency-usage", "1024", "0.00001", "stand-in:other-memory"),
        ("storage", "gp2", "0.15", "price-list"),
        ("data", "in", "0.016", "stand-in:other-region"),
        ("serverless", "1024", "0.00002", "stand-in:other-region"),
    ):
        price = found.lookup(component, key)
        assert price is not None
        assert (price.usd, price.basis) == (usd, basis)
    (changed,) = (
        path.name
        for path in (tmp_path / "rules/prices").glob("*-[0-9].json")
        if path.read_bytes() != (SHIPPED / path.name).read_bytes()
    )
    assert changed == "us-gov-east-1.json"


def test_no_price_that_is_known_to_be_wrong_is_shipped() -> None:
    with (SHIPPED / "sources/quoted.csv").open(encoding="utf-8", newline="") as table:
        rows = [row for row in csv.DictReader(table) if row["left_out"]]
    left_out = [row for row in rows if row["left_out"] != "not the volume of an endpoint"]
    assert {row["key"] for row in left_out} >= {"ml.p4d.24xlarge", "ml.p5.48xlarge"}
    for row in left_out:
        shipped = _json(SHIPPED / f"{row['region']}.json")
        entry = shipped["prices"].get(row["component"], {}).get(row["key"])
        if entry is not None:
            assert shipped["sources"][entry[1]]["source"] != row["source"] or entry[0] != row["usd"]


@pytest.mark.parametrize(
    ("region", "component", "key", "usd", "basis"),
    [
        ("us-east-1", "hosting", "ml.m5.xlarge", "0.23", "price-list"),
        # An older sample has 0.7364.
        ("us-east-1", "hosting", "ml.g4dn.xlarge", "0.736", "price-list"),
        ("eu-west-1", "hosting", "ml.m5.xlarge", "0.257", "price-list"),
        ("eu-central-1", "hosting", "ml.m5.xlarge", "0.276", "price-list"),
        # The Studio notebook table, once a stand-in, had these two exchanged.
        ("sa-east-1", "hosting", "ml.g5.12xlarge", "12.0516", "price-list"),
        ("sa-east-1", "hosting", "ml.g5.16xlarge", "8.703", "price-list"),
        # The list has 0.3432; ml.m5.2xlarge has 0.5808, and half of it is this.
        ("us-gov-east-1", "hosting", "ml.m5.xlarge", "0.2904", "stand-in:other-size"),
        # 0.192 x 1.2, and 12.24 x 1.15.
        ("us-east-1", "hosting", "ml.m6i.xlarge", "0.2304", "stand-in:ec2-ratio"),
        ("us-east-1", "batch-transform", "ml.p3.8xlarge", "14.076", "stand-in:ec2-ratio"),
        ("eu-west-1", "asynchronous", "ml.g5.xlarge", "1.57", "stand-in:hosting"),
        ("us-east-1", "asynchronous", "ml.g6e.2xlarge", "2.8026", "price-list-quoted"),
        ("us-east-1", "batch-transform", "ml.m5.xlarge", "0.23", "stand-in:hosting"),
        ("eu-west-1", "batch-transform", "ml.c5.large", "0.115", "stand-in:hosting"),
        ("us-east-1", "hosting", "ml.t2.medium", "0.056", "price-list"),
        # The hosting price before the cut of 2025 was 37.688.
        ("us-east-1", "hosting", "ml.p4d.24xlarge", "25.251288", "price-list"),
        ("us-east-1", "serverless", "2048", "0.00004", "price-list"),
        ("us-east-1", "serverless", "6144", "0.00012", "price-list"),
        ("af-south-1", "serverless", "2048", "0.000053", "price-list"),
        ("ap-east-2", "serverless", "2048", "0.00004", "stand-in:other-region"),
        # 0.00001 x 0.0000265 / 0.00002
        (
            "af-south-1",
            "provisioned-concurrency-usage",
            "2048",
            "0.00001325",
            "stand-in:other-region",
        ),
        ("us-east-1", "provisioned-concurrency-usage", "2048", "0.00001", "derived"),
        # 0.0000233 x 3 / 2
        (
            "us-east-1",
            "provisioned-concurrency-duration",
            "3072",
            "0.00003495",
            "stand-in:other-memory",
        ),
        ("us-east-1", "data", "asynchronous", "0.02", "secondary"),
        ("eu-west-1", "data", "asynchronous", "0.016", "stand-in:hosting"),
        ("sa-east-1", "data", "asynchronous", "0.02", "stand-in:other-region"),
        ("sa-east-1", "data", "out", "0.016", "stand-in:other-region"),
        ("eu-west-1", "storage", "gp2", "0.154", "aws-bill"),
        ("sa-east-1", "storage", "gp2", "0.14", "stand-in:other-region"),
    ],
)
def test_prices_and_what_they_rest_on(
    region: str, component: str, key: str, usd: str, basis: str
) -> None:
    found = prices.load(region, SHIPPED).lookup(component, key)
    assert found is not None
    assert (found.usd, found.basis) == (usd, basis)
    assert found.stand_in is basis.startswith("stand-in:")
    assert bool(found.because) is found.stand_in
    assert found.source
    assert found.as_of


@pytest.mark.parametrize(
    ("region", "component", "key"),
    [
        ("us-east-1", "hosting", "ml.x9.large"),
        ("us-east-1", "serverless", "7168"),
        ("eu-west-1", "hosting", "ml.g6e.2xlarge"),  # sold elsewhere, which says nothing
        ("us-east-1", "hosting", "ml.m7g.large"),  # on the list, and unknown to the API
        ("xx-nowhere-9", "serverless", "1024"),
        ("xx-nowhere-9", "hosting", "ml.m5.xlarge"),
    ],
)
def test_what_is_not_known_is_absent(region: str, component: str, key: str) -> None:
    assert prices.load(region, SHIPPED).lookup(component, key) is None


def test_a_region_of_which_nothing_is_known() -> None:
    found = prices.load("xx-nowhere-9", SHIPPED)
    assert found.date is None
    assert not list(found.rows())
    assert not found.per_hour("hosting")
    assert found.sold("ml.m5.xlarge") is None


def test_rows_are_every_known_price_in_order() -> None:
    found = list(prices.load("us-east-1", SHIPPED).rows())
    document = _json(SHIPPED / "us-east-1.json")
    assert len(found) == sum(len(known) for known in document["prices"].values())
    sizes = [row.key for row in found if row.component == "serverless"]
    assert sizes == ["1024", "2048", "3072", "4096", "5120", "6144"]


def test_hourly_prices_in_millionths() -> None:
    found = prices.load("us-east-1", SHIPPED).per_hour("asynchronous")
    assert found["ml.m5.xlarge"] == 230_000
    assert found["ml.g5.xlarge"] == 1_408_000
    assert found["ml.p4d.24xlarge"] == 25_251_288
    assert "2048" not in found


@pytest.mark.parametrize(
    ("option", "word"),
    [("real-time", "Savings Plans"), ("serverless", "150,000 seconds"), ("asynchronous", "")],
)
def test_discounts_are_notes_where_a_source_states_them(option: str, word: str) -> None:
    found = prices.load("us-east-1", SHIPPED).notes(option)
    assert bool(found) is bool(word)
    assert word in " ".join(found)


def _own(folder: Path, **changed: Any) -> None:
    document = {
        "schema": prices.SCHEMA,
        "region": "eu-west-1",
        "date": "2026-11-01",
        "sources": [{"basis": "price-list", "source": "x", "as_of": "2026-11-01"}],
        "prices": {"hosting": {"ml.m5.xlarge": ["0.3", 0]}},
        **changed,
    }
    (folder / "eu-west-1.json").write_text(json.dumps(document), encoding="utf-8")


def test_the_users_snapshot_replaces_the_shipped_one(tmp_path: Path) -> None:
    _own(tmp_path)
    found = prices.load("eu-west-1", SHIPPED, tmp_path)
    assert (found.own, found.date) == (True, "2026-11-01")
    price = found.lookup("hosting", "ml.m5.xlarge")
    assert price is not None
    assert price.usd == "0.3"
    # A type that it does not name costs what the shipped one says, labelled.
    lent = found.lookup("hosting", "ml.g5.12xlarge")
    assert lent is not None
    assert (lent.usd, lent.basis, lent.stand_in) == ("7.91", "stand-in:shipped", True)
    # Its own price goes first for what costs the same, and an estimate keeps its own name.
    own = found.lookup("asynchronous", "ml.m5.xlarge")
    assert own is not None
    assert (own.usd, own.basis) == ("0.3", "stand-in:hosting")
    warm = found.lookup("provisioned-concurrency-usage", "2048")
    assert warm is not None
    assert warm.basis == "stand-in:other-region"
    # What is sold is told by the shipped one alone.
    assert found.sold("ml.g5.12xlarge")
    assert not found.sold("ml.m6i.xlarge")


def test_other_regions_and_an_empty_folder_keep_the_shipped_ones(tmp_path: Path) -> None:
    _own(tmp_path)
    assert not prices.load("us-east-1", SHIPPED, tmp_path).own
    assert not prices.load("eu-west-1", SHIPPED, tmp_path / "none").own


@pytest.mark.parametrize(
    "changed",
    [
        {"schema": "sm-advise/prices.v9"},
        {"region": "us-east-1"},
        {"date": None},
        {"sources": []},
        {"sources": [{"basis": "price-list"}]},
        {"sources": {"basis": 1}},
        {"prices": []},
        {"prices": {"hosting": []}},
        {"prices": {"hosting": {"ml.m5.xlarge": "0.3"}}},
        {"prices": {"hosting": {"ml.m5.xlarge": [0.3, 0]}}},
        {"prices": {"hosting": {"ml.m5.xlarge": ["0.3", 1]}}},
        {"prices": {"hosting": {"ml.m5.xlarge": ["0.3", -1]}}},
        {"prices": {"hosting": {"ml.m5.xlarge": ["0.3", 0, 0]}}},
        {"prices": {"hosting": {"ml.m5.xlarge": ["0.000", 0]}}},
        {"prices": {"hosting": {"ml.m5.xlarge": ["-1", 0]}}},
        {"prices": {"hosting": {"ml.m5.xlarge": ["1e3", 0]}}},
        {"prices": {"hosting": {"ml.m5.xlarge": ["NaN", 0]}}},
        {"prices": {"hosting": {"ml.m5.xlarge": ["", 0]}}},
        {"prices": {"hosting": {"ml.m5.xlarge": ["1.", 0]}}},
        {"prices": {"hosting": {"ml.m5.xlarge": ["1.2.3", 0]}}},
    ],
)
def test_a_damaged_snapshot_of_the_users_is_named(tmp_path: Path, changed: dict[str, Any]) -> None:
    _own(tmp_path, **changed)
    with pytest.raises(InputError, match="not a price snapshot") as caught:
        prices.load("eu-west-1", SHIPPED, tmp_path)
    assert caught.value.file == str(tmp_path / "eu-west-1.json")
    assert "sm-advise prices refresh --region eu-west-1" in caught.value.hint


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"\xff", b"[" * 100_000])
def test_a_file_that_is_no_snapshot_at_all(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "eu-west-1.json").write_bytes(body)
    with pytest.raises(InputError, match="not a price snapshot"):
        prices.load("eu-west-1", SHIPPED, tmp_path)


def test_a_snapshot_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _own(tmp_path)
    read = prices._read

    def refuse(path: str) -> Any:
        if path.startswith(str(tmp_path)):
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(prices, "_read", refuse)
    with pytest.raises(InputError, match="cannot be read: Permission denied"):
        prices.load("eu-west-1", SHIPPED, tmp_path)


@pytest.mark.parametrize("region", ["../rules", "us-east-1/x", "", "us", "ÜS-east-1", "us--1"])
def test_codes_that_are_no_region(region: str) -> None:
    with pytest.raises(InputError, match="not the code of a Region"):
        prices.load(region, SHIPPED)


def test_nothing_of_this_is_imported_with_the_package() -> None:
    code = (
        "import sys, advisor; "
        "print(sorted(n for n in sys.modules if n == 'decimal' or n.startswith('advisor.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = done.stdout
    ours = ("costs", "latency", "price_list", "prices", "queueing")
    for name in ("decimal", *(f"advisor.{module}" for module in ours)):
        assert f"'{name}'" not in loaded


def test_hourly_prices_are_looked_up_when_asked_for() -> None:
    found = prices.load("us-east-1", SHIPPED)
    hourly = found.per_hour("hosting")
    assert hourly is found.per_hour("hosting")
    assert "ml.m5.xlarge" in set(hourly)
    assert len(hourly) == len(list(hourly))
    assert hourly.get("ml.x9.large") is None
    with pytest.raises(KeyError):
        hourly["ml.x9.large"]


def test_without_a_region_the_reference_region_is_read() -> None:
    found = prices.load(None, SHIPPED)
    assert (found.region, found.stated) == ("us-east-1", False)
    assert prices.load("us-east-1", SHIPPED).stated


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "ap-east-2"])
def test_one_region_is_read_at_a_time(
    region: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    read = prices._read

    def record(path: str) -> Any:
        own = path.startswith(str(tmp_path))
        opened.append(str(Path(path).relative_to(tmp_path if own else ROOT)))
        return read(path)

    monkeypatch.setattr(prices, "_read", record)
    shipped = ["rules/prices/terms.json", f"rules/prices/{region}.json"]
    found = prices.load(region, SHIPPED, tmp_path)
    for component in prices.components(SHIPPED):
        found.lookup(component, "ml.x9.large")
    assert [name for name in opened if "price-list" not in name] == shipped
    opened.clear()
    _own(tmp_path, region=region)
    (tmp_path / "eu-west-1.json").rename(tmp_path / f"{region}.json")
    prices.load(region, SHIPPED, tmp_path).lookup("storage", "gp2")
    assert opened == [*shipped, f"{region}.json"]


PLACES = sorted(
    (row.component, row.key)
    for row in prices.load("us-east-1", SHIPPED).rows()
    if row.component != "batch-transform"
)


@given(
    st.dictionaries(
        st.sampled_from(PLACES), st.sampled_from(["0.5", "7", "0.0000001"]), min_size=1, max_size=9
    )
)
def test_a_users_prices_go_first_and_never_tell_what_is_sold(
    own: dict[tuple[str, str], str],
) -> None:
    shipped = _json(SHIPPED / "us-east-1.json")
    listed: dict[str, dict[str, Any]] = {}
    for (component, key), usd in own.items():
        listed.setdefault(component, {})[key] = [usd, 0]
    source = {"basis": "price-list", "source": "x", "as_of": "2026-11-01"}
    document = {"region": "us-east-1", "date": "2026-11-01", "sources": [source], "prices": listed}
    terms = _json(SHIPPED / "terms.json")
    both = prices.Prices(document, shipped, terms, own=True)
    alone = prices.Prices(shipped, shipped, terms)
    for component, key in PLACES:
        mine, theirs = both.lookup(component, key), alone.lookup(component, key)
        assert mine is not None
        assert theirs is not None
        if (component, key) in own:
            assert (mine.usd, mine.stand_in) == (own[component, key], False)
        elif (component, key) == ("data", "asynchronous") and ("data", "in") in own:
            assert (mine.usd, mine.basis) == (own["data", "in"], "stand-in:hosting")
        elif component == "asynchronous" and ("hosting", key) in own:
            assert (mine.usd, mine.basis) == (own["hosting", key], "stand-in:hosting")
        else:
            assert mine.usd == theirs.usd
            assert mine.stand_in
            assert mine.basis == (theirs.basis if theirs.stand_in else "stand-in:shipped")
        assert both.sold(key) == alone.sold(key)
