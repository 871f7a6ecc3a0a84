"""The workflow that proposes current prices: pinned, without secrets, of commands that exist."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "rules/prices"


WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/prices.yml").read_text("utf-8"))
STEPS = WORKFLOW["jobs"]["refresh"]["steps"]


def test_the_workflow_pins_its_actions_and_needs_no_secret() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used
    assert all(len(name.partition("@")[2]) == 40 for name in used)
    assert WORKFLOW["permissions"] == {}
    assert "secrets." not in (ROOT / ".github/workflows/prices.yml").read_text("utf-8")


def test_the_workflow_reads_every_region_and_calls_what_exists(tmp_path: Path) -> None:
    """Its own lines, with commands in the place of ours that note what they are called with."""
    (step,) = (each for each in STEPS if "sm-advise" in each.get("run", ""))
    ours = tmp_path / "sm-advise"
    ours.write_text(
        "#!/bin/sh\n"
        f'if [ "$2" = show ]; then exec {sys.executable} -m advisor "$@"; fi\n'
        f'printf "%s\\n" "$@" > {tmp_path}/called\n',
        "utf-8",
    )
    ours.chmod(0o755)
    path = f"{tmp_path}:/usr/bin:/bin"
    subprocess.run(
        ["bash", "-eo", "pipefail", "-c", step["run"].replace("difference.txt", "/dev/null")],
        cwd=ROOT, env={"PATH": path, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(tmp_path)},
        check=True, capture_output=True,
    )  # fmt: skip
    called = (tmp_path / "called").read_text("utf-8").split()
    regions = {each.removeprefix("--region=") for each in called if each.startswith("--region=")}
    assert regions == {path.stem for path in SHIPPED.glob("*-*-[0-9].json")}
    assert called[:2] == ["prices", "refresh"]
    assert called[-3:] == ["--output", "refreshed", "examples"]
    lines = [each.get("run") for each in STEPS]
    assert "python scripts/build_prices.py --from refreshed" in lines
