"""A bash script of aws CLI calls: it creates what is missing, updates the endpoint and waits.

Every request is one JSON argument in single quotes, so that the shell expands nothing in it; a
variable is put in only after it was seen to hold nothing that could end a JSON string.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Any

from advisor.artifacts import Files, requests_of
from advisor.artifacts import variables as blanks
from advisor.artifacts.requests import kebab
from advisor.configuration.rulefiles import read_parts
from advisor.model.advice import Advice, Request
from advisor.options.names import unversioned


def files(advice: Advice) -> Files:
    """``deploy.sh``; nothing when no option fits."""
    requests = requests_of(advice)
    if not requests:
        return []
    bodies, names = blanks.scripted(requests)
    operations = {request.operation for request in requests}
    signs = any(sign in json.dumps(request.parameters) for request in requests for sign in "$`")
    plain = signs or bool(operations & {"CreateInferenceComponent", "CreateTransformJob"})
    text = read_parts("service", "deploy.sh.txt")
    parts = ["#!/usr/bin/env bash\n", text["unexpanded"] if plain else "", text["head"]]
    parts.append(_torn_down(requests))
    parts += [region(advice.region), text["given"], text["exists"], text["named"]]
    if "CreateEndpoint" in operations:
        parts.append(text["serving"])
    if "CreateInferenceComponent" in operations:
        parts.append(text["ready"])
    asked = blanks.variables(bodies)
    parts += [f"\n{blanks.ASKED}" if asked else "", *inputs(asked)]
    scaled = blanks.scales_variants(requests)
    for request, body, made in zip(requests, bodies, names, strict=True):
        step = _step(request, body, scaled) if made is None else _immutable(request, body, made)
        parts.append(f"\n{step}")
    parts += [text["left"], *_left(names)]
    return [("deploy.sh", "".join(parts))]


def _torn_down(requests: tuple[Request, ...]) -> str:
    """Comments that say how all of it is taken away, the last thing first."""
    lines = []
    for request in reversed(requests):
        line = blanks.DELETED.get(request.operation)
        if line is not None:
            body = {key: each for key, each in request.parameters.items() if isinstance(each, str)}
            named = body.get(blanks.MADE_ONCE.get(request.operation, ""), "")
            lines.append(line.format(stem=shlex.quote(unversioned(named)), **body))
    told = "".join(f"#   {line}\n" for line in dict.fromkeys(lines))
    return f"# To tear it down:\n{told}" if told else ""


def command(advice: Advice, folder: str) -> str:
    """How the script is run."""
    return f"{blanks.environment(requests_of(advice))}bash {shlex.quote(f'{folder}/deploy.sh')}"


def region(stated: str | None) -> str:
    """What sets the Region of every call; nothing where none is stated."""
    if stated is None:
        return ""
    # The first is read by version 2 of the CLI, the second by version 1.
    name = shlex.quote(stated)
    return f"export AWS_REGION={name} AWS_DEFAULT_REGION={name}\n"


def inputs(wanted: list[blanks.Variable]) -> Iterator[str]:
    """Checks of what the user must set; a list is turned into the inside of a JSON list."""
    for each in wanted:
        yield f"given {each.name.upper()} {shlex.quote(each.asks)}\n"
    for each in wanted:
        if each.is_list:
            yield f"{each.name.upper()}_LIST=${{{each.name.upper()}//,/'\", \"'}}\n"


def _step(request: Request, body: dict[str, Any], scaled: bool) -> str:
    call = f"aws {request.service} {kebab(request.operation)}"
    if request.operation == "CreateTransformJob":
        return _job(call, body)
    document = quoted(body)
    if request.operation == "CreateInferenceComponent":
        return _component(call, body, document)
    if request.operation not in blanks.MADE_ONCE:
        return _put(request, call, document)
    describe = kebab(request.operation.replace("Create", "Describe"))
    field = blanks.MADE_ONCE[request.operation]
    option = f"--{kebab(field)} {shlex.quote(body[field])}"
    look = f"sagemaker {describe} {option}"
    made = f"  {call} --cli-input-json {document}\n"
    name, config = shlex.quote(body[field]), word(body["EndpointConfigName"])
    return (
        f"if ! exists {look}; then\n{made}else\n"
        "  # An earlier run may have been interrupted before the endpoint was in service.\n"
        f"  in_service {name}\n  if [[ $serving != {config} ]]; then\n"
        f"    {_update(option, config, body, scaled)}\n  fi\nfi\nin_service {name} {config}\n"
    )


def _immutable(request: Request, body: dict[str, Any], made: blanks.Made) -> str:
    """A model or a configuration is made where none has the name that its request gives."""
    call = f"aws sagemaker {kebab(request.operation)} --cli-input-json {quoted(body)}"
    return f"once {made.name.upper()}_NAME {shlex.quote(made.stem)} \\\n  {call}\n"


def _left(names: list[blanks.Made | None]) -> Iterator[str]:
    """What tells of the older ones."""
    for kind, field, stem, kept in blanks.left_over(names):
        stays = " ".join(f'"${each}"' for each in kept)
        yield f"left {kind.replace('_', '-')} {field} {shlex.quote(stem)} {stays}\n"


def _update(option: str, config: str, body: dict[str, Any], scaled: bool) -> str:
    """UpdateEndpoint to another configuration; keeps the count that scaling has set."""
    more = ""
    if scaled:
        excluded = " ".join(f"VariantPropertyType={each}" for each in blanks.NOT_RETAINED)
        more = (
            " \\\n      --retain-all-variant-properties"
            f" --exclude-retained-variant-properties {excluded}"
        )
    if "DeploymentConfig" in body:
        more += f" \\\n      --deployment-config {quoted(body['DeploymentConfig'])}"
    return f"aws sagemaker update-endpoint {option} --endpoint-config-name {config}{more}"


def _component(call: str, body: dict[str, Any], document: str) -> str:
    """A component is made, or given another model, and waited for."""
    name = shlex.quote(body["InferenceComponentName"])
    look = f"sagemaker describe-inference-component --inference-component-name {name}"
    update = {key: body[key] for key in ("InferenceComponentName", "Specification")}
    return (
        f"if ! exists {look}; then\n  {call} --cli-input-json {document}\nelse\n"
        f"  same=$({_stands(look, {'Specification': update['Specification']})})\n"
        "  if [[ $same != True ]]; then\n"
        "    aws sagemaker update-inference-component --cli-input-json "
        f"{quoted(update)}\n  fi\nfi\ncomponent_in_service {name}\n"
    )


def _compared(wanted: dict[str, Any], above: str = "") -> Iterator[str]:
    """JMESPath, as shell text in single quotes: each is true where a wanted value stands."""
    for key, value in wanted.items():
        path = above + json.dumps(key, ensure_ascii=False)
        if isinstance(value, dict) and value:
            yield from _compared(value, f"{path}.")
        else:
            pieces = blanks.json_pieces(value)
            literal = "".join(
                _within(each.replace("`", "\\`"))
                if isinstance(each, str)
                # A variable, between two texts in single quotes.
                else f"'\"${_name(each)}\"'"
                for each in pieces
            )
            yield f"{_within(path)} == `{literal}`"


def _within(text: str) -> str:
    """A text within single quotes."""
    return text.replace("'", "'\\''")


def _stands(look: str, wanted: dict[str, Any]) -> str:
    """A call that answers ``True`` where everything wanted stands."""
    return f"aws {look} --query '{' && '.join(_compared(wanted))}' --output text"


def _put(request: Request, call: str, document: str) -> str:
    if request.parameters.get("PolicyType") == "StepScaling":
        return _kept("POLICY_ARN", f"{call} --query PolicyARN", document)
    if request.operation == "CreateTopic":
        name = f"{blanks.topic_of(request).upper()}_ARN"
        return _kept(name, f"{call} --query TopicArn", document)
    return f"{call} --cli-input-json {document}\n"


def _kept(name: str, call: str, document: str) -> str:
    """A call whose answer later ones need."""
    return (
        f"{name}=$({call} --output text --cli-input-json {document})\n"
        f"given {name} 'AWS returned no ARN'\n"
    )


def _job(call: str, body: dict[str, Any]) -> str:
    """A job runs once under its name; the first argument names another run."""
    name = shlex.quote(body["TransformJobName"])
    wanted = blanks.described(body)
    document = quoted({**body, "TransformJobName": blanks.Text((blanks.JOB,))})
    option = '--transform-job-name "$TRANSFORM_JOB_NAME"'
    return (
        "# Every run needs its own name: pass another one as the first argument.\n"
        f"TRANSFORM_JOB_NAME=${{1:-{name}}}\n"
        f"given TRANSFORM_JOB_NAME {shlex.quote(blanks.JOB.asks)}\n"
        f"if ! exists sagemaker describe-transform-job {option}; then\n"
        f"  {call} --cli-input-json {document}\nelse\n"
        f"  same=$({_stands(f'sagemaker describe-transform-job {option}', wanted)})\n"
        "  if [[ $same != True ]]; then\n"
        f'    echo "$TRANSFORM_JOB_NAME {blanks.OTHER_JOB}" >&2\n    exit 1\n  fi\nfi\n'
        f"aws sagemaker wait transform-job-completed-or-stopped {option}\n"
    )


def quoted(body: dict[str, Any]) -> str:
    """The JSON of a request as one shell word, with the variables expanded in double quotes."""
    pieces: list[str] = []
    open_text = ""
    for piece in blanks.json_pieces(body, "\n"):
        if isinstance(piece, str):
            open_text += piece
        else:
            pieces += [shlex.quote(open_text), f'"${_name(piece)}"']
            open_text = ""
    return "".join([*pieces, shlex.quote(open_text)])


def word(value: str | blanks.Text) -> str:
    """A value as one shell word."""
    if isinstance(value, str):
        return shlex.quote(value)
    return "".join(
        shlex.quote(each) if isinstance(each, str) else f'"${_name(each)}"' for each in value.parts
    )


def _name(piece: blanks.Variable | blanks.Answered) -> str:
    if isinstance(piece, blanks.Answered):
        return f"{piece.name}_{piece.what}".upper()
    return piece.name.upper() + ("_LIST" if piece.is_list else "")
