"""rules/README.md is what the rule files say today."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from advisor.reference.page import MARK, written

ROOT = Path(__file__).resolve().parent.parent.parent
README = ROOT / "rules" / "README.md"


def test_the_reference_is_current() -> None:
    text = README.read_text(encoding="utf-8")
    assert written(text) == text, "run make docs"


def test_the_head_is_kept_and_the_rest_is_not() -> None:
    page = written(f"# Ours\n\n{MARK}\nold")
    assert page.startswith(f"# Ours\n\n{MARK}\n\n## The flowchart\n")
    assert "old" not in page.splitlines()


def test_a_page_without_the_mark_is_refused() -> None:
    with pytest.raises(ValueError, match="has no line <!-- "):
        written("# Ours\n")


def test_the_head_names_every_file_and_no_other() -> None:
    head = README.read_text(encoding="utf-8").partition(MARK)[0]
    table = head.partition("## How an entry")[0]
    named = set(re.findall(r"`([\w/*.]+(?:\.yaml|\.csv|\.json|/))`", table))
    for name in named:
        assert list((ROOT / "rules").glob(name.rstrip("/"))), name
    files = {path.name for path in (ROOT / "rules").iterdir()} - {"README.md"}
    assert files <= {name.rstrip("/").split("/")[0] for name in named}


def test_the_script_says_whether_the_page_is_current() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "write_reference.py", "--check"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0
