"""Requests that state machines and schedules make are read like requests in files of their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from advisor.gate.run import CheckReport, check
from advisor.gate.settings import CheckOptions

JOB: dict[str, Any] = {
    "TransformJobName": "nightly",
    "ModelName": "churn",
    "TransformInput": {
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://in/x/"}},
        "SplitType": "Line",
    },
    "TransformOutput": {"S3OutputPath": "s3://out/x/", "AssembleWith": "Line"},
    "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
}
TASK = "arn:aws:states:::sagemaker:createTransformJob.sync"


def checked(folder: Path, name: str, text: str) -> CheckReport:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    report = check(CheckOptions(paths=[str(path)], as_of="2026-11-20"))
    assert not report.errors
    return report


def found(report: CheckReport) -> list[tuple[str, int]]:
    return [(finding.rule, finding.line) for finding in report.findings if finding.counts]


def machine(parameters: dict[str, Any], key: str = "Parameters") -> dict[str, Any]:
    return {"StartAt": "Score", "States": {"Score": {"Resource": TASK, key: parameters}}}


@pytest.mark.parametrize("key", ["Parameters", "Arguments"])
def test_a_state_machine_in_a_file_of_its_own(tmp_path: Path, key: str) -> None:
    text = json.dumps(machine({**JOB, "MaxPayloadInMB": 101}, key), indent=1)
    line = text[: text.index("MaxPayloadInMB")].count("\n") + 1
    assert found(checked(tmp_path, "score.asl.json", text)) == [("transform-payload", line)]


def test_what_the_machine_fills_in_is_unknown(tmp_path: Path) -> None:
    body = {key: value for key, value in JOB.items() if key != "TransformJobName"}
    body["TransformJobName.$"] = "$.name_of_the_job"
    body["MaxPayloadInMB"] = "{% $size %}"
    assert found(checked(tmp_path, "score.json", json.dumps(machine(body)))) == []


def test_a_task_of_another_service_is_passed_over(tmp_path: Path) -> None:
    text = json.dumps(machine(JOB)).replace("sagemaker:createTransformJob.sync", "lambda:invoke")
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    report = check(CheckOptions(paths=[str(tmp_path)], as_of="2026-11-20"))
    assert (report.configurations, report.ignored) == (0, 1)


TEMPLATE = """\
Resources:
  Nightly:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      DefinitionString: !Sub |
        {
          "States": {
            "Score": {
              "Resource": "arn:${AWS::Partition}:states:::sagemaker:createTransformJob",
              "Parameters": {
                "TransformJobName": "nightly-${AWS::StackName}",
                "ModelName": "churn",
                "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": COUNT}
              }
            }
          }
        }
"""


@pytest.mark.parametrize(
    ("count", "faults"),
    [
        ("${Hosts}", [("missing-field", 10), ("missing-field", 10)]),
        ("0", [("missing-field", 10), ("missing-field", 10), ("out-of-range", 13)]),
        ("{", []),  # no JSON: nothing is known of it
    ],
)
def test_lines_within_a_block_of_text(
    tmp_path: Path, count: str, faults: list[tuple[str, int]]
) -> None:
    # TransformInput and TransformOutput are missing from the arguments on line 10.
    model = "  Other:\n    Type: AWS::SageMaker::Model\n    Properties: {ModelPackageName: x}\n"
    text = TEMPLATE.replace("COUNT", count)
    report = checked(tmp_path, "template.yaml", text + model)
    assert [each for each in found(report) if each[1] < len(TEMPLATE.splitlines())] == faults


HCL = """\
locals {
  definition = jsonencode({
    States = {
      Score = {
        Resource   = "arn:aws:states:::sagemaker:createTransformJob.sync"
        Parameters = local.job
      }
    }
  })
  job = {
    TransformJobName   = "nightly"
    ModelName          = aws_sagemaker_model.churn.name
    TransformInput     = { DataSource = { S3DataSource = { S3DataType = "S3Prefix", S3Uri = "s3://in/x/" } } }
    TransformOutput    = { S3OutputPath = "s3://out/x/" }
    TransformResources = { InstanceType = "ml.m5.large", InstanceCount = 101 }
  }
}

resource "aws_sfn_state_machine" "nightly" {
  definition = local.definition
}
"""  # noqa: E501


def test_a_definition_in_locals(tmp_path: Path) -> None:
    assert found(checked(tmp_path, "main.tf", HCL)) == [
        ("no-such-reference", 12),  # nothing makes aws_sagemaker_model.churn
        ("transform-instances", 15),
    ]


def test_the_input_of_a_schedule(tmp_path: Path) -> None:
    text = json.dumps({**JOB, "MaxConcurrentTransforms": 17, "MaxPayloadInMB": 6})  # 102 MB
    hcl = f"""\
resource "aws_scheduler_schedule" "nightly" {{
  target {{
    arn   = "arn:aws:scheduler:::aws-sdk:sagemaker:createTransformJob"
    input = <<-JSON
      {text}
    JSON
  }}
}}
"""
    assert found(checked(tmp_path, "main.tf", hcl)) == [("transform-concurrent-payload", 5)]
