"""CreateModel: container, role, network and tags, shared by the four options."""

from __future__ import annotations

from typing import Any

from advisor.model.advice import Request
from advisor.model.options import (
    BATCH_TRANSFORM,
    INFERENCE_PIPELINE,
    MULTI_CONTAINER,
    MULTI_MODEL,
    REAL_TIME,
    SERVERLESS,
)
from advisor.options import memory, names, placeholders, serving
from advisor.options.plan_builder import Draft
from advisor.rulebook.hardware import Instance

_MODES = {MULTI_CONTAINER: "Direct", INFERENCE_PIPELINE: "Serial"}


def create_model(
    draft: Draft, instance: Instance | None = None, *, network: bool = True
) -> Request:
    """The CreateModel request; its name carries a digest of everything else in it.

    Args:
        draft: the plan being made; gets settings, findings and the needs that the model carries.
        instance: the type that runs it; ``None`` for serverless.
        network: whether the model brings its network; where it is placed as a component, the
            endpoint's configuration has one.
    """
    marketplace = _from_marketplace(draft)
    parameters: dict[str, Any] = {"ModelName": ""}
    if draft.way in _MODES:
        parameters |= _several(draft, instance)
    else:
        parameters["PrimaryContainer"] = _container(draft, instance)
    parameters["ExecutionRoleArn"] = placeholders.role(draft)
    if draft.option != SERVERLESS and network:
        put_network(draft, parameters, isolated=marketplace)
    tags = placeholders.release_tags(draft)
    if tags:
        parameters["Tags"] = tags
    name = names.released(draft, parameters)
    parameters["ModelName"] = name
    draft.set(
        "ModelName",
        name,
        "The workload's name and a digest of the request: a model cannot be changed, so a changed "
        "one needs another name.",
    )
    return Request(service="sagemaker", operation="CreateModel", parameters=parameters)


def _from_marketplace(draft: Draft) -> bool:
    """Asynchronous and serverless configurations with Marketplace containers are refused."""
    return draft.option in (REAL_TIME, BATCH_TRANSFORM) and draft.needs("marketplace-model")


def _several(draft: Draft, instance: Instance | None) -> dict[str, Any]:
    """Containers of one model: called by their host names, or run in their order."""
    from advisor.options.hosting import models as named

    found = []
    for member in named.containers(draft):
        found.append({"ContainerHostname": member.name, **_container(member.draft, instance)})
        draft.take(member.draft)
    mode = _MODES[draft.way]
    draft.carry(draft.way)
    if len(named.listed(draft)) < len(found):
        draft.find(
            "models-not-named",
            "info",
            f"the requests have {len(found)} containers with invented names",
            path="model.count",
            fix="List them under models, each with its name, image and artifact.",
        )
    because = (
        f"{len(found)} containers run in turn for each request."
        if mode == "Serial"
        else f"The caller names one of {len(found)} containers in TargetContainerHostname."
    )
    draft.set("InferenceExecutionConfig", mode, because)
    return {"Containers": found, "InferenceExecutionConfig": {"Mode": mode}}


def _container(draft: Draft, instance: Instance | None) -> dict[str, Any]:
    if _from_marketplace(draft):
        draft.carry("marketplace-model")
        return {"ModelPackageName": placeholders.package(draft)}
    container: dict[str, Any] = {"Image": placeholders.image(draft, instance)}
    if draft.needs("private-image") and draft.option != SERVERLESS:
        container["ImageConfig"] = {"RepositoryAccessMode": "Vpc"}
        draft.carry("private-image")
        draft.set(
            "RepositoryAccessMode",
            "Vpc",
            "private-image: SageMaker pulls the image through the network in VpcConfig.",
        )
    if draft.way == MULTI_MODEL:
        _multi_model(draft, container)
    else:
        _single_model(draft, container)
    variables = serving.environment(draft)
    if variables:
        container["Environment"] = variables
    return container


