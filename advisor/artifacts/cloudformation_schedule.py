"""What CloudFormation has no resource for: a transform job, started by a schedule."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from advisor.artifacts.scheduled import CALL, EXPRESSION, ROLE, job_input, schedule_name
from advisor.artifacts.variables import Answered, Text, Variable
from advisor.artifacts.yaml_text import Tagged


class _Name(NamedTuple):
    """The name that CloudFormation gives a model."""

    logical: str


def pascal(variable: Variable) -> str:
    """``image_uri`` to ``ImageUri``, as parameters are called."""
    return "".join(word.capitalize() for word in variable.name.split("_"))


def in_sub(part: str | Variable | Answered) -> str:
    """A part of a text as ``Fn::Sub`` writes it."""
    if isinstance(part, str):
        return part.replace("${", "${!")
    return f"${{{pascal(part)}}}" if isinstance(part, Variable) else ""


def schedule(body: dict[str, Any], model: str) -> dict[str, Any]:
    """CloudFormation has no transform job: a schedule calls CreateTransformJob.

    Args:
        body: the request of the job.
        model: logical id of its model, whose name CloudFormation makes up.
    """
    return {
        "Name": schedule_name(body),
        "Description": "Starts the transform job",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "ScheduleExpression": Tagged("Ref", pascal(EXPRESSION)),
        "Target": {
            "Arn": Tagged("Sub", f"arn:${{AWS::Partition}}:{CALL}"),
            "RoleArn": Tagged("Ref", pascal(ROLE)),
            "Input": Tagged("Sub", _json({**job_input(body), "ModelName": _Name(model)})),
        },
    }


def _json(value: Any) -> str:
    """JSON with the variables as ``Fn::Sub`` writes them."""
    if isinstance(value, _Name):
        return f'"${{{value.logical}.ModelName}}"'
    if isinstance(value, Text):
        pieces = (
            json.dumps(part, ensure_ascii=False)[1:-1] if isinstance(part, str) else part
            for part in value.parts
        )
        return f'"{"".join(map(in_sub, pieces))}"'
    if isinstance(value, dict):
        members = (f"{_json(key)}: {_json(inner)}" for key, inner in value.items())
        return "{" + ", ".join(members) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_json, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("${", "${!")
