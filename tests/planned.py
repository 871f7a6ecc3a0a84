"""Plans of workloads that are written in a test."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from advisor.engine.facts import Facts
from advisor.model.advice import Plan, Setting
from advisor.options import plan
from advisor.rulebook.load import load
from advisor.workload import read_workloads

# A steady load with all that costs stated: an instance serves it, and serverless costs less.
STEADY: dict[str, Any] = {
    "region": "us-east-1",
    "environment": "test",
    "requests": {
        "payload": "10 KB", "response": "1 KB", "processing": "100 ms", "answer": "10 s",
        "cold_start": "tolerated",
    },
    "traffic": {"pattern": "sustained", "peak": "1/s", "volume": "50k/month"},
    "model": {"memory": "1 GB", "size": "200 MB", "accelerator": "none", "count": 1},
}  # fmt: skip


def facts_of(workload: Mapping[str, Any], limits: str = "safe") -> Facts:
    """The facts of one workload, read as the JSON file that it would be."""
    book = load(limits)
    text = json.dumps(workload).encode()
    (read,) = read_workloads(text, "workload.json", features=tuple(book.feature))
    return Facts(book, read)


def planned(
    option: str, workload: Mapping[str, Any], prices: Mapping[str, int] | None = None
) -> Plan:
    """The plan of one option."""
    return plan(option, facts_of(workload), prices)


def online(**parts: Any) -> dict[str, Any]:
    """A workload of single requests; keyword arguments are its sections."""
    requests = {"arrival": "online", **parts.pop("requests", {})}
    return {"name": "case", "requests": requests, **parts}


def batch(**parts: Any) -> dict[str, Any]:
    """A workload whose input is known when a run starts."""
    requests = {"arrival": "batch", **parts.pop("requests", {})}
    return {"name": "case", "requests": requests, **parts}


def setting(found: Plan, name: str) -> Setting:
    """The one setting of that name."""
    (each,) = (each for each in found.settings if each.name == name)
    return each


def value(found: Plan, name: str) -> Any:
    """The value of a setting, ``None`` where the plan does not make it."""
    return next((each.value for each in found.settings if each.name == name), None)


def parameters(found: Plan, operation: str) -> dict[str, Any]:
    """The parameters of the first request of an operation."""
    return next(each.parameters for each in found.requests if each.operation == operation)


def variant(found: Plan) -> dict[str, Any]:
    """The production variant of an endpoint configuration."""
    (each,) = parameters(found, "CreateEndpointConfig")["ProductionVariants"]
    return dict(each)


def rules(found: Plan) -> set[str]:
    """Ids of the findings, placeholders aside."""
    return {each.rule for each in found.findings} - {"placeholder"}
