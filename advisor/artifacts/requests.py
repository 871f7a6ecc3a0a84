"""One JSON file per AWS request, numbered in the order to run, for ``aws … --cli-input-json``."""

from __future__ import annotations

import json
import re
import shlex

from advisor.artifacts import Files, region_option, requests_of
from advisor.model.advice import Advice


def files(advice: Advice) -> Files:
    """``1-create-model.json``, ``2-create-endpoint-config.json``, …; empty when none fits."""
    return [
        (
            f"{number}-{kebab(request.operation)}.json",
            json.dumps(request.parameters, indent=2, ensure_ascii=False) + "\n",
        )
        for number, request in enumerate(requests_of(advice), start=1)
    ]


def command(advice: Advice, folder: str) -> str:
    """How the requests are sent, one after another."""
    region = region_option(advice)
    calls = []
    for request, (name, _) in zip(requests_of(advice), files(advice), strict=True):
        address = shlex.quote(f"file://{folder}/{name}")
        call = f"aws {request.service} {kebab(request.operation)}{region}"
        calls.append(f"{call} --cli-input-json {address}")
        if request.operation == "CreateEndpoint":  # scaling and components need it in service
            endpoint = f"--endpoint-name {request.parameters['EndpointName']}"
            calls.append(f"aws sagemaker wait endpoint-in-service{region} {endpoint}")
    sent = " && \\\n  ".join(calls)
    plan = advice.chosen.plan if advice.chosen is not None else None
    if plan is not None and any(finding.rule == "placeholder" for finding in plan.findings):
        where = f"{shlex.quote(folder)} that the placeholder findings name"
        return f"replace the placeholders in {where}, then run\n  {sent}"
    return sent


def kebab(operation: str) -> str:
    """``CreateEndpointConfig`` to ``create-endpoint-config``, as the aws CLI spells it."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", operation).lower()
