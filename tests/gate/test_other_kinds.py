"""Kinds beside models, endpoints and jobs: model packages, experiments, the provider awscc."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.gate.run import check
from advisor.gate.settings import CheckOptions


def rules(path: Path, text: str) -> list[tuple[str, str]]:
    path.write_text(text, encoding="utf-8")
    report = check(CheckOptions(paths=[str(path)], as_of="2026-11-20"))
    assert report.errors == ()
    assert report.unread == ()
    assert report.configurations == 1
    return [(each.rule, each.severity) for each in report.findings]


PACKAGE = """\
Resources:
  Package:
    Type: AWS::SageMaker::ModelPackage
    Properties:
      ModelPackageGroupName: churn
      ApprovalDescription: looked at
      ValidationSpecification:
        ValidationRole: arn:aws:iam::123456789012:role/sm
        ValidationProfiles:
          - ProfileName: one
            TransformJobDefinition:
              MaxPayloadInMB: {payload}
              TransformInput:
                ContentType: text/csv
                DataSource: {{S3DataSource: {{S3DataType: S3Prefix, S3Uri: "s3://acme-ml/in/"}}}}
              TransformOutput: {{S3OutputPath: "s3://acme-ml/out/"}}
              TransformResources: {{InstanceCount: 1, InstanceType: {type}}}
"""


@pytest.mark.parametrize(
    ("payload", "type_name", "found"),
    [
        (6, "ml.m5.large", []),
        (101, "ml.m5.large", [("transform-payload", "error")]),
        (6, "ml.m5.larg", [("instance-type", "error")]),
    ],
)
def test_the_transform_job_of_a_model_package_is_judged_as_one(
    tmp_path: Path, payload: int, type_name: str, found: list[tuple[str, str]]
) -> None:
    text = PACKAGE.format(payload=payload, type=type_name)
    assert rules(tmp_path / "stack.yaml", text) == found


def test_a_template_leaves_out_of_an_experiment_what_cloudformation_makes_up(
    tmp_path: Path,
) -> None:
    text = (
        "Resources:\n  E:\n    Type: AWS::SageMaker::InferenceExperiment\n    Properties:\n"
        "      Name: shadow\n      Type: ShadowMode\n      EndpointName: e\n"
        "      RoleArn: arn:aws:iam::123456789012:role/sm\n      DesiredState: Running\n"
        "      ModelVariants:\n        - ModelName: m\n          VariantName: v\n"
        "          InfrastructureConfig:\n            InfrastructureType: RealTimeInference\n"
        "            RealTimeInferenceConfig: {InstanceType: ml.m5.large, InstanceCount: 1}\n"
    )
    assert rules(tmp_path / "stack.yaml", text) == []


AWSCC = """\
resource "awscc_sagemaker_model" "m" {{
  model_name        = "m"
  primary_container = {{
    image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
  }}
  tags = [{{ key = "team", value = "risk" }}]
}}
resource "awscc_sagemaker_endpoint_config" "c" {{
  production_variants = [{{
    variant_name      = "v"
    model_name        = awscc_sagemaker_model.m.model_name
    serverless_config = {{ memory_size_in_mb = {memory}, max_concurrency = 5 }}
  }}]
}}
resource "awscc_sagemaker_endpoint" "e" {{
  endpoint_config_name = awscc_sagemaker_endpoint_config.{config}.endpoint_config_name
}}
"""


@pytest.mark.parametrize(
    ("memory", "config", "found"),
    [
        (2048, "c", []),
        (5000, "c", [("serverless-memory-size", "error")]),
        (2048, "d", [("no-such-reference", "warning")]),
    ],
)
def test_resources_of_awscc_are_read_by_their_names_in_snake_case(
    tmp_path: Path, memory: int, config: str, found: list[tuple[str, str]]
) -> None:
    text = AWSCC.format(memory=memory, config=config)
    assert rules(tmp_path / "main.tf", text) == found
