"""What in a container's environment looks like a secret, which is never to be printed.

The reader of workloads and the checks of configurations share the table rules/service/secrets.json.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

_CUT = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")  # as in apiKey
_WORDS = re.compile(r"[A-Za-z0-9+/=]+")
_MOST = 4096  # characters of a value that are looked at; AWS takes 1,024
_KINDS = (str.islower, str.isupper, str.isdigit)
HINT = (
    "keep it in AWS Secrets Manager or in Parameter Store; hand the container its ARN and let the "
    "code fetch it"
)


def secret(table: Mapping[str, Any], name: str, value: str) -> str:
    """What a variable looks like, such as ``a token of GitHub``; empty where it holds no secret.

    Args:
        table: rules/service/secrets.json.
        name: of the variable.
        value: its text; of one that is known in part, the known part.
    """
    value = value[:_MOST]
    if re.fullmatch(table["plain"], value.strip(), re.DOTALL):
        return ""
    for what, shape in table["shapes"].items():
        if re.search(shape, value):
            return str(what)
    words = re.sub(r"\W", "_", _CUT.sub("_", name)).upper()
    if re.fullmatch(table["names"], words) and not re.fullmatch(table["not_names"], words):
        return "a secret, as its name says"
    longest = max((each for each in _WORDS.findall(value)), key=len, default="")
    return "a key, as it is long and random" if _is_random(longest, table) else ""


def _is_random(text: str, table: Mapping[str, Any]) -> bool:
    """Whether a text mixes capitals, small letters and digits as nobody writes them."""
    kinds = [next((k for k, is_of in enumerate(_KINDS) if is_of(each)), 3) for each in text]
    if len(text) < table["long"] or not {0, 1, 2} <= set(kinds):
        return False
    turns = sum(a != b for a, b in pairwise(kinds))
    least: float = table["turns"] * len(text)
    return turns >= least
