"""The user's cache: what was made from rule files, kept under the digest of their content."""

from __future__ import annotations

import json
import os
from typing import Any


def cached_file(name: str) -> str:
    """The path of a file in the cache."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(base, "sm-advise", name)


def read_object(path: str) -> dict[str, Any] | None:
    """A JSON object; ``None`` when there is none that can be read."""
    try:
        with open(path, "rb") as file:
            value = json.loads(file.read())
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def keep(path: str, value: dict[str, Any]) -> None:
    """Write whole or not at all; a cache that cannot be written is only slower."""
    import tempfile

    try:
        folder = os.path.dirname(path)
        os.makedirs(folder, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".rules-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(value, file, separators=(",", ":"))
        os.replace(name, path)
    except OSError:
        return
