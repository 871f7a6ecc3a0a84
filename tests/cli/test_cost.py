"""`sm-advise cost`: formats, the gate, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.command import ran
from tests.gate.test_scheduled_actions import TEMPLATE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "template.yaml").write_text(TEMPLATE.replace("MINIMUM", "1"))
    return tmp_path


def test_the_text_has_the_range_its_reason_and_the_total(folder: Path) -> None:
    done = ran("cost", ".", "--region", "us-east-1", cwd=folder)
    assert done.code == 0
    for text in (
        "AllTraffic  real-time  1 to 4 x ml.m5.xlarge  167.90-671.60",
        "1 to 4 instances, as its scaling allows",
        "Total: 167.90-671.60 USD a month.",
        "prices of us-east-1 of 2026-09-22",
    ):
        assert text in done.out


def test_every_format_has_the_same_figures(folder: Path) -> None:
    found = json.loads(ran("cost", ".", "--format", "json", cwd=folder).out)
    assert found["schema"] == "sm-advise/cost.v1"
    assert found["total"] == {"usd_low": "167.90", "usd_high": "671.60", "complete": True}
    (row,) = found["configurations"]
    assert (row["file"], row["line"], row["variant"]) == ("template.yaml", 14, "AllTraffic")
    (line,) = csv.DictReader(io.StringIO(ran("cost", ".", "--format", "csv", cwd=folder).out))
    assert (line["usd_low"], line["usd_high"]) == ("167.90", "671.60")
    assert "167.90-671.60" in ran("cost", ".", "--format", "markdown", cwd=folder).out


@pytest.mark.parametrize(("most", "code"), [("671.60", 0), ("671.59", 1), ("100", 1)])
def test_the_gate_takes_the_upper_end(most: str, code: int, folder: Path) -> None:
    done = ran("cost", ".", "--max-monthly", most, cwd=folder)
    assert done.code == code
    assert ("the total is up to 671.60" in done.err) == bool(code)


def test_an_open_cost_passes_a_gate_only_where_that_is_allowed(folder: Path) -> None:
    path = folder / "template.yaml"
    served = "ServerlessConfig: {MemorySizeInMB: 2048, MaxConcurrency: 5}"
    text = TEMPLATE.partition("  Target:")[0].replace("InstanceType: ml.m5.xlarge", served)
    path.write_text(text.replace("          InitialInstanceCount: 1\n", ""))
    gate = ("cost", ".", "--max-monthly", "10")
    assert ran(*gate, cwd=folder).code == 1
    assert ran(*gate, "--allow-unknown-cost", cwd=folder).code == 0
    used = ("--set", "traffic.volume=1M/month", "--set", "requests.processing=200 ms")
    assert ran(*gate, *used, cwd=folder).code == 0  # 1 M x 0.2 s x 0.00004 = 8.00


def test_hours_of_no_month_a_folder_of_nothing_and_an_unknown_region_are_refused(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for arguments, said in (
        (("--hours", "800"), "is not the hours of a month"),
        (("--hours", "nan"), "is not the hours of a month"),
        (("--region", "us-esat-1"), "us-east-1"),
        (("--set", "requests.processing"), "KEY=VALUE"),
    ):
        done = ran("cost", ".", *arguments, cwd=folder)
        assert (done.code, said in done.err) == (2, True)
    empty = ran("cost", ".", cwd=tmp_path_factory.mktemp("empty"))
    assert empty.code == 2
    assert "there is no endpoint configuration or transform job" in empty.err
    missing = ran("cost", "nowhere.tf", cwd=folder)
    assert (missing.code, "nowhere.tf" in missing.err) == (2, True)


def test_a_file_that_is_not_read_does_not_hide_behind_a_price(folder: Path) -> None:
    (folder / "broken.tf").write_text('resource "aws_sagemaker_endpoint_configuration" "c" {')
    done = ran("cost", ".", cwd=folder)
    assert done.code == 2
    assert "broken.tf" in done.err
    assert "167.90-671.60" in done.out
