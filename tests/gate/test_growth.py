"""Four times as much of anything in a file takes about four times as long, not sixteen times."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from advisor.gate.run import check
from advisor.gate.settings import CheckOptions

VARIANT = '{"VariantName":"a%d","ModelName":"m","InstanceType":"%s","InitialInstanceCount":1}'
NOISE_S = 0.1


def many(text: str, per: int, between: str = "") -> Callable[[int], str]:
    """So many copies of a text, each with its number in the place of ``#``."""
    return lambda n: between.join(text.replace("#", str(each)) for each in range(n // per))


def within(before: str, part: Callable[[int], str], after: str) -> Callable[[int], str]:
    return lambda n: before + part(n) + after


IMAGE = '{"ModelName":"m","PrimaryContainer":{"Image":"'
CONFIG = '{"EndpointConfigName":"e","ProductionVariants":['
TYPED = VARIANT.replace("%d", "#")
WORKLOAD = "name: a\nrequests: {arrival: online}\n"
MODEL = 'resource "aws_sagemaker_model" "m" {\n  execution_role_arn = '

KINDS: dict[str, Callable[[int], str]] = {
    "blank.json": within('{"ProductionVariants":[]', many("\n", 1), "}"),
    "blank.tf": within('resource "aws_sagemaker_model" "m" {', many("\n", 1), "}\n"),
    "comments.tf": within("", many("# sm-advise: accept a-b: c\n", 20), MODEL + "1\n}\n"),
    "comments.yaml": within(
        "EndpointConfigName: e\n",
        many("# sm-advise: accept a-b: c\n", 20),
        "ProductionVariants: []",
    ),
    "waived.yaml": within(
        "EndpointConfigName: e\n# sm-advise: accept a", many(", a", 1), " x\nProductionVariants: []"
    ),
    "colons.json": within(IMAGE, many(":", 1), '"}}'),
    "slashes.json": within(IMAGE, many("/", 1), '"}}'),
    "words.json": within(IMAGE, many(":-gpu-cu", 4), '"}}'),
    "variants.json": within(CONFIG, many(TYPED % "ml.m5.large", 50, ","), "]}"),
    "types.json": within(CONFIG, many(TYPED % "ml.m#x.larg", 100, ","), "]}"),
    "fields.json": within('{"EndpointConfigName":"e"', many(',"Producton#":1', 10), "}"),
    "tags.json": within(CONFIG + '],"Tags":[', many('{"Key":"k#","Value":"v"}', 20, ","), "]}"),
    "steps.json": lambda n: json.dumps(
        {
            "PolicyName": "p",
            "ServiceNamespace": "sagemaker",
            "ResourceId": "endpoint/e/variant/a",
            "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
            "PolicyType": "StepScaling",
            "StepScalingPolicyConfiguration": {
                "AdjustmentType": "ChangeInCapacity",
                "StepAdjustments": [
                    {"MetricIntervalLowerBound": each, "ScalingAdjustment": 1}
                    for each in range(n // 20)
                ],
            },
        }
    ),
    "types.yaml": within(
        "Resources:\n", many(" M#: {Type: AWS::SageMaker::Modl#, Properties: {}}\n", 50), ""
    ),
    "types.tf": within("", many('resource "aws_sagemaker_modl#" "m" {\n}\n', 50), ""),
    "places.tf": within(MODEL + '"', many("${", 1), '"\n}\n'),
    "locals.tf": within(
        "locals {\n", many("  a# = [local.a#, local.a1#]\n", 20), "}\n" + MODEL + "local.a0\n}\n"
    ),
    "keys.workload.yaml": within(WORKLOAD, many("trafic#: 1\n", 10), ""),
    "words.workload.yaml": within(WORKLOAD + 'model: {framework: "a', many("-", 1), '"}\n'),
    "accepted.workload.yaml": within(
        WORKLOAD + "accept:\n", many(" - {rule: x#, because: a}\n", 20), ""
    ),
}


@pytest.mark.parametrize("name", sorted(KINDS))
def test_time_grows_with_the_file(name: str, tmp_path: Path) -> None:
    taken = {}
    for letters in (2_000, 8_000):
        path = tmp_path / str(letters) / name
        path.parent.mkdir()
        path.write_text(KINDS[name](letters), encoding="utf-8")
        taken[letters] = min(_seconds(path) for _ in range(2))
    assert taken[8_000] < max(NOISE_S, 9 * taken[2_000])


def _seconds(path: Path) -> float:
    start = time.process_time()
    check(CheckOptions(paths=[str(path)], as_of="2026-12-01"))
    return time.process_time() - start
