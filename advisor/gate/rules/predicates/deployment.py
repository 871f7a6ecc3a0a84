"""Checks of endpoints: how traffic moves to a new configuration, and from which configuration."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from advisor.configuration.document import Node, Path
from advisor.configuration.rulefiles import of_fields
from advisor.gate.rules.scaling import scaled
from advisor.gate.rules.view import Fault, View, number_of, text_of


def traffic_share(view: View) -> Iterator[Fault]:
    """A canary, step or batch outside the share of the capacity that it may have."""
    for path, low, high in of_fields("shares"):
        size = view.body.at("DeploymentConfig", *path)
        node = size.get("Value") if size is not None else None
        value = number_of(node)
        if size is None or node is None or value is None:
            continue
        where: Path = ("DeploymentConfig", *path, "Value")
        unit, fleet = text_of(size.get("Type")), _fleet(view)
        if unit == "CAPACITY_PERCENT" and not low <= value <= high:
            message = f"{path[-1]} is {value:g} %; expected {low} to {high} %"
            yield Fault(node, where, message, suggestion=str(low if value < low else high))
        elif unit == "INSTANCE_COUNT" and fleet is not None and value * 100 > fleet * high:
            message = f"{path[-1]} is {value:g} of {fleet:g} instances; expected at most {high} %"
            yield Fault(node, where, message, severity="warning")


def _fleet(view: View) -> float | None:
    """The instances of the endpoint's one variant; ``None`` where they are not known, or scale."""
    config = view.config_of(view.resource)
    variants = list(view.variants(config)) if config is not None else []
    if len(variants) != 1 or any(True for _ in view.world.of_kind("ScalableTarget")):
        return None
    return number_of(variants[0][1].get("InitialInstanceCount"))


def waits_too_long(view: View) -> Iterator[Fault]:
    """A maximum execution time that the waits alone use up."""
    for name, between, size in of_fields("waits"):
        policy = view.body.at("DeploymentConfig", name)
        limit = policy.get("MaximumExecutionTimeoutInSeconds") if policy is not None else None
        most = number_of(limit)
        if policy is None or limit is None or most is None:
            continue
        wait = number_of(policy.at(*between))
        ending = number_of(policy.get("TerminationWaitInSeconds"))
        times = _steps(policy.at(*size), view)
        once, total = (count * (wait or 0) + (ending or 0) for count in (1, times))
        if (wait is not None or ending is not None) and total >= most:
            several = f" ({times} times {wait:g} s)" if wait and times > 1 else ""
            message = f"the waits take {total:g} s{several}, but the deployment may take {most:g} s"
            where: Path = ("DeploymentConfig", name, "MaximumExecutionTimeoutInSeconds")
            refused = name == "BlueGreenUpdatePolicy" and once >= most
            yield Fault(limit, where, message, severity="" if refused else "warning")


def _steps(size: Node | None, view: View) -> int:
    """How often a deployment waits, at the least: between its steps, and once without steps."""
    value = number_of(size.get("Value")) if size is not None else None
    if size is None or value is None or value <= 0:
        return 1
    unit = text_of(size.get("Type"))
    whole = {"CAPACITY_PERCENT": 100, "INSTANCE_COUNT": _fleet(view)}.get(unit or "")
    return max(1, ceil(whole / value) - 1) if whole is not None else 1


def rolling_excluded(view: View) -> Iterator[Fault]:
    """A rolling update of an endpoint with several variants, or of a serverless one."""
    where = ("DeploymentConfig", "RollingUpdatePolicy")
    rolling, config = view.body.at(*where), view.config_of(view.resource)
    if rolling is None or config is None:
        return
    found = config.body.items("ProductionVariants")
    if sum(1 for item in found if item.kind == "map") > 1:
        message = "rolling updates exclude endpoints with several variants"
        yield Fault(rolling, where, message, at_key=True)
    for variant in found:
        serverless = variant.get("ServerlessConfig")
        if serverless is not None and serverless.kind == "map":
            message = "rolling updates exclude serverless endpoints"
            yield Fault(rolling, where, message, at_key=True, related=(serverless,))


def guarded_inferentia(view: View) -> Iterator[Fault]:
    """Deployment guardrails on Inferentia 1."""
    deployment = view.body.get("DeploymentConfig")
    config = view.config_of(view.resource)
    if deployment is None or deployment.kind != "map" or config is None:
        return
    for _, variant in view.variants(config):
        instance = variant.get("InstanceType")
        if instance is not None and (text_of(instance) or "").startswith("ml.inf1."):
            yield Fault(deployment, ("DeploymentConfig",), at_key=True, related=(instance,))
            return


def counts_reset(view: View) -> Iterator[Fault]:
    """An update that sets scaled variants back to the counts of the configuration."""
    retained = text_of(view.body.get("RetainAllVariantProperties")) or ""
    if retained.lower() == "true":
        return
    for target in view.world.of_kind("ScalableTarget"):
        endpoint = scaled(view._replace(resource=target)).endpoint
        if endpoint is not None and endpoint.address == view.resource.address:
            yield Fault(view.body, ())
            return


def unconnected(view: View) -> Iterator[Fault]:
    """``ignore_changes`` on the configuration's name: the endpoint never gets a new one."""
    for name, node in view.resource.lifecycle.get("ignore_changes", ()):
        if name in ("endpoint_config_name", "all"):
            message = f"{name} is in ignore_changes: the endpoint never gets a new configuration"
            yield Fault(node, ("lifecycle", "ignore_changes"), message)
