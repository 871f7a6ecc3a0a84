"""Terraform folders to documents: their files as modules, every resource in every world."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from advisor.configuration.api.service import (
    SCALING,
    TERRAFORM_KINDS,
    ServiceModel,
    strange_terraform,
)
from advisor.configuration.discover import in_terraform
from advisor.configuration.document import (
    Document,
    Mark,
    Node,
    Read,
    ReadFault,
    Resource,
    World,
    addressed,
    unknown,
)
from advisor.configuration.partial_texts import as_text, number
from advisor.configuration.requests import TERRAFORM, opened, scheduled, tasks
from advisor.configuration.scenarios import settled
from advisor.configuration.source import SourceText
from advisor.configuration.terraform import hcl_tree as hcl
from advisor.configuration.terraform.folder import (
    Folder,
    choices,
    gather,
    known_region,
    provider_region,
    says_nothing,
    variable_values,
)
from advisor.configuration.terraform.hcl_values import MOST_STEPS, Evaluator, elements
from advisor.configuration.terraform.names import misplaced, to_api, tree_of
from advisor.configuration.terraform.provider import Versions, refused
from advisor.model.errors import InputError

MOST_INSTANCES = 50
"""Instances of a resource with ``for_each`` or ``count`` that are looked at."""
STEPS_OF_A_BLOCK = 50
"""Of the evaluator, for a block that ``dynamic`` makes: one within another multiplies."""
_NOT_VALUES = frozenset({"count", "depends_on", "for_each", "provider"})

Calls = Mapping[str, Mapping[str, Node]]
"""How a folder is called as a module: words for the call -> values of its variables."""


def read_folder(
    name: str, folder: Folder, service: ServiceModel, calls: Calls | None = None
) -> Document:
    """A folder as a document.

    Args:
        name: how messages call it.
        folder: its files.
        service: the model whose shapes the values are brought into.
        calls: where other folders call it as a module, with what; without any it stands alone.
    """
    relevant = [block for block in folder.resources if _relevant(block, folder)]
    declared = {".".join(block.labels): block.labels[0] for block in folder.resources}
    worlds: list[World] = []
    bare: dict[Any, hcl.Traversal] = {}
    spent = False
    for origin, given in (calls or _alone(folder)).items():
        for words, variables in choices(folder, relevant, given):
            evaluator = Evaluator(variables, folder.local_values)
            resources = tuple(
                resource
                for block in relevant
                for resource in _resources(block, evaluator, service, folder.provider)
            )
            bare.update({word.mark: word for word in evaluator.bare_words})
            spent = spent or evaluator.is_spent
            when = ", ".join(filter(None, (origin, words)))
            worlds.append(World(when, resources, declared))
    misplaced_names = (fault for block in relevant for fault in misplaced(block))
    faults = (*_faults(folder, bare.values()), *misplaced_names)
    unread = (f"more than {MOST_STEPS:,} expressions; what follows from the rest is unknown",)
    return Document(
        file=name,
        dialect="terraform",
        worlds=tuple(worlds),
        unread=unread if spent else (),
        faults=faults,
    )


def _alone(folder: Folder) -> Calls:
    """What is certain of the variables of a folder that nobody calls, by .tfvars file."""
    chosen = folder.choices.items()
    return {"": folder.given} | {f"with {name}": {**folder.given, **v} for name, v in chosen}


def _relevant(block: hcl.HclBlock, folder: Folder, followed: tuple[Mark, ...] = ()) -> bool:
    """Whether a block makes something that is read; ``followed`` are those that lead to it."""
    kind = TERRAFORM_KINDS.get(block.labels[0])
    if block.labels[0] in TERRAFORM:
        return _mentions(block.body, "sagemaker:") or _mentions(block.body, "local")
    if kind not in SCALING:
        return kind is not None
    for name in ("service_namespace", "scalable_dimension", "resource_id"):
        attribute = block.body.attributes.get(name)
        if attribute is None:
            continue
        target = _target_of(attribute.value, folder)
        if target is not None and target.mark not in (block.mark, *followed):
            return _relevant(target, folder, (*followed, block.mark))
        if _mentions(attribute.value, "sagemaker"):
            return True
    return _mentions(block.body.blocks, "SageMaker")


def _mentions(part: Any, word: str) -> bool:
    """Whether a text or name within a part of the tree has a word; names of files do not count."""
    if isinstance(part, str):
        return word in part
    if isinstance(part, dict):
        return any(_mentions(inner, word) for inner in part.values())
    if isinstance(part, Mark) or not isinstance(part, tuple | list):
        return False
    return any(_mentions(inner, word) for inner in part)


def _target_of(expression: hcl.Expression, folder: Folder) -> hcl.HclBlock | None:
    """The scaling target whose attribute an expression is."""
    if not isinstance(expression, hcl.Traversal) or expression.root != "aws_appautoscaling_target":
        return None
    labels = (expression.root, str(expression.steps[0]) if expression.steps else "")
    return next((block for block in folder.resources if block.labels == labels), None)


def _resources(
    block: hcl.HclBlock, evaluator: Evaluator, service: ServiceModel, used: Versions
) -> Iterator[Resource]:
    """The instances of a resource block."""
    kind, name = block.labels
    for suffix, symbols in _instances(block.body, evaluator):
        if kind in TERRAFORM:
            yield from calls_of(block, evaluator, symbols, f"{kind}.{name}{suffix}")
            continue
        raw = raw_body(block.body, evaluator, symbols, block)
        body = settled(to_api(raw, kind, service))
        address = f"{kind}.{name}{suffix}"
        made = addressed(TERRAFORM_KINDS[kind], "terraform", address, body, block.mark)
        told: dict[str, Any] = {}
        if kind.startswith("aws_"):  # the schema is that of the provider aws
            told["closed"] = used.are_known and tree_of(TERRAFORM_KINDS[kind]) is not None
            told["refused"] = tuple(refused(raw, TERRAFORM_KINDS[kind], service, used))
        yield made._replace(lifecycle={**_lifecycle(block.body), **told})


def _instances(body: hcl.Body, evaluator: Evaluator) -> Iterator[tuple[str, dict[str, Node]]]:
    count, for_each = body.attributes.get("count"), body.attributes.get("for_each")
    if count is not None:
        node = evaluator.value(count.value)
        times = number(as_text(node.value)) if node.kind == "scalar" else None
        if isinstance(times, int):
            for index in range(min(times, MOST_INSTANCES)):
                counted = {"index": Node("scalar", index, node.mark)}
                yield (f"[{index}]" if index else ""), {"count": Node("map", counted, node.mark)}
            return
    if for_each is not None:
        node = evaluator.value(for_each.value)
        if node.kind in ("map", "list"):
            for key, value in list(elements(node))[:MOST_INSTANCES]:
                each = Node("map", {"key": key, "value": value}, node.mark)
                shown = key.value if key.kind == "scalar" else "?"
                yield f'["{shown}"]', {"each": each}
            return
    yield "", {}


def raw_body(
    body: hcl.Body, evaluator: Evaluator, symbols: Mapping[str, Node], block: hcl.HclBlock
) -> Node:
    """A block's values by Terraform's names; nested blocks as lists."""
    entries: dict[str, Node] = {}
    for name, attribute in body.attributes.items():
        if name in _NOT_VALUES:
            continue
        node = evaluator.value(attribute.value, symbols).under(attribute.mark)
        if says_nothing(node) and node.via.startswith("default"):
            reason = f"the {node.via} says nothing"
            node = unknown(reason, node.mark, maybe_absent=True).under(attribute.mark)
        if not node.is_null:
            entries[name] = node
    for inner in body.blocks:
        if inner.type == "dynamic" and inner.labels:
            _dynamic(inner, evaluator, symbols, entries)
        elif inner.type != "lifecycle":
            _append(entries, inner.type, raw_body(inner.body, evaluator, symbols, inner))
    return Node("map", entries, block.mark, block.mark)


def _append(entries: dict[str, Node], name: str, node: Node) -> None:
    before = entries.get(name)
    items = [*before.items(), node] if before is not None else [node]
    entries[name] = Node("list", items, items[0].mark, items[0].key)


def _dynamic(
    block: hcl.HclBlock, evaluator: Evaluator, symbols: Mapping[str, Node], entries: dict[str, Node]
) -> None:
    """The blocks that a ``dynamic`` block makes; an unknown one where that is open."""
    name = block.labels[0]
    attribute = block.body.attributes.get("for_each")
    content = next((inner for inner in block.body.blocks if inner.type == "content"), None)
    if attribute is None or content is None:
        return
    over = evaluator.value(attribute.value, symbols)
    if over.kind not in ("list", "map") or any(v.kind == "unknown" for _, v in elements(over)):
        _append(entries, name, unknown("a dynamic block", block.mark, maybe_absent=True))
        return
    iterator = block.body.attributes.get("iterator")
    symbol = name
    if iterator is not None and isinstance(iterator.value, hcl.Traversal):
        symbol = iterator.value.root
    for key, value in list(elements(over))[:MOST_INSTANCES]:
        if not evaluator.spends(STEPS_OF_A_BLOCK):
            _append(entries, name, unknown("too many blocks", block.mark, maybe_absent=True))
            return
        each = Node("map", {"key": key, "value": value}, block.mark)
        made = raw_body(content.body, evaluator, {**symbols, symbol: each}, block)
        _append(entries, name, made)


def _lifecycle(body: hcl.Body) -> dict[str, Any]:
    """What the block itself says of its changes."""
    found: dict[str, Any] = {}
    name = body.attributes.get("name")
    found["name_written_out"] = name is not None and isinstance(name.value, hcl.Literal)
    for block in body.blocks:
        if block.type != "lifecycle":
            continue
        first = block.body.attributes.get("create_before_destroy")
        if first is not None and isinstance(first.value, hcl.Literal):
            found["create_before_destroy"] = first.value.value is True
        ignored = block.body.attributes.get("ignore_changes")
        if ignored is None:
            continue
        listed = ignored.value
        items = listed.items if isinstance(listed, hcl.Listing) else (listed,)
        found["ignore_changes"] = [
            (item.root, Node("scalar", item.root, item.mark))
            for item in items
            if isinstance(item, hcl.Traversal)
        ]
    return found


def _faults(folder: Folder, bare: Iterable[hcl.Traversal]) -> Iterator[ReadFault]:
    """Types that do not exist, references where a text is meant, and what is repeated."""
    for block in folder.resources:
        node = Node("scalar", block.labels[0], block.mark)
        yield from strange_terraform(node, ".".join(block.labels))
    for word in bare:
        node = Node("scalar", word.root, word.mark)
        message = f'{word.root} without quotes is a reference; write "{word.root}"'
        yield ReadFault("bare-word", node, "", message, suggestion=f'"{word.root}"')
    for again, first in folder.repeated:
        node = Node("scalar", again.name, again.mark)
        message = f"{again.name} is repeated; the first is on line {first.mark.line}"
        yield ReadFault("repeated-key", node, "", message)


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


_OURS = re.compile(r"aws(?:cc)?_sagemaker_|sagemaker:|SageMaker")
_LOCAL_MODULE = re.compile(r'"source"|source\s*=\s*"\.\.?/')
_NOT_ARGUMENTS = frozenset({"source", "version", "providers", "count", "for_each", "depends_on"})


class TerraformRead(NamedTuple):
    """A folder as read, with the Region that its provider names, where that is certain."""

    read: Read
    region: str
    unread: tuple[str, ...]
    provider: Node | None = None  # the Region that it names, also where that is not certain


class _Module(NamedTuple):
    name: str
    sources: tuple[SourceText, ...]
    folder: Folder
    errors: tuple[InputError, ...]


def read_modules(
    folders: Mapping[str, Sequence[SourceText]], service: ServiceModel
) -> Iterator[TerraformRead]:
    """Every folder that is about SageMaker, as documents."""
    modules: list[_Module] = []
    for path, sources in folders.items():
        if any(_OURS.search(s.text) or _LOCAL_MODULE.search(s.text) for s in sources):
            modules += _modules(path, sources)
        if not any(_OURS.search(source.text) for source in sources):
            yield TerraformRead(Read(document=None, sources=tuple(sources)), "", _not_read(sources))
    calls = _calls(modules)
    for module in modules:
        if not any(_OURS.search(source.text) for source in module.sources):
            continue
        document = read_folder(
            module.name, module.folder, service, calls.get(os.path.normpath(module.name or "."))
        )
        unread = _not_read(module.sources)
        read = Read(document=document, sources=module.sources, errors=module.errors)
        folder = module.folder
        yield TerraformRead(read, known_region(folder), unread, provider_region(folder))


def _not_read(sources: Iterable[SourceText]) -> tuple[str, ...]:
    """What of some files is in a form that is not read."""
    notes = ((source.file, in_terraform(source.text)) for source in sources)
    return tuple(f"{file}: {note}" for file, note in notes if note)


def _modules(path: str, sources: Sequence[SourceText]) -> Iterator[_Module]:
    """One module of a folder; one for each file where the files cannot belong together.

    Terraform refuses a folder that declares a resource or variable twice. Files that do so are
    collected in one folder without being one module, and each is read with what all may share.
    """
    folder, errors = gather(sources)
    counted = Counter((block.type, block.labels) for block in folder.declared)
    twice = (block for block in folder.declared if counted[block.type, block.labels] > 1)
    clashing = {block.mark.file for block in twice}
    if not clashing:
        yield _Module(path, tuple(sources), folder, tuple(errors))
        return
    shared = [source for source in sources if source.file not in clashing]
    for source in sources:
        if source.file in clashing:
            together = (source, *shared)
            alone, own_errors = gather(together)
            yield _Module(source.file, together, alone, tuple(own_errors))


def _calls(modules: Sequence[_Module]) -> dict[str, dict[str, dict[str, Node]]]:
    """Folder -> words for a call -> the values of its variables."""
    known = {os.path.normpath(module.name or ".") for module in modules}
    found: dict[str, dict[str, dict[str, Node]]] = {}
    for module in modules:
        for block in module.folder.modules:
            source = block.body.attributes.get("source")
            text = source.value.value if source and isinstance(source.value, hcl.Literal) else ""
            if not str(text).startswith(("./", "../")):
                continue
            is_file = module.name.endswith((".tf", ".json"))
            base = os.path.dirname(module.name) if is_file else module.name
            target = os.path.normpath(os.path.join(base, str(text)))
            if target in known:
                words = f"as module.{block.labels[0]} of {module.name or '.'}"
                found.setdefault(target, {})[words] = _arguments(block, module.folder)
    return found


def _arguments(block: hcl.HclBlock, caller: Folder) -> dict[str, Node]:
    """What a call gives; what depends on the caller's own open variables is unknown."""
    evaluator = Evaluator(variable_values(caller, caller.given), caller.local_values)
    values: dict[str, Node] = {}
    for name, attribute in block.body.attributes.items():
        if name in _NOT_ARGUMENTS:
            continue
        node = evaluator.value(attribute.value)
        if node.is_null:
            node = unknown("null is given", node.mark, maybe_absent=True)
        values[name] = node._replace(via=node.via or f"argument of module.{block.labels[0]}")
    return values
