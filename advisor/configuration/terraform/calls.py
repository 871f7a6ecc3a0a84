"""Calls of SageMaker in Terraform's state machines and schedules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.configuration.calls import TERRAFORM, opened, scheduled, tasks
from advisor.configuration.document import Node, Resource
from advisor.configuration.terraform import hcl_tree as hcl
from advisor.configuration.terraform.hcl_values import Evaluator

_UNWRAPPED = ("jsonencode", "replace", "trimspace")
"""Functions whose first argument holds the values; jsonencode only writes them as text."""
_DEEPEST_LOCAL = 5


def calls_of(
    block: hcl.HclBlock, evaluator: Evaluator, symbols: Mapping[str, Node], address: str
) -> Iterator[Resource]:
    """The requests that a state machine or a schedule makes."""
    for name in TERRAFORM[block.labels[0]]:
        attribute = block.body.attributes.get(name)
        if attribute is not None:
            definition = opened(_held(attribute.value, evaluator, symbols))
            yield from tasks(definition, address) if definition is not None else ()
        for inner in block.body.blocks:
            if inner.type == name:
                entries = {
                    key: _held(value.value, evaluator, symbols).under(value.mark)
                    for key, value in inner.body.attributes.items()
                }
                yield from scheduled(Node("map", entries, inner.mark), address)


def _held(
    expression: hcl.Expression, evaluator: Evaluator, symbols: Mapping[str, Node], depth: int = 0
) -> Node:
    """The value that an expression holds, before jsonencode makes a text of it."""
    if (
        isinstance(expression, hcl.FunctionCall)
        and expression.name in _UNWRAPPED
        and expression.arguments
    ):
        return _held(expression.arguments[0], evaluator, symbols, depth)
    if (
        isinstance(expression, hcl.Traversal)
        and expression.root == "local"
        and len(expression.steps) == 1
        and depth < _DEEPEST_LOCAL
    ):
        local = evaluator.local_values.get(str(expression.steps[0]))
        if local is not None:
            return _held(local, evaluator, symbols, depth + 1)
    return evaluator.value(expression, symbols)
