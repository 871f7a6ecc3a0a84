"""What is known of an instance type's hardware, as far as checks ask for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from advisor.configuration.rulefiles import of_fields, rule_path
from advisor.rulebook.source import read_table

Row = dict[str, str]


@cache
def _classes() -> dict[str, str]:
    return {row["id"]: row["class"] for row in read_table(rule_path("families.csv"))}


_PROPERTIES: dict[str, Callable[[Row], bool | None]] = {
    "local-storage": lambda row: None if not row["local_nvme"] else row["local_nvme"] == "true",
    "gpu": lambda row: row["accelerator"] == "gpu" if row["accelerator"] else None,
    "several-gpus": lambda row: (
        row["accelerator"] == "gpu" and int(row["accelerator_count"] or 0) > 1
        if row["accelerator"]
        else None
    ),
    "neuron": lambda row: row["accelerator"] == "neuron" if row["accelerator"] else None,
    "no-gpu": lambda row: row["accelerator"] != "gpu" if row["accelerator"] else None,
    "no-neuron": lambda row: row["accelerator"] != "neuron" if row["accelerator"] else None,
    "arm": lambda row: row["arch"] == "arm64" if row["arch"] else None,
    "x86": lambda row: row["arch"] == "x86_64" if row["arch"] else None,
    "burstable": lambda row: _classes().get(family(row["instance_type"])) == "burstable",
    "unpartitioned": lambda row: (
        row["accelerator_model"] in of_fields("unpartitioned")
        if row["accelerator_model"]
        else {"none": True}.get(row["accelerator"])
    ),
    "inferentia-1": lambda row: family(row["instance_type"]) == "inf1",
}


def is_a(instance_type: str, property_name: str) -> bool | None:
    """Whether a type has a property; ``None`` when nothing says so.

    Properties: local-storage, gpu, no-gpu, several-gpus, neuron, no-neuron, arm, x86, burstable,
    unpartitioned, inferentia-1.
    """
    row = _rows().get(instance_type)
    return None if row is None else _PROPERTIES[property_name](row)


def memory_bytes(instance_type: str) -> tuple[int | None, int | None]:
    """Bytes of host memory, and of all accelerators together; ``None`` where it is not known."""
    row = _rows().get(instance_type)
    if row is None:
        return None, None
    host = int(row["memory_mib"]) * 1024**2 if row["memory_mib"] else None
    device = row["accelerator_memory_mib"]
    total = int(device) * int(row["accelerator_count"] or 0) * 1024**2 if device else None
    return host, total


def memory_of(instance_type: str) -> int | None:
    """Bytes that hold a model on a type: of its accelerators or its own, what is more."""
    found = [size for size in memory_bytes(instance_type) if size]
    return max(found, default=None)


def accelerators(instance_type: str) -> int | None:
    """How many GPUs or Neuron devices a type has; ``None`` where it is not known."""
    row = _rows().get(instance_type)
    return int(row["accelerator_count"] or 0) if row is not None and row["accelerator"] else None


def neuron_cores(instance_type: str) -> int | None:
    """How many Neuron cores a type has; ``None`` where it has none, or that is not known."""
    row = _rows().get(instance_type, {})
    each = of_fields("neuron_cores").get(row.get("accelerator_model"))
    return int(row["accelerator_count"]) * int(each) if each else None


def family(instance_type: str) -> str:
    """``g5`` of ``ml.g5.xlarge``; the text itself where it is no instance type."""
    parts = instance_type.split(".")
    return parts[1] if len(parts) == 3 else instance_type


@cache
def _rows() -> dict[str, Row]:
    return {row["instance_type"]: row for row in read_table(rule_path("instances.csv"))}
