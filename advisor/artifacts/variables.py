"""The placeholders of a plan's requests as named variables for the user."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from advisor.configuration.rulefiles import read_json_rules
from advisor.model.advice import Invoke, Request
from advisor.options.names import unversioned

ASKED = """\
# Values that only you know; separate lists by commas. Another value makes another model or
# configuration beside the old one, and the endpoint is updated to it.
"""
"""What a script says above the variables that its user sets."""
OTHER_JOB = "ran with other values: pass another name as the first argument"
"""What a script says of a run whose name stands for something else."""
NOT_RETAINED = ("DesiredWeight", "DataCaptureConfig")
"""What UpdateEndpoint takes from the new configuration when it keeps the count of instances."""


MADE_ONCE: Mapping[str, str] = read_json_rules("service", "artifacts.json")["made_once"]
"""Operation whose resource a script makes where it is missing -> the field that names it."""
IMMUTABLE = {"EndpointConfigName": "endpoint_config", "ModelName": "model"}
"""Field that names what cannot be changed -> what a script calls it; what refers comes first."""
DELETED: Mapping[str, str] = read_json_rules("service", "artifacts.json")["deleted"]
"""Operation -> the call of the aws CLI that takes away what it made."""


def scales_variants(requests: Iterable[Request]) -> bool:
    """Whether the count of a variant's instances follows the load, so that an update keeps it.

    Copies of inference components and provisioned concurrency are no property that it could keep.
    """
    return any(
        request.operation == "RegisterScalableTarget"
        and request.parameters["ScalableDimension"] == "sagemaker:variant:DesiredInstanceCount"
        for request in requests
    )


class Variable(NamedTuple):
    """A value that only the user knows."""

    name: str  # snake_case
    asks: str
    is_list: bool = False


class Answered(NamedTuple):
    """What an earlier request of the plan answers, or how its script names what it makes."""

    name: str  # policy, of PutScalingPolicy; success_topic and others, of CreateTopic; model_2
    what: str = "arn"  # | name


class Made(NamedTuple):
    """A model or a configuration, which a script names after its whole request."""

    name: str  # model, endpoint_config_2
    field: str  # that holds its name
    stem: str  # the name without its digest


class Text(NamedTuple):
    """A text that is known in part; a list variable stands alone in it."""

    parts: tuple[str | Variable | Answered, ...]


Filled: TypeAlias = "dict[str, Any]"
"""Parameters of a request with a ``Text`` where a placeholder stood."""


class PlaceholderField(NamedTuple):
    """The fields with a placeholder, its text, and its variable."""

    fields: frozenset[str]
    pattern: str  # of the whole value; groups: rest of an S3 address, number of a model, a name
    variable: Variable | Answered


# The dimension of an alarm that says what it watches; its value begins the alarm's name.
_WATCHED = ("EndpointName", "InferenceComponentName")
JOB = Variable("transform_job_name", "Name of this run")


@cache
def _places() -> tuple[PlaceholderField, ...]:
    """The placeholders of rules/service/placeholders.json, in its order."""
    found = []
    for entry in read_json_rules("service", "placeholders.json")["places"]:
        variable: Variable | Answered = Answered(entry["name"])
        if "asks" in entry:
            variable = Variable(entry["name"], entry["asks"], entry.get("is_list", False))
        found.append(PlaceholderField(frozenset(entry["fields"]), entry["pattern"], variable))
    return tuple(found)


def is_kms_key(part: object) -> bool:
    """Whether a part of a text is the variable of the KMS key."""
    return isinstance(part, Variable) and part.name == "kms_key_id"


def filled(request: Request | Invoke) -> Filled:
    """The parameters of a request with each placeholder turned into a ``Text``."""
    return dict(_filled(request.parameters, ""))


def scripted(requests: Iterable[Request]) -> tuple[list[Filled], list[Made | None]]:
    """The bodies as a script sends them, and for each body the name that it makes from it.

    What is immutable keeps the plan's name in its own body, which the digest covers; others refer
    to the name that comes of it. So another variable, or an edit of the script, makes another one.
    """
    found: dict[tuple[str, str], Text] = {}
    bodies, made = [], []
    for request in requests:
        bodies.append(_referring(filled(request), "", found))
        field = MADE_ONCE.get(request.operation, "")
        name: Made | None = None
        if field in IMMUTABLE:
            plain = request.parameters[field]
            number = sum(each == field for each, _ in found) + 1
            word = IMMUTABLE[field]
            name = Made(word if number == 1 else f"{word}_{number}", field, unversioned(plain))
            found[field, plain] = Text((Answered(name.name, "name"),))
        made.append(name)
    return bodies, made


def left_over(names: Iterable[Made | None]) -> Iterator[tuple[str, str, str, list[str]]]:
    """Of what an earlier run may have left: kind, field, stem, and the variables of what stays.

    A configuration comes first, since it names models.
    """
    for field, kind in IMMUTABLE.items():
        own = [each for each in names if each is not None and each.field == field]
        kept = [f"{each.name.upper()}_NAME" for each in own]
        for stem in dict.fromkeys(each.stem for each in own):
            yield kind, field, stem, kept


def _referring(value: Any, field: str, found: Mapping[tuple[str, str], Text]) -> Any:
    """A value with the names of ``found`` in place of the plan's."""
    if isinstance(value, dict):
        is_dimension = value.keys() == {"Name", "Value"}
        return {
            key: _referring(inner, value["Name"] if is_dimension else key, found)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_referring(inner, field, found) for inner in value]
    return found.get((field, value), value) if isinstance(value, str) else value


