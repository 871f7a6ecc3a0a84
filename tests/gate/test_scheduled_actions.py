"""Scheduled actions in a template: the property of a target that no request has."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.gate.run import check
from advisor.gate.settings import CheckOptions, Project

TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Model:
    Type: AWS::SageMaker::Model
    Properties:
      ExecutionRoleArn: arn:aws:iam::123456789012:role/sm
      PrimaryContainer:
        Image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/fraud:1.7-1
        ModelDataUrl: s3://acme-ml/model.tar.gz
  Config:
    Type: AWS::SageMaker::EndpointConfig
    Properties:
      ProductionVariants:
        - VariantName: AllTraffic
          ModelName: !GetAtt Model.ModelName
          InstanceType: ml.m5.xlarge
          InitialInstanceCount: 1
          InitialVariantWeight: 1
  Endpoint:
    Type: AWS::SageMaker::Endpoint
    Properties:
      EndpointConfigName: !GetAtt Config.EndpointConfigName
  Target:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties:
      ServiceNamespace: sagemaker
      ResourceId: !Sub endpoint/${Endpoint.EndpointName}/variant/AllTraffic
      ScalableDimension: sagemaker:variant:DesiredInstanceCount
      MinCapacity: 1
      MaxCapacity: 4
      ScheduledActions:
        - {ScheduledActionName: day, Schedule: "cron(0 8 ? * MON-FRI *)",
           ScalableTargetAction: {MinCapacity: 2, MaxCapacity: 4}}
        - {ScheduledActionName: night, Schedule: "cron(0 20 ? * MON-FRI *)",
           ScalableTargetAction: {MinCapacity: MINIMUM, MaxCapacity: 4}}
"""


@pytest.mark.parametrize(("minimum", "places"), [("0", [35]), ("1", [])])
def test_an_action_to_zero_is_found_at_its_value(
    minimum: str, places: list[int], tmp_path: Path
) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(TEMPLATE.replace("MINIMUM", minimum))
    report = check(CheckOptions(paths=(str(path),), as_of="2026-11-30", project=Project()))
    found = report.findings
    assert [each.line for each in found if each.rule == "scaling-minimum-zero"] == places
