"""`sm-advise init`: a template without a terminal, the few questions that matter on one."""

from __future__ import annotations

import os
import select
import sys
import time
from pathlib import Path

import pytest

from advisor.workload import read_file
from tests.cli.command import ROOT, called, ran


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("advisor.cli.init.interactive", lambda: True)


def stated(file: str) -> dict[str, str]:
    (workload,) = read_file(file)
    return {path: item.text for path, item in workload.values.items()}


def test_without_a_terminal_the_template_is_written() -> None:
    done = called("init")
    assert done.code == 0
    assert done.err == "wrote workload.yaml; run sm-advise workload.yaml for the whole answer\n"
    assert set(stated("workload.yaml")) == {"schema", "name", "requests.arrival"}


def test_a_file_is_not_overwritten_unless_forced() -> None:
    Path("mine.yaml").write_text("mine", encoding="utf-8")
    done = called("init", "mine.yaml")
    assert done.code == 2
    assert "mine.yaml already exists" in done.err
    assert Path("mine.yaml").read_text(encoding="utf-8") == "mine"
    assert called("init", "mine.yaml", "--force").code == 0
    assert "name" in stated("mine.yaml")


def test_to_standard_output_nothing_is_written() -> None:
    Path("workload.yaml").write_text("mine", encoding="utf-8")
    done = called("init", "--stdout")
    assert done.code == 0
    assert "name: my-model" in done.out
    assert Path("workload.yaml").read_text(encoding="utf-8") == "mine"


@pytest.mark.usefixtures("at_a_terminal")
def test_only_what_can_change_the_answer_is_asked() -> None:
    # Sustained traffic: real-time, whatever the rest; no feature of the list changes that.
    done = called("init", typed="churn\nonline\nsustained\n\n\n\n\n\n")
    assert done.code == 0
    found = stated("workload.yaml")
    assert found["name"] == "churn"
    assert found["traffic.pattern"] == "sustained"
    assert "The answer is real-time." in done.err


@pytest.mark.usefixtures("at_a_terminal")
def test_needs_are_asked_for_when_they_change_the_answer() -> None:
    done = called("init", typed="churn\n\nintermittent\ntolerated\nvpc, kms\n\n\n\n\n")
    assert "So far: serverless. Each of these needs would change that:" in done.err
    assert "  vpc                        Private network (VPC)\n" in done.err
    assert "  kms " not in done.err
    found = stated("workload.yaml")
    assert "needs.vpc" in found
    assert "The answer is real-time." in done.err


@pytest.mark.usefixtures("at_a_terminal")
def test_a_question_can_be_skipped() -> None:
    called("init", typed="churn\n" + "\n" * 12)
    found = stated("workload.yaml")
    assert set(found) == {"schema", "name", "requests.arrival"} | {
        path for path in found if path == "needs"
    }


@pytest.mark.usefixtures("at_a_terminal")
def test_needs_are_not_asked_for_when_none_changes_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("advisor.engine.interview.needs_that_matter", lambda *_: ())
    done = called("init", typed="churn\nonline\nsustained\n\n\n\n\n")
    assert "So far" not in done.err
    assert done.code == 0


@pytest.mark.usefixtures("at_a_terminal")
def test_a_wrong_answer_is_asked_again_and_a_question_mark_explains() -> None:
    done = called("init", typed="churn\n\n?\nspky\nspiky\ntolerated\n\n\n\n\n")
    assert "traffic.pattern (fact, rules/assumptions.yaml)" in done.err
    assert "did you mean spiky?" in done.err
    assert stated("workload.yaml")["traffic.pattern"] == "spiky"


@pytest.mark.usefixtures("at_a_terminal")
def test_questions_leave_standard_output_to_the_file() -> None:
    done = called("init", "--stdout", typed="churn\nbatch\n\n\n")
    assert done.out.startswith("# A workload for sm-advise.")
    assert "name: churn" in done.out
    assert "Press Enter to skip" in done.err


@pytest.mark.usefixtures("at_a_terminal")
def test_nothing_is_asked_when_told_not_to() -> None:
    assert "Press Enter" not in called("init", "--no-questions").err


@pytest.mark.usefixtures("at_a_terminal")
def test_leaving_in_the_middle_writes_nothing() -> None:
    import click

    with pytest.raises(click.Abort):
        called("init", typed="churn\n")
    assert not Path("workload.yaml").exists()


def test_as_a_process(tmp_path: Path) -> None:
    done = ran("init", "fresh.yaml", cwd=tmp_path)
    assert done.code == 0
    assert ran("fresh.yaml", "--format", "json", cwd=tmp_path).code == 0
    assert ran("init", "fresh.yaml", cwd=tmp_path).code == 2


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_on_a_real_terminal_it_asks(tmp_path: Path) -> None:
    import pty

    child, terminal = pty.fork()
    if child == 0:
        os.chdir(tmp_path)
        os.environ["PYTHONPATH"] = str(ROOT)
        os.execv(sys.executable, [sys.executable, "-m", "advisor", "init"])  # noqa: S606
    os.write(terminal, b"churn\nonline\nsustained\n" + b"\n" * 12)
    said = b""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        ready, _, _ = select.select([terminal], [], [], 1)
        try:
            part = os.read(terminal, 4096) if ready else b" "
        except OSError:  # the other end is closed
            break
        if not part:
            break
        said += part
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0, said.decode()
    assert b"Shape of the traffic" in said
    assert stated(str(tmp_path / "workload.yaml"))["traffic.pattern"] == "sustained"
