"""What lies in the user's cache in the place of compiled rules never breaks an answer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from advisor.rulebook.cache import keep, read_object

DEEP = b"[" * 100_000


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 1000, b"[]", b"null", b"{", b"\xff\xfe", DEEP, b'{"a":' * 100_000]
)
def test_what_is_no_object_is_none(content: bytes, tmp_path: Path) -> None:
    path = str(tmp_path / "rules.json")
    (tmp_path / "rules.json").write_bytes(content)
    assert read_object(path) is None
    keep(path, {"a": 1})
    assert read_object(path) == {"a": 1}


def test_what_is_no_file_is_none(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
    for path in [*tmp_path.iterdir(), tmp_path / "missing"]:
        assert read_object(str(path)) is None


def test_a_cache_that_cannot_be_written_is_only_slower(tmp_path: Path) -> None:
    (tmp_path / "rules.json").mkdir()
    (tmp_path / "file").write_text("")
    keep(str(tmp_path / "rules.json"), {"a": 1})
    keep(str(tmp_path / "file" / "rules.json"), {"a": 1})
    assert sorted(os.listdir(tmp_path)) == ["file", "rules.json"]
