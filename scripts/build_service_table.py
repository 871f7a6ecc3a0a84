"""Writes rules/service/model.json from the installed botocore; ``--check`` only compares."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from advisor.gate.drift import compare, compile_table

TABLE = Path(__file__).parent.parent / "rules" / "service" / "model.json"


def main() -> int:
    """Write the table, or with ``--check`` print what moved and return 1 when anything did."""
    installed = compile_table()
    if "--check" in sys.argv[1:]:
        moves = compare(json.loads(TABLE.read_text(encoding="utf-8")), installed)
        for move in moves:
            print(f"{move.where}: {move.what}: {move.compiled or '-'} -> {move.installed or '-'}")
        return 1 if moves else 0
    TABLE.write_text(json.dumps(installed, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
