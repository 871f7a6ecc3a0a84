"""Variants beside the workload's own: those that share its traffic, and a shadow of it."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.engine.facts import Facts
from advisor.model.advice import Plan
from advisor.model.options import ASYNCHRONOUS, BATCH_TRANSFORM, REAL_TIME, SERVERLESS
from advisor.pipeline import advise
from tests.planned import batch, facts_of, online, parameters, planned, rules

OTHER = {
    "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/fraud:2",
    "artifact": "s3://my-bucket/2/model.tar.gz",
}


def four(needs: tuple[str, ...] = (), **deploy: Any) -> dict[str, Any]:
    """A workload on four instances."""
    return online(
        requests={"processing": "100 ms"},
        model={"artifact": "s3://my-bucket/1/model.tar.gz"},
        needs=list(needs),
        deploy={"instances": {"min": 4, "max": 4}, "instance_type": "ml.m5.xlarge", **deploy},
    )


def listed(found: Plan, kind: str) -> list[dict[str, Any]]:
    variants: list[dict[str, Any]] = parameters(found, "CreateEndpointConfig").get(kind, [])
    return variants


def models(found: Plan) -> dict[str, dict[str, Any]]:
    """CreateModel by name."""
    made = [each.parameters for each in found.requests if each.operation == "CreateModel"]
    return {each["ModelName"]: each for each in made}


def test_a_shadow_copies_the_stated_share() -> None:
    """Half of the requests of four instances is the work of two; weight 0.5 beside 1."""
    found = planned(REAL_TIME, four(("shadow-testing",), shadow={**OTHER, "share": "50 %"}))
    (own,) = listed(found, "ProductionVariants")
    (shadow,) = listed(found, "ShadowProductionVariants")
    assert (own["InitialVariantWeight"], own["InitialInstanceCount"]) == (1.0, 4)
    assert (shadow["InitialVariantWeight"], shadow["InitialInstanceCount"]) == (0.5, 2)
    assert shadow["InstanceType"] == "ml.m5.xlarge"
    container = models(found)[shadow["ModelName"]]["PrimaryContainer"]
    assert container == {"Image": OTHER["image"], "ModelDataUrl": OTHER["artifact"]}
    assert own["ModelName"] != shadow["ModelName"]
    assert "shadow-testing" in found.carried
    assert {each.wanted for each in found.quotas} == {6}


def test_a_shadow_of_which_nothing_is_stated_copies_everything() -> None:
    found = planned(REAL_TIME, four(("shadow-testing",)))
    (shadow,) = listed(found, "ShadowProductionVariants")
    assert (shadow["InitialVariantWeight"], shadow["InitialInstanceCount"]) == (1.0, 4)
    container = models(found)[shadow["ModelName"]]["PrimaryContainer"]
    assert container["ModelDataUrl"] == "s3://REPLACE-ME/variants/Shadow/model.tar.gz"
    assert "shadow-testing" in found.carried


def test_a_shadow_may_have_instances_of_its_own() -> None:
    found = planned(REAL_TIME, four(shadow={**OTHER, "instance_type": "ml.g5.xlarge"}))
    (shadow,) = listed(found, "ShadowProductionVariants")
    assert shadow["InstanceType"] == "ml.g5.xlarge"
    assert {each.wanted for each in found.quotas} == {4}  # of another type


def test_plain_files_of_another_model() -> None:
    found = planned(REAL_TIME, four(shadow={"artifact": "s3://my-bucket/2/"}))
    (shadow,) = listed(found, "ShadowProductionVariants")
    container = models(found)[shadow["ModelName"]]["PrimaryContainer"]
    assert "ModelDataUrl" not in container
    assert container["ModelDataSource"]["S3DataSource"]["S3Uri"] == "s3://my-bucket/2/"


def test_variants_share_the_traffic_by_weight() -> None:
    """Weights 1, 1 and 0.5: 4 x 1 / 2.5 = 1.6 and 4 x 0.5 / 2.5 = 0.8 instances."""
    several = [{"name": "B", **OTHER}, {"name": "c-2", "weight": "0.5"}]
    found = planned(REAL_TIME, four(("multiple-variants",), variants=several))
    got = [
        (each["VariantName"], each["InitialVariantWeight"], each["InitialInstanceCount"])
        for each in listed(found, "ProductionVariants")
    ]
    assert got == [("AllTraffic", 1.0, 4), ("B", 1.0, 2), ("c-2", 0.5, 1)]
    assert len(models(found)) == 3
    assert "multiple-variants" in found.carried


def test_a_variant_with_the_name_of_the_first_gets_another() -> None:
    found = planned(REAL_TIME, four(variants=[{"name": "AllTraffic", "weight": "0"}]))
    names = [each["VariantName"] for each in listed(found, "ProductionVariants")]
    assert names == ["AllTraffic", "AllTraffic-2"]


@pytest.mark.parametrize(
    ("workload", "need"),
    [
        (four(("shadow-testing", "marketplace-model")), "shadow-testing"),
        (four(("multiple-variants",), instance_type="ml.inf1.xlarge"), "multiple-variants"),
        (four(("shadow-testing",), instance_type="ml.inf1.xlarge"), "shadow-testing"),
        (four(shadow={**OTHER, "instance_type": "ml.inf1.xlarge"}), "shadow-testing"),
        (four(("shadow-testing",), variants=[{"name": "b"}]), "shadow-testing"),
    ],
)
def test_what_excludes_them_is_said(workload: dict[str, Any], need: str) -> None:
    found = planned(REAL_TIME, workload)
    assert "variants-excluded" in rules(found)
    assert need not in found.carried
    assert listed(found, "ShadowProductionVariants") == []


def test_a_shadow_of_an_unknown_type_runs_on_that_of_the_plan() -> None:
    found = planned(REAL_TIME, four(shadow={**OTHER, "instance_type": "ml.m99.xlarge"}))
    (shadow,) = listed(found, "ShadowProductionVariants")
    assert shadow["InstanceType"] == "ml.m5.xlarge"


@pytest.mark.parametrize(
    ("option", "made"), [(ASYNCHRONOUS, online), (SERVERLESS, online), (BATCH_TRANSFORM, batch)]
)
def test_other_options_have_one_variant(option: str, made: Any) -> None:
    for deploy in ({"variants": [{"name": "b"}]}, {"shadow": OTHER}):
        assert "variants-excluded" in rules(planned(option, made(deploy=deploy)))
    assert "variants-excluded" not in rules(planned(option, made()))


def test_they_cost_what_their_instances_cost() -> None:
    """Two of four instances: half as much again."""

    def cost(**deploy: Any) -> float:
        facts: Facts = facts_of(four(**deploy))
        workload = facts.workload
        (real_time,) = (c for c in advise(workload).candidates if c.option == REAL_TIME)
        assert real_time.cost is not None
        assert real_time.cost.usd_low is not None
        return sum(
            float(item.usd_low or 0)
            for item in real_time.cost.items
            if item.unit == "instance-hour"
        )

    assert cost(shadow={**OTHER, "share": "50 %"}) == pytest.approx(1.5 * cost(), abs=0.02)


# -- versions --------------------------------------------------------------------------------------


def test_a_version_enters_names_and_tags_and_keeps_the_endpoint() -> None:
    old, new = (planned(REAL_TIME, four(version=text)) for text in ("2026-11-20", "2026-11-27"))
    for operation, field in (
        ("CreateModel", "ModelName"),
        ("CreateEndpointConfig", "EndpointConfigName"),
    ):
        assert parameters(old, operation)[field] != parameters(new, operation)[field]
        assert parameters(old, operation)["Tags"] == [{"Key": "version", "Value": "2026-11-20"}]
    endpoints = [parameters(found, "CreateEndpoint") for found in (old, new)]
    assert {each["EndpointName"] for each in endpoints} == {"case"}
    # An update changes no tags of the endpoint, so that a version there would soon be wrong.
    assert all("Tags" not in each for each in endpoints)


def test_a_tag_of_the_users_goes_before_and_the_name_still_changes() -> None:
    found = [
        planned(REAL_TIME, four(version=text, tags={"version": "mine"})) for text in ("1", "2")
    ]
    tags = [parameters(each, "CreateModel")["Tags"] for each in found]
    assert tags == [[{"Key": "version", "Value": "mine"}]] * 2
    assert len({parameters(each, "CreateModel")["ModelName"] for each in found}) == 2


def test_variables_of_another_variant_come_before_those_of_the_model() -> None:
    document = four(
        shadow={**OTHER, "environment": {"LOG_LEVEL": "debug"}},
    )
    document["model"]["environment"] = {"LOG_LEVEL": "info", "REGION": "eu"}
    found = planned(REAL_TIME, document)
    (own,), (shadow,) = (
        listed(found, kind) for kind in ("ProductionVariants", "ShadowProductionVariants")
    )
    told = {name: body["PrimaryContainer"]["Environment"] for name, body in models(found).items()}
    assert told[own["ModelName"]] == {"LOG_LEVEL": "info", "REGION": "eu"}
    assert told[shadow["ModelName"]] == {"LOG_LEVEL": "debug", "REGION": "eu"}
