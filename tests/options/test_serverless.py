"""Serverless plans: memory steps, concurrency, provisioned concurrency."""

from __future__ import annotations

import math
from typing import Any

import pytest

from advisor.model.options import SERVERLESS
from tests.planned import online, parameters, planned, rules, setting, value, variant

SERVER_MB = 256
LARGEST_MB = 6144


@pytest.mark.parametrize(
    ("loaded", "step"),
    [
        ("1 MB", 1024),
        (f"{1024 - SERVER_MB} MB", 1024),
        (f"{1025 - SERVER_MB} MB", 2048),
        (f"{2048 - SERVER_MB} MB", 2048),
        (f"{2049 - SERVER_MB} MB", 3072),
        (f"{5120 - SERVER_MB} MB", 5120),
        (f"{5121 - SERVER_MB} MB", LARGEST_MB),
        (f"{LARGEST_MB - SERVER_MB} MB", LARGEST_MB),
        ("1 TB", LARGEST_MB),
    ],
)
def test_the_smallest_step_that_holds_model_and_server(loaded: str, step: int) -> None:
    found = planned(SERVERLESS, online(model={"memory": loaded}))
    assert variant(found)["ServerlessConfig"]["MemorySizeInMB"] == step


def test_memory_follows_from_the_archive_where_it_is_not_stated() -> None:
    # Twice 500 MB while loading, + 256 MB = 1,256 MB.
    found = planned(SERVERLESS, online(model={"size": "500 MB"}))
    assert value(found, "MemorySizeInMB") == 2048
    assert "2 copies while loading" in setting(found, "MemorySizeInMB").because


def test_defaults_where_nothing_is_known() -> None:
    found = planned(SERVERLESS, online())
    assert variant(found)["ServerlessConfig"] == {"MemorySizeInMB": 2048, "MaxConcurrency": 5}


def test_a_model_that_no_step_holds_is_named() -> None:
    found = planned(SERVERLESS, online(model={"memory": "7 GB"}))
    assert "more than the largest size" in setting(found, "MemorySizeInMB").because


def erlang_b(load: float, servers: int) -> float:
    """Straight from its definition, for loads that a float can hold."""
    terms = [load**k / math.factorial(k) for k in range(servers + 1)]
    return terms[-1] / sum(terms)


@pytest.mark.parametrize("in_progress", [1, 4, 12, 30])
def test_concurrency_throttles_less_than_one_in_a_thousand(in_progress: int) -> None:
    traffic = {"pattern": "sustained", "concurrent": str(in_progress)}
    count = value(planned(SERVERLESS, online(traffic=traffic)), "MaxConcurrency")
    assert erlang_b(in_progress, count) <= 0.001 < erlang_b(in_progress, count - 1)


@pytest.mark.parametrize("in_progress", ["200", "5k", "1M"])
def test_concurrency_ends_at_200(in_progress: str) -> None:
    found = planned(SERVERLESS, online(traffic={"pattern": "diurnal", "concurrent": in_progress}))
    assert value(found, "MaxConcurrency") == 200
    assert "the rest is throttled" in setting(found, "MaxConcurrency").because


def spiky(pattern: str) -> dict[str, Any]:
    return online(
        requests={"processing": "1 s"},
        traffic={"pattern": pattern, "peak": "2/s"},
        model={"startup": "9 s"},
    )


def test_after_a_pause_concurrency_holds_the_storm_of_cold_starts() -> None:
    # Sudden: 2/s x (9 s + 1 s) = 20 in progress. Foreseen: 2/s x 1 s = 2.
    storm = value(planned(SERVERLESS, spiky("spiky")), "MaxConcurrency")
    calm = value(planned(SERVERLESS, spiky("diurnal")), "MaxConcurrency")
    assert erlang_b(20, storm) <= 0.001 < erlang_b(20, storm - 1)
    assert erlang_b(2, calm) <= 0.001 < erlang_b(2, calm - 1)


def avoiding(pattern: str | None, **traffic: str) -> dict[str, Any]:
    if pattern is not None:
        traffic["pattern"] = pattern
    return online(requests={"cold_start": "avoid", "processing": "1 s"}, traffic=traffic)


def poisson_tail(load: float, level: int) -> float:
    return 1 - sum(math.exp(-load) * load**k / math.factorial(k) for k in range(level + 1))


@pytest.mark.parametrize("peak", [1, 5, 20])
def test_provisioned_concurrency_is_exceeded_for_one_percent_of_the_time(peak: int) -> None:
    found = planned(SERVERLESS, avoiding("periodic", peak=f"{peak}/s"))
    config = variant(found)["ServerlessConfig"]
    level = config["ProvisionedConcurrency"]
    assert poisson_tail(peak, level) <= 0.01 < poisson_tail(peak, level - 1)
    assert level <= config["MaxConcurrency"]
    assert "provisioned-concurrency" in found.carried
    assert "scale-to-zero" not in found.carried


def test_provisioned_concurrency_never_exceeds_max_concurrency() -> None:
    config = variant(planned(SERVERLESS, avoiding("sustained", peak="10k/s")))["ServerlessConfig"]
    assert (config["ProvisionedConcurrency"], config["MaxConcurrency"]) == (200, 200)


