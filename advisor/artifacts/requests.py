"""One JSON file per AWS request, numbered in the order to run, for ``aws … --cli-input-json``."""

from __future__ import annotations

import json
import re
import shlex

from advisor.artifacts import Files, requests_of
from advisor.model import Advice


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
    region = f" --region {advice.region}" if advice.region is not None else ""
    calls = [
        f"aws {request.service} {kebab(request.operation)}{region} --cli-input-json "
        + shlex.quote(f"file://{folder}/{name}")
        for request, (name, _) in zip(requests_of(advice), files(advice), strict=True)
    ]
    return " && \\\n  ".join(calls)


def kebab(operation: str) -> str:
    """``CreateEndpointConfig`` to ``create-endpoint-config``, as the aws CLI spells it."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", operation).lower()
