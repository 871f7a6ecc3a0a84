"""Configurations priced as they stand: published bills, ranges of scaling, and what is open."""

from __future__ import annotations

import json
import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.gate.costs import ConfiguredCosts, StatedUse, configured_costs, stated_use
from advisor.gate.run import check
from advisor.gate.settings import CheckOptions
from advisor.model.errors import InputError
from tests.gate.test_scheduled_actions import TEMPLATE


def priced(
    path: Path, region: str = "us-east-1", hours: str | None = None, **said: str
) -> ConfiguredCosts:
    use = stated_use(
        [(key.replace("_", "."), text) for key, text in said.items()],
        None if hours is None else Decimal(hours),
    )
    return configured_costs(
        CheckOptions(paths=(str(path),), as_of="2026-12-01", region=region), use
    )


def config(*variants: dict[str, Any], **more: Any) -> dict[str, Any]:
    named = [
        {"VariantName": f"v{number}", "ModelName": "m", **variant}
        for number, variant in enumerate(variants)
    ]
    return {"EndpointConfigName": "c", "ProductionVariants": named, **more}


def request(folder: Path, body: dict[str, Any]) -> Path:
    path = folder / "config.json"
    path.write_text(json.dumps(body))
    return path


def on(instance_type: str, count: int = 1, **more: Any) -> dict[str, Any]:
    return {"InstanceType": instance_type, "InitialInstanceCount": count, **more}


def serverless(memory: int, provisioned: int | None = None) -> dict[str, Any]:
    held = {"MemorySizeInMB": memory, "MaxConcurrency": 20}
    return {
        "ServerlessConfig": held
        if provisioned is None
        else {**held, "ProvisionedConcurrency": provisioned}
    }


def used(volume: str, processing: str) -> dict[str, str]:
    return {"traffic_volume": volume, "requests_processing": processing}


def cents(text: str | None) -> str:
    assert text is not None
    return str(Decimal(text).quantize(Decimal("0.01"), ROUND_HALF_UP))


# Published figures whose unit prices are those of the shipped list; each with where it is from.
BILLS = [
    # awslabs/stable-diffusion-aws-extension, docs/en/cost.md: 160 h x 1.515 = 242.40
    (config(on("ml.g5.2xlarge")), "us-east-1", "160", {}, "242.40"),
    # awslabs/aws-ai-solution-kit: 278 h of ml.g4dn.xlarge 204.61 (its data lines: see below)
    (config(on("ml.g4dn.xlarge")), "us-east-2", "278", {}, "204.61"),
    (config(on("ml.g4dn.xlarge")), "us-east-2", None, {}, "537.28"),
    # aws-samples/sagemaker-ssh-helper, a bill of eu-west-1: 74.998 h x 1.678, 22.409 h x 7.91
    (config(on("ml.g4dn.4xlarge")), "eu-west-1", "74.998", {}, "125.85"),
    (config(on("ml.g5.12xlarge")), "eu-west-1", "22.409", {}, "177.26"),
    (config(on("ml.m5.xlarge")), "eu-west-1", "8.208", {}, "2.11"),
    # infracost's golden file: 730 h and 100 h
    (config(on("ml.m5.large")), "us-east-1", None, {}, "83.95"),
    (config(on("ml.m5.xlarge")), "us-east-1", None, {}, "167.90"),
    (config(on("ml.m5.xlarge")), "us-east-1", "100", {}, "23.00"),
    (config(on("ml.m5.large")), "us-east-1", "100", {}, "11.50"),
    (config(on("ml.m5.xlarge", 2)), "us-east-1", None, {}, "335.80"),
    # the same: 500,000 s of 2048 MB, 250,000 s of 1024 MB
    (config(serverless(2048)), "us-east-1", None, used("500k/month", "1 s"), "20.00"),
    (config(serverless(1024)), "us-east-1", None, used("500k/month", "500 ms"), "5.00"),
    (config(serverless(2048)), "us-east-1", None, used("360k/month", "1 s"), "14.40"),
    # sagemaker-idle-finder, eu-west-1 at 730 h
    (config(on("ml.g5.xlarge", 2)), "eu-west-1", None, {}, "2292.20"),
    (config(on("ml.c5.2xlarge", 4)), "eu-west-1", None, {}, "1346.12"),
    (config(on("ml.m5.large", 2)), "eu-west-1", None, {}, "186.88"),
    # a course's note: 168 h of ml.m5.large
    (config(on("ml.m5.large")), "us-east-1", "168", {}, "19.32"),
    # a deployment note: 1,000 calls of 10 s with 3072 MB
    (config(serverless(3072)), "us-east-1", None, used("1000/month", "10 s"), "0.60"),
    # two instances of ml.g5.12xlarge cost 14.18 an hour
    (config(on("ml.g5.12xlarge", 2)), "us-east-1", "1", {}, "14.18"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "region", "hours", "said", "usd"), BILLS)
