"""A source → a document: requests, a template or a plan, whatever the text is."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from advisor.configuration.api.service import ServiceModel
from advisor.configuration.document import Document, Node, Read, ReadFault
from advisor.configuration.source import LARGEST_TEMPLATE, SourceText, too_large
from advisor.configuration.yaml_nodes import Parsed, Repeated, read_yaml
from advisor.model.errors import InputError

READ_CODE = (".ipynb", ".py", ".sh")
"""Programs of which the calls are read."""


def read_configuration(
    source: SourceText, service: ServiceModel, region: str = "", beside: Iterable[SourceText] = ()
) -> Read:
    """A JSON or YAML text: a plan, a template, or requests.

    Args:
        source: the text and its name.
        service: the shapes of AWS's API.
        region: where it is deployed; empty where nobody says so.
        beside: parameter files for a template; read only by a template that has parameters.

    Raises:
        InputError: bad syntax, or beyond the bounds.
    """
    if source.file.endswith(READ_CODE):
        return Read(document=read_code(source), sources=(source,))
    is_json = source.file.endswith(".json") or source.text.lstrip()[:1] in ("{", "[")
    reader = read_yaml
    if is_json:
        from advisor.configuration.json_nodes import read_json as reader
        from advisor.configuration.terraform.plan import is_plan, read_plan

        if is_plan(source):
            return Read(document=read_plan(source, service), sources=(source,))
    if len(source.text) > LARGEST_TEMPLATE:
        raise too_large(source.file, LARGEST_TEMPLATE)
    parsed = reader(source)
    document = _document(source, parsed, service, region, beside)
    if document is not None:
        faults = tuple(_repeated(parsed, document.dialect))
        document = document._replace(faults=(*document.faults, *faults))
    return Read(document=document, sources=(source,))


def read_code(source: SourceText) -> Document | None:
    """The requests of a shell script, a Python module or a notebook; ``None`` when it has none.

    Raises:
        InputError: it is no Python, no notebook, or beyond the bounds.
    """
    if source.file.endswith(".sh"):
        from advisor.configuration.shell import read_script

        return read_script(source)
    from advisor.configuration.python.calls import read_program
    from advisor.configuration.python.notebook import read_notebook

    return (read_program if source.file.endswith(".py") else read_notebook)(source)


def _document(
    source: SourceText,
    parsed: Parsed,
    service: ServiceModel,
    region: str,
    beside: Iterable[SourceText],
) -> Document | None:
    from advisor.configuration.cloudformation.template import is_template, read_template

    first = parsed.documents[0] if parsed.documents else None
    if first is not None and is_template(first):
        return read_template(source.file, first, _parameter_values(beside, first), region)
    from advisor.configuration.requests import read_requests

    if ".services.k8s.aws/" in source.text:
        from advisor.configuration.kubernetes import read_manifests

        made = read_manifests(source.file, parsed.documents, service)
        if made is not None:
            return made
    found = read_requests(source.file, parsed)
    if found is None and first is not None:
        from advisor.configuration.requests import read_state_machine

        return read_state_machine(source.file, first)
    return found


def _repeated(parsed: Parsed, dialect: str) -> Iterable[ReadFault]:
    for again in parsed.repeated:
        if dialect != "cloudformation" or not _of_others(again, parsed.documents[0]):
            yield again.fault()


def _of_others(again: Repeated, template: Node) -> bool:
    """Whether a repeated key of a template lies within a resource that is not judged here."""
    from advisor.configuration.api.service import CLOUDFORMATION_KINDS

    resources = template.get("Resources")
    if resources is None or resources.kind != "map" or again.key in resources.value:
        return False
    owner: tuple[int, int, str] = (0, 0, "")
    for entry in resources.value.values():
        kind = entry.get("Type")
        start = (entry.place.line, entry.place.column, str(kind.value) if kind else "")
        if owner < start and start[:2] <= (again.mark.line, again.mark.column):
            owner = start
    return bool(owner[2]) and owner[2] not in CLOUDFORMATION_KINDS


def _parameter_values(
    beside: Iterable[SourceText], template: Node
) -> list[tuple[str, Mapping[str, Node]]]:
    """The sources that give values to the parameters of a template, by name."""
    parameters = template.get("Parameters")
    if parameters is None or parameters.kind != "map":
        return []
    named = ((os.path.basename(source.file), source) for source in beside)
    found = ((name, _values(source, name, parameters)) for name, source in named)
    return [(name, values) for name, values in found if values]


def _values(source: SourceText, name: str, parameters: Node) -> dict[str, Node]:
    """The values of a parameter file, in either of its forms; empty when it is something else."""
    from advisor.configuration.cloudformation.template import parameter_value
    from advisor.configuration.json_nodes import read_json

    try:
        top = read_json(source).documents[0]
    except InputError:
        return {}
    given: dict[str, Node] = {}
    wrapped = top.get("Parameters")
    if wrapped is not None and wrapped.kind == "map":
        given = wrapped.value
    for item in top.items():
        name_node, value = item.get("ParameterKey"), item.get("ParameterValue")
        if name_node is not None and value is not None:
            given[str(name_node.value)] = value
    values: dict[str, Node] = {}
    for key, node in given.items():
        parameter = parameters.get(key)
        if parameter is None or node.kind != "scalar":
            return {}
        kind = parameter.get("Type")
        type_name = str(kind.value) if kind is not None else "String"
        if not type_name.startswith("AWS::SSM::"):
            values[key] = parameter_value(key, node, type_name, f"{key} in {name}")
    return values