def _multi_model(draft: Draft, container: dict[str, Any]) -> None:
    from advisor.options.hosting import models as named

    count, shared = memory.models(draft), draft.facts.workload.mapping("model.environment")
    if any(each.get("environment", shared) != shared for each in named.listed(draft)):
        draft.find(
            "variables-of-one",
            "warning",
            "one container serves every model, so that no model has variables of its own",
            path="models",
            fix="State them under model.environment, or read them from each archive.",
        )
    draft.carry(draft.way)
    container["Mode"] = "MultiModel"
    container["ModelDataUrl"] = prefix(draft)
    draft.set(
        "Mode",
        "MultiModel",
        f"{count} models behind one endpoint: one container serves every .tar.gz below the prefix "
        "in ModelDataUrl and loads a model when it is first called.",
    )


def prefix(draft: Draft) -> str:
    """The S3 prefix below which a multi-model endpoint finds its archives."""
    from advisor.options.hosting import models as named

    artifacts: list[str] = [
        each["artifact"]
        for each in named.listed(draft)
        if each.get("artifact", placeholders.HUB).startswith("s3://")
    ]
    if not artifacts or draft.text("model.artifact") is not None:
        return placeholders.artifact(draft).rpartition("/")[0] + "/"
    parts = [each.split("/")[:-1] for each in artifacts]
    shared = []
    for level in zip(*parts, strict=False):
        if len(set(level)) > 1:
            break
        shared.append(level[0])
    if len(shared) > 2:  # s3:, nothing, bucket
        return "/".join(shared) + "/"
    draft.find(
        "models-apart",
        "warning",
        "the artifacts lie in different buckets, and a multi-model endpoint reads one prefix",
        path="models",
        fix="Copy them below one prefix, and state it as model.artifact.",
    )
    return artifacts[0].rpartition("/")[0] + "/"


def _single_model(draft: Draft, container: dict[str, Any]) -> None:
    """An archive, a prefix of plain files where the option reads one, or neither."""
    if serving.from_hub(draft):
        return
    address = placeholders.artifact(draft)
    plain = address.endswith("/") or draft.needs("uncompressed-model")
    packed = draft.option in (SERVERLESS, BATCH_TRANSFORM)  # they refuse ModelDataSource
    if packed or not (plain or serving.is_plain(draft)):
        container["ModelDataUrl"] = address
        if plain:
            message = (
                f"{draft.option} reads one .tar.gz archive, and {address} is a folder of files"
            )
            fix = "Pack the model as model.tar.gz, and state its address in model.artifact."
            draft.find("model-not-archived", "warning", message, path="model.artifact", fix=fix)
        return
    draft.carry("uncompressed-model")
    container["ModelDataSource"] = {
        "S3DataSource": {
            "S3Uri": address if address.endswith("/") else address.rpartition("/")[0] + "/",
            "S3DataType": "S3Prefix",
            "CompressionType": "None",
        }
    }
    draft.set(
        "ModelDataSource",
        "S3Prefix",
        "The artifact is a folder of plain files, so nothing is extracted.",
    )


def put_network(draft: Draft, parameters: dict[str, Any], *, isolated: bool = False) -> None:
    """Put the network on a model, or on a configuration for components, where it is wanted."""
    if serving.inside(draft):
        parameters["VpcConfig"] = {
            "SecurityGroupIds": placeholders.security_groups(draft),
            "Subnets": placeholders.subnets(draft),
        }
        draft.carry("vpc")
        _zones(draft, parameters["VpcConfig"]["Subnets"])
    if draft.needs("network-isolation") or isolated:
        parameters["EnableNetworkIsolation"] = True
        draft.carry("network-isolation")
        draft.set(
            "EnableNetworkIsolation",
            True,
            "The container makes no network calls"
            + (", as Marketplace containers always run." if isolated else "."),
        )


def _zones(draft: Draft, subnets: list[str]) -> None:
    draft.set(
        "VpcConfig",
        f"{len(subnets)} subnets",
        "Subnets in two Availability Zones at least, so that an instance can be replaced in the "
        "other; each instance takes two private addresses.",
    )
    if len(subnets) == 1 and draft.option != BATCH_TRANSFORM:
        draft.find(
            "one-subnet",
            "warning",
            "one subnet is one Availability Zone, and its loss is an outage",
            path="deploy.subnets",
            fix="Add a subnet of another Availability Zone to deploy.subnets.",
        )
