"""Other models beside that of the workload: variants that share its traffic, a shadow of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from advisor.model.advice import Parameters, Request
from advisor.model.options import (
    INFERENCE_COMPONENTS,
    INFERENCE_PIPELINE,
    MULTI_CONTAINER,
    REAL_TIME,
)
from advisor.model.usage import VariantUsage
from advisor.model.value import Value
from advisor.options import names, placeholders, serving
from advisor.options.load import sentence
from advisor.options.plan_builder import Draft, once
from advisor.rulebook.hardware import Instance
from advisor.text.quantity_format import number

SHADOW = "Shadow"
_CHALLENGER = "Challenger"
_THOUSAND = 1000  # base units of one percent
_NEEDS = ("multiple-variants", "shadow-testing")
_KEYS = ("deploy.variants", "deploy.shadow")


class Beside(Value):
    """One variant beside the workload's own."""

    name: str
    image: str | None  # that of the workload, unless stated
    artifact: str | None
    variables: Mapping[str, str]  # that differ from those of the workload
    weight: float  # of the workload's own variant: 1
    instance_type: str
    instances: int
    because: str
    shadow: bool = False


def others(draft: Draft, instance: Instance, count: int, *, shared: bool) -> tuple[Beside, ...]:
    """The other variants of a real-time endpoint, with findings for those that cannot be.

    Args:
        draft: the plan being made.
        instance: type of the workload's own variant.
        count: its number of instances at first, for the whole peak.
        shared: whether models share the instances.
    """
    if not _asked(draft):
        return ()
    rivals, shadow = _rivals(draft), _shadow_wanted(draft)
    what = _excluded(draft, instance, shared)
    if what:
        for kind in ["several variants"] * bool(rivals) + ["a shadow"] * shadow:
            _exclude(draft, f"{what} cannot have {kind}", kind == "a shadow")
        return ()
    if shadow:
        why = _not_shadowed(draft, rivals)
        if why:
            _exclude(draft, why, shadow=True)
            shadow = False
    found = _sized(draft, rivals, instance, count)
    return (*found, _shadow(draft, instance, count)) if shadow else found


def add(
    draft: Draft, found: tuple[Beside, ...], model: Request, config: Parameters
) -> tuple[Request, ...]:
    """CreateModel of each, like that of the workload, and its variant in the configuration."""
    if not found:
        return ()
    requests = []
    (own,) = config["ProductionVariants"]
    for each in found:
        request = _other_model(draft, each, model)
        requests.append(request)
        variant = {
            **{key: value for key, value in own.items() if key != "InstancePools"},
            "VariantName": each.name,
            "ModelName": request.parameters["ModelName"],
            "InitialInstanceCount": each.instances,
            "InstanceType": each.instance_type,
            "InitialVariantWeight": each.weight,
        }
        if each.instance_type != own.get("InstanceType"):
            variant.pop("VolumeSizeInGB", None)
        listed = "ShadowProductionVariants" if each.shadow else "ProductionVariants"
        config.setdefault(listed, []).append(variant)
        draft.carry("shadow-testing" if each.shadow else "multiple-variants")
        what = f"{each.instances} x {each.instance_type}, weight {each.weight:g}"
        draft.set(f"Variant {each.name}", what, sentence(each.because))
    return tuple(requests)


def _other_model(draft: Draft, each: Beside, model: Request) -> Request:
    """The workload's model with another image and archive."""
    container = {**model.parameters["PrimaryContainer"]}
    for field in ("ModelDataUrl", "ModelDataSource"):
        container.pop(field, None)
    variables = serving.without_hub(container.get("Environment", {}), draft) | {**each.variables}
    if variables:
        container["Environment"] = variables
    types = draft.knowledge.catalogue.types
    container["Image"] = each.image or placeholders.image(draft, types[each.instance_type])
    address = placeholders.artifact_of(draft, each.name, each.artifact)
    if address.endswith("/"):
        plain = {"S3Uri": address, "S3DataType": "S3Prefix", "CompressionType": "None"}
        container["ModelDataSource"] = {"S3DataSource": plain}
    else:
        container["ModelDataUrl"] = address
    parameters = {**model.parameters, "ModelName": "", "PrimaryContainer": container}
    parameters["ModelName"] = names.versioned(
        f"{draft.facts.workload.name}-{each.name.lower()}",
        [parameters, draft.text("deploy.version")],
    )
    return model._replace(parameters=parameters)


def elsewhere(draft: Draft) -> None:
    """Say of an option without variants that the stated ones are not set up."""
    if not _asked(draft):
        return
    what = draft.option
    if draft.way == INFERENCE_COMPONENTS:
        what = "an endpoint with inference components"
    elif what == REAL_TIME:
        return
    if _rivals(draft):
        _exclude(draft, f"{what} has one variant", shadow=False)
    if _shadow_wanted(draft):
        _exclude(draft, f"{what} has no shadow variants", shadow=True)


