"""Which instance type a plan takes: of those that fit, the one of the cheapest fleet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from advisor.model.advice import Plan
from advisor.model.options import ASYNCHRONOUS, BATCH_TRANSFORM, REAL_TIME
from advisor.pricing.plan_cost import listed, prices_of
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.load import load
from tests.planned import (
    batch,
    facts_of,
    online,
    parameters,
    planned,
    rules,
    setting,
    value,
    variant,
)
from tests.usages import figure

KNOWN = knowledge(load("safe").raw)


def chosen(model: dict[str, Any], option: str = REAL_TIME, **parts: Any) -> str:
    return str(value(planned(option, online(model=model, **parts)), "InstanceType"))


def sold_in(region: str) -> Mapping[str, int]:
    return listed(REAL_TIME, prices_of(region))


# -- memory ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("memory", "expected"),
    [
        ("100 MB", "ml.m5.large"),
        # 0.9 x 8,192 = 7,372 MiB usable, less 256 for the server.
        ("7116 MB", "ml.m5.large"),
        ("7117 MB", "ml.r5.large"),  # 2 vCPUs with 16 GiB before 4 vCPUs with as much
        # 0.9 x 16,384 = 14,745 - 256
        ("14489 MB", "ml.r5.large"),
        ("14490 MB", "ml.r5.xlarge"),
        ("100 GB", "ml.r5.4xlarge"),
    ],
)
def test_host_memory_decides(memory: str, expected: str) -> None:
    assert chosen({"memory": memory}) == expected


@pytest.mark.parametrize(
    ("concurrency", "expected"),
    [("1", "ml.m5.large"), ("2", "ml.m5.large"), ("3", "ml.m5.xlarge"), ("8", "ml.m5.2xlarge")],
)
def test_a_cpu_model_gets_a_vcpu_for_each_request_at_once(concurrency: str, expected: str) -> None:
    assert chosen({"memory": "1 GB", "concurrency": concurrency}) == expected


def test_more_requests_at_once_than_any_type_has_vcpus_are_no_reason_to_give_up() -> None:
    assert chosen({"memory": "1 GB", "concurrency": "5000"}) == "ml.m5.large"


def test_weights_are_held_twice_while_loading() -> None:
    # 2 x 6 GB + 256 MB = 12.25 GB
    assert chosen({"size": "6 GB"}) == "ml.r5.large"
    # Stated memory is what was seen, loading included.
    assert chosen({"size": "6 GB", "memory": "6 GB"}) == "ml.m5.large"


# -- accelerators ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("memory", "expected"),
    [
        ("15 GB", "ml.g4dn.xlarge"),  # one T4 of 16,384 MiB
        ("16 GB", "ml.g4dn.xlarge"),
        ("17 GB", "ml.g5.xlarge"),  # one A10G of 22,888 MiB
        ("22888 MB", "ml.g5.xlarge"),
        ("22889 MB", "ml.g6e.xlarge"),  # one L40S of 45,776 MiB
        ("45776 MB", "ml.g6e.xlarge"),
        ("45777 MB", "ml.g7e.2xlarge"),  # one RTX PRO 6000 of 98,304 MiB
        ("98305 MB", "ml.g7e.12xlarge"),  # two of them before four of a smaller one
        ("700 GB", "ml.g7e.48xlarge"),  # eight: 768 GB
        ("1000 GB", "ml.p5en.48xlarge"),  # eight H200: 1,128 GB
    ],
)
def test_devices_of_one_type_add_up_and_fewer_are_better(memory: str, expected: str) -> None:
    model = {"accelerator": "gpu", "accelerator_memory": memory}
    assert chosen(model) == expected


def test_stated_accelerator_memory_asks_for_a_gpu() -> None:
    assert chosen({"accelerator_memory": "20 GB"}) == "ml.g5.xlarge"


def test_a_t4_does_not_compute_in_bfloat16() -> None:
    model = {"accelerator": "gpu", "accelerator_memory": "10 GB"}
    assert chosen({**model, "precision": "fp16"}) == "ml.g4dn.xlarge"
    assert chosen({**model, "precision": "bf16"}) == "ml.g5.xlarge"


def test_accelerator_memory_follows_from_parameters() -> None:
    # 7B x 2 bytes = 13.04 GiB. Of 15 GiB of a T4 0.9 x 15 - 13.04 - 3.4 is below nothing; of 22.35
    # GiB of an L4 3.7 GiB are left. Host: 2 x 13,352 + 256 = 26,960 of 32,768 MiB.
    model = {"accelerator": "gpu", "parameters": "7B", "precision": "fp16"}
    assert chosen(model) == "ml.g6.2xlarge"
    # 13B: 24,796 MiB x 1.2 = 29,755 MiB on one L40S; host 49,848 MiB of 0.9 x 65,536.
    assert chosen({**model, "parameters": "13B"}) == "ml.g6e.2xlarge"


def test_a_gpu_of_unknown_size_is_the_smallest() -> None:
    assert chosen({"accelerator": "gpu"}) == "ml.g4dn.xlarge"


def test_neuron_devices() -> None:
    assert chosen({"accelerator": "neuron"}) == "ml.inf2.xlarge"
    # 64 GB on two devices of 32: the next size of inf2 has six.
    model = {"accelerator": "neuron", "accelerator_memory": "64 GB"}
    assert chosen(model) == "ml.inf2.24xlarge"


def test_nothing_fits() -> None:
    found = planned(REAL_TIME, online(model={"accelerator_memory": "100 TB"}))
    assert rules(found) == {"instance-too-small"}
    (finding,) = (each for each in found.findings if each.rule == "instance-too-small")
    assert finding.severity == "error"
    assert "100 TB" in finding.message or "102,400 GB" in finding.message
    assert variant(found)["InstanceType"] in KNOWN.catalogue.types


# -- where AWS has no capacity --------------------------------------------------------------------


def fallback(model: dict[str, Any], option: str = REAL_TIME, **parts: Any) -> list[str]:
    return list(planned(option, online(model=model, **parts)).fallback_types)


def test_what_stands_in_carries_as_much_and_is_of_another_family() -> None:
    for model in ({"memory": "1 GB"}, {"accelerator": "gpu"}, {"accelerator_memory": "30 GB"}):
        first = KNOWN.catalogue.types[chosen(model)]
        found = [KNOWN.catalogue.types[name] for name in fallback(model)]
        assert found
        assert len({each.family.id for each in (first, *found)}) == len(found) + 1
        for each in found:
            assert (each.vcpu or 0) >= (first.vcpu or 0)
            assert each.accelerator_count == first.accelerator_count
            assert each.accelerator_total_mib >= first.accelerator_total_mib
            assert (each.arch, each.local_nvme) == (first.arch, first.local_nvme)


def test_the_cheapest_stands_in_first() -> None:
    prices = sold_in("us-east-1")
    workload = online(region="us-east-1", model={"memory": "1 GB"})
    found = planned(REAL_TIME, workload, prices)
    asked = [prices[name] for name in (value(found, "InstanceType"), *found.fallback_types)]
    assert asked == sorted(asked)
    assert len(asked) == 5


def pooled(count: str, option: str = REAL_TIME, **parts: Any) -> Plan:
    deploy = {"instance_pools": count, **parts.pop("deploy", {})}
    return planned(option, online(deploy=deploy, **parts))


@pytest.mark.parametrize("option", [REAL_TIME, ASYNCHRONOUS])
def test_instance_pools_take_the_place_of_the_type(option: str) -> None:
    found = pooled("3", option)
    pools = variant(found)["InstancePools"]
    assert "InstanceType" not in variant(found)
    assert [each["Priority"] for each in pools] == [1, 2, 3]
    types = [each["InstanceType"] for each in pools]
    assert types == [value(found, "InstanceType"), *found.fallback_types[:2]]
    asked = [each.name for each in found.quotas if each.name.startswith("ml.")]
    assert asked == [f"{each} for endpoint usage" for each in types]


def test_where_too_few_types_can_serve_that_is_said() -> None:
    few = {"instance_type": "ml.p5en.48xlarge"}  # nothing but p6-b200 and p6-b300 holds more
    found = pooled("5", model={"accelerator": "gpu"}, deploy=few)
    assert "pools-too-few" in rules(found)
    assert len(variant(found)["InstancePools"]) == 3


def test_a_type_without_figures_has_nothing_that_stands_in() -> None:
    found = pooled("2", model={"accelerator": "gpu"}, deploy={"instance_type": "ml.g7.2xlarge"})
    assert found.fallback_types == ()
    assert variant(found)["InstanceType"] == "ml.g7.2xlarge"
    assert "pools-too-few" in rules(found)


def test_a_variant_beside_keeps_its_own_type() -> None:
    """A variant has a type or pools, never both."""
    other = {"artifact": "s3://my-bucket/2/model.tar.gz", "share": "50 %"}
    found = pooled("2", needs=["shadow-testing"], deploy={"shadow": other})
    (shadow,) = parameters(found, "CreateEndpointConfig")["ShadowProductionVariants"]
    assert "InstancePools" not in shadow
    assert shadow["InstanceType"] == value(found, "InstanceType")


# -- what the workload names -----------------------------------------------------------------------


def override(name: str, model: dict[str, Any], option: str = REAL_TIME) -> tuple[str, set[str]]:
    found = planned(option, online(model=model, deploy={"instance_type": name}))
    return str(value(found, "InstanceType")), rules(found)


def test_a_stated_type_wins_and_is_checked() -> None:
    assert override("ml.c5.9xlarge", {"memory": "1 GB"}) == ("ml.c5.9xlarge", set())
    assert override("ml.c5.large", {"memory": "6 GB"}) == ("ml.c5.large", {"instance-too-small"})
    assert override("ml.m5.large", {"accelerator": "gpu"}) == (
        "ml.m5.large",
        {"instance-too-small"},
    )


def test_a_type_without_figures_is_taken_with_a_warning() -> None:
    assert override("ml.g7.2xlarge", {"accelerator": "gpu"}) == (
        "ml.g7.2xlarge",
        {"instance-unknown"},
    )


def test_a_type_that_the_api_does_not_know_is_not_sent() -> None:
    # test_named_types.py has what is said of it.
    assert override("ml.t3.medium", {}) == ("ml.m5.large", set())


def test_a_type_that_a_job_does_not_take_is_not_sent() -> None:
    assert override("ml.c6g.large", {}, BATCH_TRANSFORM) == (
        "ml.m5.large",
        {"instance-too-small"},
    )


def test_times_stay_on_the_type_they_were_measured_on() -> None:
    found = planned(REAL_TIME, online(model={"measured_on": "ml.c7g.xlarge", "memory": "1 GB"}))
    assert value(found, "InstanceType") == "ml.c7g.xlarge"
    assert figure(found.usage, "measured") is True


def test_a_measured_type_without_figures_is_taken() -> None:
    found = planned(REAL_TIME, online(model={"measured_on": "ml.g7.2xlarge", "memory": "1 TB"}))
    assert value(found, "InstanceType") == "ml.g7.2xlarge"
    assert "figures unknown" in setting(found, "InstanceType").because


def test_a_measured_type_that_does_not_fit_is_left_with_a_warning() -> None:
    found = planned(REAL_TIME, online(model={"measured_on": "ml.m5.large", "memory": "30 GB"}))
    assert value(found, "InstanceType") == "ml.r5.2xlarge"
    assert figure(found.usage, "measured") is False
    assert rules(found) == {"measured-elsewhere"}


def test_a_stated_type_goes_before_the_measured_one() -> None:
    model = {"measured_on": "ml.m5.large", "memory": "1 GB"}
    assert override("ml.m6i.large", model) == ("ml.m6i.large", {"measured-elsewhere"})
    assert override("ml.m5.large", model) == ("ml.m5.large", set())


# -- Region, architecture, option ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("us-east-1", "ml.g6e.xlarge"),
        ("eu-west-1", "ml.g4dn.12xlarge"),  # no g6e and no g7e: four T4 hold 64 GB together
        ("eu-central-2", "ml.g6.12xlarge"),  # only g6: four L4
    ],
)
def test_a_type_that_is_not_sold_in_the_region_is_not_chosen(region: str, expected: str) -> None:
    model = {"accelerator": "gpu", "accelerator_memory": "40 GB"}
    found = planned(REAL_TIME, online(region=region, model=model), sold_in(region))
    assert (value(found, "InstanceType"), rules(found)) == (expected, set())


def test_a_named_type_that_is_not_sold_in_the_region_is_taken() -> None:
    workload = online(region="eu-west-1", model={"measured_on": "ml.g6e.xlarge"})
    assert value(planned(REAL_TIME, workload), "InstanceType") == "ml.g6e.xlarge"


def test_graviton_only_where_it_is_needed() -> None:
    found = planned(REAL_TIME, online(model={"memory": "1 GB"}, needs=["graviton"]))
    assert value(found, "InstanceType") == "ml.m6g.large"
    assert "graviton" in found.carried


def test_a_job_takes_its_own_types() -> None:
    assert chosen({"memory": "12 GB"}, BATCH_TRANSFORM) == "ml.r6i.large"  # r5 is none of them
    # 30 GB of disk are all a job has without a local SSD: g4dn brings one, and of CPU types none.
    model = {"accelerator": "gpu", "memory": "1 GB", "size": "5 GB", "disk": "40 GB"}
    assert chosen(model, BATCH_TRANSFORM) == "ml.g4dn.xlarge"


def test_several_models_on_a_gpu_take_a_type_with_one() -> None:
    # No GPU holds two of 60 GB, which is against the form that is stated.
    model = {"accelerator": "gpu", "accelerator_memory": "60 GB", "count": "4"}
    stated = {"hosting": "multi-model"}
    workload = online(region="eu-west-1", model=model, deploy=stated)
    found = planned(REAL_TIME, workload, sold_in("eu-west-1"))
    assert value(found, "InstanceType") == "ml.g7e.2xlarge"
    assert rules(found) == {"instance-region", "hosting-ruled-out"}  # Ireland has none that large
    there = planned(REAL_TIME, {**workload, "region": "us-east-1"}, sold_in("us-east-1"))
    assert rules(there) == {"hosting-ruled-out"}
    named = online(model=model, deploy={**stated, "instance_type": "ml.g5.12xlarge"})
    assert rules(planned(REAL_TIME, named)) == {"instance-too-small", "hosting-ruled-out"}


def test_memory_of_many_models_is_a_cache() -> None:
    # 5,000 x 100 MB = 488 GB, of which 64 GB are held: 65,792 MiB of 0.9 x 131,072.
    found = planned(REAL_TIME, online(model={"memory": "100 MB", "count": "5000"}))
    assert value(found, "InstanceType") == "ml.r5.4xlarge"
    assert "488.3 GB, 64 GB held at once" in setting(found, "InstanceType").because


# -- prices ----------------------------------------------------------------------------------------


def test_the_cheapest_of_equal_fits() -> None:
    workload = online(model={"memory": "1 GB"})
    prices = {"ml.m5.large": 115_000, "ml.m7i.large": 110_000}
    assert value(planned(REAL_TIME, workload, prices), "InstanceType") == "ml.m7i.large"


def test_a_price_never_outweighs_the_fit() -> None:
    workload = online(model={"memory": "4 GB"})  # more than 0.9 x 4 GB
    prices = {"ml.c5.large": 1, "ml.m5.xlarge": 116_000, "ml.m5.large": 115_000}
    assert value(planned(REAL_TIME, workload, prices), "InstanceType") == "ml.m5.large"


def test_what_counts_is_the_price_of_the_fleet() -> None:
    # 30/s x 100 ms = 3 at once / 0.5 = 6 at once: 3 of two vCPUs, 2 of four.
    busy = online(
        requests={"processing": "100 ms"}, traffic={"peak": "30/s"}, model={"memory": "1 GB"}
    )
    prices = {"ml.m5.large": 100, "ml.m5.xlarge": 149}
    assert value(planned(REAL_TIME, busy, prices), "InstanceType") == "ml.m5.xlarge"
    prices = {"ml.m5.large": 100, "ml.m5.xlarge": 151}
    assert value(planned(REAL_TIME, busy, prices), "InstanceType") == "ml.m5.large"
    # Two for availability: 2 x 149 against 2 x 100.
    calm = online(environment="production", model={"memory": "1 GB"})
    prices = {"ml.m5.large": 100, "ml.m5.xlarge": 149}
    assert value(planned(REAL_TIME, calm, prices), "InstanceType") == "ml.m5.large"


def test_equal_fleets_go_to_the_smaller_type_then_the_newer() -> None:
    # 40/s x 100 ms / 0.5 = 8 at once: 4 of two vCPUs, 2 of four.
    busy = online(
        requests={"processing": "100 ms"}, traffic={"peak": "40/s"}, model={"memory": "1 GB"}
    )
    prices = {"ml.m5.xlarge": 200, "ml.m5.large": 100, "ml.m6i.large": 100, "ml.m7i.xlarge": 200}
    assert value(planned(REAL_TIME, busy, prices), "InstanceType") == "ml.m6i.large"


def test_a_type_that_the_list_does_not_sell_is_only_taken_where_nothing_else_fits() -> None:
    workload = online(
        region="us-east-1", model={"accelerator": "gpu", "accelerator_memory": "20 GB"}
    )
    found = planned(ASYNCHRONOUS, workload, {"ml.g6.xlarge": 1_130_000})
    assert (value(found, "InstanceType"), rules(found)) == ("ml.g6.xlarge", set())
    found = planned(ASYNCHRONOUS, workload, {"ml.m5.large": 115_000})
    assert (value(found, "InstanceType"), rules(found)) == ("ml.g5.xlarge", {"instance-region"})
    (finding,) = (each for each in found.findings if each.rule == "instance-region")
    assert finding.message.startswith(
        "no type that fits is sold in us-east-1, the plan takes ml.g5"
    )


def test_without_a_list_the_smallest_is_taken() -> None:
    found = planned(ASYNCHRONOUS, online(model={"accelerator_memory": "20 GB"}), {})
    assert value(found, "InstanceType") == "ml.g5.xlarge"
    assert setting(found, "InstanceType").because.startswith("The smallest of ")


def test_latency_takes_the_newest_generation_and_says_that_speeds_are_unknown() -> None:
    prices = {"ml.c5.large": 102, "ml.c6i.large": 102, "ml.c7i.large": 107, "ml.c7i.xlarge": 214}
    workload = online(prefer="latency", model={"memory": "1 GB"})
    found = planned(REAL_TIME, workload, prices)
    assert value(found, "InstanceType") == "ml.c7i.large"
    assert "no speeds of types are known here" in setting(found, "InstanceType").because
    assert value(planned(REAL_TIME, {**workload, "prefer": "cost"}, prices), "InstanceType") == (
        "ml.c6i.large"
    )


def test_times_are_not_carried_to_a_type_without_saying_so() -> None:
    timed = online(requests={"processing": "100 ms"}, model={"memory": "1 GB"})
    carried = "the stated times are taken to hold on it"
    assert carried in setting(planned(REAL_TIME, timed), "InstanceType").because
    silent = planned(REAL_TIME, online(model={"memory": "1 GB"}))
    assert carried not in setting(silent, "InstanceType").because


@pytest.mark.parametrize(
    ("model", "name", "message"),
    [
        ({"concurrency": "24"}, "ml.m5.large", "24 requests at once keep as many vCPUs busy"),
        ({"memory": "1 GB"}, "ml.c6g.large", "its processor is Arm"),
    ],
)
def test_what_a_stated_type_lacks_is_a_warning(
    model: dict[str, Any], name: str, message: str
) -> None:
    found = planned(REAL_TIME, online(model=model, deploy={"instance_type": name}))
    (finding,) = (each for each in found.findings if each.rule == "instance-too-small")
    assert finding.severity == "warning"
    assert message in finding.message
    measured = online(model={**model, "measured_on": name}, deploy={"instance_type": name})
    assert rules(planned(REAL_TIME, measured)) == set()


# -- the tables ------------------------------------------------------------------------------------


def test_every_row_has_a_source_and_every_type_a_family() -> None:
    for each in KNOWN.catalogue.types.values():
        assert each.source
        assert (each.vcpu is None) == (each.source == "api-only")
    for family in KNOWN.catalogue.families.values():
        assert len(family.origin.because) > 10
        assert family.origin.source.startswith("https://")
        assert any(each.family is family for each in KNOWN.catalogue.types.values())


def test_the_types_are_those_of_the_service_model() -> None:
    botocore = pytest.importorskip("botocore.loaders")
    model = botocore.Loader().load_service_model("sagemaker", "service-2")["shapes"]
    hosting = set(model["ProductionVariantInstanceType"]["enum"])
    transform = set(model["TransformInstanceType"]["enum"])
    # An older botocore knows fewer types, a newer one more; none that we chose may be missing.
    choosable = {each.type for each in KNOWN.catalogue.types.values() if each.family.choose}
    assert choosable <= hosting
    ours = {each.type for each in KNOWN.catalogue.types.values() if each.in_transform}
    assert ours <= transform


def test_candidates_hold_no_type_that_is_not_to_be_chosen() -> None:
    for accelerator in ("none", "gpu", "neuron"):
        for each in KNOWN.catalogue.candidates(accelerator):
            assert each.family.choose
            assert each.vcpu
            assert each.memory_mib


def test_facts_need_no_region() -> None:
    assert facts_of(online()).region is None
    assert chosen({"memory": "1 GB"}) == "ml.m5.large"


@pytest.mark.parametrize(
    ("make", "option", "accelerator", "nearest"),
    [
        # The most memory: 1.5 TB, of which batch transform takes the older generation alone.
        (online, "real-time", "none", "ml.r8g.48xlarge"),
        (batch, "batch-transform", "none", "ml.r7i.48xlarge"),
        # Of GPUs the most memory of devices: 8 x 275,040 MiB.
        (online, "real-time", "gpu", "ml.p6-b300.48xlarge"),
    ],
)
def test_where_nothing_fits_the_type_comes_nearest_that_holds_most(
    make: Callable[..., dict[str, Any]], option: str, accelerator: str, nearest: str
) -> None:
    workload = make(model={"memory": "5 TB", "accelerator": accelerator}, region="us-east-1")
    found = planned(option, workload)
    assert setting(found, "InstanceType").value == nearest
    (misfit,) = (each for each in found.findings if each.rule == "instance-too-small")
    assert misfit.severity == "error"
