"""A bash script that sends one request to what was deployed, as the plan says to call it."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

from advisor.artifacts import Files
from advisor.artifacts import variables as blanks
from advisor.artifacts.shell import inputs, quoted, region, word
from advisor.configuration.rulefiles import read_parts
from advisor.model.advice import Advice, Plan

_TARGET = blanks.Variable("target_model", "Name of the archive of one model below the prefix")
_RUN = blanks.Variable("name", "Name of this test")
_INPUT = blanks.Variable("input", "S3 address of the request")
_OWN = (_RUN, _INPUT)
_START_S = 1800  # most seconds to wait for instances, beside the time of a call


def files(advice: Advice) -> Files:
    """``smoke-test.sh``; nothing when no option fits."""
    plan = advice.chosen.plan if advice.chosen is not None else None
    if plan is None:
        return []
    text = read_parts("service", "smoke-test.sh.txt")
    body, place = _body(plan)
    signs = any(sign in json.dumps(plan.invoke.parameters) for sign in "$`")
    parts = ["#!/usr/bin/env bash\n", text["unexpanded"] if signs else "", text["head"]]
    parts += [region(advice.region), text["file"].replace("{limit}", _limit(advice))]
    asked = [each for each in blanks.variables([body, place]) if each not in _OWN]
    if asked:
        parts += [read_parts("service", "deploy.sh.txt")["given"], *inputs(asked)]
    parts.append("\nNAME=smoke-test-$(date -u +%Y%m%d-%H%M%S)-$$\n" if place else "\n")
    if place:
        parts.append(f"INPUT={word(place)}\n")
    if plan.invoke.operation == "CreateTransformJob":
        parts += [_newest(plan), f"REQUEST={quoted(body)}\n", text["job"]]
    else:
        wait = plan.invoke.client_timeout_s or 60
        kind = "sync"
        if plan.invoke.operation == "InvokeEndpointAsync":
            kind, wait = "async", body.get("InvocationTimeoutSeconds", 900) + _START_S
        parts += [f"REQUEST={quoted(body)}\nTIMEOUT={wait}\n", text["answer"]]
        is_stream = plan.invoke.operation.endswith("Stream")
        parts += [text["stream"] if is_stream else "", text[kind]]
    return [("smoke-test.sh", "".join(parts))]


def command(advice: Advice, folder: str) -> str:
    """How the script is run."""
    plan = advice.chosen.plan if advice.chosen is not None else None
    asked = [] if plan is None else blanks.variables([*_body(plan)])
    given = "".join(f"{each.name.upper()}=… " for each in asked if each not in _OWN)
    return f"{given}bash {shlex.quote(f'{folder}/smoke-test.sh')} FILE"


def _body(plan: Plan) -> tuple[dict[str, Any], Any]:
    """The request, and the S3 address that its input is put to; empty where it is sent along."""
    if plan.invoke.operation == "CreateTransformJob":
        (job,) = (each for each in plan.requests if each.operation == "CreateTransformJob")
        body = blanks.filled(job)
        name = blanks.Text((blanks.Answered("model", "name"),))
        source = body["TransformInput"]["DataSource"]["S3DataSource"]
        own = {"S3DataType": "S3Prefix", "S3Uri": blanks.Text((_INPUT,))}
        inner = {**body["TransformInput"], "DataSource": {"S3DataSource": {**source, **own}}}
        named = {"TransformJobName": blanks.Text((_RUN,)), "ModelName": name}
        return {**body, **named, "TransformInput": inner}, _below(source["S3Uri"])
    body = blanks.filled(plan.invoke)
    if "REPLACE-ME" in str(body.get("TargetModel", "")):
        body["TargetModel"] = blanks.Text((_TARGET,))
    return body, _below(body.pop("InputLocation", ""))


def _below(prefix: Any) -> Any:
    """The address of this test's input, below the prefix of the plan."""
    if not prefix:
        return ""
    parts = prefix.parts if isinstance(prefix, blanks.Text) else (prefix,)
    last = re.sub("[^/]*$", "", parts[-1]) if isinstance(parts[-1], str) else "/"
    return blanks.Text((*parts[:-1], last, _RUN))


def _newest(plan: Plan) -> str:
    """The model's name, which each dialect makes: that of the newest of the workload."""
    (job,) = (each for each in plan.requests if each.operation == "CreateTransformJob")
    stem = re.sub("-[0-9a-f]{8}$", "", job.parameters["ModelName"])
    return (
        "# The newest model of the workload, unless MODEL_NAME says another.\n"
        "MODEL_NAME=${MODEL_NAME:-$(aws sagemaker list-models --sort-by CreationTime \\\n"
        f"  --sort-order Descending --name-contains {shlex.quote(stem)} \\\n"
        "  --query 'Models[0].ModelName' --output text)}\n"
    )


def _limit(advice: Advice) -> str:
    """What one request may have, as the rules have it."""
    verdicts = () if advice.chosen is None else advice.chosen.verdicts
    found = [each.bound for each in verdicts if each.rule.endswith(("-payload", "-record"))]
    return f"; one request may have {found[0]}" if found else ""
