"""Which settings of a configuration carry which facts and needs of a workload."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from advisor.configuration.document import Node, Resource
from advisor.gate.checks import carried_settings
from advisor.gate.rules.view import text_of
from advisor.model.options import ASYNCHRONOUS, REAL_TIME, SERVERLESS
from advisor.text.quantity import parse


class Carried(NamedTuple):
    """A setting that must not be below a fact; see rules/checks/intent.yaml."""

    id: str
    option: str  # empty: every option on instances
    path: tuple[str, ...]
    fact: str
    unit: int  # base units of the fact for one of the setting
    default: float | None
    title: str
    because: str
    source: str
    as_of: str


@cache
def settings() -> tuple[Carried, ...]:
    """The settings of rules/checks/intent.yaml.

    Raises:
        RulebookError: the file cannot be read.
    """
    return tuple(
        Carried(
            id=entry["id"],
            option=entry.get("option", ""),
            path=tuple(entry["setting"].split(".")),
            fact=entry["fact"],
            unit=_unit(entry["unit"]),
            default=entry.get("default"),
            title=entry["title"],
            because=entry["because"],
            source=entry["source"],
            as_of=entry["as_of"],
        )
        for entry in carried_settings()
    )


def _unit(text: str) -> int:
    kind = "count" if text.isdigit() else "time" if text.endswith(" s") else "size"
    low = parse(text, kind).low
    assert low is not None
    return low


def _absent_variants(body: Node) -> Iterator[tuple[str, str]]:
    if body.get("ShadowProductionVariants") is None:
        yield "shadow-testing", "ShadowProductionVariants"
    if len(body.items("ProductionVariants")) == 1:
        yield "multiple-variants", "second variant in ProductionVariants"


def _absent_components(body: Node) -> Iterator[tuple[str, str]]:
    """What only an endpoint for inference components has."""
    for variant in body.items("ProductionVariants"):
        if variant.kind == "map" and variant.get("ModelName") is not None:
            yield "inference-components", "variant without ModelName"
            yield "scale-to-zero", "variant without ModelName, with ManagedInstanceScaling from 0"


def _absent_forms(model: Node) -> Iterator[tuple[str, str]]:
    """The forms of hosting that a model with one container does not have."""
    container = model.get("PrimaryContainer")
    if model.get("Containers") is None and container is not None:
        yield "inference-pipeline", "Containers"
        yield "multi-container", "Containers"
        mode = container.get("Mode")
        if mode is None or text_of(mode) == "SingleModel":
            yield "multi-model", "Mode: MultiModel"


def absent_needs(
    resource: Resource, model: Resource | None, option: str
) -> Iterator[tuple[str, str]]:
    """Needs that a field carries where it is there, and the field, where it is not.

    Fields of the model are looked at only where the document makes the model.
    """
    body = resource.body
    if resource.kind == "EndpointConfig":
        capture = body.get("DataCaptureConfig")
        if option != SERVERLESS and (capture is None or _is_off(capture.get("EnableCapture"))):
            yield "data-capture", "DataCaptureConfig"
        if body.get("KmsKeyId") is None:
            yield "kms", "KmsKeyId"
        if option == REAL_TIME:
            yield from _absent_variants(body)
            yield from _absent_components(body)
        output = body.at("AsyncInferenceConfig", "OutputConfig")
        silent = output is not None and output.get("NotificationConfig") is None
        if option == ASYNCHRONOUS and silent:
            yield "notifications", "NotificationConfig"
    if model is None:
        return
    yield from _absent_forms(model.body)
    if model.body.get("VpcConfig") is None and body.get("VpcConfig") is None:
        yield "vpc", "VpcConfig"
    isolated = (model.body, body)  # of components it stands on the configuration, as the network
    switches = [each.get("EnableNetworkIsolation") for each in isolated]
    if all(switch is None or _is_off(switch) for switch in switches):
        yield "network-isolation", "EnableNetworkIsolation"


def _is_off(node: Node | None) -> bool:
    """Whether a switch is certainly off, however a document writes it."""
    return (text_of(node) or "").lower() == "false"
