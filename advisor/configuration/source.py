"""A text with its name: what a reader takes, from wherever it comes, asked for lines and places."""

from __future__ import annotations

import os
from bisect import bisect_right
from functools import cached_property

from advisor.model.errors import InputError
from advisor.text import places
from advisor.text.paths import relative
from advisor.text.terms import CONFIGURATION

LARGEST_TEMPLATE = CONFIGURATION.most_bytes
LARGEST_PLAN = 32 * 1024 * 1024
DEEPEST = CONFIGURATION.deepest
MOST_VALUES = CONFIGURATION.most_values


class SourceText:
    """One text and its name; lines and columns are 1-based and count characters.

    Args:
        file: how messages call it; ``-`` for standard input.
        text: what it holds.
    """

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


def decode(file: str, data: bytes) -> SourceText:
    """Bytes as a source.

    Raises:
        InputError: they are not UTF-8.
    """
    return SourceText(file, places.decode(data, file))


def too_large(file: str, limit: int) -> InputError:
    """The error for a file above a bound."""
    return InputError(
        f"the file is larger than {limit // 1024 // 1024} MB and was not read",
        file=file,
        hint="CloudFormation takes templates of at most 1 MB; split the file, or leave it out",
    )


def seen_from(own: str, file: str) -> str:
    """A file as the folder of one of our own files sees it, with slashes on every system."""
    return relative(file, os.path.dirname(own))
