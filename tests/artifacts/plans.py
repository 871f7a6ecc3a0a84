"""Workloads whose artifacts are tested, and what a user would fill in for them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from advisor.model.advice import Advice, Plan, Request
from advisor.pipeline import advise
from advisor.rulebook.load import load
from advisor.workload import read_file, read_workloads

ROOT = Path(__file__).parents[2]
WORKLOADS = sorted(
    [*(ROOT / "examples").glob("*.yaml"), *(ROOT / "tests/cases").glob("*/workload.yaml")]
)

# The field that holds the placeholder of each variable.
_FIELDS = {
    "ExecutionRoleArn": "execution_role_arn",
    "Image": "image_uri",
    "ModelPackageName": "model_package_arn",
    "ModelDataUrl": "model_data_url",
    "KmsKeyId": "kms_key_id",
    "KmsMasterKeyId": "kms_key_id",
    "Subnets": "subnet_ids",
    "SecurityGroupIds": "security_group_ids",
}
# Placeholders of several models are numbered, and so are their variables.
_NUMBERED = ("Image", "ModelPackageName", "ModelDataUrl")
_OF_ONE = re.compile(r"(?:replace-me|REPLACE-ME|REPLACE-ME/model)-([0-9]+)(?::latest|\.tar\.gz)?$")
POLICY_ARN_FIELD = "AlarmActions"

_GPU_MODELS = [
    {"name": "base", "size": "16 GB", "accelerator_memory": "20 GB", "share": "70 %"},
    {"name": "small", "size": "6 GB", "accelerator_memory": "9 GB"},
]

# Workloads whose requests have what no example has.
MORE: tuple[dict[str, Any], ...] = (
    {
        "name": "from-the-marketplace",
        "requests": {"arrival": "online", "payload": "10 KB", "processing": "50 ms"},
        "traffic": {"peak": "20/s"},
        "needs": ["marketplace-model", "vpc", "kms"],
    },
    {
        "name": "plain-files",
        "requests": {"arrival": "online", "payload": "10 KB", "processing": "50 ms"},
        "traffic": {"peak": "20/s"},
        "needs": ["uncompressed-model", "private-image", "shell-access"],
    },
    {
        "name": "watched-components",
        "environment": "production",
        "requests": {"arrival": "online", "processing": "200 ms", "answer": "1 s"},
        "traffic": {"peak": "20/s", "pattern": "sustained"},
        "needs": ["alarms", "kms"],
        "deploy": {"hosting": "inference-components"},
        "models": [{"name": "a"}, {"name": "b"}],
    },
    {
        "name": "canary-of-two",
        "region": "us-east-1",
        "environment": "production",
        "requests": {"arrival": "online", "payload": "10 KB", "processing": "50 ms"},
        "traffic": {"peak": "30/s", "pattern": "sustained"},
        "needs": ["canary", "alarms", "kms"],
        "model": {"artifact": "s3://my-bucket/fraud/model.tar.gz"},
        "deploy": {"version": "2026-11-20", "tags": {"team": "risk"}},
    },
    {
        "name": "linear-and-scaled",
        "environment": "production",
        "requests": {"arrival": "online", "processing": "50 ms", "answer": "300 ms"},
        "traffic": {"peak": "900/s", "pattern": "sustained"},
        "needs": ["autoscaling"],
        "deploy": {
            "rollout": {"strategy": "linear", "alarms": ["fraud-errors", "fraud p99 $(x)"]},
            "role": "arn:aws:iam::123456789012:role/sagemaker",
        },
    },
    {
        "name": "rolling-queue",
        "requests": {"arrival": "online", "processing": "2 min", "answer": "30 min"},
        "traffic": {"peak": "2/min"},
        "needs": ["notifications", "alarms"],
        "deploy": {
            "rollout": "rolling",
            "instances": {"min": 2, "max": 8},
            "topics": {"success": "arn:aws:sns:us-east-1:123456789012:done"},
        },
    },
    {
        "name": "in-the-shadow",
        "environment": "production",
        "requests": {"arrival": "online", "processing": "50 ms"},
        "traffic": {"peak": "30/s", "pattern": "sustained"},
        "needs": ["shadow-testing", "canary"],
        "model": {"artifact": "s3://my-bucket/fraud/model.tar.gz"},
        "deploy": {"shadow": {"share": "50 %", "instance_type": "ml.m5.large"}},
    },
    {
        "name": "three-variants",
        "environment": "production",
        "requests": {"arrival": "online", "processing": "50 ms"},
        "traffic": {"peak": "30/s", "pattern": "sustained"},
        "needs": ["multiple-variants", "alarms"],
        "deploy": {
            "rollout": "rolling",
            "variants": [
                {"name": "Challenger", "artifact": "s3://my-bucket/2/model.tar.gz"},
                {"name": "3rd-one", "weight": "0.25"},
            ],
        },
    },
    {
        "name": "components-to-zero",
        "region": "us-east-1",
        "requests": {"arrival": "online", "payload": "8 KB", "processing": "3 s"},
        "traffic": {"peak": "2/s"},
        "model": {"accelerator": "gpu", "framework": "vllm", "concurrency": 4},
        "models": _GPU_MODELS,
        "needs": ["scale-to-zero", "vpc", "kms"],
        "decision": {"option": "real-time", "because": "its answers are waited for"},
    },
    {
        "name": "endpoints-apart",
        "requests": {"arrival": "online", "processing": "20 ms", "answer": "100 ms"},
        "traffic": {"peak": "30/s"},
        "models": [{"name": "north", "share": "90 %", "size": "2 GB"}, {"name": "south"}],
        "needs": ["tenant-isolation", "autoscaling"],
    },
    {
        "name": "containers-called",
        "requests": {"arrival": "online", "cold_start": "avoid", "answer": "100 ms"},
        "models": [
            {"name": "trees", "framework": "xgboost"},
            {"name": "nets", "framework": "pytorch", "artifact": "s3://models/nets.tar.gz"},
        ],
    },
    {
        "name": "steps-of-a-job",
        "requests": {"arrival": "batch", "payload": "10 KB"},
        "models": [{"name": "prepare"}, {"name": "predict", "size": "2 GB"}],
        "needs": ["inference-pipeline"],
    },
    {
        "name": "queues-apart",
        "requests": {"arrival": "online", "payload": "1 GB", "answer": "later"},
        "models": [{"name": "north"}, {"name": "south", "size": "2 GB"}],
        "needs": ["tenant-isolation"],
    },
    {
        "name": "fleet-in-hours",
        "region": "eu-central-1",
        "requests": {"arrival": "online", "processing": "200 ms", "cold_start": "avoid"},
        "traffic": {
            "peak": "40/s",
            "windows": [{"days": "mon-fri", "hours": "8-18"}, {"days": "sat", "hours": "22-2"}],
            "timezone": "Europe/Berlin",
        },
        "needs": ["alarms"],
        "decision": {"option": "real-time", "because": "its answers are waited for"},
    },
    {
        "name": "components-in-hours",
        "requests": {"arrival": "online", "processing": "3 s", "cold_start": "tolerated"},
        "traffic": {"peak": "2/s", "windows": "business hours"},
        "model": {"accelerator": "gpu", "framework": "vllm", "concurrency": 4},
        "models": _GPU_MODELS,
        "deploy": {"hosting": "inference-components"},
        "decision": {"option": "real-time", "because": "its answers are waited for"},
    },
    {
        "name": "warm-in-hours",
        "requests": {"arrival": "online", "processing": "800 ms", "cold_start": "avoid"},
        "traffic": {"peak": "10/s", "windows": [{"hours": "8-18"}], "timezone": "UTC"},
        "model": {"memory": "1 GB", "accelerator": "none"},
        "needs": ["provisioned-concurrency"],
        "decision": {"option": "serverless", "because": "its load is light"},
    },
    {
        "name": "language-model-of-the-hub",
        "requests": {"arrival": "online", "streaming": True, "tokens": {"input": "1k"}},
        "traffic": {"peak": "2/s"},
        "model": {"id": "Qwen/Qwen3-8B", "engine": "vllm"},
    },
    {
        "name": "language-model-to-zero",
        "requests": {"arrival": "online", "tokens": {"input": "1k", "output": 300}},
        "traffic": {"peak": "2/s"},
        "model": {
            "id": "meta-llama/Llama-3.3-70B-Instruct",
            "image": "763104351884.dkr.ecr.us-east-1.amazonaws.com/djl-inference:0.36.0-cu130",
        },
        "needs": ["scale-to-zero", "vpc"],
    },
    {
        "name": "batch-with-a-key",
        "requests": {"arrival": "batch", "payload": "10 KB"},
        "needs": ["kms", "data-capture", "vpc"],
    },
)


@cache
def advices() -> tuple[Advice, ...]:
    """The advice of every example and case for which an option fits."""
    made = [advise(workload) for path in WORKLOADS for workload in read_file(str(path))]
    features = tuple(load().feature)
    for document in MORE:
        text = json.dumps(document).encode()
        made += [advise(each) for each in read_workloads(text, "more.json", features=features)]
    return tuple(advice for advice in made if advice.chosen is not None)


def named(name: str) -> Advice:
    """The advice of one workload."""
    (advice,) = (each for each in advices() if each.workload.name == name)
    return advice


def versioned(version: str) -> Advice:
    """The same workload released under another version."""
    document = next(each for each in MORE if each["name"] == "canary-of-two")
    changed = {**document, "deploy": {**document["deploy"], "version": version}}
    (workload,) = read_workloads(json.dumps(changed).encode(), "more.json")
    return advise(workload)


def plan_of(advice: Advice) -> Plan:
    """The plan of the recommended option."""
    assert advice.chosen is not None
    assert advice.chosen.plan is not None
    return advice.chosen.plan


def with_requests(advice: Advice, requests: tuple[Request, ...]) -> Advice:
    """The same advice with other requests in its plan."""
    candidates = tuple(
        each._replace(plan=plan_of(advice)._replace(requests=requests))
        if each.option == advice.decision.option
        else each
        for each in advice.candidates
    )
    return advice._replace(candidates=candidates)


def placeholders(requests: tuple[Request, ...]) -> dict[str, str]:
    """For each variable the placeholder itself: filled in, the requests come out unchanged."""
    values = {"bucket": "REPLACE-ME"}
    for field, value in _fields([request.parameters for request in requests]):
        other = re.fullmatch(r"s3://REPLACE-ME/variants/(.*)/model.tar.gz", str(value))
        if other is not None:
            values[f"model_data_url_{other[1].lower().replace('-', '_')}"] = value
        elif field in _FIELDS:
            text = ",".join(value) if isinstance(value, list) else value
            number = _OF_ONE.search(text) if field in _NUMBERED else None
            name = _FIELDS[field] if number is None else f"{_FIELDS[field]}_{number[1]}"
            if re.search("(?i)replace-me|-0{17}", text):
                values[name] = text
        elif field == "S3Uri" and value == "s3://REPLACE-ME/":
            values["model_data_url"] = value
    return values


def policy_arn(requests: tuple[Request, ...]) -> str:
    """The placeholder of the step policy's ARN; empty where no alarm names one."""
    for field, value in _fields([request.parameters for request in requests]):
        if field == POLICY_ARN_FIELD and ":scalingPolicy:" in value[0]:
            return str(value[0])
    return ""


