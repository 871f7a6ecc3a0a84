"""Writes model.json and operations.json in rules/service from the installed botocore.

``--check`` only compares.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from advisor.configuration.api.drift import (
    compare,
    compare_operations,
    compile_operations,
    compile_table,
)

FOLDER = Path(__file__).parent.parent / "rules" / "service"


def main() -> int:
    """Write the tables, or with ``--check`` print what moved and return 1 when anything did."""
    table = compile_table()
    operations = _read("operations.json")
    known = compile_operations(operations["about"])
    if "--check" in sys.argv[1:]:
        moves = compare(_read("model.json"), table)
        moves += compare_operations(operations["known"], known)
        for move in moves:
            print(move)
        return 1 if moves else 0
    _write("model.json", table)
    _write("operations.json", {"about": operations["about"], "known": known})
    return 0


def _read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def _write(name: str, value: Any) -> None:
    (FOLDER / name).write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
