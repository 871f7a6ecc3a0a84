"""Paths → sources: which files are of what kind by name; texts read once and within bounds."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from advisor.configuration.source import (
    LARGEST_PLAN,
    LARGEST_TEMPLATE,
    SourceText,
    decode,
    too_large,
)
from advisor.model.errors import InputError

GZIP = b"\x1f\x8b"
_ARCHIVE = re.compile(
    r"\.(?:tar(?:\.(?:gz|bz2|xz|zst|lz4))?|tgz|tbz2|txz|zip|mar|7z)\Z", re.IGNORECASE
)
"""Also those that are refused, so that what is wrong with them can be said."""


def is_archive_name(path: str) -> bool:
    """Whether a path is called like an archive."""
    return _ARCHIVE.search(path) is not None


def is_archive(path: str) -> bool:
    """Whether a path is called like an archive, or is a file that gzip wrote."""
    if is_archive_name(path):
        return True
    try:
        if not os.path.isfile(path):
            return False
        with open(path, "rb") as stream:
            return stream.read(len(GZIP)) == GZIP
    except OSError:
        return False


_TERRAFORM = (".tf", ".tf.json", ".tfvars", ".tfvars.json")


def is_terraform(name: str) -> bool:
    """Whether a file of that name belongs to the Terraform of its folder."""
    return name.endswith(_TERRAFORM)


def is_parameter_file(name: str) -> bool:
    """Whether a file of that name may give values to the parameters of the templates beside it."""
    return name.endswith(("-config.json", "-parameters.json", ".parameters.json"))


def read_source(file: str, *, limit: int = LARGEST_PLAN) -> SourceText:
    """Read a file as UTF-8.

    Args:
        file: its path, which is also its name in messages.
        limit: bytes above which nothing is read.

    Raises:
        InputError: the file is missing, no regular file, unreadable, too large or not UTF-8.
    """
    try:
        if not os.path.isfile(file):
            raise InputError("this is not a readable file", file=file, hint="check the path")
        with open(file, "rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=file) from None
    if len(data) > limit:
        raise too_large(file, limit)
    return decode(file, data)


def read_sources(files: Iterable[str]) -> tuple[list[SourceText], list[InputError]]:
    """The texts of Terraform files, and the errors of those that cannot be read."""
    sources: list[SourceText] = []
    errors: list[InputError] = []
    for file in files:
        try:
            sources.append(read_source(file, limit=LARGEST_TEMPLATE))
        except InputError as error:
            errors.append(error)
    return sources, errors


def terraform_files(folder: str) -> list[str]:
    """The Terraform files of a folder, by name: they belong together.

    With them come the values that folders below it keep for it, such as environments/prod.tfvars.

    Raises:
        OSError: the folder cannot be listed.
    """
    names = sorted(os.listdir(folder or "."))
    found = [os.path.join(folder, name) for name in names if is_terraform(name)]
    if any(file.endswith((".tf", ".tf.json")) for file in found):
        below = [os.path.join(folder, name) for name in names if "." not in name]
        found += [file for each in below[:_MOST_FOLDERS] for file in _values_in(each, 1)]
    return found


_MOST_FOLDERS = 50


def _values_in(folder: str, deeper: int) -> Iterator[str]:
    """The files of values in a folder that has no Terraform of its own."""
    try:
        names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    except OSError:
        return
    if any(name.endswith((".tf", ".tf.json")) for name in names):
        return
    yield from (os.path.join(folder, name) for name in names if is_terraform(name))
    for name in names[:_MOST_FOLDERS] if deeper else ():
        if "." not in name:
            yield from _values_in(os.path.join(folder, name), deeper - 1)


def owner_of(folder: str, holds: Callable[[str], bool]) -> str | None:
    """The nearest folder above one of values, at most two levels up, that holds their Terraform."""
    for _ in range(2):
        if not folder or folder == os.path.dirname(folder):
            return None
        folder = os.path.dirname(folder)
        if holds(folder):
            return folder
    return None


def parameter_sources(file: str) -> Iterator[SourceText]:
    """The parameter files beside a template, by name; those that cannot be read are left out.

    Nothing is listed or read before the first is asked for: most templates ask for none.
    """
    folder = os.path.dirname(file)
    try:
        names = sorted(filter(is_parameter_file, os.listdir(folder or ".")))
    except OSError:
        return
    for name in names:
        with suppress(InputError):
            yield read_source(os.path.join(folder, name), limit=LARGEST_TEMPLATE)
