"""Instance types that a configuration names, judged as those that a workload names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache

from advisor.configuration.api.service import ServiceModel
from advisor.configuration.document import Node, Path
from advisor.gate.rules.view import Fault, View, text_of
from advisor.options import known
from advisor.options.named_types import Market, Opinion, market_of, misnamed, unsold
from advisor.pricing.plan_cost import prices_of
from advisor.rulebook.load import load

Named = Iterable[tuple[Path, Node]]
"""The instance types of a configuration or job, with their paths."""


def misnamed_types(view: View, types: Named) -> Iterator[Fault]:
    """Those that the operation does not take."""
    yield from _judged(view, types, misnamed, view.region)


def unsold_types(view: View, types: Named, home: str) -> Iterator[Fault]:
    """Those that the price list of a Region does not have."""
    yield from _judged(view, types, unsold, home)


def _judged(
    view: View, types: Named, judge: Callable[[str, Market], Opinion | None], home: str
) -> Iterator[Fault]:
    market = _market(view.service, home, view.resource.kind == "TransformJob")
    for path, node in types:
        text = text_of(node)
        opinion = judge(text, market) if text is not None else None
        if opinion is not None:
            yield Fault(
                node=node,
                path=path,
                message=opinion.message,
                suggestion=opinion.nearest,
                severity=opinion.severity,
            )


@cache
def _market(service: ServiceModel, home: str, transform: bool) -> Market:
    others, prices = service.other_instance_types, prices_of(home or None)
    return market_of(known(load()), lambda: others, prices, transform=transform)
