"""What a refreshed snapshot changes, and what it moves."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.catalogue.price_snapshot import SCHEMA
from advisor.pipeline import advise
from advisor.pricing.price_refresh.refresh import Difference, MovedCost, Refreshed, difference
from tests.planned import facts_of, online

ROOT = Path(__file__).resolve().parents[2]


def snapshot(prices: dict[str, dict[str, str]], date: str = "2026-11-20") -> dict[str, Any]:
    source = {"basis": "price-list", "source": "AWS Price List", "as_of": date}
    return {
        "schema": SCHEMA,
        "region": "us-east-1",
        "date": date,
        "sources": [source],
        "prices": {
            component: {key: [usd, 0] for key, usd in known.items()}
            for component, known in prices.items()
        },
    }


def written(folder: Path, prices: dict[str, dict[str, str]], date: str = "2026-09-01") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "us-east-1.json").write_text(json.dumps(snapshot(prices, date)), "utf-8")
    (folder / "terms.json").write_bytes((ROOT / "rules/prices/terms.json").read_bytes())
    return folder


def against(
    tmp_path: Path, shipped: dict[str, dict[str, str]], new: dict[str, dict[str, str]],
    own: dict[str, dict[str, str]] | None = None, missing: tuple[str, ...] = (),
) -> Difference:  # fmt: skip
    if own is not None:
        written(tmp_path / "own", own, "2026-10-01")
    one = Refreshed("us-east-1", snapshot(new), missing, ())
    return difference(one, written(tmp_path / "shipped", shipped), tmp_path / "own")


def test_changes_are_told_in_per_cent_the_largest_first(tmp_path: Path) -> None:
    shipped = {"hosting": {"ml.a": "1", "ml.b": "2", "ml.c": "4", "ml.d": "5"}}
    new = {"hosting": {"ml.a": "1.10", "ml.b": "1.5", "ml.c": "4.0", "ml.e": "6"}}
    found = against(tmp_path, shipped, new)
    # 4 and 4.0 are one price.
    assert [(each.key, each.percent) for each in found.changed] == [
        ("ml.b", Decimal(-25)),
        ("ml.a", Decimal(10)),
    ]
    assert [each.key for each in found.new] == ["ml.e"]
    assert [each.key for each in found.gone] == ["ml.d"]
    assert (found.count, found.old_date, found.old_own) == (4, "2026-09-01", False)
    assert (found.shipped, len(found.wrong), found.unlisted) == (3, 2, 1)


def test_a_snapshot_of_ones_own_is_what_changes_and_the_shipped_one_is_judged(
    tmp_path: Path,
) -> None:
    found = against(
        tmp_path,
        shipped={"hosting": {"ml.a": "1", "ml.b": "2"}},
        own={"hosting": {"ml.a": "1.2"}},
        new={"hosting": {"ml.a": "1.2", "ml.b": "2"}},
    )
    assert (found.old_date, found.old_own, found.changed) == ("2026-10-01", True, ())
    assert [each.key for each in found.new] == ["ml.b"]
    assert [(each.old, each.new) for each in found.wrong] == [("1", "1.2")]


def test_what_the_new_list_lacks_altogether_is_not_gone(tmp_path: Path) -> None:
    shipped = {"hosting": {"ml.a": "1"}, "storage": {"gp2": "0.14"}}
    found = against(tmp_path, shipped, {"hosting": {"ml.a": "1"}}, missing=("storage",))
    assert (found.gone, found.unlisted, found.shipped) == ((), 0, 1)


def test_a_file_that_is_no_snapshot_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "us-east-1.json").write_text("{", "utf-8")
    found = against(tmp_path, {"hosting": {"ml.a": "1"}}, {"hosting": {"ml.a": "2"}})
    assert not found.old_own
    assert [each.percent for each in found.changed] == [Decimal(100)]


prices = st.dictionaries(
    st.sampled_from(["ml.a", "ml.b", "ml.c", "ml.d"]),
    st.decimals("0.001", 99, places=3).map(str),
    min_size=1,
)


@given(shipped=prices, new=prices)
def test_every_price_is_counted_once(
    shipped: dict[str, str], new: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("prices")
    found = against(folder, {"hosting": shipped}, {"hosting": new})
    same = sum(
        1 for key in shipped.keys() & new.keys() if Decimal(shipped[key]) == Decimal(new[key])
    )
    assert len(found.changed) + same == found.shipped == len(shipped.keys() & new.keys())
    assert len(found.new) + found.shipped == found.count == len(new)
    assert len(found.gone) == found.unlisted == len(shipped) - found.shipped
    sizes = [abs(float(each.percent or 0)) for each in found.changed]
    assert sizes == sorted(sizes, reverse=True)


def test_prices_move_a_cost_and_never_the_instances(tmp_path: Path) -> None:
    document = online(
        region="us-east-1",
        requests={"payload": "1 KB", "response": "1 KB", "processing": "50 ms", "answer": "250 ms"},
        traffic={"peak": "20/s", "volume": "1M/month", "pattern": "sustained"},
        model={
            "memory": "1 GB",
            "size": "100 MB",
            "accelerator": "none",
            "measured_on": "ml.m5.large",
        },
    )
    workload = facts_of(document).workload
    old = advise(workload)
    assert old.chosen is not None
    assert old.chosen.cost is not None
    (name,) = {item.name for item in old.chosen.cost.items if item.unit == "instance-hour"}
    dear = {"hosting": {name.removeprefix("Instances "): "99"}}
    own = written(tmp_path / "own", dear)
    found = MovedCost(old, advise(workload, own_prices=own))
    assert found.costs_otherwise
    assert not found.runs_otherwise
    unmoved = MovedCost(old, advise(workload))
    assert not unmoved.costs_otherwise
