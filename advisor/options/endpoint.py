"""CreateEndpointConfig and CreateEndpoint: what instance-based endpoints have in common."""

from __future__ import annotations

import math
import re
from functools import lru_cache

from advisor.model.advice import Parameters, Request
from advisor.model.options import REAL_TIME
from advisor.options import images, memory, names, placeholders, serving, timeouts
from advisor.options.load import SECOND, counted, mib, seconds
from advisor.options.plan_builder import Draft, once, upper
from advisor.rulebook.hardware import GPU, Instance

_CUDA = re.compile(r"(?<![a-z0-9])cu(?:da-?)?([0-9]{2})(?:[.]?[0-9])?(?![0-9])")


def variant(draft: Draft, model: Request, instance: Instance, count: int) -> Parameters:
    """One production variant with the timeouts and the volume that the model asks for."""
    done: Parameters = {
        "VariantName": names.VARIANT,
        "ModelName": model.parameters["ModelName"],
        "InitialInstanceCount": count,
        "InstanceType": instance.type,
        "InitialVariantWeight": 1.0,
    }
    _pools(draft, done)
    _volume(draft, done, instance)
    hub = serving.from_hub(draft)
    if not hub:
        timeouts.download(draft, done)
    timeouts.health_check(draft, done, fetches=bool(hub))
    if instance.accelerator == GPU:
        _host_image(draft, done, instance)
    if draft.needs("shell-access"):
        done["EnableSSMAccess"] = True
        draft.carry("shell-access")
    return done


def _pools(draft: Draft, variant: Parameters) -> None:
    """Instance pools in place of the type, where they are asked for and types can serve."""
    wanted = draft.upper("deploy.instance_pools")
    if wanted is None:
        return
    types = (variant["InstanceType"], *draft.pools)
    if len(types) < wanted:
        draft.find(
            "pools-too-few",
            "info",
            f"{wanted} instance pools are asked for, and {counted(len(types), 'type')} can serve",
            path="deploy.instance_pools",
        )
    if len(types) == 1:
        return
    del variant["InstanceType"]
    variant["InstancePools"] = [
        {"InstanceType": each, "Priority": number} for number, each in enumerate(types, 1)
    ]
    draft.set(
        "InstancePools",
        ", ".join(types),
        "Each carries what the first does; their speed may differ, and the cost is that of the "
        "first.",
        constant="instance-pools-most",
    )


def requests(draft: Draft, model: Request, config: Parameters) -> tuple[Request, ...]:
    """CreateModel, CreateEndpointConfig and CreateEndpoint, in the order to run.

    Args:
        draft: the plan being made.
        model: the CreateModel request.
        config: parameters of the configuration without its name and tags.
    """
    released, kept = placeholders.release_tags(draft), placeholders.tags(draft)
    body = {**config, **({"Tags": released} if released else {})}
    name = names.released(draft, body)
    endpoint = endpoint_name(draft)
    draft.set(
        "EndpointConfigName",
        name,
        "The workload's name and a digest of the request: a configuration cannot be changed, and "
        "UpdateEndpoint needs the new one beside the old.",
    )
    draft.set("EndpointName", endpoint, "The workload's name; it stays the same in every update.")
    named: Parameters = {"EndpointConfigName": name, **body}
    create: Parameters = {"EndpointName": endpoint, "EndpointConfigName": name}
    if kept:
        create["Tags"] = kept
    return (
        model,
        Request(service="sagemaker", operation="CreateEndpointConfig", parameters=named),
        Request(service="sagemaker", operation="CreateEndpoint", parameters=create),
    )


@once
def endpoint_name(draft: Draft) -> str:
    """The endpoint's name."""
    return names.stem(draft.facts.workload.name)


def encrypt(draft: Draft, config: Parameters, instance: Instance | None) -> str | None:
    """Put the KMS key on the configuration; the key, for the other places that take it."""
    key = placeholders.kms_key(draft)
    if key is None:
        return None
    config["KmsKeyId"] = key
    draft.carry("kms")
    because = "Encrypts the storage volume of each instance."
    if instance is None:
        because = "Encrypts the stored copy of the container image."
    elif instance.local_nvme is not False:
        because = (
            f"Does not cover the local disks of {instance.type}, which a hardware module of the "
            "instance encrypts; stated so that the volume is covered after a change of type."
        )
    draft.set("KmsKeyId", key, because)
    return key


def capture(draft: Draft, config: Parameters, key: str | None) -> None:
    """Data capture with its share, where it is needed."""
    if not draft.needs("data-capture"):
        return
    share, because = _share(draft)
    block: Parameters = {
        "EnableCapture": True,
        "InitialSamplingPercentage": share,
        "DestinationS3Uri": placeholders.location(draft, "data-capture", "DestinationS3Uri"),
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
    }
    if key is not None:
        block["KmsKeyId"] = key
    config["DataCaptureConfig"] = block
    draft.carry("data-capture")
    constant = "" if because else "data-capture-share"
    draft.set("InitialSamplingPercentage", share, because or "No share stated.", constant=constant)