def variables(value: Any) -> list[Variable]:
    """The variables anywhere in a value, each once, in the order of their first use."""
    parts = (part for leaf in leaves(value) if isinstance(leaf, Text) for part in leaf.parts)
    return list(dict.fromkeys(part for part in parts if isinstance(part, Variable)))


def environment(requests: Iterable[Request]) -> str:
    """The assignments of variables before a script's name: ``BUCKET=… ``."""
    wanted = variables([filled(request) for request in requests])
    return "".join(f"{each.name.upper()}=… " for each in wanted)


def _filled(value: Any, field: str) -> Any:
    if isinstance(value, dict):
        return {key: _filled(inner, key) for key, inner in value.items()}
    if isinstance(value, str):
        return _text(value, field)
    if isinstance(value, list):
        if value and all(isinstance(inner, str) for inner in value):
            whole = _text(",".join(value), field)
            if isinstance(whole, Text) and getattr(whole.parts[0], "is_list", False):
                return whole
        return [_filled(inner, field) for inner in value]
    return value


def _text(value: str, field: str) -> str | Text:
    for place in _places():
        found = re.fullmatch(place.pattern, value) if field in place.fields else None
        if found is None:
            continue
        parts = found.groupdict()
        if isinstance(place.variable, Variable) and "{}" in place.variable.name:
            return Text((_named(place.variable, found[1]),))
        if parts.get("rest"):
            return Text(("s3://", place.variable, parts["rest"]))
        return Text((_numbered(place.variable, parts.get("model")),))
    return value


def _numbered(variable: Variable | Answered, model: str | None) -> Variable | Answered:
    """The variable of one model among several."""
    if model is None or isinstance(variable, Answered):
        return variable
    asks = f"{variable.asks}; of model {model}"
    return variable._replace(name=f"{variable.name}_{model}", asks=asks)


def _named(variable: Variable, name: str) -> Variable:
    """The variable of one variant."""
    word = name.lower().replace("-", "_")
    return Variable(variable.name.format(word), variable.asks.format(name))


def topic_of(request: Request) -> str:
    """What a CreateTopic request is for, as ``Answered`` names it."""
    kind: str = request.parameters["Name"].rpartition("-")[2]
    return f"{kind}_topic"


def alarm_of(request: Request) -> str:
    """What a PutMetricAlarm request is for: its name without that of what it watches."""
    body = request.parameters
    watched = next(each["Value"] for each in body["Dimensions"] if each["Name"] in _WATCHED)
    return str(body["AlarmName"]).removeprefix(f"{watched}-")


def leaves(value: Any) -> Iterator[Any]:
    """Every key within a value, and everything in it that is neither a mapping nor a list."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    else:
        yield value


CALL = "scheduler:::aws-sdk:sagemaker:createTransformJob"
EXPRESSION = Variable(
    "schedule_expression",
    "Schedule of the jobs in the form of EventBridge Scheduler, such as rate(1 day)",
)
ROLE = Variable(
    "scheduler_role_arn",
    "ARN of the IAM role that EventBridge Scheduler assumes to create and tag the job",
)
_ID = "<aws.scheduler.execution-id>"  # the Scheduler puts 16 characters in its place
_LONGEST = 63


def asked(operation: str, body: dict[str, Any]) -> list[Variable]:
    """The variables of a request; of a job also those of the schedule that starts it."""
    found = variables(body)
    return [*found, EXPRESSION, ROLE] if operation == "CreateTransformJob" else found


def described(job: dict[str, Any]) -> dict[str, Any]:
    """What DescribeTransformJob answers of a job's request, beside its name."""
    return {key: job[key] for key in job if key not in ("TransformJobName", "Tags")}


def schedule_name(job: dict[str, Any]) -> str:
    """The name of the schedule: the job's, without the number of its run."""
    name: str = job["TransformJobName"]
    return name.removesuffix("-run-1")


def job_input(job: dict[str, Any]) -> dict[str, Any]:
    """The request of each run; its name ends in the id of the run, since no two may be equal."""
    stem = schedule_name(job)[: _LONGEST - 17].rstrip("-")
    return {**job, "TransformJobName": f"{stem}-{_ID}"}


def json_pieces(value: Any, newline: str = "") -> Iterator[str | Variable | Answered]:
    """A JSON document with its variables: on one line, or indented where there is a ``newline``."""
    inner = newline and f"{newline}  "
    between = f",{inner or ' '}"
    if isinstance(value, Text):
        is_list = any(isinstance(part, Variable) and part.is_list for part in value.parts)
        yield '["' if is_list else '"'
        for part in value.parts:
            yield json.dumps(part, ensure_ascii=False)[1:-1] if isinstance(part, str) else part
        yield '"]' if is_list else '"'
    elif isinstance(value, dict) and value:
        for number, (key, member) in enumerate(value.items()):
            yield between if number else "{" + inner
            yield json.dumps(key, ensure_ascii=False) + ": "
            yield from json_pieces(member, inner)
        yield newline + "}"
    elif isinstance(value, list) and value:
        for number, member in enumerate(value):
            yield between if number else "[" + inner
            yield from json_pieces(member, inner)
        yield newline + "]"
    else:
        yield json.dumps(value, ensure_ascii=False)
