"""What a container that serves a language model is told: the model, its split, its longest request.

The variables are those of ``rules/service/containers.json``, by their roles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from advisor.model.options import INFERENCE_COMPONENTS, MULTI_MODEL, SERVERLESS
from advisor.model.workload import GENERATIVE, Modelled, OnType
from advisor.options import timeouts
from advisor.options.placeholders import HUB
from advisor.options.plan_builder import Draft, once

_ROUND = 1024  # tokens
_HERE = "/opt/ml/model"
_WHOLE = ("fp32", "bf16", "fp16")
_ON_THE_FLY = "fp8"  # what servers make of 16 bits while they load

Role = tuple[str, str, str]  # role, value and reason


def inside(draft: Draft) -> bool:
    """Whether the container runs in a network of the user's."""
    stated = draft.facts.workload.values
    own = "deploy.subnets" in stated or "deploy.security_groups" in stated
    return draft.needs("vpc") or draft.needs("private-image") or own


def from_hub(draft: Draft) -> str:
    """The id of the model that the container fetches from the Hub; empty where S3 has the weights.

    Without a stated address these are open models whose released weights are wanted, where the
    container reaches the Hub.
    """
    stated = draft.text("model.artifact") or ""
    told = draft.facts.workload.modelled
    if draft.way == MULTI_MODEL or draft.option == SERVERLESS:
        return ""
    if stated.startswith(HUB):
        return stated.removeprefix(HUB)
    if stated or told is None or told.gated or _engine(draft) is None:
        return ""
    if inside(draft) or draft.needs("network-isolation"):
        return ""
    made = told.released in _WHOLE and told.precision in (*_WHOLE, _ON_THE_FLY)
    return told.hub if made or told.precision == told.released else ""


def is_plain(draft: Draft) -> bool:
    """Whether the weights are best left as plain files below a prefix, where nothing is stated."""
    told = draft.facts.workload.modelled
    stated = draft.text("model.artifact")
    return told is not None and told.kind in GENERATIVE and stated is None


def environment(draft: Draft) -> dict[str, str]:
    """The variables of the container: what is stated, and what the plan adds as settings."""
    stated: dict[str, str] = draft.facts.workload.mapping("model.environment")
    done, kept = {}, []
    for names, value, because in _made(draft):
        own = [each for each in names if each in stated]
        if not own:
            done[names[0]] = value
            draft.set(names[0], value, because)
        elif stated[own[0]] != value:
            kept.append(f"{own[0]} (the plan: {value})")
    if kept:
        draft.find(
            "variable-stated",
            "info",
            f"the file sets variables that the plan would set otherwise: {', '.join(kept)}",
            path="model.environment",
            fix="Remove them from model.environment to take those of the plan.",
        )
    return {**done, **stated}


def _made(draft: Draft) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Names with one meaning, value and reason of what the plan sets; none for other servers."""
    if draft.option == SERVERLESS:
        because = (
            "AWS advises one worker and one copy of the model; some framework images start one for "
            "each vCPU, and each copy takes its memory."
        )
        yield ("SAGEMAKER_MODEL_SERVER_WORKERS",), "1", because
    told, hub = draft.facts.workload.modelled, from_hub(draft)
    if draft.way == MULTI_MODEL or draft.option == SERVERLESS or (told is None and not hub):
        return
    engine = _engine(draft)
    if engine is None:
        if told is not None and told.kind in GENERATIVE:
            _unknown(draft)
        if hub:
            yield ("HF_MODEL_ID",), hub, "The container fetches the weights from the Hub."
        return
    if told is not None and told.gated and hub:
        draft.find(
            "token-left-out",
            "info",
            f"{hub} is given out after a form, and the requests hold no token",
            path="model.artifact",
            fix="Copy the weights to S3, or add the token from AWS Secrets Manager as you deploy.",
        )
    for role, value, because in _roles(draft, told, engine):
        if role in engine["keys"]:
            yield tuple(engine["keys"][role]["names"]), value, because


def without_hub(variables: Mapping[str, str], draft: Draft) -> dict[str, str]:
    """The same for other weights, which SageMaker puts beside the container."""
    hub = from_hub(draft)
    return {name: _HERE if value == hub else value for name, value in variables.items()}


@once
def _engine(draft: Draft) -> Mapping[str, Any] | None:
    """The server by its key, the framework, or the image's name; ``None``: not known."""
    from advisor.catalogue.models import server_of  # most workloads serve no such model

    table = draft.facts.book.model_tables()["servers"]
    named: Mapping[str, Any] | None = table["engines"].get(draft.facts.workload.server)
    return named or server_of(table, draft.text("model.image") or "")


