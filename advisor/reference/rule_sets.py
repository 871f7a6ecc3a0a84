"""A set of rules by its name: a folder, the wheel of a release, or a git revision."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager

from advisor.model.errors import InputError
from advisor.rulebook.cache import rules_directory
from advisor.workload.revision import git, reason

MOST_BYTES = 64 << 20
"""Of all files of a set together; the rules of a release are a hundredth of it."""
_PLACES = ("", "rules", os.path.join("advisor", "rules"))  # in a folder: bare, checkout, installed
_SIGN = "flowchart.yaml"
_ENDS = (".yaml", ".csv", ".json")
_FORMS = (
    "It is a folder of rules, the wheel of a release (pip download --no-deps sm-advise==VERSION),"
    " or a git revision such as v0.1.0 or main:rules."
)


@contextmanager
def rule_set(name: str) -> Iterator[str]:
    """The folder of a set of rules, for as long as it is looked at; empty: the rules in use.

    Raises:
        InputError: there is no such set, or it is larger than any set of rules.
    """
    if not name:
        yield rules_directory()
    elif os.path.isdir(name):
        yield _in_folder(name)
    else:
        import tempfile

        files = _in_wheel(name) if os.path.isfile(name) else _in_revision(name)
        with tempfile.TemporaryDirectory(prefix="sm-advise-") as folder:
            _write(files, folder, name)
            yield _in_folder(folder)


def _in_folder(folder: str) -> str:
    for place in _PLACES:
        inside = os.path.join(folder, place) if place else folder
        if os.path.isfile(os.path.join(inside, _SIGN)):
            return inside
    raise InputError("this folder contains no rules", file=folder, hint=_FORMS)


def _in_wheel(path: str) -> Iterator[tuple[str, bytes]]:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            inside = "advisor/rules/"
            for member in archive.infolist():
                if member.filename.startswith(inside) and member.filename.endswith(_ENDS):
                    with archive.open(member) as stream:
                        yield member.filename.removeprefix(inside), stream.read(MOST_BYTES + 1)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
        raise InputError(f"this file is not a wheel: {error}", file=path, hint=_FORMS) from None


def _in_revision(name: str) -> Iterator[tuple[str, bytes]]:
    import tarfile

    revision, _, inside = name.partition(":")
    if not revision or revision.startswith("-") or "\0" in name:
        raise InputError(f"{name!r} contains no rules", hint=_FORMS)
    found = git(os.curdir, "rev-parse", "--show-toplevel")
    if found.returncode:
        raise InputError(
            f"{name} is no folder or file, and the current folder is not in a git repository",
            hint=_FORMS,
        )
    top = os.fsdecode(found.stdout).rstrip("\n")
    archive = git(top, "archive", "--format=tar", f"{revision}:{inside or 'rules'}")
    if archive.returncode:
        raise InputError(f"{name} contains no rules: {reason(archive.stderr)}", hint=_FORMS)
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        for member in files:
            stream = files.extractfile(member) if member.isreg() else None
            if stream is not None and member.name.endswith(_ENDS):
                yield member.name, stream.read(MOST_BYTES + 1)


def _write(files: Iterator[tuple[str, bytes]], folder: str, name: str) -> None:
    """Write the files of a set, none of them outside the folder, and not more than is plausible."""
    total = 0
    for path, data in files:
        total += len(data)
        target = os.path.normpath(os.path.join(folder, path))
        if not target.startswith(folder + os.sep):
            raise InputError(f"it contains a file that leads out of its folder: {path}", file=name)
        if total > MOST_BYTES:
            raise InputError("it is too large to be a set of rules", file=name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as stream:
            stream.write(data)
