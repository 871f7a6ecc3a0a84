"""How the caller must call what was deployed: operation, parameters, timeout, what to know."""

from __future__ import annotations

import math

from advisor.model.advice import Invoke, Parameters
from advisor.model.options import MULTI_MODEL, SERVERLESS
from advisor.options import memory, placeholders
from advisor.options.endpoint import endpoint_name
from advisor.options.load import SECOND, Load, seconds, sentence
from advisor.options.plan_builder import Draft

# What the framework's serving container takes unless it was written otherwise.
_CONTENT_TYPES = {
    "xgboost": "text/csv",
    "lightgbm": "text/csv",
    "catboost": "text/csv",
    "huggingface": "application/json",
    "sentence-transformers": "application/json",
    "transformers": "application/json",
    "tensorflow": "application/json",
    "vllm": "application/json",
    "tgi": "application/json",
    "djl": "application/json",
}
_TEXT_FORMATS = {"csv": "text/csv", "jsonlines": "application/jsonlines"}


def content_type(draft: Draft) -> str | None:
    """The media type of a request as far as format or framework give it."""
    stated = draft.text("dataset.format")
    if stated in _TEXT_FORMATS:
        return _TEXT_FORMATS[stated]
    framework = draft.text("model.framework")
    return _CONTENT_TYPES.get(framework.lower()) if framework is not None else None


def synchronous(draft: Draft, load: Load) -> Invoke:
    """InvokeEndpoint, or its streaming form."""
    facts = draft.facts
    streaming = facts.taken("requests.streaming") is True and draft.way != MULTI_MODEL
    parameters = _parameters(draft)
    notes: list[str] = []
    if draft.way:
        from advisor.options import addressing

        field, value, said = addressing.target(draft)
        if field:
            parameters[field] = value
        notes += said
    if draft.needs("sticky-sessions"):
        parameters["SessionId"] = "REPLACE-ME"
        draft.carry("sticky-sessions")
        notes.append("SessionId keeps a conversation on one instance; NEW_SESSION opens one.")
    timeout, note = _client_timeout(draft, load)
    notes.append(note)
    operation = "InvokeEndpoint"
    if streaming:
        operation = "InvokeEndpointWithResponseStream"
        notes.append(
            "The timeout applies between parts; a broken stream ends with ModelStreamError."
        )
    if draft.option == SERVERLESS:
        notes += _one_each(draft)
    return Invoke(
        operation=operation, parameters=parameters, client_timeout_s=timeout, notes=tuple(notes)
    )


def _client_timeout(draft: Draft, load: Load) -> tuple[int, str]:
    """Seconds that the client must wait for an answer, with a note that says why."""
    slowest = load.slowest_s or load.processing_s
    margin, work = draft.number("client-margin"), draft.number("answer-default")
    text = f"{work} s, the most that a call may take,"
    if slowest is None and (taken := draft.facts.taken("requests.processing") / SECOND) > work:
        slowest = taken
    if slowest is not None:
        work, text = slowest, f"{seconds(slowest)} of work"
    timeout = math.ceil(work) + margin
    return timeout, (
        f"Set the client's read timeout to {timeout} s ({text} + {margin} s), and its retries so "
        "that a slow request is not sent twice."
    )


def queued(draft: Draft, load: Load, wait_s: float | None) -> Invoke:
    """InvokeEndpointAsync: the input is an S3 object, the answer another.

    Args:
        draft: the plan being made; gets the two time settings.
        load: the workload's times.
        wait_s: how long a request may wait before its answer is of no use, ``None`` for no bound.
    """
    timeout = _invocation_timeout(draft, load)
    least, most = draft.number("async-wait-least"), draft.number("async-wait-most")
    ttl = most if wait_s is None else int(min(most, max(least, math.ceil(wait_s))))
    why = "no bound is stated"
    if wait_s is not None:
        why = f"{seconds(math.ceil(wait_s))} until nobody waits"
    because = sentence(f"{why}, within {least} and {most} s")
    draft.set("RequestTTLSeconds", ttl, because, constant="async-wait-most")
    parameters = _parameters(draft)
    parameters["InputLocation"] = placeholders.location(
        draft, "async/input/REPLACE-ME", "InputLocation"
    )
    parameters["RequestTTLSeconds"] = ttl
    parameters["InvocationTimeoutSeconds"] = timeout
    default = draft.number("async-timeout-default")
    notes = (
        "The call returns OutputLocation at once; the answer appears there.",
        "Failures appear under S3FailurePath; SageMaker does not retry them.",
        f"Send InvocationTimeoutSeconds with each request: without it the limit is {default} s.",
        *_one_each(draft),
    )
    return Invoke(
        operation="InvokeEndpointAsync", parameters=parameters, client_timeout_s=None, notes=notes
    )


def job(draft: Draft, name: str) -> Invoke:
    """A batch job has no call of its own: each run is a request."""
    notes = (
        "Start one job for each run, with a new TransformJobName, such as a date.",
        "Each input object gives one output object of the same name with the suffix .out.",
        "One failed object fails the job; the other objects are still written.",
        *_one_each(draft),
    )
    return Invoke(
        operation="CreateTransformJob",
        parameters={"TransformJobName": name},
        client_timeout_s=None,
        notes=notes,
    )


def _parameters(draft: Draft) -> Parameters:
    parameters: Parameters = {"EndpointName": endpoint_name(draft)}
    media = content_type(draft)
    if media is not None:
        parameters["ContentType"] = media
    return parameters


def _invocation_timeout(draft: Draft, load: Load) -> int:
    """The default while the work fits it, else the most: nothing is gained in between."""
    default, most = draft.number("async-timeout-default"), draft.number("async-timeout-most")
    timeout = default
    stated = draft.facts.largest("requests.processing") is not None
    taken = draft.facts.taken("requests.processing") / SECOND
    if not stated and taken <= default:
        because = f"Processing time not stated; {default} s is the default."
    elif not stated:
        because = f"A request takes {seconds(taken)} assumed, above the default of {default} s."
        timeout = most
    elif load.slowest_s is None or load.slowest_s > default:
        longest = seconds(load.slowest_s) if load.slowest_s is not None else "an open time"
        because = f"A request takes up to {longest}, above the default of {default} s."
        timeout = most
    else:
        longest = seconds(load.slowest_s)
        because = f"A request takes up to {longest}, within the default of {default} s."
    draft.set("InvocationTimeoutSeconds", timeout, because, constant="async-timeout-most")
    return int(timeout)


def _one_each(draft: Draft) -> tuple[str, ...]:
    """What to do with several models where an endpoint or a job holds one."""
    count = memory.models(draft)
    if count == 1:
        return ()
    return (f"{count} models: repeat the requests for each, with its own name.",)
