"""The value of a Terraform expression, as far as variables, locals and literals settle it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from math import fmod
from typing import Any, NamedTuple

from advisor.configuration.document import Mark, Node, Reference, unknown
from advisor.configuration.partial_texts import (
    all_of,
    any_of,
    as_text,
    joined,
    joined_by,
    negated,
    number,
)
from advisor.configuration.terraform import hcl_tree as hcl

Arguments = list[Node]
Function = Callable[[Arguments, Mark], Node | None]
FUNCTIONS: dict[str, Function] = {}
"""Name -> what it makes of its arguments; ``None`` where they are not known well enough."""
MOST_ITEMS = 1000
_MORE = "…"


def _takes(*kinds: str) -> Callable[[Function], Function]:
    """Follow a function by its name, for arguments of these kinds; after the last may be more."""
    wanted, more = [kind for kind in kinds if kind != _MORE], _MORE in kinds

    def follow(function: Function) -> Function:
        def apply(arguments: Arguments, mark: Mark) -> Node | None:
            enough = len(arguments) == len(wanted) or (more and len(arguments) > len(wanted))
            pairs = zip(wanted, arguments, strict=False)
            fit = enough and all(kind in ("any", argument.kind) for kind, argument in pairs)
            return function(arguments, mark) if fit else None

        FUNCTIONS[function.__name__.removeprefix("_")] = apply
        return function

    return follow


def _text(function: Callable[[str], str]) -> Function:
    def apply(arguments: Arguments, _: Mark) -> Node | None:
        if len(arguments) != 1 or arguments[0].kind != "scalar" or arguments[0].is_null:
            return None
        return arguments[0]._replace(value=function(as_text(arguments[0].value)), key=None)

    return apply


def _given(arguments: Arguments, _: Mark) -> Node | None:
    """``tolist``, ``tomap`` and their kin: the same elements."""
    return arguments[0] if len(arguments) == 1 else None


@_takes("any")
def _toset(arguments: Arguments, _: Mark) -> Node:
    """The elements of a list, each once; texts in their order."""
    (given,) = arguments
    if given.kind != "list" or any(item.kind != "scalar" for item in given.value):
        return given
    each = {as_text(item.value): item for item in reversed(given.value)}
    return given._replace(value=[each[text] for text in sorted(each)])


@_takes("scalar")
def _tonumber(arguments: Arguments, _: Mark) -> Node | None:
    (node,) = arguments
    if node.is_null or isinstance(node.value, bool):
        return None
    value = number(as_text(node.value))
    return None if value is None else node._replace(value=value)


@_takes(_MORE)
def _merge(arguments: Arguments, mark: Mark) -> Node | None:
    entries: dict[str, Node] = {}
    for argument in arguments:
        if argument.kind != "map" and not argument.is_null:
            return None
        entries.update(argument.value or {})
    return Node("map", entries, mark)


@_takes(_MORE)
def _concat(arguments: Arguments, mark: Mark) -> Node | None:
    if any(argument.kind != "list" for argument in arguments):
        return None
    items = [item for argument in arguments for item in argument.value]
    return Node("list", items, mark) if len(items) <= MOST_ITEMS else None


@_takes("map", "scalar", _MORE)
def _lookup(arguments: Arguments, _: Mark) -> Node | None:
    found: Node | None = arguments[0].value.get(as_text(arguments[1].value))
    return found or (arguments[2] if len(arguments) == 3 else None)


@_takes(_MORE)
def _coalesce(arguments: Arguments, _: Mark) -> Node | None:
    for argument in arguments:
        if argument.kind == "unknown":
            return None
        if not (argument.is_null or (argument.kind == "scalar" and argument.value == "")):
            return argument
    return None


@_takes("scalar", "list")
def _join(arguments: Arguments, mark: Mark) -> Node:
    return joined_by(as_text(arguments[0].value), arguments[1].value, mark)


@_takes("scalar", "scalar")
def _split(arguments: Arguments, mark: Mark) -> Node | None:
    if not all(argument.value for argument in arguments):
        return None
    pieces = as_text(arguments[1].value).split(as_text(arguments[0].value))[:MOST_ITEMS]
    return Node("list", [Node("scalar", piece, arguments[1].mark) for piece in pieces], mark)


@_takes("any")
def _length(arguments: Arguments, mark: Mark) -> Node | None:
    (node,) = arguments
    return Node("scalar", len(node.value), mark) if node.kind in ("list", "map") else None


@_takes("scalar", _MORE)
def _format(arguments: Arguments, mark: Mark) -> Node | None:
    """``format`` with the verbs %s, %d and %v; a number that is to be padded stays open."""
    pieces = re.split(r"%([sdv%])", as_text(arguments[0].value))
    values = iter(arguments[1:])
    made: list[Node | str] = []
    for index, piece in enumerate(pieces):
        if index % 2 == 0 and "%" in piece:
            return None
        filled = piece if index % 2 == 0 else "%" if piece == "%" else next(values, None)
        if filled is None:
            return None
        made.append(filled)
    return joined(made, mark)


@_takes("list", "scalar")
def _element(arguments: Arguments, _: Mark) -> Node | None:
    items: list[Node] = arguments[0].value
    index = arguments[1].value
    if not items or not isinstance(index, int) or isinstance(index, bool):
        return None
    return items[index % len(items)]


@_takes("map")
def _keys(arguments: Arguments, mark: Mark) -> Node:
    entries = sorted(arguments[0].value.items(), key=lambda entry: entry[0])
    return Node("list", [Node("scalar", name, value.place) for name, value in entries], mark)


@_takes("map")
def _values(arguments: Arguments, mark: Mark) -> Node:
    return Node("list", [arguments[0].value[name] for name in sorted(arguments[0].value)], mark)


def _extreme(pick: Callable[[list[float]], float]) -> Function:
    def apply(arguments: Arguments, mark: Mark) -> Node | None:
        texts = [as_text(each.value) for each in arguments if each.kind == "scalar"]
        numbers = [found for found in map(number, texts) if found is not None]
        if not numbers or len(numbers) != len(arguments):
            return None
        return Node("scalar", pick(numbers), mark, via=arguments[0].via)

    return apply


@_takes("list", "any")
def _contains(arguments: Arguments, mark: Mark) -> Node | None:
    found = any_of(_same(item, arguments[1]) for item in arguments[0].value)
    return None if found is None else Node("scalar", found, mark)


@_takes("scalar", "scalar", "scalar")
def _replace(arguments: Arguments, mark: Mark) -> Node | None:
    """``replace`` of plain text; a pattern between slashes is left open."""
    text, old, new = (as_text(each.value) for each in arguments)
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        return None
    return Node("scalar", text.replace(old, new), mark, via=arguments[0].via)


FUNCTIONS |= dict.fromkeys(("tobool", "tolist", "tomap", "nonsensitive", "sensitive"), _given)
FUNCTIONS |= {"lower": _text(str.lower), "upper": _text(str.upper), "trimspace": _text(str.strip)}
FUNCTIONS |= {"tostring": _text(str), "min": _extreme(min), "max": _extreme(max)}


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
            self._locals[name] = self.value(expression)
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
        """A part of a value."""
        for step in steps:
            if step == "*":
                return _open("a splat", mark)
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
                return _open(f"{name} is not known of {node.via or 'this'}", mark)
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


def _same(one: Node, other: Node) -> bool | None:
    if one.kind == other.kind == "scalar":
        return _equal(one.value, other.value)
    for left, right in ((one, other), (other, one)):
        if left.kind in ("reference", "text", "list", "map") and right.is_null:
            return False
        if left.kind == "unknown" and left.value.other and right.kind == "scalar":
            return False
        if left.kind == "text" and right.kind in ("scalar", "text"):
            return None if _may_be(left, right) and _may_be(right, left) else False
    return None


def _may_be(text: Node, other: Node) -> bool:
    """Whether a text that is known in part may be another, by how both begin and end."""
    mine, theirs = (
        each.value if each.kind == "text" else (as_text(each.value),) for each in (text, other)
    )
    for end, fits in ((0, str.startswith), (-1, str.endswith)):
        one, two = mine[end], theirs[end]
        if isinstance(one, str) and isinstance(two, str):
            whole = other.kind == "scalar"
            if not (fits(two, one) or (not whole and fits(one, two))):
                return False
    known = sum(len(part) for part in mine if isinstance(part, str))
    return other.kind != "scalar" or known <= len(theirs[0])


def _equal(one: object, other: object) -> bool | None:
    """Whether two scalars are equal, as Terraform has it: a number never equals a text.

    A type constraint may have made one type of both; where they would be equal then, it is open.
    """
    if one is None or other is None or _kind(one) is _kind(other):
        return one == other
    numbers = number(as_text(one)), number(as_text(other))
    alike = None not in numbers and numbers[0] == numbers[1]
    return None if alike or as_text(one) == as_text(other) else False


def _kind(value: object) -> type:
    return float if isinstance(value, int) and not isinstance(value, bool) else type(value)


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
    ("==", 2): _same,
    ("!=", 2): lambda one, other: negated(_same(one, other)),
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
