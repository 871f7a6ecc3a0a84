"""The scripts through the life of an endpoint, against a stand-in of the service.

The stand-in is of the tests: it refuses a name that stands, deletes nothing in use, and knows
updates, components and rollbacks. botocore validates what is sent. It is not AWS.
"""

from __future__ import annotations

import contextlib
import io
import json
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from advisor.artifacts import shell
from advisor.artifacts.boto3_script import files
from advisor.model.advice import Advice
from advisor.pipeline import advise
from advisor.workload import read_workloads
from tests.artifacts.plans import ROOT, named, placeholders, plan_of, with_requests
from tests.artifacts.service import RefusedError, Service
from tests.artifacts.test_boto3_script import execute

boto3 = pytest.importorskip("boto3", reason="boto3 is not installed")
exceptions = pytest.importorskip("botocore.exceptions")

_PLAIN = """
name: scores
region: us-east-1
environment: production
requests: {arrival: online, payload: 10 KB, processing: 50 ms}
traffic: {peak: 30/s, pattern: sustained}
deploy: {instance_type: ml.m5.large}
"""
Run = Callable[..., str]
"""Runs a script against a service: service, advice and values of variables; what it printed."""

# A stand-in of the aws CLI: the call goes to the service, which is kept in a file.
_CLI = """#!PYTHON
import json, os, pickle, sys
import jmespath
from tests.artifacts.service import RefusedError

_, _, operation, *rest = sys.argv
given, body, query = {}, {}, ""
while rest:
    option, *rest = rest
    value = rest.pop(0) if rest and not rest[0].startswith("--") else True
    if option == "--query":
        query = value
    elif option == "--cli-input-json":
        body = json.loads(value)
    elif option != "--output":
        given["".join(word.capitalize() for word in option[2:].split("-"))] = value
with open(os.environ["STATE"], "rb") as stream:
    service = pickle.load(stream)
name = "".join(word.capitalize() for word in operation.split("-"))
try:
    answer = service.call(name, {**body, **given})  # options override the request
except RefusedError as error:
    sys.exit(str(error))
with open(os.environ["STATE"], "wb") as stream:
    pickle.dump(service, stream)
if query:
    found = jmespath.search(query, answer)
    print("\t".join(map(str, found)) if isinstance(found, list) else found)
"""


def _advice(*edits: tuple[str, str]) -> Advice:
    text = _PLAIN
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    (workload,) = read_workloads(text.encode(), "scores.yaml")
    return advise(workload)


def _run(service: Service, advice: Advice, **given: str) -> str:
    """Run the script; what it printed."""

    class Client:
        def __init__(self, name: str) -> None:
            from botocore import UNSIGNED
            from botocore.config import Config
            from botocore.session import get_session

            self.real = get_session().create_client(
                name, region_name="us-east-1", config=Config(signature_version=UNSIGNED)
            )

        def __getattr__(self, method: str) -> Any:
            operation = self.real.meta.method_to_api_mapping[method]
            shape = self.real.meta.service_model.operation_model(operation).input_shape

            def call(**parameters: Any) -> dict[str, Any]:
                from botocore.validate import validate_parameters

                validate_parameters(parameters, shape)
                try:
                    return service.call(operation, parameters)
                except RefusedError as error:
                    said = {"Error": {"Code": "ValidationException", "Message": str(error)}}
                    raise exceptions.ClientError(said, operation) from error

            return call

        def get_paginator(self, method: str) -> Any:
            call = getattr(self, method)
            return type("P", (), {"paginate": lambda _, **given: [call(**given)]})()

    ((name, content),) = files(advice)
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(said):
        for key, value in {**placeholders(plan_of(advice).requests), **given}.items():
            patch.setenv(key.upper(), value)
        patch.setattr(sys, "argv", [name])
        session = type("S", (), {"client": lambda _, service: Client(service)})
        patch.setattr(boto3, "Session", lambda **region: session())
        execute(name, content)
    return said.getvalue()


def _settled(run: Run, service: Service, advice: Advice, **given: str) -> str:
    """Run twice: the first may change something, the second changes nothing. What was printed."""
    said = run(service, advice, **given)
    before = len(service.changes)
    assert run(service, advice, **given) == said
    assert service.changes[before:] == []
    # Everything that the served configuration does not need is told, and nothing else is.
    needed = {*service.endpoints.values()}
    for config in service.endpoints.values():
        needed |= set(re.findall("'ModelName': '([^']*)'", str(service.configs[config])))
    for component in service.components.values():
        needed.add(component["Specification"]["ModelName"])
    told = set(re.findall(r"-name (\S+)$", said, re.MULTILINE))
    assert told == {*service.models, *service.configs} - needed
    return said