def _share(draft: Draft) -> tuple[int, str]:
    """Percent of the requests; the API takes whole numbers."""
    stated = draft.upper("needs.data-capture.share")
    if stated is None:
        return int(draft.number("data-capture-share")), ""
    share = min(100, -(-stated // 1000))
    return share, "The stated share of the requests, rounded up to a whole percent."


def start_s(draft: Draft) -> float:
    """Container start and model load in seconds: stated, else assumed."""
    stated = draft.upper("model.startup")
    taken = stated if stated is not None else draft.facts.taken("model.startup")
    return float(taken / SECOND)


def in_service(draft: Draft, alarm_s: float = 0.0) -> tuple[float, str]:
    """From the order of an instance, or the alarm that orders it, to its service; the formula."""
    # What a model tells of its start is that of the whole instance.
    told = draft.facts.workload.is_told("model.startup")
    machine = 0.0 if told else float(draft.number("instance-start"))
    return _in_service(alarm_s, machine, start_s(draft))


@lru_cache(maxsize=256)  # most models start as fast as is assumed
def _in_service(alarm: float, machine: float, start: float) -> tuple[float, str]:
    total = alarm + machine + start
    parts = f"{seconds(alarm)} until the alarm + " if alarm else ""
    parts += f"{seconds(machine)} for an instance + {seconds(start)} for the container"
    return total, f"{parts} = {seconds(total)}"


def volume_gb(draft: Draft, instance: Instance) -> int | None:
    """Size of the volume to ask for on each instance; ``None`` where the default one does."""
    if instance.local_nvme is not False:
        return None
    stated, size = draft.upper("deploy.volume"), _unpacked_gb(draft)
    if stated is not None:
        return int(min(draft.number("volume-most"), math.ceil(stated / memory.GIB)))
    if size is None:
        return None
    default, most = draft.number("volume-default"), draft.number("volume-most")
    wanted = math.ceil(size * draft.number("volume-headroom"))
    if wanted <= default and not draft.needs("volume-size"):
        return None
    return int(min(most, max(default, wanted)))


def _unpacked_gb(draft: Draft) -> float | None:
    """Model and scratch space on one instance."""
    unpacked = upper(draft.facts.interval("model.unpacked"))
    if draft.upper("model.parameters") is not None:
        unpacked = draft.facts.taken("model.unpacked")
    if unpacked is None:
        return None
    together = memory.models(draft) if draft.option == REAL_TIME and memory.shared(draft) else 1
    return unpacked * together / memory.GIB


def _volume(draft: Draft, done: Parameters, instance: Instance) -> None:
    size, stated = _unpacked_gb(draft), draft.upper("deploy.volume")
    headroom, most = draft.number("volume-headroom"), draft.number("volume-most")
    wanted = math.ceil((size or 0) * headroom)
    if instance.local_nvme is not False:
        if stated or wanted > draft.number("volume-default") or draft.needs("volume-size"):
            because = f"{instance.type} has local disks and takes no volume size"
            if size:
                because += f"; {mib(size * 1024)} of model and scratch space must fit on them"
            draft.set("VolumeSizeInGB", "not set", because + ".")
        return
    asked = volume_gb(draft, instance)
    if asked is None:
        return
    done["VolumeSizeInGB"] = asked
    draft.carry("volume-size")
    if stated is not None:
        draft.set("VolumeSizeInGB", asked, f"Stated under deploy.volume, at most {most} GB.")
        return
    text = f"{mib((size or 0) * 1024)} of model and scratch space"
    if (size or 0) > most:
        message = (
            f"{text} do not fit the largest volume, {most} GB, and {instance.type} has no disk"
        )
        fix = "Set deploy.instance_type to a type with local disks of that size."
        draft.find("endpoint-volume", "warning", message, path="model.size", fix=fix)
    because = f"{text} x {headroom} = {wanted} GB, at most {most}."
    draft.set("VolumeSizeInGB", asked, because, constant="volume-headroom")


def _host_image(draft: Draft, done: Parameters, instance: Instance) -> None:
    """The image of the host, where the tag of the container's names a newer CUDA."""
    image = images.image(draft, instance).address
    found = _CUDA.search(image.rpartition(":")[2])
    if found is None:
        return
    hosts = draft.facts.book.model_tables()["servers"]["host_images"]
    cuda, drivers = int(found[1]), hosts["drivers"]
    name = next((name for name, driver in drivers.items() if name and int(driver) == cuda), None)
    if cuda > drivers[""] and name is not None:
        done["InferenceAmiVersion"] = name
        because = f"The image is made for CUDA {found[1]}. {hosts['because']}"
        draft.set("InferenceAmiVersion", name, because, source=hosts["source"])
