"""Between which numbers of instances a variant is scaled, as far as its document settles that."""

from __future__ import annotations

from typing import NamedTuple

from advisor.configuration.document import Node
from advisor.gate.rules.scaling import INSTANCES, scaled
from advisor.gate.rules.view import View, number_of, text_of
from advisor.model.options import ASYNCHRONOUS


class Counts(NamedTuple):
    """The fewest and the most instances; ``None`` where that is open."""

    least: int | None
    most: int | None


_OPEN = Counts(None, None)


def counts(view: View, variant: Node, option: str) -> Counts:
    """The bounds that scaling sets; without scaling, the initial number."""
    managed = variant.get("ManagedInstanceScaling")
    if managed is not None:
        return _between(managed, "MinInstanceCount", "MaxInstanceCount")
    for target in view.of_kind("ScalableTarget"):
        what = scaled(view._replace(resource=target))
        if what.form == "open" or what.variant is variant:
            if text_of(target.body.get("ScalableDimension")) != INSTANCES:
                return _OPEN
            return _between(target.body, "MinCapacity", "MaxCapacity")
    initial = _count(variant.get("InitialInstanceCount"))
    if view.resource.dialect in ("request", "described") and initial is not None:
        # The requests of an endpoint are files of their own: a target may be in another one.
        return Counts(0 if option == ASYNCHRONOUS else 1, None)
    return Counts(initial, initial)


def _between(node: Node, least: str, most: str) -> Counts:
    return Counts(_count(node.get(least)), _count(node.get(most)))


def _count(node: Node | None) -> int | None:
    amount = number_of(node)
    return None if amount is None else int(amount)
