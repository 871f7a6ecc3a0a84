"""Writes rules/service/terraform.json from the output of ``terraform providers schema -json``.

Usage: ``terraform providers schema -json | python scripts/build_terraform_table.py VERSION``, in a
folder whose only provider is hashicorp/aws of that version.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from advisor.configuration.api.service import TERRAFORM_KINDS

TABLE = Path(__file__).parent.parent / "rules" / "service" / "terraform.json"
NEWER = {
    "predictive_scaling_policy_configuration": "6.0.0",
    "execution_role_arn": "6.21.0",
    "additional_model_data_source": "6.22.0",
    "capacity_reservation_config": "6.23.0",
}
"""Arguments of later providers, and the first version that has or may have them."""
PROVIDER = "registry.terraform.io/hashicorp/aws"


def tree(block: dict[str, Any]) -> dict[str, Any]:
    """What a block may hold: names of arguments, and further blocks by name."""
    arguments = [
        name
        for name, entry in block.get("attributes", {}).items()
        if entry.get("required") or entry.get("optional")
    ]
    blocks = {name: tree(entry["block"]) for name, entry in block.get("block_types", {}).items()}
    found: dict[str, Any] = {"arguments": sorted(arguments)}
    if blocks:
        found["blocks"] = dict(sorted(blocks.items()))
    return found


def main() -> int:
    """Write the table of the resources that the gate reads."""
    version = sys.argv[1]
    schemas = json.load(sys.stdin)["provider_schemas"][PROVIDER]["resource_schemas"]
    table = {
        "source": f"https://registry.terraform.io/providers/hashicorp/aws/{version}/docs",
        "provider": version,
        "newer": NEWER,
        "resources": {
            name: tree(schemas[name]["block"]) for name in TERRAFORM_KINDS if name in schemas
        },
    }
    TABLE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
