"""IAM policies of a plan: execution role, scheduler, caller and deployer, from what it touches.

They are derived from AWS's documentation and from the calls that the artifacts make; they have not
been tried on IAM itself.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from advisor.artifacts import Files
from advisor.artifacts.hcl_text import Block, Raw
from advisor.artifacts.hcl_text import document as hcl_document
from advisor.artifacts.variables import schedule_name
from advisor.artifacts.yaml_text import Tagged, document
from advisor.catalogue.regions import named_places, partition_of, place_of
from advisor.configuration.rulefiles import read_json_rules
from advisor.model.advice import Advice, Parameters, Plan, Request
from advisor.model.options import BATCH_TRANSFORM

FOLDER = "iam"
_RULES = read_json_rules("service", "iam.json")
_ROLE: Mapping[str, list[str]] = _RULES["role"]
_CONDITIONS: Mapping[str, Any] = _RULES["conditions"]
_VERSION = "2012-10-17"
_ACCOUNT = "000000000000"  # stands for the user's own, as in other placeholders
_DIGEST = re.compile(r"-(?:[0-9a-f]{8}|run-[0-9]+)\Z")  # what ends a name that is made anew
_WILD = re.compile(r"[*?$]")  # what IAM reads as a pattern or a variable
_OUTPUTS = ("S3OutputPath", "S3FailurePath", "DestinationS3Uri")
_KEYS = ("KmsKeyId", "VolumeKmsKeyId", "KmsMasterKeyId")
_NETWORK = {"Subnets": "subnet", "SecurityGroupIds": "security-group"}
_TOPICS = ("SuccessTopic", "ErrorTopic")

Statement: TypeAlias = dict[str, Any]


class Home:
    """The partition, Region and account of a plan, for its ARNs."""

    def __init__(self, advice: Advice) -> None:
        """Take the account of what is stated, else a placeholder; without a Region any counts."""
        found = [(text, place) for _, text, place in named_places(advice.workload.values.values())]
        roles = [text.split(":")[4] for text, place in found if place.service == "iam"]
        self.region = advice.region or "*"
        partitions = [partition_of(advice.region)] if advice.region else []
        partitions += [place.partition for _, place in found]
        self.partition = partitions[0] if partitions else "aws"
        self.account = next(filter(str.isdecimal, roles), _ACCOUNT)

    def arn(self, rest: str) -> str:
        """An ARN from its service on."""
        return f"arn:{self.partition}:{rest}"

    def of(self, pattern: str, body: Parameters) -> str:
        """The ARN of a pattern of rules/service/iam.json for one request."""

        def filled(found: re.Match[str]) -> str:
            name, _, form = found[1].partition(".")
            if not form and name in ("region", "account"):
                return str(getattr(self, name))
            value = str(body[name])
            if form == "name":  # endpoint/NAME/variant/VARIANT
                value = value.split("/")[1]
            value = _DIGEST.sub("-", value) if form == "stem" else value
            return escaped(value if form == "exact" else value.lower())

        return self.arn(re.sub(r"\{([A-Za-z.]+)\}", filled, pattern))


def escaped(text: str) -> str:
    """A name in which IAM takes every character as it is."""
    return _WILD.sub(lambda found: f"${{{found[0]}}}", text)


def files(advice: Advice) -> Files:
    """Policies and trust policies as JSON, and the roles in Terraform and CloudFormation."""
    chosen = advice.chosen
    if chosen is None or chosen.plan is None:
        return []
    home, plan = Home(advice), chosen.plan
    policies = {"execution-role": _policy(_execution(plan, home))}
    trusts = {"execution-role": _trust(home, "sagemaker")}
    if chosen.option == BATCH_TRANSFORM:
        policies["scheduler-role"] = _policy(_scheduler(plan, home))
        trusts["scheduler-role"] = _trust(home, "scheduler")
    policies["caller"] = _policy(_caller(plan, home))
    policies["deployer"] = _policy(_deployer(advice, plan, home))
    made = [(f"{FOLDER}/{name}.json", _text(each)) for name, each in policies.items()]
    made += [(f"{FOLDER}/{name}.trust.json", _text(each)) for name, each in trusts.items()]
    made.append((f"{FOLDER}/roles.tf", _terraform(advice, trusts)))
    made.append((f"{FOLDER}/roles.template.yaml", _cloudformation(policies, trusts)))
    return made


def command(advice: Advice, folder: str) -> str:
    """How the roles and policies are made with the aws CLI."""
    place, name = f"file://{folder}/{FOLDER}", advice.workload.name
    lines = []
    roles = ["execution-role"]
    if advice.chosen is not None and advice.chosen.option == BATCH_TRANSFORM:
        roles.append("scheduler-role")
    for role in roles:
        asked = f"--role-name {shlex.quote(f'{name}-{role}')}"
        trust, policy = (shlex.quote(f"{place}/{role}{end}") for end in (".trust.json", ".json"))
        lines.append(f"aws iam create-role {asked} --assume-role-policy-document {trust}")
        lines.append(
            f"aws iam put-role-policy {asked} --policy-name {role} --policy-document {policy}"
        )
    for policy in ("caller", "deployer"):
        text = shlex.quote(f"{place}/{policy}.json")
        named = shlex.quote(f"{name}-{policy}")
        lines.append(f"aws iam create-policy --policy-name {named} --policy-document {text}")
    return f"replace {_ACCOUNT} and REPLACE-ME where they stand, then run\n  " + " && \\\n  ".join(
        lines
    )


def _text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _policy(statements: Iterable[Statement]) -> dict[str, Any]:
    """One policy: what is allowed on one resource is one statement, and so is what is on several.

    Statements under other conditions stay apart.
    """
    found = _joined(statements, "Resource", "Action")
    return {"Version": _VERSION, "Statement": _joined(found, "Action", "Resource")}


def _joined(statements: Iterable[Statement], by: str, of: str) -> list[Statement]:
    """Statements with equal values of one field as one with those of the other, each once."""
    found: dict[str, Statement] = {}
    for each in statements:
        key = json.dumps([each[by], each.get("Condition")])
        listed = [each[of]] if isinstance(each[of], str) else each[of]
        before = found.get(key, {of: []})[of]
        found[key] = {**each, of: list(dict.fromkeys([*before, *listed]))}
    return [
        {**each, of: each[of][0]} if of == "Resource" and len(each[of]) == 1 else each
        for each in found.values()
    ]


def _allow(actions: Iterable[str], resources: str | list[str], condition: str = "") -> Statement:
    wanted: Statement = {"Effect": "Allow", "Action": list(actions), "Resource": resources}
    return wanted | ({"Condition": _CONDITIONS[condition]} if condition else {})


def _trust(home: Home, service: str) -> dict[str, Any]:
    """Who may take a role: a service, on behalf of this account alone."""
    return {
        "Version": _VERSION,
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": f"{service}.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": home.account}},
            }
        ],
    }


def _texts(plan: Plan) -> list[tuple[str, str]]:
    """Every text in the requests of a plan with the field that holds it, each pair once."""
    found = (pair for request in plan.requests for pair in _within(request.parameters, ""))
    return list(dict.fromkeys(found))


def _within(value: Any, field: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _within(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _within(inner, field)
    elif isinstance(value, str):
        yield field, value


def _execution(plan: Plan, home: Home) -> Iterator[Statement]:
    """What SageMaker does under the role: pull, read, write, publish, log."""
    found = _texts(plan)
    yield _allow(_ROLE["login"], "*")
    for field, value in found:
        yield from _touched(field, value, plan, home)
    if any(field == "Subnets" for field, _ in found):
        interfaces = home.arn(f"ec2:{home.region}:{home.account}:network-interface/*")
        yield _allow(_ROLE["interface"], interfaces)
        yield _allow(_ROLE["network"], "*")
    if "InputLocation" in plan.invoke.parameters:
        yield from _read(_input(plan), home)
    groups = home.arn(f"logs:{home.region}:{home.account}:log-group:/aws/sagemaker/")
    for group in dict.fromkeys(_groups(plan)):
        yield _allow(_ROLE["logs"], [f"{groups}{group}", f"{groups}{group}:log-stream:*"])
    yield _allow(_ROLE["metrics"], "*", "metrics")


def _touched(field: str, value: str, plan: Plan, home: Home) -> Iterator[Statement]:
    """What one text of the requests takes of the role."""
    if field == "Image":
        yield from _pulled(value, home)
    elif field in ("ModelDataUrl", "S3Uri"):
        yield from _read(value, home)
    elif field in _OUTPUTS:
        yield _allow(_ROLE["write"], f"{_object(value, home).rstrip('/')}/*")
    elif field in _TOPICS:
        yield _allow(_ROLE["publish"], _topic(value, plan, home))
    elif field in _KEYS:
        yield _key(_ROLE["key"], value, home)
    elif field in _NETWORK:
        arn = home.arn(f"ec2:{home.region}:{home.account}:{_NETWORK[field]}/{value}")
        yield _allow(_ROLE["interface"], arn)


def _groups(plan: Plan) -> Iterator[str]:
    """The log groups of what runs."""
    for request in plan.requests:
        if request.operation == "CreateEndpoint":
            yield f"Endpoints/{escaped(request.parameters['EndpointName'])}"
        elif request.operation == "CreateInferenceComponent":
            name = request.parameters["InferenceComponentName"]
            yield f"InferenceComponents/{escaped(name)}"
        elif request.operation == "CreateTransformJob":
            yield "TransformJobs"


def _pulled(image: str, home: Home) -> Iterator[Statement]:
    """The repository of an image; one elsewhere than in Amazon ECR asks for nothing here."""
    host, _, rest = image.partition("/")
    place = place_of(image)
    if place is not None and rest:
        repository = escaped(re.split(r"[:@]", rest, maxsplit=1)[0])
        account = host.partition(".")[0]
        yield _allow(
            _ROLE["image"], home.arn(f"ecr:{place.region}:{account}:repository/{repository}")
        )


def _object(address: str, home: Home) -> str:
    return home.arn(f"s3:::{escaped(address.removeprefix('s3://'))}")


def _read(address: str, home: Home) -> Iterator[Statement]:
    """One object, or all below a prefix, which are listed too."""
    if not address.endswith("/"):
        yield _allow(_ROLE["read"], _object(address, home))
        return
    bucket, _, prefix = address.removeprefix("s3://").partition("/")
    yield _allow(_ROLE["read"], f"{_object(address, home)}*")
    listed = _allow(_ROLE["list"], home.arn(f"s3:::{bucket}"))
    yield listed | {"Condition": {"StringLike": {"s3:prefix": f"{escaped(prefix)}*"}}}


def _topic(value: str, plan: Plan, home: Home) -> str:
    """The ARN of a topic; where a request makes it, of the name that it gets."""
    if not value.endswith(("REPLACE-ME-success", "REPLACE-ME-error")):
        return value
    end = value.rpartition("-")[2]
    made = (each.parameters for each in plan.requests if each.operation == "CreateTopic")
    name = next((each["Name"] for each in made if each["Name"].endswith(f"-{end}")), "*")
    return home.arn(f"sns:{home.region}:{home.account}:{name}")


def _key(actions: Iterable[str], key: str, home: Home, condition: str = "") -> Statement:
    """A key by its ARN or id; by its alias any key that has it."""
    if key.startswith("arn:") and ":key/" in key:
        return _allow(actions, key, condition)
    if not key.startswith(("alias/", "arn:")):
        arn = home.arn(f"kms:{home.region}:{home.account}:key/{escaped(key)}")
        return _allow(actions, arn, condition)
    statement = _allow(actions, home.arn(f"kms:{home.region}:{home.account}:key/*"), condition)
    alias = f"alias/{key.partition('alias/')[2]}"
    named = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": alias}}
    return statement | {"Condition": {**statement.get("Condition", {}), **named}}


def _input(plan: Plan) -> str:
    """The prefix below which callers put the input of an asynchronous endpoint."""
    return str(plan.invoke.parameters["InputLocation"]).rpartition("/")[0] + "/"


def _caller(plan: Plan, home: Home) -> Iterator[Statement]:
    """What the application does: call the endpoint, or start a job and look at it."""
    invoke = _RULES["invoke"].get(plan.invoke.operation)
    for request in plan.requests:
        if invoke and request.operation in ("CreateEndpoint", "CreateInferenceComponent"):
            calls = _RULES["calls"][request.operation]
            yield _allow([invoke], home.of(calls["resource"], request.parameters))
        elif request.operation == "CreateTransformJob":
            yield from _made(request, home)
    if "InputLocation" in plan.invoke.parameters:
        yield _allow(_ROLE["write"], f"{_object(_input(plan), home)}*")
        for field, value in _texts(plan):
            if field in ("S3OutputPath", "S3FailurePath"):
                yield _allow(_ROLE["read"], f"{_object(value, home).rstrip('/')}/*")


def _made(request: Request, home: Home) -> Iterator[Statement]:
    """What one operation of a plan takes of whoever runs it, now and at the next update."""
    calls, body = _RULES["calls"][request.operation], request.parameters
    actions = [*calls["actions"], *([calls["tagged"]] if body.get("Tags") else [])]
    yield _allow(actions, home.of(calls["resource"], body), calls.get("condition", ""))
    if "lists" in calls:
        yield _allow([calls["lists"]], "*")
    of_component = str(body.get("ResourceId")).startswith("inference-component/")
    for each in calls.get("also", ()):
        more = _of_component(each) if of_component else each
        yield _allow(more["actions"], home.of(more["resource"], body), more.get("condition", ""))


def _of_component(more: dict[str, Any]) -> dict[str, Any]:
    """What scaling takes of a component where it would take it of an endpoint."""
    if not more["actions"][0].startswith("sagemaker:"):
        return more
    return {
        "actions": [
            "sagemaker:DescribeInferenceComponent",
            "sagemaker:UpdateInferenceComponentRuntimeConfig",
        ],
        "resource": more["resource"].replace("endpoint/", "inference-component/"),
    }


def _deployer(advice: Advice, plan: Plan, home: Home) -> Iterator[Statement]:
    """What whoever runs the artifacts calls, and the roles that it hands over."""
    for request in plan.requests:
        yield from _made(request, home)
    for key in sorted({value for field, value in _texts(plan) if field in _KEYS}):
        yield _key(_RULES["grant"], key, home, "grant")
    role = advice.workload.text("deploy.role") or home.arn(
        f"iam::{home.account}:role/{advice.workload.name}-execution-role"
    )
    yield _allow(["iam:PassRole"], role) | {
        "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
    }


def _scheduler(plan: Plan, home: Home) -> Iterator[Statement]:
    """What EventBridge Scheduler does at each run."""
    for request in plan.requests:
        if request.operation == "CreateTransformJob":
            name = {"TransformJobName": f"{schedule_name(request.parameters)}-"}
            calls = _RULES["calls"][request.operation]
            resource = home.of(calls["resource"], name)
            tagged = [calls["tagged"]] if request.parameters.get("Tags") else []
            yield _allow([calls["actions"][0], *tagged], resource)


def _terraform(advice: Advice, roles: Iterable[str]) -> str:
    """The roles as Terraform resources, which read the policies beside them."""
    account = "data.aws_caller_identity.current.account_id"
    blocks = [Block('data "aws_caller_identity" "current"', {})]
    for role in roles:
        label = role.replace("-", "_")

        def read(end: str, name: str = role) -> Raw:
            file = f'file("${{path.module}}/{name}{end}")'
            return Raw(f'replace({file}, "{_ACCOUNT}", {account})')

        head = f'resource "aws_iam_role" "{label}"'
        name = f"{advice.workload.name}-{role}"
        body: dict[str, Any] = {"name": name, "assume_role_policy": read(".trust.json")}
        blocks.append(Block(head, body))
        policy = {
            "name": role,
            "role": Raw(f"aws_iam_role.{label}.id"),
            "policy": read(".json"),
        }
        blocks.append(Block(f'resource "aws_iam_role_policy" "{label}"', policy))
        value = {
            "description": f"ARN of the role, for the variable {label}_arn",
            "value": Raw(f"aws_iam_role.{label}.arn"),
            "depends_on": [Raw(f"aws_iam_role_policy.{label}")],
        }
        blocks.append(Block(f'output "{label}_arn"', value))
    return hcl_document(blocks)


def _cloudformation(policies: Mapping[str, Any], trusts: Mapping[str, Any]) -> str:
    """The roles as a template, whose account is that of the stack."""
    resources, outputs = {}, {}
    for role, trust in trusts.items():
        logical = "".join(word.capitalize() for word in role.split("-"))
        policy = {"PolicyName": role, "PolicyDocument": _of_stack(policies[role])}
        resources[logical] = {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": _of_stack(trust), "Policies": [policy]},
        }
        described = f"ARN of the role, for the parameter {logical}Arn"
        outputs[f"{logical}Arn"] = {
            "Description": described,
            "Value": Tagged("GetAtt", f"{logical}.Arn"),
        }
    found = {"AWSTemplateFormatVersion": "2010-09-09"}
    return document({**found, "Resources": resources, "Outputs": outputs})


def _of_stack(value: Any) -> Any:
    """A policy with the stack's account where the placeholder stands."""
    if isinstance(value, dict):
        return {key: _of_stack(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_of_stack(inner) for inner in value]
    if isinstance(value, str) and _ACCOUNT in value:
        text = value.replace("${", "${!").replace(_ACCOUNT, "${AWS::AccountId}")
        return Tagged("Sub", text)
    return value
