"""One block of 512 bytes that opens a member of a tar archive."""

from __future__ import annotations

from typing import NamedTuple

from advisor.gate.archive.compressed import ArchiveError

BLOCK = 512
_USTAR = b"ustar\x00"

DIRECTORY, FILE, SYMLINK, HARD_LINK = "directory", "file", "symlink", "hard link"
DEVICE, FIFO, OTHER = "device", "FIFO", "other"
_KINDS = {
    b"0": FILE,
    b"\0": FILE,
    b"7": FILE,
    b"S": FILE,
    b"1": HARD_LINK,
    b"2": SYMLINK,
    b"3": DEVICE,
    b"4": DEVICE,
    b"5": DIRECTORY,
    b"D": DIRECTORY,
    b"6": FIFO,
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
    name = _text(block[:100])
    if block[257:263] == _USTAR and block[345]:
        name = _text(block[345:500]) + b"/" + name
    kind = block[156:157]
    size = _number(block[124:136])
    sparse = kind == b"S"
    return Header(
        name=name,
        type=kind,
        size=size,
        mode=_number(block[100:108]),
        target=_text(block[157:257]),
        real_size=_number(block[483:495]) if sparse else size,
        extended=sparse and bool(block[482]),
    )


def _text(field: bytes) -> bytes:
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
