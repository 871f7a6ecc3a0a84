"""Checks of scaling policies: what they follow, and whether their steps join."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from advisor.configuration.document import Node, Path
from advisor.configuration.partial_texts import number
from advisor.configuration.rulefiles import of_fields
from advisor.gate.rules.scaling import PREDEFINED, dimension_of
from advisor.gate.rules.view import Fault, View, text_of

METRICS: Mapping[str, str] = of_fields("metrics")
"""Predefined metric -> the dimension that it is published for."""

_STEPS = ("StepScalingPolicyConfiguration", "StepAdjustments")


class _Adjustment(NamedTuple):
    low: float
    high: float
    node: Node
    path: Path


def metric_dimension(view: View) -> Iterator[Fault]:
    """A predefined metric that is published for another dimension than the policy scales."""
    node = view.body.at(*PREDEFINED)
    metric, scaled = METRICS.get(text_of(node) or ""), dimension_of(view)
    if node is None or metric is None or scaled not in METRICS.values() or metric == scaled:
        return
    right = next(name for name, dimension in METRICS.items() if dimension == scaled)
    yield Fault(
        node,
        PREDEFINED,
        f"the policy scales {scaled}, but the metric belongs to {metric}",
        suggestion=right,
    )


def step_bounds(view: View) -> Iterator[Fault]:
    """Steps that are open on both sides, reversed, overlap, leave a gap, or end too soon."""
    steps = _steps(view)
    if steps is None:
        return
    for step in steps:
        if step.low == float("-inf") and step.high == float("inf"):
            message = "this step has neither MetricIntervalLowerBound nor MetricIntervalUpperBound"
            yield Fault(step.node, step.path, message, at_key=True)
            return
        if step.low >= step.high:
            message = f"the lower bound {step.low:g} is not below the upper bound {step.high:g}"
            yield Fault(step.node, step.path, message, at_key=True)
            return
    ordered = sorted(steps, key=lambda step: (step.low, step.high))
    for before, after in pairwise(ordered):
        if before.high != after.low:
            what = "overlaps" if before.high > after.low else "leaves a gap to"
            message = f"this step from {after.low:g} {what} the one that ends at {before.high:g}"
            yield Fault(after.node, after.path, message, at_key=True, related=(before.node,))
            return
    if ordered:
        yield from _ends(ordered[0], ordered[-1])


def _ends(first: _Adjustment, last: _Adjustment) -> Iterator[Fault]:
    """Outermost steps that end where the metric does not."""
    if float("-inf") < first.low < 0:
        message = f"below {first.low:g} no step applies; remove the lower bound of the lowest step"
        yield Fault(first.node, first.path, message, at_key=True)
    if 0 < last.high < float("inf"):
        message = f"above {last.high:g} no step applies; remove the upper bound of the highest step"
        yield Fault(last.node, last.path, message, at_key=True)


def _steps(view: View) -> list[_Adjustment] | None:
    """The steps with their bounds; ``None`` where one of them is not known."""
    steps: list[_Adjustment] = []
    for index, node in enumerate(view.body.items(*_STEPS)):
        if node.kind != "map":
            return None
        low = _bound(node.get("MetricIntervalLowerBound"), float("-inf"))
        high = _bound(node.get("MetricIntervalUpperBound"), float("inf"))
        if low is None or high is None:
            return None
        steps.append(_Adjustment(low, high, node, (*_STEPS, index)))
    return steps


def _bound(node: Node | None, absent: float) -> float | None:
    """A bound as a number; ``None`` when it is not known."""
    text = text_of(node)
    if node is None or text == "":
        return absent
    return None if text is None else number(text)
