"""Paths as they are printed and kept in files: relative where they can be, with slashes."""

from __future__ import annotations

import os


def relative(path: str, start: str = "") -> str:
    """A path as seen from a folder; whole where none leads there: from one drive to another."""
    try:
        found = os.path.relpath(path, start or os.curdir)
    except ValueError:
        found = os.path.abspath(path)
    return found.replace(os.sep, "/")
