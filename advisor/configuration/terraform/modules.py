"""Terraform folders together: which files are one module, and which folder calls which."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from advisor.configuration.api.service import ServiceModel
from advisor.configuration.discover import in_terraform
from advisor.configuration.document import Node, Read, unknown
from advisor.configuration.source import SourceText
from advisor.configuration.terraform import hcl_tree as hcl
from advisor.configuration.terraform.folder import (
    Folder,
    gather,
    known_region,
    provider_region,
    variable_values,
)
from advisor.configuration.terraform.folder_documents import read_folder
from advisor.configuration.terraform.hcl_values import Evaluator
from advisor.model.errors import InputError

_OURS = re.compile(r"aws_sagemaker_|sagemaker:|SageMaker")
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
    clashing = _clashing(folder)
    if not clashing:
        yield _Module(path, tuple(sources), folder, tuple(errors))
        return
    shared = [source for source in sources if source.file not in clashing]
    for source in sources:
        if source.file in clashing:
            together = (source, *shared)
            alone, own_errors = gather(together)
            yield _Module(source.file, together, alone, tuple(own_errors))


def _clashing(folder: Folder) -> set[str]:
    """The files that declare something which another file of the folder declares too."""
    counted = Counter((block.type, block.labels) for block in folder.declared)
    return {block.mark.file for block in folder.declared if counted[block.type, block.labels] > 1}


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
