"""What the cases are written with says the same in every dialect, at the places that it names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from advisor.configuration.document import Document, Node, Reference
from advisor.configuration.reading import read_configuration
from advisor.configuration.source import SourceText
from advisor.configuration.terraform.modules import read_modules
from advisor.gate.rules.service_walk import load_service
from tests.gate.cases import bases
from tests.gate.render import KINDS, Rendered, dialects_of, kind_of, render

EACH = [(name, dialect) for name, base in bases().items() for dialect in dialects_of(base)]


def document(file: Rendered) -> Document:
    source = SourceText(file.name, file.text)
    if file.name.endswith(".tf"):
        (folder,) = read_modules({"": [source]}, load_service())
        read = folder.read
    else:
        read = read_configuration(source, load_service(), "")
    assert read.document is not None
    return read.document


def plain(node: Node, names: dict[str, Any]) -> Any:
    """The values of a node; a reference is the name of its resource."""
    if node.kind == "map":
        return {key: plain(inner, names) for key, inner in node.value.items()}
    if node.kind == "list":
        return [plain(inner, names) for inner in node.value]
    parts = node.value if node.kind == "text" else (node.value,)
    if not any(isinstance(part, Reference) for part in parts):
        return node.value
    return "".join(
        names[part.target] if isinstance(part, Reference) else str(part) for part in parts
    )


def named(value: Any, configuration: dict[str, Any]) -> Any:
    """A base with the names of resources in place of references."""
    if isinstance(value, dict):
        return {key: named(inner, configuration) for key, inner in value.items()}
    if isinstance(value, list):
        return [named(inner, configuration) for inner in value]
    if not isinstance(value, str):
        return value
    for name, body in configuration.items():
        value = value.replace(f"${{{name}}}", body.get(KINDS[kind_of(name)].name, ""))
    return value


@pytest.mark.parametrize(("base", "dialect"), EACH)
def test_what_is_written_is_what_is_read(base: str, dialect: str) -> None:
    configuration = bases()[base]
    (world,) = document(render(configuration, dialect)).worlds
    names = {
        resource.identity: resource.body.value[KINDS[resource.kind].name].value
        for resource in world.resources
        if KINDS[resource.kind].name in resource.body.value
    }
    assert [resource.kind for resource in world.resources] == [kind_of(n) for n in configuration]
    assert [plain(resource.body, names) for resource in world.resources] == [
        named(body, configuration) for body in configuration.values()
    ]


@pytest.mark.parametrize(("base", "dialect"), EACH)
def test_a_value_is_written_at_its_place(base: str, dialect: str) -> None:
    file = render(bases()[base], dialect)
    lines = file.text.splitlines()
    scalars = list(every_scalar(bases()[base]))
    assert scalars
    for path, value in scalars:
        line, columns = file.places[path]
        written = lines[line - 1][max(columns) - 1 :].removesuffix(",").strip('"')
        # A reference is written as the dialect has it.
        said = value if isinstance(value, str) else json.dumps(value)
        assert written == said or "${" in said, path
        key = lines[line - 1][min(columns) - 1 :].lstrip('"').replace("_", "").lower()
        field = path.rpartition(".")[2].partition("[")[0].replace("_", "").lower()
        assert key.startswith((field, "name ", "kmskey")) or len(columns) == 1, path


def every_scalar(value: Any, path: str = "") -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        found = [every_scalar(v, f"{path}.{k}".lstrip(".")) for k, v in value.items()]
    elif isinstance(value, list):
        found = [every_scalar(inner, f"{path}[{n}]") for n, inner in enumerate(value)]
    else:
        return [(path, value)]
    return [each for inner in found for each in inner]
