"""Names of AWS resources: valid, at most 63 characters, and different for different workloads.

What is immutable in SageMaker (models, endpoint configurations) carries a digest of its parameters,
so that a change makes a new one beside the old, which UpdateEndpoint needs; what callers use (the
endpoint) keeps its name.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from advisor.options.plan_builder import Draft
from advisor.text.digest import sha256

LONGEST = 63
VARIANT = "AllTraffic"
_DIGEST = 8
_VERSION = re.compile(rf"-[0-9a-f]{{{_DIGEST}}}\Z")
_encode = json.JSONEncoder(sort_keys=True, check_circular=False).encode


def stem(name: str, room: int = LONGEST) -> str:
    """A name of letters, digits and inner hyphens that stands for ``name``.

    A name that loses something, by a character that is not allowed or by its length, ends in a
    digest of the whole name, so that two of them never become one.

    Args:
        name: the workload's name; anything.
        room: characters that the result may have, at least 18.
    """
    if len(name) <= room and _is_valid(name):
        return name
    allowed = "".join(c if c.isascii() and c.isalnum() else "-" for c in name).strip("-")
    start = allowed[: room - _DIGEST - 1].strip("-") or "workload"
    return f"{start}-{digest(name)}"


@lru_cache(maxsize=64)  # the names of one workload are made one after another
def _is_valid(name: str) -> bool:
    return name.strip("-") == name and name.isascii() and name.replace("-", "").isalnum()


def released(draft: Draft, parameters: Any) -> str:
    """The name of something immutable of a workload, different for each stated version."""
    version = draft.text("deploy.version")
    name = draft.facts.workload.name
    return versioned(name, parameters if version is None else [parameters, version])


def versioned(name: str, parameters: Any) -> str:
    """The name of something immutable: the stem and a digest of its parameters."""
    return f"{stem(name, LONGEST - _DIGEST - 1)}-{digest(parameters)}"


def unversioned(name: str) -> str:
    """A name without the digest that ``versioned`` gave it; another name as it is."""
    return _VERSION.sub("", name)


def digest(value: Any) -> str:
    """Eight hexadecimal digits that depend on nothing but the value."""
    text = value if isinstance(value, str) else _encode(value)
    return sha256(text.encode("utf-8", "surrogatepass"))[:_DIGEST]
