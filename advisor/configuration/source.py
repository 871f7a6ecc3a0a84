"""The text of a file: read once, with bounds, and asked for lines and places."""

from __future__ import annotations

import os
from bisect import bisect_right
from functools import cached_property

from advisor.model.errors import InputError
from advisor.text import places
from advisor.text.terms import CONFIGURATION

LARGEST_TEMPLATE = CONFIGURATION.most_bytes
LARGEST_PLAN = 32 * 1024 * 1024
DEEPEST = CONFIGURATION.deepest
MOST_VALUES = CONFIGURATION.most_values


class Source:
    """One file as text; lines and columns are 1-based and count characters."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        find, at = self.text.find, 0
        while (at := find("\n", at) + 1) > 0:
            starts.append(at)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a character."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line without its end; empty beyond the last line."""
        if not 0 < number <= len(self._starts):
            return ""
        end = self.text.find("\n", self._starts[number - 1])
        return self.text[self._starts[number - 1] : end if end >= 0 else None].rstrip("\r")

    def error(self, message: str, offset: int, hint: str = "") -> InputError:
        """An error at a character."""
        line, column = self.position(offset)
        return InputError(message, file=self.file, line=line, column=column, hint=hint)


def read_source(file: str, *, path: str | None = None, limit: int = LARGEST_PLAN) -> Source:
    """Read a file as UTF-8.

    Args:
        file: how messages call it.
        path: where it is, when that differs.
        limit: bytes above which nothing is read.

    Raises:
        InputError: the file is missing, no regular file, unreadable, too large or not UTF-8.
    """
    where = path or file
    try:
        if not os.path.isfile(where):
            raise InputError("this is not a readable file", file=file, hint="check the path")
        with open(where, "rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=file) from None
    if len(data) > limit:
        raise too_large(file, limit)
    return decode(file, data)


def decode(file: str, data: bytes) -> Source:
    """Bytes as a source.

    Raises:
        InputError: they are not UTF-8.
    """
    return Source(file, places.decode(data, file))


def too_large(file: str, limit: int) -> InputError:
    """The error for a file above a bound."""
    return InputError(
        f"the file is larger than {limit // 1024 // 1024} MB and was not read",
        file=file,
        hint="CloudFormation takes templates of at most 1 MB; split the file, or leave it out",
    )


def seen_from(own: str, file: str) -> str:
    """A file as the folder of one of our own files sees it, with slashes on every system."""
    return os.path.relpath(file, os.path.dirname(own) or ".").replace(os.sep, "/")