def _fields(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key, inner
            yield from _fields(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _fields(inner)


HOSTILE_SAMPLES = [
    "$(touch pwned)",
    "`touch pwned`",
    "'; touch pwned; '",
    '"; touch pwned; "',
    "'\"'\"'$(touch pwned)",
    "a\nb\r\ntouch pwned\n",
    "${HOME}%{ if true }x%{ endif }",
    "${AWS::AccountId} {{x}} !Ref Name",
    '"""\nimport os\n"""',
    "\\",
    "\\\"'",
    "EOF\ntouch pwned\nEOF",
    "{BUCKET}",
    "{BUCKET!r} %(x)s %s",
    "!Sub ${Bucket} !Ref Bucket",
    "--cli-input-json",
    "-n",
    "~{x} $${x} %%{x}",
    "<aws.scheduler.execution-id>",
    "very long " * 500,
    "yes",
    "012",
    "- x: #",
    "\u2028\u0085\ufeff é 😀",
]
HOSTILE = st.one_of(
    st.sampled_from(HOSTILE_SAMPLES),
    st.text(alphabet=st.sampled_from("$`'\"\\\n\r\t(){}%!&|;<>#: -a0é😀\u2028\x7f"), max_size=20),
)


def hostile(advice: Advice, texts: list[str]) -> Advice:
    """The advice with texts in the places that take anything: tags and the environment."""
    tags = [{"Key": text, "Value": text[::-1] + text} for text in texts]
    requests = []
    for request in plan_of(advice).requests:
        parameters = json.loads(json.dumps(request.parameters))
        if request.operation.startswith("Create"):
            parameters["Tags"] = tags
        if request.operation == "CreateModel":
            for container in parameters.get("Containers", [parameters.get("PrimaryContainer")]):
                container["Environment"] = {text: text for text in texts}
        if request.operation == "PutMetricAlarm":
            parameters["AlarmDescription"] = "".join(texts)
        requests.append(request._replace(parameters=parameters))
    return with_requests(advice, tuple(requests))
