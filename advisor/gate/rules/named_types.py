"""Instance types that a configuration names, judged as those that a workload names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache

from advisor.configuration.api.service import ServiceModel
from advisor.configuration.document import Node, Path
from advisor.gate.rules.view import Fault, View, text_of
from advisor.model.workload import OwnSettings
from advisor.options.named_types import Market, Opinion, misnamed, unsold
from advisor.pricing.plan_cost import prices_under
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.load import load

_JUDGES: dict[str, Callable[[str, Market], Opinion | None]] = {
    "misnamed": misnamed,
    "unsold": unsold,
}


def judged(
    view: View, types: Iterable[tuple[Path, Node]], judge: str, home: str
) -> Iterator[Fault]:
    """What a judge has against instance types, asked of a Region, which may be empty."""
    market = market_of(view, home)
    for path, node in types:
        text = text_of(node)
        found = _JUDGES[judge](text, market) if text is not None else None
        if found is not None:
            yield Fault(
                node, path, found.message, suggestion=found.nearest, severity=found.severity
            )


def market_of(view: View, home: str) -> Market:
    """The types that there are, and what a Region, which may be empty, sells of them."""
    batch, own = view.resource.kind == "TransformJob", view.organisation.own
    return _market(view.service, home, batch, (own.overlay, own.prices))


@cache
def _market(service: ServiceModel, home: str, transform: bool, own: tuple[str, str]) -> Market:
    overlay, told = own
    return Market(
        known=knowledge(load(overlay=overlay).raw),
        others=lambda: service.other_instance_types,
        prices=prices_under(OwnSettings(prices=told), home or None),
        transform=transform,
    )
