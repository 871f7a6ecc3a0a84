"""The bytes inside a gzip file, decompressed piece by piece and never beyond stated bounds."""

from __future__ import annotations

import zlib
from typing import BinaryIO

from advisor.configuration.files import GZIP

PIECE = 64 * 1024
LARGEST_UNPACKED = 512 * 1024**3
"""The largest storage volume that an endpoint's instance can have; more fits nowhere."""
FREE = 512 * 1024**2
"""Decompressed bytes that are read whatever their ratio; a second or two of work."""
MOST_TIMES = 50
"""Decompressed bytes for one compressed beyond that. Weights shrink 1 to 4 times, models written as
text up to 20; deflate itself ends at 1032."""
MOST_EMPTY_PARTS = 1000
"""Parts of a gzip file in a row that hold nothing; compressors in parallel write none."""

_KINDS = (
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"BZh", "compressed with bzip2"),
    (b"\xfd7zXZ\x00", "compressed with xz"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd"),
    (b"\x04\x22\x4d\x18", "compressed with lz4"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x1f\x9d", "compressed with compress"),
    (b"version https://git-lfs", "a Git LFS pointer, not the file"),
    (b"<?xml", "an XML text, such as an error of S3"),
    (b"<", "a page of HTML or XML"),
)


class ArchiveError(Exception):
    """Why an archive cannot be read further: the check it breaks, and the message."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message


def kind_of(start: bytes) -> str:
    """What a file is by its first bytes: ``gzip``, ``tar``, a description, or empty."""
    if start.startswith(GZIP):
        return "gzip"
    if start[257:262] == b"ustar":
        return "tar"
    return next((words for magic, words in _KINDS if start.startswith(magic)), "")


class GzipBytes:
    """The decompressed bytes of a gzip file, which may have several parts."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._packed = b""  # read, and not yet decompressed
        self._ready = b""  # decompressed; what lies before _at was asked for
        self._at = 0
        self._inflate = zlib.decompressobj(wbits=31)
        self._empty_parts = 0
        self._ended = False
        self.packed = 0
        self.unpacked = 0

    def read(self, count: int) -> bytes:
        """Exactly count bytes, fewer only where they end.

        Raises:
            ArchiveError: the file is cut off or damaged, or a bound is exceeded.
        """
        have = len(self._ready) - self._at
        if have < count and not self._ended:
            pieces = [self._ready[self._at :]]
            while have < count and not self._ended:
                piece = self._more()
                pieces.append(piece)
                have += len(piece)
            self._ready, self._at = b"".join(pieces), 0
        start = self._at
        self._at += min(count, have)
        return self._ready[start : self._at]

    def _more(self) -> bytes:
        if not self._packed:
            self._packed = self._stream.read(PIECE)
            self.packed += len(self._packed)
            if not self._packed:
                raise ArchiveError(
                    "archive-truncated", f"it ends early, after {self.packed:,} bytes"
                )
        try:
            piece = self._inflate.decompress(self._packed, PIECE)
        except zlib.error as error:
            said = str(error).rpartition(": ")[2]  # without its number
            message = f"the gzip data is damaged near byte {self.packed:,}: {said}"
            raise ArchiveError("archive-corrupt", message) from None
        self._packed = self._inflate.unconsumed_tail
        self.unpacked += len(piece)
        self._bounded()
        if self._inflate.eof:
            self._next_part()
        elif piece:
            self._empty_parts = 0
        return piece

    def _bounded(self) -> None:
        if self.unpacked > max(FREE, MOST_TIMES * self.packed) or self.unpacked > LARGEST_UNPACKED:
            raise ArchiveError(
                "archive-unbounded",
                f"{self.packed:,} bytes unpack to more than {self.unpacked:,}; reading stopped",
            )

    def _next_part(self) -> None:
        """Go on after the end of a part: to the next one, or to the end of the file."""
        rest = self._inflate.unused_data
        while True:
            rest = rest.lstrip(b"\0")  # padding, as tapes have it
            if rest:
                break
            rest = self._stream.read(PIECE)
            self.packed += len(rest)
            if not rest:
                self._ended = True
                return
        if not rest.startswith(GZIP[:1]):
            raise ArchiveError(
                "archive-corrupt", "the end of the gzip data is not the end of the file"
            )
        self._empty_parts += 1
        if self._empty_parts > MOST_EMPTY_PARTS:
            raise ArchiveError("archive-unbounded", "the gzip data has thousands of empty parts")
        self._packed = rest
        self._inflate = zlib.decompressobj(wbits=31)
