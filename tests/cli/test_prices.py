"""`sm-advise prices`: what is known, and reading it anew from a downloaded offer file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import ROOT, ran

OFFER = str(ROOT / "tests/pricing/offers/us-east-1.json")


def test_a_line_for_each_region(tmp_path: Path) -> None:
    done = ran("prices", "show", XDG_CACHE_HOME=str(tmp_path))
    lines = done.out.splitlines()
    assert done.code == 0
    shipped = {path.stem for path in (ROOT / "rules/prices").glob("*-*-[0-9].json")}
    assert {line.split()[0] for line in lines[1:] if line.endswith("shipped")} == shipped


def test_each_price_has_its_date_and_source() -> None:
    done = ran("prices", "show", "--region", "us-east-1", "--component", "serverless")
    assert done.code == 0
    assert "1024  0.00002  2026-09-22  price-list" in done.out
    assert "[1] AWS Price List, offer AmazonSageMaker" in done.out


def test_an_estimate_is_named_in_the_text_and_keeps_its_basis_in_json() -> None:
    asked = ("prices", "show", "--region", "sa-east-1", "--component", "data")
    assert "in            0.016  2026-05-08  estimate:other-region" in ran(*asked).out
    (region,) = json.loads(ran(*asked, "--format", "json").out)["regions"]
    assert {price["basis"] for price in region["prices"]} == {"stand-in:other-region"}


def test_a_snapshot_of_ones_own_is_what_answers_then_use(tmp_path: Path) -> None:
    cache = str(tmp_path)
    done = ran("prices", "refresh", "--region", "us-east-1", "--from", OFFER, XDG_CACHE_HOME=cache)
    assert done.code == 0
    assert done.out.startswith("us-east-1: 14 prices of 2026-09-20 → ")
    assert "skipped: hosting ml.r5.large: the unit is 'Month'" in done.err
    listed = ran("prices", "show", XDG_CACHE_HOME=cache).out.splitlines()
    (own,) = [line for line in listed if line.startswith("us-east-1 ")]
    assert own.split() == ["us-east-1", "2026-09-20", "14", "your", "own"]
    answered = ran("examples/fraud-scoring.yaml", "--format", "json", XDG_CACHE_HOME=cache)
    assert json.loads(answered.out)["inputs"]["prices"] == "2026-09-20"


def test_the_folder_can_be_named(tmp_path: Path) -> None:
    folder = tmp_path / "prices"
    done = ran(
        "prices", "refresh", "--region", "us-east-1", "--from", OFFER, "--output", str(folder)
    )
    assert done.code == 0
    assert [path.name for path in folder.iterdir()] == ["us-east-1.json"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("refresh",), "--region"),
        (("refresh", "--region", "us-east-1", "--from", "README.md"), "cannot be read"),
        (("refresh", "--region", "us-east-1", "--from", "missing.json"), "missing.json"),
        (("refresh", "--region", "ap-south-1", "--from", OFFER), "ap-south-1"),
        (
            ("refresh", "--region", "us-east-1", "--from", OFFER, "--url", "https://example.com"),
            "remove one of them",
        ),
        (("show", "--region", "xx-1"), "'xx-1' is not the code of a Region"),
    ],
)
def test_what_cannot_be_read_leaves_the_old_prices(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = ran("prices", *arguments, XDG_CACHE_HOME=str(tmp_path))
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
    assert not list(tmp_path.rglob("*.json"))
