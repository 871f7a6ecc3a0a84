"""The part of an endpoint with components that the Terraform provider cannot make: a template.

Version 5.100 has no inference components, and asks for a model in every variant. The template makes
configuration, endpoint and components, and takes the models' names as parameters.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from advisor.artifacts.cloudformation import template
from advisor.artifacts.cloudformation_schedule import pascal
from advisor.artifacts.variables import Text, Variable, filled, variables
from advisor.model.advice import Advice, Request

FILE = "endpoint.template.yaml"
_STACKED = ("CreateEndpointConfig", "CreateEndpoint", "CreateInferenceComponent")
_SAYS = "Endpoint with inference components, which the Terraform AWS provider does not support"


class Stack(NamedTuple):
    """A template, and what its parameters are given."""

    name: str
    text: str
    given: dict[str, Variable | str]  # parameter -> variable of the user, or name of a model
    requests: tuple[Request, ...]  # that the template makes


def stack(advice: Advice, requests: tuple[Request, ...]) -> Stack | None:
    """The template of a plan with components, ``None`` for any other plan.

    Raises:
        InputError: as ``advisor.artifacts.cloudformation.files`` says.
    """
    if not any(request.operation == "CreateInferenceComponent" for request in requests):
        return None
    stacked = tuple(request for request in requests if request.operation in _STACKED)
    models: dict[str, Variable] = {}
    bodies = []
    for request in stacked:
        body = filled(request)
        if request.operation == "CreateInferenceComponent":
            _name_model(body, models)
        bodies.append((request, body))
    given: dict[str, Variable | str] = {}
    for each in variables([body for _, body in bodies]):
        named = [name for name, variable in models.items() if variable == each]
        given[pascal(each)] = named[0] if named else each
    (name,) = (
        str(request.parameters["EndpointName"])
        for request in stacked
        if request.operation == "CreateEndpoint"
    )
    return Stack(name, template(bodies, advice, _SAYS), given, stacked)


def _name_model(body: dict[str, Any], models: dict[str, Variable]) -> None:
    """Put a parameter where the name of a model stands, so that Terraform makes that first."""
    name = body["Specification"]["ModelName"]
    number = len(models) + 1
    variable = models.setdefault(
        name, Variable(f"model_name_{number}", f"Name of model {number}, which Terraform creates")
    )
    body["Specification"]["ModelName"] = Text((variable,))
