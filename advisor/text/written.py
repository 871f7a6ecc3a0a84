"""Files are written whole or not at all: one, or a set that changes together.

Each text goes to a temporary file beside its place, to the disk, and then into the place of the
old file: a link is followed, another hard link keeps the old text. A set of several first has a
journal in the folder above them all; a run that is killed between two of them leaves the journal,
and whoever writes there next ends what it began (``finish``), also where the folder was renamed.
Temporary files that no journal lists are removed then, unless another run writes there too.
"""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import TypeAlias

from advisor.model.errors import InputError
from advisor.text.digest import sha256

JOURNAL = ".sm-advise-unfinished"
"""Stands in a folder of which some files are new and some are old."""
_MARK = "sm-advise-set"
"""The key of a journal of ours; a file without it is somebody else's."""
_TEMPORARY = ".sm-advise~"
"""Ends the name of a temporary file: no reader of ours takes one, and nobody else makes one."""
_LONGEST_PREFIX = 50  # letters of a name that its temporary file has too, of four bytes each
_PATIENCE_S = 30.0
_PAUSE_S = 0.02
_TRIES = 50

_Placed: TypeAlias = tuple[str, str]  # a temporary file, and the file whose place it takes


Begun: TypeAlias = tuple[list[str], list[str]]
"""What a killed run left: the files that are new now, and those that are lost.

A file is lost whose new text is gone, and which does not hold it.
"""


def write_set(files: Sequence[tuple[str, str]]) -> None:
    """Write texts to paths, all or none; a link is followed, and a file keeps its mode.

    Raises:
        InputError: a folder cannot be made, or a file cannot be written; then all are as before,
            or the message says that the next run finishes the set.
    """
    placed: list[_Placed] = []
    path = journal = ""
    folders: set[str] = set()
    try:
        with ExitStack() as writing:
            for path, text in files:
                place = os.path.realpath(path)
                folder = os.path.dirname(place)
                if folder not in folders:
                    os.makedirs(folder, exist_ok=True)
                    writing.enter_context(_swept(folder))
                    folders.add(folder)
                placed.append(_beside(place, text))
            if len(placed) > 1:
                journal = _journal(placed)
            _place(placed, journal)
    except OSError as error:
        hint = "Some files are new. The next run that writes there finishes the others."
        if not journal:
            _remove(placed)
            hint = _HINT
        raise _refused(path, error, hint) from error
    except InputError:
        _remove(placed)
        raise


def _journal(placed: Sequence[_Placed]) -> str:
    """Write down what is to take whose place, and what it then holds."""
    folder = _above(placed)
    place = os.path.join(folder, JOURNAL)
    names = {path for _, path in placed}
    lost = [path for path in _finish(folder)[1] if path not in names]
    if lost:
        raise InputError(
            f"{lost[0]} is part of a set that an earlier run began, and its new text is gone",
            hint=f"Write that set again, or look at its files and remove {place}.",
        )
    listed = [
        (os.path.relpath(temporary, folder), os.path.relpath(path, folder), _digest(temporary))
        for temporary, path in placed
    ]
    written = _beside(place, json.dumps({_MARK: listed}))
    try:
        _place([written])
    except OSError:
        _remove([written])
        raise
    return written[1]


def _above(placed: Sequence[_Placed]) -> str:
    """The folder above all files of a set; where it cannot be written, that of the first."""
    folders = [os.path.dirname(path) for _, path in placed]
    with suppress(ValueError):  # two drives have none
        found = os.path.commonpath(folders)
        if os.access(found, os.W_OK):
            return found
    return folders[0]


def _digest(path: str) -> str:
    with open(path, "rb") as stream:
        return sha256(stream.read())


def _remove(placed: Iterable[_Placed]) -> None:
    for temporary, _ in placed:
        with suppress(OSError):
            os.unlink(temporary)


