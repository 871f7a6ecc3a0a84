"""The server in a container, and what its environment tells it: which model, on how many devices.

Names and words are those of ``rules/service/containers.json``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from advisor.configuration.document import Node, Path
from advisor.configuration.partial_texts import as_text, number
from advisor.configuration.rulefiles import read_json_rules
from advisor.gate.rules.view import text_of
from advisor.model.value import Value

_NOT_QUANTISED = ("", "none", "null", "auto")


class ModelServer(Value):
    """A container whose server is known."""

    title: str  # vLLM
    fills: bool  # it runs as many copies as the devices hold
    spills: bool  # it may keep weights in host memory
    keys: Mapping[str, Mapping[str, Any]]  # what the variables of each role are called
    container: Node
    path: Path  # of the container

    def name(self, role: str) -> str:
        """The variable of a role that is set; the first one where none is."""
        names: list[str] = self.keys[role]["names"]
        environment = self.container.value["Environment"].value
        return next((name for name in names if name in environment), names[0])

    def node(self, role: str) -> Node | None:
        """The value of a role; ``None`` where it is not set."""
        return self.container.at("Environment", self.name(role)) if role in self.keys else None

    def at(self, role: str) -> Path:
        """Where the variable of a role stands, or would stand."""
        return (*self.path, "Environment", self.name(role))

    def text(self, role: str) -> str | None:
        """The value of a role or what the server takes without it, else empty; ``None``: open."""
        node = self.node(role)
        if node is None:
            return str(self.keys.get(role, {}).get("default", ""))
        return as_text(node.value).strip() if node.kind == "scalar" else None

    def number(self, role: str) -> int | float | None:
        """The number of a role; ``None`` where it is open, absent, or no number."""
        return number(self.text(role) or "")

    def has(self, names: str) -> bool:
        """Whether one of the variables that a list of the file names is set."""
        return any(name in self.container.value["Environment"].value for name in _table()[names])

    def precision(self, stored: str) -> str | None:
        """What the weights are held in; ``None`` where that is open.

        Args:
            stored: what the model is released in.
        """
        quantised, wanted = self.text("quantize"), self.text("dtype")
        if quantised is None or wanted is None:
            return None
        if stored not in ("fp32", "bf16", "fp16"):
            return stored
        word = wanted if quantised.lower() in _NOT_QUANTISED else quantised
        if word.lower() in _NOT_QUANTISED:
            return "fp16" if stored == "fp32" else stored
        return self.word(word)

    def word(self, text: str) -> str | None:
        """The precision that a value stands for; ``None`` where the file does not say."""
        words = _table()["words"].items()
        return next((name for name, meant in words if text.lower() in meant), None)


def model_server(container: Node, path: Path) -> ModelServer | None:
    """The server of a container; ``None`` where neither image nor variables tell it."""
    environment = container.get("Environment")
    if environment is None or environment.kind != "map":
        return None
    if any(key.startswith("Fn::") for key in environment.value):
        return None  # a function makes further variables
    found = _engine(_image(container.get("Image")), environment)
    if found is None:
        return None
    return ModelServer(
        title=found["title"],
        fills=found.get("fills", False),
        spills=found.get("spills", False),
        keys=found["keys"],
        container=container,
        path=path,
    )


def _image(node: Node | None) -> str:
    """An image as far as it is known, with ``?`` in place of the rest."""
    if node is not None and node.kind == "text":
        return "".join(part if isinstance(part, str) else "?" for part in node.value)
    return text_of(node) or ""


def _engine(image: str, environment: Node) -> Mapping[str, Any] | None:
    if any(word in image for word in _table()["not_read"]):
        return None
    engines: Mapping[str, Mapping[str, Any]] = _table()["engines"]
    repository = image.partition("/")[2].partition(":")[0]
    for engine in engines.values():
        if any(_named(each).search(repository) for each in engine["images"]):
            return engine
    for engine in engines.values():
        told = engine["told_by"]
        if any(
            key == word or (word.endswith("_") and key.startswith(word))
            for key in environment.value
            for word in told
        ):
            return engine
    return None


@cache
def _named(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|[/-]){re.escape(name)}(?:$|[/-])")


def _table() -> Mapping[str, Any]:
    found: Mapping[str, Any] = read_json_rules("service", "containers.json")
    return found
