"""Terraform files: the plan's resources, with a variable for each value of the user."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from advisor import __version__
from advisor.artifacts import Files, in_production, requests_of
from advisor.artifacts import variables as blanks
from advisor.artifacts.cloudformation import pascal, template
from advisor.artifacts.hcl_text import Block, Call, Raw, Template, document, quoted
from advisor.artifacts.linter_suppressions import comments, skips
from advisor.artifacts.terraform_variables import own_name, tunable, variable
from advisor.configuration.rulefiles import read_json_rules
from advisor.configuration.terraform.names import snake
from advisor.model.advice import Advice, Request
from advisor.model.errors import InputError
from advisor.model.printable import printable
from advisor.options.names import stem

_TERRAFORM = ">= 1.0"
_PROVIDER = ">= 5.100, < 7.0"
_MADE = read_json_rules("service", "artifacts.json")["terraform"]
_RESOURCES, _NAMES, _OUTPUTS = _MADE["resources"], _MADE["names"], _MADE["outputs"]
_ARNS = _MADE["arns"]
_REFERRED = ("name", "alarm_name")  # attributes that stand for a resource elsewhere
_LABELS = {"TargetTrackingScaling": "tracking", "StepScaling": "step"}
# Names cannot be given twice, so what replaces one stands beside it under another: its digest is of
# the request, and of the variables where it has some.
_IMMUTABLE = ("CreateModel", "CreateEndpointConfig")
_COUNT = (
    "The provider cannot keep the count that autoscaling has set: an update starts with",
    "initial_instance_count. Deploy when the load is low, or raise the count first.",
)
_ADOPTED = (
    "The provider replaces an endpoint that stands without these alarms. Give them to it first, by",
    "aws sagemaker update-endpoint with --deployment-config, and then apply: nothing is replaced.",
)
# Version 5.100 has no inference components, and asks for a model in every variant: a template makes
# configuration, endpoint and components, and takes the models' names as parameters.
_STACK = "aws_cloudformation_stack"
FILE = "endpoint.template.yaml"
_STACKED = ("CreateEndpointConfig", "CreateEndpoint", "CreateInferenceComponent")
_SAYS = "Endpoint with inference components, which the Terraform AWS provider does not support"
_PARTITION = Block('data "aws_partition" "current"', {})
_RUN_ID = "aws.scheduler.execution-id"


class TerraformFile(NamedTuple):
    """The names and blocks of the file so far, for references."""

    names: dict[tuple[str, str], str]  # field and value -> address of the resource
    latest: dict[str, str]  # operation, or what an Answered names -> address
    blocks: list[Block]
    outputs: list[Block]
    moving: set[str]  # addresses whose name follows from variables
    stem: str  # that the names of the workload's resources begin with
    single: frozenset[str]  # "operation field" of what the plan states once
    tunables: dict[str, Block]  # variables with the plan's values
    tags: dict[str, str]  # of everything that has them
    kept: bool  # whether the endpoint may not be destroyed


class _Stack(NamedTuple):
    """A template, and what its parameters are given."""

    name: str
    text: str
    given: dict[str, blanks.Variable | str]  # parameter -> variable of the user, or name of a model
    requests: tuple[Request, ...]  # that the template makes


def stack(advice: Advice, requests: tuple[Request, ...]) -> _Stack | None:
    """The template of a plan with components, ``None`` for any other plan.

    Raises:
        InputError: as ``advisor.artifacts.cloudformation.files`` says.
    """
    if not any(request.operation == "CreateInferenceComponent" for request in requests):
        return None
    stacked = tuple(request for request in requests if request.operation in _STACKED)
    models: dict[str, blanks.Variable] = {}
    bodies = []
    for request in stacked:
        body = blanks.filled(request)
        if request.operation == "CreateInferenceComponent":
            _name_model(body, models)
        bodies.append((request, body))
    given: dict[str, blanks.Variable | str] = {}
    for each in blanks.variables([body for _, body in bodies]):
        named = [name for name, variable in models.items() if variable == each]
        given[pascal(each)] = named[0] if named else each
    (name,) = (
        str(request.parameters["EndpointName"])
        for request in stacked
        if request.operation == "CreateEndpoint"
    )
    return _Stack(name, template(bodies, advice, _SAYS), given, stacked)


def _name_model(body: dict[str, Any], models: dict[str, blanks.Variable]) -> None:
    """Put a parameter where the name of a model stands, so that Terraform makes that first."""
    name = body["Specification"]["ModelName"]
    number = len(models) + 1
    variable = models.setdefault(
        name,
        blanks.Variable(f"model_name_{number}", f"Name of model {number}, which Terraform creates"),
    )
    body["Specification"]["ModelName"] = blanks.Text((variable,))


def files(advice: Advice) -> Files:
    """A module: ``main.tf``, ``variables.tf``, ``outputs.tf``, ``versions.tf``, or nothing.

    It holds no provider, so that it can be a root, or be called by one, also several times.

    Raises:
        InputError: the plan holds what the provider does not have.
    """
    requests = requests_of(advice)
    if not requests:
        return []
    _refuse_pools(advice, requests)
    stacked = stack(advice, requests)
    own = [each for each in requests if stacked is None or each not in stacked.requests]
    made = _begun(advice, own)
    wanted: list[blanks.Variable] = []
    for request in own:
        # The provider cannot ask UpdateEndpoint for it, and the other dialects do.
        keeps = request.operation == "CreateEndpoint" and blanks.scales_variants(requests)
        warned: tuple[str, ...] = _COUNT if keeps else ()
        if "AutoRollbackConfiguration" in request.parameters.get("DeploymentConfig", ()):
            warned += _ADOPTED
        body = _with_arns_of_keys(blanks.filled(request), request.operation)
        wanted += blanks.asked(request.operation, body)
        if request.operation == "CreateTransformJob" and _PARTITION not in made.blocks:
            made.blocks.append(_PARTITION)
        _add(request, body, made, (*comments(skips(request, requests)), *warned))
    if stacked is not None:
        wanted += _add_stack(stacked, made)
    if made.tags:
        made.blocks.insert(0, Block("locals", {"tags": made.tags}))
    declared = [own_name(made.stem), *map(variable, dict.fromkeys(wanted))]
    found = [("main.tf", _header(advice) + document(made.blocks))]
    if stacked is not None:
        found.append((FILE, stacked.text))
    found.append(("variables.tf", document([*declared, *made.tunables.values()])))
    found.append(("outputs.tf", document(made.outputs)))
    return [*found, ("versions.tf", document([_versions()]))]


def _begun(advice: Advice, requests: Sequence[Request]) -> TerraformFile:
    """A file without blocks, with what all of its blocks have in common."""
    counts = Counter(key for each in requests for key in _fields(each.operation, each.parameters))
    tags = [each.parameters["Tags"] for each in requests if "Tags" in each.parameters]
    shared = [each for each in tags[0] if all(each in others for others in tags)] if tags else []
    return TerraformFile(
        names={},
        latest={},
        blocks=[],
        outputs=[],
        moving=set(),
        stem=stem(advice.workload.name),
        single=frozenset(key for key, count in counts.items() if count == 1),
        tunables={},
        tags={each["Key"]: each["Value"] for each in shared},
        kept=in_production(advice),
    )


def _fields(operation: str, value: Any) -> Iterator[str]:
    """Every field in a request, as tunables name it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{operation} {key}"
            yield from _fields(operation, inner)
    elif isinstance(value, list):
        for each in value:
            yield from _fields(operation, each)


