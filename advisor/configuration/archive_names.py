"""Which files are model archives: by name, or by the first bytes of a file that was named."""

from __future__ import annotations

import os

GZIP = b"\x1f\x8b"
ENDS = (
    ".tar.gz",
    ".tgz",
    ".tar",
    ".tar.bz2",
    ".tbz2",
    ".tar.xz",
    ".txz",
    ".tar.zst",
    ".tar.lz4",
    ".zip",
    ".mar",
    ".7z",
)
"""Also those that are refused, so that what is wrong with them can be said."""


def is_archive_name(path: str) -> bool:
    """Whether a path is called like an archive."""
    return path.lower().endswith(ENDS)


def is_archive(path: str) -> bool:
    """Whether a path is called like an archive, or is a file that gzip wrote."""
    if is_archive_name(path):
        return True
    try:
        if not os.path.isfile(path):
            return False
        with open(path, "rb") as stream:
            return stream.read(len(GZIP)) == GZIP
    except OSError:
        return False
