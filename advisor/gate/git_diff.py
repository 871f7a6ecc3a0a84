"""Which files changed since a revision, as git says."""

from __future__ import annotations

import os
import subprocess

from advisor.model.errors import InputError


def changed_since(revision: str) -> frozenset[str]:
    """Real paths of the files that differ from a revision, with those that git does not track yet.

    Raises:
        InputError: git is missing, this is no repository, or the revision is not known.
    """
    if revision.startswith("-"):
        raise InputError(f"{revision} is not a git revision", hint="Write one, such as main.")
    top = _git("rev-parse", "--show-toplevel").strip()
    differing = _git("diff", "--name-only", "-z", revision, "--")
    untracked = _git("ls-files", "--others", "--exclude-standard", "-z", "--full-name", top)
    names = [name for name in (differing + untracked).split("\0") if name]
    return frozenset(os.path.realpath(os.path.join(top, name)) for name in names)


def _git(*arguments: str) -> str:
    try:
        result = subprocess.run(  # noqa: S603 - our own arguments; the revision is no option
            ["git", *arguments],  # noqa: S607
            capture_output=True,
            check=False,
            text=True,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError(f"git cannot be run: {error}") from None
    if result.returncode:
        lines = result.stderr.strip().splitlines() or ["git failed"]
        raise InputError(
            f"git {arguments[0]}: {lines[-1]}",
            hint="--changed-since takes a revision such as origin/main; a shallow clone has few",
        )
    return result.stdout
