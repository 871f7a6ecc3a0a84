"""`sm-advise diff`: two files, revisions, the cost gates, and what cannot be compared."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.command import ran

WORKLOAD = """\
name: scoring
region: us-east-1
requests: {arrival: online, payload: 20 KB, processing: 60 ms, answer: 250 ms, cold_start: avoid}
traffic: {pattern: sustained, peak: 20/s}
model: {size: 800 MB, memory: 2 GB, accelerator: none}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workload in two versions: w.yaml is the newer one, the older one is committed too."""
    git = ("git", "-c", "user.email=a@example.com", "-c", "user.name=a")
    (tmp_path / "w.yaml").write_text(WORKLOAD, encoding="utf-8")
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *command], cwd=tmp_path, check=True)
    (tmp_path / "old.yaml").write_text(WORKLOAD, encoding="utf-8")
    (tmp_path / "w.yaml").write_text(WORKLOAD.replace("20/s", "200/s"), encoding="utf-8")
    return tmp_path


def test_facts_plan_and_cost_that_differ_are_named(folder: Path) -> None:
    done = ran("diff", "old.yaml", "w.yaml", cwd=folder)
    assert done.code == 0
    # Two instances at 0.102 USD an hour: 2 x 0.102 x 730 h = 148.92; twelve: 893.52. Data of the
    # assumed 4/s on top, a fifth of the peak: 10,512,000 x 120 KB x 0.016 / GB = 19.25;
    # of 40/s 192.48.
    assert "about 168.17 → about 1,086.00 USD a month (about +917.83)" in done.out
    assert "traffic.peak  20/s → 200/s" in done.out
    assert "InitialInstanceCount  2 → 12" in done.out


@pytest.mark.parametrize("sides", [("w.yaml", "--rev", "HEAD"), ("HEAD:w.yaml", "w.yaml")])
def test_a_revision_is_an_old_side(folder: Path, sides: tuple[str, ...]) -> None:
    done = ran("diff", *sides, "--format", "json", cwd=folder)
    (only,) = json.loads(done.out)["workloads"]
    assert (only["old"]["usd_low"], only["new"]["usd_low"]) == ("148.92", "893.52")
    assert only["old"]["file"] == "HEAD:w.yaml"


def test_nothing_is_said_where_nothing_changed(folder: Path) -> None:
    assert ran("diff", "old.yaml", "old.yaml", cwd=folder)[:1] == ("",)


def _state_all_that_costs(folder: Path) -> None:
    """Bound the cost: the data of 730 requests a month costs less than a thousandth of a USD."""
    for name in ("old.yaml", "w.yaml"):
        text = (folder / name).read_text(encoding="utf-8")
        text = text.replace("payload:", "response: 1 KB, payload:").replace(
            "/s}", "/s, volume: 1/h}"
        )
        (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("gate", [("--max-increase", "900"), ("--max-monthly", "2000")])
def test_a_cost_without_an_upper_end_fails_a_gate_unless_it_is_allowed(
    folder: Path, gate: tuple[str, str]
) -> None:
    done = ran("diff", "old.yaml", "w.yaml", *gate, cwd=folder)
    assert (done.code, "error budget-not-proven" in done.out) == (1, True)
    done = ran("diff", "old.yaml", "w.yaml", *gate, "--allow-unknown-cost", cwd=folder)
    assert (done.code, "warning budget-not-proven" in done.out) == (0, True)


@pytest.mark.parametrize(
    ("gate", "code"),
    [
        # 893.52 / 148.92 = 6: five times more.
        (("--max-increase", "10 %"), 1),
        (("--max-increase", "500%"), 0),
        (("--max-increase", "744.59"), 1),
        (("--max-increase", "744.60 USD"), 0),
        (("--max-monthly", "893.51"), 1),
        (("--max-monthly", "893.53"), 0),
    ],
)
def test_a_cost_gate_fails_above_its_amount_and_not_at_it(
    folder: Path, gate: tuple[str, ...], code: int
) -> None:
    _state_all_that_costs(folder)
    done = ran("diff", "old.yaml", "w.yaml", *gate, cwd=folder)
    assert done.code == code
    failing = "error over-max-" in done.out
    assert failing is bool(code)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("w.yaml",), "name NEW, or a git revision of OLD with --rev"),
        (("w.yaml", "old.yaml", "--rev", "HEAD"), "--rev takes one FILE, not two"),
        (("w.yaml", "."), "cannot be read"),
        (("w.yaml", "missing.yaml"), "missing.yaml"),
        (("nope:w.yaml", "w.yaml"), "git cannot find nope:w.yaml"),
        (("w.yaml", "--rev", "v9"), "git cannot find v9:w.yaml"),
        (("w.yaml", "--rev", "--all"), "is not a git revision"),
        (("old.yaml", "w.yaml", "--max-increase", "banana"), "is not an increase"),
    ],
)
def test_what_cannot_be_compared_is_said(
    folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = ran("diff", *arguments, cwd=folder)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Traceback" not in done.err


def test_workloads_of_one_name_are_compared(tmp_path: Path) -> None:
    other = WORKLOAD.replace("scoring", "ranking")
    (tmp_path / "a.yaml").write_text(f"{WORKLOAD}---\n{other}", encoding="utf-8")
    third = WORKLOAD.replace("scoring", "third")
    (tmp_path / "b.yaml").write_text(f"{third}---\n{WORKLOAD}", encoding="utf-8")
    value = json.loads(ran("diff", "a.yaml", "b.yaml", "--format", "json", cwd=tmp_path).out)
    assert (value["added"], value["removed"]) == (["third"], ["ranking"])
    assert [(each["name"], each["changed"]) for each in value["workloads"]] == [("scoring", False)]


def test_two_workloads_of_one_name_in_a_file_cannot_be_paired(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(f"{WORKLOAD}---\n{WORKLOAD}", encoding="utf-8")
    done = ran("diff", "a.yaml", "a.yaml", cwd=tmp_path)
    assert done.code == 2
    assert "two workloads have the name scoring" in done.err


def test_the_settings_of_every_pair_are_said(tmp_path: Path) -> None:
    # The first states its Region, so that only limits are taken for it; the second takes both.
    settings = '[tool.sm-advise]\nregion = "eu-west-1"\nlimits = "latest"\n'
    (tmp_path / "pyproject.toml").write_text(settings, encoding="utf-8")
    second = WORKLOAD.replace("scoring", "ranking").replace("region: us-east-1\n", "")
    both = f"{WORKLOAD}---\n{second}"
    (tmp_path / "old.yaml").write_text(both, encoding="utf-8")
    (tmp_path / "new.yaml").write_text(both.replace("20/s", "200/s"), encoding="utf-8")
    done = ran("diff", "old.yaml", "new.yaml", cwd=tmp_path)
    said = " ".join(done.out.split())
    assert "Settings pyproject.toml: limits latest; pyproject.toml: limits latest, region" in said


def _configured(folder: Path, name: str, *types: str, files: int = 1) -> None:
    for number in range(files):
        variants = [
            {
                "VariantName": f"v{n}",
                "ModelName": "m",
                "InstanceType": each,
                "InitialInstanceCount": 1,
            }
            for n, each in enumerate(types)
        ]
        path = folder / name / f"{number}.json"
        path.parent.mkdir(exist_ok=True)
        body = {"EndpointConfigName": f"c{number}", "ProductionVariants": variants}
        path.write_text(json.dumps(body), encoding="utf-8")


def test_configurations_are_compared_by_what_they_cost(tmp_path: Path) -> None:
    _configured(tmp_path, "old", "ml.m5.large", "ml.m5.large", files=2)
    _configured(tmp_path, "new", "ml.m5.large", "ml.m5.xlarge", files=1)
    done = ran("diff", "old", "new", cwd=tmp_path)
    # 0.json: 83.95 -> 167.90; 1.json with 2 x 83.95 is gone: 335.80 -> 251.85
    assert done.code == 0
    for said in (
        "0.json v1 1 x ml.m5.large: 83.95 → 1 x ml.m5.xlarge: 167.90",
        "1.json v0 1 x ml.m5.large: 83.95 → -",
        "Total: 335.80 → 251.85 USD a month (-83.95).",
    ):
        assert said in " ".join(done.out.split()).replace("CreateEndpointConfig ", "")
    found = json.loads(ran("diff", "old", "new", "--format", "json", cwd=tmp_path).out)
    assert found["total"]["increase"]["usd_high"] == "-83.95"
    assert len(found["configurations"]) == 3
    assert "335.80 → 251.85" in ran("diff", "old", "new", "--format", "markdown", cwd=tmp_path).out
    assert ran("diff", "old", "old", cwd=tmp_path)[:1] == ("",)


@pytest.mark.parametrize(("most", "code"), [("83.95", 0), ("83.94", 1), ("50%", 0), ("49%", 1)])
def test_the_gate_on_what_configurations_cost_more(most: str, code: int, tmp_path: Path) -> None:
    _configured(tmp_path, "old", "ml.m5.xlarge")  # 167.90
    _configured(tmp_path, "new", "ml.m5.xlarge", "ml.m5.large")  # 251.85, half as much again
    done = ran("diff", "old", "new", "--max-increase", most, cwd=tmp_path)
    assert (done.code, "over-max-increase" in done.err) == (code, bool(code))


def test_a_cost_without_an_upper_end_passes_no_gate_on_an_increase(tmp_path: Path) -> None:
    _configured(tmp_path, "old", "ml.m5.xlarge")
    _configured(tmp_path, "new", "ml.m5.xlarge", "ml.nowhere.large")
    gate = ("diff", "old", "new", "--max-increase", "1000")
    assert ran(*gate, cwd=tmp_path).code == 1
    assert ran(*gate, "--allow-unknown-cost", cwd=tmp_path).code == 0
    assert ran("diff", "old", "old", *gate[3:], cwd=tmp_path).code == 0


def test_a_workload_beside_a_configuration_is_refused(folder: Path) -> None:
    _configured(folder, "made", "ml.m5.large")
    for sides in (("w.yaml", "made"), ("made", "w.yaml"), ("made/0.json", "w.yaml")):
        done = ran("diff", *sides, cwd=folder)
        assert (done.code, "--workload" in done.err) == (2, True)


@pytest.mark.parametrize("sides", [("made/0.json", "--rev", "HEAD"), ("HEAD:made", "made")])
def test_a_revision_of_a_configuration_is_refused(sides: tuple[str, ...], folder: Path) -> None:
    _configured(folder, "made", "ml.m5.large")
    done = ran("diff", *sides, cwd=folder)
    assert (done.code, "git worktree add" in done.err) == (2, True)
