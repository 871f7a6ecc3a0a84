"""What is wrong with a type that is named: the same in an answer and in a check."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.gate.rules.service_walk import load_service
from advisor.gate.run import check
from advisor.gate.settings import CheckOptions
from advisor.model.workload import Finding
from advisor.options.named_types import Market, misnamed, unsold
from advisor.pipeline import advise
from advisor.pricing.plan_cost import prices_of
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.load import known_regions, load
from advisor.workload import read_workloads

KNOWN = knowledge(load().raw)
SERVICE = load_service()
HOSTING = SERVICE.enum("ProductionVariantInstanceType")
TRANSFORM = SERVICE.enum("TransformInstanceType")
RULES = {"instance-unknown": "instance-type", "instance-region": "region-without-family"}
REGIONS = st.sampled_from(sorted(known_regions()))


def market(region: str = "us-east-1", *, transform: bool = False) -> Market:
    others = SERVICE.other_instance_types
    return Market(known=KNOWN, others=lambda: others, prices=prices_of(region), transform=transform)


# -- what the API does not have --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "severity", "nearest"),
    [
        ("m5.large", "error", "ml.m5.large"),
        ("ml.g5.xlarg", "error", "ml.g5.xlarge"),
        ("ml.g5xlarge", "error", "ml.g5.xlarge"),
        ("ml_m5_large", "error", "ml.m5.large"),
        ("cpu", "error", ""),
        # The family is known: a size of it that holds as much.
        ("ml.m5.7xlarge", "error", "ml.m5.12xlarge"),
        ("ml.g5.96xlarge", "error", "ml.g5.48xlarge"),
        # Other operations take the type, or its family.
        ("ml.t3.medium", "error", "ml.m5.large"),
        ("ml.m5.8xlarge", "error", "ml.m5.12xlarge"),
        ("ml.t3.9xlarge", "error", "ml.m5.12xlarge"),
        # A newer API may have the family.
        ("ml.t4g.medium", "warning", "ml.m6g.large"),
        ("ml.g9.xlarge", "warning", "ml.g5.xlarge"),
        ("ml.inf3.xlarge", "warning", "ml.inf2.xlarge"),
        ("ml.q1.xlarge", "warning", "ml.m5.xlarge"),
    ],
)
def test_a_type_is_an_error_where_its_family_is_known(
    text: str, severity: str, nearest: str
) -> None:
    opinion = misnamed(text, market())
    assert opinion is not None
    assert (opinion.severity, opinion.nearest) == (severity, nearest)


def test_every_listed_type_is_right() -> None:
    assert not [each for each in HOSTING if misnamed(each, market())]
    assert not [each for each in TRANSFORM if misnamed(each, market(transform=True))]


def test_a_type_of_hosting_that_batch_transform_does_not_take_is_an_error() -> None:
    for each in sorted(set(HOSTING) - set(TRANSFORM)):
        opinion = misnamed(each, market(transform=True))
        assert opinion is not None
        assert opinion.severity == "error"
        assert opinion.nearest in TRANSFORM


@given(
    st.sampled_from(HOSTING), st.sampled_from(["nano", "3xlarge", "7xlarge", "64xlarge", "metal"])
)
def test_a_known_family_without_the_size_is_an_error(name: str, size: str) -> None:
    family = name.split(".")[1]
    written = f"ml.{family}.{size}"
    opinion = misnamed(written, market())
    if written in HOSTING:
        assert opinion is None
        return
    assert opinion is not None
    assert opinion.severity == "error"
    assert opinion.nearest.split(".")[1] == family


# -- what the Region does not sell -----------------------------------------------------------------


@given(REGIONS, st.sampled_from(HOSTING), st.booleans())
def test_the_nearest_is_sold_and_holds_as_much(region: str, name: str, transform: bool) -> None:
    asked = market(region, transform=transform)
    opinion, wanted = unsold(name, asked), KNOWN.catalogue.types[name]
    assert (opinion is None) == (asked.sells(wanted) is not False)
    if opinion is None or not opinion.nearest:
        return
    near = KNOWN.catalogue.types[opinion.nearest]
    assert asked.sells(near)
    assert near.accelerator == wanted.accelerator
    assert opinion.severity == "warning"
    if "the nearest" in opinion.message:
        assert (near.vcpu or 0) >= (wanted.vcpu or 0)
        assert (near.memory_mib or 0) >= (wanted.memory_mib or 0)
        assert near.accelerator_total_mib >= wanted.accelerator_total_mib
    if transform:
        assert near.in_transform


@pytest.mark.parametrize(
    ("region", "name", "nearest"),
    [
        # 0.115 USD an hour, the least of 2 vCPUs and 8 GiB.
        ("us-east-1", "ml.m6i.large", "ml.m5.large"),
        ("us-east-1", "ml.p5e.48xlarge", "ml.p5en.48xlarge"),  # the same eight H200
        ("us-east-1", "ml.m8g.large", "ml.m6g.large"),  # Graviton for Graviton
        ("eu-central-2", "ml.p4d.24xlarge", "ml.g6.48xlarge"),  # nothing holds 320 GB there
        ("us-east-1", "ml.dl1.24xlarge", ""),  # no other Gaudi
    ],
)
def test_the_nearest_that_is_sold(region: str, name: str, nearest: str) -> None:
    opinion = unsold(name, market(region))
    assert opinion is not None
    assert opinion.nearest == nearest


def test_nothing_is_said_of_a_region_without_a_list() -> None:
    assert not [each for each in HOSTING if unsold(each, market("xx-nowhere-9"))]


# -- an answer and a check -------------------------------------------------------------------------


def told(text: str) -> list[Finding]:
    (workload,) = read_workloads(text.encode(), "w.yaml")
    return [each for each in advise(workload).findings if each.rule in RULES]


def answered(parts: dict[str, Any], region: str) -> set[tuple[str, str, str]]:
    text = json.dumps({"name": "a", "region": region, "requests": {"arrival": "online"}, **parts})
    return {(RULES[each.rule], each.severity, each.message) for each in told(text)}


def checked(name: str, region: str, folder: Path) -> set[tuple[str, str, str]]:
    variant = {"VariantName": "a", "ModelName": "m", "InstanceType": name}
    config = {
        "EndpointConfigName": "a",
        "ProductionVariants": [{**variant, "InitialInstanceCount": 1}],
    }
    path = folder / "config.json"
    path.write_text(json.dumps(config))
    report = check(CheckOptions(paths=[str(path)], as_of="2026-11-30", region=region))
    return {
        (each.rule, each.severity, each.message)
        for each in report.findings
        if each.rule in RULES.values()
    }


NAMES = st.one_of(
    st.sampled_from(HOSTING),
    st.builds(
        "ml.{}.{}".format,
        st.sampled_from(["m5", "g5", "t3", "g9", "q12x", "p5e", "m7g", "inf3"]),
        st.sampled_from(["large", "xlarge", "7xlarge", "48xlarge", "metal"]),
    ),
)


@settings(max_examples=60)
@given(name=NAMES, region=REGIONS)
def test_an_answer_and_a_check_say_the_same_of_a_type(
    name: str, region: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    said = answered({"deploy": {"instance_type": name}}, region)
    assert said == checked(name, region, tmp_path_factory.mktemp("config"))
    assert said == answered({"model": {"measured_on": name}}, region)
    assert said == answered({"deploy": {"shadow": {"instance_type": name}}}, region)


def test_a_finding_stands_at_the_key_that_names_the_type() -> None:
    (found,) = told(
        "name: a\nrequests: {arrival: online}\ndeploy:\n  instance_type: ml.q1.xlarge\n"
    )
    assert (found.rule, found.severity, found.line) == ("instance-unknown", "warning", 4)
    assert "ml.m5.xlarge" in found.message


def test_without_a_region_nothing_is_said_of_what_is_sold() -> None:
    assert not told("{name: a, requests: {arrival: online}, deploy: {instance_type: ml.m6i.large}}")