def test_published_bills(
    body: dict[str, Any],
    region: str,
    hours: str | None,
    said: dict[str, str],
    usd: str,
    tmp_path: Path,
) -> None:
    found = priced(request(tmp_path, body), region, hours, **said)
    assert (cents(found.usd_low), cents(found.usd_high)) == (usd, usd)


def test_kept_warm_is_paid_for_by_the_second_and_work_beside_it_stays_open(tmp_path: Path) -> None:
    # infracost: 2 x 730 h x 3,600 s x 0.0000233 = 122.46 is the price of 4096 MB; of 2048 MB the
    # provisioned second costs 0.00001: 2 x 2,628,000 s = 52.56, as 400,000 s = 4.00 there.
    (row,) = priced(request(tmp_path, config(serverless(2048, 2)))).rows
    assert cents(row.cost.usd_low) == "52.56"
    assert row.money == "52.56 and 40.00 per million requests of 1 s"


def test_a_job_costs_its_hours(tmp_path: Path) -> None:
    # aws-samples/sagemaker-ssh-helper: 2.126 h x 0.257 = 0.55
    body = {
        "TransformJobName": "nightly",
        "ModelName": "m",
        "TransformInput": {
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://acme/in"}}
        },
        "TransformOutput": {"S3OutputPath": "s3://acme/out"},
        "TransformResources": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1},
    }
    path = request(tmp_path, body)
    assert cents(priced(path, "eu-west-1", "2.126").usd_high) == "0.55"
    (row,) = priced(path, "eu-west-1").rows
    assert (row.money, row.cost.usd_high) == ("0.257 per hour of one instance", None)


def test_bodies_are_paid_for_where_they_are_stated(tmp_path: Path) -> None:
    # 30 GB out and 15 GB in at 0.016 = 0.48 + 0.24 (infracost); 15 k requests of 1 MB in, 2 MB out
    # with 1 GB = 1,024 MB are 14.65 and 29.30 GB: 0.234375 + 0.46875, beside 83.95.
    said = {
        "traffic_volume": "15k/month", "requests_payload": "1 MB", "requests_response": "2 MB",
    }  # fmt: skip
    found = priced(request(tmp_path, config(on("ml.m5.large"))), **said)
    assert cents(found.usd_high) == "84.65"


def test_a_volume_is_paid_for_beside_each_instance(tmp_path: Path) -> None:
    # 2 x 83.95 + 2 x 20 GB x 0.14 = 173.50
    body = config(on("ml.m5.large", 2, VolumeSizeInGB=20))
    assert cents(priced(request(tmp_path, body)).usd_high) == "173.50"


