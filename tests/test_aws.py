"""The judge of requests: what botocore's validator refuses, and what it lets pass."""

from __future__ import annotations

from typing import Any

import pytest

from tests.aws import judge, matches, python_pattern


def config(**variant: Any) -> dict[str, Any]:
    """A sound endpoint configuration with one variant changed."""
    return {
        "EndpointConfigName": "fraud",
        "ProductionVariants": [
            {"VariantName": "AllTraffic", "ModelName": "fraud"}
            | {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
            | variant
        ],
    }


CORE_DUMPS = {"DestinationS3Uri": "s3://b/" + "a" * 512}
MANY_AT_ONCE = {"MemorySizeInMB": 1024, "MaxConcurrency": 201}
ELEVEN = config()["ProductionVariants"] * 11


def complaints(parameters: dict[str, Any]) -> tuple[str, ...]:
    return judge("sagemaker", "CreateEndpointConfig", parameters)


def test_a_sound_request_has_none() -> None:
    assert complaints(config()) == ()


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        # what botocore itself refuses, in its own words
        ({"EndpointConfigName": "fraud"}, "ProductionVariants"),
        (config(InitialInstanceCount=0), "InitialInstanceCount"),
        (config(InitialInstanceCount="2"), "InitialInstanceCount"),
        (config(Memory=1), "Memory"),
        # what it lets pass
        (config(InstanceType="ml.t3.medium"), "is not one of the"),
        (config(VolumeSizeInGB=513), "513 is above 512"),
        (config(InitialInstanceCount=2**31), "2147483648 is above 2147483647"),
        (config(InitialVariantWeight=float("nan")), "is no number"),
        (config(InitialVariantWeight=float("inf")), "is no number"),
        (config(ModelName="under_score"), "does not match"),
        (config(CoreDumpConfig=CORE_DUMPS), "519 characters, at most 512"),
        (config(ServerlessConfig=MANY_AT_ONCE), "201 is above 200"),
        ({**config(), "ProductionVariants": ELEVEN}, "11 items, at most 10"),
        ({**config(), "Tags": [{"Key": "a#b", "Value": ""}]}, "does not match"),
        ({**config(), "Tags": [{"Key": str(n), "Value": ""} for n in range(51)]}, "51 items"),
    ],
)  # fmt: skip
def test_each_kind_of_fault_is_found(parameters: dict[str, Any], text: str) -> None:
    found = complaints(parameters)
    assert len(found) == 1
    assert text in found[0]


def test_a_fault_says_where_it_is() -> None:
    (found,) = complaints(config(InstanceType="ml.t3.medium"))
    assert found.startswith("CreateEndpointConfig.ProductionVariants[0].InstanceType: ")


def test_maps_are_walked() -> None:
    model = {"ModelName": "m", "PrimaryContainer": {"Environment": {"k" * 1025: "v"}}}
    (found,) = judge("sagemaker", "CreateModel", model)
    assert "1025 characters, at most 1024" in found


def test_other_services() -> None:
    target = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": "endpoint/fraud/variant/AllTraffic",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }
    assert judge("application-autoscaling", "RegisterScalableTarget", target) == ()
    (found,) = judge(
        "application-autoscaling", "RegisterScalableTarget", target | {"ServiceNamespace": "sage"}
    )
    assert "'sage' is not one of" in found


def test_an_unknown_operation_or_service_is_an_error() -> None:
    with pytest.raises(ValueError, match="no operation CreateEverything"):
        judge("sagemaker", "CreateEverything", {})
    with pytest.raises(ValueError, match="no service sage"):
        judge("sage", "CreateModel", {})


# -- patterns --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"[a-z]+", "ab", True),
        (r"[a-z]+", "ab1", False),  # the whole text, though the pattern has no anchors
        (r"[a-z]+", "ab\n", False),
        (r"^[a-zA-Z0-9](-*[a-zA-Z0-9])*", "a-b", True),
        (r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)", "Größe der Stadt 日本", True),
        (r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)", "a#b", False),
        (r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)", "e\u0301", False),  # a combining mark is no letter
        (r"\p{ASCII}*", "text/csv", True),
        (r"\p{ASCII}*", "é", False),
        (r"\p{Print}+", "policy", True),
        (r"\A\S[\p{Print}]*\z", "model.tar.gz", True),
        (r"\A\S[\p{Print}]*\z", " model", False),
        (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*", "a😀", True),
        (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*", "\x00", False),
        (r"(https|s3)://([^/])/?(.*)", "s3://bucket/prefix", True),
        (r"(a*)${1,128}", "anything", True),  # no regular expression, so nothing is held against it
    ],
)
def test_patterns_are_read_as_the_service_reads_them(
    pattern: str, text: str, expected: bool
) -> None:
    assert matches(pattern, text) is expected


def test_every_pattern_that_a_plan_meets_can_be_read() -> None:
    from botocore.loaders import Loader

    for service in ("sagemaker", "application-autoscaling", "cloudwatch", "sagemaker-runtime"):
        for shape in Loader().load_service_model(service, "service-2")["shapes"].values():
            pattern = shape.get("pattern")
            if pattern is not None and "${" not in pattern:
                python_pattern(pattern)  # raises where it cannot
