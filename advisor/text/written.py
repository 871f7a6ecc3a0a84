"""Files are written whole or not at all: one, or a set that changes together.

Each text goes to a temporary file beside its place, to the disk, and then into the place of the
old file. A set of several first has a journal in its folder; a run that is killed between two of
them leaves the journal, and whoever writes there next ends what it began (``finish``).
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TypeAlias

from advisor.model.errors import InputError

JOURNAL = ".sm-advise-unfinished"
"""Stands in a folder of which some files are new and some are old."""
_TEMPORARY = "~"
"""Ends the name of a temporary file: no reader of ours takes one."""
_LONGEST_PREFIX = 100  # letters of a name that its temporary file has too
_PATIENCE_S = 30.0

_Placed: TypeAlias = tuple[str, str]  # a temporary file, and the file whose place it takes


def write_set(files: Sequence[tuple[str, str]]) -> None:
    """Write texts to paths, all or none; a link is followed, and a file keeps its mode.

    Raises:
        InputError: a folder cannot be made, or a file cannot be written; then all are as before.
    """
    placed: list[_Placed] = []
    path = journal = ""
    try:
        for path, text in files:
            placed.append(_beside(os.path.realpath(path), text))
        if len(placed) > 1:
            journal = _journal(placed)
        _place(placed, journal)
    except OSError as error:
        if not journal:  # with one, whoever writes there next ends what it lists
            _remove(placed)
        raise _refused(path, error) from error


def _journal(placed: Sequence[_Placed]) -> str:
    """Write down what is to take whose place, and where that stands."""
    folder = os.path.dirname(placed[0][1])
    finish(folder)
    written = _beside(os.path.join(folder, JOURNAL), json.dumps(placed))
    try:
        _place([written])
    except OSError:
        _remove([written])
        raise
    return written[1]


def _remove(placed: Iterable[_Placed]) -> None:
    for temporary, _ in placed:
        with suppress(OSError):
            os.unlink(temporary)


def finish(folder: str) -> list[str]:
    """End what a killed run began in a folder; the files that are new now."""
    journal = os.path.join(folder, JOURNAL)
    try:
        with open(journal, encoding="utf-8") as stream:
            listed = [(str(temporary), str(path)) for temporary, path in json.load(stream)]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError, RecursionError):
        listed = []  # it is none of ours
    ours = [each for each in listed if _is_temporary_of(*each) and os.path.isfile(each[0])]
    _place(ours, journal)
    return [path for _, path in ours]


def _is_temporary_of(temporary: str, path: str) -> bool:
    """Whether one file was written to take the place of the other: a journal may be forged."""
    folder, name = os.path.split(path)
    begins = os.path.join(folder, f".{name[:_LONGEST_PREFIX]}-")
    return temporary.startswith(begins) and temporary.endswith(_TEMPORARY)


def _place(placed: Iterable[_Placed], journal: str = "") -> None:
    folders = dict.fromkeys(os.path.dirname(path) for _, path in placed)
    for temporary, path in placed:
        os.replace(temporary, path)
    for folder in folders:
        _keep_names(folder)
    if journal:
        os.unlink(journal)


def _beside(path: str, text: str) -> _Placed:
    """Write a text to the disk beside its place, with the mode that it will have there."""
    import tempfile  # which loads a dozen modules, and most runs write nothing

    folder, name = os.path.split(path)
    os.makedirs(folder, exist_ok=True)
    handle, temporary = tempfile.mkstemp(
        dir=folder, prefix=f".{name[:_LONGEST_PREFIX]}-", suffix=_TEMPORARY
    )
    try:
        # A file name that is no UTF-8 has halves of characters, which JSON escapes in this way.
        with os.fdopen(
            handle, "w", encoding="utf-8", newline="\n", errors="backslashreplace"
        ) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, _mode(path))
    except BaseException:
        _remove([(temporary, path)])
        raise
    return temporary, path


def _mode(path: str) -> int:
    """The mode of the file that is there, or that of a new one."""
    try:
        return os.stat(path).st_mode & 0o7777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _keep_names(folder: str) -> None:
    """Bring the names in a folder to the disk, where the system can."""
    with suppress(OSError):  # Windows opens no folder
        handle = os.open(folder or ".", os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _refused(path: str, error: OSError) -> InputError:
    return InputError(
        f"{path} cannot be written: {error.strerror or error}",
        hint="Check the folder and its permissions.",
    )


@contextmanager
def held(path: str) -> Iterator[None]:
    """Keep other runs from a file while it is read, changed and written.

    Raises:
        InputError: another run has held it for half a minute.
    """
    import tempfile

    name = f"sm-advise-{_known_as(path)}.lock"
    handle = os.open(os.path.join(tempfile.gettempdir(), name), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        end = time.monotonic() + _PATIENCE_S
        while not _locked(handle):
            if time.monotonic() > end:
                raise InputError("another run of sm-advise writes it", file=path, hint="try again")
            time.sleep(0.02)
        yield
    finally:
        os.close(handle)  # which gives it up, as the end of the process does


def _known_as(path: str) -> str:
    from advisor.text.digest import sha256

    user = os.getuid() if hasattr(os, "getuid") else 0
    return sha256(f"{user} {os.path.realpath(path)}".encode("utf-8", "surrogatepass"))[:24]


def _locked(handle: int) -> bool:
    try:
        try:
            import fcntl
        except ImportError:  # Windows
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
