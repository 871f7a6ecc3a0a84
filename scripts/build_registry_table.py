"""Writes rules/service/registries.json from the image tables of the SageMaker Python SDK.

Usage: ``python scripts/build_registry_table.py FOLDER VERSION``, where the folder is
``sagemaker/image_uri_config`` of the package ``sagemaker`` of that version.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parent.parent / "rules" / "service" / "registries.json"
BECAUSE = (
    "Accounts in whose registries AWS keeps its images, and the Regions of each. An account of "
    "several Regions is that of the frameworks, another in each of the rest."
)


def registries(part: Any) -> Iterator[dict[str, str]]:
    """Every table from a Region to an account, at any depth."""
    if isinstance(part, dict):
        yield part.get("registries", {})
        for inner in part.values():
            yield from registries(inner)


def main() -> int:
    """Write the table."""
    folder, version = Path(sys.argv[1]), sys.argv[2]
    regions: defaultdict[str, set[str]] = defaultdict(set)
    for file in folder.glob("*.json"):
        for table in registries(json.loads(file.read_text(encoding="utf-8"))):
            for region, account in table.items():
                if "-iso" not in region:
                    regions[account].add(region)
    rows = ",\n".join(
        f'  "{account}": {json.dumps(sorted(found))}' for account, found in sorted(regions.items())
    )
    head = json.dumps(
        {"because": BECAUSE, "source": "https://github.com/aws/sagemaker-python-sdk"}
        | {"version": version},
        indent=1,
    )
    TABLE.write_text(
        head.removesuffix("\n}") + ',\n "accounts": {\n' + rows + "\n }\n}\n", encoding="utf-8"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
