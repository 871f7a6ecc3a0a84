"""Write files completely or not at all, and never overwrite an edited file."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from advisor.model.errors import InputError
from advisor.text.written import finish, write_set

MAIN_FILE = re.compile(r"-create-(?:endpoint-config|transform-job)\.json\Z|\.tf\Z|\.ya?ml\Z")
"""The files of which one makes the option that was chosen."""
_REQUEST = re.compile(r"[0-9]+-[a-z]+(-[a-z]+)*\.json")  # 2-create-endpoint-config.json


def write_files(files: Sequence[tuple[Path, str]], *, force: bool, dry_run: bool) -> list[str]:
    """Write the files as a set, but for those that exist with the same content; a line about each.

    Raises:
        InputError: a file exists with other content and ``force`` is off (then nothing is
            written), or a folder cannot be created or written.
    """
    finished, lost = ([], []) if dry_run else finish(path for path, _ in files)
    actions = [(path, content, _standing(path)) for path, content in files]
    in_the_way = [path for path, content, old in actions if old is not None and old != content]
    if in_the_way and not force and not dry_run:
        raise InputError(
            f"{in_the_way[0]} already exists with other content",
            hint="Nothing was written. Add --force to overwrite it, or choose another folder.",
        )
    changed = [(str(path), content) for path, content, old in actions if old != content]
    if changed and not dry_run:
        write_set(changed)
    lines = [f"finished {path}, which an earlier run began" for path in finished]
    names = {os.path.realpath(path) for path, _ in files}
    lines += [
        f"{path} is part of a set that an earlier run began, and its new text is gone"
        for path in lost
        if path not in names
    ]
    for path, content, old in actions:
        if old == content:
            lines.append(f"unchanged {path}")
        elif dry_run:
            would = "would overwrite" if force else "would not overwrite without --force"
            lines.append(f"{'would write' if old is None else would} {path}")
        else:
            lines.append(f"wrote {path}")
    left = _left_over([path for path, _ in files])
    return [*lines, *(f"remove {path}: it is not part of this plan" for path in left)]


def _left_over(written: Sequence[Path]) -> list[Path]:
    """Requests of an earlier plan beside the written ones; their numbers are wrong now."""
    folders = dict.fromkeys(path.parent for path in written if _REQUEST.fullmatch(path.name))
    beside = [path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir())]
    return [path for path in beside if _REQUEST.fullmatch(path.name) and path not in written]


def _standing(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
