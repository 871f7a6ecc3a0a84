"""The value of a Terraform expression, as far as variables, locals and literals settle it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import fmod
from typing import Any, NamedTuple

from advisor.configuration.document import Mark, Node, Reference, unknown
from advisor.configuration.partial_texts import all_of, any_of, joined, negated, number
from advisor.configuration.terraform import hcl_tree as hcl
from advisor.configuration.terraform.hcl_functions import FUNCTIONS, REFUSED, same

MOST_STEPS = 100_000
"""Expressions that one world evaluates; a folder of real files takes some thousands."""

_OUTSIDE = ("data", "module", "path", "terraform", "self", "each", "count", "ephemeral")
_OF_A_WORLD = ("var", "local", "data", "module", "path", "terraform")
"""What is the same wherever it is asked in one world; ``each`` and the names of loops are not."""


def _no_output(_: tuple[Any, ...], __: Mapping[str, Node]) -> Node | None:
    return None


class Surroundings(NamedTuple):
    """Where a module stands among others, and what a world assumes of what is open."""

    spent: list[int]  # one number: the steps that all modules of the world took
    prefix: str = ""  # of its addresses: module.endpoint.
    output: Callable[[tuple[Any, ...], Mapping[str, Node]], Node | None] = _no_output
    assumed: Mapping[str, Node] = {}  # condition, as ``spelt`` gives it -> its truth


class Evaluator:
    """Evaluates expressions of one folder in one world of its variables."""

    def __init__(
        self,
        variables: Mapping[str, Node],
        local_values: Mapping[str, hcl.Expression],
        around: Surroundings | None = None,
    ) -> None:
        self.variables = variables
        self.local_values = local_values
        self.around = around or Surroundings([0])
        self.bare_words: list[hcl.Traversal] = []
        self.open_tests: dict[str, Mark] = {}  # conditions that are only assumed, if at all
        self._locals: dict[str, Node] = {}

    def value(self, expression: hcl.Expression, symbols: Mapping[str, Node] | None = None) -> Node:
        """The value of an expression; ``symbols`` are names of the block it stands in."""
        if not self.spends(1) and not isinstance(expression, hcl.Literal):
            return _open("too much to evaluate", expression.mark)
        return _READINGS[type(expression)](self, expression, symbols or {})

    def spends(self, steps: int) -> bool:
        """Count what something takes; whether it was still to be had."""
        self.around.spent[0] += steps
        return not self.is_spent

    @property
    def is_spent(self) -> bool:
        """Whether more was asked for than one world may take: the rest is unknown."""
        return self.around.spent[0] > MOST_STEPS

    def template(self, expression: hcl.Interpolation, symbols: Mapping[str, Node]) -> Node:
        """A text with places, or the value of the one place that it is."""
        parts = expression.parts
        if len(parts) == 1:
            return self.value(parts[0], symbols)
        pieces = [part if isinstance(part, str) else self.value(part, symbols) for part in parts]
        return joined(pieces, expression.mark)

    def traversal(self, expression: hcl.Traversal, symbols: Mapping[str, Node]) -> Node:
        """What a name and its steps mean."""
        root, steps = expression.root, expression.steps
        if root in symbols:
            return self.follow(symbols[root], steps, expression.mark, symbols)
        if root == "resource":
            root, steps = (str(steps[0]) if steps else ""), steps[1:]
        if root in ("var", "local") and steps and isinstance(steps[0], str):
            found = self._named(root, steps[0], expression.mark)
            return self.follow(found, steps[1:], expression.mark, symbols)
        if root in _OUTSIDE:
            made = self.around.output(steps, symbols) if root == "module" else None
            return made or self._outside(root, steps, expression.mark)
        if not steps:
            self.bare_words.append(expression)
            return _open(f"{root} is no value", expression.mark)
        return self._reference(root, steps, expression.mark, symbols)

    def _named(self, root: str, name: str, mark: Mark) -> Node:
        if root == "var":
            return self.variables.get(name) or _open(f"var.{name} is not declared here", mark)
        if name not in self._locals:
            self._locals[name] = _open(f"local.{name} refers to itself", mark)
            expression = self.local_values.get(name)
            if expression is None:
                return _open(f"local.{name} is not declared here", mark)
            try:
                self._locals[name] = self.value(expression)
            except RecursionError:
                self._locals[name] = _open(f"local.{name} is too deep in others", mark)
        return self._locals[name]

    def _outside(self, root: str, steps: tuple[Any, ...], mark: Mark) -> Node:
        names = [step for step in steps if isinstance(step, str)]
        if root in ("data", "module") and names and len(names) == len(steps):
            return Node("reference", Reference(f"{root}.{'.'.join(names[:-1])}", names[-1]), mark)
        return _open(f"{root} is not known before the deployment", mark)

    def _reference(
        self, root: str, steps: tuple[Any, ...], mark: Mark, symbols: Mapping[str, Node]
    ) -> Node:
        """An attribute of a resource; which of several it is becomes part of the target."""
        if not isinstance(steps[0], str):
            return _open("computed", mark)
        target = f"{self.around.prefix}{root}.{steps[0]}"
        rest = list(steps[1:])
        if rest and not isinstance(rest[0], str):
            index = self.value(rest[0], symbols)
            if index.kind != "scalar":
                return _open("one of several resources", mark)
            written = f'"{index.value}"' if isinstance(index.value, str) else index.value
            target += "" if index.value == 0 else f"[{written}]"
            rest = rest[1:]
        elif rest and rest[0] == "*":
            return _open("all of several resources", mark)
        if len(rest) > 1 or not all(isinstance(step, str) for step in rest):
            return _open("a part of an attribute", mark)
        return Node("reference", Reference(target, rest[0] if rest else ""), mark)

    def follow(
        self, node: Node, steps: tuple[Any, ...], mark: Mark, symbols: Mapping[str, Node]
    ) -> Node:
        """A part of a value; after a splat, that part of each element."""
        for count, step in enumerate(steps, 1):
            if step == "*":
                rest = steps[count:]  # an index belongs to each element, or after .* to the list
                if node.kind in ("unknown", "reference") or not all(type(r) is str for r in rest):
                    return _open("a splat", mark)
                alone = [] if node.is_null else [node]
                over = node.value if node.kind == "list" else alone
                items = [self.follow(each, rest, mark, symbols) for each in over]
                return Node("list", items, mark, via=node.via)
            if isinstance(step, str):
                name: Any = step
            else:
                index = self.value(step, symbols)
                name = index.value if index.kind == "scalar" else None
            found: Node | None = None
            if node.kind == "map":
                found = node.value.get(str(name))
            elif node.kind == "list" and isinstance(name, int) and not isinstance(name, bool):
                items = node.value
                found = items[name] if 0 <= name < len(items) else None
            if found is None:
                open_part = _open(f"{name} is not known of {node.via or 'this'}", mark)
                known = node.kind in ("map", "list", "scalar") and name is not None
                return open_part._replace(via=REFUSED) if known else open_part
            node = found._replace(via=found.via or node.via)
        return node.under(None)

    def call(self, expression: hcl.FunctionCall, symbols: Mapping[str, Node]) -> Node:
        """What a function makes, where it is followed."""
        function = FUNCTIONS.get(expression.name)
        arguments = [self.value(argument, symbols) for argument in expression.arguments]
        result = None if function is None else function(arguments, expression.mark)
        return result or _open(f"{expression.name}() is not followed", expression.mark)

    def access(self, expression: hcl.Access, symbols: Mapping[str, Node]) -> Node:
        """A part of what is no name."""
        base = self.value(expression.base, symbols)
        return self.follow(base, expression.steps, expression.mark, symbols)

    def listing(self, expression: hcl.Listing, symbols: Mapping[str, Node]) -> Node:
        """A list."""
        items = [self.value(item, symbols) for item in expression.items]
        return Node("list", items, expression.mark)

    def loop(self, loop: hcl.For, symbols: Mapping[str, Node]) -> Node:
        """The list or map that a ``for`` expression makes; unknown where a part of it is open."""
        over = self.value(loop.over, symbols)
        if over.kind not in ("list", "map") or len(over.value) > MOST_ROUNDS or loop.grouped:
            return _open("a for expression that is open", loop.mark)
        items: list[Node] = []
        entries: dict[str, Node] = {}
        for inner in _rounds(loop, over, symbols):
            wanted = self.value(loop.condition, inner) if loop.condition is not None else None
            sure = wanted is None or (wanted.kind == "scalar" and isinstance(wanted.value, bool))
            if not sure:
                return _open("a for expression that is open", loop.mark)
            if wanted is not None and wanted.value is False:
                continue
            made = self.value(loop.value, inner)
            if loop.key is None:
                items.append(made)
                continue
            key = self.value(loop.key, inner)
            if key.kind != "scalar":
                return _open("a for expression that is open", loop.mark)
            entries[str(key.value)] = made.under(made.key or loop.key.mark)
        if loop.key is None:
            return Node("list", items, loop.mark)
        return Node("map", entries, loop.mark)

    def mapping(self, expression: hcl.Mapping, symbols: Mapping[str, Node]) -> Node:
        """A map, where its keys are known."""
        entries: dict[str, Node] = {}
        for key_expression, value_expression in expression.pairs:
            key = self.value(key_expression, symbols)
            if key.kind != "scalar":
                return _open("a map with a key that is not known", expression.mark)
            entries[str(key.value)] = self.value(value_expression, symbols).under(
                key_expression.mark
            )
        return Node("map", entries, expression.mark)

    def choice(self, expression: hcl.Conditional, symbols: Mapping[str, Node]) -> Node:
        """One of two values; one where both are the same."""
        truth = truth_of(self.value(expression.test, symbols))
        if truth is not None:
            return self.value(expression.yes if truth else expression.no, symbols)
        yes, no = self.value(expression.yes, symbols), self.value(expression.no, symbols)
        if yes.kind == no.kind == "scalar" and yes.value == no.value:
            return yes
        # Whether something is there at all is not assumed: a caller decides that as a whole.
        if not says_nothing(yes) and not says_nothing(no):
            truth = self.truth(expression.test, symbols)
        if truth is None:
            return _open("a condition that is open", expression.mark)
        return yes if truth else no

    def truth(self, test: hcl.Expression, symbols: Mapping[str, Node]) -> bool | None:
        """What a condition comes to: what is open in it may be assumed, and is noted if not."""
        found = truth_of(self.value(test, symbols))
        if found is not None:
            return found
        name = str(test.steps[0]) if isinstance(test, hcl.Traversal) and test.steps else ""
        if name and test.root == "local" and len(test.steps) == 1 and name in self.local_values:  # type: ignore[union-attr]
            return self.truth(self.local_values[name], {}) if self.spends(1) else None
        if isinstance(test, hcl.Operation):
            if test.operator == "!":
                return negated(self.truth(test.operands[0], symbols))
            if test.operator in ("&&", "||"):
                parts = [self.truth(each, symbols) for each in test.operands]
                return all_of(parts) if test.operator == "&&" else any_of(parts)
            if test.operator == "!=":
                return negated(self._assumed(test._replace(operator="=="), symbols))
        return self._assumed(test, symbols)

    def _assumed(self, test: hcl.Expression, symbols: Mapping[str, Node]) -> bool | None:
        if not all(root in _OF_A_WORLD and root not in symbols for root in _roots(test)):
            return None
        key = self.around.prefix + spelt(test)
        self.open_tests[key] = test.mark
        assumed = self.around.assumed.get(key)
        return None if assumed is None else truth_of(assumed)

    def operation(self, expression: hcl.Operation, symbols: Mapping[str, Node]) -> Node:
        """What an operator makes of known values."""
        values = [self.value(operand, symbols) for operand in expression.operands]
        result = _OPERATORS[expression.operator, len(values)](*values)
        if result is None:
            return _open("computed", expression.mark)
        return Node("scalar", result, expression.mark)


def spelt(part: Any) -> str:
    """An expression without its places: what is written twice is the same condition."""
    if isinstance(part, Mark):
        return ""
    if isinstance(part, tuple):
        return f"{type(part).__name__}({','.join(map(spelt, part))})"
    return repr(part)


def _roots(part: Any) -> Iterator[str]:
    """The names that an expression begins from."""
    if isinstance(part, hcl.Traversal):
        yield part.root
    for inner in part if isinstance(part, tuple) and not isinstance(part, Mark) else ():
        yield from _roots(inner)


def says_nothing(node: Node) -> bool:
    """Whether a value stands where nobody has decided yet: null, an empty text, list or object."""
    return node.is_null or (node.kind in ("scalar", "list", "map") and node.value in ("", [], {}))


def truth_of(node: Node) -> bool | None:
    """A value as a condition; Terraform takes the words true and false too."""
    if node.kind == "scalar" and node.value in (True, False, "true", "false"):
        return node.value in (True, "true")
    return None


def _open(reason: str, mark: Mark) -> Node:
    """Unknown in Terraform may always be null, which is no value at all."""
    return unknown(reason, mark, maybe_absent=True)


def _number(node: Node) -> float | int | None:
    if node.kind != "scalar" or isinstance(node.value, bool) or node.value is None:
        return None
    value: str | float = node.value
    return number(value) if isinstance(value, str) else value


def _arithmetic(compute: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    def operation(*nodes: Node) -> Any:
        numbers = [_number(node) for node in nodes]
        if None in numbers:
            return None
        try:
            result = compute(*numbers) if len(numbers) == 2 else compute(0, numbers[0])
        except (ArithmeticError, ValueError):
            return None
        return int(result) if isinstance(result, float) and result.is_integer() else result

    return operation


_OPERATORS: dict[tuple[str, int], Callable[..., Any]] = {
    ("==", 2): same,
    ("!=", 2): lambda one, other: negated(same(one, other)),
    ("&&", 2): lambda one, other: all_of((truth_of(one), truth_of(other))),
    ("||", 2): lambda one, other: any_of((truth_of(one), truth_of(other))),
    ("!", 1): lambda one: negated(truth_of(one)),
    ("-", 1): _arithmetic(lambda a, b: a - b),
    ("+", 2): _arithmetic(lambda a, b: a + b),
    ("-", 2): _arithmetic(lambda a, b: a - b),
    ("*", 2): _arithmetic(lambda a, b: a * b),
    ("/", 2): _arithmetic(lambda a, b: a / b),
    ("%", 2): _arithmetic(fmod),
    ("<", 2): _arithmetic(lambda a, b: a < b),
    (">", 2): _arithmetic(lambda a, b: a > b),
    ("<=", 2): _arithmetic(lambda a, b: a <= b),
    (">=", 2): _arithmetic(lambda a, b: a >= b),
}


MOST_ROUNDS = 1000
"""Elements that a ``for`` expression runs over; a longer list is left open."""


def elements(node: Node) -> Iterator[tuple[Node, Node]]:
    """Key and value of what ``for_each`` runs over; of a map in the order of its keys."""
    if node.kind == "map":
        for key, value in sorted(node.value.items(), key=lambda entry: entry[0]):
            yield Node("scalar", key, value.place), value
    else:
        for value in node.items():
            yield value, value


def _rounds(loop: hcl.For, over: Node, symbols: Mapping[str, Node]) -> Iterator[Mapping[str, Node]]:
    """The names of each round: the value alone, or key (or index) and value."""
    for index, (key, value) in enumerate(elements(over)):
        first = key if over.kind == "map" else Node("scalar", index, value.mark)
        named = dict(zip(loop.names[-2:], (first, value)[-len(loop.names) :], strict=True))
        yield {**symbols, **named}


_READINGS: Mapping[type, Callable[[Evaluator, Any, Mapping[str, Node]], Node]] = {
    hcl.Literal: lambda _, read, __: Node("scalar", read.value, read.mark),
    hcl.Interpolation: Evaluator.template,
    hcl.Traversal: Evaluator.traversal,
    hcl.Access: Evaluator.access,
    hcl.FunctionCall: Evaluator.call,
    hcl.Listing: Evaluator.listing,
    hcl.Mapping: Evaluator.mapping,
    hcl.Conditional: Evaluator.choice,
    hcl.Operation: Evaluator.operation,
    hcl.For: Evaluator.loop,
    hcl.Opaque: lambda _, read, __: _open(f"{read.what} is not followed", read.mark),
}
