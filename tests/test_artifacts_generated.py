"""Every artifact of any workload: no kind fails, and what `check` reads back is the plan."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import assume, given, settings

from advisor.artifacts import boto3_script, shell
from advisor.model import Request
from advisor.pipeline import advise
from tests import strategies, test_artifacts_cloudformation, test_artifacts_terraform
from tests.artifacts.plans import plan_of
from tests.artifacts.read_back import found, wanted


def without_key(requests: tuple[Request, ...]) -> list[tuple[str, dict[str, Any]]]:
    """What is wanted, but for the key of a configuration, which Terraform takes as an ARN only."""
    return [
        (kind, {key: value for key, value in body.items() if key != "KmsKeyId"})
        for kind, body in wanted(requests)
    ]


@given(strategies.documents())
@settings(max_examples=60)
def test_any_workload(document: dict[str, Any]) -> None:
    workload = strategies.read(document)
    advice = advise(workload)
    assume(advice.chosen is not None)
    requests = plan_of(advice).requests
    compile(boto3_script.files(advice)[0][1], "deploy.py", "exec")
    assert shell.files(advice)[0][1].count("--cli-input-json") == len(requests)
    with tempfile.TemporaryDirectory() as name:
        assert test_artifacts_cloudformation.read_back(advice, Path(name)) == wanted(requests)
        world = test_artifacts_terraform.world_of(advice, Path(name))
        names = test_artifacts_terraform.known_of(advice)
    read = [
        (kind, {key: value for key, value in body.items() if key != "KmsKeyId"})
        for kind, body in found(world, names)
    ]
    assert read == without_key(requests)
