"""A Python script of boto3 calls: it creates what is missing, updates the endpoint and waits."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Any

from advisor.artifacts import Files, requests_of
from advisor.artifacts.variables import (
    ASKED,
    JOB,
    LEFT,
    MADE_ONCE,
    NOT_RETAINED,
    Answered,
    Text,
    Variable,
    environment,
    filled,
    scales_variants,
    topic_of,
    variables,
)
from advisor.configuration.terraform.names import snake
from advisor.model.advice import Advice, Request

_HEAD = '''\
"""Deploys one plan with boto3.

It is safe to run again. It keeps existing resources, updates an endpoint that has another
configuration, and overwrites scaling and alarms.
"""

import os
import sys
{imports}
import boto3
from botocore.exceptions import ClientError


def given(name, asks):
    """The value of an environment variable; ends the script when it is not set."""
    return os.environ.get(name) or sys.exit(f"Set {name}: {asks}")


def found(describe, **name):
    """The answer of a describe call; None if the resource does not exist."""
    try:
        return describe(**name)
    except ClientError as error:
        if "Could not find" in error.response["Error"]["Message"]:
            return None
        raise


'''
_CLIENTS = {
    "sagemaker": "sagemaker",
    "application-autoscaling": "autoscaling",
    "cloudwatch": "cloudwatch",
    "sns": "sns",
}
_ENDPOINT = """\
if found(sagemaker.describe_endpoint, EndpointName=ENDPOINT["EndpointName"]) is None:
    sagemaker.create_endpoint(**ENDPOINT)
# An earlier run may have been interrupted before the endpoint was in service.
elif in_service(ENDPOINT["EndpointName"]) != ENDPOINT["EndpointConfigName"]:
    sagemaker.update_endpoint(
        EndpointName=ENDPOINT["EndpointName"],
        EndpointConfigName=ENDPOINT["EndpointConfigName"],
{more}    )
in_service(ENDPOINT["EndpointName"], ENDPOINT["EndpointConfigName"])
"""
_SERVING = '''

def in_service(name, wanted=None):
    """Waits until an endpoint is in service; returns its configuration.

    A rollout may take hours, longer than boto3's waiter waits. The script ends when the endpoint
    fails, or serves another configuration than wanted because an update was rolled back.
    """
    while True:
        endpoint = sagemaker.describe_endpoint(EndpointName=name)
        status, config = endpoint["EndpointStatus"], endpoint["EndpointConfigName"]
        if status == "InService" and wanted in (None, config):
            return config
        if status not in ("Creating", "Updating", "SystemUpdating", "RollingBack"):
            reason = endpoint.get("FailureReason", "AWS gives no reason")
            sys.exit(f"{name}: {status} with the configuration {config}: {reason}")
        time.sleep(30)

'''
# boto3 has no waiter for components: look every half minute, for an hour at most.
_READY = '''

def component_in_service(name):
    """Waits until a component is in service; ends the script when it fails."""
    for _ in range(120):
        component = sagemaker.describe_inference_component(InferenceComponentName=name)
        if component["InferenceComponentStatus"] == "InService":
            return
        if component["InferenceComponentStatus"] == "Failed":
            sys.exit(f"{name}: {component.get('FailureReason', 'failed')}")
        time.sleep(30)
    sys.exit(f"{name}: not in service after an hour")

'''
_COMPONENT = """\
standing = found(
    sagemaker.describe_inference_component,
    InferenceComponentName=COMPONENT["InferenceComponentName"],
)
if standing is None:
    sagemaker.create_inference_component(**COMPONENT)
elif standing["Specification"].get("ModelName") != COMPONENT["Specification"]["ModelName"]:
    sagemaker.update_inference_component(
        InferenceComponentName=COMPONENT["InferenceComponentName"],
        Specification=COMPONENT["Specification"],
    )
