"""What judges artifacts, each over many at once; every dialect has its judges in one table."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from advisor.artifacts import boto3_script, cloudformation, maker, shell
from advisor.gate.run import check
from advisor.gate.settings import CheckOptions, Project
from advisor.model.advice import Advice
from tests.artifacts import (
    stand_in,
    terraform_roots,
    test_boto3_script,
    test_cloudformation,
    test_shell,
    test_terraform,
)
from tests.artifacts.plans import plan_of
from tests.artifacts.programs import Judge, MissingError, run, tool, write_folders
from tests.artifacts.read_back import wanted
from tests.aws import judge as service_model


def _faults(advice: Advice, judge: Callable[[Advice], object]) -> list[str]:
    """The fault of an advice that does not pass."""
    try:
        judge(advice)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told with its advice
        return [f"{advice.workload.name}: {type(error).__name__}: {error}"]
    return []


def _same(left: object, right: object) -> None:
    if left != right:
        raise ValueError(f"{left} is not {right}")


# -- the service model, and our own check ----------------------------------------------------------


def accepted_by_botocore(advices: Sequence[Advice]) -> list[str]:
    """botocore's validation and the service model's patterns accept each request."""
    return [
        f"{advice.workload.name}: {complaint}"
        for advice in advices
        for request in plan_of(advice).requests
        for complaint in service_model(request.service, request.operation, request.parameters)
    ]


def checked(kind: str) -> Judge:
    """`sm-advise check` finds no error in what is written, with placeholders left open.

    An advice that tells of an error itself is left out: somebody decided what breaks a limit.
    """

    def judge(advices: Sequence[Advice]) -> list[str]:
        with tempfile.TemporaryDirectory() as name:
            sound = [each for each in advices if not _tells_of_error(each)]
            folders = write_folders(sound, kind, Path(name))
            report = check(CheckOptions(paths=(name,), as_of="2026-11-20", project=Project()))
            faults = [str(error) for error in report.errors]
            for finding in report.findings:
                if finding.severity == "error":
                    advice = folders[Path(finding.file).relative_to(name).parts[0]]
                    faults.append(f"{advice.workload.name}: {finding.rule}: {finding.message}")
        return faults

    return judge


def _tells_of_error(advice: Advice) -> bool:
    return any(finding.severity == "error" for finding in advice.findings)


_DIALECTS = ("requests", "shell", "boto3", "terraform", "cloudformation")
_IDENTITY = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:[0-9]{12}:[^\s\"']*|\b[0-9]{12}\b")


def names_nobody(advices: Sequence[Advice]) -> list[str]:
    """No account and no ARN of one is in any file but those that the workload states.

    The requests have placeholders, of an account that nobody has.
    """
    faults = []
    for advice in advices:
        stated = repr(advice.workload)
        for kind in _DIALECTS:
            for name, content in maker(kind)(advice):
                for identity in _IDENTITY.findall(content):
                    is_placeholder = kind == "requests" and "000000000000" in identity
                    if identity not in stated and not is_placeholder:
                        faults.append(f"{advice.workload.name}: {name}: {identity}")
    return faults


# -- the same requests out of every dialect --------------------------------------------------------


def read_back_from_requests(advices: Sequence[Advice]) -> list[str]:
    """The files are the requests."""

    def compare(advice: Advice) -> None:
        read = [json.loads(content) for _, content in maker("requests")(advice)]
        _same(read, [request.parameters for request in plan_of(advice).requests])

    return [fault for each in advices for fault in _faults(each, compare)]


def read_back_from_cloudformation(advices: Sequence[Advice]) -> list[str]:
    """What `check` reads in the template, with the parameters given, is the requests."""

    def compare(advice: Advice) -> None:
        _same(test_cloudformation.read_back(advice), wanted(plan_of(advice).requests))

    return [fault for each in advices for fault in _faults(each, compare)]


def read_back_from_terraform(advices: Sequence[Advice]) -> list[str]:
    """What `check` reads in the folder, with the variables given, is the requests."""

    def compare(advice: Advice) -> None:
        _same(test_terraform.read_back(advice), wanted(plan_of(advice).requests))

    return [fault for each in advices for fault in _faults(each, compare)]


def sent_by_shell(advices: Sequence[Advice]) -> list[str]:
    """The script hands the requests to a stand-in of the aws CLI."""
    tool("bash")

    def compare(advice: Advice) -> None:
        with tempfile.TemporaryDirectory() as folder:
            ran = test_shell.Ran(advice, Path(folder))
        _same(ran.sent(), test_shell.wanted(advice))

    return [fault for each in advices for fault in _faults(each, compare)]


def sent_by_boto3(advices: Sequence[Advice]) -> list[str]:
    """The script hands the requests to stand-ins of the clients."""

    def compare(advice: Advice) -> None:
        sent = test_boto3_script.sent(test_boto3_script.run(advice))
        _same(sent, test_boto3_script.wanted(advice))

    return [fault for each in advices for fault in _faults(each, compare)]


# -- the languages' own tools ----------------------------------------------------------------------


def compiled_by_python(advices: Sequence[Advice]) -> list[str]:
    """Python compiles the script."""

    def compiled(advice: Advice) -> None:
        ((name, content),) = boto3_script.files(advice)
        compile(content, name, "exec")

    return [fault for each in advices for fault in _faults(each, compiled)]


def read_by_bash(advices: Sequence[Advice]) -> list[str]:
    """``bash -n`` reads the script."""
    bash, faults = tool("bash"), []
    for advice in advices:
        ((_, content),) = shell.files(advice)
        said = subprocess.run(
            [bash, "-n"], input=content, capture_output=True, text=True, check=False
        )
        faults += [f"{advice.workload.name}: {said.stderr}"] if said.returncode else []
    return faults


def passed_by_shellcheck(kind: str) -> Judge:
    """shellcheck finds nothing, at its strictest severity."""

    def judge(advices: Sequence[Advice]) -> list[str]:
        program = tool("shellcheck")
        with tempfile.TemporaryDirectory() as name:
            folders = write_folders(advices, kind, Path(name))
            scripts = [str(each.relative_to(name)) for each in Path(name).glob("*/*.sh")]
            said = run(program, "--format=json1", *scripts, folder=Path(name))
        faults = []
        for each in json.loads(said.stdout)["comments"]:
            advice = folders[each["file"].partition("/")[0]]
            faults.append(f"{advice.workload.name}: SC{each['code']} {each['message']}")
        return faults

    return judge


def passed_by_cfn_lint(advices: Sequence[Advice]) -> list[str]:
    """cfn-lint finds nothing; templates that differ in texts only are judged once."""
    try:
        import cfnlint
        from cfnlint.config import ManualArgs
    except ImportError:
        raise MissingError("cfn-lint is not installed") from None
    faults, seen = [], set()
    for advice in advices:
        ((_, content),) = cloudformation.files(advice)
        region = advice.region or "us-east-1"
        shape = (
            region,
            re.sub(rf"{re.escape(advice.workload.name)}(-[0-9a-f]{{8}})?", "", content),
        )
        if shape not in seen:
            seen.add(shape)
            matches = cfnlint.lint(content, config=ManualArgs(regions=["us-east-1"]))
            faults += [f"{advice.workload.name}: {match}" for match in matches]
    return faults


JUDGES: tuple[tuple[str, str, Judge], ...] = (
    ("all", "no account that was not stated", names_nobody),
    ("requests", "botocore and the service model", accepted_by_botocore),
    ("requests", "read back", read_back_from_requests),
    ("requests", "sm-advise check", checked("requests")),
    ("cloudformation", "read back", read_back_from_cloudformation),
    ("cloudformation", "sm-advise check", checked("cloudformation")),
    ("cloudformation", "cfn-lint", passed_by_cfn_lint),
    ("terraform", "read back", read_back_from_terraform),
    ("terraform", "sm-advise check", checked("terraform")),
    ("terraform", "terraform fmt -check", terraform_roots.laid_out),
    ("terraform", "terraform validate", terraform_roots.validated),
    ("terraform", "terraform plan", terraform_roots.planned),
    ("shell", "sends the requests", sent_by_shell),
    ("shell", "bash -n", read_by_bash),
    ("shell", "shellcheck", passed_by_shellcheck("shell")),
    ("smoke-test", "shellcheck", passed_by_shellcheck("smoke-test")),
    ("shell", "moto over HTTP", stand_in.deployed_by_shell),
    ("boto3", "sends the requests", sent_by_boto3),
    ("boto3", "compile", compiled_by_python),
    ("boto3", "moto over HTTP", stand_in.deployed_by_boto3),
)
"""Dialect, what judges it, and how."""
