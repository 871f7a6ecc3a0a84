"""The table of deployable outputs: files made from an ``Advice``, by kind."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

from advisor.model import Advice

Files = list[tuple[str, str]]  # name and content, in the order to use them
Maker = Callable[[Advice], Files]

ARTIFACTS = {
    "requests": "advisor.artifacts.requests",
    "shell": "advisor.artifacts.shell",
    "boto3": "advisor.artifacts.boto3_script",
    "terraform": "advisor.artifacts.terraform",
    "cloudformation": "advisor.artifacts.cloudformation",
    "inference-recommendations-job": "advisor.artifacts.recommendations_job",
}


def maker(kind: str) -> Maker:
    """The function that makes one kind of artifact.

    Raises:
        KeyError: no artifact has that name; the command line offers only the table's names.
    """
    return cast(Maker, import_module(ARTIFACTS[kind]).files)
