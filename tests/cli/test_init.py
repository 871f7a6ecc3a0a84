"""`sm-advise init`: a few questions in words, an example or a configuration, or a template."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisor.model.usage import FleetUsage, JobUsage
from advisor.pipeline import advise
from advisor.reference.questions import words
from advisor.workload import read_file
from tests.cli.command import ROOT, Done, called, ran

TEMPLATE = {"schema", "name", "requests.arrival"}
ENOUGH = "\n" * 30  # lines that skip every further question


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def stated(file: str) -> dict[str, str]:
    (workload,) = read_file(file)
    return {path: item.text for path, item in workload.values.items()}


def typing(*lines: str) -> Done:
    """`init` with some lines typed, the rest skipped."""
    return called("init", "--force", typed="\n".join(lines) + ENOUGH)


# -- without answers -------------------------------------------------------------------------------


def test_without_answers_the_template_is_written() -> None:
    done = called("init")
    assert done.code == 0
    assert done.err == "wrote workload.yaml; run sm-advise workload.yaml for the whole answer\n"
    assert set(stated("workload.yaml")) == TEMPLATE


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


@pytest.mark.parametrize("flag", ["--no-questions", "--no-input", "--template"])
def test_nothing_is_asked_when_told_not_to(flag: str) -> None:
    assert "Choose a number" not in called("init", flag, typed=ENOUGH).err
    assert set(stated("workload.yaml")) == TEMPLATE


def test_as_a_process(tmp_path: Path) -> None:
    done = ran("init", "fresh.yaml", cwd=tmp_path)
    assert done.code == 0
    assert ran("fresh.yaml", "--format", "json", cwd=tmp_path).code == 0
    assert ran("init", "fresh.yaml", cwd=tmp_path).code == 2


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
def test_a_closed_standard_input_is_said() -> None:
    code = os.system(  # noqa: S605 - a shell closes the stream
        f"PYTHONPATH={ROOT} {sys.executable} -m advisor init <&- 2>said.txt"
    )
    assert os.waitstatus_to_exitcode(code) == 2
    said = Path("said.txt").read_text(encoding="utf-8")
    assert said.startswith("error: standard input is closed\n  Nothing was written.")
    assert not Path("workload.yaml").exists()


# -- questions -------------------------------------------------------------------------------------


def test_the_answer_follows_the_last_question() -> None:
    done = typing("churn", "1", "1", "1", "1", "1", "100/day", "now and then")
    assert done.code == 0
    *_, last = done.err.rstrip("\n").splitlines()
    assert last == "wrote workload.yaml; run sm-advise workload.yaml for the whole answer"
    lines = done.err.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("churn: serverless"))
    labels = [line.split()[0] for line in lines[start + 1 : start + 5]]
    assert labels == ["Why", "Or", "Assumes", "Next"]


def test_a_question_can_be_skipped() -> None:
    done = typing("churn")
    assert set(stated("workload.yaml")) == TEMPLATE
    assert done.err.count("\n> ") <= 8 + words("follow_ups")


@pytest.mark.parametrize("typed", ["dunno", "Don't know.", "skip", "not sure", "N/A", "-"])
def test_who_does_not_know_says_so(typed: str) -> None:
    done = typing("churn", "online", typed)
    assert "model.parameters" not in done.err
    assert set(stated("workload.yaml")) == TEMPLATE


@pytest.mark.parametrize(
    ("typed", "key", "text"),
    [
        ("500 per day", "traffic.volume", "500 per day"),
        ("about 500 a day", "traffic.volume", "about 500 a day"),
        ("~ 2M/month", "traffic.volume", "~ 2M/month"),
        ("roughly 20/s", "traffic.peak", "roughly 20/s"),
        ("20 rps", "traffic.peak", "20 rps"),
        ("400/h", "traffic.peak", "400/h"),
        ("3", "traffic.volume", "2k/day"),
        ("2/h..6/h", "traffic.peak", "2/h..6/h"),
    ],
)
def test_how_often_is_taken_as_people_say_it(typed: str, key: str, text: str) -> None:
    typing("churn", "1", "", "", "", "", typed)
    found = stated("workload.yaml")
    assert found[key] == text
    assert len({"traffic.volume", "traffic.peak"} & found.keys()) == 1


@pytest.mark.parametrize(
    ("typed", "key", "text"),
    [
        ("8B", "model.parameters", "8B"),
        ("8 billion", "model.parameters", "8 billion"),
        ("4", "model.parameters", "8B"),
        ("3 GB", "model.size", "3 GB"),
        ("about 3gb", "model.size", "about 3gb"),
        ("1", "model.size", "tiny"),
    ],
)
def test_how_large_is_parameters_or_a_file(typed: str, key: str, text: str) -> None:
    typing("churn", "1", typed)
    found = stated("workload.yaml")
    assert found[key] == text
    assert len({"model.size", "model.parameters"} & found.keys()) == 1


@pytest.mark.parametrize("typed", ["9", "0", "8", "vast", "-3 GB", "3 parsecs", "1 KB: x"])
def test_a_wrong_answer_says_what_is_expected_and_is_asked_again(typed: str) -> None:
    done = typing("churn", "1", typed, "3 GB")
    assert stated("workload.yaml")["model.size"] == "3 GB"
    said = done.err.partition("How large is the model?")[2].partition("GPU")[0]
    assert "write it like" in " ".join(said.split())


@pytest.mark.parametrize(
    ("typed", "text"),
    [("gpu", "gpu"), ("yes", "gpu"), ("2", "gpu"), ("no", "none"), ("Inferentia", "neuron")],
)
def test_a_choice_may_be_typed_as_a_word_of_it(typed: str, text: str) -> None:
    typing("churn", "1", "", typed)
    assert stated("workload.yaml")["model.accelerator"] == text


def test_a_question_mark_explains_with_an_example() -> None:
    done = typing("churn", "1", "", "", "?", "20 KB")
    said = " ".join(done.err.split())
    assert "Request body on the wire. A single value is the largest. Example: 2 MB." in said
    assert stated("workload.yaml")["requests.payload"] == "20 KB"


def test_arrival_decides_what_is_asked() -> None:
    one, all_at_once = typing("churn", "online").err, typing("churn", "Batch").err
    assert "How large is one request?" in one
    assert "rows" not in one
    assert "How many rows or files does a run have?" in all_at_once
    assert "How large is one request?" not in all_at_once


def test_only_what_can_change_the_answer_is_asked_after_the_first_questions() -> None:
    # A request of 50 MB is too large for a call: asynchronous, whatever the traffic.
    done = typing("churn", "1", "1", "1", "5", "2", "100/day")
    assert "It can lead to" not in done.err
    # Small and rare requests: the pattern decides between instances and serverless.
    done = typing("churn", "1", "1", "1", "1", "1", "100/day")
    assert "How is the traffic spread over a day?" in done.err
    assert "It can lead to real-time or serverless." in done.err


def test_needs_are_asked_for_when_they_lead_to_another_option() -> None:
    done = typing("churn", "1", "1", "1", "1", "1", "100/day", "4", "1 and kms")
    assert "So far: serverless. Each would change that." in done.err
    assert "  1  The model runs in your own network (VPC)\n" in done.err
    found = stated("workload.yaml")
    assert {"needs.vpc", "needs.kms"} <= found.keys()
    assert "\nchurn: real-time" in done.err


def test_none_of_the_needs_is_an_answer() -> None:
    typing("churn", "1", "1", "1", "1", "1", "100/day", "4", "none")
    text = Path("workload.yaml").read_text(encoding="utf-8")
    assert "\nneeds: []" in text


def test_questions_leave_standard_output_to_the_file() -> None:
    done = called("init", "--stdout", typed="churn\nbatch\n" + ENOUGH)
    assert done.out.startswith("# A workload for sm-advise.")
    assert "name: churn" in done.out
    assert "Choose a number" in done.err
    assert "\nchurn: batch transform" in done.err


@pytest.mark.parametrize("typed", ["churn\n", "churn\nonline\n8B\n2\n", "churn\nonline\n8"])
def test_lines_that_end_too_early_write_nothing(typed: str) -> None:
    done = called("init", typed=typed)
    assert done.code == 2
    assert "the answers ended before the questions did" in done.err
    assert not Path("workload.yaml").exists()


TYPED = st.one_of(
    st.sampled_from(["", "?", "1", "2", "3", "4", "5", "99", "dunno", "large", "no", "8B", "2 MB"]),
    st.sampled_from(["20M", "4 h", "1/day", "500 per day", "about 3 s", "vpc, kms", "{vpc: true}"]),
    st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=12),
)


@given(typed=st.lists(TYPED, max_size=25), ends=st.booleans())
@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_answers_end_in_a_file_that_is_read_or_in_none(typed: list[str], ends: bool) -> None:
    Path("workload.yaml").unlink(missing_ok=True)
    done = called("init", typed="\n".join(typed) + ("" if ends else ENOUGH * 10))
    if done.code == 0:
        (workload,) = read_file("workload.yaml")
        assert advise(workload).decision.status
    else:
        assert done.code == 2
        assert "the answers ended" in done.err
        assert not Path("workload.yaml").exists()


# -- from an example or a configuration ------------------------------------------------------------


@pytest.mark.parametrize(
    "example", sorted((ROOT / "examples").glob("*.yaml")), ids=lambda p: p.stem
)
def test_every_example_is_a_start(example: Path) -> None:
    done = called("init", "--from", example.stem)
    assert done.code == 0
    assert Path("workload.yaml").read_bytes() == example.read_bytes()
    (workload,) = read_file("workload.yaml")
    assert f"\n{workload.name}: " in done.err


def test_a_workload_is_a_start_too_if_it_can_be_read() -> None:
    Path("old.yaml").write_text("name: old\nrequests: {arrival: online}\n", encoding="utf-8")
    assert called("init", "new.yaml", "--from", "old.yaml").code == 0
    assert stated("new.yaml") == {"name": "old", "requests.arrival": "online"}
    Path("old.yaml").write_text("name: old\nrequests: {arrival: never}\n", encoding="utf-8")
    assert called("init", "newer.yaml", "--from", "old.yaml").code == 2
    assert not Path("newer.yaml").exists()


def test_an_unknown_example_lists_those_there_are() -> None:
    done = called("init", "--from", "fraud")
    assert done.code == 2
    assert "no example, file or folder has the name fraud" in done.err
    assert "fraud-scoring" in done.err
    assert not Path("workload.yaml").exists()


def test_a_misspelt_example_names_the_nearest() -> None:
    assert "Did you mean support-chat? " in called("init", "--from", "supprt-chat").err


@pytest.mark.parametrize("tokens", [("", ""), ("1", "2")])
def test_what_an_id_tells_is_not_asked(tokens: tuple[str, str]) -> None:
    done = typing("chat", "1", "meta-llama/Llama-3.1-8B-Instruct", "1", *tokens, "5/day")
    for asked in ("How large is one request?", "How long does the model work", "at the same time?"):
        assert asked not in done.err
    assert "How often is it called?" in done.err
    assert stated("workload.yaml")["traffic.volume"] == "5/day"


def test_what_no_id_tells_is_asked() -> None:
    done = typing("chat", "1", "xgboost", "1")
    assert "How large is one request?" in done.err
    assert "How long does the model work" in done.err


def test_of_several_endpoints_each_is_a_document_or_one_is_named() -> None:
    one = '{"EndpointConfigName": "NAME", "ProductionVariants": [{"VariantName": "a",'
    one += ' "ModelName": "m", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}]}'
    two = f"[{one.replace('NAME', 'red')}, {one.replace('NAME', 'blue')}]"
    Path("two.json").write_text(two, encoding="utf-8")
    assert called("init", "both.yaml", "--from", "two.json").code == 0
    assert [each.name for each in read_file("both.yaml")] == ["red", "blue"]
    assert called("init", "one.yaml", "--from", "two.json", "--name", "blue").code == 0
    assert [each.name for each in read_file("one.yaml")] == ["blue"]
    done = called("init", "none.yaml", "--from", "two.json", "--name", "blu")
    assert (done.code, "did you mean blue?" in done.err) == (2, True)


def test_a_name_alone_has_nothing_to_choose_from() -> None:

    with pytest.raises(click.UsageError, match="--name needs --from"):
        called("init", "--name", "x")


# -- in a terminal ---------------------------------------------------------------------------------


def at_a_terminal(typed: Iterable[str], columns: int) -> tuple[int, str]:
    """Exit code and screen of `init` in a terminal, each line typed once a question is asked."""
    import fcntl
    import pty
    import struct
    import termios

    child, terminal = pty.fork()
    if child == 0:
        own = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
        command = [sys.executable, "-m", "advisor", "init", "--force"]
        time.sleep(0.2)  # until the size of the terminal is set
        os.execve(command[0], command, {**own, "PYTHONPATH": str(ROOT)})  # noqa: S606
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    lines, said, deadline = iter(typed), b"", time.monotonic() + 120
    while time.monotonic() < deadline:
        ready, _, _ = select.select([terminal], [], [], 1)
        try:
            part = os.read(terminal, 4096) if ready else b" "
        except OSError:  # the other end is closed
            break
        if not part:
            break
        said += part
        if said.endswith(b"\n> "):
            os.write(terminal, next(lines, "").encode() + b"\n")
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), click.unstyle(said.decode().replace("\r", ""))


TASKS: dict[str, Any] = {
    # Typed as somebody would who has read no documentation; the first word is that of the name.
    "chat": ["chat", "1", "8B", "yes", "yes", "1", "2", "about 5000 a day"],
    # An hour of speech is 60 MB as compressed audio, and is transcribed in about ten minutes.
    "speech": ["speech", "1", "1.5B", "2", "no", "", "", "60 MB", "10 minutes", "200 per day", "1"],
    "night": ["night", "2", "1", "no", "20M", "5 GB", "1", "overnight", "nightly"],
}


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("columns", [40, 80, 120])
@pytest.mark.parametrize("task", sorted(TASKS))
def test_three_tasks_come_out_right_in_a_terminal(task: str, columns: int) -> None:
    code, screen = at_a_terminal(TASKS[task], columns)
    assert code == 0, screen
    widest = max(len(line) for line in screen.splitlines() if not line.startswith(("> ", "wrote ")))
    assert widest <= columns, screen
    (workload,) = read_file("workload.yaml")
    advice = advise(workload)
    assert advice.chosen is not None
    assert advice.chosen.plan is not None
    usage = advice.chosen.plan.usage
    assert isinstance(usage, FleetUsage | JobUsage)
    if task == "chat":
        # 5,000 a day are 0.06/s, three times that at the peak, some seconds each: one at once.
        # Two instances, because production runs two; on a GPU, whose 24 GB hold 16 GB of weights.
        assert (advice.decision.option, usage.count.low) == ("real-time", 2)
        assert (usage.instance_type or "").startswith(("ml.g5.", "ml.g6."))
    elif task == "speech":
        # 60 MB and ten minutes: no call carries that. 200 a day x 10 min / 24 h = 1.4 at once.
        assert advice.decision.option == "asynchronous"
        assert usage.count.low in (1, 2, 3)
        assert (usage.instance_type or "").startswith(("ml.g4dn.", "ml.g5.", "ml.g6."))
    else:
        # 20M x 0.2 ms = 67 min on one core: one instance within eight hours.
        assert (advice.decision.option, usage.count.low) == ("batch-transform", 1)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_interrupted_in_a_terminal_it_writes_nothing() -> None:
    code, screen = at_a_terminal(["churn", "1", "\x03"], 80)
    assert (code, Path("workload.yaml").exists()) == (2, False), screen
    code, screen = at_a_terminal(["churn", "1", "\x04"], 80)
    assert (code, Path("workload.yaml").exists()) == (2, False), screen