component_in_service(COMPONENT["InferenceComponentName"])
"""
_WAIT_FOR_JOB = """\
sagemaker.get_waiter("transform_job_completed_or_stopped").wait(TransformJobName=TRANSFORM_JOB_NAME)
"""


def files(advice: Advice) -> Files:
    """``deploy.py``; nothing when no option fits."""
    requests = requests_of(advice)
    if not requests:
        return []
    bodies = [filled(request) for request in requests]
    operations = {request.operation for request in requests}
    waits = "CreateEndpoint" in operations
    parts = [_HEAD.replace("{imports}", "import time\n" if waits else "")]
    parts.append("".join(_inputs(variables(bodies))))
    parts.append("".join(_clients(requests, advice.region)))
    if waits:
        parts.append(_SERVING)
    if "CreateInferenceComponent" in operations:
        parts.append(_READY)
    scaled = scales_variants(requests)
    for request, body in zip(requests, bodies, strict=True):
        parts.append("\n" + _step(request, body, scaled))
    return [("deploy.py", "".join(parts))]


def command(advice: Advice, folder: str) -> str:
    """How the script is run."""
    return f"{environment(requests_of(advice))}python {shlex.quote(f'{folder}/deploy.py')}"


def _inputs(wanted: list[Variable]) -> Iterator[str]:
    if wanted:
        yield ASKED
    for each in wanted:
        split = '.split(",")' if each.is_list else ""
        name = each.name.upper()
        yield f"{name} = given(\n    {_text(name)},\n    {_text(each.asks)},\n){split}\n"
    if wanted:
        yield "\n"


def _clients(requests: tuple[Request, ...], region: str | None) -> Iterator[str]:
    yield f"session = boto3.Session({'' if region is None else f'region_name={_text(region)}'})\n"
    for service in dict.fromkeys(request.service for request in requests):
        yield f"{_CLIENTS[service]} = session.client({_text(service)})\n"


def _step(request: Request, body: dict[str, Any], scaled: bool) -> str:
    operation = request.operation
    client, method = _CLIENTS[request.service], snake(operation)
    if operation == "CreateEndpoint":
        return f"ENDPOINT = {_literal(body)}\n{_ENDPOINT.format(more=_update(body, scaled))}"
    if operation == "CreateTransformJob":
        name = body["TransformJobName"]
        head = (
            "# Every run needs its own name: pass another one as the first argument.\n"
            f"TRANSFORM_JOB_NAME = sys.argv[1] if len(sys.argv) > 1 else {_text(name)}\n"
        )
        job = {**body, "TransformJobName": Text((JOB,))}
        return head + _made(client, method, operation, job) + _WAIT_FOR_JOB
    if operation in MADE_ONCE:
        return _made(client, method, operation, body)
    if operation == "CreateInferenceComponent":
        return f"COMPONENT = {_literal(body)}\n{_COMPONENT}"
    call = f"{client}.{method}(\n{_arguments(body, '    ')})"
    if request.parameters.get("PolicyType") == "StepScaling":
        return f'POLICY_ARN = {call}["PolicyARN"]\n'
    if operation == "CreateTopic":
        return f'{topic_of(request).upper()}_ARN = {call}["TopicArn"]\n'
    return f"{call}\n"


def _update(body: dict[str, Any], scaled: bool) -> str:
    """What UpdateEndpoint takes beside the names."""
    indent = "        "
    more = ""
    if scaled:
        excluded = [{"VariantPropertyType": each} for each in NOT_RETAINED]
        more += f"{indent}RetainAllVariantProperties=True,\n"
        more += f"{indent}ExcludeRetainedVariantProperties={_literal(excluded, indent)},\n"
    if "DeploymentConfig" in body:
        more += f'{indent}DeploymentConfig=ENDPOINT["DeploymentConfig"],\n'
    return more


def _made(client: str, method: str, operation: str, body: dict[str, Any]) -> str:
    describe, field = method.replace("create", "describe"), MADE_ONCE[operation]
    look = f"found({client}.{describe}, {field}={_literal(body[field])})"
    call = f"{client}.{method}(\n{_arguments(body, '        ')}    )"
    left = f"{body[field]} {LEFT}" if isinstance(body[field], str) and variables(body) else ""
    other = f"else:\n    print({_text(left)})\n" if left else ""
    return f"if {look} is None:\n    {call}\n{other}"


def _arguments(body: dict[str, Any], indent: str) -> str:
    """The fields of a request, whose names are all identifiers, as keyword arguments."""
    return "".join(f"{indent}{key}={_literal(value, indent)},\n" for key, value in body.items())


def _literal(value: Any, indent: str = "") -> str:
    """A value as Python writes it, one member on a line."""
    inner = indent + "    "
    if isinstance(value, Text):
        return " + ".join(_text(p) if isinstance(p, str) else _name(p) for p in value.parts)
    if isinstance(value, dict) and value:
        members = (f"{inner}{_text(k)}: {_literal(v, inner)},\n" for k, v in value.items())
        return "{\n" + "".join(members) + indent + "}"
    if isinstance(value, list) and value:
        return "[\n" + "".join(f"{inner}{_literal(v, inner)},\n" for v in value) + indent + "]"
    return _text(value) if isinstance(value, str) else repr(value)


def _name(part: Variable | Answered) -> str:
    return f"{part.name.upper()}_ARN" if isinstance(part, Answered) else part.name.upper()


def _text(text: str) -> str:
    """JSON's escapes of quotes, backslashes and control characters are Python's too."""
    return json.dumps(text, ensure_ascii=False)
