"""The image that AWS keeps for a framework, its version and a device, in the Region.

The images are those of ``rules/service/images.json``, their hosts those of ``registries.json``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from advisor.catalogue.regions import DOMAINS, partition_of
from advisor.model.options import SERVERLESS
from advisor.model.value import Value
from advisor.options.plan_builder import Draft
from advisor.rulebook.hardware import CPU, Instance
from advisor.workload.forms import service_table

_VERSION = "model.framework_version"


class Image(Value):
    """What is known of the image of a container."""

    address: str = ""  # empty where it is not known
    because: str = ""  # how it was found
    problem: str = ""  # why a stated version has none
    fix: str = ""  # what to state instead


def image(draft: Draft, instance: Instance | None) -> Image:
    """The stated image, else that of the stated framework and version; nothing is assumed.

    Args:
        draft: the plan being made.
        instance: the type that runs it; ``None`` where AWS chooses, which is one without devices.
    """
    stated = draft.text("model.image")
    if stated is not None:
        return Image(address=stated)
    name, version = _asked(draft)
    device = _device(None if draft.option == SERVERLESS else instance)
    of_device = ((each, tags) for each in _named(name) if (tags := _tags(each, device)))
    entry, tags = next(of_device, (None, {}))
    if entry is None:
        return Image()
    newest, region = list(tags)[-1], draft.facts.region
    if not version:
        return Image(fix=f'State {_VERSION}: "{newest}" or model.image in the workload file.')
    alike = [each for each in tags if f"{each}.".startswith((f"{version}.", f"{version}-"))]
    if not alike:
        problem = f"no image of {name} {version} for {device} is known"
        return Image(problem=problem, fix=f"Take one of {', '.join(tags)}, or state model.image.")
    if region is None:
        return Image(fix="State region or model.image in the workload file.")
    account = _account(entry, region)
    if not account:
        problem = f"no image of {name} is known in {region}"
        return Image(problem=problem, fix="Copy the image to a registry of yours: model.image.")
    host = f"{account}.dkr.ecr.{region}.{DOMAINS[partition_of(region)]}"
    because = f"AWS's image of {name} {alike[-1]} for {device} in {region}."
    return Image(address=f"{host}/{tags[alike[-1]]}", because=because)


def _device(instance: Instance | None) -> str:
    """What the table calls a type: its accelerator, or the processor where it has none."""
    if instance is None or instance.accelerator == CPU:
        return "arm64" if instance is not None and instance.arch == "arm64" else "cpu"
    return instance.accelerator


def source() -> str:
    """Where the images are listed."""
    return str(service_table("images.json")["source"])


def _asked(draft: Draft) -> tuple[str, str]:
    """The most telling of server, framework and kind that are stated, and the version."""
    framework, _, version = (draft.text("model.framework") or "").rpartition(" ")
    if not framework or not version[:1].isdigit():
        framework, version = draft.text("model.framework") or "", ""
    said = (draft.text("model.engine"), framework, draft.text("model.kind"))
    return next(filter(None, said), ""), draft.text(_VERSION) or version


def _named(name: str) -> Iterator[Mapping[str, Any]]:
    """The entries of a name."""
    table: Mapping[str, Mapping[str, Any]] = service_table("images.json")["images"]
    return (each for each in table.values() if name in each["words"])


def _tags(entry: Mapping[str, Any], device: str) -> dict[str, str]:
    """Repository and tag by version, the oldest first."""
    found: Mapping[str, Mapping[str, str]] = entry["versions"]
    return {version: each[device] for version, each in found.items() if device in each}


def _account(entry: Mapping[str, Any], region: str) -> str:
    """The account whose registry has the images in a Region; empty where none is known."""
    registries = service_table("registries.json")
    group: list[str] = registries["groups"][entry["registry"]]
    if region in entry.get("not_in", ()):
        return ""
    return next((each for each in group if region in registries["accounts"][each]), "")
