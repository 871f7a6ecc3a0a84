"""Modules where they are called, and what each call comes to in one world of its root."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from advisor.configuration.document import Node
from advisor.configuration.partial_texts import as_text, number
from advisor.configuration.source import SourceText
from advisor.configuration.terraform import hcl_tree as hcl
from advisor.configuration.terraform.folder import Folder, variable_values
from advisor.configuration.terraform.hcl_values import Evaluator, Surroundings, elements, truth_of
from advisor.model.errors import InputError

MOST_INSTANCES = 50
"""Instances of a resource or module with ``for_each`` or ``count`` that are looked at."""
MOST_CALLS = 200
"""Calls of modules below one root, those within called modules among them, that are followed."""
_CONDITIONS = ("validation", "precondition")
"""Blocks without whose condition Terraform does not go on."""
STEPS_OF_A_MODULE = 100
"""Of the evaluator, for each that a call makes: those within multiply."""
_DEEPEST = 10
_NOT_ARGUMENTS = frozenset({"source", "version", "providers", "count", "for_each", "depends_on"})


class Module(NamedTuple):
    """The files of a folder that belong together."""

    name: str  # the folder; a file where the files of a folder cannot belong together
    sources: tuple[SourceText, ...]
    folder: Folder
    errors: tuple[InputError, ...]

    def called_by(self, block: hcl.HclBlock) -> str:
        """The folder that a block of this module calls; empty where it is not a local one."""
        source = block.body.attributes.get("source")
        text = source.value.value if source and isinstance(source.value, hcl.Literal) else ""
        if not str(text).startswith(("./", "../")):
            return ""
        is_file = self.name.endswith((".tf", ".json"))
        base = os.path.dirname(self.name) if is_file else self.name
        return os.path.normpath(os.path.join(base, str(text)))


class Site(NamedTuple):
    """A module where it stands: as a root, or as a block of another module calls it."""

    module: Module
    call: hcl.HclBlock | None
    caller: Site | None
    inner: dict[str, Site]  # name of a block that calls -> the module that it calls

    @property
    def name(self) -> str:
        """How Terraform calls it; empty for a root."""
        return f"module.{self.call.labels[0]}" if self.call is not None else ""

    @property
    def calls(self) -> tuple[hcl.HclBlock, ...]:
        """The blocks that lead to it, the nearest first."""
        above = self.caller.calls if self.caller is not None else ()
        return (self.call, *above) if self.call is not None else ()

    def all(self) -> Iterator[Site]:
        """This module and all below it."""
        yield self
        for site in self.inner.values():
            yield from site.all()


def tree_below(root: Module, known: Mapping[str, Module]) -> tuple[Site, list[hcl.HclBlock]]:
    """A root with every module that it calls, and the calls that lead to none that is known."""
    top = Site(root, None, None, {})
    lost: list[hcl.HclBlock] = []
    pending, count = [top], 0
    while pending:
        site = pending.pop(0)
        for block in site.module.folder.modules:
            target = known.get(site.module.called_by(block))
            count += target is not None
            if target is None or len(site.calls) >= _DEEPEST or count > MOST_CALLS:
                lost.append(block)
                continue
            inner = site.inner[block.labels[0]] = Site(target, block, site, {})
            pending.append(inner)
    return top, lost


class Instance:
    """A module as one world makes it; the modules that it calls are made when they are asked for.

    Args:
        site: the module, where it stands.
        variables: their values.
        prefix: of its addresses.
        assumed: the truth of conditions that nothing settles.
        spent: the steps that the world took; its modules share them.
    """

    def __init__(
        self,
        site: Site,
        variables: Mapping[str, Node],
        assumed: Mapping[str, Node],
        prefix: str = "",
        spent: list[int] | None = None,
    ) -> None:
        self.site = site
        self.prefix = prefix
        self.assumed = assumed
        around = Surroundings(spent or [0], prefix, self._output, assumed)
        self.evaluator = Evaluator(variables, site.module.folder.local_values, around)
        self._made: dict[str, list[tuple[Node | None, Instance]]] = {}

    def all(self) -> Iterator[Instance]:
        """This one and all below it."""
        yield self
        for name in self.site.inner:
            for _, inner in self.called(name):
                yield from inner.all()

    def called(self, name: str) -> list[tuple[Node | None, Instance]]:
        """What a block that calls a module makes: each with its key or index, where it has one."""
        if name not in self._made:
            self._made[name] = []  # a module whose arguments need itself finds nothing
            site = self.site.inner[name]
            assert site.call is not None
            self._made[name] = [
                (_key_of(symbols), self._instance(site, suffix, symbols))
                for suffix, symbols in instances(site.call.body, self.evaluator)
                if self.evaluator.spends(STEPS_OF_A_MODULE)
            ]
        return self._made[name]

    def _instance(self, site: Site, suffix: str, symbols: Mapping[str, Node]) -> Instance:
        folder = site.module.folder
        given: dict[str, Node] = {}
        for name, attribute in site.call.body.attributes.items() if site.call else ():
            if name not in _NOT_ARGUMENTS:
                node = self.evaluator.value(attribute.value, symbols)
                given[name] = node._replace(via=node.via or f"argument of {site.name}")
        variables = variable_values(folder, given, site.name)
        prefix, spent = f"{self.prefix}{site.name}{suffix}.", self.evaluator.around.spent
        return Instance(site, variables, self.assumed, prefix, spent)

    def _output(self, steps: tuple[Any, ...], symbols: Mapping[str, Node]) -> Node | None:
        """The output of a module that steps name; ``None`` where that is not known."""
        site = self.site.inner.get(steps[0]) if steps and isinstance(steps[0], str) else None
        if site is None or site.call is None:
            return None
        made, rest = self.called(steps[0]), steps[1:]
        if not {"count", "for_each"}.isdisjoint(site.call.body.attributes):
            if not rest or (isinstance(rest[0], str) and rest[0] != "*"):
                return None
            index = self.evaluator.value(rest[0], symbols) if rest[0] != "*" else None
            made = [
                (key, inner)
                for key, inner in made
                if index is None
                or (key is not None and key.kind == index.kind and key.value == index.value)
            ]
            rest = rest[1:]
        wanted = site.module.folder.outputs.get(rest[0]) if rest else None
        if wanted is None:
            return None
        mark = site.call.mark
        found = [
            inner.evaluator.follow(inner.evaluator.value(wanted), rest[1:], mark, symbols)
            for _, inner in made
        ]
        if "*" in steps:
            return Node("list", found, mark)
        return found[0] if len(found) == 1 else None

    @property
    def is_refused(self) -> bool:
        """Whether Terraform stops here: a validation or a precondition does not hold."""
        return any(
            truth_of(self.evaluator.value(condition)) is False
            for block, condition in conditions(self.site.module.folder)
            if block.type == "variable" or any(instances(block.body, self.evaluator))
        )


def conditions(folder: Folder) -> Iterator[tuple[hcl.HclBlock, hcl.Expression]]:
    """What has to hold of each variable and resource, as it says itself."""
    for block in (*folder.variables.values(), *folder.resources):
        within = [block.body, *(b.body for b in block.body.blocks if b.type == "lifecycle")]
        for inner in (inner for body in within for inner in body.blocks):
            if inner.type in _CONDITIONS and "condition" in inner.body.attributes:
                yield block, inner.body.attributes["condition"].value


def _key_of(symbols: Mapping[str, Node]) -> Node | None:
    for symbol, name in (("count", "index"), ("each", "key")):
        if symbol in symbols:
            return symbols[symbol].get(name)
    return None


def instances(body: hcl.Body, evaluator: Evaluator) -> Iterator[tuple[str, dict[str, Node]]]:
    """What ``count`` or ``for_each`` makes of a block: a suffix of its address, and its symbols.

    Where it is not known how many there are, there is one: nothing is dropped for that.
    """
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
