"""Rules of other linters are ignored where SageMaker has no use for what they ask."""

from __future__ import annotations

import pytest

from advisor.artifacts import maker
from advisor.artifacts.linter_suppressions import skips
from advisor.model.advice import Request

ON_DISK, ON_VOLUME = "ml.g5.xlarge", "ml.m5.xlarge"  # with local NVMe disks, and without


def config(**fields: object) -> Request:
    variant = {"ModelName": "a-model", **fields.pop("variant")}  # type: ignore[dict-item]
    return Request(
        service="sagemaker",
        operation="CreateEndpointConfig",
        parameters={"ProductionVariants": [variant], **fields},
    )


def model(**fields: object) -> Request:
    return Request(
        service="sagemaker", operation="CreateModel", parameters={"ModelName": "a-model", **fields}
    )


@pytest.mark.parametrize(
    ("request_", "rules"),
    [
        (config(variant={"InstanceType": ON_DISK}), ["CKV_AWS_98", "W1200"]),
        (config(variant={"InstanceType": ON_VOLUME}), []),
        (config(variant={"InstanceType": ON_DISK}, KmsKeyId="alias/ml"), []),
        (config(variant={"ServerlessConfig": {}}), []),
        (config(variant={"InstanceType": "ml.unheard-of.xlarge"}), []),
    ],
)
def test_a_key_is_not_missed_where_no_key_covers_the_disks(
    request_: Request, rules: list[str]
) -> None:
    found = [each.rule for each in skips(request_, (model(), request_))]
    assert found[:2] == rules


def test_a_serverless_model_cannot_be_isolated() -> None:
    serverless = config(variant={"ServerlessConfig": {"MemorySizeInMB": 1024}})
    (found,) = skips(model(), (model(), serverless))
    assert (found.linter, found.rule) == ("checkov", "CKV_AWS_370")
    assert "refuses network isolation for a serverless endpoint" in found.because
    on_instances = config(variant={"InstanceType": ON_VOLUME})
    assert list(skips(model(), (model(), on_instances))) == []
    isolated = model(EnableNetworkIsolation=True)
    assert list(skips(isolated, (isolated, serverless))) == []


def test_terraform_and_cloudformation_carry_the_reason() -> None:
    from tests.artifacts.plans import named

    advice = named("pricing-tool")
    main = dict(maker("terraform")(advice))["main.tf"]
    assert "  # checkov:skip=CKV_AWS_370:SageMaker refuses network isolation" in main
    ((_, template),) = maker("cloudformation")(advice)
    assert "      checkov:\n        skip:\n          - id: CKV_AWS_370\n" in template