def usage(others: tuple[Beside, ...]) -> tuple[VariantUsage, ...]:
    """What their cost depends on."""
    return tuple(
        VariantUsage(name=each.name, instance_type=each.instance_type, count=each.instances)
        for each in others
    )


def alike(others: tuple[Beside, ...], instance: Instance) -> int:
    """Instances of one type among them."""
    return sum(each.instances for each in others if each.instance_type == instance.type)


@once
def _asked(draft: Draft) -> bool:
    stated = any(path.startswith(_KEYS) for path in draft.facts.workload.values)
    return stated or any(draft.needs(need) for need in _NEEDS)


def _excluded(draft: Draft, instance: Instance, shared: bool) -> str:
    """What keeps both kinds of variants away, if anything."""
    if shared:
        return "multi-model endpoints"
    if draft.way in (MULTI_CONTAINER, INFERENCE_PIPELINE):
        return f"requests made for {draft.way}"
    if instance.type.startswith("ml.inf1."):
        return f"Inferentia 1 ({instance.type})"
    return "requests made for marketplace-model" if draft.needs("marketplace-model") else ""


def _exclude(draft: Draft, why: str, shadow: bool) -> None:
    key, need = ("deploy.shadow", "shadow-testing") if shadow else ("deploy.variants", "")
    values = draft.facts.workload.values
    places = [path for path in values if path.startswith(key)] + [f"needs.{need}"]
    message = f"{why}; the requests set up none"
    draft.find("variants-excluded", "warning", message, path=places[0])


def _rivals(draft: Draft) -> tuple[dict[str, Any], ...]:
    """The stated variants, else one unknown one where some are needed."""
    stated = draft.facts.workload.values.get("deploy.variants")
    if stated is not None:
        found: tuple[dict[str, Any], ...] = stated.value
        return found
    return ({"name": _CHALLENGER},) if draft.needs("multiple-variants") else ()


def _shadow_wanted(draft: Draft) -> bool:
    values = draft.facts.workload.values
    return draft.needs("shadow-testing") or any(p.startswith("deploy.shadow.") for p in values)


def _not_shadowed(draft: Draft, rivals: tuple[dict[str, Any], ...]) -> str:
    """What excludes a shadow here, if anything."""
    if rivals:
        return "a shadow variant needs a single production variant, not several"
    stated = draft.text("deploy.shadow.instance_type") or ""
    if stated.startswith("ml.inf1."):
        return f"shadow tests exclude Inferentia 1 ({stated})"
    return ""


def _sized(
    draft: Draft, rivals: tuple[dict[str, Any], ...], instance: Instance, count: int
) -> tuple[Beside, ...]:
    own = float(draft.number("variant-weight"))
    weights = [float(each.get("weight", own)) for each in rivals]
    total = own + sum(weights)
    found = []
    for each, weight in zip(rivals, weights, strict=True):
        whole = max(1, math.ceil(count * weight / total))
        because = (
            f"{weight:g} of {total:g} of the traffic x {count} instances = "
            f"{number(count * weight / total)}; {names.VARIANT} keeps its {count}, so that the "
            "test can end at any time"
        )
        name = each["name"] if each["name"] != names.VARIANT else f"{names.VARIANT}-2"
        found.append(
            Beside(
                name=name,
                image=each.get("image"),
                artifact=each.get("artifact"),
                variables=each.get("environment", {}),
                weight=weight,
                instance_type=instance.type,
                instances=whole,
                because=because,
            )
        )
    return tuple(found)


def _shadow_type(draft: Draft, instance: Instance) -> str:
    stated = draft.text("deploy.shadow.instance_type")
    exists = stated in draft.knowledge.catalogue.types  # else advisor.options.named_types says so
    return stated if stated is not None and exists else instance.type


def _shadow(draft: Draft, instance: Instance, count: int) -> Beside:
    stated = draft.upper("deploy.shadow.share")
    share = draft.number("shadow-share") if stated is None else stated / _THOUSAND
    whole = max(1, math.ceil(count * share / 100))
    because = (
        f"{share:g} % of the requests are copied: the weight beside {names.VARIANT}'s 1; "
        f"{share:g} % of {count} instances = {number(count * share / 100)}. Its answers are only "
        "recorded"
    )
    return Beside(
        name=SHADOW,
        image=draft.text("deploy.shadow.image"),
        artifact=draft.text("deploy.shadow.artifact"),
        variables=draft.facts.workload.mapping("deploy.shadow.environment"),
        weight=share / 100,
        instance_type=_shadow_type(draft, instance),
        instances=whole,
        because=because,
        shadow=True,
    )
