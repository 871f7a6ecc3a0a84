"""A value that disagrees with the service model."""

from __future__ import annotations

from typing import Any, NamedTuple

from advisor.gate.document import Node, Path

Shape = dict[str, Any]


class Problem(NamedTuple):
    """One way in which a value disagrees with the service model."""

    rule: str
    severity: str
    message: str
    node: Node
    path: Path
    suggestion: str = ""
    at_key: bool = False


def last_name(path: Path) -> str:
    """How a message calls a value: by the last name of its path."""
    names = [step for step in path if isinstance(step, str)]
    return str(names[-1]) if names else "this"
