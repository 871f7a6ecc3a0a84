"""The members of a tar archive, one by one, from a stream of bytes that is never kept.

The bytes of a gzip file are decompressed piece by piece, and never beyond stated bounds.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import cache
from typing import BinaryIO, NamedTuple

from advisor.configuration.files import GZIP
from advisor.configuration.rulefiles import of_fields

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
    return next((words for magic, words in _begins() if start.startswith(magic)), "")


@cache
def _begins() -> tuple[tuple[bytes, str], ...]:
    return tuple((magic.encode("latin-1"), words) for magic, words in of_fields("begins"))


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
        if self.unpacked > max(FREE, MOST_TIMES * self.packed) or self.unpacked > LARGEST_UNPACKED:
            raise ArchiveError(
                "archive-unbounded",
                f"{self.packed:,} bytes unpack to more than {self.unpacked:,}; reading stopped",
            )
        if self._inflate.eof:
            self._next_part()
        elif piece:
            self._empty_parts = 0
        return piece

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


BLOCK = 512
_USTAR = b"ustar\x00"

DIRECTORY, FILE, SYMLINK, HARD_LINK = "directory", "file", "symlink", "hard link"
DEVICE, FIFO, OTHER = "device", "FIFO", "other"
_KINDS = {
    **dict.fromkeys((b"0", b"\0", b"7", b"S"), FILE),
    b"1": HARD_LINK,
    b"2": SYMLINK,
    b"6": FIFO,
    **dict.fromkeys((b"3", b"4"), DEVICE),
    **dict.fromkeys((b"5", b"D"), DIRECTORY),
}
_WITHOUT_DATA = frozenset({b"1", b"2", b"3", b"4", b"5", b"6"})


class Header(NamedTuple):
    """What a block says of the member that it opens."""

    name: bytes
    type: bytes
    size: int  # bytes of data that follow
    mode: int
    target: bytes
    real_size: int  # of a sparse file of GNU tar; else the size
    extended: bool  # blocks that go on with its sparse map follow

    @property
    def kind(self) -> str:
        """What the member is: file, directory, symlink, hard link, device, FIFO or other."""
        if self.type in (b"0", b"\0") and self.name.endswith(b"/"):
            return DIRECTORY  # as tars from before 1988 write one
        return _KINDS.get(self.type, OTHER)

    @property
    def has_data(self) -> bool:
        """Whether as many bytes as its size follow."""
        return self.type not in _WITHOUT_DATA


def header_of(block: bytes) -> Header | None:
    """A block as a header; ``None`` for the block of zeros that ends an archive.

    Raises:
        ArchiveError: its checksum or one of its numbers is wrong.
    """
    if not block.strip(b"\0"):
        return None
    wanted = _number(block[148:156])
    if wanted != sum(block) - sum(block[148:156]) + 8 * ord(" "):
        raise ArchiveError("archive-corrupt", "the checksum of a tar header is wrong")
    name = _field(block[:100])
    if block[257:263] == _USTAR and block[345]:
        name = _field(block[345:500]) + b"/" + name
    kind = block[156:157]
    size = _number(block[124:136])
    sparse = kind == b"S"
    return Header(
        name=name,
        type=kind,
        size=size,
        mode=_number(block[100:108]),
        target=_field(block[157:257]),
        real_size=_number(block[483:495]) if sparse else size,
        extended=sparse and bool(block[482]),
    )


def _field(field: bytes) -> bytes:
    return field.partition(b"\0")[0]


def _number(field: bytes) -> int:
    """A number in octal digits, or as GNU tar writes large ones: in base 256."""
    if field[0] & 0x80:
        if field[0] != 0x80:
            raise ArchiveError(
                "archive-corrupt", "a number in a tar header is negative or too large"
            )
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b"\0 ")
    try:
        return int(digits, 8) if digits else 0
    except ValueError:
        raise ArchiveError("archive-corrupt", "a number in a tar header cannot be read") from None


MOST_HEADERS = 100_000
"""Headers of one archive; a Python environment packed beside a model has some 30,000 files."""
LONGEST_EXTENSION = 1024 * 1024
"""Bytes of one extended header; names end at 4 KiB and attributes at 64 KiB on Linux."""
MOST_NAMES = 16 * 1024 * 1024
"""Bytes of all names together."""
LONGEST_NAME = 4096
"""Bytes of a path on Linux."""
DEEPEST = 64
"""Folders around a file; the deepest packages have some 20."""

TORCHSCRIPT = "TorchScript"
_IN_TORCHSCRIPT = b"/constants.pkl"
"""The entry of the zip file that torch.jit.save writes and torch.save does not."""
_LONG_NAME, _LONG_TARGET = b"L", b"K"
_EXTENDED, _EXTENDED_FOR_ALL = (b"x", b"X"), b"g"
_USED = frozenset(
    {b"path", b"linkpath", b"size", b"GNU.sparse.name", b"GNU.sparse.realsize", b"GNU.sparse.size"}
)


class TarMember(NamedTuple):
    """One member of an archive. ``name`` and ``target`` hold what is not UTF-8 as surrogates."""

    name: str  # as the archive writes it, without the ./ that most begin with
    kind: str
    size: int  # bytes on disk, of a file
    mode: int = 0o644
    target: str = ""  # of a link
    holds: str = ""  # what its first bytes say of a file: gzip, tar, a description, or nothing


def members(stream: GzipBytes | BinaryIO) -> Iterator[TarMember]:
    """Every member of an archive in its order; what files hold is passed over.

    Raises:
        ArchiveError: the archive is cut off, damaged, no tar, or beyond a bound.
    """
    return _Reader(stream).members()


class _Reader:
    def __init__(self, stream: GzipBytes | BinaryIO) -> None:
        self._stream = stream
        self._headers = 0
        self._names = 0
        self._unpacked = 0
        self._for_all: dict[bytes, bytes] = {}

    def members(self) -> Iterator[TarMember]:
        extended: dict[bytes, bytes] = {}
        while (header := self._header()) is not None:
            if header.type in (_LONG_NAME, _LONG_TARGET):
                key = b"path" if header.type == _LONG_NAME else b"linkpath"
                extended.setdefault(key, self._extension(header).partition(b"\0")[0])
            elif header.type in _EXTENDED:
                extended |= _records(self._extension(header))
            elif header.type == _EXTENDED_FOR_ALL:
                self._for_all |= _records(self._extension(header))
            else:
                yield self._member(header, self._for_all | extended)
                extended = {}
        while self._stream.read(PIECE):
            pass  # the checksum of the data comes last

    def _header(self) -> Header | None:
        block = self._stream.read(BLOCK)
        if not block and self._headers:
            return None  # the blocks of zeros are missing, which no reader minds
        if len(block) < BLOCK and self._headers:
            raise ArchiveError("archive-truncated", "the archive ends within a tar header")
        if not self._headers and (len(block) < BLOCK or not _opens(block)):
            raise _no_tar(block)
        self._headers += 1
        if self._headers > MOST_HEADERS:
            raise ArchiveError(
                "archive-unbounded", f"more than {MOST_HEADERS:,} members; reading stopped"
            )
        return header_of(block)

    def _extension(self, header: Header) -> bytes:
        """What an extended header holds: longer names, attributes."""
        if header.size > LONGEST_EXTENSION:
            raise ArchiveError(
                "archive-unbounded",
                f"an extended header has {header.size:,} bytes; reading stopped",
            )
        data = self._stream.read(_padded(header.size))
        if len(data) < header.size:
            raise ArchiveError("archive-truncated", "the archive ends within an extended header")
        return data[: header.size]

    def _member(self, header: Header, extended: dict[bytes, bytes]) -> TarMember:
        size = _decimal(extended.get(b"size"), header.size)
        real = _decimal(
            extended.get(b"GNU.sparse.realsize", extended.get(b"GNU.sparse.size")),
            header.real_size if header.type == b"S" else size,
        )
        name = extended.get(b"GNU.sparse.name", extended.get(b"path", header.name))
        target = extended.get(b"linkpath", header.target)
        header = header._replace(name=name)  # the one in the block may be cut off
        self._count(name, target, real if header.kind == FILE else 0)
        self._sparse_map(header)
        kind = header.kind
        holds = self._pass_over(size, name) if header.has_data else ""
        return TarMember(
            name=_text(name.removeprefix(b"./") or name),
            kind=kind,
            size=real if kind == FILE else 0,
            mode=header.mode,
            target=_text(target),
            holds=holds if kind == FILE else "",
        )

    def _count(self, name: bytes, target: bytes, size: int) -> None:
        """Refuse names and sizes that no model has, alone or together."""
        self._names += len(name) + len(target)
        self._unpacked += size
        longest = max(len(name), len(target))
        message = ""
        if longest > LONGEST_NAME or name.count(b"/") > DEEPEST:
            message = f"a name has {longest:,} bytes and {name.count(b'/'):,} folders"
        elif self._names > MOST_NAMES:
            message = f"its names have more than {MOST_NAMES:,} bytes"
        elif self._unpacked > LARGEST_UNPACKED:
            message = f"its files have more than {LARGEST_UNPACKED // 1024**3} GB"
        if message:
            raise ArchiveError("archive-unbounded", f"{message}; reading stopped")

    def _sparse_map(self, header: Header) -> None:
        """Pass over the blocks with which the map of a sparse file goes on."""
        extended = header.extended
        while extended:
            block = self._stream.read(BLOCK)
            self._headers += 1
            if len(block) < BLOCK:
                raise ArchiveError(
                    "archive-truncated", "the archive ends within the map of a sparse file"
                )
            if self._headers > MOST_HEADERS:
                raise ArchiveError("archive-unbounded", "the map of a sparse file does not end")
            extended = bool(block[504])

    def _pass_over(self, size: int, name: bytes) -> str:
        """Go behind the data of a member; what it is, is returned."""
        left = _padded(size)
        piece = self._stream.read(min(left, BLOCK))
        holds = kind_of(piece[:size])
        of_torch = name.endswith((b".pt", b".pth"))
        before = b""
        while piece:
            left -= len(piece)
            if of_torch and _IN_TORCHSCRIPT in before + piece:
                holds = TORCHSCRIPT
            before = piece[-len(_IN_TORCHSCRIPT) :]
            piece = self._stream.read(min(left, PIECE))
        # The padding of the last member may be missing: nobody needs it.
        if left > _padded(size) - size:
            raise ArchiveError("archive-truncated", f"the archive ends within {_text(name)}")
        return holds


def _opens(block: bytes) -> bool:
    """Whether a block can be the first of a tar archive."""
    if not block.strip(b"\0"):
        return True
    try:
        return header_of(block) is not None
    except ArchiveError:
        return False


def _no_tar(block: bytes) -> ArchiveError:
    if not block:
        return ArchiveError("archive-empty", "the archive is empty")
    kind = kind_of(block)
    if kind == "gzip":
        return ArchiveError("archive-in-archive", "the archive is compressed with gzip twice")
    if kind == "tar":
        return ArchiveError("archive-corrupt", "its first tar header is damaged")
    return ArchiveError("archive-no-tar", f"the content is {kind or 'no tar archive'}")


def _records(data: bytes) -> dict[bytes, bytes]:
    """The records of an extended header that matter here: length, key and value of each."""
    found: dict[bytes, bytes] = {}
    at = 0
    while at < len(data):
        digits, space, _ = data[at : at + 12].partition(b" ")
        length = int(digits) if space and digits.isdigit() else 0
        record = data[at + len(digits) + 1 : at + length]
        key, equals, value = record.partition(b"=")
        if at + length > len(data) or not (equals and value.endswith(b"\n")):
            raise ArchiveError("archive-corrupt", "a record of an extended header cannot be read")
        if key in _USED:
            found[key] = value.removesuffix(b"\n")
        at += length
    return found


def _decimal(text: bytes | None, otherwise: int) -> int:
    if text is None:
        return otherwise
    if not text.isdigit() or len(text) > 20:
        raise ArchiveError("archive-corrupt", "a size in an extended header cannot be read")
    return int(text)


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")
