"""What instance-based endpoints share: timeouts, volume, keys, network, capture, scaling bounds."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.model.options import ASYNCHRONOUS, REAL_TIME
from advisor.model.usage import FleetUsage, Traffic
from tests.planned import online, parameters, planned, rules, setting, value, variant
from tests.usages import figure

BOTH = pytest.mark.parametrize("option", [REAL_TIME, ASYNCHRONOUS])


# -- start and disk --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("startup", "timeout"),
    [
        ("2 min", None),  # x 2 = the default of 240 s
        ("121 s", 300),  # 242 s in whole minutes
        ("6 min", 720),
        ("30 min", 3600),
        ("2 h", 3600),
    ],
)
@BOTH
def test_health_check_timeout(option: str, startup: str, timeout: int | None) -> None:
    found = variant(planned(option, online(model={"startup": startup})))
    assert found.get("ContainerStartupHealthCheckTimeoutInSeconds") == timeout


@pytest.mark.parametrize(
    ("size", "timeout"),
    [
        ("12000 MB", None),  # 120 s x 2 = 240 s
        ("12100 MB", 300),  # 242 s
        ("40 GB", 840),  # 409.6 s x 2 = 819.2 s
        ("500 GB", 3600),
    ],
)
def test_download_timeout(size: str, timeout: int | None) -> None:
    found = variant(planned(REAL_TIME, online(model={"size": size})))
    assert found.get("ModelDataDownloadTimeoutInSeconds") == timeout


@pytest.mark.parametrize(
    ("size", "volume"),
    [
        ("25 GB", None),  # x 1.2 = 30 GB, which every instance has
        ("26 GB", 32),  # 31.2
        ("100 GB", 120),
        ("900 GB", 512),
    ],
)
@BOTH
def test_volume(option: str, size: str, volume: int | None) -> None:
    model = {"size": size, "memory": "1 GB"}
    assert variant(planned(option, online(model=model))).get("VolumeSizeInGB") == volume


@pytest.mark.parametrize(
    ("name", "stated", "volume"),
    [
        ("ml.m5.xlarge", "20 GB", 20),  # also below the default of 30 GB
        ("ml.m5.xlarge", "20.5 GB", 21),  # whole GB
        ("ml.m5.xlarge", "2 TB", 512),
        ("ml.g5.xlarge", "100 GB", None),  # local disks
    ],
)
@BOTH
def test_a_stated_volume(option: str, name: str, stated: str, volume: int | None) -> None:
    model = {"size": "100 GB", "memory": "1 GB"}
    found = planned(option, online(model=model, deploy={"instance_type": name, "volume": stated}))
    assert variant(found).get("VolumeSizeInGB") == volume
    assert value(found, "VolumeSizeInGB") == (volume or "not set")


def test_scratch_space_counts_towards_the_volume() -> None:
    found = planned(REAL_TIME, online(model={"size": "10 GB", "memory": "1 GB", "disk": "40 GB"}))
    assert variant(found)["VolumeSizeInGB"] == 60


def test_models_that_share_an_endpoint_share_its_volume() -> None:
    found = planned(REAL_TIME, online(model={"size": "100 MB", "memory": "1 GB", "count": "500"}))
    assert variant(found)["VolumeSizeInGB"] == 59  # 48.8 GB x 1.2 = 58.6


def test_types_with_local_disks_take_no_volume_size() -> None:
    model = {"size": "100 GB", "memory": "1 GB", "measured_on": "ml.g5.48xlarge"}
    found = planned(REAL_TIME, online(model=model))
    assert "VolumeSizeInGB" not in variant(found)
    assert value(found, "VolumeSizeInGB") == "not set"


def test_a_type_of_which_no_disk_is_known_takes_none_either() -> None:
    workload = online(model={"size": "100 GB"}, deploy={"instance_type": "ml.g7.2xlarge"})
    assert "VolumeSizeInGB" not in variant(planned(REAL_TIME, workload))


# -- keys, network, capture ------------------------------------------------------------------------


def deployed(**extra: Any) -> dict[str, Any]:
    return {
        "role": "arn:aws:iam::123456789012:role/sagemaker",
        "bucket": "s3://data-of-ours/fraud/",
        "kms_key": "alias/ml",
        "subnets": ["subnet-1", "subnet-2"],
        "security_groups": ["sg-1"],
        "tags": {"team": "risk"},
        **extra,
    }


def test_stated_values_reach_the_requests() -> None:
    workload = online(
        needs={"vpc": True, "kms": True, "data-capture": "2.5 %", "network-isolation": True},
        owner="team-risk",
        model={
            "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/fraud:1",
            "artifact": "s3://data-of-ours/fraud/model.tar.gz",
        },
        deploy=deployed(),
    )
    found = planned(REAL_TIME, workload)
    assert [each for each in found.findings if each.rule == "placeholder"] == []
    model = parameters(found, "CreateModel")
    assert model["PrimaryContainer"] == {
        "Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/fraud:1",
        "ModelDataUrl": "s3://data-of-ours/fraud/model.tar.gz",
    }
    assert model["ExecutionRoleArn"] == "arn:aws:iam::123456789012:role/sagemaker"
    assert model["VpcConfig"] == {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1", "subnet-2"]}
    assert model["EnableNetworkIsolation"] is True
    tags = [{"Key": "owner", "Value": "team-risk"}, {"Key": "team", "Value": "risk"}]
    for operation in ("CreateModel", "CreateEndpointConfig", "CreateEndpoint"):
        assert parameters(found, operation)["Tags"] == tags
    config = parameters(found, "CreateEndpointConfig")
    assert config["KmsKeyId"] == "alias/ml"
    assert config["DataCaptureConfig"] == {
        "EnableCapture": True,
        "InitialSamplingPercentage": 3,  # 2.5 % in whole percents
        "DestinationS3Uri": "s3://data-of-ours/fraud/data-capture",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "KmsKeyId": "alias/ml",
    }
    assert {"vpc", "kms", "data-capture", "network-isolation"} <= found.carried


def test_a_missing_value_is_a_placeholder_with_a_finding() -> None:
    found = planned(
        ASYNCHRONOUS, online(needs=["vpc", "kms", "notifications"], region="cn-north-1")
    )
    places = [each for each in found.findings if each.rule == "placeholder"]
    assert {each.severity for each in places} == {"info"}
    assert len(places) == len({each.message for each in places})
    role = parameters(found, "CreateModel")["ExecutionRoleArn"]
    assert role == "arn:aws-cn:iam::000000000000:role/REPLACE-ME"
    output = parameters(found, "CreateEndpointConfig")["AsyncInferenceConfig"]["OutputConfig"]
    assert output == {
        "S3OutputPath": "s3://REPLACE-ME/async/output",
        "S3FailurePath": "s3://REPLACE-ME/async/failure",
        "KmsKeyId": "alias/REPLACE-ME",
        "NotificationConfig": {
            "SuccessTopic": "arn:aws-cn:sns:cn-north-1:000000000000:REPLACE-ME-success",
            "ErrorTopic": "arn:aws-cn:sns:cn-north-1:000000000000:REPLACE-ME-error",
        },
    }


def test_fifty_tags_leave_none_for_the_owner() -> None:
    tags = {f"tag-{number}": "x" for number in range(50)}
    found = planned(REAL_TIME, online(owner="team-risk", deploy={"tags": tags}))
    keys = [each["Key"] for each in parameters(found, "CreateModel")["Tags"]]
    assert len(keys) == 50
    assert "owner" not in keys


def test_a_stated_owner_tag_is_kept() -> None:
    found = planned(REAL_TIME, online(owner="team-risk", deploy={"tags": {"owner": "jd"}}))
    assert parameters(found, "CreateModel")["Tags"] == [{"Key": "owner", "Value": "jd"}]


def test_no_tags_no_field() -> None:
    assert "Tags" not in parameters(planned(REAL_TIME, online()), "CreateEndpoint")


def test_stated_subnets_are_used_and_one_is_too_few() -> None:
    workload = online(deploy={"subnets": ["subnet-1"], "security_groups": ["sg-1"]})
    found = planned(REAL_TIME, workload)
    assert parameters(found, "CreateModel")["VpcConfig"]["Subnets"] == ["subnet-1"]
    assert rules(found) == {"one-subnet"}


def test_a_private_image_needs_the_network_that_reaches_it() -> None:
    model = parameters(planned(REAL_TIME, online(needs=["private-image"])), "CreateModel")
    assert model["PrimaryContainer"]["ImageConfig"] == {"RepositoryAccessMode": "Vpc"}
    assert model["VpcConfig"]["Subnets"]


def test_a_marketplace_package_runs_isolated() -> None:
    found = planned(REAL_TIME, online(needs=["marketplace-model"], region="eu-west-1"))
    model = parameters(found, "CreateModel")
    package = "arn:aws:sagemaker:eu-west-1:000000000000:model-package/REPLACE-ME"
    assert model["PrimaryContainer"] == {"ModelPackageName": package}
    assert model["EnableNetworkIsolation"] is True
    refused = planned(ASYNCHRONOUS, online(needs=["marketplace-model"]))
    assert "ModelPackageName" not in parameters(refused, "CreateModel")["PrimaryContainer"]
    assert "marketplace-model" not in refused.carried


def test_capture_without_a_share_takes_that_of_the_sdk() -> None:
    found = planned(REAL_TIME, online(needs=["data-capture"]))
    capture = parameters(found, "CreateEndpointConfig")["DataCaptureConfig"]
    assert capture["InitialSamplingPercentage"] == 20
    assert "KmsKeyId" not in capture


def test_a_folder_of_files_is_read_as_it_is() -> None:
    found = planned(REAL_TIME, online(model={"artifact": "s3://models/llm/"}))
    container = parameters(found, "CreateModel")["PrimaryContainer"]
    assert container["ModelDataSource"]["S3DataSource"] == {
        "S3Uri": "s3://models/llm/",
        "S3DataType": "S3Prefix",
        "CompressionType": "None",
    }
    assert "ModelDataUrl" not in container


# -- several models --------------------------------------------------------------------------------


def test_many_models_share_one_container() -> None:
    model = {"count": "12", "artifact": "s3://models/all/first.tar.gz"}
    found = planned(REAL_TIME, online(model=model, needs=["data-capture"]))
    container = parameters(found, "CreateModel")["PrimaryContainer"]
    assert container["Mode"] == "MultiModel"
    assert container["ModelDataUrl"] == "s3://models/all/"
    assert found.invoke.parameters["TargetModel"] == "REPLACE-ME.tar.gz"
    # Capture does not work on multi-model endpoints, so it stays a need that nothing carries.
    assert "DataCaptureConfig" not in parameters(found, "CreateEndpointConfig")
    assert "data-capture" not in found.carried


@pytest.mark.parametrize("need", ["multi-container", "inference-pipeline"])
def test_containers_in_a_row_are_no_multi_model_endpoint(need: str) -> None:
    found = planned(REAL_TIME, online(model={"count": "3"}, needs=[need]))
    model = parameters(found, "CreateModel")
    assert "PrimaryContainer" not in model
    assert len(model["Containers"]) == 3
    assert need in found.carried


# -- how many --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "count"),
    [
        ({}, 2),  # production is assumed
        ({"environment": "production"}, 2),
        ({"environment": "test"}, 1),
        ({"environment": "test", "needs": ["multi-az"]}, 2),
        ({"traffic": {"pattern": "intermittent"}}, 1),
        ({"traffic": {"pattern": "intermittent"}, "environment": "production"}, 2),
        ({"deploy": {"instances": {"min": "3"}}}, 3),
        ({"deploy": {"instances": {"max": "1"}}}, 1),
    ],
)
def test_instances_without_a_load(parts: dict[str, Any], count: int) -> None:
    assert variant(planned(REAL_TIME, online(**parts)))["InitialInstanceCount"] == count


def busy(**parts: Any) -> dict[str, Any]:
    """20/s x 500 ms = 10 in progress; m5.large works on 2 at once, so 10 / (2 x 0.5) = 10."""
    model = {"memory": "1 GB"}
    return online(requests={"processing": "500 ms"}, traffic={"peak": "20/s"}, model=model, **parts)


def test_instances_for_the_peak() -> None:
    found = planned(REAL_TIME, busy())
    assert variant(found)["InitialInstanceCount"] == 10
    assert [each.operation for each in found.requests][3:] == []


def scaled(workload: dict[str, Any], option: str = REAL_TIME) -> tuple[int, int]:
    target = parameters(planned(option, workload), "RegisterScalableTarget")
    return target["MinCapacity"], target["MaxCapacity"]


def test_scaling_between_availability_and_twice_the_peak() -> None:
    workload = busy(needs=["autoscaling"])
    assert scaled(workload) == (2, 20)
    policy = parameters(planned(REAL_TIME, workload), "PutScalingPolicy")
    # 2 / 500 ms = 4/s, x 0.5 x 60
    assert policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 120.0
    assert policy["ResourceId"] == "endpoint/case/variant/AllTraffic"


def test_stated_bounds_replace_our_own() -> None:
    assert scaled(busy(deploy={"instances": {"min": "1", "max": "6"}})) == (1, 6)
    # 10 of two vCPUs are more than 6; 5 of four carry the peak.
    bounds = {"min": "1", "max": "6"}
    found = planned(REAL_TIME, busy(deploy={"instances": bounds}))
    assert variant(found)["InitialInstanceCount"] == 5
    assert rules(found) == set()
    stated = busy(deploy={"instances": bounds, "instance_type": "ml.m5.large"})
    assert variant(planned(REAL_TIME, stated))["InitialInstanceCount"] == 6
    assert rules(planned(REAL_TIME, stated)) == {"fleet-bounded"}
    fixed = planned(REAL_TIME, busy(deploy={"instances": {"min": "4", "max": "4"}}))
    assert variant(fixed)["InitialInstanceCount"] == 4
    assert len(fixed.requests) == 3


def test_long_requests_are_scaled_and_routed_by_what_is_in_progress() -> None:
    workload = online(
        requests={"processing": "2 s"},
        traffic={"concurrent": "8"},
        model={"accelerator": "gpu", "concurrency": "4"},
        needs=["autoscaling"],
    )
    found = planned(REAL_TIME, workload)
    assert variant(found)["RoutingConfig"] == {"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"}
    policy = parameters(found, "PutScalingPolicy")["TargetTrackingScalingPolicyConfiguration"]
    assert policy["TargetValue"] == 2.0  # 4 at once x 0.5
    metric = policy["PredefinedMetricSpecification"]["PredefinedMetricType"]
    assert metric == "SageMakerVariantConcurrentRequestsPerModelHighResolution"


@BOTH
def test_burstable_types_are_not_scaled(option: str) -> None:
    workload = busy(needs=["autoscaling"], deploy={"instance_type": "ml.t2.large"})
    found = planned(option, workload)
    assert rules(found) == {"instance-not-scalable"}
    assert "autoscaling" not in found.carried
    assert len(found.requests) == 3


def test_a_range_is_sized_for_its_larger_end() -> None:
    workload = online(
        requests={"processing": "100 ms..200 ms"},
        traffic={"peak": "10/s..40/s"},
        model={"memory": "1 GB"},
    )
    # 40/s x 200 ms = 8 / (2 x 0.5) = 8
    assert variant(planned(REAL_TIME, workload))["InitialInstanceCount"] == 8


def test_a_volume_without_a_peak_is_sized_for_three_times_its_mean() -> None:
    # 8 h/day of 24: 730,000 a month / (730 x 3600 / 3 s) = 0.8333/s, x 3 = 2.5/s, x 1 s = 2.5.
    workload = online(
        requests={"processing": "1 s"},
        traffic={"volume": "730k/month", "active": "8 h/day"},
        model={"memory": "1 GB"},
        environment="test",
    )
    found = planned(REAL_TIME, workload)
    assert variant(found)["InitialInstanceCount"] == 3
    assert "3 x " in setting(found, "InitialInstanceCount").because


# -- the caller ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("processing", "timeout"),
    [("60 s", 70), ("200 ms", 11), ({"typical": "1 s", "max": "9.5 s"}, 20), (">60 s", 71)],
)
def test_client_timeout(processing: Any, timeout: int) -> None:
    found = planned(REAL_TIME, online(requests={"processing": processing}))
    assert found.invoke.client_timeout_s == timeout
    assert any(f"timeout to {timeout} s" in note for note in found.invoke.notes)


def test_client_timeout_of_an_unknown_model() -> None:
    assert planned(REAL_TIME, online()).invoke.client_timeout_s == 70


@pytest.mark.parametrize(
    ("framework", "media"),
    [("xgboost", "text/csv"), ("vLLM", "application/json"), ("pytorch", None), (None, None)],
)
def test_content_type_only_where_it_is_known(framework: str | None, media: str | None) -> None:
    model = {} if framework is None else {"framework": framework}
    found = planned(REAL_TIME, online(model=model) if model else online())
    assert found.invoke.parameters.get("ContentType") == media


def test_features_that_are_fields_of_the_call_or_the_variant() -> None:
    found = planned(REAL_TIME, online(needs=["sticky-sessions", "shell-access"]))
    assert found.invoke.parameters["SessionId"] == "REPLACE-ME"
    assert variant(found)["EnableSSMAccess"] is True
    assert {"sticky-sessions", "shell-access"} <= found.carried


def test_a_data_set_of_rows_says_what_a_request_is() -> None:
    found = planned(REAL_TIME, online(dataset={"format": "jsonlines"}))
    assert found.invoke.parameters["ContentType"] == "application/jsonlines"


def test_several_models_do_not_stream() -> None:
    hosting = {"hosting": "multi-model"}
    workload = online(requests={"streaming": True}, model={"count": "3"}, deploy=hosting)
    found = planned(REAL_TIME, workload)
    assert found.invoke.operation == "InvokeEndpoint"
    assert "response-streaming" not in found.carried
    assert any("so answers are not streamed" in note for note in found.invoke.notes)
    one = planned(REAL_TIME, online(requests={"streaming": True}))
    assert one.invoke.operation == "InvokeEndpointWithResponseStream"
    assert "response-streaming" in one.carried


@BOTH
def test_a_type_measured_on_graviton_carries_the_need(option: str) -> None:
    workload = online(model={"measured_on": "ml.m6g.large"}, needs=["graviton"])
    assert "graviton" in planned(option, workload).carried


# -- what costs and latency read -------------------------------------------------------------------


@BOTH
def test_sizes_on_the_wire_and_ranges(option: str) -> None:
    workload = online(
        requests={
            "payload": {"typical": "3 KB", "max": "1 MB"},
            "response": "300 B..600 B",
            "encoding": "base64",
            "processing": {"typical": "1 s", "p99": "3 s", "max": "9 s"},
        },
        traffic={"volume": ">=1k/month", "pattern": "diurnal"},
    )
    usage = planned(option, workload).usage
    assert figure(usage, "bytes_in") == 4096
    assert figure(usage, "bytes_out") == [400, 800]
    assert figure(usage, "requests") == [1000, None]
    # ln(3) / 2.3263 = 0.47225 standard deviations; the mean is exp(0.47225**2 / 2) x 1 s.
    assert (figure(usage, "processing_s"), figure(usage, "processing_p99_s")) == (1.117964, 3.0)
    assert figure(usage, "pattern") == "diurnal"


def test_what_is_not_known_is_absent() -> None:
    usage = planned(REAL_TIME, online()).usage
    assert isinstance(usage, FleetUsage)
    assert usage.traffic == Traffic()


@pytest.mark.parametrize(
    ("size", "kind", "found"),
    [
        ("512 GB", "ml.m5.24xlarge", False),  # the largest volume holds it
        ("513 GB", "ml.m5.24xlarge", True),
        ("600 GB", "ml.g5.48xlarge", False),  # it has local disks
    ],
)
@BOTH
def test_a_model_larger_than_any_volume(option: str, size: str, kind: str, found: bool) -> None:
    said = online(model={"size": size}, deploy={"instance_type": kind})
    assert ("endpoint-volume" in rules(planned(option, said))) is found


@pytest.mark.parametrize(
    ("model", "found"),
    [
        # At 100 MB/s an hour fetches 352 GB; 24 GB more are beyond it.
        ({"size": "351 GB"}, False),
        ({"size": "376 GB"}, True),
        ({"size": "10 GB", "startup": "1 h"}, False),
        ({"size": "10 GB", "startup": "61 min"}, True),
        # From the Hub 625 GB at 98 MB/s take up to 117 min, 15 GB less than 9 min.
        ({"id": "deepseek-ai/DeepSeek-R1", "engine": "vllm"}, True),
        ({"id": "Qwen/Qwen3-8B", "engine": "vllm"}, False),
    ],
)
@BOTH
def test_a_start_that_may_be_ended(option: str, model: dict[str, str], found: bool) -> None:
    said = online(model=model, region="us-east-1")
    assert ("start-beyond-limit" in rules(planned(option, said))) is found
