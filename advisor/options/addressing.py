"""How a caller says which of several models it means, and how callers are kept apart."""

from __future__ import annotations

from advisor.model.options import ENDPOINT_EACH, INFERENCE_COMPONENTS, MULTI_CONTAINER, MULTI_MODEL
from advisor.options import containers, names, schedule
from advisor.options.hosting import models as named
from advisor.options.plan_builder import Draft

_ANY_MODEL = "REPLACE-ME.tar.gz"


def component(draft: Draft, member: named.Member) -> str:
    """The name of a model's component: the workload's, with the model's where there is one."""
    return names.stem(member.draft.facts.workload.name)


def target(draft: Draft) -> tuple[str, str, tuple[str, ...]]:
    """The field of the call that names the model, its first value, and what to know of it.

    The field is empty where the endpoint alone says which model is meant.
    """
    if draft.way == MULTI_MODEL:
        return "TargetModel", _archive(draft), _multi_model(draft)
    if draft.way == MULTI_CONTAINER:
        first = named.containers(draft)[0].name
        notes = (
            "TargetContainerHostname names the container; all containers stay loaded.",
            *_pinned(draft, "sagemaker:TargetContainerHostname"),
        )
        return "TargetContainerHostname", first, notes
    if draft.way == INFERENCE_COMPONENTS:
        return "InferenceComponentName", component(draft, named.members(draft)[0]), _copies(draft)
    if draft.way == ENDPOINT_EACH:
        return "", "", ()
    return "", "", ("One call runs all containers and returns the answer of the last one.",)


def _archive(draft: Draft) -> str:
    """Where the first model lies below the prefix."""
    models = named.listed(draft)
    if not models:
        return _ANY_MODEL
    prefix = containers.prefix(draft)
    found: str = models[0].get("artifact", "")
    if found.startswith(prefix) and found != prefix:
        return found.removeprefix(prefix)
    return f"{models[0]['name']}.tar.gz"


def _multi_model(draft: Draft) -> tuple[str, ...]:
    notes = [
        "TargetModel names the artifact; the first call of a model loads it.",
        "Allow each caller its own sagemaker:TargetModel only, in IAM.",
    ]
    if draft.needs("tenant-isolation"):
        draft.carry("tenant-isolation")  # a caution says what the policy must pin
    if draft.facts.taken("requests.streaming") is True:
        notes.append("The streaming call takes no TargetModel, so answers are not streamed.")
    return tuple(notes)


def _pinned(draft: Draft, key: str) -> tuple[str, ...]:
    allowed = f'with {{"StringEquals": {{"{key}": "…"}}}} for each'
    if not _kept_apart(draft, f", with a condition on {key}", allowed):
        return ()
    return (f"IAM keeps callers apart: allow each one its own {key} only.",)


def _kept_apart(draft: Draft, how: str, allowed: str) -> bool:
    """Whether tenants are kept apart by the callers' policies, with what there is to say of it."""
    if draft.needs("tenant-isolation"):
        draft.carry("tenant-isolation")
        draft.find(
            "tenants-by-policy",
            "info",
            f"tenants are kept apart by the callers' IAM policies{how}; the instances are shared",
            path="needs.tenant-isolation",
            fix=f"Allow sagemaker:InvokeEndpoint {allowed}.",
        )
    return draft.needs("tenant-isolation")


def _copies(draft: Draft) -> tuple[str, ...]:
    notes = ["InferenceComponentName names the model."]
    by = " on the component, and by the component's own container"
    _kept_apart(draft, by, "for each caller on its own component only")
    if "scale-to-zero" in draft.carried:
        asleep = "At zero copies a call fails at once with ValidationError and wakes the component"
        notes.append(f"{asleep}: retry until it is back, which takes minutes.")
        if draft.text("traffic.pattern") == "periodic" and not schedule.stated(draft):
            notes.append(
                "With traffic.windows, scheduled actions raise MinCapacity before each of them, "
                "which spares the first callers the failures."
            )
    return tuple(notes)
