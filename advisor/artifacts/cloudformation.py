"""A CloudFormation template: the plan's resources, with a parameter for each value of the user."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

from advisor.artifacts import Files, in_production, region_option, requests_of
from advisor.artifacts import variables as blanks
from advisor.artifacts.linter_suppressions import metadata, skips
from advisor.artifacts.yaml_text import Tagged, document
from advisor.configuration.rulefiles import of_dialects, read_json_rules
from advisor.model.advice import Advice, Request
from advisor.model.errors import InputError
from advisor.options.names import digest

_MADE = read_json_rules("service", "artifacts.json")["cloudformation"]
_RESOURCES, _NAMES, _OUTPUTS = _MADE["resources"], _MADE["names"], _MADE["outputs"]
# CloudFormation replaces these when they change, and needs another name for the new one beside the
# old: it makes one up.
_UNNAMED = ("CreateModel", "CreateEndpointConfig")
_COMPONENT = "inference-component/"
_MOST_RESOURCES = 500
_WARM = "      ScalableDimension: sagemaker:variant:DesiredProvisionedConcurrency\n"
_ACCEPTED = (
    "      # AWS's guide names only the CLI and the SDKs for this dimension: watch the first run.\n"
    "      # sm-advise: accept scaling-provisioned-in-template: the API takes it\n"
)
_NO_QUOTES = '[^"\\\\]+'  # so that a value can stand in the JSON of a scheduled call


Bodies: TypeAlias = Sequence[tuple[Request, dict[str, Any]]]
"""Requests with their parameters, in which variables stand for placeholders."""


class TemplateFile(NamedTuple):
    """The names in the template so far, for references."""

    names: dict[tuple[str, str], str]  # field and value -> logical id
    latest: dict[str, str]  # operation, or what an Answered names -> logical id
    resources: dict[str, Any]
    outputs: dict[str, Any]
    release: str  # ends the logical ids of models, so that a new version replaces them
    scaled: bool  # whether an update must keep the count that scaling has set
    keeps: bool  # whether the endpoint outlives its stack: it is in production


def files(advice: Advice) -> Files:
    """``template.yaml``; nothing when no option fits.

    Raises:
        InputError: a value holds what CloudFormation would replace, which nothing can escape, or
            there are more resources than a template may have.
    """
    requests = requests_of(advice)
    if not requests:
        return []
    return [("template.yaml", template(_bodies(requests), advice))]


def template(bodies: Bodies, advice: Advice, description: str = "") -> str:
    """The template that makes some requests.

    Raises:
        InputError: as ``files`` says.
    """
    version = advice.workload.text("deploy.version")
    scaled = blanks.scales_variants(request for request, _ in bodies)
    made = TemplateFile(
        names={},
        latest={},
        resources={},
        outputs={},
        release="" if version is None else digest(version),
        scaled=scaled,
        keeps=in_production(advice),
    )
    for request, body in bodies:
        _refuse_references(body, advice)
        _add(request, body, made, metadata(skips(request, tuple(each for each, _ in bodies))))
    if len(made.resources) > _MOST_RESOURCES:
        raise InputError(
            f"the template would have {len(made.resources)} resources, and CloudFormation takes "
            f"{_MOST_RESOURCES}",
            file=advice.workload.file,
            hint="Choose another --artifact, or list fewer models in one workload.",
        )
    found: dict[str, Any] = {"AWSTemplateFormatVersion": "2010-09-09"}
    if description:
        found["Description"] = description
    parameters = _parameters(bodies)
    if parameters:
        found["Parameters"] = {pascal(each): _parameter(each) for each in parameters}
    found["Resources"] = made.resources
    found["Outputs"] = made.outputs
    return document(found).replace(_WARM, _ACCEPTED + _WARM, 1)  # at its target alone


def command(advice: Advice, folder: str) -> str:
    """How the template is deployed."""
    parameters = _parameters(_bodies(requests_of(advice)))
    name = advice.workload.name
    stack = name if name[0].isalpha() else f"stack-{name}"  # which begins with a letter
    given = "".join(f" {pascal(each)}=…" for each in parameters)
    return (
        f"aws cloudformation deploy{region_option(advice)} --stack-name {stack} --template-file "
        + shlex.quote(f"{folder}/template.yaml")
        + (f" --parameter-overrides{given}" if given else "")
    )


def _bodies(requests: tuple[Request, ...]) -> Bodies:
    return [(request, blanks.filled(request)) for request in requests]


def _parameters(bodies: Bodies) -> list[blanks.Variable]:
    """The parameters, each once."""
    found = (each for request, body in bodies for each in blanks.asked(request.operation, body))
    return list(dict.fromkeys(found))


def _parameter(variable: blanks.Variable) -> dict[str, str]:
    if variable.is_list:
        return {"Type": _MADE["lists"][variable.name], "Description": variable.asks}
    return {"Type": "String", "Description": variable.asks, "AllowedPattern": _NO_QUOTES}


def _add(request: Request, body: dict[str, Any], made: TemplateFile, told: dict[str, Any]) -> None:
    operation = request.operation
    if operation == "PutScheduledAction":  # a property of its target
        own = {key: value for key, value in body.items() if key not in of_dialects("of_the_target")}
        target = made.resources[made.latest["RegisterScalableTarget"]]["Properties"]
        target.setdefault("ScheduledActions", []).append(own)
        return
    stem, kind = _RESOURCES[operation]
    if operation == "CreateModel":
        stem += made.release
    elif operation in ("PutMetricAlarm", "CreateTopic"):
        stem += _suffix(request)
    ids = (stem if n == 1 else f"{stem}{n}" for n in range(1, len(made.resources) + 2))
    logical = next(each for each in ids if each not in made.resources)
    after = made.latest.get(_before(operation, body))
    resource: dict[str, Any] = {"Type": kind}
    if told:
        resource["Metadata"] = told
    if after is not None:
        resource["DependsOn"] = after
    resource |= _kept(operation, made)
    resource["Properties"] = _properties(body, operation, made)
    made.resources[logical] = resource
    made.latest[operation] = logical
    if operation in _NAMES:
        made.names[_NAMES[operation], body[_NAMES[operation]]] = logical
    if body.get("PolicyType") == "StepScaling":
        made.latest["policy"] = logical
    if operation == "CreateTopic":
        made.latest[blanks.topic_of(request)] = logical
    if operation in _OUTPUTS:
        name, description = _OUTPUTS[operation]
        is_job = operation == "CreateTransformJob"
        value = Tagged("Ref", logical) if is_job else Tagged("GetAtt", f"{logical}.{name}")
        output = name + logical.removeprefix(stem)
        made.outputs[output] = {"Description": description, "Value": value}


def _kept(operation: str, made: TemplateFile) -> dict[str, str]:
    """What keeps an endpoint in production when its stack is deleted, or would replace it."""
    if operation != "CreateEndpoint" or not made.keeps:
        return {}
    return {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}


def _suffix(request: Request) -> str:
    """``RollbackErrors`` of an alarm, ``Success`` of a topic: what follows the endpoint's name."""
    if request.operation == "CreateTopic":
        return blanks.topic_of(request).removesuffix("_topic").capitalize()
    words = blanks.alarm_of(request).split("-")
    return "".join(word[0].upper() + word[1:] for word in words if word.isalnum())


