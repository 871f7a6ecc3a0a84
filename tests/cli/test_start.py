"""The answer as JSON loads nothing that only people need, and piped text is plain."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import ROOT, ran

EXAMPLE = str(ROOT / "examples" / "fraud-scoring.yaml")
FOR_PEOPLE = (
    "advisor.reports.advice_view",
    "advisor.engine.interview",
    "advisor.text.markup",
    "advisor.model.printable",
    "advisor.reference",
    "advisor.reports.markdown",
    "advisor.reports.text",
    "rich",
)


def test_json_loads_nothing_that_only_people_need() -> None:
    script = (
        "import json, sys; from advisor.cli import run; code = run(sys.argv[1:]);"
        " print(json.dumps(sorted(sys.modules)), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "advise", EXAMPLE, "--format", "json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(json.loads(done.stderr.splitlines()[-1]))
    assert "advisor.reports.json_v1" in loaded
    assert not loaded & set(FOR_PEOPLE)


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_piped_output_is_plain(form: str) -> None:
    done = ran(EXAMPLE, "--format", form, TERM="xterm-256color")
    assert done.code == 0
    assert "\x1b" not in done.out


@pytest.mark.parametrize("columns", ["60", "120"])
def test_the_width_of_the_terminal_is_honoured(columns: str) -> None:
    done = ran(EXAMPLE, COLUMNS=columns)
    assert max(map(len, done.out.splitlines())) <= int(columns)


def test_a_hostile_file_name_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    name = "a\x1b[31m[bold]b.yaml"
    (tmp_path / name).write_bytes(Path(ROOT / "examples" / "contested-limit.yaml").read_bytes())
    for form in ("text", "markdown"):
        done = ran(name, "--format", form, cwd=tmp_path)
        assert done.code == 0
        assert "\x1b" not in done.out + done.err
    assert "a\\x1b[31m[bold]b.yaml" in ran(name, cwd=tmp_path).out


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_encoding_of_the_terminal_will_do(encoding: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "advisor", EXAMPLE],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"fraud-scoring: real-time on 2 x ml.m5.xlarge" in done.stdout


def test_a_missing_file_with_a_hostile_name_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    done = ran("a\x1b[31mb.yaml", cwd=tmp_path)
    assert done.code == 2
    assert "\x1b" not in done.err
    assert "a\\x1b[31mb.yaml" in done.err


def test_a_pipe_gets_the_same_bytes_in_every_locale() -> None:
    texts = {
        subprocess.run(
            [sys.executable, "-m", "advisor", EXAMPLE],
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", **locale},
            capture_output=True,
            check=True,
        ).stdout
        for locale in ({"LC_ALL": "C"}, {"LC_ALL": "C.UTF-8"}, {"PYTHONIOENCODING": "latin-1"})
    }
    assert len(texts) == 1


@pytest.mark.parametrize(("word", "meant"), [("chek", "check"), ("Compare", "compare")])
def test_a_slip_in_a_command_is_told(word: str, meant: str) -> None:
    done = ran(word, EXAMPLE)
    assert done.code == 2
    assert f"no command or file is named {word}; did you mean {meant}?" in done.err


def test_a_file_named_like_a_command_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "chek").write_bytes(Path(EXAMPLE).read_bytes())
    assert ran("chek", "--format", "json", cwd=tmp_path).code == 0
    assert "cannot be read" in ran("elsewhere", cwd=tmp_path).err


def test_what_others_registered_for_the_end_still_runs() -> None:
    """Coverage, for one, writes its data then; the process is ended without taking it apart."""
    script = (
        "import atexit, sys; from advisor.cli import main;"
        " atexit.register(print, 'at the end', file=sys.stderr); main(sys.argv[1:])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(ROOT / "examples" / "none-fits.yaml")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "none" in done.stdout
    assert done.stderr.endswith("at the end\n")
