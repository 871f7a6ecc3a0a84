"""Members of an object deep inside a JSON file, one by one, in the memory that one of them takes.

The offer file of all Regions is larger than most machines want to hold, and none of it but the
products and their terms matters.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TextIO

from advisor.model.errors import InputError

_CHUNK = 1 << 18
_LARGEST_VALUE = 1 << 24
_DEPTH = 3  # levels of an unwanted object that are skipped member by member


def members(stream: TextIO, file: str, *path: str) -> Iterator[tuple[str, Any]]:
    """Key and value of every member of the object that ``path`` leads to from the top.

    Raises:
        InputError: the text is cut off, or is not JSON.
    """
    yield from _members(_Text(stream, file), path)


def leading_texts(stream: TextIO, file: str) -> dict[str, str]:
    """The texts that stand before the first object or list of a JSON object: its head.

    Raises:
        InputError: the text is cut off, or is not JSON.
    """
    text = _Text(stream, file)
    found: dict[str, str] = {}
    for key in text.each_key():
        if text.peek() in "{[":
            break
        value = text.value()
        if isinstance(value, str):
            found[key] = value
    return found


def _members(text: _Text, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for key in text.each_key():
        if not path:
            yield key, text.value()
        elif key == path[0]:
            yield from _members(text, path[1:])
        else:
            text.skip(_DEPTH)


class _Text:
    """A window on a stream, which grows until the value at hand ends inside it."""

    def __init__(self, stream: TextIO, file: str) -> None:
        self._stream = stream
        self._file = file
        self._decoder = json.JSONDecoder()
        self._window = ""
        self._at = 0

    def each_key(self) -> Iterator[str]:
        """The keys of an object; whoever asks for the next has taken the value of the last."""
        self._take("{")
        if self.peek() == "}":
            self._take("}")
            return
        while True:
            key = self.value()
            if not isinstance(key, str):
                raise self._wrong("a key is not a text")
            self._take(":")
            yield key
            if self.peek() == "}":
                self._take("}")
                return
            self._take(",")

    def peek(self) -> str:
        """The next character that is not white space."""
        while True:
            rest = len(self._window)
            while self._at < rest and self._window[self._at] in " \t\r\n":
                self._at += 1
            if self._at < rest:
                return self._window[self._at]
            if not self._grow():
                raise self._wrong("it is cut off")

    def value(self) -> Any:
        """The next value, as Python values."""
        self.peek()
        while True:
            try:
                found, end = self._decoder.raw_decode(self._window, self._at)
            except (ValueError, RecursionError) as error:
                if isinstance(error, RecursionError) or self._too_large():
                    raise self._wrong("it is not JSON") from error
                if not self._grow():
                    raise self._wrong("it is cut off, or not JSON") from error
                continue
            # A number that ends with the window may go on in the next one.
            if end == len(self._window) and self._grow():
                continue
            self._at = end
            return found

    def skip(self, depth: int) -> None:
        """Skip the next value."""
        if depth and self.peek() == "{":
            for _ in self.each_key():
                self.skip(depth - 1)
        else:
            self.value()

    def _take(self, character: str) -> None:
        if self.peek() != character:
            raise self._wrong(f"{character} is missing")
        self._at += 1

    def _grow(self) -> bool:
        try:
            more = self._stream.read(max(_CHUNK, len(self._window)))
        except UnicodeDecodeError as error:
            raise self._wrong("it is not UTF-8") from error
        self._window = self._window[self._at :] + more
        self._at = 0
        return bool(more)

    def _too_large(self) -> bool:
        return len(self._window) - self._at > _LARGEST_VALUE

    def _wrong(self, why: str) -> InputError:
        return InputError(
            f"the offer file cannot be read: {why}",
            file=self._file,
            hint="Download the file again; the old prices are kept.",
        )