def _properties(body: dict[str, Any], operation: str, made: TemplateFile) -> dict[str, Any]:
    """The properties of one resource."""
    if operation == "CreateTransformJob":
        return _schedule(body, made.names["ModelName", body["ModelName"]])
    if operation == "CreateTopic":
        named = {"TopicName": body["Name"], **body.get("Attributes", {})}
        tags = {key: body[key] for key in ("Tags",) if key in body}
        return dict(_property({**named, **tags}, "", operation, made))
    if operation in _UNNAMED:
        body = {key: value for key, value in body.items() if key != _NAMES[operation]}
    if operation == "CreateInferenceComponent" and "Tags" in body:
        # Only this resource refuses a tag without a value.
        body = {**body, "Tags": [each for each in body["Tags"] if each["Value"]]}
    if operation == "CreateEndpoint" and made.scaled:
        excluded = [{"VariantPropertyType": each} for each in blanks.NOT_RETAINED]
        body = {
            **body,
            "RetainAllVariantProperties": True,
            "ExcludeRetainedVariantProperties": excluded,
        }
    return dict(_property(body, "", operation, made))


def _before(operation: str, body: dict[str, Any]) -> str:
    """The operation whose latest resource stands before this one, where no reference says so."""
    if operation == "RegisterScalableTarget" and body["ResourceId"].startswith(_COMPONENT):
        return "CreateInferenceComponent"
    return "RegisterScalableTarget" if operation == "PutScalingPolicy" else ""