def test_one_is_provisioned_where_the_load_is_not_known() -> None:
    assert value(planned(SERVERLESS, avoiding("diurnal")), "ProvisionedConcurrency") == 1


@pytest.mark.parametrize("pattern", ["spiky", "unpredictable", "intermittent"])
def test_nothing_is_provisioned_for_traffic_that_nobody_foresees(pattern: str) -> None:
    found = planned(SERVERLESS, avoiding(pattern, peak="5/s"))
    assert "ProvisionedConcurrency" not in variant(found)["ServerlessConfig"]
    assert rules(found) == set()  # that a start is too late is said of the answer


def test_nothing_is_provisioned_where_cold_starts_are_tolerated() -> None:
    workload = online(requests={"cold_start": "tolerated"}, traffic={"pattern": "sustained"})
    found = planned(SERVERLESS, workload)
    assert "ProvisionedConcurrency" not in variant(found)["ServerlessConfig"]
    assert rules(found) == set()
    assert "scale-to-zero" in found.carried


def test_what_serverless_lacks_stays_out_of_the_requests() -> None:
    needs = [
        "vpc",
        "network-isolation",
        "private-image",
        "data-capture",
        "marketplace-model",
        "kms",
    ]
    found = planned(SERVERLESS, online(needs=needs, deploy={"subnets": ["subnet-1"]}))
    model, config = parameters(found, "CreateModel"), parameters(found, "CreateEndpointConfig")
    assert not {"VpcConfig", "EnableNetworkIsolation"} & model.keys()
    assert not {"ImageConfig", "ModelPackageName"} & model["PrimaryContainer"].keys()
    assert "DataCaptureConfig" not in config
    assert set(variant(found)) == {
        "VariantName", "ModelName", "InitialVariantWeight", "ServerlessConfig",
    }  # fmt: skip
    assert found.carried & set(needs) == {"kms"}


def test_one_worker_and_one_archive() -> None:
    workload = online(model={"artifact": "s3://models-of-ours/fraud/"})
    found = planned(SERVERLESS, workload)
    container = parameters(found, "CreateModel")["PrimaryContainer"]
    assert container["Environment"] == {"SAGEMAKER_MODEL_SERVER_WORKERS": "1"}
    assert container["ModelDataUrl"] == "s3://models-of-ours/fraud/"
    assert rules(found) == {"model-not-archived"}


def test_every_model_needs_an_endpoint_of_its_own() -> None:
    found = planned(SERVERLESS, online(model={"count": "7"}))
    assert "Mode" not in parameters(found, "CreateModel")["PrimaryContainer"]
    assert any("7 models" in note for note in found.invoke.notes)


def test_quotas_of_the_region_and_of_new_accounts() -> None:
    workload = online(region="eu-west-1", traffic={"pattern": "sustained", "concurrent": "30"})
    found = {each.code: each for each in planned(SERVERLESS, workload).quotas}
    concurrency = found["L-96300102"]
    assert concurrency.default == 1000
    assert concurrency.wanted == value(planned(SERVERLESS, workload), "MaxConcurrency")
    assert concurrency.note.startswith("New accounts were seen with 10, and the plan wants")
    assert found["L-99AD19BF"].wanted == 1
    # Zurich has no serverless inference, so no default is published.
    elsewhere = planned(SERVERLESS, {**workload, "region": "eu-central-2"})
    assert {each.default for each in elsewhere.quotas} == {None, 50, 6144}


def scaled(*needs: str, **traffic: str) -> dict[str, Any]:
    workload = online(
        requests={"processing": "200 ms"}, traffic={"pattern": "diurnal", "peak": "20/s", **traffic}
    )
    return {**workload, "needs": ["provisioned-concurrency", *needs]}


def test_a_stated_autoscaling_scales_the_provisioned_concurrency() -> None:
    found = planned(SERVERLESS, scaled("autoscaling"))
    most = variant(found)["ServerlessConfig"]["ProvisionedConcurrency"]
    dimension = "sagemaker:variant:DesiredProvisionedConcurrency"
    target = parameters(found, "RegisterScalableTarget")
    policy = parameters(found, "PutScalingPolicy")
    assert (target["ScalableDimension"], policy["ScalableDimension"]) == (dimension, dimension)
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, most)
    tracked = policy["TargetTrackingScalingPolicyConfiguration"]
    assert tracked["TargetValue"] == 0.7
    metric = tracked["PredefinedMetricSpecification"]["PredefinedMetricType"]
    assert metric == "SageMakerVariantProvisionedConcurrencyUtilization"
    assert value(found, "DesiredProvisionedConcurrency") == f"1 to {most}"
    assert "autoscaling" in found.carried


def test_nothing_scales_unless_it_is_asked_for_or_where_one_is_enough() -> None:
    for workload in (scaled(), scaled("autoscaling", peak="1/day")):
        operations = {each.operation for each in planned(SERVERLESS, workload).requests}
        assert operations == {"CreateModel", "CreateEndpointConfig", "CreateEndpoint"}
