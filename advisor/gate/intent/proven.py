"""A configuration → what it proves of the workload that it serves, each value with its place."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from advisor.catalogue.regions import AT_HOME, place_of
from advisor.configuration.discover import discover
from advisor.configuration.document import REQUESTS, Node, Resource, World
from advisor.configuration.rulefiles import read_json_rules
from advisor.gate.intent.capacity import option_of
from advisor.gate.intent.pairing import COMPARED, documents_at
from advisor.gate.rules.instances import is_a
from advisor.gate.rules.model_server import model_server
from advisor.gate.rules.scaling import INSTANCES, scaled
from advisor.gate.rules.service_walk import load_service
from advisor.gate.rules.view import View, containers, text_of
from advisor.gate.settings import Organisation
from advisor.model.errors import InputError
from advisor.rulebook.cache import rules_directory
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.load import compiled
from advisor.text.spelling import nearest
from advisor.workload import read_workloads


class ProvenWorkload(NamedTuple):
    """What one endpoint configuration or transform job proves."""

    values: dict[str, str]  # key path -> value as YAML
    said: dict[str, str]  # key path -> where it was read
    bounds: dict[str, str]  # key path -> what may be true, and stays a comment


def proven(path: str, name: str | None = None) -> list[ProvenWorkload]:
    """What a file or folder proves, one workload for each endpoint or job in it.

    Args:
        path: Terraform, a template, a request or what AWS describes; or a folder of these.
        name: only the endpoint or job of this name or address.

    Raises:
        InputError: it cannot be read, holds none, or none of the name.
    """
    inside = discover([path]).configurations if os.path.isdir(path) else ()
    read = [each for file in (path, *inside) for each in documents_at(file)]
    worlds = [document.worlds[0] for document, _ in read if document.worlds]
    when = " and ".join(each.when for each in worlds if each.when)
    world = World(when, tuple(each for one in worlds for each in one.resources))
    region = next((region for _, region in read if region), "")
    known = [each for kind in COMPARED for each in world.of_kind(kind)]
    found = [(each.address, _workload(each, world, region)) for each in known]
    chosen = [each for at, each in found if name in (None, at, each.values["name"])]
    if not chosen:
        what = "no endpoint configuration or transform job"
        names = [each.values["name"] for _, each in found]
        near = nearest(name or "", names)
        hint = f"did you mean {near}?" if near else f"there is {', '.join(names)}"
        if not found:
            hint = "Name Terraform, a template, or the JSON of describe-endpoint-config."
        raise InputError(
            f"{what} here{f' has the name {name}' if name else ''}", file=path, hint=hint
        )
    return chosen


def _workload(resource: Resource, world: World, region: str) -> ProvenWorkload:
    view = View(
        resource=resource,
        world=world,
        service=load_service(),
        region=region,
        organisation=Organisation(),
    )
    here = f"{resource.mark.file}:{resource.mark.line} {resource.address}"
    here += f", if {world.when}" if world.when else ""
    found, needs = ProvenWorkload({}, {}, {}), dict[str, tuple[str, str]]()
    parts = _parts(view)
    for entry, node, value in _fields(parts):
        place = f"{node.place.file}:{node.place.line} {entry['field']}"
        key, need, most = entry.get("key"), entry.get("need"), "bound" in entry
        if need is not None:
            shared = "unit" in entry and _accepted("needs", f"{{{need}: {value}}}")
            needs.setdefault(need, (value if shared else "true", place))
        if key is not None and key not in found.said:
            known = not most and _accepted(key, value)
            (found.values if known else found.bounds)[key] = f"<={value}" if most else value
            found.said[key] = f"At most, by {place}" if most else place
    if len(resource.body.items("ProductionVariants")) > 1:
        needs["multiple-variants"] = "true", here
    if needs:
        found.values["needs"] = (
            f"{{{', '.join(f'{n}: {value}' for n, (value, _) in needs.items())}}}"
        )
        found.said["needs"] = "; ".join(f"{need}: {place}" for need, (_, place) in needs.items())
    if option := option_of(resource, parts["Variant"] or resource.body):
        found.values.update({"decision.option": option, "decision.because": "it is configured so"})
    _settle(found, view, here)
    return found


def _settle(found: ProvenWorkload, view: View, here: str) -> None:
    """Add what follows: the name, the accelerator of a type, the Region of an address."""
    values, resource = found.values, view.resource
    unnamed = os.path.basename(resource.mark.file).partition(".")[0]
    if resource.dialect not in REQUESTS:  # their address is an operation
        unnamed = resource.identity.rpartition(".")[2]
    name = found.bounds.pop("name", "") or values.get("name") or unnamed
    values["name"] = re.sub("[^A-Za-z0-9]+", "-", name)[:63].strip("-") or "workload"
    values["requests.arrival"] = "batch" if resource.kind == "TransformJob" else "online"
    instance_type = values.get("deploy.instance_type", "")
    if is_a(instance_type, "gpu") is not None:
        kinds = [kind for kind in ("gpu", "neuron") if is_a(instance_type, kind)]
        values["model.accelerator"] = kinds[0] if kinds else "none"
        found.said["model.accelerator"] = f"{instance_type}: {found.said['deploy.instance_type']}"
    arns = (text_of(view.body.get(f"{kind}Arn")) or "" for kind in COMPARED)
    places = [place for text in (*values.values(), *arns) if (place := place_of(text))]
    regions = [each.region for each in places if each.service in AT_HOME]
    region = next(filter(None, (view.region, *regions)), "")
    if region and _accepted("region", region):
        values["region"] = region
        found.said["region"] = "The provider's Region, or that of an address below."
    for key in ("name", "requests.arrival", "decision.option"):
        found.said.setdefault(key, here)


def _parts(view: View) -> Mapping[str, Node | None]:
    """What belongs to a configuration, by the names of rules/service/proven.json."""
    resource, world = view.resource, view.world
    variant = next(iter(resource.body.items("ProductionVariants")), resource.body)
    model = view.model_of(variant)
    held = [node for _, node in containers(model)] if model is not None else []
    endpoints = [e.body for e in world.of_kind("Endpoint") if view.config_of(e) is resource]
    targets = [
        each.body
        for each in world.of_kind("ScalableTarget")
        if scaled(view._replace(resource=each)).config is resource
        and text_of(each.body.get("ScalableDimension")) == INSTANCES
    ]
    return {
        resource.kind: resource.body,
        "Variant": variant,
        "Model": model.body if model is not None else None,
        "Container": next(iter(held), None),
        "Server": next(map(_server, held), None),
        "ScalableTarget": next(iter(targets), None),
        "Endpoint": next(iter(endpoints), None),
    }


def _server(container: Node) -> Node | None:
    """What the variables of a container tell its server, by their roles, and the engine's name."""
    server = model_server(container)
    if server is None:
        return None
    roles = [role for role in server.engine["keys"] if server.is_set(role)]
    told = {role: server.variables[server.name(role)] for role in roles}
    name = container._replace(kind="scalar", value=server.id)
    return container._replace(value={**told, "engine": name})


def _fields(parts: Mapping[str, Node | None]) -> Iterator[tuple[Mapping[str, Any], Node, str]]:
    """Each field that proves something, with the value to write."""
    for entry in read_json_rules("service", "proven.json")["fields"]:
        holder = parts.get(entry["of"])
        node, off = (
            holder.at(*entry[each].split(".")) if holder is not None and each in entry else None
            for each in ("field", "off")
        )
        if node is None or node.kind == "unknown":
            continue
        text = _written(node)
        if "false" in (text.lower(), (text_of(off) or "").lower()):
            continue
        if entry.get("when", text) == text and (text or not {"key", "unit"} & entry.keys()):
            if "less" in entry and text.isdigit():
                less = knowledge(compiled(rules_directory())).numbers[entry["less"]]
                text = f"<={int(text) - int(less)}"
            yield entry, node, entry.get("value", text + entry.get("unit", ""))


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