def _header(advice: Advice) -> str:
    """What the module is and how it was made; without a moment, so that it stays the same."""
    workload = printable(advice.workload.name)
    date = f", prices of {advice.prices_date}" if advice.prices_date else ""
    place = (
        f"\n# Made for {advice.region}: set the Region of the provider." if advice.region else ""
    )
    return (
        f"# {workload}: sm-advise {printable(advice.workload.file)} --artifact terraform\n"
        f"# sm-advise {__version__}, rules {advice.rules_digest[7:19]}{date}{place}\n\n"
    )


def _refuse_pools(advice: Advice, requests: tuple[Request, ...]) -> None:
    """The provider has no argument for instance pools."""
    variants = (
        variant for each in requests for variant in each.parameters.get("ProductionVariants", ())
    )
    if any("InstancePools" in each for each in variants):
        stated = advice.workload.values["deploy.instance_pools"]
        raise InputError(
            "the Terraform AWS provider cannot write instance pools",
            file=advice.workload.file,
            line=stated.line,
            column=stated.column,
            hint="Remove deploy.instance_pools, or choose --artifact cloudformation.",
        )


def command(advice: Advice, folder: str) -> str:
    """How the folder is applied as a root; terraform asks for the variables."""
    terraform = f"terraform {shlex.quote(f'-chdir={folder}')}"
    region = f"export AWS_REGION={shlex.quote(advice.region)} && " if advice.region else ""
    return f"{region}{terraform} init && {terraform} apply"


