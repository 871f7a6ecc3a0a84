"""The plan of several models, or of the containers of one, in the way that serves them best."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from advisor.model.advice import Plan
from advisor.model.options import (
    BATCH_TRANSFORM,
    ENDPOINT_EACH,
    INFERENCE_COMPONENTS,
    INFERENCE_PIPELINE,
    MULTI_CONTAINER,
    REAL_TIME,
)
from advisor.options.hosting import choice
from advisor.options.hosting.choice import inputs
from advisor.options.plan_builder import Draft

Size = Callable[..., Plan]


def planned(draft: Draft, prices: Mapping[str, int] | None, size: Size, *, deploy: bool) -> Plan:
    """The plan of an option for several models.

    Args:
        draft: the plan to make; gets the way, and says why it was taken.
        prices: millionths of a USD an hour by instance type.
        size: what plans the option for one model, or for models that share its instances.
        deploy: whether requests and what goes with them are wanted.
    """
    table = choice.rules(draft)
    known = inputs(draft, prices)
    found = choice.choose(table, known.inputs)
    # Where none serves, the form that was asked for is shown with what is against it.
    draft.way = draft.text("deploy.hosting") or found.way or found.row.then[0]
    choice.complain(draft, found)
    choice.tell(draft, table, known, found, prices)
    way = draft.way
    if not _takes(draft.option, way):
        # What was asked for cannot be sent: the requests make what the option has instead.
        draft.way = "" if way in (MULTI_CONTAINER, INFERENCE_PIPELINE) else ENDPOINT_EACH
        way = draft.way or way
    made = _planned(draft, prices, size, deploy=deploy)
    found_more = len(draft.findings)
    if way != ENDPOINT_EACH and not found.against[ENDPOINT_EACH]:
        choice.compare(draft, known, made.usage, prices)
    findings = made.findings + tuple(draft.findings[found_more:])
    return made._replace(hosting=way, findings=findings)


def _takes(option: str, way: str) -> bool:
    """Whether requests of an option can have the form of a way."""
    if option == REAL_TIME or way == ENDPOINT_EACH:
        return True
    return (option, way) == (BATCH_TRANSFORM, INFERENCE_PIPELINE)


def _planned(draft: Draft, prices: Mapping[str, int] | None, size: Size, *, deploy: bool) -> Plan:
    if draft.way == ENDPOINT_EACH:
        from advisor.options.hosting import each

        return each.planned(draft, prices, size, deploy=deploy)
    if draft.way == INFERENCE_COMPONENTS:
        from advisor.options.hosting import components

        return components.planned(draft, prices, deploy=deploy)
    return size(draft, prices, deploy=deploy)