def _by_shell(service: Service, folder: Path, advice: Advice, **given: str) -> str:
    """Run the shell script with a stand-in of the CLI; what it printed."""
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    for name, text in {"aws": _CLI, "sleep": "#!/bin/sh\n"}.items():
        (programs / name).write_text(text.replace("PYTHON", sys.executable), encoding="utf-8")
        (programs / name).chmod(0o755)
    state = folder / "state"
    state.write_bytes(pickle.dumps(service))
    ((name, content),) = shell.files(advice)
    (folder / name).write_text(content, encoding="utf-8", newline="\n")
    values = {**placeholders(plan_of(advice).requests), **given}
    ran = subprocess.run(
        ["bash", str(folder / name)],
        env={
            **{key.upper(): value for key, value in values.items()},
            "PATH": f"{programs}:/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "STATE": str(state),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    vars(service).update(vars(pickle.loads(state.read_bytes())))  # noqa: S301 - written above
    if ran.returncode:
        raise SystemExit(ran.stderr)
    return ran.stdout


def _runner(dialect: str, folder: Path) -> Run:
    if dialect == "boto3":
        return _run
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed")
    return lambda service, advice, **given: _by_shell(service, folder, advice, **given)


@pytest.mark.parametrize("dialect", ["boto3", "shell"])
def test_the_life_of_an_endpoint(dialect: str, tmp_path: Path) -> None:
    """Apply, edit, scale, canary, retrain, roll back, tear down; the endpoint is never deleted."""
    service, run = Service(), _runner(dialect, tmp_path)
    first = _advice()
    _settled(run, service, first)
    served = [service.endpoints["scores"]]
    steps: list[tuple[tuple[tuple[str, str], ...], dict[str, str]]] = [
        ((("ml.m5.large", "ml.m5.xlarge"),), {}),
        ((("30/s", "900/s"),), {}),
        ((), {"image_uri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/scores:2"}),
        ((), {"model_data_url": "s3://models/2/model.tar.gz"}),
        ((("deploy:", "needs: [autoscaling]\ndeploy:"), ("30/s", "60/s")), {}),
        ((("deploy:", "needs: [canary, alarms]\ndeploy:"), ("30/s", "300/s")), {}),
        ((("deploy: {", "deploy: {version: 2026-12-01, "),), {}),
    ]
    for edits, given in steps:
        _settled(run, service, _advice(*edits), **given)
        served.append(service.endpoints["scores"])
        assert served[-1] not in served[:-1], (edits, given)
    made = len(service.configs)
    said = _settled(run, service, first)  # the roll back takes what stands
    assert service.endpoints["scores"] == served[0]
    assert len(service.configs) == made
    assert "DeleteEndpoint" not in service.changes
    for kind, name in re.findall(r"  aws sagemaker delete-(\S+) --\S+ (\S+)$", said, re.MULTILINE):
        word = "EndpointConfig" if kind == "endpoint-config" else "Model"
        service.call(f"Delete{word}", {f"{word}Name": name})
    service.call("DeleteEndpoint", {"EndpointName": "scores"})
    (config,), (model,) = service.configs, service.models
    service.call("DeleteEndpointConfig", {"EndpointConfigName": config})
    service.call("DeleteModel", {"ModelName": model})
    assert (service.models, service.configs, service.endpoints) == ({}, {}, {})


@pytest.mark.parametrize("dialect", ["boto3", "shell"])
def test_an_update_that_an_alarm_turns_back_is_told_and_tried_again(
    dialect: str, tmp_path: Path
) -> None:
    service, run = Service(), _runner(dialect, tmp_path)
    run(service, _advice())
    before = service.endpoints["scores"]
    service.turns_back = True
    changed = _advice(("ml.m5.large", "ml.m5.xlarge"))
    with pytest.raises(SystemExit, match=r"InService with the configuration .*: an alarm went off"):
        run(service, changed)
    assert service.endpoints["scores"] == before
    _settled(run, service, changed)
    assert service.endpoints["scores"] != before


@pytest.mark.parametrize("dialect", ["boto3", "shell"])
@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("office-assistants", "image_uri_1"),
        ("call-transcripts", "image_uri"),
        ("models-per-customer", "image_uri"),
        ("three-variants", "model_data_url_3rd_one"),
        ("endpoints-apart", "image_uri"),
    ],
)
def test_another_value_comes_to_be_served(
    name: str, variable: str, dialect: str, tmp_path: Path
) -> None:
    """And the earlier value again, without anything made anew."""
    service, run, advice = Service(), _runner(dialect, tmp_path), named(name)
    values = placeholders(plan_of(advice).requests)
    key = next((each for each in values if each.startswith(variable)), "execution_role_arn")
    _settled(run, service, advice)
    first = _serving(service)
    _settled(run, service, advice, **{key: "arn:aws:iam::123456789012:role/another"})
    assert _serving(service) != first
    made = len(service.models)
    _settled(run, service, advice)
    assert _serving(service) == first
    assert len(service.models) == made
    assert not [each for each in service.changes if each.startswith("Delete")]


@pytest.mark.parametrize("dialect", ["boto3", "shell"])
def test_a_component_is_given_other_memory(dialect: str, tmp_path: Path) -> None:
    service, run, advice = Service(), _runner(dialect, tmp_path), named("office-assistants")
    _settled(run, service, advice)
    edited = json.loads(json.dumps([each.parameters for each in plan_of(advice).requests]))
    for body in edited:
        if "Specification" in body:
            body["Specification"]["ComputeResourceRequirements"]["MinMemoryRequiredInMb"] += 512
    requests = zip(plan_of(advice).requests, edited, strict=True)
    other = tuple(each._replace(parameters=body) for each, body in requests)
    before = len(service.changes)
    _settled(run, service, with_requests(advice, other))
    assert service.changes[before:] == ["UpdateInferenceComponent"] * 2


def _serving(service: Service) -> Any:
    """The configuration of each endpoint, and the model of each component."""
    components = service.components.items()
    models = {name: each["Specification"]["ModelName"] for name, each in components}
    return dict(service.endpoints), models