def finish(paths: Iterable[str | os.PathLike[str]]) -> Begun:
    """End what killed runs began in the folders of some files, or in a folder above these.

    Raises:
        InputError: a file cannot take its place; the next run tries again.
    """
    finished: list[str] = []
    lost: list[str] = []
    own = dict.fromkeys(os.path.dirname(os.path.realpath(path)) for path in paths)
    for folder in dict.fromkeys(each for below in own for each in _upwards(below)):
        try:
            ready, gone = _finish(folder)
        except OSError as error:
            raise _refused(error.filename or folder, error) from error
        finished += ready
        lost += gone
    for folder in own:
        with _swept(folder):
            pass
    return finished, lost


def _upwards(folder: str) -> Iterator[str]:
    """A folder and every one above it."""
    below = ""
    while folder != below:
        yield folder
        folder, below = os.path.dirname(folder), folder


@contextmanager
def _swept(folder: str) -> Iterator[None]:
    """Remove what killed runs left in a folder, and keep others from doing so meanwhile.

    Nothing is removed where the system locks no folders (Windows), or where another run writes.
    """
    handle = -1
    with suppress(OSError, ImportError):
        import fcntl

        handle = os.open(folder, os.O_RDONLY)
        with suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _sweep(folder)
        for _ in range(_TRIES):
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
                break
            except BlockingIOError:  # another run sweeps
                time.sleep(_PAUSE_S)
    try:
        yield
    finally:
        if handle >= 0:
            with suppress(OSError):
                os.close(handle)


def _sweep(folder: str) -> None:
    if not any(os.path.lexists(os.path.join(each, JOURNAL)) for each in _upwards(folder)):
        names = [
            each for each in os.listdir(folder) if each[0] == "." and each.endswith(_TEMPORARY)
        ]
        _remove((os.path.join(folder, name), "") for name in names)


def _finish(folder: str) -> Begun:
    """End what the journal of a folder lists; it stays where something is lost."""
    journal = os.path.join(folder, JOURNAL)
    ready: list[_Placed] = []
    lost = []
    for temporary, path, digest in _listed(folder, journal):
        if os.path.isfile(temporary):
            ready.append((temporary, path))
        elif not (os.path.isfile(path) and _digest(path) == digest):
            lost.append(path)
    if os.path.lexists(journal):
        _place(ready, "" if lost else journal)
    return [path for _, path in ready], lost


def _listed(folder: str, journal: str) -> list[tuple[str, str, str]]:
    """The entries of a journal with whole paths; nothing where there is none.

    Raises:
        InputError: the file is none of ours, and stays as it is.
    """
    try:
        with open(journal, encoding="utf-8") as stream:
            entries = [
                (_within(folder, temporary), _within(folder, path), str(digest))
                for temporary, path, digest in json.load(stream)[_MARK]
            ]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (OSError, ValueError, TypeError, LookupError, RecursionError):
        entries = [("", "", "")]
    if not all(_is_temporary_of(temporary, path) for temporary, path, _ in entries):
        raise InputError(
            f"{journal} is not what a run of sm-advise left", hint="Look at it, and move it away."
        )
    return entries


def _within(folder: str, name: str) -> str:
    return os.path.normpath(os.path.join(folder, name))


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


_HINT = "Check the folder and its permissions."


def _refused(path: str, error: OSError, hint: str = _HINT) -> InputError:
    return InputError(f"{path} cannot be written: {error.strerror or error}", hint=hint)


@contextmanager
def held(path: str) -> Iterator[None]:
    """Keep other runs from a file while it is read, changed and written.

    Raises:
        InputError: another run has held it for half a minute, or its lock is somebody else's.
    """
    import tempfile

    name = os.path.join(tempfile.gettempdir(), f"sm-advise-{_known_as(path)}.lock")
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)  # others may write there
    handle = os.open(name, flags, 0o600)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != _user():
            raise InputError(f"{name} is not yours", hint="Remove it, or set TMPDIR.")
        end = time.monotonic() + _PATIENCE_S
        while not _locked(handle):
            if time.monotonic() > end:
                raise InputError("another run of sm-advise writes it", file=path, hint="try again")
            time.sleep(_PAUSE_S)
        yield
    finally:
        os.close(handle)  # which gives it up, as the end of the process does


def _known_as(path: str) -> str:
    return sha256(f"{_user()} {os.path.realpath(path)}".encode("utf-8", "surrogatepass"))[:24]


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0


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
