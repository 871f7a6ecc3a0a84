"""Where the rule files are, and the user's cache of what was made from them, by their digest."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from functools import cache
from typing import Any

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


@cache
def rules_directory() -> str:
    """The folder of the rule files.

    An installed package carries them inside (``advisor/rules``); a checkout has them beside the
    package, and there the live folder is read, never a copy.
    """
    inside = os.path.join(PACKAGE, "rules")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(PACKAGE), "rules")


def cached_file(name: str) -> str:
    """The path of a file in the cache."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(base, "sm-advise", name)


def read_object(path: str) -> dict[str, Any] | None:
    """A JSON object; ``None`` when there is none that can be read."""
    try:
        if not os.path.isfile(path):  # a pipe would never end
            return None
        with open(path, "rb") as file:
            value = json.loads(file.read())
    except (OSError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def keep(path: str, value: dict[str, Any]) -> None:
    """Write whole or not at all; a cache that cannot be written is only slower."""
    from advisor.model.errors import InputError
    from advisor.text.written import write_set

    with suppress(InputError):
        write_set([(path, json.dumps(value, separators=(",", ":")))])
