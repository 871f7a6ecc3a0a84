"""A local stand-in of AWS runs the scripts over HTTP: once, again, and after an interruption.

moto refuses instance types that it does not know (a plan with one is run with another type), knows
no update of an endpoint and no inference components (plans with them are left out), and checks less
than AWS does. Its endpoints are in service at once.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from advisor.artifacts import maker
from advisor.model.advice import Advice
from tests.artifacts.plans import placeholders, plan_of, with_requests
from tests.artifacts.programs import MissingError, tool
from tests.artifacts.test_boto3_script import execute

_KNOWN_TYPE = "ml.m5.large"  # to moto
_REFUSED_TYPE = "failed to satisfy constraint: Member must satisfy enum value set"
_OF_THE_MOMENT = re.compile("Time|ResponseMetadata|ScalableTargetARN")
_ACCOUNT = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
_NOBODY = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
_DESCRIBED = {
    "CreateEndpoint": ("describe_endpoint", "EndpointName"),
    "CreateTransformJob": ("describe_transform_job", "TransformJobName"),
}
_IMMUTABLE = ("CreateModel", "CreateEndpointConfig")
_DONE = {"describe_endpoint": "InService", "describe_transform_job": "Completed"}


class Interruption(BaseException):
    """Ends a script as a closed terminal does."""


@cache
def _client(region: str | None, service: str) -> Any:
    """A client, made once for all scripts of a Region, since that takes most of the time."""
    from boto3.session import Session

    session: Any = Session(region_name=region or "us-east-1")
    return session.client(service)


class Account:
    """What stands in one moto server."""

    def __init__(self, address: str) -> None:
        self.address = address

    def reset(self) -> None:
        """Nothing stands in the account."""
        connection = HTTPConnection(self.address.removeprefix("http://"))
        connection.request("POST", "/moto-api/reset")
        connection.getresponse().read()
        connection.close()

    def holds(self, advice: Advice) -> Any:
        """What the requests of a plan made; fails when something is not there or not ready."""
        sagemaker = _client(advice.region, "sagemaker")
        found: list[Any] = [
            *(
                sagemaker.describe_model(ModelName=each["ModelName"])
                for each in sagemaker.list_models()["Models"]
            ),
            *(
                sagemaker.describe_endpoint_config(EndpointConfigName=each["EndpointConfigName"])
                for each in sagemaker.list_endpoint_configs()["EndpointConfigs"]
            ),
        ]
        immutable = [each for each in plan_of(advice).requests if each.operation in _IMMUTABLE]
        if len(found) != len(immutable):
            raise ValueError(f"{len(found)} models and configurations stand, not {len(immutable)}")
        for request in plan_of(advice).requests:
            if request.operation in _DESCRIBED:
                describe, field = _DESCRIBED[request.operation]
                name = {field: request.parameters[field]}
                made = getattr(sagemaker, describe)(**name)
                status = next((made[key] for key in made if key.endswith("Status")), None)
                if status != _DONE.get(describe, status):
                    raise ValueError(f"{name} is {status}")
                found.append(made)
        autoscaling = _client(advice.region, "application-autoscaling")
        found.append(autoscaling.describe_scalable_targets(ServiceNamespace="sagemaker"))
        found.append(autoscaling.describe_scaling_policies(ServiceNamespace="sagemaker"))
        found.append(_client(advice.region, "cloudwatch").describe_alarms())
        found.append(_client(advice.region, "sns").list_topics())
        return _lasting(found)


def _lasting(value: Any) -> Any:
    """A value without the times in it and without what a server makes up anew."""
    if isinstance(value, dict):
        return {
            key: _lasting(inner) for key, inner in value.items() if not _OF_THE_MOMENT.search(key)
        }
    if isinstance(value, list):
        return [_lasting(inner) for inner in value]
    return re.sub("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "…", str(value))


@contextlib.contextmanager
def _account() -> Iterator[Account]:
    try:
        from moto.server import ThreadedMotoServer
    except ImportError:
        raise MissingError("moto's server is not installed") from None
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield Account(f"http://{host}:{port}")
    finally:
        server.stop()


def deployed_by_boto3(advices: Sequence[Advice]) -> list[str]:
    """The Python script comes to its end; again it changes nothing; interrupted it goes on."""
    import boto3

    session: Any = boto3.session.Session  # moto asks one for more than clients

    class Shared(session):  # type: ignore[misc]
        def client(self, service: str, *given: Any, **named: Any) -> Any:
            if given or named:
                return super().client(service, *given, **named)
            return _client(self.region_name, service)

    faults = []
    with _account() as account, pytest.MonkeyPatch.context() as patch:
        for name, value in {**_ACCOUNT, **_NOBODY, "AWS_ENDPOINT_URL": account.address}.items():
            patch.setenv(name, value)
        patch.setattr(boto3, "Session", Shared)
        for number, advice in enumerate(filter(_is_known, advices)):
            faults += _tried(account, advice, number)
    _client.cache_clear()
    return faults


def _is_known(advice: Advice) -> bool:
    operations = {each.operation for each in plan_of(advice).requests}
    return "CreateInferenceComponent" not in operations


def _tried(account: Account, advice: Advice, number: int) -> list[str]:
    """The fault of one script, run with types that moto knows."""
    try:
        _try(account, advice, number)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told with its advice
        if _REFUSED_TYPE in str(error) and "nstance" in str(error):
            return _tried(account, _with_known_type(advice), number)
        return [f"{advice.workload.name}: {type(error).__name__}: {error}"]
    return []


def _try(account: Account, advice: Advice, number: int) -> None:
    account.reset()
    _run(advice)
    once = account.holds(advice)
    _run(advice)
    if account.holds(advice) != once:
        raise ValueError("a second run changed something")
    account.reset()
    with contextlib.suppress(Interruption):
        _run(advice, interrupted_at=number % len(plan_of(advice).requests))
    _run(advice)
    if account.holds(advice) != once:
        raise ValueError("a run after an interruption came to something else")


def _run(advice: Advice, interrupted_at: int | None = None) -> None:
    """Run the script, in this process; interrupted before it makes the thing of that number."""
    from botocore.client import BaseClient

    ((name, content),) = maker("boto3")(advice)
    send, made = vars(BaseClient)["_make_api_call"], 0

    def counted(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        nonlocal made
        if not operation.startswith(("Describe", "List")):
            if made == interrupted_at:
                raise Interruption
            made += 1
        return send(self, operation, parameters)

    with pytest.MonkeyPatch.context() as patch:
        for key, value in placeholders(plan_of(advice).requests).items():
            patch.setenv(key.upper(), value)
        patch.setattr(sys, "argv", [name])
        patch.setattr(BaseClient, "_make_api_call", counted)
        execute(name, content)


def _with_known_type(advice: Advice) -> Advice:
    """The advice with instances that moto knows."""
    text = json.dumps([request.parameters for request in plan_of(advice).requests])
    text = re.sub(r'("InstanceType": )"[^"]*"', rf'\1"{_KNOWN_TYPE}"', text)
    requests = zip(plan_of(advice).requests, json.loads(text), strict=True)
    return with_requests(advice, tuple(each._replace(parameters=body) for each, body in requests))


def deployed_by_shell(advices: Sequence[Advice]) -> list[str]:
    """The shell script comes to its end, twice; one plan of each set of operations is tried."""
    bash, faults, seen = tool("bash"), [], set()
    if not (Path(sys.executable).parent / "aws").is_file():
        raise MissingError("the aws CLI is not installed")
    with _account() as account, pytest.MonkeyPatch.context() as patch:
        for name, value in {**_ACCOUNT, **_NOBODY, "AWS_ENDPOINT_URL": account.address}.items():
            patch.setenv(name, value)
        for advice in filter(_is_known, advices):
            operations = frozenset(each.operation for each in plan_of(advice).requests)
            if operations not in seen:
                seen.add(operations)
                faults += _shell(bash, account, _with_known_type(advice))
    return faults


def _shell(bash: str, account: Account, advice: Advice) -> list[str]:
    ((name, content),) = maker("shell")(advice)
    values = {key.upper(): text for key, text in placeholders(plan_of(advice).requests).items()}
    values |= {**os.environ, "AWS_DEFAULT_REGION": advice.region or "us-east-1"}
    values["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    account.reset()
    held = []
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / name
        script.write_text(content, encoding="utf-8", newline="\n")
        for _ in range(2):
            said = subprocess.run(
                [bash, str(script)], env=values, capture_output=True, text=True, check=False
            )
            if said.returncode:
                return [f"{advice.workload.name}: {said.stderr}"]
            held.append(account.holds(advice))
    return [] if held[0] == held[1] else [f"{advice.workload.name}: a second run changed something"]
