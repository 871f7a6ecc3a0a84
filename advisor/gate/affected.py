"""What a change reaches: the files that differ, as git says, and those that are judged by them."""

from __future__ import annotations

import os
from collections.abc import Iterable

from advisor.configuration.discover import FoundFiles
from advisor.configuration.files import is_parameter_file
from advisor.gate.intent.pairing import own_pairs, with_those_above
from advisor.gate.settings import LOCK_FILE, Pair, organisation_of
from advisor.model.errors import InputError
from advisor.rulebook.source import ORGANISATION_FILE, PROJECT_FILE
from advisor.workload.revision import git, reason

_SETTINGS = (ORGANISATION_FILE, PROJECT_FILE, LOCK_FILE)
_MOST_READ = 1 << 20  # bytes of a workload in which its artifacts are looked for


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
    result = git(os.curdir, *arguments)
    if result.returncode:
        raise InputError(
            f"git {arguments[0]}: {reason(result.stderr)}",
            hint="--changed-since takes a revision such as origin/main; a shallow clone has few",
        )
    return os.fsdecode(result.stdout)


class _Touched:
    """Answers for one set of changed files."""

    def __init__(self, changed: frozenset[str]) -> None:
        self.changed = changed
        self.folders = frozenset(os.path.dirname(path) for path in changed)
        names = {path: os.path.basename(path) for path in changed}
        self._below = tuple(
            os.path.join(os.path.dirname(path), "")
            for path, name in names.items()
            if name in _SETTINGS
        )
        self._parameters = frozenset(
            os.path.dirname(path) for path, name in names.items() if is_parameter_file(name)
        )

    def file(self, path: str) -> bool:
        """Whether a file differs, or the settings above it do, or what these extend."""
        real = os.path.realpath(path)
        if real in self.changed or real.startswith(self._below):
            return True
        extended = organisation_of(os.path.dirname(path)).files
        return any(os.path.realpath(each) in self.changed for each in extended)

    def configuration(self, path: str) -> bool:
        """Whether a configuration differs, or the values beside it that its parameters take."""
        return self.file(path) or os.path.dirname(os.path.realpath(path)) in self._parameters

    def artifact(self, path: str) -> bool:
        """Whether what a pair names differs: a file, a folder, or that of a Terraform file."""
        real = os.path.realpath(path)
        if os.path.isdir(real):
            return real in self.folders
        together = real.endswith((".tf", ".tf.json")) and os.path.dirname(real) in self.folders
        return together or self.configuration(path)

    def pairs(self, pairs: Iterable[Pair]) -> list[Pair]:
        """The pairs of which either side differs."""
        return [
            pair
            for pair in pairs
            if self.file(pair.workload) or self.artifact(pair.artifact.partition("#")[0])
        ]


def only_affected(
    found: FoundFiles, pairs: Iterable[Pair], changed: frozenset[str], workload: str
) -> tuple[FoundFiles, list[Pair]]:
    """The files and pairs of a run that a change reaches.

    Args:
        found: the files.
        pairs: those of the project.
        changed: real paths of the files that differ.
        workload: the path of the workload of every configuration, which reaches them all; or empty.
    """
    touched = _Touched(changed)
    reached = touched.pairs(pairs)
    if workload and touched.file(workload):
        return found, reached
    configurations = tuple(path for path in found.configurations if touched.configuration(path))
    folders = {  # those that they call, and that call them, belong to them anyway
        folder: files
        for folder, files in found.folders.items()
        if os.path.realpath(folder or ".") in touched.folders or any(map(touched.file, files))
    }
    above = with_those_above((*map(os.path.dirname, configurations), *folders))
    files = found._replace(
        workloads=tuple(
            path
            for path in found.workloads
            if (os.path.dirname(os.path.normpath(path)) or ".") in above  # it may be of its name
            or _is_touched_workload(path, touched)
        ),
        configurations=configurations,
        archives=tuple(path for path in found.archives if touched.file(path)),
        folders=folders,
    )
    return files, reached


def _is_touched_workload(path: str, touched: _Touched) -> bool:
    """Whether a workload differs, or what was made for it."""
    if touched.file(path):
        return True
    from advisor.workload import read_file

    try:
        with open(path, "rb") as stream:
            if b"artifacts" not in stream.read(_MOST_READ):
                return False
        workloads = read_file(path)
    except (OSError, InputError):
        return False  # it was like that before the change
    return any(touched.pairs(own_pairs(workload)) for workload in workloads)