def test_scaling_and_its_schedule_leave_a_range(tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(TEMPLATE.replace("MINIMUM", "1"))
    (row,) = priced(path).rows  # 1 to 4 x 167.90
    assert (row.runs_on, row.money) == ("1 to 4 x ml.m5.xlarge", "167.90-671.60")
    path.write_text(TEMPLATE.replace("MINIMUM", "0"))
    assert priced(path).rows[0].cost.usd_low == "0.00"


def test_components_scale_their_instances(tmp_path: Path) -> None:
    managed = {"Status": "ENABLED", "MinInstanceCount": 1, "MaxInstanceCount": 3}
    body = config(on("ml.g5.xlarge", ManagedInstanceScaling=managed))
    assert priced(request(tmp_path, body)).rows[0].runs_on == "1 to 3 x ml.g5.xlarge"


def test_pools_span_their_types(tmp_path: Path) -> None:
    pools = [{"InstanceType": "ml.m5.large"}, {"InstanceType": "ml.m5.xlarge"}]
    (row,) = priced(
        request(tmp_path, config({"InstancePools": pools, "InitialInstanceCount": 1}))
    ).rows
    assert row.money == "83.95-167.90"


def test_each_endpoint_of_a_configuration_is_paid_for(tmp_path: Path) -> None:
    path, second = tmp_path / "template.yaml", TEMPLATE.replace("MINIMUM", "1")
    second += "  Other:\n    Type: AWS::SageMaker::Endpoint\n    Properties:\n"
    second += "      EndpointConfigName: !GetAtt Config.EndpointConfigName\n"
    path.write_text(second)
    assert [row.address for row in priced(path).rows] == ["Resources.Endpoint", "Resources.Other"]


def test_scaling_of_one_endpoint_is_not_that_of_another_with_its_configuration(
    tmp_path: Path,
) -> None:
    # Endpoint scales from 1 to 4 x 167.90; Other has the one instance of the configuration.
    path = tmp_path / "template.yaml"
    other = "  Other:\n    Type: AWS::SageMaker::Endpoint\n    Properties:\n"
    other += "      EndpointConfigName: !GetAtt Config.EndpointConfigName\n"
    path.write_text(TEMPLATE.replace("MINIMUM", "1") + other)
    assert [row.money for row in priced(path).rows] == ["167.90-671.60", "167.90"]


def test_managed_scaling_that_is_off_scales_nothing(tmp_path: Path) -> None:
    managed = {"Status": "DISABLED", "MinInstanceCount": 0, "MaxInstanceCount": 3}
    body = config(on("ml.m5.large", 2, ManagedInstanceScaling=managed))
    assert priced(request(tmp_path, body)).rows[0].money == "167.90"


def test_an_endpoint_as_aws_describes_it_tells_how_many_instances_run(tmp_path: Path) -> None:
    request(tmp_path, {**config(on("ml.m5.large")), "CreationTime": "2026-11-01"})
    told = {"VariantName": "v0", "CurrentInstanceCount": 3, "DesiredInstanceCount": 3}
    described = {"EndpointName": "e", "EndpointConfigName": "c", "EndpointStatus": "InService"}
    (tmp_path / "endpoint.json").write_text(json.dumps({**described, "ProductionVariants": [told]}))
    (row,) = priced(tmp_path).rows  # 3 x 83.95
    assert (row.runs_on, row.money) == ("3 x ml.m5.large", "251.85")


def test_rows_that_look_alike_are_all_listed_and_add_up(tmp_path: Path) -> None:
    same = {**on("ml.m5.large"), "VariantName": "v"}
    found = priced(request(tmp_path, config(same, same)))
    assert [(row.money, row.when) for row in found.rows] == [("83.95", ""), ("83.95", "")]
    assert found.usd_high == "167.90"


@pytest.mark.parametrize("count", [-1, "1.5", "three", True, None])
def test_a_number_that_is_none_leaves_the_cost_open(count: Any, tmp_path: Path) -> None:
    found = priced(request(tmp_path, config(on("ml.m5.large", count, VolumeSizeInGB=-5))))
    assert (found.rows[0].money, found.unpriced, found.usd_high) == ("unknown", 1, None)


@pytest.mark.parametrize("discount", ["", "prices: {discount: 50 %}\n"])
def test_a_plan_and_what_costs_more_than_it_have_the_same_prices(
    discount: str, tmp_path: Path
) -> None:
    (tmp_path / ".sm-advise.yaml").write_text(discount or "region: us-east-1\n")
    path = request(tmp_path, config(on("ml.g5.xlarge")))
    (tmp_path / "workload.yaml").write_text(
        "name: c\nregion: us-east-1\n"
        "requests: {arrival: online, processing: 200 ms, payload: 10 KB}\n"
        "traffic: {peak: 5/s, pattern: steady, volume: 10M/month}\n"
    )
    said = [
        each.message
        for each in check(CheckOptions(paths=(str(tmp_path),), as_of="2026-12-01")).findings
        if each.rule == "costs-more-than-plan"
    ]
    own = priced(path).rows[0].money
    assert own == ("513.92" if discount else "1,027.84")  # 730 x 1.408
    assert [own in text for text in said] == [True]


def test_conditions_are_scenarios_of_which_one_is_paid_for(tmp_path: Path) -> None:
    text = TEMPLATE.partition("  Target:")[0].replace(
        "InstanceType: ml.m5.xlarge", "InstanceType: !If [IsProd, ml.m5.xlarge, ml.m5.large]"
    )
    head = "Parameters: {Stage: {Type: String}}\nConditions: {IsProd: !Equals [!Ref Stage, prod]}\n"
    path = tmp_path / "template.yaml"
    path.write_text(text.replace("Resources:", f"{head}Resources:"))
    found = priced(path)
    assert (cents(found.usd_low), cents(found.usd_high)) == ("83.95", "167.90")
    assert all(row.when for row in found.rows)
    assert len(found.rows) == 2


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("!Ref Type", "InstanceType is not known here"),
        ("ml.nowhere.large", ""),
    ],
)
def test_what_has_no_price_says_why_and_is_not_nothing(text: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    known = TEMPLATE.replace("MINIMUM", "1").replace(
        "InstanceType: ml.m5.xlarge", f"InstanceType: {text}"
    )
    path.write_text(known.replace("Resources:", "Parameters: {Type: {Type: String}}\nResources:"))
    found = priced(path)
    (row,) = found.rows
    assert row.money == "unknown"
    assert why in " ".join(row.open)
    assert (found.unpriced, found.usd_high) == (1, None)
    assert found.words == "an unknown amount of USD a month (1 without a price)"


def test_a_key_that_no_price_depends_on_is_refused() -> None:
    with pytest.raises(InputError, match=r"--set traffic\.peak"):
        stated_use([("traffic.peak", "3/s")], None)
    with pytest.raises(InputError, match=r"--set requests\.processing: .*is no unit of a time"):
        stated_use([("requests.processing", "3 parsecs")], None)


@given(
    counts=st.lists(st.integers(1, 500), min_size=1, max_size=4),
    hours=st.one_of(st.none(), st.integers(1, 730)),
)
def test_the_total_is_the_sum_of_its_rows(
    counts: list[int], hours: int | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    body = config(*(on("ml.m5.large", count) for count in counts))
    path = request(tmp_path_factory.mktemp("c"), body)
    use = StatedUse(hours=None if hours is None else Decimal(hours))
    found = configured_costs(CheckOptions(paths=(str(path),), as_of="2026-12-01"), use)
    # 0.115 USD an hour for each
    assert Decimal(found.usd_low) == Decimal("0.115") * sum(counts) * (hours or 730)


@pytest.mark.parametrize(
    ("body", "said", "low", "high", "words"),
    [
        # 2 x 730 h x 0.115 = 167.90; a million requests of a second at 0.00004 a second are 40 USD.
        (
            config(on("ml.m5.large", 2), serverless(2048)), {}, "167.90", None,
            ">= 167.90 USD a month (1 paid for by use)",
        ),
        # 100 h x 2 x 0.115.
        (config(on("ml.m5.large", 2)), {"hours": "100"}, "23.00", "23.00", "23.00 USD a month"),
        # 10 h x 3 x 0.257, in eu-west-1.
        (
            {
                "TransformJobName": "a",
                "TransformResources": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 3},
            },
            {"hours": "10", "region": "eu-west-1"}, "7.71", "7.71", "7.71 USD a month",
        ),
        # Ireland is dearer: 2 x 730 h x 0.128 = 186.88 and 730 h x 1.57 = 1146.10.
        (
            config(on("ml.m5.large", 2), on("ml.g5.xlarge")), {"region": "eu-west-1"},
            "1332.98", "1332.98", "1,332.98 USD a month",
        ),
    ],
)  # fmt: skip
def test_a_total_is_told_in_words_and_kept_for_the_gate(
    tmp_path: Path,
    body: dict[str, Any],
    said: dict[str, str],
    low: str,
    high: str | None,
    words: str,
) -> None:
    found = priced(request(tmp_path, body), **said)
    assert (found.usd_low, found.usd_high, found.words) == (low, high, words)
    assert (found.total.usd_low, found.total.usd_high) == (low, high)
    assert found.total.usd_estimate is None


def test_what_is_said_of_the_use_is_kept_in_the_units_of_a_usage() -> None:
    said = [
        ("traffic.volume", "100k/month"), ("requests.processing", "200 ms"),
        ("requests.payload", "1 MB"), ("requests.response", "10 KB"),
    ]  # fmt: skip
    use = stated_use(said, Decimal(100))
    assert use.words() == {
        "traffic.volume": "100k/month", "requests.processing": "200 ms",
        "requests.payload": "1 MB", "requests.response": "10 KB", "hours": "100",
    }  # fmt: skip
    assert use.quantity("traffic.volume").exact == 100_000  # a month
    assert use.quantity("requests.processing").exact == pytest.approx(0.2)  # seconds
    assert use.quantity("requests.payload").exact == 1_048_576  # bytes
    assert use.traffic.requests.exact == 100_000
    assert (use.traffic.bytes_in.exact, use.traffic.bytes_out.exact) == (1_048_576, 10_240)
    assert stated_use([], None).quantity("traffic.volume").exact is None


def test_a_level_that_only_the_deployment_knows_is_told(tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(
        "Parameters: {Warm: {Type: Number}}\n"
        "Resources:\n"
        "  Config:\n"
        "    Type: AWS::SageMaker::EndpointConfig\n"
        "    Properties:\n"
        "      ProductionVariants:\n"
        "        - VariantName: a\n"
        "          ModelName: m\n"
        "          ServerlessConfig:\n"
        "            MemorySizeInMB: 2048\n"
        "            MaxConcurrency: 20\n"
        "            ProvisionedConcurrency: !Ref Warm\n",
        encoding="utf-8",
    )
    (row,) = priced(path).rows
    assert row.open[0] == "ProvisionedConcurrency is not known here"
    assert row.notes == row.open
    assert row._replace(when="Warm is 3").notes == ("only where Warm is 3", *row.open)
    assert (row.runs_on, row.cost.usd_high) == ("2048 MB", None)


def test_bounds_the_wrong_way_round_bound_nothing(tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(re.sub("MinCapacity: [0-9]+", "MinCapacity: 99", TEMPLATE))
    (row,) = priced(path).rows
    assert row.runs_on.startswith("? x ")
    assert any("the number of instances is open" in each for each in row.open)
