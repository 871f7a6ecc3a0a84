"""Bytes of workload files and of standard input, and whether settings count for a folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cache

from advisor.model.errors import InputError
from advisor.text.terms import WORKLOAD

ORGANISATION_FILE = ".sm-advise.yaml"
PROJECT_FILE = "pyproject.toml"


def read_bytes(path: str) -> bytes:
    """Bytes of a file, or of standard input for ``-``; one more than any may have at most.

    Raises:
        InputError: it cannot be read.
    """
    try:
        if path == "-":
            if sys.stdin is None:
                raise InputError("standard input is closed", file=path, hint="name a file instead")
            return sys.stdin.buffer.read(WORKLOAD.most_bytes + 1)
        return _read_path(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"cannot be read: {reason}", file=path, hint=_reading_hint(error)
        ) from error


def _read_path(path: str) -> bytes:
    with open(path, "rb", opener=_open_without_waiting) as stream:
        os.set_blocking(stream.fileno(), True)
        return stream.read(WORKLOAD.most_bytes + 1)


def _open_without_waiting(path: str, flags: int) -> int:
    """Open a pipe that nobody writes to as an empty file instead of waiting for a writer."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _reading_hint(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "check the path; sm-advise init writes a first workload file"
    if isinstance(error, IsADirectoryError):
        return "name the workload file in it"
    return "name a file that can be read"


@cache
def has_settings(folder: str) -> bool:
    """Whether a folder, or one around it, has settings: without reading any, for every answer."""
    for parent in upwards(folder):
        if os.path.isfile(os.path.join(parent, ORGANISATION_FILE)):
            return True
        try:
            with open(os.path.join(parent, PROJECT_FILE), "rb") as stream:
                if mentions_us(stream.read()):
                    return True
        except OSError:
            continue
    return False


def mentions_us(data: bytes) -> bool:
    """Whether a pyproject.toml may have a table of ours: those that have none need no reader."""
    if b"sm-advise" not in data:
        return False
    import re

    ours = rb"""["']?sm-advise["']?"""
    if re.search(rb"tool\s*\.\s*" + ours, data):
        return True
    tool = rb"""(?m)^\s*\[?\s*["']?tool["']?\s*[\]=]"""
    return bool(re.search(tool, data) and re.search(ours + rb"\s*[.=]", data))


def upwards(folder: str) -> Iterator[str]:
    """A folder and those around it, the innermost first, as far as the repository reaches."""
    here = os.getcwd()
    current = os.path.abspath(folder or ".")
    while True:
        yield os.path.relpath(current) if current.startswith(here) else current
        if is_outermost(current):
            return
        current = os.path.dirname(current)


def is_outermost(folder: str) -> bool:
    """Whether a folder is the root of a repository or of the file system."""
    return os.path.exists(os.path.join(folder, ".git")) or os.path.dirname(folder) == folder
