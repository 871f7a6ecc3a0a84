"""The Python script sends the plan's requests, value by value, and nothing else is run by it."""

from __future__ import annotations

import os
import runpy
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.artifacts.boto3_script import files
from advisor.model.advice import Advice
from tests.artifacts.plans import (
    HOSTILE,
    advices,
    hostile,
    named,
    placeholders,
    plan_of,
    policy_arn,
)
from tests.artifacts.read_back import planned, topics

boto3 = pytest.importorskip("boto3", reason="boto3 is not installed")


class Client:
    """Stands in for a boto3 client: notes its calls, and answers them from ``serves``."""

    def __init__(self, service: str, calls: list[Any], answer: dict[str, Any]) -> None:
        self.service, self.calls, self.answer = service, calls, answer
        self.serves: dict[str, str] = {}
        # The first question is whether there is an endpoint; later ones, what has become of it.
        self.statuses = ["InService", *answer.get("statuses", ["InService"] * 9)]
        self.still = answer.get("still", {})

    def __getattr__(self, method: str) -> Any:
        def call(**parameters: Any) -> dict[str, Any]:
            self.calls.append((self.service, method, parameters))
            if method in ("create_endpoint", "update_endpoint"):
                self.serves[parameters["EndpointName"]] = parameters["EndpointConfigName"]
            if method == "create_topic":
                return {"TopicArn": self.answer[parameters["Name"].rpartition("-")[2]]}
            if not method.startswith("describe_"):
                return self.answer
            if method == "describe_endpoint" and self._config(parameters) is not None:
                config = {"EndpointConfigName": self._config(parameters)}
                return {**config, "EndpointStatus": self.statuses.pop(0), **self.still}
            if method == "describe_inference_component" and self._made(parameters):
                return {"InferenceComponentStatus": "InService", **self.answer}
            if "refuses" in self.answer or "EndpointConfigName" not in self.answer:
                from botocore.exceptions import ClientError

                said = self.answer.get("refuses", "Could not find it.")
                raise ClientError({"Error": {"Code": "Any", "Message": said}}, method)
            return self.answer

        return call

    def _config(self, endpoint: dict[str, Any]) -> str | None:
        """The configuration of an endpoint; ``None`` when there is no such endpoint."""
        return self.serves.get(endpoint["EndpointName"], self.answer.get("EndpointConfigName"))

    def _made(self, component: dict[str, Any]) -> bool:
        """Whether a component was made before, by this script or another."""
        made = (call[2] for call in self.calls if call[1] == "create_inference_component")
        name = component["InferenceComponentName"]
        return "Specification" in self.answer or any(
            each["InferenceComponentName"] == name for each in made
        )

    def get_paginator(self, method: str) -> Any:
        names = self.answer.get("listed", [])
        field, kind = ("ModelName", "Models")
        if method == "list_endpoint_configs":
            field, kind = ("EndpointConfigName", "EndpointConfigs")

        def paginate(_: Any, **named: str) -> Any:
            self.calls.append((self.service, method, named))
            return [{kind: [{field: name} for name in names]}]

        return type("Paginator", (), {"paginate": paginate})()

    def get_waiter(self, name: str) -> Any:
        def wait(_: Any, **named: str) -> None:
            self.calls.append((self.service, "wait", name))

        return type("Waiter", (), {"wait": wait})()


def execute(name: str, content: str) -> None:
    """Run a script as the interpreter runs a file."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / name
        script.write_text(content, encoding="utf-8", newline="\n")
        runpy.run_path(str(script), run_name="__main__")


def made_names(calls: list[Any]) -> list[str]:
    """The names of models and configurations that a script made, in its order."""
    looks = ("describe_model", "describe_endpoint_config")
    return [next(iter(call[2].values())) for call in calls if call[1] in looks]


def run(advice: Advice, argv: tuple[str, ...] = (), **answer: Any) -> list[Any]:
    """The calls of the script, with the plan's names of models and configurations."""
    calls = raw(advice, argv, **answer)
    immutable = {"CreateModel": "ModelName", "CreateEndpointConfig": "EndpointConfigName"}
    names = [
        each.parameters[immutable[each.operation]]
        for each in plan_of(advice).requests
        if each.operation in immutable
    ]
    found: list[Any] = planned(calls, dict(zip(made_names(calls), names, strict=True)))
    return found


