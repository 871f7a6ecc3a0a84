"""What an image's name tells of a container, beside each type that runs it: ``Hosted`` of a check.

The words of names are those of ``images`` in ``rules/service/containers.json``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from advisor.configuration.rulefiles import read_json_rules
from advisor.gate.rules.facts import FactSheet, Home, Place, homes, whole
from advisor.gate.rules.instances import neuron_cores
from advisor.gate.rules.view import HIDDEN, View, containers, known_text, text_of

_OLD = 50  # two digits of a CUDA version from which on they are 9.2 and the like, not 92


def hosted_containers(view: View) -> Iterator[FactSheet]:
    """Every container of a world, beside each type that runs it, or alone where nothing does."""
    run: dict[str, list[Home]] = {}
    for home in homes(view):
        run.setdefault(home.owner.address, []).append(home)
    for kind in ("Model", "InferenceComponent"):
        for owner in view.world.of_kind(kind):
            for path, node in containers(owner):
                container = whole(owner).inner(node, *path)
                if owner.address not in run:
                    yield _of_container(container)
                for home in run.get(owner.address, ()):
                    pools = home.place.node.items("InstancePools")
                    for part in (home.place.node, *pools):
                        sheet = _of_container(container)
                        _of_home(sheet, home, home.place._replace(node=part))
                        yield sheet


def _of_container(container: Place) -> FactSheet:
    """What a container and its model say."""
    sheet, image, owner = FactSheet(), container.at("Image"), whole(container.resource)
    if image is not None:
        sheet.state(image, **of_image(known_text(image.node)))
    for place, value, fact in (
        (container.at("Mode"), "multimodel", "ManyModels"),
        (container.at("ImageConfig", "RepositoryAccessMode"), "vpc", "PrivateRegistry"),
        (owner.at("InferenceExecutionConfig", "Mode"), "direct", "Direct"),
        (owner.at("EnableNetworkIsolation"), "true", "Isolated"),
    ):
        if place is not None and (text_of(place.node) or "").lower() == value:
            sheet.state(place, **{fact: True})
    for variable in _table("images")["cores"]:
        cores = container.at("Environment", variable)
        sheet.state(cores, Cores=text_of(cores.node) if cores else None, CoresName=variable)
    _state_map(sheet, container.at("ModelDataSource"), "DataSource")
    _state_map(sheet, owner.at("VpcConfig"), "Vpc")
    if len(owner.node.items("Containers")) > 1:
        sheet.state(owner.at("Containers"), Pipeline=True)
    role = owner.at("ExecutionRoleArn")
    account = re.match(r"arn:aws[a-z-]*:iam::(\d{12}):", known_text(role.node) if role else "")
    sheet.state(role, RoleOwner=account[1] if account is not None else None)
    return sheet


def _state_map(sheet: FactSheet, place: Place | None, fact: str) -> bool:
    """State what is certain to be there, and answer whether it is."""
    certain = place is not None and place.node.kind == "map"
    sheet.state(place, **{fact: True if certain else None})
    return certain


def _of_home(sheet: FactSheet, home: Home, part: Place) -> None:
    """What runs a container says, of one of its types."""
    type_, config = part.at("InstanceType"), whole(home.place.resource)
    named = text_of(type_.node) if type_ is not None else None
    sheet.state(type_, Type=named, Where=named, NeuronCores=neuron_cores(named or ""))
    if _state_map(sheet, part.at("ServerlessConfig"), "Serverless"):
        sheet.state(part.at("ServerlessConfig"), Where="a serverless endpoint")
    _state_map(sheet, config.at("DataCaptureConfig"), "Capture")
    if config.node.items("ShadowProductionVariants"):
        sheet.state(home.place.at("ModelName"), Shadow=True)
    most, host = config.at("MaxPayloadInMB"), home.place.at("InferenceAmiVersion")
    if config.resource.kind == "EndpointConfig":
        drivers = _table("host_images")["drivers"]
        driver = drivers.get(text_of(host.node) if host else "")
        sheet.state(host or type_, Driver=int(driver) if driver else None)
        sheet.state(host, DriverVersion=driver)
    else:
        sheet.state(home.place, Batch=True)
        sheet.state(most, MaxPayload=text_of(most.node) if most is not None else None)


@lru_cache(maxsize=256)
def of_image(text: str) -> Mapping[str, str | float | None]:
    """What the address of an image tells; what it does not tell is ``None``, or not there.

    Returns:
        ``Image``, ``Device``, ``Processor`` as in ``instances.csv``, ``CudaVersion`` and ``Cuda``,
        its major one, ``Algorithm``, ``Owner`` where that is not AWS; ``Account``, ``Home`` and
        ``Region`` where the account of AWS has its registry in other Regions.
    """
    words = _table("images")
    name = text.partition("/")[2]
    device = next((kind for kind, form in words["devices"].items() if re.search(form, text)), None)
    facts: dict[str, str | float | None] = {"Device": device}
    cuda = re.search(words["cuda"], text)
    if cuda is not None and int(cuda[1]) < _OLD:
        facts |= {"Cuda": int(cuda[1]), "CudaVersion": float(f"{cuda[1]}.{cuda[2] or 0}")}
    if HIDDEN not in name and name:
        facts["Image"] = name
    repository = re.split("[:@]", name)[0]
    host = re.match(r"(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.", text)
    regions = read_json_rules("service", "registries.json")["accounts"].get(host[1] if host else "")
    said = (kind for kind, form in words["processors"].items() if re.search(form, name))
    usual = HIDDEN not in name and (repository in words["frameworks"] or regions)
    facts["Processor"] = next(said, "x86_64" if usual else None)
    if host is not None and regions is None:
        known = repository in (*words["frameworks"], *words["algorithms"])
        facts["Owner"] = None if known or repository.startswith("sagemaker-") else host[1]
    elif host is not None:
        facts["Algorithm"] = repository if repository in words["algorithms"] else None
        if host[2] not in regions:
            facts |= {"Account": host[1], "Home": ", ".join(regions), "Region": host[2]}
    return facts


def _table(part: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = read_json_rules("service", "containers.json")[part]
    return found
