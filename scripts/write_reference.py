"""Writes what the program says of itself: the reference in rules/README.md, the workload's schema.

``--check`` only compares.
"""

from __future__ import annotations

import sys
from pathlib import Path

from advisor.reference.page import written
from advisor.workload.schema import schema_text

RULES = Path(__file__).parent.parent / "rules"


def main() -> int:
    """Write the files; 1 when they were to be checked and one is not current."""
    page, schema = RULES / "README.md", RULES / "schema" / "workload.schema.json"
    texts = {page: written(page.read_text(encoding="utf-8"), RULES), schema: schema_text()}
    stale = [path for path, text in texts.items() if path.read_text(encoding="utf-8") != text]
    for path in stale:
        if "--check" in sys.argv[1:]:
            print(
                f"{path.relative_to(RULES.parent)} is not current: run make docs", file=sys.stderr
            )
        else:
            path.write_text(texts[path], encoding="utf-8")
    return int("--check" in sys.argv[1:] and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
