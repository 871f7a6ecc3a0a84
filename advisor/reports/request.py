"""``--format request``: only the main request's parameters, for ``--cli-input-json``."""

from __future__ import annotations

import json
from collections.abc import Sequence

from advisor.model.advice import Advice
from advisor.reports import Context

MAIN_OPERATIONS = ("CreateEndpointConfig", "CreateTransformJob")


def render(advices: Sequence[Advice], context: Context) -> str:
    """The parameters of CreateEndpointConfig or CreateTransformJob; nothing when none fits."""
    chosen = advices[0].chosen
    if chosen is None or chosen.plan is None:
        return ""
    for request in chosen.plan.requests:
        if request.operation in MAIN_OPERATIONS:
            return json.dumps(request.parameters, indent=2, ensure_ascii=False) + "\n"
    return ""
