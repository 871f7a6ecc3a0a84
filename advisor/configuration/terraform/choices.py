"""Choices of variables, and of what is open, that make a difference to what a root deploys."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from advisor.configuration.document import Hidden, Mark, Node, unknown
from advisor.configuration.partial_texts import as_text
from advisor.configuration.scenarios import COMPARED, outcomes
from advisor.configuration.terraform import hcl_tree as hcl
from advisor.configuration.terraform.folder import Folder, default_of, variable_values
from advisor.configuration.terraform.hcl_values import MOST_STEPS, says_nothing, truth_of
from advisor.configuration.terraform.tree import Instance, Site, conditions

_DEEPEST_LOCAL = 5
_ASSUMED = "assumed"
_MOST_STEPS = 3 * MOST_STEPS
"""Of the evaluator, to find the scenarios of a root; then no more are looked for."""
_MOST_TURNS = 4
"""Times that conditions which only an assumption brings up are looked for."""

Values = Mapping[str, Node]
Tests = Mapping[int, Sequence[hcl.Expression]]  # by the identity of a site


def choices(
    root: Site, blocks: Mapping[int, Sequence[hcl.HclBlock]], given: Values
) -> Iterator[tuple[str, Instance]]:
    """Every choice that makes a difference, with words for it and the root as it makes it.

    Args:
        root: a module that nobody is known to call, with those that it calls.
        blocks: identity of a site -> its blocks that are read.
        given: the variables of the root that are certain.
    """
    fixed = variable_values(root.module.folder, given)
    tests = {id(site): list(_of_site(site, blocks[id(site)])) for site in root.all()}
    candidates = _candidates(root, tests, given)
    made: dict[tuple[bool, object], Instance] = {}
    spent = 0

    def results(choice: Values) -> tuple[bool, object]:
        nonlocal spent
        if spent > _MOST_STEPS:
            return next(iter(made))
        instance = Instance(root, {**fixed, **choice}, choice)
        found = tuple(_results(instance, tests))
        refused = any(each.is_refused for each in instance.all())
        made.setdefault((refused, found), instance)
        spent += instance.evaluator.around.spent[0]
        return refused, found

    for _ in range(_MOST_TURNS):
        new = {
            key: mark
            for at in (0, -1)
            for key, mark in _opened({n: c[at] for n, c in candidates.items()}, results, made)
        }
        if not new:
            break
        for key, mark in new.items():
            candidates[key] = [Node("scalar", truth, mark, via=_ASSUMED) for truth in (True, False)]
    found = list(outcomes(candidates, results))
    kept = [each for each in found if not each[1][0]] or found
    varied = {name for choice, _ in kept for name in choice if choice[name] != kept[0][0][name]}
    for choice, result in kept:
        differing = {name: node for name, node in choice.items() if name in varied}
        yield (_words(differing, candidates) if len(kept) > 1 else ""), made[result]


def _of_site(site: Site, blocks: Sequence[hcl.HclBlock]) -> Iterator[hcl.Expression]:
    """What decides what a module makes: its blocks, its calls, what it hands to its caller."""
    folder = site.module.folder
    for block in (*blocks, *folder.modules):
        yield from _tests(block.body, folder)
    for output in folder.outputs.values() if site.caller is not None else ():
        yield from _ternaries(output, folder, 0)


def _opened(
    choice: Values,
    results: Callable[[Values], tuple[bool, object]],
    made: Mapping[tuple[bool, object], Instance],
) -> Iterator[tuple[str, Mark]]:
    """The conditions that a choice leaves open."""
    for instance in made[results(choice)].all():
        yield from instance.evaluator.open_tests.items()


def _results(root: Instance, tests: Tests) -> Iterator[object]:
    """What the tests come to wherever a module is made."""
    for instance in root.all():
        yield instance.prefix
        for test in tests[id(instance.site)]:
            yield _result(instance.evaluator.value(test))
        for key in instance.evaluator.open_tests:
            node = instance.assumed.get(key)
            yield key, None if node is None else node.value


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
        yield expression
    yield from _selections(expression, folder)
    local = isinstance(expression, hcl.Traversal) and expression.root == "local"
    if local and expression.steps and depth < _DEEPEST_LOCAL:
        inner = folder.local_values.get(str(expression.steps[0]))
        yield from _ternaries(inner, folder, depth + 1) if inner is not None else ()
    # Within a for expression, names mean something that is not known here.
    inside = (expression.over,) if isinstance(expression, hcl.For) else _parts(expression)
    for part in inside:
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


def _candidates(root: Site, tests: Tests, given: Values) -> dict[str, list[Node]]:
    """For each variable that conditions look at: the values that may make a difference."""
    literals: dict[str, list[Node]] = {}
    for site in root.all():
        for test in tests[id(site)]:
            _note(test, site, literals, 0)
    # What has to hold of a variable is of interest where something depends on it.
    required: dict[str, list[Node]] = {}
    for site in root.all():
        for _, condition in conditions(site.module.folder):
            _note(condition, site, required, 0)
    variables = root.module.folder.variables
    return {
        name: tried
        for name, found in literals.items()
        if name not in given and name in variables
        if (tried := _worth_trying(variables[name], found + required.get(name, [])))
    }


def _note(expression: Any, site: Site, into: dict[str, list[Node]], depth: int) -> None:
    """Note what variables of the root are compared with, and those that are conditions."""
    if isinstance(expression, hcl.Traversal):
        origin = _origin(expression, site)
        if origin is not None and not origin[1]:
            into.setdefault(origin[0], [])
        inner, where = _meant(expression, site)
        if inner is not None and where is not None and depth < _DEEPEST_LOCAL:
            _note(inner, where, into, depth + 1)
        return
    for left, right in _compared(expression):
        name, steps = _origin(left, site) or ("", ())
        if name and not steps:
            into.setdefault(name, []).append(right)
        elif name and len(steps) == 1 and isinstance(steps[0], str):
            part = Node("map", {steps[0]: right}, right.mark)
            into.setdefault(name, []).append(part)
    for part in _parts(expression):
        _note(part, site, into, depth)


def _meant(expression: hcl.Traversal, site: Site) -> tuple[hcl.Expression | None, Site | None]:
    """The expression that a local, or a variable of a called module, stands for, and where."""
    name = str(expression.steps[0]) if expression.steps else ""
    if expression.root == "local":
        return site.module.folder.local_values.get(name), site
    if expression.root != "var" or site.call is None:
        return None, None
    argument = site.call.body.attributes.get(name)
    return (argument.value if argument is not None else None), site.caller


def _compared(expression: Any) -> Iterator[tuple[Any, Node]]:
    """What is compared, and with which value."""
    match expression:
        case hcl.Operation(operator="==" | "!=", operands=(one, other)):
            pairs = [(one, other), (other, one)]
        case hcl.FunctionCall(name="contains", arguments=(hcl.Listing(items=items), one)):
            pairs = [(one, item) for item in items]
        case _:
            return
    for left, right in pairs:
        if isinstance(right, hcl.Literal):
            yield left, Node("scalar", right.value, right.mark, via=COMPARED)


def _origin(expression: Any, site: Site) -> tuple[str, tuple[Any, ...]] | None:
    """The variable of the root that an expression is, and the steps into it."""
    steps: tuple[Any, ...] = ()
    where: Site | None = site
    for _ in range(_DEEPEST_LOCAL * 2):
        if isinstance(expression, hcl.Interpolation) and len(expression.parts) == 1:
            expression = expression.parts[0]
        if not isinstance(expression, hcl.Traversal) or not expression.steps or where is None:
            return None
        steps = (*expression.steps[1:], *steps)
        if expression.root == "var" and where.call is None:
            return str(expression.steps[0]), steps
        expression, where = _meant(expression, where)
    return None


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
    flag = kind == "bool" or any(isinstance(node.value, bool) for node in tried)
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
        if node is candidates[name][0] and node.via not in (COMPARED, _ASSUMED):
            continue
        if node.via == _ASSUMED:
            truth = as_text(node.value)
            words.append(f"the condition in line {node.mark.line} of {node.mark.file} is {truth}")
        elif node.kind == "map":
            said = (
                key
                for key, value in node.value.items()
                if value.kind != "unknown" or value.value.other
            )
            words += [f"var.{name}.{key} is {_shown(node.value[key])}" for key in said]
        elif node.kind == "unknown":
            words.append(node.value.reason)
        else:
            words.append(f"var.{name} is {_shown(node)}")
    return ", ".join(words) or "the defaults hold"


def _shown(node: Node) -> str:
    if node.kind == "unknown":
        return "something else"
    return "null" if node.is_null else as_text(node.value)
