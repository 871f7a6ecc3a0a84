"""Each check of model archives: an archive that it fires on, and the nearest silent one."""

from __future__ import annotations

import gzip
import tarfile
from pathlib import Path

import pytest

from advisor.configuration.rulefiles import read_yaml_rules
from advisor.gate.archive.framework import layouts
from advisor.gate.archive.members_checks import MOST_SHOWN
from advisor.gate.checks import load_checks
from advisor.gate.finding import GateFinding
from advisor.gate.run import check
from advisor.gate.settings import CheckOptions
from tests.archives import POINTER, member, tarred, written

AS_OF = "2026-11-20"
Members = list[tuple[tarfile.TarInfo, bytes]]
SIMPLE = [member("xgboost-model")]


def link(name: str, target: str) -> tuple[tarfile.TarInfo, bytes]:
    return member(name, type=tarfile.SYMTYPE, linkname=target)


def hard(name: str, target: str) -> tuple[tarfile.TarInfo, bytes]:
    return member(name, type=tarfile.LNKTYPE, linkname=target)


def shard(number: int, total: int) -> tuple[tarfile.TarInfo, bytes]:
    return member(f"model-{number:05}-of-{total:05}.safetensors")


def findings(path: Path) -> list[GateFinding]:
    report = check(CheckOptions(paths=[str(path)], as_of=AS_OF))
    assert not report.errors
    assert report.archives == 1
    return [found for found in report.findings if found.rule != "archive-framework"]


