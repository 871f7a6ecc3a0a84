"""A configuration → what it proves of the workload that it serves, each value with its place."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from advisor.catalogue.regions import AT_HOME, place_of
from advisor.configuration.discover import discover
from advisor.configuration.document import Node, Resource, World
from advisor.configuration.files import (
    is_terraform,
    parameter_sources,
    read_source,
    read_sources,
    terraform_files,
)
from advisor.configuration.reading import read_configuration
from advisor.configuration.rulefiles import read_json_rules
from advisor.gate.intent.comparison import option_of
from advisor.gate.intent.pairing import COMPARED
from advisor.gate.rules.instances import is_a
from advisor.gate.rules.scaling import INSTANCES, scaled
from advisor.gate.rules.service_walk import load_service
from advisor.gate.rules.view import View, containers, text_of
from advisor.gate.settings import Organisation
from advisor.model.errors import InputError
from advisor.model.options import BATCH_TRANSFORM
from advisor.text.spelling import nearest
from advisor.workload import read_workloads

_LONGEST = 63  # characters of a workload's name


class ProvenWorkload(NamedTuple):
    """What one endpoint configuration or transform job proves."""

    values: dict[str, str]  # key path -> value as YAML
    said: dict[str, str]  # key path -> where it was read
    bounds: dict[str, str]  # key path -> what may be true, and stays a comment


class _Parts(NamedTuple):
    """A configuration with what belongs to it, by the names of rules/service/proven.json."""

    view: View
    variant: Node
    nodes: Mapping[str, list[Node]]


def proven(path: str, name: str | None = None) -> list[ProvenWorkload]:
    """What a file or folder proves, one workload for each endpoint or job in it.

    Args:
        path: Terraform, a template, a request or what AWS describes; or a folder of these.
        name: only the endpoint or job of this name or address.

    Raises:
        InputError: it cannot be read, holds none, or none of the name.
    """
    resources, region = _read(path)
    world = World("", tuple(resources))
    found: dict[str, ProvenWorkload] = {}
    names: list[str] = []
    for resource in (each for kind in COMPARED for each in world.of_kind(kind)):
        parts = _parts(resource, world)
        called = _named(parts)
        names.append(called)
        if name in (None, called, resource.address, resource.identity):
            unique = called if called not in found else f"{called[: _LONGEST - 4]}-{len(found) + 1}"
            found[unique] = _workload(unique, parts, region)
    if not names:
        hint = "Name Terraform, a template, or the JSON of describe-endpoint-config."
        raise InputError("no endpoint configuration or transform job here", file=path, hint=hint)
    if not found:
        near = nearest(name or "", names)
        hint = f"did you mean {near}?" if near else f"there is {', '.join(names)}"
        raise InputError(f"no endpoint or job here has the name {name}", file=path, hint=hint)
    return list(found.values())


def _read(path: str) -> tuple[list[Resource], str]:
    """The resources of a file or folder, and the Region of its provider where that is certain.

    Raises:
        InputError: the file cannot be read.
    """
    files = discover([path])
    if files.errors:
        raise files.errors[0]
    documents = []
    for file in files.configurations:
        try:
            beside = parameter_sources(file)
            documents.append(
                read_configuration(read_source(file), load_service(), beside=beside).document
            )
        except InputError:
            if file == path:
                raise
    region = ""
    if files.folders:
        from advisor.configuration.terraform.modules import read_modules

        texts = {each: read_sources(terraform_files(each))[0] for each in files.folders}
        for module in read_modules(texts, load_service()):
            if not is_terraform(path) or path in (each.file for each in module.read.sources):
                documents.append(module.read.document)
                region = region or module.region
    worlds = (each.worlds[0] for each in documents if each is not None and each.worlds)
    return [resource for world in worlds for resource in world.resources], region


def _parts(resource: Resource, world: World) -> _Parts:
    view = View(
        resource=resource,
        world=world,
        service=load_service(),
        region="",
        organisation=Organisation(),
    )
    variants = [each for each in resource.body.items("ProductionVariants") if each.kind == "map"]
    variant = variants[0] if variants else resource.body
    model = view.model_of(variant)
    targets = (scaled(view._replace(resource=e)) for e in world.of_kind("ScalableTarget"))
    scaling = [
        target.body
        for target, means in zip(world.of_kind("ScalableTarget"), targets, strict=True)
        if means.config is resource and text_of(target.body.get("ScalableDimension")) == INSTANCES
    ]
    nodes = {
        resource.kind: [resource.body],
        "Variant": variants[:1],
        "Model": [] if model is None else [model.body],
        "Container": [] if model is None else [node for _, node in containers(model)],
        "ScalableTarget": scaling,
        "Endpoint": [e.body for e in world.of_kind("Endpoint") if view.config_of(e) is resource],
    }
    return _Parts(view, variant, nodes)


def _named(parts: _Parts) -> str:
    """The name of the endpoint or job as a workload may have it."""
    fields = (("Endpoint", "EndpointName"), ("EndpointConfig", "EndpointConfigName"))
    for kind, field in (*fields, ("TransformJob", "TransformJobName")):
        for node in parts.nodes.get(kind, ()):
            if (text := text_of(node.get(field))) is not None:
                return _plain(text)
    resource = parts.view.resource
    if resource.dialect in ("request", "described"):  # its address is the operation's name
        return _plain(os.path.basename(resource.mark.file).partition(".")[0])
    return _plain(resource.identity.rpartition(".")[2])


def _plain(text: str) -> str:
    return re.sub("[^A-Za-z0-9]+", "-", text)[:_LONGEST].strip("-") or "workload"


def _workload(name: str, parts: _Parts, region: str) -> ProvenWorkload:
    resource = parts.view.resource
    option = option_of(resource, parts.variant)
    here = f"{resource.mark.file}:{resource.mark.line}"
    arrival = "batch" if option == BATCH_TRANSFORM else "online"
    found = ProvenWorkload({"name": name, "requests.arrival": arrival}, {}, {})
    found.said.update(dict.fromkeys(found.values, f"{here} {resource.address}"))
    needs: dict[str, tuple[str, str]] = {}
    for entry, node, value in _fields(parts):
        place = f"{node.place.file}:{node.place.line} {entry['field']}"
        key = entry.get("key")
        if "need" in entry:
            shared = "unit" in entry and _accepted("needs", f"{{{entry['need']}: {value}}}")
            needs.setdefault(entry["need"], (value if shared else "true", place))
        if key is None or key in found.said:
            continue
        most = "bound" in entry
        known = not most and _accepted(key, value)
        (found.values if known else found.bounds)[key] = f"<={value}" if most else value
        found.said[key] = f"At most, by {place}" if most else place
    if len(resource.body.items("ProductionVariants")) > 1:
        needs["multiple-variants"] = ("true", f"{here} ProductionVariants")
    if needs:
        found.values["needs"] = (
            f"{{{', '.join(f'{n}: {value}' for n, (value, _) in needs.items())}}}"
        )
        found.said["needs"] = "; ".join(f"{need}: {place}" for need, (_, place) in needs.items())
    if option:
        found.values.update({"decision.option": option, "decision.because": "it is configured so"})
        found.said["decision.option"] = f"{here} {resource.address}"
    _settle(found, region, parts)
    return found


def _settle(found: ProvenWorkload, region: str, parts: _Parts) -> None:
    """Add what follows from values: the accelerator of a type, the Region of an address."""
    instance_type = found.values.get("deploy.instance_type", "")
    kinds = [kind for kind in ("gpu", "neuron") if is_a(instance_type, kind)]
    if is_a(instance_type, "gpu") is not None:
        found.values["model.accelerator"] = kinds[0] if kinds else "none"
        found.said["model.accelerator"] = f"{instance_type}: {found.said['deploy.instance_type']}"
    arns = (text_of(parts.view.body.get(f"{kind}Arn")) or "" for kind in COMPARED)
    for text in (*found.values.values(), *arns):
        place = place_of(text)
        if place is not None and place.service in (*AT_HOME, "sagemaker") and not region:
            region = place.region
    if region and _accepted("region", region):
        found.values["region"] = region
        found.said["region"] = "The provider's Region, or that of an address below."


def _fields(parts: _Parts) -> Iterator[tuple[Mapping[str, Any], Node, str]]:
    """Each field that proves something, with the value to write."""
    for entry in read_json_rules("service", "proven.json")["fields"]:
        for holder in parts.nodes.get(entry["of"], ())[:1]:
            node = holder.at(*entry["field"].split("."))
            off = holder.at(*entry["off"].split(".")) if "off" in entry else None
            if node is None or node.kind == "unknown" or _is_off(off) or _is_off(node):
                continue
            text = _written(node)
            if "when" in entry and text != entry["when"]:
                continue
            value = entry.get("value", text + entry.get("unit", ""))
            if text or not {"key", "unit"} & entry.keys() or "value" in entry:
                yield entry, node, value


def _is_off(node: Node | None) -> bool:
    return (text_of(node) or "").lower() == "false"


def _written(node: Node) -> str:
    """A value, or a list of them, as YAML; empty where a part of it is not known."""
    if node.kind == "list":
        texts = [text_of(each) for each in node.value]
        return f"[{', '.join(map(str, texts))}]" if texts and None not in texts else ""
    return text_of(node) or ""


def _accepted(key: str, value: str) -> bool:
    """Whether a workload file takes a value."""
    try:
        read_workloads(b"{name: x, requests: {arrival: online}}", os.devnull, [(key, value)])
    except InputError:
        return False
    return True