def _add_stack(stacked: _Stack, made: TerraformFile) -> list[blanks.Variable]:
    """Add the stack of what the provider cannot make; the variables that its parameters need."""
    # One key is one variable, and an ARN does wherever an id does.
    wanted = {
        name: _key_arn("") if blanks.is_kms_key(each) else each
        for name, each in stacked.given.items()
    }
    parameters = {
        name: _given(each)
        if isinstance(each, blanks.Variable)
        else _attribute("ModelName", each, "", made)
        for name, each in wanted.items()
    }
    body: dict[str, Any] = {
        "name": stacked.name,
        "template_body": Raw(f'file("${{path.module}}/{FILE}")'),
    }
    if parameters:
        body["parameters"] = parameters
    made.blocks.append(Block(f'resource "{_STACK}" "this"', body))
    name, description = _OUTPUTS["CreateEndpoint"]
    value = Raw(f'{_STACK}.this.outputs["EndpointName"]')
    made.outputs.append(Block(f'output "{name}"', {"description": description, "value": value}))
    return [each for each in wanted.values() if isinstance(each, blanks.Variable)]


def _given(variable: blanks.Variable) -> Raw:
    """Parameters are texts: a list is one with commas."""
    name = f"var.{variable.name}"
    return Raw(f'join(",", {name})' if variable.is_list else name)


def _versions() -> Block:
    aws = {"source": "hashicorp/aws", "version": _PROVIDER}
    providers = [Block("required_providers", {"aws": aws})]
    return Block("terraform", {"required_version": _TERRAFORM, "required_providers": providers})


def _with_arns_of_keys(value: Any, operation: str, field: str = "") -> Any:
    """One variable for the key, and an ARN, since configurations take neither id nor alias."""
    if isinstance(value, dict):
        return {key: _with_arns_of_keys(inner, operation, key) for key, inner in value.items()}
    if isinstance(value, blanks.Text):
        return blanks.Text((_key_arn(""),)) if any(map(blanks.is_kms_key, value.parts)) else value
    refused = field == "KmsKeyId" and operation == "CreateEndpointConfig"
    if refused and not str(value).startswith("arn:"):
        return blanks.Text((_key_arn(f" {value}"),))
    return value


def _key_arn(stated: str) -> blanks.Variable:
    asks = f"ARN of the KMS key{stated} for encryption; an id or alias is refused"
    return blanks.Variable("kms_key_arn", asks)


def _add(
    request: Request, body: dict[str, Any], made: TerraformFile, told: tuple[str, ...]
) -> None:
    operation = request.operation
    kind = _RESOURCES[operation]
    own = _label(request)
    heads = {block.head for block in made.blocks}
    names = (own if n == 1 else f"{own}_{n}" for n in range(1, len(heads) + 2))
    label = next(n for n in names if f'resource "{kind}" "{n}"' not in heads)
    address = f"{kind}.{label}"
    members = _body_of(operation, body, made)
    _settle_names(operation, members, address, made)
    if operation == "CreateEndpoint" and made.kept:
        members["lifecycle"] = [Block("lifecycle", {"prevent_destroy": True})]
    made.blocks.append(Block(f'resource "{kind}" "{label}"', members, told))
    for table, attribute in ((_OUTPUTS, "name"), (_ARNS, "arn")):
        if operation in table:
            name, description = table[operation]
            output = {"description": description, "value": Raw(f"{address}.{attribute}")}
            made.outputs.append(Block(f'output "{_suffixed(name, label)}"', output))
    made.latest[operation] = address
    for field, name in _NAMES.get(operation, {}).items():
        if name in _REFERRED:
            made.names[field, body[field]] = f"{address}.{name}"
    if body.get("PolicyType") == "StepScaling":
        made.latest["policy"] = address
    if operation == "CreateTopic":
        made.latest[blanks.topic_of(request)] = address


