"""A value that disagrees with the service model."""

from __future__ import annotations

from advisor.configuration.document import Node, Path, written
from advisor.model.value import Value


class ServiceProblem(Value):
    """One way in which a value disagrees with the service model."""

    rule: str
    severity: str
    message: str
    node: Node
    path: Path
    suggestion: str = ""
    at_key: bool = False


def last_name(path: Path) -> str:
    """How a message calls a value: by the last name of its path, with the index in a list."""
    names = [index for index, step in enumerate(path) if isinstance(step, str)]
    return written(path[names[-1] :]) if names else "this"
