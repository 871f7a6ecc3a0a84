"""What in a container's environment looks like a secret, which is never to be printed.

The reader of workloads and the checks of configurations share the table rules/service/secrets.json.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import Any

from advisor.workload.forms import service_table

_CUT = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")  # as in apiKey
_WORDS = re.compile(r"[A-Za-z0-9+/=]+")
_MOST = 4096  # characters of a value that are looked at; AWS takes 1,024
_KINDS = (str.islower, str.isupper, str.isdigit)
HINT = (
    "keep it in AWS Secrets Manager or in Parameter Store; hand the container its ARN and let the "
    "code fetch it"
)


def secret(name: str, value: str) -> str:
    """What a variable looks like, such as ``a token of GitHub``; empty where it holds no secret.

    Args:
        name: of the variable.
        value: its text; of one that is known in part, the known part.
    """
    table, value = _table(), value[:_MOST]
    if table["plain"].fullmatch(value.strip()):
        return ""
    for what, shape in table["shapes"].items():
        if shape.search(value):
            return str(what)
    words = re.sub(r"\W", "_", _CUT.sub("_", name)).upper()
    if table["names"].fullmatch(words) and not table["not_names"].fullmatch(words):
        return "a secret, as its name says"
    longest = max((each for each in _WORDS.findall(value)), key=len, default="")
    return "a key, as it is long and random" if _is_random(longest, table) else ""


def _is_random(text: str, table: dict[str, Any]) -> bool:
    """Whether a text mixes capitals, small letters and digits as nobody writes them."""
    kinds = [next((k for k, is_of in enumerate(_KINDS) if is_of(each)), 3) for each in text]
    if len(text) < table["long"] or not {0, 1, 2} <= set(kinds):
        return False
    turns = sum(a != b for a, b in pairwise(kinds))
    least: float = table["turns"] * len(text)
    return turns >= least


@cache
def _table() -> dict[str, Any]:
    table = service_table("secrets.json")
    made: dict[str, Any] = {
        each: re.compile(table[each], re.DOTALL) for each in ("names", "not_names", "plain")
    }
    made["shapes"] = {what: re.compile(form) for what, form in table["shapes"].items()}
    return made | {"long": table["long"], "turns": table["turns"]}
