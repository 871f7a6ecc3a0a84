"""A folder of Terraform files as one: variables, locals, resources, and what is given for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from advisor.configuration.document import Hidden, Node, unknown
from advisor.configuration.json_nodes import read_json
from advisor.configuration.partial_texts import as_text
from advisor.configuration.scenarios import COMPARED, outcomes
from advisor.configuration.source import SourceText
from advisor.configuration.terraform import hcl_tree as hcl
from advisor.configuration.terraform.hcl_expressions import HclReader, read_hcl
from advisor.configuration.terraform.hcl_values import Evaluator, truth_of
from advisor.configuration.terraform.provider import Versions, versions
from advisor.model.errors import InputError

_LABELS = {"resource": 2, "data": 2, "variable": 1, "provider": 1, "module": 1, "output": 1}


def read_tf_json(source: SourceText) -> hcl.Body:
    """Read a file of Terraform's JSON syntax.

    Raises:
        InputError: no JSON, or a text in it that is no template.
    """
    top = read_json(source).documents[0]
    if top.kind != "map":
        raise source.error("expected an object", 0)
    body = hcl.Body({}, [], [])
    variables = ".tfvars" in source.file
    for key, value in top.value.items():
        if variables or key not in (*_LABELS, "locals", "terraform"):
            body.attributes[key] = hcl.Attribute(
                key, expression(value, plain=variables), value.place
            )
            continue
        for labels, item in _blocks(value, _LABELS.get(key, 0)):
            plain = key == "variable"
            attributes = {
                name: hcl.Attribute(name, expression(each, plain), each.place)
                for name, each in item.value.items()
            }
            inner = hcl.Body(attributes, [], [])
            body.blocks.append(hcl.HclBlock(key, labels, inner, item.place))
    return body


def _blocks(node: Node, labels: int) -> list[tuple[tuple[str, ...], Node]]:
    """The blocks of a type, with their labels: one object level for each label."""
    if node.kind == "list":
        return [found for item in node.items() for found in _blocks(item, labels)]
    if node.kind != "map":
        return []
    if not labels:
        return [((), node)]
    found: list[tuple[tuple[str, ...], Node]] = []
    for name, inner in node.value.items():
        found += [((name, *rest), item) for rest, item in _blocks(inner, labels - 1)]
    return found


def expression(node: Node, plain: bool = False) -> hcl.Expression:
    """A JSON value as an expression; texts are templates unless ``plain``."""
    if node.kind == "list":
        return hcl.Listing(tuple(expression(item, plain) for item in node.items()), node.mark)
    if node.kind == "map":
        pairs = tuple(
            (hcl.Literal(key, value.place), expression(value, plain))
            for key, value in node.value.items()
        )
        return hcl.Mapping(pairs, node.mark)
    value: Any = node.value
    if plain or not isinstance(value, str) or ("${" not in value and "%{" not in value):
        return hcl.Literal(value, node.mark)
    # A text with places is read from a small source of its own at the text's place.
    reader = HclReader(SourceText(node.mark.file, _quoted(value)))
    placed: hcl.Expression = _at(reader.quoted(), node)
    return placed


def _quoted(text: str) -> str:
    """The text as HCL quotes it; what stands inside ``${…}`` stays as it is."""
    out, depth = ['"'], 0
    for index, character in enumerate(text):
        if text.startswith(("${", "%{"), index):
            depth += 1
        escaped = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
        out.append(escaped.get(character, character) if depth == 0 else character)
        if character == "}" and depth:
            depth -= 1
    return "".join(out) + '"'


def _at(value: Any, node: Node) -> Any:
    """The same tree with every place at the node: the small source has none that a reader knows."""
    if not isinstance(value, tuple):
        return value
    if not hasattr(value, "mark"):
        return tuple(_at(item, node) for item in value)
    names = type(value)._fields  # type: ignore[attr-defined]
    fields = [node.mark if name == "mark" else _at(getattr(value, name), node) for name in names]
    return type(value)(*fields)


class Folder(NamedTuple):
    """What the files of a folder say together."""

    variables: Mapping[str, hcl.HclBlock]
    local_values: Mapping[str, hcl.Expression]
    resources: Sequence[hcl.HclBlock]
    modules: Sequence[hcl.HclBlock]
    region: hcl.Expression | None
    provider: Versions
    given: Mapping[str, Node]  # by terraform.tfvars and *.auto.tfvars
    choices: Mapping[str, Mapping[str, Node]]  # by other .tfvars files, by name
    repeated: Sequence[tuple[hcl.Attribute, hcl.Attribute]]
    declared: Sequence[hcl.HclBlock]  # everything that a folder may declare only once


def gather(sources: Iterable[SourceText]) -> tuple[Folder, list[InputError]]:
    """The files of a folder as one, and the errors of those that could not be read."""
    blocks: list[hcl.HclBlock] = []
    given: dict[str, Node] = {}
    choices: dict[str, dict[str, Node]] = {}
    repeated: list[tuple[hcl.Attribute, hcl.Attribute]] = []
    errors: list[InputError] = []
    for source in sources:
        name = source.file.rsplit("/", 1)[-1]
        try:
            body = read_tf_json(source) if name.endswith(".json") else read_hcl(source)
        except InputError as error:
            errors.append(error)
            continue
        repeated += _repeated(body)
        if ".tfvars" not in name:
            blocks += body.blocks
        elif name.startswith("terraform.tfvars") or ".auto.tfvars" in name:
            given.update(_values(body, name))
        else:
            choices[name] = _values(body, name)
    return _folder(blocks, given, choices, repeated), errors


def _values(body: hcl.Body, name: str) -> dict[str, Node]:
    evaluator = Evaluator({}, {})
    return {
        key: evaluator.value(attribute.value)._replace(via=f"value of {key} in {name}")
        for key, attribute in body.attributes.items()
    }


def _folder(
    blocks: list[hcl.HclBlock],
    given: dict[str, Node],
    choices: dict[str, dict[str, Node]],
    repeated: list[tuple[hcl.Attribute, hcl.Attribute]],
) -> Folder:
    variables = {block.labels[0]: block for block in blocks if _is(block, "variable", 1)}
    local_values: dict[str, hcl.Expression] = {}
    region: hcl.Expression | None = None
    for block in blocks:
        if block.type == "locals":
            local_values.update({key: a.value for key, a in block.body.attributes.items()})
        elif block.type == "provider" and block.labels == ("aws",):
            attribute = block.body.attributes.get("region")
            if attribute is not None and "alias" not in block.body.attributes:
                region = attribute.value
    usable = {
        name: {key: value for key, value in values.items() if key in variables}
        for name, values in choices.items()
    }
    return Folder(
        variables=variables,
        local_values=local_values,
        resources=[block for block in blocks if _is(block, "resource", 2)],
        modules=[block for block in blocks if _is(block, "module", 1)],
        region=region,
        provider=versions(blocks),
        given=given,
        choices={name: values for name, values in usable.items() if values},
        repeated=repeated,
        declared=[
            b for b in blocks if _is(b, "resource", 2) or _is(b, "variable", 1) or _is(b, "data", 2)
        ],
    )


def _is(block: hcl.HclBlock, kind: str, labels: int) -> bool:
    return block.type == kind and len(block.labels) == labels


def _repeated(body: hcl.Body) -> Iterator[tuple[hcl.Attribute, hcl.Attribute]]:
    yield from body.repeated
    for block in body.blocks:
        yield from _repeated(block.body)


def default_of(variable: hcl.HclBlock) -> Node | None:
    """A variable's default as it is written; ``None`` when it has none."""
    attribute = variable.body.attributes.get("default")
    if attribute is None:
        return None
    node = Evaluator({}, {}).value(attribute.value)
    return node._replace(via=f"default of variable {variable.labels[0]}")


