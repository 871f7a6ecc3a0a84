"""Programs that judge artifacts, and the folders they judge."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from advisor.artifacts import maker
from advisor.model.advice import Advice

Judge = Callable[[Sequence[Advice]], list[str]]
"""The faults of many artifacts, each with the name of its workload; raises ``MissingError``."""


class MissingError(Exception):
    """The tool of a judge is not on this machine."""


def tool(name: str) -> str:
    """Where a program is.

    Raises:
        MissingError: it is not installed.
    """
    beside = Path(sys.executable).parent  # where pip puts programs, on the path or not
    path = shutil.which(name) or shutil.which(name, path=str(beside))
    if path is None:
        raise MissingError(f"{name} is not installed")
    return path


def run(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What a program answers in a folder."""
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def write_folders(advices: Sequence[Advice], kind: str, folder: Path) -> dict[str, Advice]:
    """The files of each advice in a folder of its own; the advice of each folder."""
    folders = {f"w{number:04}": advice for number, advice in enumerate(advices)}
    for name, advice in folders.items():
        (folder / name).mkdir()
        for file, content in maker(kind)(advice):
            (folder / name / file).write_text(content, encoding="utf-8", newline="\n")
    return folders
