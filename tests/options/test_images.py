"""AWS's image of the Region follows from framework, version and device; nothing is assumed."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.gate.rules.images import of_image
from advisor.model.advice import Plan
from advisor.model.options import ASYNCHRONOUS, BATCH_TRANSFORM, OPTIONS, REAL_TIME, SERVERLESS
from advisor.workload.forms import service_table
from tests.planned import online, parameters, planned, rules

PLACE = "000000000000.dkr.ecr.{}/replace-me:latest"
TABLE = service_table("images.json")["images"]
REGISTRIES = service_table("registries.json")


def made(option: str = REAL_TIME, region: str | None = "eu-west-1", **model: Any) -> Plan:
    where = {} if region is None else {"region": region}
    return planned(option, online(model={"size": "500 MB", **model}, **where))


def image(found: Plan) -> str:
    text: str = parameters(found, "CreateModel")["PrimaryContainer"]["Image"]
    return text


@pytest.mark.parametrize(
    ("model", "region", "expected"),
    [
        (
            {"framework": "pytorch", "framework_version": "2.6"},
            "eu-west-1",
            "763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-inference:2.6.0-cpu-py312",
        ),
        (
            {"framework": "pytorch 2.6", "accelerator": "gpu"},
            "eu-south-1",
            "692866216735.dkr.ecr.eu-south-1.amazonaws.com/pytorch-inference:2.6.0-gpu-py312",
        ),
        (
            {"framework": "tensorflow", "framework_version": "2.19.0"},
            "cn-north-1",
            "727897471807.dkr.ecr.cn-north-1.amazonaws.com.cn/tensorflow-inference:2.19.0-cpu",
        ),
        (
            {"kind": "xgboost", "framework_version": "1.7"},
            "us-east-1",
            "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1",
        ),
        (
            {"framework": "sklearn", "framework_version": "1.2-1"},
            "us-west-2",
            "246618743249.dkr.ecr.us-west-2.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3",
        ),
    ],
)
def test_the_image_of_the_region(model: dict[str, Any], region: str, expected: str) -> None:
    """Accounts and tags as AWS's SDK makes them (sagemaker.image_uris.retrieve)."""
    found = made(region=region, **model)
    assert image(found) == expected
    assert not [each for each in found.findings if "Image is" in each.message]
    assert "image-unknown" not in rules(found)
    (said,) = (each for each in found.settings if each.name == "Image")
    assert said.source


@pytest.mark.parametrize("option", OPTIONS)
def test_serverless_takes_the_image_without_devices(option: str) -> None:
    found = made(option, framework="pytorch", framework_version="2.6", accelerator="gpu")
    device = "cpu" if option == SERVERLESS else "gpu"
    assert f":2.6.0-{device}-" in image(found)


def test_a_newer_cuda_gets_the_host_that_has_its_driver() -> None:
    for option in (REAL_TIME, ASYNCHRONOUS):
        found = made(option, framework="lmi", framework_version="0.36", accelerator="gpu")
        assert "cu130" in image(found)
        (variant,) = parameters(found, "CreateEndpointConfig")["ProductionVariants"]
        assert variant["InferenceAmiVersion"] == "al2023-ami-sagemaker-inference-gpu-4-1"


def test_a_stated_image_prevails() -> None:
    own = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/own:1"
    assert image(made(framework="pytorch", framework_version="2.6", image=own)) == own


def fix(found: Plan) -> str:
    (said,) = (each for each in found.findings if each.message.startswith("Image is"))
    return said.fix


def test_without_a_version_none_is_assumed_and_the_newest_can_be_pasted() -> None:
    found = made(framework="pytorch")
    assert image(found) == PLACE.format("eu-west-1.amazonaws.com")
    assert 'model.framework_version: "2.6.0"' in fix(found)


def test_without_a_region_none_is_assumed() -> None:
    found = made(region=None, framework="pytorch", framework_version="2.6")
    assert image(found) == PLACE.format("us-east-1.amazonaws.com")
    assert "State region" in fix(found)


@pytest.mark.parametrize("version", ["9.9", "2.60", "1", "6"])
def test_an_unknown_version_keeps_the_placeholder_and_says_what_is_known(version: str) -> None:
    found = made(framework="pytorch", framework_version=version)
    assert image(found) == PLACE.format("eu-west-1.amazonaws.com")
    (said,) = (each for each in found.findings if each.rule == "image-unknown")
    assert f"pytorch {version} for cpu" in said.message
    assert "2.5.1, 2.6.0" in said.fix
    assert said.line


def test_a_region_without_the_image_keeps_the_placeholder() -> None:
    found = made(region="ap-southeast-7", framework="mxnet", framework_version="1.9")
    assert "replace-me" in image(found)
    assert "image-unknown" in rules(found)


def test_another_framework_keeps_the_placeholder() -> None:
    found = made(framework="spacy", framework_version="3.0")
    assert "replace-me" in image(found)
    assert "image-unknown" not in rules(found)


def test_a_batch_job_takes_an_inference_image() -> None:
    found = made(BATCH_TRANSFORM, framework="pytorch", framework_version="2.6")
    assert "/pytorch-inference:" in image(found)


@pytest.mark.parametrize("name", TABLE)
def test_each_tag_says_the_device_that_it_stands_under(name: str) -> None:
    for devices in TABLE[name]["versions"].values():
        for device, tag in devices.items():
            told = of_image(f"763104351884.dkr.ecr.us-east-1.amazonaws.com/{tag}")
            assert told["Device"] in (device, None), tag
            assert "training" not in tag


def test_each_region_has_one_account_of_each_group() -> None:
    for accounts in REGISTRIES["groups"].values():
        regions = [each for account in accounts for each in REGISTRIES["accounts"][account]]
        assert len(regions) == len(set(regions))
        assert len(regions) >= 33
