"""A run that fails or is killed leaves the old files, the new ones, or a note of what it began."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path
from typing import Any

import pytest

from advisor.model.errors import InputError
from advisor.text.written import JOURNAL, finish, held, write_set
from tests.failing.commands import COMMANDS, failed, killed, together

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="a child to be killed needs fork")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_an_operation_that_fails_leaves_one_of_both(name: str, tmp_path: Path) -> None:
    number = {"prices": errno.EIO, "init": errno.EACCES, "lock": errno.EROFS}
    assert failed(name, number.get(name, errno.ENOSPC), tmp_path) > 5


@forks
@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_run_that_is_killed_leaves_one_of_both_or_says_so(name: str, tmp_path: Path) -> None:
    assert killed(name, tmp_path) > 5


def test_a_mode_and_a_link_stay(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    target.chmod(0o600)
    link.symlink_to(target)
    write_set([(str(link), "new")])
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert sorted(os.listdir(tmp_path)) == ["link", "target"]


def test_a_new_file_has_the_mode_of_new_files(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_set([(str(tmp_path / "a"), "")])
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


@pytest.mark.parametrize(
    "journal",
    [
        *("[]", "{", "", "null", '[["/etc/passwd", "x"]]', '{"a": 1}', "[[1]]", "\0"),
        '{"sm-advise-set": [["a", "b", "c"]]}',  # a is no temporary file of b
        '{"sm-advise-set": [[".b-x.sm-advise~", "../b", "c"]]}',
        '{"sm-advise-set": 1}',
    ],
)
def test_a_journal_that_is_none_of_ours_stays_and_is_said(journal: str, tmp_path: Path) -> None:
    (tmp_path / JOURNAL).write_text(journal)
    (tmp_path / "a").write_text("a")
    with pytest.raises(InputError, match="is not what a run of sm-advise left"):
        finish([tmp_path / "b"])
    with pytest.raises(InputError, match="is not what a run of sm-advise left"):
        write_set([(str(tmp_path / name), "new") for name in ("a", "b")])
    assert (tmp_path / JOURNAL).read_text() == journal
    assert sorted(os.listdir(tmp_path)) == [JOURNAL, "a"]
    assert (tmp_path / "a").read_text() == "a"


def begun(
    folder: Path, files: dict[str, str], at: int, end: type[BaseException] = KeyboardInterrupt
) -> str:
    """A set of which so many files were placed before the run ended; what the run said."""
    paths = [folder / name for name in files]
    calls = {"left": at + 1}  # the journal is placed first
    replace = os.replace

    def stop(*arguments: Any) -> None:
        if not calls["left"]:
            raise end(errno.EIO, "Input/output error")
        calls["left"] -= 1
        replace(*arguments)

    os.replace = stop  # type: ignore[assignment]
    try:
        with pytest.raises((KeyboardInterrupt, InputError)) as raised:
            write_set([(str(path), files[path.relative_to(folder).as_posix()]) for path in paths])
    finally:
        os.replace = replace
    return str(raised.value)


SET = {"a": "new a", "one/b": "new b", "two/c": "new c"}


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("asked", ["a", "one/b", "two/new", "one/deeper/new"])
def test_a_set_is_finished_whatever_is_written_there_next(
    at: int, asked: str, tmp_path: Path
) -> None:
    """Also where the folder is another one by then: renamed, or mounted elsewhere."""
    begun(tmp_path / "old", SET, at)
    (tmp_path / "old").rename(tmp_path / "moved")
    finished, lost = finish([tmp_path / "moved" / asked])
    assert lost == []
    assert finished == [str(tmp_path / "moved" / name) for name in list(SET)[at:]]
    assert seen_below(tmp_path / "moved") == SET
    assert finish([tmp_path / "moved" / asked]) == ([], [])


def seen_below(folder: Path) -> dict[str, str]:
    """Every file, temporary ones and journals too."""
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_what_cannot_be_finished_is_kept_and_named(tmp_path: Path) -> None:
    begun(tmp_path, SET, 1)
    for path in tmp_path.rglob("*~"):
        path.unlink()  # somebody cleans up
    lost = [str(tmp_path / name) for name in ("one/b", "two/c")]
    assert finish([tmp_path / "a"]) == ([], lost)
    assert (tmp_path / JOURNAL).exists()
    others = [(str(tmp_path / name), "x") for name in ("a", "d")]
    with pytest.raises(InputError, match="its new text is gone"):
        write_set(others)
    assert (tmp_path / "a").read_text() == "new a"
    write_set([(str(tmp_path / name), text) for name, text in SET.items()])  # the set itself
    assert seen_below(tmp_path) == SET
    write_set(others)


def left_by_a_kill(folder: Path, name: str) -> Path:
    path = folder / f".{name}-x1y2z3a4.sm-advise~"
    path.write_text("new")
    return path


def test_what_a_killed_run_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    others = [".emacs-settings~", "a.sm-advise~", ".a-x1y2z3a4"]
    for name in others:
        (tmp_path / name).write_text("")
    for write in (lambda: write_set([(str(tmp_path / "a"), "")]), lambda: finish([tmp_path / "a"])):
        left_by_a_kill(tmp_path, "another")
        write()
        assert sorted(os.listdir(tmp_path)) == sorted(["a", *others])


def test_what_a_journal_may_list_is_kept(tmp_path: Path) -> None:
    begun(tmp_path, SET, 1)
    write_set([(str(tmp_path / "one" / "d"), "d")])
    assert finish([tmp_path / "a"]) == ([str(tmp_path / name) for name in ("one/b", "two/c")], [])
    assert seen_below(tmp_path) == {**SET, "one/d": "d"}


@forks
def test_what_another_run_writes_is_kept(tmp_path: Path) -> None:
    import fcntl

    other = left_by_a_kill(tmp_path, "another")
    handle = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        write_set([(str(tmp_path / "a"), "")])
        assert other.exists()
    finally:
        os.close(handle)
    write_set([(str(tmp_path / "a"), "")])
    assert not other.exists()


def test_a_set_that_stays_unfinished_says_so(tmp_path: Path) -> None:
    said = begun(tmp_path, SET, 1, OSError)
    assert "The next run that writes there finishes the others" in said
    assert len(finish([tmp_path / "a"])[0]) == 2


def test_another_hard_link_keeps_the_old_text(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    os.link(tmp_path / "a", tmp_path / "b")
    write_set([(str(tmp_path / "a"), "new")])
    assert [(tmp_path / name).read_text() for name in "ab"] == ["new", "old"]


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="links are followed on Windows")
def test_a_lock_that_is_a_link_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with held(str(tmp_path / "base.json")):
        (lock,) = tmp_path.glob("*.lock")
    lock.unlink()
    lock.symlink_to(tmp_path / "victim")
    with pytest.raises(OSError, match="symbolic links"), held(str(tmp_path / "base.json")):
        pass
    assert not (tmp_path / "victim").exists()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        write_set([(str(tmp_path / "file" / "a"), "")])


def test_parallel_writers_keep_every_entry(tmp_path: Path) -> None:
    together(4, 4, tmp_path)


def test_half_a_character_is_written_as_its_escape(tmp_path: Path) -> None:
    """A file name that is no UTF-8 has some; the file stays UTF-8."""
    write_set([(str(tmp_path / "a"), "x\udcffy\n")])
    assert (tmp_path / "a").read_bytes() == b"x\\udcffy\n"
