"""What a model archive holds: its members as far as they can be read, and why no further."""

from __future__ import annotations

import os
import re
from functools import cached_property
from typing import BinaryIO, NamedTuple

from advisor.gate.archive.tar_members import (
    BLOCK,
    DIRECTORY,
    TORCHSCRIPT,
    ArchiveError,
    GzipBytes,
    TarMember,
    kind_of,
    members,
)
from advisor.model.errors import InputError
from advisor.model.value import Value

_DEEPEST_FOLDER = 4  # of a pattern of rules/archives.yaml that means a folder
_JUNK = re.compile(r"(?:^|/)(?:\._[^/]*/?$|\.DS_Store(?:/|$)|__MACOSX(?:/|$))")
_WRITTEN_OTHERWISE = re.compile(r"^/|^\./|//|/\./|/\.?$|^\.?$")


class ArchiveFault(NamedTuple):
    """A check that an archive breaks: as a whole, by a member, or against a value."""

    check: str
    message: str
    member: str = ""
    value: str = ""  # that it was compared with


class Archive(Value):
    """An archive as read."""

    file: str  # its path
    packed: int  # bytes of the file
    members: tuple[TarMember, ...]  # what could be read of it, in its order
    problems: tuple[ArchiveFault, ...]  # why no more could be, and what is wrong with the whole
    complete: bool  # nothing of it is unknown

    @cached_property
    def by_path(self) -> tuple[tuple[str, TarMember], ...]:
        """Every member with its name as a container finds it: without ``./`` and ``//``."""
        return tuple((plain_name(each.name), each) for each in self.members)

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The paths of its files and links, without what macOS adds."""
        meant = (
            path for path, each in self.by_path if each.kind != DIRECTORY and not is_junk(each.name)
        )
        return tuple(dict.fromkeys(meant))

    @cached_property
    def folders(self) -> tuple[str, ...]:
        """Its folders as deep as layouts look, each ending in a slash.

        Also those that only the names of files tell of.
        """
        found: dict[str, None] = {}
        for path, each in self.by_path:
            if is_junk(each.name):
                continue
            name = path + ("/" if each.kind == DIRECTORY else "")
            at = name.find("/")
            for _ in range(_DEEPEST_FOLDER):
                if at < 0:
                    break
                found.setdefault(name[: at + 1])
                at = name.find("/", at + 1)
        found.pop("/", None)
        return tuple(found)

    @property
    def torchscript(self) -> frozenset[str]:
        """The paths of the files that torch.jit.save wrote."""
        return frozenset(path for path, each in self.by_path if each.holds == TORCHSCRIPT)

    @cached_property
    def sizes(self) -> dict[str, int]:
        """Bytes on disk by path; a name that comes again replaces the member before."""
        return {path: each.size for path, each in self.by_path}

    @property
    def unpacked(self) -> int:
        """Bytes of all files once they are extracted."""
        return sum(self.sizes.values())


def plain_name(name: str) -> str:
    """A name without the dots and the doubled slashes that tars are written with."""
    if not _WRITTEN_OTHERWISE.search(name):
        return name
    return "/".join(part for part in name.split("/") if part not in ("", "."))


def is_junk(name: str) -> bool:
    """Whether macOS wrote a member beside the ones that were meant."""
    return _JUNK.search(name) is not None


def read_archive(path: str) -> Archive:
    """Read an archive as a stream; nothing is extracted and no content kept.

    Raises:
        InputError: the file is missing, no regular file, or unreadable.
    """
    try:
        if not os.path.isfile(path):
            raise InputError("this is not a readable file", file=path)
        with open(path, "rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            kind = kind_of(stream.read(BLOCK))
            stream.seek(0)
            if kind == "gzip":
                return _read(path, size, GzipBytes(stream), ())
            refused = ArchiveFault("archive-compression", _instead(kind, size))
            if kind == "tar":
                return _read(path, size, stream, (refused,))
            return Archive(file=path, packed=size, members=(), problems=(refused,), complete=False)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path) from None


def _instead(kind: str, size: int) -> str:
    """What a file is that is not compressed with gzip."""
    if kind == "tar":
        return "this is a tar archive that is not compressed"
    if not size:
        return "this file is empty"
    return f"this is {kind}" if kind else "this is not compressed with gzip"


def _read(
    path: str, size: int, stream: GzipBytes | BinaryIO, before: tuple[ArchiveFault, ...]
) -> Archive:
    found: list[TarMember] = []
    problems = list(before)
    try:
        found.extend(members(stream))
    except ArchiveError as fault:
        problems.append(ArchiveFault(fault.rule, fault.message))
        complete = False
    else:
        complete = True
        if not any(each.kind != DIRECTORY for each in found):
            problems.append(ArchiveFault("archive-empty", "the archive contains no file"))
    read, wrong = tuple(found), tuple(problems)
    return Archive(file=path, packed=size, members=read, problems=wrong, complete=complete)
