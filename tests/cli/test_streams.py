"""What stands around a command: streams that are closed or full, a folder that is gone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import ROOT

FITS, NONE_FITS = (
    str(ROOT / "examples" / f"{name}.yaml") for name in ("fraud-scoring", "none-fits")
)
PROGRAM = f"{sys.executable} -m advisor"
posix = pytest.mark.skipif(os.name != "posix", reason="a POSIX shell closes and fills the streams")


def shell(command: str, cwd: Path = ROOT) -> tuple[int, str, str]:
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@posix
@pytest.mark.parametrize(
    ("streams", "said"),
    [
        (">&-", "error: standard output is closed\n"),
        ("> /dev/full", "error: No space left on device\n"),
        (">&- 2>&-", ""),
    ],
)
def test_an_answer_that_cannot_be_printed_is_no_answer(streams: str, said: str) -> None:
    assert shell(f"{PROGRAM} {FITS} {streams}") == (2, "", said)


@posix
@pytest.mark.parametrize("command", ["advise", "check", "cost", "compare"])
def test_a_closed_standard_input_is_said(command: str) -> None:
    code, out, error = shell(f"{PROGRAM} {command} - <&-")
    assert (code, out) == (2, "")
    assert error.startswith("error: -: standard input is closed\n")


@posix
@pytest.mark.parametrize(("file", "expected"), [(FITS, 0), (NONE_FITS, 1), ("missing.yaml", 2)])
@pytest.mark.parametrize("reader", ["true", "head -1"])
def test_a_reader_that_leaves_does_not_change_the_exit_code(
    file: str, expected: int, reader: str
) -> None:
    advise = f"{PROGRAM} advise {file} --format json 2>&1"
    command = f"{advise} | {reader} > /dev/null; exit ${{PIPESTATUS[0]}}"
    assert shell(command)[0] == expected


@posix
@pytest.mark.parametrize("command", [f"advise {FITS}", "check .", "cost ."])
def test_a_folder_that_is_gone_is_said(command: str, tmp_path: Path) -> None:
    gone = f"mkdir {tmp_path}/gone && cd {tmp_path}/gone && rmdir {tmp_path}/gone"
    code, out, error = shell(f"{gone} && {PROGRAM} {command}")
    assert (code, out) == (2, "")
    assert error == "error: the current folder is gone\n"


def test_settings_that_cannot_be_read_are_no_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from advisor.gate.settings.settings_file import read_toml_settings
    from advisor.model.errors import InputError

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "pyproject.toml"
    path.write_text("[tool.sm-advise]\n", encoding="utf-8")
    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(InputError, match="cannot be read: Permission denied"):
        read_toml_settings(str(path))
