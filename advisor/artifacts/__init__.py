"""An ``Advice`` in, files to deploy out: one maker for each kind of artifact."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

from advisor.model.advice import Advice, Request

Files = list[tuple[str, str]]  # name and content, in the order to use them
Maker = Callable[[Advice], Files]
Command = Callable[[Advice, str], str]

ARTIFACTS = {
    "requests": "advisor.artifacts.requests",
    "shell": "advisor.artifacts.shell",
    "boto3": "advisor.artifacts.boto3_script",
    "terraform": "advisor.artifacts.terraform",
    "cloudformation": "advisor.artifacts.cloudformation",
    "iam": "advisor.artifacts.iam",
    "smoke-test": "advisor.artifacts.smoke_test",
    "inference-recommendations-job": "advisor.artifacts.recommendations_job",
}


def maker(kind: str) -> Maker:
    """The function that makes one kind of artifact.

    Raises:
        KeyError: no artifact has that name; the command line offers only the table's names.
    """
    return cast(Maker, import_module(ARTIFACTS[kind]).files)


def command(kind: str) -> Command:
    """The function that says how to run what ``maker`` made, given the folder it was written to.

    Raises:
        KeyError: no artifact has that name.
    """
    return cast(Command, import_module(ARTIFACTS[kind]).command)


def requests_of(advice: Advice) -> tuple[Request, ...]:
    """The requests of the recommended option, in the order to run; none when no option fits."""
    chosen = advice.chosen
    return () if chosen is None or chosen.plan is None else chosen.plan.requests


def in_production(advice: Advice) -> bool:
    """Whether an artifact may not take the endpoint away by itself."""
    return advice.workload.text("environment") == "production"


def region_option(advice: Advice) -> str:
    """The option of the aws CLI that names the Region of a workload; empty when it names none."""
    return f" --region {advice.region}" if advice.region is not None else ""
