"""SNS topics: the stated ones, or requests that make them."""

from __future__ import annotations

from collections.abc import Iterable

from advisor.model.advice import Parameters, Request
from advisor.model.options import ASYNCHRONOUS
from advisor.options import placeholders
from advisor.options.endpoint import endpoint_name
from advisor.options.plan_builder import Draft

RESULTS = ("success", "error")


def stated(draft: Draft, kind: str) -> bool:
    """Whether the workload names the topic: alarms, success or error."""
    return draft.text(f"deploy.topics.{kind}") is not None


def arn(draft: Draft, kind: str) -> str:
    """ARN of a topic: stated, else the placeholder of one that ``requests`` makes."""
    return placeholders.topic(draft, kind)


def results(draft: Draft) -> tuple[str, ...]:
    """The topics that an asynchronous endpoint tells of results: needed or stated."""
    return tuple(kind for kind in RESULTS if draft.needs("notifications") or stated(draft, kind))


def requests(draft: Draft, kinds: Iterable[str]) -> tuple[Request, ...]:
    """CreateTopic for each topic that is not stated; made again, it answers the same ARN."""
    return tuple(_create(draft, kind) for kind in kinds if not stated(draft, kind))


def unused(draft: Draft) -> None:
    """Say of topics that nothing publishes to."""
    for kind in RESULTS:
        if draft.option != ASYNCHRONOUS and stated(draft, kind):
            message = f"{draft.option} publishes no results; deploy.topics.{kind} is not used"
            path = f"deploy.topics.{kind}"
            draft.find("topic-unused", "warning", message, path=path, fix=f"Drop {path}.")


def _create(draft: Draft, kind: str) -> Request:
    name = f"{endpoint_name(draft)}-{kind}"
    parameters: Parameters = {"Name": name}
    key = placeholders.kms_key(draft)
    because = "No topic is stated, so the requests create one; add a subscription."
    if key is not None:
        parameters["Attributes"] = {"KmsMasterKeyId": key}
        publisher = "cloudwatch.amazonaws.com" if kind == "alarms" else "the execution role"
        because += f" The policy of the key must let {publisher} use it."
    tags = placeholders.tags(draft)
    if tags:
        parameters["Tags"] = tags
    draft.set(f"Topic {kind}", name, because)
    return Request(service="sns", operation="CreateTopic", parameters=parameters)
