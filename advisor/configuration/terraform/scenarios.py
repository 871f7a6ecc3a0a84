"""The choices of variables under which a Terraform folder has to be looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from advisor.configuration.document import Hidden, Node, unknown
from advisor.configuration.partial_texts import as_text
from advisor.configuration.scenarios import COMPARED, outcomes
from advisor.configuration.terraform import hcl_tree as hcl
from advisor.configuration.terraform.folder import Folder, default_of, says_nothing, variable_values
from advisor.configuration.terraform.hcl_values import Evaluator, truth_of

_DEEPEST_LOCAL = 5

Values = Mapping[str, Node]


def choices(
    folder: Folder, blocks: Sequence[hcl.HclBlock], given: Values
) -> Iterator[tuple[str, dict[str, Node]]]:
    """Every choice of variables that makes a difference, with words for it."""
    fixed = variable_values(folder, given)
    tests = [test for block in blocks for test in _tests(block.body, folder)]
    candidates = _candidates(folder, tests, given)
    found = list(outcomes(candidates, _results(folder, fixed, tests)))
    for choice, _ in found:
        words = _words(choice, candidates) if len(found) > 1 else ""
        yield words, {**fixed, **choice}


def _tests(body: hcl.Body, folder: Folder) -> Iterator[hcl.Expression]:
    """What decides what a resource is: ternaries, ``count``, ``for_each``, entries of maps."""
    for name, attribute in body.attributes.items():
        if name in ("count", "for_each"):
            yield attribute.value
        yield from _ternaries(attribute.value, folder, 0)
    for block in body.blocks:
        yield from _tests(block.body, folder)


def _ternaries(expression: Any, folder: Folder, depth: int) -> Iterator[hcl.Expression]:
    if isinstance(expression, hcl.Conditional):
        yield expression.test
    yield from _selections(expression, folder)
    if (
        isinstance(expression, hcl.Traversal)
        and expression.root == "local"
        and depth < _DEEPEST_LOCAL
    ):
        inner = folder.local_values.get(str(expression.steps[0])) if expression.steps else None
        if inner is not None:
            yield from _ternaries(inner, folder, depth + 1)
    for part in _parts(expression):
        yield from _ternaries(part, folder, depth)


def _selections(expression: Any, folder: Folder) -> Iterator[hcl.Expression]:
    """A map of which a variable selects an entry, as a comparison with each of its keys."""
    match expression:
        case hcl.Traversal(steps=(str(name), index, *_)):
            root = expression.root
        case hcl.FunctionCall(
            name="lookup", arguments=(hcl.Traversal(steps=(str(name),)), index, *_)
        ):
            root = expression.arguments[0].root
        case _:
            return
    if not isinstance(index, hcl.Traversal) or index.root != "var" or len(index.steps) != 1:
        return
    held = folder.local_values.get(name) if root == "local" else None
    if root == "var" and name in folder.variables:
        default = folder.variables[name].body.attributes.get("default")
        held = default.value if default is not None else None
    for key, _ in held.pairs if isinstance(held, hcl.Mapping) else ():
        if isinstance(key, hcl.Literal):
            yield hcl.Operation("==", (index, key), key.mark)


def _parts(expression: Any) -> Iterator[Any]:
    """The expressions directly within an expression."""
    for field in expression if isinstance(expression, tuple) else ():
        if hasattr(field, "mark"):
            yield field
        elif isinstance(field, tuple) and not hasattr(field, "line"):
            yield from _parts(field)


def _candidates(
    folder: Folder, tests: Sequence[hcl.Expression], given: Values
) -> dict[str, list[Node]]:
    """For each variable that conditions look at: the values that may make a difference."""
    literals: dict[str, list[Node]] = {}
    for test in tests:
        _note(test, folder, literals, 0)
    return {
        name: tried
        for name, found in literals.items()
        if name not in given and name in folder.variables
        if (tried := _worth_trying(folder.variables[name], found))
    }


def _note(expression: Any, folder: Folder, into: dict[str, list[Node]], depth: int) -> None:
    """Note what variables are compared with, and those that are conditions themselves."""
    if isinstance(expression, hcl.Traversal):
        name = str(expression.steps[0]) if len(expression.steps) == 1 else ""
        if expression.root == "var" and name:
            into.setdefault(name, [])
        inner = folder.local_values.get(name) if expression.root == "local" else None
        if inner is not None and depth < _DEEPEST_LOCAL:
            _note(inner, folder, into, depth + 1)
        return
    if isinstance(expression, hcl.Operation) and expression.operator in ("==", "!="):
        one, other = expression.operands
        for left, right in ((one, other), (other, one)):
            variable = isinstance(left, hcl.Traversal) and left.root == "var"
            if not variable or not isinstance(right, hcl.Literal):
                continue
            literal = Node("scalar", right.value, right.mark, via=COMPARED)
            noted = into.setdefault(str(left.steps[0]), []) if left.steps else []
            if len(left.steps) == 1:
                noted.append(literal)
            elif len(left.steps) == 2 and isinstance(left.steps[1], str):
                noted.append(Node("map", {left.steps[1]: literal}, right.mark))
    for part in _parts(expression):
        _note(part, folder, into, depth)


def _worth_trying(variable: hcl.HclBlock, literals: list[Node]) -> list[Node]:
    """The values of a variable that are tried: its default, each literal, and one more."""
    declared = variable.body.attributes.get("type")
    kind = declared.value.root if declared and isinstance(declared.value, hcl.Traversal) else ""
    default = default_of(variable)
    parts = [node for node in literals if node.kind == "map"]
    literals = [node for node in literals if node.kind != "map"]
    if parts and default is not None and default.kind == "map":
        return [default, *_with_parts(default, parts)]
    compared = [node.value for node in literals]
    tried: list[Node] = []
    if default is not None and (not says_nothing(default) or default.value in compared):
        tried.append(default)
    flag = kind == "bool" or (tried and isinstance(tried[0].value, bool))
    options = literals
    if flag:
        options = [Node("scalar", truth, variable.mark) for truth in (True, False)]
    for option in options:
        if all(option.value != node.value for node in tried) and not option.is_null:
            tried.append(option)
    if not flag and literals:
        hidden = Hidden(f"variable {variable.labels[0]} is something else", other=True)
        tried.append(Node("unknown", hidden, variable.mark))
    return tried


def _with_parts(default: Node, parts: list[Node]) -> Iterator[Node]:
    """Objects that somebody may give instead: one attribute as it is compared, the rest open."""
    rest = {
        name: unknown("another object is given", value.mark, maybe_absent=True)
        for name, value in default.value.items()
    }
    seen: set[tuple[str, str]] = set()
    for part in parts:
        for name, literal in part.value.items():
            usual = default.value.get(name)
            other = Node("unknown", Hidden("it is something else", other=True), literal.mark)
            for value in (literal, other):
                same = usual is not None and usual.value == value.value
                if not same and (name, str(value.value)) not in seen:
                    seen.add((name, str(value.value)))
                    yield default._replace(value={**rest, name: value})


def _results(folder: Folder, fixed: Values, tests: Sequence[hcl.Expression]) -> Any:
    """What a choice of variables makes of the conditions."""

    def results(choice: Values) -> tuple[object, ...]:
        evaluator = Evaluator({**fixed, **choice}, folder.local_values)
        return tuple(_result(evaluator.value(test)) for test in tests)

    return results


def _result(node: Node) -> object:
    """A condition's value as something that can be compared: a truth, a text, a length."""
    truth = truth_of(node)
    if truth is not None:
        return truth
    if node.kind in ("list", "map"):
        return node.kind, len(node.value)
    return str(node.value) if node.kind == "scalar" else None


def _words(choice: Values, candidates: Mapping[str, Sequence[Node]]) -> str:
    """What differs from the defaults, in words."""
    words = []
    for name, node in choice.items():
        if node is candidates[name][0] and node.via != COMPARED:
            continue
        if node.kind == "map":
            said = (key for key, value in node.value.items() if not _open(value))
            words += [f"var.{name}.{key} is {_shown(node.value[key])}" for key in said]
        elif node.kind == "unknown":
            words.append(node.value.reason)
        else:
            words.append(f"var.{name} is {_shown(node)}")
    return ", ".join(words) or "the defaults hold"


def _open(node: Node) -> bool:
    """Whether nothing is said of a value, not even that it is another one."""
    return node.kind == "unknown" and not node.value.other


def _shown(node: Node) -> str:
    if node.kind == "unknown":
        return "something else"
    return "null" if node.is_null else as_text(node.value)
