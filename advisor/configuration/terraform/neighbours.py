"""What belongs to some folders of Terraform: the modules that they call, and who calls them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice, zip_longest

from advisor.configuration.discover import files_below
from advisor.configuration.files import owner_of, read_sources, terraform_files
from advisor.configuration.source import SourceText

MOST_FILES = 20_000
"""Files around a module among which its callers are looked for."""
_HIGHEST = 3
"""Folders above a module in which its callers are looked for where no repository bounds them."""
OURS = re.compile(r"aws(?:cc)?_sagemaker_|sagemaker:|SageMaker")
CALL = re.compile(r'source"?\s*[=:]\s*"(\.\.?/[^"]*)"')
_DECLARES = re.compile(r'\bvariable\s*"|"variable"')
_IS_ROOT = re.compile(r'\bbackend\s*"|"backend"|\bcloud\s*\{')

Folders = dict[str, list[SourceText]]


def with_neighbours(
    folders: Mapping[str, Sequence[SourceText]],
    leave: Callable[[str], bool],
    walked: Collection[str] = (),
) -> Folders:
    """The folders with those that they call, and those that call them, however far away.

    Args:
        folders: the texts of each folder; the current one is the empty text.
        leave: whether a file is left out, as the project excludes it.
        walked: folders whose Terraform is all among them.
    """
    found = {folder: list(sources) for folder, sources in folders.items()}
    for folder in [each for each, sources in found.items() if _only_values(sources)]:
        owner = owner_of(folder, _holds_terraform)
        if owner is not None and (owner in found or _read(owner, found, leave)):
            texts = {each.file: each for each in (*found[owner], *found.pop(folder))}
            found[owner] = list(texts.values())
    sought = {_real(folder) for folder, texts in found.items() if _may_be_called(texts)}
    if sought:
        starts = [folder for folder in found if _real(folder) in sought]
        calls = _calls_around(starts, leave, set(map(_real, walked)))
        for folder, sources in found.items():
            targets = _targets(folder, (source.text for source in sources))
            calls[folder] = frozenset(map(_real, targets))
        while sought:
            above = [folder for folder, targets in calls.items() if sought & targets]
            sought = {_real(folder) for folder in above if _read(folder, found, leave)}
    _add_called(found, leave)
    return found


def about_us(folders: Mapping[str, Sequence[SourceText]]) -> frozenset[str]:
    """The folders that hold SageMaker, those that lead to one, and those that these call."""
    calls = {
        folder: set(_targets(folder, (source.text for source in sources)))
        for folder, sources in folders.items()
    }
    found = {f for f, sources in folders.items() if any(OURS.search(s.text) for s in sources)}
    while above := {folder for folder, targets in calls.items() if targets & found} - found:
        found |= above
    while below := {t for folder in found for t in calls[folder] if t in calls} - found:
        found |= below
    return frozenset(found)


def _real(folder: str) -> str:
    return os.path.realpath(folder or ".")


def _holds_terraform(folder: str) -> bool:
    try:
        return any(name.endswith((".tf", ".tf.json")) for name in os.listdir(folder or "."))
    except OSError:
        return False


def _only_values(sources: Sequence[SourceText]) -> bool:
    return all(".tfvars" in os.path.basename(source.file) for source in sources)


def _read(folder: str, found: Folders, leave: Callable[[str], bool]) -> bool:
    """Add a folder; whether it was not there and holds Terraform."""
    if folder in found or _real(folder) in map(_real, found):
        return False
    try:
        files = [file for file in terraform_files(folder) if not leave(file)]
    except OSError:
        return False
    sources, _ = read_sources(files)
    if sources:
        found[folder] = sources
    return bool(sources)


def _add_called(found: Folders, leave: Callable[[str], bool]) -> None:
    """Add the modules that the folders call, and those that these call."""
    pending = list(found)
    while pending:
        folder = pending.pop()
        targets = _targets(folder, (source.text for source in found[folder]))
        pending += [target for target in targets if _read(target, found, leave)]


def _targets(folder: str, texts: Iterator[str]) -> Iterator[str]:
    for text in texts:
        for source in CALL.findall(text):
            path = os.path.normpath(os.path.join(folder, source))
            yield "" if path == "." else path


def _may_be_called(sources: Sequence[SourceText]) -> bool:
    """Whether a folder is about SageMaker and takes values, and does not say that it is a root."""
    whole = "\n".join(source.text for source in sources)
    ours = OURS.search(whole) or CALL.search(whole)
    return bool(ours and _DECLARES.search(whole)) and not _IS_ROOT.search(whole)


def _calls_around(
    folders: Sequence[str], leave: Callable[[str], bool], seen: set[str]
) -> dict[str, frozenset[str]]:
    """Folder -> the real paths that it calls, of all folders around some but those ``seen``."""
    calls: dict[str, frozenset[str]] = {}
    read: set[str] = set()
    found = [_above(folder) for folder in folders]
    left = max((most for _, most in found), default=0)
    # The nearest first: of a large tree, what lies far away is not looked at.
    levels = zip_longest(*(bases for bases, _ in found))
    for base in dict.fromkeys(base for level in levels for base in level if base is not None):
        real = _real(base)
        if any(f"{real}{os.sep}".startswith(f"{each}{os.sep}") for each in seen):
            continue
        files = list(islice(files_below(base or ".", []), left))
        seen |= {real} if len(files) < left else set()
        left -= len(files)
        for file in files:
            folder = os.path.dirname(file)
            if file.endswith((".tf", ".tf.json")) and file not in read and not leave(file):
                read.add(file)
                texts = (source.text for source in read_sources([file])[0])
                targets = map(_real, _targets(folder, texts))
                calls[folder] = calls.get(folder, frozenset()).union(targets)
    return calls


def _above(folder: str) -> tuple[list[str], int]:
    """The folders above one, up to the top of its repository, and how much is looked at there.

    Without a repository these are a few, and less is looked at.
    """
    found = [folder]
    while not os.path.lexists(os.path.join(found[-1], ".git")):
        path = os.path.normpath(os.path.join(found[-1], ".."))
        if _real(path) == _real(found[-1]):
            return found[1 : _HIGHEST + 1], MOST_FILES // 5
        found.append("" if path == "." else path)
    return found, MOST_FILES
