"""Terraform folders to documents: their files as modules, every resource in every world."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
    walk,
)
from advisor.configuration.requests import TERRAFORM, opened, scheduled, tasks
from advisor.configuration.scenarios import MOST_WORLDS, settled
from advisor.configuration.source import SourceText
from advisor.configuration.terraform import hcl_tree as hcl
from advisor.configuration.terraform.choices import choices
from advisor.configuration.terraform.folder import (
    Folder,
    gather,
    known_region,
    provider_region,
)
from advisor.configuration.terraform.hcl_values import MOST_STEPS, Evaluator, elements, says_nothing
from advisor.configuration.terraform.names import misplaced, to_api, tree_of
from advisor.configuration.terraform.neighbours import OURS, about_us
from advisor.configuration.terraform.provider import refused
from advisor.configuration.terraform.tree import (
    MOST_INSTANCES,
    Instance,
    Module,
    Site,
    instances,
    tree_below,
)

STEPS_OF_A_BLOCK = 50
"""Of the evaluator, for a block that ``dynamic`` makes: one within another multiplies."""
_NOT_VALUES = frozenset({"count", "depends_on", "for_each", "provider"})


class _Blocks(NamedTuple):
    """The blocks of a tree of modules that are read: by the identity of each site."""

    of: Mapping[int, Sequence[hcl.HclBlock]]
    lost: Sequence[hcl.HclBlock]  # calls of modules that are not here


def _document(root: Site, blocks: _Blocks, service: ServiceModel) -> Document:
    """A root and the modules that it calls as a document."""
    worlds: list[World] = []
    bare: dict[Any, hcl.Traversal] = {}
    made: set[int] = set()
    notes: set[str] = set()
    whole = not any(site.module.errors for site in root.all())
    for origin, given in _alone(root.module.folder).items():
        found = list(choices(root, blocks.of, given))
        if len(found) >= MOST_WORLDS:
            notes.add(f"more than {MOST_WORLDS} scenarios; the rest was not looked at")
        for words, top in found:
            resources: list[Resource] = []
            declared: dict[str, str] = {}
            for instance in top.all():
                for block in instance.site.module.folder.resources:
                    declared[instance.prefix + ".".join(block.labels)] = block.labels[0]
                for block in blocks.of[id(instance.site)]:
                    before = len(resources)
                    resources += _resources(block, instance, service)
                    made.update({id(block)} if len(resources) > before else ())
                evaluator = instance.evaluator
                bare.update({word.mark: word for word in evaluator.bare_words})
                if evaluator.is_spent:
                    notes.add(_SPENT)
            when = ", ".join(filter(None, (origin, words)))
            # Beside a file that could not be read nobody knows what is missing.
            worlds.append(World(when, tuple(_about_us(resources)), declared if whole else {}))
    folders = {id(site.module): site for site in root.all()}.values()
    faults = [*_faults([site.module.folder for site in folders], bare.values())]
    for site in folders:
        faults += [fault for block in blocks.of[id(site)] for fault in misplaced(block)]
    callers = {
        source.file: tuple(call.mark.file for call in site.calls)
        for site in folders
        for source in site.module.sources
    }
    return Document(
        file=root.module.name,
        dialect="terraform",
        worlds=tuple(worlds),
        unread=tuple(sorted(notes)),
        faults=tuple(f._replace(files=callers.get(f.node.mark.file, ())) for f in faults),
        unresolved=tuple(_unresolved(root, blocks, made)),
    )


def _alone(folder: Folder) -> Mapping[str, Mapping[str, Node]]:
    """What is certain of the variables of a folder that nobody calls, by .tfvars file."""
    chosen = folder.choices.items()
    return {"": folder.given} | {f"with {name}": {**folder.given, **v} for name, v in chosen}


_SPENT = f"more than {MOST_STEPS:,} expressions; what follows from the rest is unknown"


_OF_SCALING = {
    "service_namespace": "ServiceNamespace",
    "scalable_dimension": "ScalableDimension",
    "resource_id": "ResourceId",
}
_SCALED_HERE = ("aws_sagemaker_", "sagemaker", "endpoint/", "inference-component/")


def _relevant(block: hcl.HclBlock) -> bool:
    """Whether a block may make something that is read."""
    kind = TERRAFORM_KINDS.get(block.labels[0])
    if block.labels[0] in TERRAFORM:
        return _mentions(block.body, "sagemaker:") or _mentions(block.body, "local")
    if kind not in SCALING:
        return kind is not None
    attributes = block.body.attributes
    written = [attributes[name].value for name in _OF_SCALING if name in attributes]
    named = any(isinstance(each, hcl.Traversal | hcl.Interpolation) for each in written)
    return named or _mentions(written, "sagemaker") or _mentions(block.body.blocks, "SageMaker")


def _about_us(resources: Sequence[Resource]) -> Iterator[Resource]:
    """The resources without the scaling of other services."""
    known = {each.identity: each for each in resources}

    def ours(resource: Resource, followed: tuple[str, ...] = ()) -> bool:
        for field in _OF_SCALING.values():
            node = resource.body.get(field)
            if node is None or node.kind not in ("scalar", "text", "reference"):
                continue
            parts = node.value if node.kind == "text" else (node.value,)
            if node.kind == "reference":
                target = known.get(node.value.target)
                if target is not None and target.kind in SCALING:
                    again = target.identity in (resource.identity, *followed)
                    parts = () if again else ("",)
                    if not again and ours(target, (*followed, resource.identity)):
                        return True
            words = (str(getattr(part, "within", part)) for part in parts)
            if any(word.startswith(_SCALED_HERE) for word in words):
                return True
        return any(
            node.kind == "scalar" and str(node.value).startswith("SageMaker")
            for _, node in walk(resource.body)
        )

    return (each for each in resources if each.kind not in SCALING or ours(each))


def _mentions(part: Any, word: str) -> bool:
    """Whether a text or name within a part of the tree has a word; names of files do not count."""
    if isinstance(part, str):
        return word in part
    if isinstance(part, dict):
        return any(_mentions(inner, word) for inner in part.values())
    if isinstance(part, Mark) or not isinstance(part, tuple | list):
        return False
    return any(_mentions(inner, word) for inner in part)


def _unresolved(root: Site, blocks: _Blocks, made: Collection[int]) -> Iterator[tuple[str, str]]:
    """What of SageMaker is not among the resources of any scenario, and why."""
    for site in root.all():
        for block in blocks.of[id(site)]:
            kind = TERRAFORM_KINDS.get(block.labels[0])
            if id(block) not in made and kind is not None and kind not in SCALING:
                address = ".".join(filter(None, (site.name, *block.labels)))
                yield _at(block), f"{address}: no scenario makes one"
        for error in site.module.errors:
            yield f"{error.file}:{error.line}", "it could not be read"
    for block in blocks.lost:
        source = block.body.attributes.get("source")
        written = source.value.value if source and isinstance(source.value, hcl.Literal) else "?"
        if "sagemaker" in str(written).lower() or str(written).startswith("."):
            yield _at(block), f"module.{block.labels[0]}: {written} is not followed"


def _at(block: hcl.HclBlock) -> str:
    return f"{block.mark.file}:{block.mark.line}"


def _resources(
    block: hcl.HclBlock, instance: Instance, service: ServiceModel
) -> Iterator[Resource]:
    """The instances of a resource block."""
    kind, name = block.labels
    files = (block.mark.file, *(call.mark.file for call in instance.site.calls))
    for suffix, symbols in instances(block.body, instance.evaluator):
        address = f"{instance.prefix}{kind}.{name}{suffix}"
        if kind in TERRAFORM:
            for made in calls_of(block, instance.evaluator, symbols, address):
                yield made._replace(files=files)
            continue
        raw = raw_body(block.body, instance.evaluator, symbols, block)
        body = settled(to_api(raw, kind, service))
        made = addressed(TERRAFORM_KINDS[kind], "terraform", address, body, block.mark)
        named = raw.get("name") or raw
        fixed = named.kind == "scalar" and not named.via.startswith("default")
        told: dict[str, Any] = {"name_written_out": fixed, **_lifecycle(block.body)}
        if kind.startswith("aws_"):  # the schema is that of the provider aws
            used = instance.site.module.folder.provider
            told["closed"] = used.are_known and tree_of(TERRAFORM_KINDS[kind]) is not None
            told["refused"] = tuple(refused(raw, TERRAFORM_KINDS[kind], service, used))
        yield made._replace(lifecycle=told, files=files)


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
            (name, Node("scalar", name, item.mark))
            for item in items
            if (name := getattr(item, "root", getattr(item, "value", "")))
        ]
    return found


def _faults(folders: Sequence[Folder], bare: Iterable[hcl.Traversal]) -> Iterator[ReadFault]:
    """Types that do not exist, references where a text is meant, and what is repeated."""
    for block in (block for folder in folders for block in folder.resources):
        node = Node("scalar", block.labels[0], block.mark)
        yield from strange_terraform(node, ".".join(block.labels))
    for word in bare:
        node = Node("scalar", word.root, word.mark)
        message = f'{word.root} without quotes is a reference; write "{word.root}"'
        yield ReadFault("bare-word", node, "", message, suggestion=f'"{word.root}"')
    yield from (again.fault() for folder in folders for again in folder.repeated)


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


class TerraformRead(NamedTuple):
    """A root as read, with the Region that its provider names, where that is certain."""

    read: Read
    region: str
    unread: tuple[str, ...]
    provider: Node | None = None  # the Region that it names, also where that is not certain


def read_modules(
    folders: Mapping[str, Sequence[SourceText]],
    service: ServiceModel,
    wanted: Collection[str] | None = None,
) -> Iterator[TerraformRead]:
    """Every root that is about SageMaker, with the modules that it calls, as documents.

    Args:
        folders: the texts of each folder.
        service: the model whose shapes the values are brought into.
        wanted: files of which a root or one of its modules has one; all roots without it.
    """
    modules: list[Module] = []
    concerned = about_us(folders)
    for path, sources in folders.items():
        if path in concerned:
            modules += _modules(path, sources)
        if not any(OURS.search(source.text) for source in sources):
            yield TerraformRead(Read(document=None, sources=tuple(sources)), "", _not_read(sources))
    for root, lost in _trees(modules):
        texts = {s.file: s for site in root.all() for s in site.module.sources}
        if not any(OURS.search(source.text) for source in texts.values()):
            continue
        if wanted is not None and not any(file in wanted for file in texts):
            continue
        of = {
            id(site): [block for block in site.module.folder.resources if _relevant(block)]
            for site in root.all()
        }
        document = _document(root, _Blocks(of, lost), service)
        found = list({id(site.module): site.module for site in root.all()}.values())
        errors = tuple(error for module in found for error in module.errors)
        read = Read(document=document, sources=tuple(texts.values()), errors=errors)
        placed = [each.folder for each in found if each.folder.region is not None]
        folder = placed[0] if placed else root.module.folder
        unread = _not_read(texts.values())
        yield TerraformRead(read, known_region(folder), unread, provider_region(folder))


def _trees(modules: Sequence[Module]) -> Iterator[tuple[Site, list[hcl.HclBlock]]]:
    """Every module that no other calls, with its tree; then those that only call each other."""
    known = {os.path.normpath(module.name or "."): module for module in modules}
    called = {
        target
        for module in modules
        for block in module.folder.modules
        if (target := module.called_by(block)) != os.path.normpath(module.name or ".")
    }
    reached: set[int] = set()
    roots = [m for m in modules if os.path.normpath(m.name or ".") not in called]
    for root in (*roots, *modules):
        if id(root) not in reached:
            tree, lost = tree_below(root, known)
            reached.update(id(site.module) for site in tree.all())
            yield tree, lost


def _not_read(sources: Iterable[SourceText]) -> tuple[str, ...]:
    """What of some files is in a form that is not read."""
    notes = ((source.file, in_terraform(source.text)) for source in sources)
    return tuple(f"{file}: {note}" for file, note in notes if note)


def _modules(path: str, sources: Sequence[SourceText]) -> Iterator[Module]:
    """One module of a folder; one for each file where the files cannot belong together.

    Terraform refuses a folder that declares something twice. Files that do so are collected in one
    folder without being one module, and each is read with what all may share.
    """
    folder, errors = gather(sources, path)
    clashing: set[str] = set()
    for places in folder.declared.values():
        files = {place.file for place in places}
        clashing |= files if len(files) > 1 else set()
    if not clashing:
        yield Module(path, tuple(sources), folder, tuple(errors))
        return
    shared = [source for source in sources if source.file not in clashing]
    for source in sources:
        if source.file in clashing:
            together = (source, *shared)
            alone, own_errors = gather(together, path)
            yield Module(source.file, together, alone, tuple(own_errors))
