"""Puts rules/, their compiled forms and the example workloads into a wheel.

Only into a wheel: an editable install and a checkout read the live folder, so no stale copy of the
rules can ever be the one that answers.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledRules(BuildHookInterface[Any]):
    """Compiles rules/ while a wheel is built; leaves nothing behind."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the rules, what is compiled from them, and the examples to a standard wheel."""
        self.scratch = ""
        if self.target_name != "wheel" or version != "standard":
            return
        rules = Path(self.root, "rules")
        self.scratch = tempfile.mkdtemp(prefix="sm-advise-")
        build_data["force_include"][str(rules)] = "advisor/rules"
        for example in Path(self.root, "examples").glob("*.yaml"):
            build_data["force_include"][str(example)] = f"advisor/examples/{example.name}"
        for folder, table in self._compile(rules).items():
            compiled = Path(self.scratch, folder, "compiled.json")
            compiled.parent.mkdir(exist_ok=True)
            text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
            compiled.write_text(text, encoding="utf-8")
            inside = Path("advisor/rules", folder, "compiled.json")
            build_data["force_include"][str(compiled)] = inside.as_posix()

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what ``initialize`` made."""
        del version, build_data, artifact_path
        if self.scratch:
            shutil.rmtree(self.scratch)

    def _compile(self, rules: Path) -> dict[str, dict[str, Any]]:
        """Folder below rules/ -> what the source tree's own compiler makes of it.

        The build environment has PyYAML and no more.
        """
        sys.path.insert(0, self.root)
        try:
            from advisor.gate.checks import compile_checks
            from advisor.rulebook.compile import compile_rules
            from advisor.rulebook.model_tables import compile_model_tables
        finally:
            sys.path.remove(self.root)
        compiled = compile_rules(rules)
        tables = {"checks": compile_checks(compiled), "models": compile_model_tables(rules)}
        return {".": compiled, **tables}
