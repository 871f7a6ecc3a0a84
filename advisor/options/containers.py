"""CreateModel: container, role, network and tags, shared by the four options."""

from __future__ import annotations

from typing import Any

from advisor.model import BATCH_TRANSFORM, REAL_TIME, SERVERLESS, Request
from advisor.options import memory, names, placeholders
from advisor.options.draft import Draft


def create_model(draft: Draft, *, multi_model: bool = False) -> Request:
    """The CreateModel request; its name carries a digest of everything else in it.

    Args:
        draft: the plan being made; gets settings, findings and the needs that the model carries.
        multi_model: whether the container serves every artifact below an S3 prefix.
    """
    marketplace = _from_marketplace(draft)
    parameters: dict[str, Any] = {"ModelName": ""}
    if marketplace:
        draft.carry("marketplace-model")
        parameters["PrimaryContainer"] = {"ModelPackageName": placeholders.package(draft)}
    else:
        parameters["PrimaryContainer"] = _container(draft, multi_model)
    parameters["ExecutionRoleArn"] = placeholders.role(draft)
    if draft.option != SERVERLESS:
        _network(draft, parameters, marketplace)
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
    return Request("sagemaker", "CreateModel", parameters)


def _from_marketplace(draft: Draft) -> bool:
    """Asynchronous and serverless configurations with Marketplace containers are refused."""
    return draft.option in (REAL_TIME, BATCH_TRANSFORM) and draft.needs("marketplace-model")


def _container(draft: Draft, multi_model: bool) -> dict[str, Any]:
    container: dict[str, Any] = {"Image": placeholders.image(draft)}
    if draft.needs("private-image") and draft.option != SERVERLESS:
        container["ImageConfig"] = {"RepositoryAccessMode": "Vpc"}
        draft.carry("private-image")
        draft.set(
            "RepositoryAccessMode",
            "Vpc",
            "private-image: the image is pulled through the network that VpcConfig names.",
        )
    if multi_model:
        _multi_model(draft, container)
    else:
        _single_model(draft, container)
    if draft.option == SERVERLESS:
        container["Environment"] = {"SAGEMAKER_MODEL_SERVER_WORKERS": "1"}
        draft.set(
            "SAGEMAKER_MODEL_SERVER_WORKERS",
            "1",
            "AWS advises one worker and one copy of the model; some framework images start one for "
            "each vCPU, and each copy takes its memory.",
        )
    return container


def _multi_model(draft: Draft, container: dict[str, Any]) -> None:
    count = memory.models(draft)
    container["Mode"] = "MultiModel"
    container["ModelDataUrl"] = placeholders.artifact(draft).rpartition("/")[0] + "/"
    draft.set(
        "Mode",
        "MultiModel",
        f"{count} models behind one endpoint: one container serves every .tar.gz below the prefix "
        "in ModelDataUrl and loads a model when it is first called.",
    )


def _single_model(draft: Draft, container: dict[str, Any]) -> None:
    """An archive, or a prefix of plain files where the option reads one."""
    address = placeholders.artifact(draft)
    plain = address.endswith("/") or draft.needs("uncompressed-model")
    if not plain:
        container["ModelDataUrl"] = address
        return
    if draft.option in (SERVERLESS, BATCH_TRANSFORM):
        container["ModelDataUrl"] = address
        draft.find(
            "model-not-archived",
            "warning",
            f"{draft.option} reads one .tar.gz archive, and {address} is a folder of files",
            path="model.artifact",
            fix="Pack the model as model.tar.gz.",
        )
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
        "The artifact is a folder of plain files, which saves the time to extract an archive.",
    )


def _network(draft: Draft, parameters: dict[str, Any], marketplace: bool) -> None:
    """Network of the model; serverless endpoints take none of it."""
    stated = draft.facts.workload.values
    inside = "deploy.subnets" in stated or "deploy.security_groups" in stated
    if draft.needs("vpc") or draft.needs("private-image") or inside:
        parameters["VpcConfig"] = {
            "SecurityGroupIds": placeholders.security_groups(draft),
            "Subnets": placeholders.subnets(draft),
        }
        draft.carry("vpc")
        _zones(draft, parameters["VpcConfig"]["Subnets"])
    if draft.needs("network-isolation") or marketplace:
        parameters["EnableNetworkIsolation"] = True
        draft.carry("network-isolation")
        draft.set(
            "EnableNetworkIsolation",
            True,
            "A property of the model: the container can call nothing, in or out"
            + (", as Marketplace containers always run." if marketplace else "."),
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
            "one subnet is one Availability Zone: its loss is an outage",
            path="deploy.subnets",
            fix="Name subnets in two zones or more.",
        )