def raw(advice: Advice, argv: tuple[str, ...] = (), **answer: Any) -> list[Any]:
    """Run the script with stand-ins for the clients; the calls that it made."""
    ((name, content),) = files(advice)
    requests = plan_of(advice).requests
    calls: list[Any] = []
    answer = {"PolicyARN": policy_arn(requests), **topics(requests), **answer}
    with pytest.MonkeyPatch.context() as patch:
        for key, value in placeholders(requests).items():
            patch.setenv(key.upper(), value)
        patch.setattr(sys, "argv", [name, *argv])
        session = type("S", (), {"client": lambda _, service: Client(service, calls, answer)})
        patch.setattr(boto3, "Session", lambda **region: session())
        execute(name, content)
    return calls


def sent(calls: list[Any]) -> list[Any]:
    """The calls that make something."""
    return [call for call in calls if call[1].startswith(("create_", "register_", "put_"))]


def wanted(advice: Advice) -> list[Any]:
    """What the plan asks to be sent; CreateEndpointConfig is create_endpoint_config here."""
    methods = {
        "CreateModel": "create_model",
        "CreateEndpointConfig": "create_endpoint_config",
        "CreateEndpoint": "create_endpoint",
        "CreateInferenceComponent": "create_inference_component",
        "CreateTransformJob": "create_transform_job",
        "RegisterScalableTarget": "register_scalable_target",
        "PutScalingPolicy": "put_scaling_policy",
        "PutScheduledAction": "put_scheduled_action",
        "PutMetricAlarm": "put_metric_alarm",
        "CreateTopic": "create_topic",
    }
    return [
        (request.service, methods[request.operation], request.parameters)
        for request in plan_of(advice).requests
    ]


@pytest.mark.parametrize("advice", advices(), ids=lambda advice: advice.workload.name)
def test_every_request_is_sent_as_planned(advice: Advice) -> None:
    assert sent(run(advice)) == wanted(advice)


@pytest.mark.parametrize("advice", advices(), ids=lambda advice: advice.workload.name)
def test_no_placeholder_is_left_in_the_script(advice: Advice) -> None:
    ((_, content),) = files(advice)
    assert "replace-me" not in content.lower()
    assert "000000000000" not in content
    assert "subnet-0000" not in content


@given(st.lists(HOSTILE, min_size=1, max_size=4))
def test_nothing_in_a_value_is_run(texts: list[str]) -> None:
    advice = hostile(named("call-transcripts"), texts)
    before = sorted(os.listdir())
    assert sent(run(advice)) == wanted(advice)
    assert sorted(os.listdir()) == before


def test_what_exists_is_left_as_it_is() -> None:
    advice = named("fraud-scoring")
    name = made_names(raw(advice))[-1]
    assert [call[1] for call in run(advice, EndpointConfigName=name)] == [
        "describe_model",
        "describe_endpoint_config",
        "describe_endpoint",
        "describe_endpoint",
        "describe_endpoint",
        "list_endpoint_configs",
        "list_models",
    ]


@pytest.mark.parametrize(("name", "retain"), [("call-transcripts", True), ("fraud-scoring", False)])
def test_an_endpoint_with_another_configuration_is_updated(name: str, retain: bool) -> None:
    calls = run(named(name), EndpointConfigName="older")
    (update,) = (call[2] for call in calls if call[1] == "update_endpoint")
    assert update["EndpointName"] == name
    assert update["EndpointConfigName"].startswith(f"{name}-")
    kept = {"RetainAllVariantProperties", "ExcludeRetainedVariantProperties"}
    assert kept & update.keys() == (kept if retain else set())


@pytest.mark.parametrize("name", ["canary-of-two", "linear-and-scaled", "rolling-queue"])
def test_an_update_takes_the_rollout_of_the_plan(name: str) -> None:
    advice = named(name)
    (create,) = (e.parameters for e in plan_of(advice).requests if e.operation == "CreateEndpoint")
    (update,) = (c[2] for c in run(advice, EndpointConfigName="older") if c[1] == "update_endpoint")
    assert update["DeploymentConfig"] == create["DeploymentConfig"]


