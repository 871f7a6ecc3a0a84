# ruff: noqa: E501 - a table of names
"""A file may have any name that a file system takes: every format stays what it is."""

from __future__ import annotations

import json
import os
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.drive import drive

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="other systems take no name that is no UTF-8"
)
WRONG = '{"EndpointConfigName":"e","ProductionVariants":[]}'
PIECES = (
    b"\xff", b"\xed\xa0\x80", b"\n", b"\r", b"\t", b"\x1b[31m", b"\x07", "\u202e".encode(), "\u2028".encode(),
    b"@all", b"#1", b"<!-- sm-advise -->", b"|", b"`", b"``", b"'", b'"', b"$(x)", b":", b",", b"%0A", b"::error::",
    b"]]>", b"&amp;", b"\\", b"*", b"[x](y)", b"<b>", "é".encode(), "漢".encode(), b" ", b"=1+1", b"-",
)  # fmt: skip
NAMES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map(b"".join)


def written(folder: Path, name: bytes) -> bytes:
    whole = b"n" + name + b".json"
    Path(os.fsdecode(os.fsencode(folder) + b"/" + whole)).write_text(WRONG)
    return whole


@given(NAMES)
def test_every_format_stays_whole(tmp_path_factory: pytest.TempPathFactory, name: bytes) -> None:
    folder = tmp_path_factory.mktemp("names")
    whole = written(folder, name)
    printed = {}
    for form in ("text", "concise", "json", "sarif", "junit", "github", "gitlab", "markdown"):
        done = drive(folder, ("check", ".", "--format", form))
        assert (done.code, done.wrong) == (1, ""), (form, done.err)
        printed[form] = done.out.encode("utf-8", "backslashreplace").decode()
    json.loads(printed["json"])
    assert json.loads(printed["gitlab"])[0]["location"]["path"]
    (result,) = json.loads(printed["sarif"])["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert unquote_to_bytes(uri) == whole
    ET.fromstring(printed["junit"])  # noqa: S314 - our own text
    annotations = [line for line in printed["github"].split("\n") if line.startswith("::")]
    assert len(annotations) == 1
    for form in ("text", "concise", "markdown"):
        assert "\x1b" not in printed[form]
        assert "\u202e" not in printed[form]
    rows = [line for line in printed["markdown"].split("\n") if line.startswith("| error")]
    assert len(rows) == 1


@given(NAMES)
def test_baselines_and_locks_know_the_name_again(
    tmp_path_factory: pytest.TempPathFactory, name: bytes
) -> None:
    folder = tmp_path_factory.mktemp("names")
    written(folder, name)
    assert drive(folder, ("check", ".", "--write-baseline", "base.json")).code == 0
    again = drive(folder, ("check", ".", "--baseline", "base.json"))
    assert (again.code, again.wrong) == (0, "")
    for form in ("text", "json", "markdown", "csv"):
        priced = drive(folder, ("cost", ".", "--format", form))
        assert not priced.wrong, (form, priced.err)
