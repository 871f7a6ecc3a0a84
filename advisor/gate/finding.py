"""What the gate reports: one finding, with its place, its reason and whether it was accepted."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, TypeVar

from advisor.configuration.document import Mark
from advisor.model.value import Value

ERROR, WARNING, INFO = "error", "warning", "info"
SEVERITIES = (ERROR, WARNING, INFO)

OPEN, ACCEPTED, BASELINED = "open", "accepted", "baselined"

_Part = TypeVar("_Part", bound=Value)


class Acceptance(Value):
    """Why a finding is lived with, as a person wrote it."""

    because: str
    by: str = ""
    until: str = ""
    ticket: str = ""
    where: str = ""  # file:line of the waiver, or 'baseline'


class Waiver(Value):
    """A rule that is accepted: for what stands on a line, or in the files of a pattern."""

    rule: str
    acceptance: Acceptance
    file: str  # that holds the waiver
    line: int = 0
    column: int = 0
    covers: int = 0  # of a comment: the line that it speaks of
    pattern: str = ""  # of the settings: of files, as the folder of ``file`` sees them


class GateFinding(Value):
    """One finding of the gate. ``path`` and ``value`` are what a baseline knows it by."""

    rule: str
    severity: str
    message: str
    file: str
    line: int = 0
    column: int = 0
    width: int = 1  # characters; 0: a secret, whose line is not to be shown
    address: str = ""  # the resource: Resources.Config, aws_sagemaker_model.this
    path: str = ""  # inside the resource, in the API's words
    value: str = ""
    because: str = ""
    source: str = ""
    as_of: str = ""
    fix: str = ""
    suggestion: str = ""  # a value to write instead
    when: str = ""  # conditions under which it shows
    via: str = ""  # how the value got there
    lines: tuple[int, ...] = ()  # of the blocks around it, for comments that accept a whole block
    related: tuple[Mark, ...] = ()  # other values that the fault lies in
    status: str = OPEN
    acceptance: Acceptance | None = None
    owner: str = ""
    files: tuple[str, ...] = ()  # in which its resource is written and called

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What the finding is known by in a baseline: never a line."""
        return (self.file, self.rule, self.address, self.path, self.value)

    @property
    def counts(self) -> bool:
        """Whether it can fail a build."""
        return self.status == OPEN


def in_order(found: GateFinding) -> tuple[str, int, int, int, str]:
    """Sort key: file, place, severity, rule."""
    return found.file, found.line, found.column, SEVERITIES.index(found.severity), found.rule


def together(kind: type[_Part], parts: Sequence[_Part]) -> _Part:
    """Parts of a result as one: tuples one after another, counts added up, tables merged."""
    fields: dict[str, Any] = {}
    for name in kind.__annotations__:
        found, nothing = [getattr(part, name) for part in parts], getattr(kind, name)
        if isinstance(nothing, int):
            fields[name] = sum(found)
        elif isinstance(nothing, tuple):
            fields[name] = tuple(chain.from_iterable(found))
        else:
            fields[name] = {key: held for table in found for key, held in table.items()}
    return kind(**fields)
