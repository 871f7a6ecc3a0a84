"""CreateAIBenchmarkJob: the load of a plan sent to one instance with its language model."""

from __future__ import annotations

import json
import math

from advisor.model.advice import Plan, Request
from advisor.model.usage import Usage
from advisor.model.workload import Modelled, OnType
from advisor.options import containers, endpoint, names, placeholders
from advisor.options.plan_builder import NOT_CALLED, Draft
from advisor.text.quantity_format import number


def plan(draft: Draft, told: Modelled, on: OnType, sized: Usage) -> Plan:
    """An endpoint of one instance, the load and the job, with reasons among the settings.

    Args:
        draft: of real-time inference.
        told: what the model of the workload tells.
        on: the type that the model is on.
        sized: usage of the plan to measure.
    """
    instance = draft.knowledge.catalogue.types[on.instance_type]
    model = containers.create_model(draft, instance)
    variant = endpoint.variant(draft, model, instance, 1)
    stem = f"{draft.facts.workload.name}-test"
    config = names.versioned(stem, variant)
    draft.set("InstanceType", instance.type, "The type of the plan; one instance is measured.")
    load = _load(draft, told, on)
    work, job = names.versioned(stem, load), names.versioned(stem, [config, load])
    made = [
        model,
        _request("CreateEndpointConfig", EndpointConfigName=config, ProductionVariants=[variant]),
        _request("CreateEndpoint", EndpointName=config, EndpointConfigName=config),
        _request(
            "CreateAIWorkloadConfig",
            AIWorkloadConfigName=work,
            AIWorkloadConfigs={"WorkloadSpec": {"Inline": load}},
        ),
        _request(
            "CreateAIBenchmarkJob",
            AIBenchmarkJobName=job,
            BenchmarkTarget={"Endpoint": {"Identifier": config}},
            OutputConfig={
                "S3OutputLocation": placeholders.location(draft, "load-test/", "S3OutputLocation")
            },
            AIWorkloadConfigIdentifier=work,
            RoleArn=model.parameters["ExecutionRoleArn"],
        ),
    ]
    network = model.parameters.get("VpcConfig")
    if network is not None:
        made[-1].parameters["NetworkConfig"] = {"VpcConfig": network}
    for each in made[1:] if "Tags" in model.parameters else ():
        each.parameters["Tags"] = model.parameters["Tags"]
    return draft.plan(tuple(made), NOT_CALLED, (), sized)


def _request(operation: str, **parameters: object) -> Request:
    return Request(service="sagemaker", operation=operation, parameters=parameters)


def _load(draft: Draft, told: Modelled, on: OnType) -> str:
    """The tokens of the workload, with as many requests in progress as one instance has."""
    at_once = max(1, min(on.concurrency, math.ceil(on.in_flight / on.instances)))
    least, each = draft.number("benchmark-requests-least"), draft.number("benchmark-rounds")
    count = max(least, each * at_once)
    because = f"{number(on.in_flight)} in progress / {on.instances} instances."
    draft.set("concurrency", at_once, because)
    why = f"The larger of {least} and {each} x {at_once}."
    draft.set("request_count", count, why, constant="benchmark-rounds")
    wanted = {
        "prompt_input_tokens_mean": told.given,
        "output_tokens_mean": told.written,
        "concurrency": at_once,
        "request_count": count,
        "streaming": True,
    }
    return json.dumps({"benchmark": {"type": "aiperf"}, "parameters": wanted})
