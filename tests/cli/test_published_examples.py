"""Published examples through the command line: figures and workloads in tests/worked/published."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.command import ROOT, called

WORKED = ROOT / "tests/worked/published"
PUBLISHED = yaml.safe_load((WORKED / "figures.yaml").read_text("utf-8"))
CASES = PUBLISHED["cases"]


def priced(folder: Path, region: str, case: dict[str, Any]) -> None:
    """Write the unit prices of a source as the user's own snapshot of a Region."""
    known = PUBLISHED["prices"][case["prices"]]
    source = {"basis": "example", "source": PUBLISHED["sources"][case["source"]], "as_of": "2023"}
    snapshot = {
        "schema": "sm-advise/prices.v1",
        "region": region,
        "date": "2023-12-31",
        "sources": [source],
        "prices": {
            component: {key: [usd, 0] for key, usd in prices.items()}
            for component, prices in known.items()
        },
    }
    prices = folder / "sm-advise/prices"
    prices.mkdir(parents=True)
    (prices / f"{region}.json").write_text(json.dumps(snapshot), "utf-8")


def figure(option: dict[str, Any], name: str) -> Decimal:
    """One figure of the JSON, by the name that figures.yaml gives it."""
    part, _, item = name.partition("/")
    if part == "unit_costs":
        return Decimal(option[part][item])
    cost = option["monthly_cost"]
    cost = cost["part_time"] if part == "part_time" else cost
    if item:
        (cost,) = (each for each in cost["items"] if each["name"] == item)
    assert cost["usd_low"] == cost["usd_high"]
    return Decimal(cost["usd_low"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["workload"]))
def test_the_published_figures(
    case: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    file = WORKED / f"{case['workload']}.yaml"
    if "prices" in case:
        priced(tmp_path, yaml.safe_load(file.read_text("utf-8"))["region"], case)
    done = called("compare", str(file), "--format", "json")
    assert done.code == 0
    (option,) = (
        each for each in json.loads(done.out)["options"] if each["option"] == case["option"]
    )
    assert option["standing"] == "chosen"
    for name, text in case["figures"].items():
        found, expected = figure(option, name), Decimal(text)
        if "relative" in case:
            assert float(found) == pytest.approx(float(expected), rel=float(case["relative"]))
        else:
            assert found.quantize(expected, ROUND_HALF_UP) == expected


def test_every_example_is_there_or_explained() -> None:
    files = {path.stem for path in WORKED.glob("*.yaml")} - {"figures"}
    assert files == {case["workload"] for case in CASES}
    ids = {case["workload"].partition("-")[0] for case in CASES} | PUBLISHED["out_of_scope"].keys()
    assert ids >= {f"A{number}" for number in range(1, 34)}
    assert {case["source"] for case in CASES} == PUBLISHED["sources"].keys()
