"""Which files decide an answer, and the digest that names their content."""

from __future__ import annotations

import os

from advisor.model.errors import RulebookError
from advisor.model.options import OPTIONS
from advisor.rulebook.source import Folder
from advisor.text.digest import sha256

FORMAT = 11  # of the compiled form; part of the digest, so that an old cache is not read
_FILES = (
    "assumptions.yaml",
    "words.yaml",
    "flowchart.yaml",
    "features.yaml",
    "cautions.yaml",
    "consider.yaml",
    "findings.yaml",
    "many_models.yaml",
    "quotas.yaml",
    "regions.yaml",
    "sizing.yaml",
    "instances.csv",
    "families.csv",
)
KEYS = "keys.yaml"
"""What a workload file may say; the keys in use are those of the rules that the program ships."""
MODEL_TABLES = (
    *("models.csv", "model_families.csv", "accelerators.csv", "models.yaml", "measured.csv"),
    os.path.join("service", "containers.json"),
)
"""What is known of models; like the keys, those in use are those that the program ships."""


def rule_files(rules: Folder) -> list[str]:
    """The files that decide an answer, in a fixed order. Prices and checks are not among them."""
    options = [os.path.join("options", f"{name.replace('-', '_')}.yaml") for name in OPTIONS]
    paths = [os.path.join(rules, name) for name in (KEYS, *MODEL_TABLES)]
    shipped = [path for path in paths if os.path.exists(path)]
    return [*(os.path.join(rules, name) for name in (*_FILES, *options)), *shipped]


def digest(rules: Folder, overlay: str = "") -> str:
    """``sha256:…`` over names and contents of the rule files, and what is laid over them.

    Raises:
        RulebookError: a file is missing.
    """
    parts = [f"format {FORMAT}{overlay}".encode()]
    for path in rule_files(rules):
        try:
            with open(path, "rb") as file:
                content = file.read()
        except OSError as error:
            raise RulebookError(f"{path}: {error.strerror or error}") from error
        parts.append(f"\0{os.path.basename(path)}\0{len(content)}\0".encode())
        parts.append(content)
    return "sha256:" + sha256(b"".join(parts))
