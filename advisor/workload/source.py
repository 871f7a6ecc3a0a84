"""Bytes of workload files and of standard input, never more than a reader takes."""

from __future__ import annotations

import os
import sys

from advisor.model.errors import InputError
from advisor.text.terms import WORKLOAD


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