def _unknown(draft: Draft) -> None:
    named = draft.facts.workload.server
    message = f"no variables of {named} are known" if named else "no server of the model is named"
    draft.find(
        "server-unknown",
        "info",
        f"{message}, so the requests set no environment",
        path="model.engine" if draft.text("model.engine") else "model.framework",
        fix="State model.engine: vllm, lmi, tgi, tei or sglang.",
    )


def _roles(draft: Draft, told: Modelled | None, engine: Mapping[str, Any]) -> Iterator[Role]:
    hub = from_hub(draft)
    if hub:
        yield "model", hub, "The container fetches the weights from the Hugging Face Hub."
    else:
        yield "model", _HERE, "SageMaker puts the weights there."
    if told is None or told.on is None or not told.asked.geometry.generates:
        return
    yield from _devices(draft, told, told.on, engine)
    yield from _requests(draft, told, told.on, engine)
    yield from _weights(told, engine)
    start = timeouts.start_limit(draft, fetches=bool(hub))
    if start is not None:
        yield "loading", f"{start}", "As long as the health check waits."


def _devices(draft: Draft, told: Modelled, on: OnType, engine: Mapping[str, Any]) -> Iterator[Role]:
    """Devices of one copy, and copies where one container runs several."""
    degree, copies = on.tensor_parallel, 1 if draft.way == INFERENCE_COMPONENTS else on.copies
    if copies == 1 or engine.get("fills") or "copies" in engine["keys"]:
        yield "degree", f"{degree}", f"Devices that hold {told.precision} weights and requests."
        if copies > 1:
            yield "copies", f"{copies}", f"{degree * copies} devices / {degree} of a copy."
        return
    from advisor.modelling import memory  # a model is named

    most = memory.degrees(told.asked.geometry, degree * copies)[-1]
    yield "degree", f"{most}", "The server runs one copy, so that copy takes the devices."


def _requests(
    draft: Draft, told: Modelled, on: OnType, engine: Mapping[str, Any]
) -> Iterator[Role]:
    """The longest request, and how many run at once."""
    longest, because = told.context, "The longest request that is stated."
    stated = draft.facts.workload.values
    if "model.context" not in stated and not any(
        f"requests.tokens.{each}.max" in stated for each in ("input", "output")
    ):
        own = told.asked.geometry.context or on.sure_context
        longest = max(longest, min(own, on.sure_context // _ROUND * _ROUND))
        because = "What memory holds beside the weights, no longer than the model's own context."
    yield "context", f"{longest}", because
    most = max(1, longest - told.written)
    yield "input", f"{most}", f"{longest:,} without the {told.written:,} of an answer."
    yield "prefill", f"{most}", "The longest input is read in one step."
    each = on.concurrency // on.copies
    default = engine["keys"]["in_flight"].get("default")
    if default is None:
        yield "in_flight", f"{each}", "Requests of one copy that fit and keep the targets."
    elif on.concurrency > int(default):
        yield "in_flight", f"{on.concurrency}", f"The plan counts on more than {default}."


def _weights(told: Modelled, engine: Mapping[str, Any]) -> Iterator[Role]:
    """What the weights are held in, where the server does not find it beside them."""
    role, because = "dtype", "The precision of the plan."
    if told.precision == _ON_THE_FLY and told.released in _WHOLE:
        role, because = "quantize", f"Made of {told.released} weights while they load."
    word = engine["keys"].get(role, {}).get("writes", {}).get(told.precision)
    if word is not None and (role == "quantize" or told.precision in _WHOLE):
        yield role, word, because
