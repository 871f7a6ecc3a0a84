"""Names of resources: valid, short enough, and never the same for two workloads."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from advisor.model.options import BATCH_TRANSFORM, REAL_TIME
from advisor.options.names import LONGEST, stem, versioned
from tests.planned import batch, online, parameters, planned

VALID = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")  # EndpointName in the API


def test_a_valid_name_is_kept() -> None:
    assert stem("fraud-scoring") == "fraud-scoring"
    assert stem("a" * LONGEST) == "a" * LONGEST


def test_a_name_that_loses_something_ends_in_a_digest() -> None:
    assert stem("fraud_scoring") != stem("fraud.scoring")
    assert stem("a" * 64) != stem("a" * 65)
    assert len(stem("a" * 64)) == LONGEST
    assert stem("日本").startswith("workload-")


@given(st.text(min_size=1), st.integers(18, LONGEST))
def test_every_text_becomes_a_valid_name(text: str, room: int) -> None:
    found = stem(text, room)
    assert VALID.fullmatch(found)
    assert len(found) <= room


@given(st.lists(st.text("ab-_", min_size=60, max_size=70), min_size=2, max_size=2, unique=True))
def test_two_names_stay_two(names: list[str]) -> None:
    first, second = names
    assert stem(first) != stem(second)
    assert versioned(first, {}) != versioned(second, {})


@given(st.text(min_size=1))
def test_a_version_is_valid_too(text: str) -> None:
    assert VALID.fullmatch(versioned(text, {"a": 1}))


def test_a_changed_model_has_another_name_and_the_endpoint_keeps_its_own() -> None:
    def names(artifact: str) -> list[str]:
        found = planned(REAL_TIME, online(model={"artifact": artifact}))
        config, endpoint = "CreateEndpointConfig", "CreateEndpoint"
        return [
            parameters(found, "CreateModel")["ModelName"],
            parameters(found, config)["EndpointConfigName"],
            parameters(found, endpoint)["EndpointName"],
        ]

    old, new = names("s3://models/a/model.tar.gz"), names("s3://models/b/model.tar.gz")
    assert old[0] != new[0]
    assert old[1] != new[1]
    assert old[2] == new[2] == "case"


def test_names_hang_together() -> None:
    found = planned(REAL_TIME, online())
    config = parameters(found, "CreateEndpointConfig")
    assert (
        config["ProductionVariants"][0]["ModelName"]
        == (parameters(found, "CreateModel")["ModelName"])
    )
    assert parameters(found, "CreateEndpoint")["EndpointConfigName"] == config["EndpointConfigName"]
    job = planned(BATCH_TRANSFORM, batch())
    assert (
        parameters(job, "CreateTransformJob")["ModelName"]
        == (parameters(job, "CreateModel")["ModelName"])
    )


def test_the_longest_name_leaves_room_for_every_resource() -> None:
    workload = {**online(needs=["autoscaling", "scale-to-zero"]), "name": "n" * LONGEST}
    for option in (REAL_TIME, BATCH_TRANSFORM):
        for request in planned(option, workload).requests:
            for key, value in request.parameters.items():
                if key.endswith("Name") and key not in ("AlarmName", "PolicyName", "MetricName"):
                    assert VALID.fullmatch(value), key
