"""A Python script of boto3 calls: it creates what is missing, updates the endpoint and waits."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Any

from advisor.artifacts import Files, requests_of
from advisor.artifacts import variables as blanks
from advisor.configuration.rulefiles import read_parts
from advisor.configuration.terraform.names import snake
from advisor.model.advice import Advice, Request

_PARTS = read_parts("service", "deploy.py.txt")


def files(advice: Advice) -> Files:
    """``deploy.py``; nothing when no option fits."""
    requests = requests_of(advice)
    if not requests:
        return []
    bodies, names = blanks.scripted(requests)
    operations = {request.operation for request in requests}
    waits = "CreateEndpoint" in operations
    parts = [_PARTS["head"].replace("{imports}", "import time\n" if waits else "")]
    parts.append("".join(_inputs(blanks.variables(bodies))))
    place = "" if advice.region is None else f"region_name={_text(advice.region)}"
    parts.append(f"session = boto3.Session({place})\n")
    services = dict.fromkeys(request.service for request in requests)
    parts += [f"{_client(each)} = session.client({_text(each)})\n" for each in services]
    if waits:
        parts.append(_PARTS["serving"])
    if operations & {"CreateInferenceComponent", "CreateTransformJob"}:
        parts.append(_PARTS["holds"])
    if "CreateInferenceComponent" in operations:
        parts.append(_PARTS["ready"])
    scaled = blanks.scales_variants(requests)
    for request, body, made in zip(requests, bodies, names, strict=True):
        step = _step(request, body, scaled) if made is None else _immutable(request, body, made)
        parts.append(f"\n{step}")
    parts += [_PARTS["left"], *_left(names)]
    return [("deploy.py", "".join(parts))]


def command(advice: Advice, folder: str) -> str:
    """How the script is run."""
    return f"{blanks.environment(requests_of(advice))}python {shlex.quote(f'{folder}/deploy.py')}"


def _inputs(wanted: list[blanks.Variable]) -> Iterator[str]:
    if wanted:
        yield blanks.ASKED
    for each in wanted:
        split = '.split(",")' if each.is_list else ""
        name = each.name.upper()
        yield f"{name} = given(\n    {_text(name)},\n    {_text(each.asks)},\n){split}\n"
    if wanted:
        yield "\n"


def _client(service: str) -> str:
    """``autoscaling`` for ``application-autoscaling``; the others as they are."""
    return service.rpartition("-")[2]


def _step(request: Request, body: dict[str, Any], scaled: bool) -> str:
    operation = request.operation
    client, method = _client(request.service), snake(operation)
    if operation == "CreateEndpoint":
        made = _PARTS["endpoint"].format(more=_update(body, scaled))
        return f"ENDPOINT = {_literal(body)}\n{made}"
    if operation == "CreateTransformJob":
        name = body["TransformJobName"]
        head = (
            "# Every run needs its own name: pass another one as the first argument.\n"
            f"TRANSFORM_JOB_NAME = sys.argv[1] if len(sys.argv) > 1 else {_text(name)}\n"
        )
        return f"{head}JOB = {_literal(blanks.described(body))}\n" + _PARTS["job"].format(
            tags="" if "Tags" not in body else f", Tags={_literal(body['Tags'])}",
            other=_text(f" {blanks.OTHER_JOB}"),
        )
    if operation == "CreateInferenceComponent":
        return f"COMPONENT = {_literal(body)}\n{_PARTS['component']}"
    call = f"{client}.{method}(\n{_arguments(body, '    ')})"
    if request.parameters.get("PolicyType") == "StepScaling":
        return f'POLICY_ARN = {call}["PolicyARN"]\n'
    if operation == "CreateTopic":
        return f'{blanks.topic_of(request).upper()}_ARN = {call}["TopicArn"]\n'
    return f"{call}\n"


def _immutable(request: Request, body: dict[str, Any], made: blanks.Made) -> str:
    """A model or a configuration is made where none has the name that its request gives."""
    held, method = made.name.upper(), snake(request.operation)
    name = f"{held}_NAME"
    describe = method.replace("create", "describe")
    return (
        f"{held} = {_literal(body)}\n{name} = named({_text(made.stem)}, {held})\n"
        f"{held}[{_text(made.field)}] = {name}\n"
        f"if found(sagemaker.{describe}, {made.field}={name}) is None:\n"
        f"    sagemaker.{method}(**{held})\n"
    )


def _left(names: list[blanks.Made | None]) -> Iterator[str]:
    """What tells of the older ones."""
    for kind, field, stem, kept in blanks.left_over(names):
        yield f'left("{kind}", "{field}", {_text(stem)}, {{{", ".join(kept)}}})\n'


def _update(body: dict[str, Any], scaled: bool) -> str:
    """What UpdateEndpoint takes beside the names."""
    indent = "        "
    more = ""
    if scaled:
        excluded = [{"VariantPropertyType": each} for each in blanks.NOT_RETAINED]
        more += f"{indent}RetainAllVariantProperties=True,\n"
        more += f"{indent}ExcludeRetainedVariantProperties={_literal(excluded, indent)},\n"
    if "DeploymentConfig" in body:
        more += f'{indent}DeploymentConfig=ENDPOINT["DeploymentConfig"],\n'
    return more


def _arguments(body: dict[str, Any], indent: str) -> str:
    """The fields of a request, whose names are all identifiers, as keyword arguments."""
    return "".join(f"{indent}{key}={_literal(value, indent)},\n" for key, value in body.items())


def _literal(value: Any, indent: str = "") -> str:
    """A value as Python writes it, one member on a line."""
    inner = indent + "    "
    if isinstance(value, blanks.Text):
        return " + ".join(_text(p) if isinstance(p, str) else _name(p) for p in value.parts)
    if isinstance(value, dict) and value:
        members = (f"{inner}{_text(k)}: {_literal(v, inner)},\n" for k, v in value.items())
        return "{\n" + "".join(members) + indent + "}"
    if isinstance(value, list) and value:
        return "[\n" + "".join(f"{inner}{_literal(v, inner)},\n" for v in value) + indent + "]"
    return _text(value) if isinstance(value, str) else repr(value)


def _name(part: blanks.Variable | blanks.Answered) -> str:
    name = f"{part.name}_{part.what}" if isinstance(part, blanks.Answered) else part.name
    return name.upper()


def _text(text: str) -> str:
    """JSON's escapes of quotes, backslashes and control characters are Python's too."""
    return json.dumps(text, ensure_ascii=False)
