"""Archives are read as streams: what comes out, where reading ends, and what it may cost."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.configuration.files import is_archive
from advisor.gate.archive import tar_members
from advisor.gate.archive.contents import Archive, read_archive
from advisor.gate.archive.tar_members import (
    LONGEST_EXTENSION,
    ArchiveError,
    GzipBytes,
    header_of,
    members,
)
from advisor.model.errors import InputError
from tests.archives import member, packed, tarred, written

ROOT = Path(__file__).resolve().parents[3]
MIB = 1024**2
FORMATS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}


def read(path: Path, data: bytes) -> Archive:
    path.write_bytes(data)
    return read_archive(str(path))


def rules(archive: Archive) -> list[str]:
    return [problem.check for problem in archive.problems]


def only(archive: Archive) -> str:
    (problem,) = archive.problems
    return problem.message


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "model.tar.gz"


# -- what comes out --------------------------------------------------------------------------------

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0/"), min_size=1, max_size=60)
PATHS = st.lists(NAMES.filter(lambda name: name not in (".", "..")), min_size=1, max_size=4)


@given(
    st.lists(st.tuples(PATHS, st.binary(max_size=1200)), min_size=1, max_size=8),
    st.sampled_from([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]),
)
def test_members_are_those_that_python_reads(
    files: list[tuple[list[str], bytes]], form: int
) -> None:
    data = tarred((member("/".join(parts), content) for parts, content in files), form)
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        expected = [(info.name, info.size) for info in archive]
    found = [(each.name, each.size) for each in members(io.BytesIO(data))]
    assert found == expected


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_every_format_keeps_long_names_kinds_sizes_and_modes(form: int) -> None:
    long = "a" * 80 + "/" + "b" * 90  # 171 characters: prefix, long name, extended header
    data = tarred(
        [
            member("model/"),
            member(long, b"y" * 513, mode=0o4755),
            member("latest", type=tarfile.SYMTYPE, linkname="model"),
            member("again", type=tarfile.LNKTYPE, linkname=long[:99]),
            member("pipe", type=tarfile.FIFOTYPE),
            member("null", type=tarfile.CHRTYPE),
        ],
        form,
    )
    found = list(members(io.BytesIO(data)))
    assert [(each.name, each.kind, each.size) for each in found] == [
        ("model/", "directory", 0),
        (long, "file", 513),
        ("latest", "symlink", 0),
        ("again", "hard link", 0),
        ("pipe", "FIFO", 0),
        ("null", "device", 0),
    ]
    assert found[1].mode == 0o4755
    assert found[2].target == "model"


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 65536, 65537, 200_000])
def test_a_member_is_found_behind_one_of_any_size(size: int) -> None:
    data = tarred([member("a", bytes(size)), member("b", b"12")])
    found = [(each.name, each.size) for each in members(io.BytesIO(data))]
    assert found == [("a", size), ("b", 2)]


def test_a_size_beyond_octal_digits_is_read() -> None:
    info, _ = member("large")
    info.size = 9 * 1024**3  # 11 octal digits end at 8 GB
    header = header_of(info.tobuf(tarfile.GNU_FORMAT)[:512])
    assert header is not None
    assert header.size == 9 * 1024**3


def test_a_sparse_file_counts_with_the_size_that_it_has_on_disk(tmp_path: Path, file: Path) -> None:
    hole = tmp_path / "weights.bin"
    with hole.open("wb") as stream:
        stream.truncate(40 * MIB)
    for form in ("gnu", "posix"):
        command = ["tar", "--sparse", f"--format={form}", "-czf", str(file), "-C", str(tmp_path)]
        done = subprocess.run([*command, hole.name], capture_output=True, check=False)
        if done.returncode:
            pytest.skip("this tar writes no sparse files")
        (found,) = read_archive(str(file)).members
        assert (found.name, found.size) == ("weights.bin", 40 * MIB)


def test_parts_of_gzip_data_are_one(file: Path) -> None:
    data = tarred([member("a", b"1" * 700), member("b")])
    parts = gzip.compress(data[:600]) + gzip.compress(data[600:]) + bytes(1024)
    archive = read(file, parts)
    assert [each.name for each in archive.members] == ["a", "b"]
    assert archive.complete
    assert archive.packed == len(parts)


def test_what_a_name_says_that_comes_again_replaces_what_was_before(file: Path) -> None:
    written(file, [member("a", b"123"), member("./a", b"12345"), member("b//c", b"1")])
    archive = read_archive(str(file))
    assert archive.unpacked == 5 + 1
    assert archive.files == ("a", "b/c")
    assert archive.folders == ("b/",)


# -- what is no model archive ----------------------------------------------------------------------


def zipped() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("model.pth", b"x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (zipped(), "this is a zip archive"),
        (bz2.compress(b"x"), "this is compressed with bzip2"),
        (lzma.compress(b"x"), "this is compressed with xz"),
        (b"\x28\xb5\x2f\xfd rest", "this is compressed with zstd"),
        (b"", "this file is empty"),
        (b"<?xml version='1.0'?><Error/>", "this is an XML text, such as an error of S3"),
        (b"version https://git-lfs.github.com/spec/v1", "this is a Git LFS pointer"),
        (b"name: x", "this is not compressed with gzip"),
    ],
    ids=["zip", "bzip2", "xz", "zstd", "nothing", "xml", "pointer", "text"],
)
def test_what_is_not_gzip_is_called_what_it_is(file: Path, data: bytes, message: str) -> None:
    archive = read(file, data)
    assert rules(archive) == ["archive-compression"]
    assert only(archive).startswith(message)
    assert not archive.complete


def test_a_tar_that_is_not_compressed_is_refused_and_read_all_the_same(file: Path) -> None:
    archive = read(file, tarred([member("model.pth")]))
    assert rules(archive) == ["archive-compression"]
    assert archive.files == ("model.pth",)


@pytest.mark.parametrize(
    ("inside", "rule"),
    [
        (b"weights", "archive-no-tar"),
        (zipped(), "archive-no-tar"),
        (gzip.compress(tarred([member("a")])), "archive-in-archive"),
        (b"", "archive-empty"),
        (tarred([]), "archive-empty"),
        (tarred([member("model/")]), "archive-empty"),
    ],
    ids=["bytes", "zip", "gzip", "nothing", "no member", "a folder only"],
)
def test_what_gzip_holds_is_a_tar_archive_with_a_file(file: Path, inside: bytes, rule: str) -> None:
    assert rules(read(file, gzip.compress(inside))) == [rule]


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    for path in (tmp_path / "none.tar.gz", tmp_path):
        with pytest.raises(InputError, match="not a readable file"):
            read_archive(str(path))


def test_an_archive_is_known_by_its_name_or_its_first_bytes(tmp_path: Path) -> None:
    model = tmp_path / "model"
    packed(model, ["a"])
    (tmp_path / "text").write_text("x")
    assert is_archive(str(model))
    assert is_archive("s3-copy.TGZ")
    assert not is_archive(str(tmp_path / "text"))
    assert not is_archive(str(tmp_path / "none"))
    assert not is_archive(str(tmp_path))


# -- what is cut off or damaged --------------------------------------------------------------------


def test_an_archive_that_is_cut_anywhere_is_not_read_as_whole(file: Path) -> None:
    whole = gzip.compress(tarred([member("a", os.urandom(3000)), member("b")]), mtime=0)
    for end in range(11, len(whole), 97):
        archive = read(file, whole[:end])
        assert rules(archive) == ["archive-truncated"], end
        assert not archive.complete
    assert read(file, whole).complete


def test_the_members_before_the_cut_are_known(file: Path) -> None:
    data = tarred([member("a", b"1"), member("b", bytes(4000))])
    archive = read(file, gzip.compress(data[:2600]))  # 3 blocks and 1,064 bytes of b
    assert [each.name for each in archive.members] == ["a"]
    assert only(archive) == "the archive ends within b"


def test_a_checksum_that_differs_is_damage(file: Path) -> None:
    whole = bytearray(gzip.compress(tarred([member("a")]), mtime=0))
    whole[-8] ^= 1  # of the checksum, which the last 8 bytes begin with
    archive = read(file, bytes(whole))
    assert rules(archive) == ["archive-corrupt"]
    assert "incorrect data check" in only(archive)


def test_bytes_behind_the_gzip_data_are_damage(file: Path) -> None:
    assert rules(read(file, gzip.compress(tarred([member("a")])) + b"more")) == ["archive-corrupt"]


def test_a_damaged_header_is_told(file: Path) -> None:
    data = bytearray(tarred([member("a"), member("b")]))
    data[1024] ^= 1  # the name of b
    archive = read(file, gzip.compress(bytes(data)))
    assert rules(archive) == ["archive-corrupt"]
    assert archive.files == ("a",)
    data[0] ^= 1
    assert rules(read(file, gzip.compress(bytes(data)))) == ["archive-corrupt"]


@pytest.mark.parametrize(
    "record",
    [b"nonsense", b"99 path=a\n", b"5 a=b", b"0 path=x\n", b"9 path x\n", b"16 size=minus1\n"],
)
def test_a_damaged_extended_header_is_told(file: Path, record: bytes) -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, len(record)
    data = info.tobuf(tarfile.USTAR_FORMAT) + record.ljust(512, b"\0") + tarred([member("a")])
    assert rules(read(file, gzip.compress(data))) == ["archive-corrupt"]


@given(st.binary(max_size=3000), st.integers(0, 2000), st.booleans())
def test_random_bytes_never_crash_the_reader(noise: bytes, at: int, compress: bool) -> None:
    data = bytearray(tarred([member("a", b"1" * 600), member("b" * 120), member("c/")]))
    data[at : at + len(noise)] = noise
    stream = io.BytesIO(gzip.compress(bytes(data), 1) if compress else bytes(data))
    reader = GzipBytes(stream) if compress else stream
    with contextlib.suppress(ArchiveError):
        assert all(each.size >= 0 for each in members(reader))


# -- bounds ----------------------------------------------------------------------------------------


def test_the_ratio_counts_only_beyond_what_is_free(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = gzip.compress(tarred([member("zeros", bytes(4 * MIB))]), mtime=0)
    assert tar_members.MOST_TIMES * len(data) < 4 * MIB  # 1 in 1,000 or so
    assert read(file, data).complete
    monkeypatch.setattr(tar_members, "FREE", 4 * MIB)  # the tar has 10 KiB more than its member
    assert rules(read(file, data)) == ["archive-unbounded"]
    monkeypatch.setattr(tar_members, "FREE", 4 * MIB + 16 * 1024)
    assert read(file, data).complete


def test_what_is_said_to_be_larger_than_any_volume_is_not_read(file: Path) -> None:
    info, _ = member("large")
    for size, rule in (
        (512 * 1024**3, "archive-truncated"),
        (512 * 1024**3 + 1, "archive-unbounded"),
    ):
        info.size = size
        data = info.tobuf(tarfile.GNU_FORMAT) + bytes(512)
        assert rules(read(file, gzip.compress(data))) == [rule]


def test_members_are_counted_to_a_bound(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tar_members, "MOST_HEADERS", 3)
    names = ["a", "b"]  # and the block of zeros that ends it
    assert read_archive(packed(file, names)).complete
    archive = read_archive(packed(file, [*names, "c"]))
    assert rules(archive) == ["archive-unbounded"]
    assert archive.files == ("a", "b", "c")


def test_names_are_counted_to_a_bound(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed(file, ["a" * 60, "b" * 60])
    monkeypatch.setattr(tar_members, "MOST_NAMES", 120)
    assert read_archive(str(file)).complete
    monkeypatch.setattr(tar_members, "MOST_NAMES", 119)
    assert rules(read_archive(str(file))) == ["archive-unbounded"]


def test_a_name_is_as_long_and_as_deep_as_linux_and_models_have_it(file: Path) -> None:
    for name, rule in (
        ("a" * 4096, []),
        ("a" * 4097, ["archive-unbounded"]),
        ("a/" * 64 + "b", []),
        ("a/" * 65 + "b", ["archive-unbounded"]),
    ):
        assert rules(read_archive(packed(file, [name]))) == rule


def test_other_records_of_extended_headers_are_not_kept(file: Path) -> None:
    records = {f"key{number}": "x" * 1000 for number in range(500)}
    written(file, [member("a", pax_headers=records), member("b")])
    assert [each.name for each in read_archive(str(file)).members] == ["a", "b"]


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, b"L", b"K"])
def test_an_extended_header_has_a_largest_size(file: Path, kind: bytes) -> None:
    for size, rule in (
        (LONGEST_EXTENSION, "archive-truncated"),
        (LONGEST_EXTENSION + 1, "archive-unbounded"),
    ):
        info = tarfile.TarInfo("x")
        info.type, info.size = kind, size
        data = info.tobuf(tarfile.GNU_FORMAT) + bytes(512)
        assert rules(read(file, gzip.compress(data))) == [rule]


def test_a_sparse_map_that_goes_on_is_ended(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header = bytearray(tarfile.TarInfo("s").tobuf(tarfile.GNU_FORMAT))
    header[156:157] = b"S"
    header[482] = 1  # the map goes on
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    block = bytes(504) + b"\1" + bytes(7)
    assert rules(read(file, gzip.compress(bytes(header) + block * 3))) == ["archive-truncated"]
    monkeypatch.setattr(tar_members, "MOST_HEADERS", 2)
    assert rules(read(file, gzip.compress(bytes(header) + block * 3))) == ["archive-unbounded"]


def test_empty_parts_of_gzip_data_are_counted(file: Path) -> None:
    data = gzip.compress(tarred([member("a")]))
    assert read(file, data + gzip.compress(b"") * 1000).complete
    assert rules(read(file, data + gzip.compress(b"") * 1001)) == ["archive-unbounded"]


PEAK = """
import re, sys
from advisor.gate.archive.contents import read_archive
archive = read_archive(sys.argv[1])
status = open("/proc/self/status").read()
print(int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) // 1024, archive.problems[0].check)
"""


def peak_of(file: Path) -> tuple[int, str]:
    """Most MiB that reading an archive took, and the first problem."""
    if not Path("/proc/self/status").exists():
        pytest.skip("no /proc here to ask for the memory that a process took")
    done = subprocess.run(
        [sys.executable, "-c", PEAK, str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    size, rule = done.stdout.split()
    return int(size), rule


def test_a_million_members_take_little_memory(file: Path) -> None:
    block = tarfile.TarInfo("model/" + "0" * 90 + "/" + "1" * 59).tobuf(tarfile.USTAR_FORMAT)
    with gzip.open(file, "wb", compresslevel=1) as stream:
        for _ in range(1000):
            stream.write(block * 1000)
    size, rule = peak_of(file)
    assert rule == "archive-unbounded"
    assert size < 120  # 100,000 names of 156 characters, the interpreter, and no content


def test_a_bomb_takes_little_memory(file: Path) -> None:
    piece = gzip.compress(bytes(16 * MIB), 9)  # 16 KiB
    info = tarfile.TarInfo("zeros")
    info.size = 100 * 1024**3
    file.write_bytes(gzip.compress(info.tobuf(tarfile.GNU_FORMAT)) + piece * 64)  # 1 GiB
    size, rule = peak_of(file)
    assert rule == "archive-unbounded"
    assert size < 60
