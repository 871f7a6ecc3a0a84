"""A release: topics and alarms before the endpoint, its rollout, alarms that tell people after."""

from __future__ import annotations

from advisor.model.advice import Request
from advisor.options import alarms, topics
from advisor.options.plan_builder import Draft
from advisor.options.rollout.replaced import Released, Replaced
from advisor.options.rollout.strategy import (
    CANARY,
    LINEAR,
    ROLLING,
    Rollout,
    instances_during,
    plan,
    policy,
)
from advisor.rulebook.hardware import Instance


def surround(draft: Draft, requests: tuple[Request, ...], fleet: Replaced) -> Released:
    """The requests of an endpoint with topics, alarms and the rollout of its updates.

    An alarm exists before the endpoint names it; one that only tells people comes after.

    Args:
        draft: the plan being made.
        requests: among others CreateEndpointConfig and right after it CreateEndpoint.
        fleet: what an update replaces.
    """
    position = [each.operation for each in requests].index("CreateEndpoint")
    models, after = requests[: position - 1], requests[position + 1 :]
    config, create = requests[position - 1 : position + 1]
    variants = tuple(
        each["VariantName"] for each in config.parameters.get("ProductionVariants", ())
    )
    telling = alarms.operating(draft, fleet.instance, variants)
    rolled = plan(draft, fleet)
    watching: tuple[Request, ...] = ()
    instances = fleet.most + fleet.more
    if rolled is not None:
        names = draft.facts.workload.items("deploy.rollout.alarms")
        if not names:
            config_name = config.parameters["EndpointConfigName"]
            watching = alarms.rollback(draft, config_name, variants)
            names = tuple(each.parameters["AlarmName"] for each in watching)
        create = _guarded(draft, create, rolled, names)
        if fleet.instance is not None:
            instances = instances_during(draft, rolled, fleet)
        if rolled.strategy in (CANARY, LINEAR, ROLLING):
            draft.carry("canary")
    made = topics.requests(draft, _kinds(draft, config, telling))
    topics.unused(draft)
    return Released(
        requests=(*models, *made, config, *watching, create, *after, *telling), instances=instances
    )


def surround_components(
    draft: Draft, requests: tuple[Request, ...], instance: Instance
) -> tuple[Request, ...]:
    """The requests of an endpoint that holds components, with alarms on each and their topic."""
    made = (each.parameters for each in requests if each.operation == "CreateInferenceComponent")
    names = tuple(each["InferenceComponentName"] for each in made)
    telling = alarms.of_components(draft, instance, names)
    topics.unused(draft)
    return (*requests, *topics.requests(draft, ["alarms"] if telling else []), *telling)


def _kinds(draft: Draft, config: Request, telling: tuple[Request, ...]) -> list[str]:
    """The topics that something publishes to."""
    results = "AsyncInferenceConfig" in config.parameters
    return [*(topics.results(draft) if results else ()), *(["alarms"] if telling else ())]


def _guarded(draft: Draft, create: Request, rolled: Rollout, names: tuple[str, ...]) -> Request:
    """CreateEndpoint with the deployment configuration that later updates take over."""
    draft.set(
        "AutoRollbackConfiguration",
        ", ".join(names),
        "An update rolls back when one of these alarms goes off. The execution role must be "
        "allowed cloudwatch:DescribeAlarms.",
    )
    deployment = {
        **policy(rolled),
        "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": name} for name in names]},
    }
    tags = {key: value for key, value in create.parameters.items() if key == "Tags"}
    named = {key: value for key, value in create.parameters.items() if key != "Tags"}
    return create._replace(parameters={**named, "DeploymentConfig": deployment, **tags})