def says_nothing(node: Node) -> bool:
    """Whether a value stands where nobody has decided yet: null, an empty text, list or object."""
    return node.is_null or (node.kind in ("scalar", "list", "map") and node.value in ("", [], {}))


def variable_values(folder: Folder, given: Mapping[str, Node]) -> dict[str, Node]:
    """Every variable with its value: given, its default, or unknown.

    A default that says nothing is a place for the caller's value, not a value.
    """
    values: dict[str, Node] = {}
    for name, block in folder.variables.items():
        default = default_of(block)
        if name in given:
            values[name] = given[name]
        elif default is None:
            values[name] = unknown(f"variable {name} has no default", block.mark, maybe_absent=True)
        elif says_nothing(default):
            reason = f"the default of variable {name} says nothing"
            values[name] = unknown(reason, default.mark, maybe_absent=True)
        else:
            values[name] = default
    return values


def provider_region(folder: Folder) -> Node | None:
    """The Region of the default provider; ``None`` where it has none, or none that is known."""
    if folder.region is None:
        return None
    evaluator = Evaluator(variable_values(folder, folder.given), folder.local_values)
    node = evaluator.value(folder.region)
    return node if node.kind == "scalar" else None


def known_region(folder: Folder) -> str:
    """That Region where no caller can give another; else empty."""
    node = provider_region(folder)
    return str(node.value) if node is not None and not node.via.startswith("default") else ""


_DEEPEST_LOCAL = 5

Values = Mapping[str, Node]


def choices(
    folder: Folder, blocks: Sequence[hcl.HclBlock], given: Values
) -> Iterator[tuple[str, dict[str, Node]]]:
    """Every choice of variables that makes a difference, with words for it."""
    fixed = variable_values(folder, given)
    tests = [test for block in blocks for test in _tests(block.body, folder)]
    candidates = _candidates(folder, tests, given)

    def results(choice: Values) -> tuple[object, ...]:
        evaluator = Evaluator({**fixed, **choice}, folder.local_values)
        return tuple(_result(evaluator.value(test)) for test in tests)

    found = list(outcomes(candidates, results))
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
