"""A workload and the requests made from it are told the same of Regions and partitions."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from advisor.gate.rules.accepted import refusals
from advisor.model.advice import Advice
from advisor.pipeline import advise
from advisor.workload.read import read_workloads

ACCOUNT = "123456789012"
HOMES = {"us-east-1": "aws", "eu-west-1": "aws", "cn-north-1": "aws-cn"}
HOMES["us-gov-west-1"] = "aws-us-gov"
PLACED = {"other-region", "other-partition"}
home = st.sampled_from([None, *HOMES])


def document(**at: str | None) -> dict[str, Any]:
    """A workload on instances whose things are in Regions; without what is in none."""

    def arn(kind: str, rest: str, region: str = "") -> str:
        place = at[kind] or ""
        return f"arn:{HOMES[place]}:{rest.format(place)}"

    wanted: dict[str, Any] = {
        "name": "case",
        "requests": {"arrival": "online", "answer": "later"},
        "model": {"accelerator": "gpu"},
        "deploy": {},
        "needs": ["alarms"],
    }
    if at["region"]:
        wanted["region"] = at["region"]
    if at["image"]:
        end = ".cn" if HOMES[at["image"]] == "aws-cn" else ""
        wanted["model"]["image"] = f"{ACCOUNT}.dkr.ecr.{at['image']}.amazonaws.com{end}/a:1"
    if at["key"]:
        key = "11111111-2222-3333-4444-555555555555"
        wanted["deploy"]["kms_key"] = arn("key", f"kms:{{}}:{ACCOUNT}:key/{key}")
    if at["topic"]:
        wanted["deploy"]["topics"] = {"success": arn("topic", f"sns:{{}}:{ACCOUNT}:done")}
    if at["role"]:
        wanted["deploy"]["role"] = arn("role", f"iam::{ACCOUNT}:role/a")
    return wanted


def answer(wanted: dict[str, Any]) -> Advice:
    (workload,) = read_workloads(json.dumps(wanted).encode(), "w.json")
    return advise(workload)


@given(st.fixed_dictionaries(dict.fromkeys(("region", "image", "key", "topic", "role"), home)))
def test_the_answer_names_what_the_check_of_its_requests_refuses(at: dict[str, str | None]) -> None:
    found = answer(document(**at))
    assert found.chosen is not None
    assert found.chosen.plan is not None
    told = any(each.rule == "conflict" and each.severity == "error" for each in found.findings)
    refused = [
        message
        for request in found.chosen.plan.requests
        for message in refusals(
            request.operation, json.dumps(request.parameters), found.region or ""
        )
        if message.partition(":")[0] in PLACED
    ]
    assert told >= bool(refused), refused


def test_one_address_tells_the_region_and_two_do_not() -> None:
    one = answer(document(region=None, image="eu-west-1", key=None, topic="eu-west-1", role=None))
    assert one.region == "eu-west-1"
    assert [each.line for each in one.findings if each.rule == "region-derived"] == [1]
    two = answer(document(region=None, image="eu-west-1", key=None, topic="us-east-1", role=None))
    assert two.region is None
    stated = document(region="us-east-1", image="us-east-1", key=None, topic=None, role=None)
    assert "region-derived" not in {each.rule for each in answer(stated).findings}
    role = answer(document(region=None, image=None, key=None, topic=None, role="eu-west-1"))
    assert role.region is None  # a role is in no Region
