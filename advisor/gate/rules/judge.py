"""Documents to findings: the service model, the checks as data, and the checks in Python."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from importlib import import_module
from itertools import chain
from typing import TYPE_CHECKING, Any

from advisor.configuration.api.service import ServiceModel
from advisor.configuration.document import (
    PARTIAL,
    REQUESTS,
    Document,
    Mark,
    Node,
    Path,
    ReadFault,
    Resource,
    World,
    walk,
    written,
)
from advisor.configuration.partial_texts import as_text, number
from advisor.configuration.rulefiles import read_json_rules
from advisor.gate.checks import Check
from advisor.gate.finding import GateFinding
from advisor.gate.rules.predicate import Scope, compared, holds, lacking
from advisor.gate.rules.service_walk import problems
from advisor.gate.rules.view import Fault, View, containers, text_of
from advisor.gate.settings import Organisation
from advisor.model.value import Value
from advisor.text.spelling import misspelt, nearest

if TYPE_CHECKING:
    from advisor.gate.rules.facts import Maker

Predicate = Callable[[View], Iterator[Fault]]


@cache
def predicate(name: str) -> Predicate:
    """The predicate that ``module.name`` means: a function of ``predicates/module``.

    Only the modules that a document needs are imported; a test looks at all of them.
    """
    module, _, inner = name.partition(".")
    found: Predicate = getattr(import_module(f"advisor.gate.rules.predicates.{module}"), inner)
    return found


# What a check looks at ``each`` of, beside lists; see ``served_models`` and ``images``.
_SERVED, _HOSTED = "Served", "Hosted"


def _jobs_within(resource: Resource) -> Iterator[Resource]:
    """The transform jobs by which AWS validates a model package, without names of their own."""
    for path, node in walk(resource.body) if resource.kind == "ModelPackage" else ():
        if path and path[-1] == "TransformJobDefinition" and node.kind == "map":
            lifecycle = {PARTIAL: True}
            yield resource._replace(kind="TransformJob", body=node, lifecycle=lifecycle)


_ABOUT_FIELDS = ("missing-field", "unknown-field")


class Judge(Value):
    """The checks that are on, and what they read."""

    checks: Mapping[str, Check]
    service: ServiceModel
    profiles: frozenset[str] = frozenset()
    region: str = ""  # where things are deployed; empty when that is not certain
    organisation: Organisation = Organisation()

    def findings(self, document: Document) -> list[GateFinding]:
        """Every finding of a document, each once, with the conditions under which it shows."""
        seen: dict[tuple[str, Mark, str], tuple[GateFinding, int, int]] = {}
        # Of files that each make a scenario, only what another file brings about has a condition.
        by_file = document.dialect in REQUESTS
        worlds = Counter(id(each) for world in document.worlds for each in world.resources)
        for world in document.worlds:
            once: dict[tuple[str, Mark, str], tuple[GateFinding, int]] = {}
            for resource in world.resources:
                everywhere = worlds[id(resource)] if by_file else len(document.worlds)
                for part in chain([resource], _jobs_within(resource)):
                    for each in self._of(part, world):
                        mark = Mark(each.file, each.line, each.column)
                        once.setdefault((each.rule, mark, each.message), (each, everywhere))
            for key, (finding, everywhere) in once.items():
                first, times, _ = seen.get(key, (finding._replace(when=world.when), 0, 0))
                seen[key] = (first, times + 1, everywhere)
        return [self._of_reading(fault) for fault in document.faults] + [
            found._replace(when="") if times >= everywhere else found
            for found, times, everywhere in seen.values()
        ]

    def _of_reading(self, fault: ReadFault) -> GateFinding:
        check, mark = self.checks[fault.rule], fault.node.mark
        return check.finding(fault.message, mark.file, mark.line, mark.column)._replace(
            severity=fault.severity or check.severity,
            width=mark.width,
            address=fault.address,
            value=value_text(fault.node),
            suggestion=fault.suggestion,
            files=fault.files,
        )

    def _of(self, resource: Resource, world: World) -> Iterator[GateFinding]:
        special = list(self._special(resource, world))
        replaced = {
            (finding.path, rule)
            for finding in special
            for rule in self.checks[finding.rule].instead_of
        }
        for finding in (*self._service(resource), *special):
            if (finding.path, finding.rule) in replaced:
                continue
            if resource.dialect == "described" and finding.severity == "error":
                # It exists, so the service took it, whatever the documentation says.
                finding = finding._replace(severity="warning")  # noqa: PLW2901
            yield finding

    def _service(self, resource: Resource) -> Iterator[GateFinding]:
        for problem in problems(self.service, resource):
            message, suggestion = problem.message, problem.suggestion
            if suggestion and resource.dialect == "terraform" and problem.rule in _ABOUT_FIELDS:
                from advisor.configuration.terraform.names import in_terraform

                suggestion = in_terraform(resource.kind, (*problem.path[:-1], suggestion))
            if problem.rule == "missing-field":  # to add, not to write instead of something
                message, suggestion = f"{suggestion} is missing", ""
            fault = Fault(
                problem.node,
                problem.path,
                message,
                suggestion=suggestion,
                at_key=problem.at_key,
                severity=problem.severity,
            )
            yield finding_of(self.checks[problem.rule], resource, fault)

    def _special(self, resource: Resource, world: World) -> Iterator[GateFinding]:
        view = View(
            resource=resource,
            world=world,
            service=self.service,
            region=self.region,
            organisation=self.organisation,
        )
        for check in self.checks.values():
            if resource.kind not in check.applies_to or not self._on(check, resource):
                continue
            faults = predicate(check.python)(view) if check.python else _data_faults(check, view)
            for fault in faults:
                yield finding_of(check, resource, fault)

    def _on(self, check: Check, resource: Resource) -> bool:
        if check.profile and check.profile not in self.profiles:
            return False
        return not check.dialects or resource.dialect in check.dialects


def _data_faults(check: Check, view: View) -> Iterator[Fault]:
    """The faults of a check whose predicate is data."""
    assert check.fault is not None
    values = compared(check.fault)
    for path, scope, places in _scopes(check, view):
        if not holds(check.fault, scope) or _misspelt(check.fault, scope, view.service.fields):
            continue
        (name, node, where), *others = _pointed_at(check, scope, path)
        if places and places[name].resource is not view.resource:
            continue
        milder = (severity for severity, when in check.milder.items() if holds(when, scope))
        yield Fault(
            node,
            places[name].path if places else where,
            _filled(check.message, scope),
            suggestion=_instead(check, node, scope),
            at_key=name not in values and not places,
            severity=next(milder, ""),
            related=tuple(other for _, other, _ in others),
        )


def _scopes(check: Check, view: View) -> Iterator[tuple[Path, Scope, Mapping[str, Any]]]:
    """What a check looks at one by one: parts of a resource, or what is known of served models."""
    for path, part in _parts(check, view.body):
        yield path, Scope(part=part, root=view.body), {}
    if _HOSTED in check.each:
        from advisor.gate.rules.images import hosted_containers  # few files have containers

        make: Maker = hosted_containers
    elif _SERVED in check.each and _with_variables(view.world):
        from advisor.gate.rules.served_models import served_models  # reads the tables of models

        make = served_models
    else:
        return
    from advisor.gate.rules.facts import sheets_of

    for sheet in sheets_of(view, make):
        part = Node("map", sheet.facts, view.body.mark)
        yield (), Scope(part=part, root=part), sheet.places


@lru_cache(maxsize=1)
def _with_variables(world: World) -> bool:
    """Whether a container of a world is given variables; most are not."""
    holders = (*world.of_kind("Model"), *world.of_kind("InferenceComponent"))
    found = (each for holder in holders for _, each in containers(holder))
    return any(each.get("Environment") is not None for each in found)


def _misspelt(fault: Mapping[str, Any], scope: Scope, known: frozenset[str]) -> bool:
    """Whether a field that is said to be absent stands there with a wrong letter."""
    for path in lacking(fault):
        above, _, name = path.lstrip("/").rpartition(".")
        holder = scope.root if path.startswith("/") else scope.part
        node = _descend(holder, above)[0] if above else holder
        if node is not None and node.kind == "map" and misspelt(name, node.value, known):
            return True
    return False


def _instead(check: Check, node: Node, scope: Scope) -> str:
    """Of the values that a field may have, the one that was most probably meant."""
    if check.suggests:
        return text_of(scope.find(check.suggests)) or ""
    fault = check.fault or {}
    choices = next(
        (part["not_in"] for part in (fault, *fault.get("all", ())) if "not_in" in part), ()
    )
    if not choices or node.kind != "scalar":
        return ""
    amount = number(as_text(node.value))
    if amount is not None and all(isinstance(choice, int) for choice in choices):
        return str(min((choice for choice in choices if choice >= amount), default=max(choices)))
    word = as_text(node.value)
    holding = [choice for choice in choices if word and word in str(choice)]
    return (
        str(holding[0]) if len(holding) == 1 else nearest(word, [str(choice) for choice in choices])
    )


def _parts(check: Check, root: Node) -> Iterator[tuple[Path, Node]]:
    """The parts of a resource that are looked at one by one; itself without ``each``."""
    if not check.each:
        yield (), root
    for dotted in check.each:
        found: list[tuple[Path, Node]] = [((), root)]
        for step in dotted.split("."):
            inner = [((*path, step), part.get(step)) for path, part in found]
            found = [each for path, part in inner if part is not None for each in _each(path, part)]
        yield from found


def _each(path: Path, node: Node) -> Iterator[tuple[Path, Node]]:
    """A map, or the maps of a list."""
    if node.kind == "map":
        yield path, node
    for index, item in enumerate(node.items()):
        if item.kind == "map":
            yield (*path, index), item


def _descend(node: Node, dotted: str) -> tuple[Node | None, Path]:
    path = tuple(dotted.split("."))
    return node.at(*path), path


def _pointed_at(check: Check, scope: Scope, path: Path) -> list[tuple[str, Node, Path]]:
    """The values that the finding points at, the most telling first; else the part itself."""
    found: list[tuple[str, Node, Path]] = []
    for name in check.at:
        node, steps = _descend(scope.root if name.startswith("/") else scope.part, name.lstrip("/"))
        if node is not None:
            found.append((name, node, steps if name.startswith("/") else (*path, *steps)))
    return found or [("", scope.part, path)]


def _filled(message: str, scope: Scope) -> str:
    """A message with its ``{Field}`` places filled from the scope."""

    def value(found: re.Match[str]) -> str:
        node = scope.find(found[1])
        return str(node.value) if node is not None and node.kind == "scalar" else found[1]

    return re.sub(r"\{(/?[A-Za-z0-9.]+)\}", value, message)


def finding_of(check: Check, resource: Resource, fault: Fault) -> GateFinding:
    """A fault as a finding of its check."""
    node = fault.node
    mark = node.place if fault.at_key or node.kind in ("map", "list") else node.mark
    if node is resource.body:
        mark = resource.mark
    message = fault.message or check.message or check.title
    value, severity = value_text(node), fault.severity or check.severity
    stands_in = read_json_rules("service", "placeholders.json")["others"]
    if node.via.startswith("default") and re.search(stands_in, value):
        severity = "info"  # it only shows where the caller's own value goes
    return check.finding(message, mark.file, mark.line, mark.column)._replace(
        severity=severity,
        width=0 if fault.secret else mark.width,
        address=resource.address,
        path=written(fault.path),
        value="" if fault.secret else value,
        suggestion=fault.suggestion,
        via="" if fault.at_key else node.via,
        lines=_lines_around(resource, fault.path, mark),
        related=tuple(node.place for node in fault.related),
        files=resource.files,
    )


def value_text(node: Node) -> str:
    """A value as a finding and a baseline quote it; empty for maps and lists."""
    if node.kind in ("scalar", "reference"):
        return str(node.value)
    if node.kind == "text":
        return "".join(part if isinstance(part, str) else "…" for part in node.value)
    return ""


def _lines_around(resource: Resource, path: Path, mark: Mark) -> tuple[int, ...]:
    """The lines on which the blocks around a value begin, in the value's own file."""
    lines = [resource.mark.line] if resource.mark.file == mark.file else []
    node: Node | None = resource.body
    for step in path:
        if node is None:
            break
        if isinstance(step, int):
            items = node.items()
            node = items[step] if step < len(items) else None
        else:
            node = node.get(step)
        if node is not None and node.place.file == mark.file:
            lines += [node.place.line, node.mark.line]
    return tuple(dict.fromkeys(lines))
