"""How each framework wants an archive (rules/archives.yaml), and which framework one is for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from advisor.configuration.partial_texts import all_of, any_of, negated
from advisor.configuration.rulefiles import read_yaml_rules, rule_path
from advisor.gate.archive.contents import Archive
from advisor.model.errors import InputError
from advisor.text.spelling import nearest

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
    found = []
    for entry in read_yaml_rules(rule_path("archives.yaml"))["layouts"]:
        known = {name: entry[name] for name in Layout._fields}
        known |= {name: tuple(entry[name]) for name in ("names", "images")}
        known["faults"] = tuple(LayoutFault(**fault) for fault in entry["faults"])
        found.append(Layout(**known))
    return tuple(found)


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
        return negated(holds(value, names))
    if word in ("all", "some"):
        return (all_of if word == "all" else any_of)(holds(each, names) for each in value)
    if word == "only":
        fits = [expression(pattern).fullmatch for pattern in value]
        if not all(any(fit(name) for fit in fits) for name in names.files):
            return False
        return True if names.complete else None
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


def example(condition: Mapping[str, Any], names: Names) -> str:
    """A file that a condition is about, for a finding to name; empty when it is about none."""
    ((word, value),) = condition.items()
    if word in ("all", "some"):
        return next(filter(None, (example(each, names) for each in value)), "")
    if word not in ("any", "one", "several"):
        return ""
    return next((name for pattern in value for name in names.matching(pattern)), "")


class Framework(NamedTuple):
    """A layout to check for, if any, and what is to be said of how it was found."""

    layout: Layout | None
    note: str = ""  # a message for archive-framework
    differs: str = ""  # a message for archive-framework-differs
    own_image: bool = False  # an image of the user's own may look elsewhere


def named(text: str) -> Layout | None:
    """The layout that a name such as ``PyTorch 2.1`` means; ``None`` when it is not known."""
    word = _word(text)
    return next((each for each in layouts() if word in each.names), None)


def required(text: str) -> Layout:
    """The layout that ``--framework`` names.

    Raises:
        InputError: no framework that is known is called so.
    """
    found = named(text)
    if found is not None:
        return found
    known = [name for each in layouts() for name in each.names]
    near = nearest(_word(text), known)
    hint = f"did you mean {near}? " if near else ""
    hint += f"it is one of {', '.join(each.names[0] for each in layouts())}"
    raise InputError(f"sm-advise knows no layout for {text}", hint=hint)


def recognised(names: Names) -> tuple[Layout, str] | None:
    """The layout that the files tell of, and a file that tells so."""
    found = (each for each in layouts() if holds(each.known_by, names))
    return next(((each, example(each.known_by, names)) for each in found), None)


def framework_of(names: Names, given: str, stated: str, image: str) -> Framework:
    """The framework of an archive.

    Args:
        names: what is in it.
        given: of ``--framework``; it is not doubted.
        stated: model.framework of the workload.
        image: model.image of the workload.

    Raises:
        InputError: ``given`` is not known.
    """
    if given:
        return Framework(required(given))
    seen = recognised(names)
    by_image = _of_image(image)
    own_image = bool(image) and by_image is None
    layout = named(stated) if stated else by_image
    if layout is not None:
        return Framework(layout, differs=_differs(layout, seen, names), own_image=own_image)
    if stated or own_image:
        what = stated or "an image of your own"
        return Framework(None, f"sm-advise knows no layout for {what}, so it was not checked")
    if seen is None:
        return Framework(
            None, "no framework is stated or recognised, so the layout was not checked"
        )
    found, file = seen
    return Framework(found, f"checked as {found.title}, recognised by {file}")


def _of_image(image: str) -> Layout | None:
    """The layout for which AWS provides an image."""
    repository = image.rpartition("/")[2].partition(":")[0]
    return next(
        (each for each in layouts() if any(part in repository for part in each.images)), None
    )


def _differs(layout: Layout, seen: tuple[Layout, str] | None, names: Names) -> str:
    """What is to be said when the files are another framework's, and none of the stated one's."""
    if seen is None or seen[0] is layout or holds(layout.known_by, names) is not False:
        return ""
    found, file = seen
    if holds({"any": ["code/inference.py"]}, names):
        return ""  # code of one's own loads what it likes
    return f"{layout.title} is stated, but {file} belongs to {found.title}"


def _word(text: str) -> str:
    """A name without case, blanks, signs, and the version behind it."""
    return re.sub(r"[^a-z]", "", re.split(r"[\s:=<>~@-]*v?\d", text.lower().strip())[0])
