"""``rules/archives.yaml`` as values: how each framework's container expects an archive."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from advisor.configuration.rulefiles import read_yaml_rules, rule_path
from advisor.gate.archive.contents import Archive

AT_TOP = "archive"
_VERSION = "<version>"


class LayoutFault(NamedTuple):
    """A condition on the members, the check that it raises, and what that says."""

    check: str
    when: Mapping[str, Any]
    says: str
    severity: str = ""  # the check's own when empty
    unless: Mapping[str, str] = {}  # variable of the container -> expression for its value

    def excused(self, environment: Mapping[str, str | None] | None) -> bool:
        """Whether what a container is told makes this no fault, or may do so."""
        if environment is None:
            return bool(self.unless)
        for name, value in self.unless.items():
            if name in environment:
                told = environment[name]
                if told is None or re.search(value, told):
                    return True
        return False


class Layout(NamedTuple):
    """One framework's layout. ``root`` tells whether a folder around everything hides the model."""

    id: str
    title: str
    names: tuple[str, ...]
    images: tuple[str, ...]
    root: str
    known_by: Mapping[str, Any]
    faults: tuple[LayoutFault, ...]
    source: str
    as_of: str


class Names(NamedTuple):
    """The files and folders of an archive, from where the container begins to look."""

    files: Sequence[str]
    folders: Sequence[str]  # each ends in a slash
    complete: bool  # False: more may be there that could not be read
    torchscript: frozenset[str] = frozenset()

    def matching(self, pattern: str) -> Iterator[str]:
        """The files, or with a slash at its end the folders, that match a pattern."""
        fits = expression(pattern).fullmatch
        return (name for name in (self.folders if pattern[-1] == "/" else self.files) if fits(name))


@cache
def layouts() -> tuple[Layout, ...]:
    """The layouts of rules/archives.yaml, in its order.

    Raises:
        RulebookError: the file cannot be read.
    """
    return tuple(
        Layout(
            id=entry["id"],
            title=entry["title"],
            names=tuple(entry["names"]),
            images=tuple(entry["images"]),
            root=entry["root"],
            known_by=entry["known_by"],
            faults=tuple(LayoutFault(**fault) for fault in entry["faults"]),
            source=entry["source"],
            as_of=entry["as_of"],
        )
        for entry in read_yaml_rules(rule_path("archives.yaml"))["layouts"]
    )


def names_of(archive: Archive) -> Names:
    """The names of an archive as a container finds them."""
    return Names(archive.files, archive.folders, archive.complete, archive.torchscript)


def without_folder(names: Names, folder: str) -> Names:
    """The names below a folder (which ends in a slash), as they stand in it."""
    length = len(folder)
    return Names(
        [name[length:] for name in names.files if name.startswith(folder)],
        [name[length:] for name in names.folders if name.startswith(folder) and name != folder],
        names.complete,
        frozenset(name[length:] for name in names.torchscript if name.startswith(folder)),
    )


def around_everything(names: Names) -> str:
    """The folder that holds every file, with a slash; empty when there is none or it is code/."""
    tops = {name.partition("/")[0] for name in names.files}
    if len(tops) != 1 or not names.complete:
        return ""
    (top,) = tops
    return "" if top == "code" or top in names.files else f"{top}/"


@cache
def expression(pattern: str) -> re.Pattern[str]:
    """A pattern of the file as a regular expression over a whole name."""
    parts = re.split(r"(\*\*/|\*\*|\*|<version>)", pattern)
    meant = {"**/": "(?:[^/]+/)*", "**": ".+", "*": "[^/]*", _VERSION: "[0-9]+"}
    return re.compile("".join(meant.get(part, re.escape(part)) for part in parts), re.DOTALL)


def holds(condition: Mapping[str, Any], names: Names) -> bool | None:
    """Whether a condition of the file holds; ``None`` when what is not read could decide it.

    Conditions: any, none, one, several, only, torchscript (lists of patterns), all, some (lists of
    conditions), not (a condition).
    """
    ((word, value),) = condition.items()
    if word == "not":
        inner = holds(value, names)
        return None if inner is None else not inner
    if word in ("all", "some"):
        found = [holds(each, names) for each in value]
        decided = word == "some"
        if decided in found:
            return decided
        return None if None in found else not decided
    if word == "only":
        return _only(value, names)
    matched = {name for pattern in value for name in names.matching(pattern)}
    if word == "torchscript":
        return _counted("any", len(matched & names.torchscript), names.complete)
    return _counted(word, len(matched), names.complete)


def _counted(word: str, count: int, complete: bool) -> bool | None:
    """A condition on how many match; more may match where not all is known."""
    if word in ("any", "none"):
        return (word == "any") if count else (word == "none" if complete else None)
    if count > 1:
        return word == "several"
    if not complete:
        return None
    return word == "one" and count == 1


def _only(patterns: Sequence[str], names: Names) -> bool | None:
    expressions = [expression(pattern) for pattern in patterns]
    if not all(any(each.fullmatch(name) for each in expressions) for name in names.files):
        return False
    return True if names.complete else None


def example(condition: Mapping[str, Any], names: Names) -> str:
    """A file that a condition is about, for a finding to name; empty when it is about none."""
    ((word, value),) = condition.items()
    if word in ("all", "some"):
        return next(filter(None, (example(each, names) for each in value)), "")
    if word not in ("any", "one", "several"):
        return ""
    return next((name for pattern in value for name in names.matching(pattern)), "")
