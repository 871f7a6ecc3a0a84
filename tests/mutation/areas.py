"""The areas: their modules, the tests that must notice a slip in them, and what is equivalent.

A test counts that states a value. Left out are the tests that compare with a file that the program
wrote itself (the fixture ``golden``), the properties (``@given``), which state none, and the proofs
over all inputs.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, NamedTuple

from advisor.rulebook.source import read_rules

ROOT = Path(__file__).resolve().parents[2]


class Area(NamedTuple):
    """Modules below ``advisor/``, and the tests of them below ``tests/``, as patterns."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    without: tuple[str, ...] = ()

    def sources(self) -> list[Path]:
        """The modules of the area."""
        return _found(ROOT / "advisor", self.modules)

    def judges(self) -> list[Path]:
        """The files of the tests of the area."""
        left_out = _found(ROOT / "tests", self.without)
        return [path for path in _found(ROOT / "tests", self.tests) if path not in left_out]


def _found(folder: Path, patterns: tuple[str, ...]) -> list[Path]:
    return sorted({path for pattern in patterns for path in folder.glob(pattern)})


PROOFS = ("engine/test_*brute_force.py", "engine/test_properties.py", "engine/test_verify*.py")

AREAS = {
    "decide": Area(
        tuple(
            f"engine/{name}.py"
            for name in ("decide", "answer", "availability", "interview", "conflicts", "cautions")
        ),
        ("engine/test_*.py",),
        PROOFS,
    ),
    "verdicts": Area(
        ("engine/verdicts.py", "engine/standing.py", "engine/summary.py"),
        ("engine/test_*.py",),
        PROOFS,
    ),
    "facts": Area(
        tuple(
            f"engine/{name}.py"
            for name in (
                *("facts", "one_load", "model_load", "modelled", "model_types", "model_choices"),
                *("kept_warm", "named_model", "measured_rows"),
            )
        ),
        ("engine/test_*.py",),
        PROOFS,
    ),
    "neighbours": Area(
        tuple(
            f"engine/{name}.py"
            for name in ("decision_cells", "sensitivity", "crossings", "members", "asked_again")
        ),
        ("engine/test_*.py",),
        PROOFS,
    ),
    "costs": Area(
        (
            "pricing/*.py",
            *(
                f"options/{name}.py"
                for name in ("load", "fleet", "instances", "memory", "schedule")
            ),
            *(f"options/{name}.py" for name in ("schedule", "serverless", "variants")),
            "options/batch_transform.py",
        ),
        ("pricing/test_*.py", "options/test_*.py", "catalogue/test_*.py"),
    ),
    "gate": Area(
        ("gate/*.py", "gate/rules/**/*.py", "gate/intent/*.py"),
        ("gate/test_*.py",),
        ("gate/test_own_settings.py",),
    ),
    "files": Area(
        (
            *("gate/policy/*.py", "artifacts/output.py", "text/written.py", "rulebook/cache.py"),
            *("pricing/price_refresh/*.py", "catalogue/price_snapshot.py"),
        ),
        (
            *(
                "gate/test_*.py",
                "artifacts/test_output.py",
                "text/test_written.py",
                "rulebook/test_*.py",
            ),
            *("pricing/test_*.py", "catalogue/test_*.py"),
        ),
    ),
}


def equivalent() -> dict[tuple[str, str], str]:
    """Module and change of each mutant that does what the module does, with the reason."""
    with (Path(__file__).parent / "equivalent.tsv").open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {(row["module"], row["change"]): row["reason"] for row in rows}


def slips() -> list[dict[str, Any]]:
    """The slips that were written down: area, module, and what becomes what."""
    found: list[dict[str, Any]] = read_rules(Path(__file__).parent / "slips.yaml")
    return found
