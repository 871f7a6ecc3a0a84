"""A file as it stands in a git revision."""

from __future__ import annotations

import os
import subprocess

from advisor.model.errors import InputError
from advisor.text.terms import WORKLOAD

_PATIENCE_S = 60


def is_revision(name: str) -> bool:
    """Whether a name means ``REV:path``, and not a file."""
    revision, colon, path = name.partition(":")
    return bool(revision and colon and path) and not os.path.exists(name)


def read_revision(revision: str, path: str) -> bytes:
    """The bytes of a file in a revision.

    Args:
        revision: a commit, branch or tag.
        path: as on the command line, or from the top of the repository.

    Raises:
        InputError: git is missing, this is no repository, it knows no such revision or file, or the
            file is too large.
    """
    name = f"{revision}:{path}"
    if not revision or revision.startswith("-") or ":" in revision or "\0" in name:
        raise InputError(
            f"{revision!r} is not a git revision",
            hint="Write a revision, such as main, HEAD~1 or v1.2.",
        )
    folder, base = os.path.split(os.path.abspath(path))
    beside = f"{revision}:./{base}"
    if os.path.isdir(folder) and git(folder, "cat-file", "-e", beside).returncode == 0:
        return _blob(folder, beside, name)
    return _blob(os.curdir, name, name)


def _blob(folder: str, address: str, name: str) -> bytes:
    size = git(folder, "cat-file", "-s", address)
    if size.returncode:
        raise InputError(
            f"git cannot find {name}: {reason(size.stderr)}",
            hint="Write REVISION:PATH, or FILE with --rev REVISION.",
        )
    if int(size.stdout) > WORKLOAD.most_bytes:
        raise InputError("the file is too large for a workload file", file=name)
    found = git(folder, "cat-file", "blob", address)
    if found.returncode:
        raise InputError(f"{name} is not a file: {reason(found.stderr)}")
    return found.stdout


def reason(errors: bytes) -> str:
    """The error of git, on one line."""
    lines = errors.decode(errors="replace").strip().splitlines() or ["git failed"]
    return lines[-1].removeprefix("fatal: ")


def git(folder: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """One command of git's plumbing: no pager, nothing that the repository could configure.

    Raises:
        InputError: git is missing, or takes longer than a minute.
    """
    try:
        return subprocess.run(  # noqa: S603 - our own arguments; the revision is no option
            ["git", *arguments],  # noqa: S607 - git is found where the user has it
            cwd=folder,
            capture_output=True,
            check=False,
            timeout=_PATIENCE_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError(f"git cannot be run: {error}") from error
