"""Model archives that are made in a test."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path

TORCHSCRIPT = b"PK\x03\x04model/data.pkl....model/constants.pkl"
"""The start of a file that torch.jit.save wrote, and the entry by which it is told."""
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"


def member(name: str, data: bytes = b"x", **attributes: object) -> tuple[tarfile.TarInfo, bytes]:
    """A member, a folder when its name ends in a slash, else a file."""
    info = tarfile.TarInfo(name)
    info.size = len(data)
    if name.endswith("/"):
        info.type, info.size, data = tarfile.DIRTYPE, 0, b""
    for attribute, value in attributes.items():
        setattr(info, attribute, value)
    if info.type in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
        info.size, data = 0, b""
    return info, data


def tarred(
    members: Iterable[tuple[tarfile.TarInfo, bytes]], form: int = tarfile.PAX_FORMAT
) -> bytes:
    """The bytes of a tar archive."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=form) as archive:
        for info, data in members:
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def packed(path: Path, members: Mapping[str, bytes] | Iterable[str]) -> str:
    """Write an archive of files with these contents (or of one byte); its path."""
    contents = members if isinstance(members, Mapping) else dict.fromkeys(members, b"x")
    return written(path, (member(name, data) for name, data in contents.items()))


def written(path: Path, members: Iterable[tuple[tarfile.TarInfo, bytes]]) -> str:
    """Write an archive of members; its path."""
    path.write_bytes(gzip.compress(tarred(members), mtime=0))
    return str(path)
