"""What an image's name tells of a container, beside each type that runs it: ``Hosted`` of a check.

The words of names are those of ``images`` in ``rules/service/containers.json``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from advisor.configuration.document import Node, World
from advisor.configuration.rulefiles import read_json_rules
from advisor.gate.rules.facts import FactSheet, Place, whole
from advisor.gate.rules.predicates.component import config_of, host_of
from advisor.gate.rules.view import (
    HIDDEN,
    View,
    containers,
    known_text,
    text_of,
    variants_of,
)

_OLD = 50  # two digits of a CUDA version from which on they are 9.2, not 92

Facts = Mapping[str, str | int | None]

_last: list[tuple[World, dict[str, list[FactSheet]]]] = []


def hosted_containers(view: View) -> list[FactSheet]:
    """What a view's resource has a part in: each of its containers on each type that runs it."""
    if not _last or _last[0][0] is not view.world:
        found: dict[str, list[FactSheet]] = {}
        homes = _homes(view)
        for kind in ("Model", "InferenceComponent"):
            for owner in view.world.of_kind(kind):
                for path, node in containers(owner):
                    alone: list[Place | None] = [None]
                    for home in homes.get(owner.address, alone):
                        sheet = _told(whole(owner).inner(node, *path), home)
                        for each in {owner.address, home.resource.address if home else ""}:
                            found.setdefault(each, []).append(sheet)
        _last[:] = [(view.world, found)]
    return _last[0][1].get(view.resource.address, [])


def _homes(view: View) -> dict[str, list[Place | None]]:
    """The address of a model or component -> what names the types that run it."""
    found: dict[str, list[Place | None]] = {}

    def runs(node: Node | None, place: Place) -> None:
        model = view.world.meant_by(node, "Model", "ModelName")
        if model is not None:
            found.setdefault(model.address, []).extend(_parts(place))

    for config in view.world.of_kind("EndpointConfig"):
        for path, variant in variants_of(config):
            runs(variant.get("ModelName"), whole(config).inner(variant, *path))
    for job in view.world.of_kind("TransformJob"):
        resources = job.body.get("TransformResources")
        if resources is not None:
            runs(job.body.get("ModelName"), whole(job).inner(resources, "TransformResources"))
    for component in view.world.of_kind("InferenceComponent"):
        inner = view._replace(resource=component)
        home, host = config_of(inner), host_of(inner)
        if home is not None and host is not None:
            place = whole(home).inner(host)
            found.setdefault(component.address, []).extend(_parts(place))
            runs(component.body.at("Specification", "ModelName"), place)
    return found


def _parts(home: Place) -> Iterator[Place]:
    """A variant, or each of its pools."""
    yield home
    for pool in home.node.items("InstancePools"):
        yield home._replace(node=pool)


def _told(container: Place, home: Place | None) -> FactSheet:
    """The facts of a container, and of what runs it where that is known."""
    sheet, node, owner = FactSheet(), container.node, container.resource

    def state(place: Place, *steps: str, **facts: str | int | None) -> None:
        found = place.node.at(*steps)
        if found is not None:
            sheet.state(place.inner(found, *steps), **facts)

    image = node.get("Image")
    state(container, "Image", **of_image(known_text(image) if image is not None else ""))
    all_of_it = whole(owner)
    for place, steps, value, fact in (
        (container, ("Mode",), "multimodel", "ManyModels"),
        (container, ("ImageConfig", "RepositoryAccessMode"), "vpc", "PrivateRegistry"),
        (all_of_it, ("InferenceExecutionConfig", "Mode"), "direct", "Direct"),
        (all_of_it, ("EnableNetworkIsolation",), "true", "Isolated"),
    ):
        if (text_of(place.node.at(*steps)) or "").lower() == value:
            state(place, *steps, **{fact: True})
    for place, field, fact in (
        (container, "ModelDataSource", "DataSource"),
        (all_of_it, "VpcConfig", "Vpc"),
    ):
        found = place.node.get(field)
        state(place, field, **{fact: True if found is not None and found.kind == "map" else None})
    if len(owner.body.items("Containers")) > 1:
        state(all_of_it, "Containers", Pipeline=True)
    if home is None:
        return sheet
    named = text_of(home.node.get("InstanceType"))
    state(home, "InstanceType", Type=named, Where=named)
    state(home, "ServerlessConfig", Serverless=True, Where="a serverless endpoint")
    if home.resource.kind == "EndpointConfig":
        drivers, host = _table("host_images")["drivers"], home.node.get("InferenceAmiVersion")
        state(home, "InstanceType", Driver=drivers[""] if host is None else None)
        state(home, "InferenceAmiVersion", Driver=drivers.get(text_of(host)))
    else:
        sheet.state(home, Batch=True)
        job, most = whole(home.resource), "MaxPayloadInMB"
        state(job, most, MaxPayload=text_of(job.node.get(most)))
    return sheet


@lru_cache(maxsize=256)
def of_image(text: str) -> Facts:
    """What the address of an image tells; what it does not tell is ``None``, or not there.

    Returns:
        ``Image`` repository and tag; ``Device`` neuron, gpu or cpu; ``Cuda`` major version;
        ``Processor`` as in ``instances.csv``; ``Algorithm`` built-in one of AWS; ``Account`` of AWS
        with the ``Home`` Regions of its registry, and the ``Region`` that is named instead.
    """
    words = _table("images")
    whole = text.partition("/")[2]
    device = next((name for name, form in words["devices"].items() if re.search(form, text)), None)
    facts: dict[str, str | int | None] = {"Device": device, "Cuda": _cuda(text, words["cuda"])}
    if HIDDEN not in whole and whole:
        facts["Image"] = whole
    repository = re.split("[:@]", whole)[0]
    host = re.match(r"(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.", text)
    regions = read_json_rules("service", "registries.json")["accounts"].get(host[1] if host else "")
    if re.search(words["arm"], whole):
        facts["Processor"] = "arm64"
    elif HIDDEN not in whole and (repository in words["frameworks"] or regions):
        facts["Processor"] = "x86_64"
    if regions is not None and host is not None:
        facts |= {"Algorithm": repository if repository in words["algorithms"] else None}
        if host[2] not in regions:
            facts |= {"Account": host[1], "Home": ", ".join(regions), "Region": host[2]}
    return facts


def _cuda(text: str, form: str) -> int | None:
    """The major version of CUDA that a tag names."""
    found = re.search(form, text)
    digits = int(found[1]) if found is not None else None
    return digits // 10 if digits is not None and digits >= _OLD else digits


def _table(part: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = read_json_rules("service", "containers.json")[part]
    return found
