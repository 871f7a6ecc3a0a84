"""Files are written whole or not at all, once, and never over somebody's edit."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from advisor.artifacts.output import write_files
from advisor.model.errors import InputError


def write(path: Path, content: str, *, force: bool = False) -> list[str]:
    return write_files([(path, content)], force=force, dry_run=False)


def test_a_second_run_touches_nothing(tmp_path: Path) -> None:
    path = tmp_path / "new" / "main.tf"
    assert write(path, "é\r\n") == [f"wrote {path}"]
    assert path.read_bytes() == "é\r\n".encode()
    os.utime(path, ns=(1, 1))
    assert write(path, "é\r\n", force=True) == [f"unchanged {path}"]
    assert path.stat().st_mtime_ns == 1


def test_an_edit_stays_and_stops_every_file(tmp_path: Path) -> None:
    first, edited = tmp_path / "a", tmp_path / "b"
    edited.write_bytes(b"\xff mine")
    with pytest.raises(InputError, match="b already exists with other content"):
        write_files([(first, "1"), (edited, "2")], force=False, dry_run=False)
    assert not first.exists()
    assert edited.read_bytes() == b"\xff mine"
    write_files([(first, "1"), (edited, "2")], force=True, dry_run=False)
    assert edited.read_text(encoding="utf-8") == "2"


@pytest.mark.parametrize(
    ("force", "edited"),
    [(False, "would not overwrite without --force"), (True, "would overwrite")],
)
def test_a_dry_run_says_what_a_run_would_do_and_does_nothing(
    tmp_path: Path, force: bool, edited: str
) -> None:
    same, other, new = (tmp_path / name for name in ("same", "other", "new"))
    write(same, "1")
    write(other, "mine")
    files = [(same, "1"), (other, "2"), (new, "3")]
    assert write_files(files, force=force, dry_run=True) == [
        f"unchanged {same}", f"{edited} {other}", f"would write {new}",
    ]  # fmt: skip
    assert other.read_text(encoding="utf-8") == "mine"
    assert not new.exists()


def test_a_file_that_is_the_same_is_in_nobody_s_way(tmp_path: Path) -> None:
    same, new = tmp_path / "same", tmp_path / "new"
    write(same, "1")
    files = [(same, "1"), (new, "2")]
    assert write_files(files, force=False, dry_run=False) == [f"unchanged {same}", f"wrote {new}"]


def test_requests_of_an_earlier_plan_are_named_and_nothing_else(tmp_path: Path) -> None:
    for name in ("3-create-endpoint.json", "9-create-model.json", "notes.json", "x-3-create.json"):
        (tmp_path / name).touch()
    lines = write_files(
        [(tmp_path / "1-create-model.json", "1"), (tmp_path / "3-create-endpoint.json", "")],
        force=False,
        dry_run=False,
    )
    assert lines == [
        f"wrote {tmp_path / '1-create-model.json'}",
        f"unchanged {tmp_path / '3-create-endpoint.json'}",
        f"remove {tmp_path / '9-create-model.json'}: it is not part of this plan",
    ]
    assert write_files([(tmp_path / "main.tf", "")], force=False, dry_run=False) == [
        f"wrote {tmp_path / 'main.tf'}"
    ]


def test_a_disk_that_fills_leaves_what_stood_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "main.tf"
    write(path, "old")

    def full(source: str, target: Path) -> None:
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(InputError, match=r"main\.tf cannot be written: No space left"):
        write(path, "new", force=True)
    assert [each.name for each in tmp_path.iterdir()] == ["main.tf"]
    assert path.read_text(encoding="utf-8") == "old"


def test_permissions_are_those_of_any_new_file(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write(tmp_path / "main.tf", "")
    finally:
        left = os.umask(before)
    assert left == 0o027
    assert (tmp_path / "main.tf").stat().st_mode & 0o777 == 0o640


def test_a_folder_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "main.tf").mkdir()
    with pytest.raises(InputError, match="Is a directory"):
        write(tmp_path / "main.tf", "")
