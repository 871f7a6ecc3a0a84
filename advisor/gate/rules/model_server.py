"""The server in a container, and what its variables tell it: which model, on how many devices.

Names and words are those of ``rules/service/containers.json``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from advisor.catalogue.models import server_of
from advisor.configuration.document import Node
from advisor.configuration.partial_texts import as_text, number
from advisor.configuration.rulefiles import read_json_rules
from advisor.gate.rules.view import text_of
from advisor.model.value import Value

_NOT_QUANTISED = ("", "none", "null", "auto")


class ModelServer(Value):
    """A container whose server is known."""

    engine: Mapping[str, Any]  # its entry in the file
    container: Node
    variables: Mapping[str, Node]

    @property
    def id(self) -> str:
        """The server as a workload file names it: vllm, say."""
        engines: Mapping[str, Any] = _table()["engines"]
        return next(name for name, each in engines.items() if each is self.engine)

    def name(self, role: str) -> str:
        """The variable of a role that is set; the first one where none is."""
        names: list[str] = self.engine["keys"].get(role, {"names": [""]})["names"]
        return next((name for name in names if name in self.variables), names[0])

    def is_set(self, role: str) -> bool:
        """Whether the container has a variable of a role."""
        return self.name(role) in self.variables

    def text(self, role: str) -> str | None:
        """The value of a role, else what the server takes without it; ``None``: open."""
        node = self.variables.get(self.name(role))
        if node is None:
            return str(self.engine["keys"].get(role, {}).get("default", ""))
        return as_text(node.value).strip() if node.kind == "scalar" else None

    def count(self, role: str, without: int | None = None) -> int | None:
        """The whole number of a role, or what counts without one; ``None``: open, or no number."""
        text = self.text(role)
        return without if text == "" else count_of(text)

    def share(self, role: str) -> float | None:
        """The share that is set for a role; ``None`` where it is open, absent, or none."""
        found = number(self.text(role) or "") if self.is_set(role) else None
        return float(found) if found is not None and 0 < found <= 1 else None

    def has(self, names: str) -> bool:
        """Whether one of the variables that a list of the file names is set."""
        return not self.variables.keys().isdisjoint(_table()[names])

    def precision(self, stored: str) -> str | None:
        """What weights that are released in a precision are held in; ``None`` where it is open."""
        quantised, wanted = self.text("quantize"), self.text("dtype")
        if quantised is None or wanted is None:
            return None
        word = wanted if quantised.lower() in _NOT_QUANTISED else quantised
        if stored not in ("fp32", "bf16", "fp16"):
            return stored
        if word.lower() in _NOT_QUANTISED:
            return "fp16" if stored == "fp32" else stored
        return precision_of(word)


def count_of(text: str | None) -> int | None:
    """The whole number that a text writes; ``None`` for any other."""
    return int(text) if text is not None and re.fullmatch("[0-9]{1,9}", text) else None


def precision_of(word: str) -> str | None:
    """The precision that the value of a variable stands for; ``None`` where the file has none."""
    words = _table()["words"].items()
    return next((name for name, meant in words if word.lower() in meant), None)


def model_server(container: Node) -> ModelServer | None:
    """The server of a container; ``None`` where neither its image nor its variables tell."""
    environment = container.get("Environment")
    if environment is None or environment.kind != "map":
        return None
    variables: Mapping[str, Node] = environment.value
    engine = _engine(container.get("Image"), variables)
    # A function of a template makes further variables, and several models have no model of theirs.
    hidden = any(key.startswith("Fn::") for key in variables)
    if engine is None or hidden or text_of(container.get("Mode")) == "MultiModel":
        return None
    return ModelServer(engine=engine, container=container, variables=variables)


def _engine(node: Node | None, variables: Mapping[str, Node]) -> Mapping[str, Any] | None:
    image = text_of(node) or ""
    if node is not None and node.kind == "text":
        image = "".join(part if isinstance(part, str) else "?" for part in node.value)
    if any(word in image for word in _table()["not_read"]):
        return None
    engines: list[Mapping[str, Any]] = list(_table()["engines"].values())
    told = (e for e in engines if any(key.startswith(tuple(e["told_by"])) for key in variables))
    return server_of(_table(), image) or next(told, None)


def _table() -> Mapping[str, Any]:
    found: Mapping[str, Any] = read_json_rules("service", "containers.json")
    return found
