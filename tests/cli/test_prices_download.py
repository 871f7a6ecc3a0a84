"""`sm-advise prices refresh` against a price list on this machine, sound and with every fault."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import price_server
from tests.cli.command import called
from tests.price_server import EU_WEST_1, INDEX, OFFERS, Answer, Server

REGIONS = ("--region", "us-east-1", "--region", "eu-west-1")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    running = Server()
    yield running
    running.close()


def test_both_regions_are_told_and_written(server: Server, tmp_path: Path) -> None:
    done = called("prices", "refresh", *REGIONS, "--url", server.url + INDEX)
    assert done.code == 0
    assert "us-east-1: 14 prices of 2026-09-20" in done.out
    assert "eu-west-1: 3 prices of 2026-09-20" in done.out
    written = sorted(path.name for path in (tmp_path / "cache/sm-advise/prices").iterdir())
    assert written == ["eu-west-1.json", "us-east-1.json"]


@pytest.mark.parametrize(
    "answer",
    [
        price_server.truncated,
        price_server.truncated_without_length,
        price_server.five_gigabytes,
        price_server.elsewhere,
        price_server.broken,
        price_server.not_http,
        price_server.without_hosting,
    ],
)
def test_a_fault_leaves_every_snapshot_as_it_was(
    server: Server, tmp_path: Path, answer: Answer
) -> None:
    offer = ("--region", "eu-west-1", "--from", str(OFFERS / "eu-west-1.json"))
    assert called("prices", "refresh", *offer).code == 0
    folder = tmp_path / "cache/sm-advise/prices"
    before = (folder / "eu-west-1.json").read_bytes()
    server.answers[EU_WEST_1] = answer
    done = called("prices", "refresh", *REGIONS, "--url", server.url + INDEX)
    assert done.code == 2
    assert done.out == ""
    assert EU_WEST_1 in done.err
    assert [path.name for path in folder.iterdir()] == ["eu-west-1.json"]
    assert (folder / "eu-west-1.json").read_bytes() == before
