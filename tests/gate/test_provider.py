"""How certain it is that Terraform refuses an argument, by the provider that a folder asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.gate.run import check
from advisor.gate.settings import CheckOptions

PIN = """
terraform {{
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = "{}"
    }}
  }}
}}
"""
CONFIGURATION = """
resource "aws_sagemaker_endpoint_configuration" "c" {{
  {} = true
  production_variants {{
    variant_name           = "v"
    model_name             = "m"
    initial_instance_count = 1
    instance_type          = "ml.m5.large"
  }}
}}
"""


@pytest.mark.parametrize(
    ("argument", "rule"),
    [("enable_network_isolation", "argument-refused"), ("quantum_entanglement", "unknown-field")],
)
@pytest.mark.parametrize(
    ("version", "severity"),
    [
        ("", "error"),
        ("5.100.0", "error"),
        ("~> 5.31", "error"),
        (">= 5.0, < 7.0", "error"),
        (">= 6.40.0", "warning"),
        ("~> 6.40", "warning"),
    ],
)
def test_an_error_where_the_schema_is_new_enough(
    argument: str, rule: str, version: str, severity: str, tmp_path: Path
) -> None:
    (tmp_path / "main.tf").write_text(CONFIGURATION.format(argument), encoding="utf-8")
    if version:
        (tmp_path / "versions.tf").write_text(PIN.format(version), encoding="utf-8")
    report = check(CheckOptions(paths=[str(tmp_path)], as_of="2026-12-01"))
    assert [(f.rule, f.severity) for f in report.findings] == [(rule, severity)]