def of(path: Path, members: Members) -> list[GateFinding]:
    written(path, members)
    return findings(path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "model.tar.gz"


# check, members on which it fires, the member it names, members on which it is silent
MEMBERS: list[tuple[str, Members, str, Members]] = [
    ("archive-path-outside", [member("/etc/passwd")], "/etc/passwd", [member("etc/passwd")]),
    ("archive-path-outside", [member("a/../../b")], "a/../../b", [member("a/..b/c..")]),
    (
        "archive-link-outside",
        [member("a"), link("x", "/opt/a")],
        "x",
        [member("a"), link("x", "a")],
    ),
    (
        "archive-link-outside",
        [member("d/a"), link("d/x", "../../a")],
        "d/x",
        [member("a"), link("d/x", "../a")],
    ),
    (
        "archive-link-outside",
        [link("x", "blobs/none")],
        "x",
        [member("blobs/a"), link("x", "blobs")],
    ),
    ("archive-link-outside", [hard("x", "none")], "x", [member("a"), hard("x", "./a")]),
    (
        "archive-link-outside",
        [link("x", "a/b/c/d/e/g")],
        "x",
        [member("a/b/c/d/e/f/g"), link("x", "a/b/c/d/e/f")],
    ),
    ("archive-symlink", [member("a"), link("x", "a")], "x", [member("a"), member("x")]),
    ("archive-hard-link", [member("a"), hard("x", "a")], "x", [member("a"), member("x")]),
    ("archive-special-file", [member("x", type=tarfile.FIFOTYPE)], "x", [member("x")]),
    ("archive-special-file", [member("x", type=tarfile.CHRTYPE)], "x", [member("x")]),
    ("archive-special-file", [member("x", type=b"V")], "x", [member("x", type=tarfile.CONTTYPE)]),
    ("archive-set-id", [member("x", mode=0o4755)], "x", [member("x", mode=0o1755)]),
    ("archive-set-id", [member("x", mode=0o2644)], "x", [member("x/", mode=0o2755)]),
    ("archive-same-name", [member("a"), member("./a")], "a", [member("a/"), member("./a/")]),
    ("archive-file-and-folder", [member("a"), member("a/b")], "a", [member("a"), member("ab/b")]),
    ("archive-same-but-case", [member("A"), member("a")], "a", [member("A"), member("b")]),
    ("archive-name-encoding", [member("\udce9t\udce9")], "\\xe9t\\xe9", [member("été")]),
    ("archive-backslash", [member("code\\inference.py")], "code\\inference.py", [member("code/a")]),
    ("archive-macos-files", [member("._a"), member("a")], "._a", [member("_.a"), member(".a")]),
    ("archive-macos-files", [member("__MACOSX/a")], "__MACOSX/a", [member("MACOSX/a")]),
    ("archive-macos-files", [member("x/.DS_Store")], "x/.DS_Store", [member("x/DS_Store")]),
    ("archive-pointer", [member("m.bin", POINTER)], "m.bin", [member("m.bin", b" " + POINTER)]),
    (
        "archive-shard-missing",
        [shard(1, 2)],
        "model-00002-of-00002.safetensors",
        [shard(1, 2), shard(2, 2)],
    ),
    (
        "archive-empty-file",
        [member("m.onnx", b"")],
        "m.onnx",
        [member("m.txt", b""), member("m.onnx")],
    ),
    (
        "archive-in-archive",
        [member("m.tar.gz", gzip.compress(b"x"))],
        "m.tar.gz",
        [member("m.tar.gz", gzip.compress(b"x")), member("a")],
    ),
    ("archive-in-archive", [member("m.tar", tarred(SIMPLE))], "m.tar", [member("m.tar", b"x")]),
]


@pytest.mark.parametrize(
    ("rule", "loud", "name", "silent"), MEMBERS, ids=[f"{row[0]} {row[2]}" for row in MEMBERS]
)
def test_a_check_of_members_fires_and_is_silent(
    file: Path, rule: str, loud: Members, name: str, silent: Members
) -> None:
    (found,) = [each for each in of(file, loud) if each.rule == rule]
    assert (found.file, found.address) == (str(file), name)
    assert found.severity == load_checks()[rule].severity
    assert [each for each in of(file, silent) if each.rule == rule] == []


CORRUPT = bytearray(gzip.compress(tarred(SIMPLE), mtime=0))
CORRUPT[-8] ^= 1
BOMB = member("large")[0]
BOMB.size = 2**39 + 1

# check, the file that it fires on, and the nearest one on which it is silent
WHOLE = gzip.compress(tarred(SIMPLE), mtime=0)
FILES = [
    ("archive-compression", tarred(SIMPLE), WHOLE),
    ("archive-truncated", WHOLE[:-1], WHOLE),
    ("archive-corrupt", bytes(CORRUPT), WHOLE),
    ("archive-no-tar", gzip.compress(b"weights"), WHOLE),
    ("archive-empty", gzip.compress(tarred([member("code/")])), WHOLE),
    ("archive-unbounded", gzip.compress(BOMB.tobuf(tarfile.GNU_FORMAT)), WHOLE),
]


@pytest.mark.parametrize(("rule", "loud", "silent"), FILES, ids=[row[0] for row in FILES])
def test_a_check_of_the_file_fires_and_is_silent(
    file: Path, rule: str, loud: bytes, silent: bytes
) -> None:
    file.write_bytes(loud)
    (found,) = findings(file)
    assert (found.rule, found.file, found.severity) == (rule, str(file), "error")
    file.write_bytes(silent)
    assert findings(file) == []


def test_a_link_out_of_the_archive_is_told_once(file: Path) -> None:
    assert [each.rule for each in of(file, [link("x", "/a"), *SIMPLE])] == ["archive-link-outside"]


def test_of_many_alike_the_first_are_shown_and_the_others_counted(file: Path) -> None:
    for count, message in (
        (MOST_SHOWN, "x4 is a symbolic link to xgboost-model"),
        (1004, "x4 is a symbolic link to xgboost-model; 999 more like it"),
    ):
        found = of(file, [*SIMPLE, *(link(f"x{n}", "xgboost-model") for n in range(count))])
        assert len(found) == MOST_SHOWN
        assert found[-1].message == message


def test_all_that_macos_added_is_one_note_and_no_part_of_the_layout(file: Path) -> None:
    members = [member("._xgboost-model"), member(".DS_Store"), *SIMPLE, member("__MACOSX/a/b")]
    (found,) = of(file, members)
    assert found.message == "macOS added ._xgboost-model and 2 more"


def test_a_long_name_is_shortened(file: Path) -> None:
    found, *_ = of(file, [member("/" + "a" * 4000)])
    assert len(found.message) < 500
    assert len(found.address) < 500


# Checks on which framework and which sizes an archive has, and the test that shows them.
ELSEWHERE = {
    "archive-framework": "test_layouts.py",
    "archive-framework-differs": "test_run.py",
    "archive-nested": "test_run.py",
    "archive-exceeds-disk": "test_sizes.py",
    "archive-exceeds-memory": "test_sizes.py",
    "archive-larger-than-stated": "test_run.py",
}


def test_every_check_of_archives_has_both_cases() -> None:
    here = Path(__file__).parent
    rules = read_yaml_rules(str(here.parents[2] / "rules" / "checks" / "model-archive.yaml"))[
        "checks"
    ]
    shown = {row[0] for row in MEMBERS} | {row[0] for row in FILES}
    for rule in ({each["id"] for each in rules} - shown) & ELSEWHERE.keys():
        assert f'"{rule}"' in (here / ELSEWHERE[rule]).read_text(encoding="utf-8"), rule
    # test_layouts.py has a case for every fault of a layout, and a good one for each.
    by_layout = {fault.check for layout in layouts() for fault in layout.faults}
    assert {each["id"] for each in rules} == shown | ELSEWHERE.keys() | by_layout
