"""SHA-256 of what was read, without loading OpenSSL for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any


def sha256(data: bytes) -> str:
    """Hexadecimal SHA-256 of some bytes."""
    digest: str = _constructor()(data).hexdigest()
    return digest


@cache
def _constructor() -> Callable[[bytes], Any]:
    """CPython's own implementation: hashlib would load OpenSSL, 2 ms and 4 MB of every start."""
    for module in ("_sha2", "_sha256"):  # since 3.12, before
        try:
            constructor: Callable[[bytes], Any] = import_module(module).sha256
        except ImportError:
            continue
        return constructor
    from hashlib import sha256 as constructor

    return constructor