def _body_of(operation: str, body: dict[str, Any], made: TerraformFile) -> dict[str, Any]:
    """The members of one resource, as the request has them."""
    if operation == "CreateTransformJob":
        return _schedule(body, made)
    flat = {key: value for key, value in body.items() if key != "Attributes"}
    # The provider has the attributes of a topic beside its name.
    members = _members(flat | body.get("Attributes", {}), operation, made, top=True)
    if operation == "RegisterScalableTarget" and body["ResourceId"].startswith("inference-"):
        members["depends_on"] = [Raw(f"{_STACK}.this")]
    if operation == "PutScheduledAction":  # which moves the bounds that the target was given
        target = made.latest["RegisterScalableTarget"].split(".")
        head = 'resource "{}" "{}"'.format(*target)
        ignored = {"ignore_changes": [Raw("min_capacity"), Raw("max_capacity")]}
        block = next(each for each in made.blocks if each.head == head)
        block.body["lifecycle"] = [Block("lifecycle", ignored)]
    return members


def _settle_names(
    operation: str, members: dict[str, Any], address: str, made: TerraformFile
) -> None:
    """Names begin with the variable, and what is replaced gets another one beside the old."""
    for key in _REFERRED:
        if isinstance(members.get(key), str):
            members[key] = _begun_with_name(members[key], made)
    if operation in _IMMUTABLE:
        members["name"] = _moving_name(members, address, made)
        members["lifecycle"] = [Block("lifecycle", {"create_before_destroy": True})]


def _label(request: Request) -> str:
    """``rollback_errors`` of an alarm, ``success`` of a topic, else what the kind is called."""
    body = request.parameters
    if request.operation == "CreateTopic":
        return blanks.topic_of(request).removesuffix("_topic")
    if request.operation == "PutMetricAlarm":
        return blanks.alarm_of(request).replace("-", "_").lower()
    if request.operation == "PutScheduledAction":
        return str(body["ScheduledActionName"]).replace("-", "_")
    return _LABELS.get(str(body.get("PolicyType")), "this")


def _suffixed(name: str, label: str) -> str:
    """The name of an output of a resource: ``topic_arn_success``, ``endpoint_name_2``."""
    end = label.removeprefix("this").removeprefix("_")
    return f"{name}_{end}" if end else name


def _begun_with_name(name: str, made: TerraformFile) -> Raw | str | Template:
    """A name that begins with that of the workload, by the variable in its place."""
    rest = name.removeprefix(made.stem)
    if rest == name or (rest and rest[0] != "-"):
        return name
    return Template((Raw("var.name"), rest)) if rest else Raw("var.name")


def _moving_name(members: dict[str, Any], address: str, made: TerraformFile) -> str | Template:
    """The name of what is replaced: another one for other values of its variables."""
    name: str | Template = members["name"]
    values = [
        each
        for each in dict.fromkeys(_expressions({**members, "name": ""}))
        if each.startswith("var.") or each.removesuffix(".name") in made.moving
    ]
    if not values:
        return name
    made.moving.add(address)
    *before, last = name.parts if isinstance(name, Template) else (name,)
    begin, _, digest = str(last).rpartition("-")
    seen = ", ".join([quoted(digest), *values])
    hashed = Raw(f"substr(sha256(jsonencode([{seen}])), 0, 8)")
    return Template((*before, f"{begin}-", hashed))


