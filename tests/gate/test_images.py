"""What the address of an image tells, over generated addresses."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.configuration.discover import STDIN
from advisor.configuration.rulefiles import read_json_rules
from advisor.gate.rules.images import of_image
from advisor.gate.rules.view import HIDDEN
from advisor.gate.run import check
from advisor.gate.settings import CheckOptions

TABLE = read_json_rules("service", "containers.json")["images"]
ACCOUNTS = read_json_rules("service", "registries.json")["accounts"]
VERSIONS = st.tuples(st.integers(1, 30), st.integers(0, 30), st.integers(0, 9)).map(
    lambda parts: ".".join(map(str, parts))
)
CUDA = st.sampled_from([("cu111", 11.1), ("cu118", 11.8), ("cu124", 12.4), ("cu130", 13.0)])
FRAMEWORKS = st.sampled_from(TABLE["frameworks"])


def address(repository: str, tag: str, region: str = "eu-west-1") -> str:
    return f"763104351884.dkr.ecr.{region}.amazonaws.com/{repository}:{tag}"


@given(FRAMEWORKS, VERSIONS, CUDA)
def test_a_gpu_tag_tells_device_and_cuda(
    repository: str, version: str, cuda: tuple[str, float]
) -> None:
    told = of_image(address(repository, f"{version}-gpu-py311-{cuda[0]}-ubuntu22.04"))
    assert (told["Device"], told["Processor"]) == ("gpu", "x86_64")
    assert (told["Cuda"], told["CudaVersion"]) == (int(cuda[1]), cuda[1])


@given(FRAMEWORKS, VERSIONS, st.sampled_from(["cpu-py311", "cpu-py311-ubuntu22.04-sagemaker"]))
def test_a_cpu_tag_tells_no_cuda(repository: str, version: str, rest: str) -> None:
    told = of_image(address(repository, f"{version}-{rest}"))
    assert told["Device"] == "cpu"
    assert "Cuda" not in told


@given(FRAMEWORKS, VERSIONS)
def test_graviton_is_named(repository: str, version: str) -> None:
    assert of_image(address(f"{repository}-graviton", f"{version}-cpu"))["Processor"] == "arm64"
    assert of_image(address(repository, f"{version}-cpu-py3-arm64"))["Processor"] == "arm64"


@given(FRAMEWORKS, VERSIONS)
def test_neuron_is_named_by_repository_or_tag(repository: str, version: str) -> None:
    assert of_image(address(f"{repository}-neuronx", version))["Device"] == "neuron"
    assert of_image(address(repository, f"{version}-neuronx-sdk2.20.0"))["Device"] == "neuron"


@given(FRAMEWORKS)
def test_a_tag_that_is_not_known_tells_nothing(repository: str) -> None:
    told = of_image(address(repository, HIDDEN))
    assert {told.get(name) for name in ("Device", "Cuda", "Processor", "Image")} == {None}


@given(st.sampled_from(sorted(ACCOUNTS)), st.sampled_from(["eu-west-1", "af-south-1", "us-east-2"]))
def test_an_account_has_its_regions(account: str, region: str) -> None:
    told = of_image(f"{account}.dkr.ecr.{region}.amazonaws.com/xgboost:1")
    assert ("Account" in told) == (region not in ACCOUNTS[account])
    assert told["Algorithm"] == "xgboost"


@pytest.mark.parametrize("text", ["", "fraud", "fraud:1", "123456789012.dkr.ecr.x", "a/b:gpuxx"])
def test_other_texts_tell_nothing(text: str) -> None:
    told = of_image(text)
    assert {told.get(name) for name in ("Device", "Cuda", "Processor", "Account")} == {None}


def test_a_default_that_everybody_replaces_is_a_note() -> None:
    parameter = {"Type": "String", "Default": "REPLACE_ME role"}
    model = {
        "Type": "AWS::SageMaker::Model",
        "Properties": {
            "ExecutionRoleArn": {"Ref": "Role"},
            "PrimaryContainer": {"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/fraud:1"},
        },
    }
    for default, severity in (("REPLACE_ME role", "info"), ("the role", "error")):
        template = {
            "Parameters": {"Role": {**parameter, "Default": default}},
            "Resources": {"Model": model},
        }
        text = json.dumps(template).encode()
        (found,) = check(CheckOptions(paths=[STDIN], as_of="2026-12-01", stdin=text)).findings
        assert (found.rule, found.severity) == ("wrong-form", severity)
