"""Writes the reference part of rules/README.md from the rule files; ``--check`` only compares."""

from __future__ import annotations

import sys
from pathlib import Path

from advisor.reference.page import written

README = Path(__file__).parent.parent / "rules" / "README.md"


def main() -> int:
    """Write the page; 1 when it was to be checked and is not current."""
    old = README.read_text(encoding="utf-8")
    new = written(old, README.parent)
    if "--check" in sys.argv[1:]:
        if old != new:
            print("rules/README.md is not current: run make docs", file=sys.stderr)
        return int(old != new)
    README.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