def _property(value: Any, field: str, operation: str, made: TemplateFile) -> Any:
    """A value of a request as a property; names of other resources become references."""
    if isinstance(value, blanks.Text):
        return _text(value, made)
    if isinstance(value, dict):
        # The value of a dimension stands for what the dimension is called.
        is_dimension = value.keys() == {"Name", "Value"}
        return {
            key: _property(inner, value["Name"] if is_dimension else key, operation, made)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_property(inner, field, operation, made) for inner in value]
    if field == "ResourceId":
        return _resource_id(value, made)
    if isinstance(value, str) and _NAMES.get(operation) != field:
        logical = made.names.get((field, value))
        if logical is not None and field == "AlarmName":
            return Tagged("Ref", logical)
        if logical is not None:
            return Tagged("GetAtt", f"{logical}.{field}")
    return value


def _resource_id(value: str, made: TemplateFile) -> str | Tagged:
    """``endpoint/NAME/variant/VARIANT`` with a reference for the name."""
    if value.startswith(_COMPONENT):
        return value
    kind, name, rest = value.split("/", 2)
    return Tagged("Sub", f"{kind}/${{{made.names['EndpointName', name]}.EndpointName}}/{rest}")


def _text(text: blanks.Text, made: TemplateFile) -> Tagged:
    if len(text.parts) == 1:
        (part,) = text.parts
        if isinstance(part, blanks.Answered):
            return Tagged("Ref", made.latest[part.name])
        if isinstance(part, blanks.Variable):
            return Tagged("Ref", pascal(part))
    return Tagged("Sub", "".join(map(_in_sub, text.parts)))


def _refuse_references(body: dict[str, Any], advice: Advice) -> None:
    """CloudFormation replaces ``{{resolve:…}}`` in every text, and has no escape for it."""
    for value in blanks.leaves(body):
        if isinstance(value, str) and "{{resolve:" in value:
            raise InputError(
                f"CloudFormation would replace part of {value!r} by a parameter or a secret",
                file=advice.workload.file,
                hint="Write the value without {{resolve:, or choose another --artifact.",
            )


def pascal(variable: blanks.Variable) -> str:
    """``image_uri`` to ``ImageUri``, as parameters are called."""
    return "".join(word.capitalize() for word in variable.name.split("_"))


def _in_sub(part: str | blanks.Variable | blanks.Answered) -> str:
    """A part of a text as ``Fn::Sub`` writes it."""
    if isinstance(part, str):
        return part.replace("${", "${!")
    return f"${{{pascal(part) if isinstance(part, blanks.Variable) else part.name}}}"


def _schedule(body: dict[str, Any], model: str) -> dict[str, Any]:
    """CloudFormation has no transform job: a schedule calls CreateTransformJob.

    ``model`` is the logical id of its model, whose name CloudFormation makes up.
    """
    request = {
        **blanks.job_input(body),
        "ModelName": blanks.Text((blanks.Answered(f"{model}.ModelName"),)),
    }
    return {
        "Name": blanks.schedule_name(body),
        "Description": "Starts the transform job",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "ScheduleExpression": Tagged("Ref", pascal(blanks.EXPRESSION)),
        "Target": {
            "Arn": Tagged("Sub", f"arn:${{AWS::Partition}}:{blanks.CALL}"),
            "RoleArn": Tagged("Ref", pascal(blanks.ROLE)),
            "Input": Tagged("Sub", "".join(map(_in_sub, blanks.json_pieces(request)))),
        },
    }
