"""One JSON file per AWS request, numbered in the order to run, for ``aws … --cli-input-json``."""

from __future__ import annotations

import json
import re

from advisor.artifacts import Files
from advisor.model import Advice


def files(advice: Advice) -> Files:
    """``1-create-model.json``, ``2-create-endpoint-config.json``, …; empty when none fits."""
    chosen = advice.chosen
    if chosen is None or chosen.plan is None:
        return []
    return [
        (
            f"{number}-{kebab(request.operation)}.json",
            json.dumps(request.parameters, indent=2, ensure_ascii=False) + "\n",
        )
        for number, request in enumerate(chosen.plan.requests, start=1)
    ]


def kebab(operation: str) -> str:
    """``CreateEndpointConfig`` to ``create-endpoint-config``, as the aws CLI spells it."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", operation).lower()