def _expressions(value: Any) -> Iterator[str]:
    """Every expression in the members of a block."""
    if isinstance(value, Raw):
        yield value.text
    elif isinstance(value, Block):
        yield from _expressions(value.body)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _expressions(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _expressions(inner)


def _tuned(operation: str, field: str, value: Any, made: TerraformFile) -> Any:
    """A reference to a variable with the plan's value, where the field stands once in the plan."""
    key = f"{operation} {field}"
    if key not in made.single or isinstance(value, blanks.Text):
        return None
    found = tunable(key, value)
    if found is None:
        return None
    name, declared = found
    made.tunables[name] = declared
    return Raw(f"var.{name}")


def _members(
    value: dict[str, Any], operation: str, made: TerraformFile, *, top: bool
) -> dict[str, Any]:
    """Fields of a request as the provider's attributes and blocks."""
    done: dict[str, Any] = {}
    for field, inner in value.items():
        name = _NAMES.get(operation, {}).get(field) or snake(field)
        if field == "KmsKeyId" and top:
            name = "kms_key_arn"
        if field == "Value" and value.get("Name") == "EndpointName":
            done[name] = _attribute("EndpointName", inner, operation, made)
        elif (tuned := _tuned(operation, field, inner, made)) is not None:
            done[name] = tuned
        elif field == "Tags":
            done[name] = _tags({tag["Key"]: tag["Value"] for tag in inner}, made)
        elif field == "Dimensions" and operation == "PutMetricAlarm":
            done[name] = {
                each["Name"]: _dimension(each["Name"], each["Value"], operation, made)
                for each in inner
            }
        elif isinstance(inner, dict) and field != "Environment":
            done[name] = [Block(name, _members(inner, operation, made, top=False))]
        elif isinstance(inner, list) and inner and isinstance(inner[0], dict):
            done[name] = [Block(name, _members(each, operation, made, top=False)) for each in inner]
        else:
            done[name] = _attribute(field, inner, operation, made)
    return done


def _dimension(name: str, value: Any, operation: str, made: TerraformFile) -> Any:
    """What an alarm watches; an endpoint that follows later is known by its name."""
    found = _attribute(name, value, operation, made)
    return _begun_with_name(found, made) if name == "EndpointName" and found == value else found


def _tags(tags: dict[str, str], made: TerraformFile) -> Any:
    """The tags of everything, and those that only one has."""
    if not made.tags:
        return tags
    own = {key: value for key, value in tags.items() if made.tags.get(key) != value}
    return Call("merge(local.tags, ", own, ")") if own else Raw("local.tags")


def _attribute(field: str, value: Any, operation: str, made: TerraformFile) -> Any:
    """A value; names of other resources become references."""
    if isinstance(value, blanks.Text):
        return _text(value, made)
    if isinstance(value, list):
        return [_attribute(field, each, operation, made) for each in value]
    if not isinstance(value, str) or field in _NAMES.get(operation, {}):
        return value
    if (field, value) in made.names:
        return Raw(made.names[field, value])
    if field == "ResourceId":
        if operation in ("PutScalingPolicy", "PutScheduledAction"):
            return Raw(f"{made.latest['RegisterScalableTarget']}.resource_id")
        if not value.startswith("endpoint/"):
            return value
        kind, name, rest = value.split("/", 2)
        endpoint = made.names["EndpointName", name]
        return Template((f"{kind}/", Raw(endpoint), f"/{rest}"))
    return value


def _text(text: blanks.Text, made: TerraformFile) -> Raw | Template:
    parts = [
        Raw(f"{made.latest[part.name]}.arn")
        if isinstance(part, blanks.Answered)
        else Raw(f"var.{part.name}")
        if isinstance(part, blanks.Variable)
        else part
        for part in text.parts
    ]
    only = parts[0]
    return only if len(parts) == 1 and isinstance(only, Raw) else Template(tuple(parts))


def _schedule(body: dict[str, Any], made: TerraformFile) -> dict[str, Any]:
    """The provider has no transform job: a schedule calls CreateTransformJob."""
    # jsonencode escapes angle brackets, and the Scheduler looks for its keyword as it is.
    after = f'), "\\\\u003c{_RUN_ID}\\\\u003e", {quoted(f"<{_RUN_ID}>")})'
    target = {
        "arn": Template(("arn:", Raw("data.aws_partition.current.partition"), f":{blanks.CALL}")),
        "role_arn": Raw(f"var.{blanks.ROLE.name}"),
        "input": Call("replace(jsonencode(", _object(blanks.job_input(body), made), after),
    }
    return {
        "name": blanks.schedule_name(body),
        "description": "Starts the transform job",
        "schedule_expression": Raw(f"var.{blanks.EXPRESSION.name}"),
        "flexible_time_window": [Block("flexible_time_window", {"mode": "OFF"})],
        "target": [Block("target", target)],
    }


def _object(value: Any, made: TerraformFile) -> Any:
    """A request with expressions for what is known only later."""
    if isinstance(value, dict):
        return {
            key: _object(inner, made)
            if isinstance(inner, dict | list)
            else _attribute(key, inner, "CreateTransformJob", made)
            for key, inner in value.items()
        }
    return [_object(each, made) for each in value] if isinstance(value, list) else value