@pytest.mark.parametrize(
    ("field", "changed"), [("IMAGE_URI", [True, True]), ("BUCKET", [False, True])]
)
def test_another_value_makes_another_name(
    field: str, changed: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the model, and of the configuration, which names it."""
    advice = named("call-transcripts")
    first = made_names(raw(advice))
    ask = os.environ.get
    monkeypatch.setattr(
        os.environ, "get", lambda name, *rest: "other" if name == field else ask(name, *rest)
    )
    other = made_names(raw(advice))
    assert [one != two for one, two in zip(first, other, strict=True)] == changed


def test_what_earlier_runs_made_is_told_with_the_line_that_deletes_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    advice = named("call-transcripts")
    _, config = made_names(raw(advice))
    capsys.readouterr()
    raw(advice, listed=["call-transcripts-0a1b2c3d", "call-transcripts-of-a-0a1b2c3d", config])
    said = capsys.readouterr().out.splitlines()
    assert [each for each in said if each.startswith("  ")] == [
        "  aws sagemaker delete-endpoint-config --endpoint-config-name call-transcripts-0a1b2c3d",
        "  aws sagemaker delete-model --model-name call-transcripts-0a1b2c3d",
        f"  aws sagemaker delete-model --model-name {config}",  # which is no model of this run
    ]


def test_an_update_is_waited_for_as_long_as_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """In service before the update, then busy, then in service with the new configuration."""
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    statuses = ["InService", "Updating", "Updating", "RollingBack", "InService"]
    calls = run(named("canary-of-two"), EndpointConfigName="older", statuses=statuses)
    assert waits == [30, 30, 30]
    assert calls[-3][1] == "put_metric_alarm"


@pytest.mark.parametrize(
    ("statuses", "still", "told"),
    [
        (["InService", "InService"], "older", "InService with the configuration older: an alarm"),
        (["InService", "Failed"], "newer", "Failed with the configuration newer: an alarm"),
    ],
)
def test_an_update_that_was_turned_back_ends_the_script(
    statuses: list[str], still: str, told: str
) -> None:
    after = {"EndpointConfigName": still, "FailureReason": "an alarm went off"}
    with pytest.raises(SystemExit, match=told):
        run(named("canary-of-two"), EndpointConfigName="older", statuses=statuses, still=after)


def test_the_copies_of_a_component_are_nothing_that_a_variant_retains() -> None:
    older: dict[str, Any] = {"EndpointConfigName": "older", "Specification": {"ModelName": "older"}}
    calls = run(named("language-model-on-working-days"), **older)
    (update,) = (call[2] for call in calls if call[1] == "update_endpoint")
    assert "RetainAllVariantProperties" not in update


def test_a_component_is_made_once_updated_for_another_model_and_waited_for() -> None:
    advice = named("language-model-on-working-days")
    first = [call[1] for call in run(advice) if "component" in call[1]]
    assert first == [
        "describe_inference_component",
        "create_inference_component",
        "describe_inference_component",
    ]
    again = run(advice, Specification={"ModelName": "older"})
    (update,) = (call[2] for call in again if call[1] == "update_inference_component")
    (asked,) = (
        each.parameters
        for each in plan_of(advice).requests
        if each.operation == "CreateInferenceComponent"
    )
    assert update == {key: asked[key] for key in ("InferenceComponentName", "Specification")}
    model, _ = made_names(raw(advice))
    same = run(advice, Specification={**asked["Specification"], "ModelName": model, "More": 1})
    assert "create_inference_component" not in [call[1] for call in same]
    assert "update_inference_component" not in [call[1] for call in same]


def test_a_component_that_fails_ends_the_script() -> None:
    advice = named("language-model-on-working-days")
    failed: dict[str, Any] = {
        "InferenceComponentStatus": "Failed",
        "FailureReason": "no capacity",
    }
    with pytest.raises(SystemExit, match="no capacity"):
        run(advice, Specification={"ModelName": "older"}, **failed)


def test_another_failure_than_absence_ends_the_script() -> None:
    with pytest.raises(Exception, match="not for you"):
        run(named("fraud-scoring"), refuses="not for you")


def test_the_first_argument_names_the_run() -> None:
    calls = run(named("nightly-churn-scores"), ("monday",))
    names = [call[2]["TransformJobName"] for call in calls if "transform" in call[1]]
    assert names == ["monday", "monday"]


def test_a_run_with_other_values_ends_the_script() -> None:
    """Its name stands, so nothing would be done."""
    with pytest.raises(SystemExit, match="run-1 ran with other values: pass another name"):
        run(named("nightly-churn-scores"), EndpointConfigName="any")


def test_a_variable_that_is_not_set_ends_the_script(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BUCKET", raising=False)
    ((name, content),) = files(named("call-transcripts"))
    for key in placeholders(plan_of(named("call-transcripts")).requests):
        if key != "bucket":
            monkeypatch.setenv(key.upper(), "given")
    with pytest.raises(SystemExit, match="Set BUCKET: Name of the S3 bucket"):
        execute(name, content)
