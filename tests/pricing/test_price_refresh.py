"""Fetching snapshots from a local server; failures leave the old ones alone."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import jsonschema
import pytest

from advisor.catalogue.price_snapshot import load
from advisor.model.errors import InputError
from advisor.pricing.price_refresh import offers, refresh
from advisor.pricing.price_refresh.refresh import Limits, download
from tests.price_server import (
    EU_WEST_1,
    INDEX,
    US_EAST_1,
    Answer,
    Server,
    broken,
    elsewhere,
    endless,
    five_gigabytes,
    not_http,
    truncated,
    truncated_without_length,
    whole,
    without_hosting,
)

ROOT = Path(__file__).resolve().parents[2]
OFFERS = Path(__file__).parent / "offers"
SHIPPED = ROOT / "rules/prices"
PRICE_LIST = offers.load(SHIPPED)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    running = Server()
    yield running
    running.close()


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A folder with an older snapshot of the user's."""
    folder = tmp_path / "cache"
    found = refresh.from_file(OFFERS / "eu-west-1.json", "eu-west-1", PRICE_LIST)
    refresh.write([found], folder)
    return folder


def _refresh(server: Server, folder: Path, *regions: str, limits: Limits | None = None) -> None:
    found = refresh.from_url(regions, PRICE_LIST, url=server.url + INDEX, limits=limits)
    refresh.write(found, folder)


def test_several_regions(server: Server, tmp_path: Path) -> None:
    _refresh(server, tmp_path / "new" / "cache", "us-east-1", "eu-west-1")
    assert server.asked == [INDEX, US_EAST_1, EU_WEST_1]
    schema = json.loads((ROOT / "rules/schema/prices.schema.json").read_bytes())
    for region, usd in (("us-east-1", "0.23"), ("eu-west-1", "0.257")):
        path = tmp_path / "new" / "cache" / f"{region}.json"
        jsonschema.validate(json.loads(path.read_bytes()), schema)
        prices = load(region, SHIPPED, path.parent)
        found = prices.lookup("hosting", "ml.m5.xlarge")
        assert prices.own
        assert prices.date == "2026-09-20"
        assert found is not None
        assert (found.usd, found.basis, found.stand_in) == (usd, "price-list", False)
        assert found.source.startswith("AWS Price List, http://127.0.0.1:")
    assert sorted(path.name for path in (tmp_path / "new" / "cache").iterdir()) == [
        "eu-west-1.json",
        "us-east-1.json",
    ]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (truncated, r"stopped after 1,840 of 3,680 bytes"),
        (truncated_without_length, "cut off"),
        (five_gigabytes, r"has 5,368,709,120 bytes; sm-advise downloads at most 1,048,576"),
        (endless, r"downloads at most 1,048,576"),
        (elsewhere, r"redirects to https://prices\.example\.com/index\.json"),
        (broken, "returned status 503"),
        (not_http, "cannot be downloaded"),
        (without_hosting, "no hosting prices of eu-west-1"),
    ],
)
def test_failures_leave_the_old_snapshots_alone(
    server: Server, old: Path, answer: Answer, message: str
) -> None:
    before = (old / "eu-west-1.json").read_bytes()
    server.answers[EU_WEST_1] = answer
    with pytest.raises(InputError, match=message) as caught:
        _refresh(server, old, "us-east-1", "eu-west-1", limits=Limits(most_bytes=1 << 20))
    assert EU_WEST_1 in str(caught.value)
    assert caught.value.hint
    # Neither the Region that failed nor the one that had arrived before it was touched.
    assert [path.name for path in old.iterdir()] == ["eu-west-1.json"]
    assert (old / "eu-west-1.json").read_bytes() == before


@pytest.mark.parametrize("kind", ["silent", "dripping", "mute"])
def test_slow_servers_are_given_up(server: Server, old: Path, kind: str) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        if kind != "mute":
            handler.send_response(200)
            handler.end_headers()
            handler.wfile.flush()
        while kind == "dripping" and not server.released.wait(0.02):
            handler.wfile.write(b" ")
        server.released.wait(5)

    server.answers[EU_WEST_1] = answer
    started = time.monotonic()
    with pytest.raises(InputError, match="too slow"):
        _refresh(server, old, "eu-west-1", limits=Limits(silence_s=0.2, total_s=0.4))
    assert time.monotonic() - started < 3
    assert [path.name for path in old.iterdir()] == ["eu-west-1.json"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{}", "not the Region index"),
        (b"<html>", "not the Region index"),
        (b'{"regions": {"eu-west-1": {}}}', "not the Region index"),
        (b'{"regions": {"us-east-1": {"currentVersionUrl": "/x"}}}', "has no Region eu-west-1"),
        (
            b'{"regions": {"eu-west-1": {"currentVersionUrl": "http://example.com/x"}}}',
            "sends eu-west-1 to another server",
        ),
        (b'{"regions": {"eu-west-1": {"currentVersionUrl": "https://[x"}}}', "another server"),
        (b'{"regions": ["us-east-1", 1]}', "not the Region index"),
        (b'{"regions": "eu-west-1"}', "not the Region index"),
        (b"[" * 100_000, "not the Region index"),
    ],
)
def test_a_wrong_index(server: Server, old: Path, body: bytes, message: str) -> None:
    server.answers[INDEX] = whole(body)
    with pytest.raises(InputError, match=message):
        _refresh(server, old, "eu-west-1")
    assert server.asked == [INDEX]


def test_a_missing_index(server: Server, old: Path) -> None:
    del server.answers[INDEX]
    with pytest.raises(InputError, match="returned status 404"):
        _refresh(server, old, "eu-west-1")


OTHERS = (
    "file:///etc/passwd",
    "ftp://example.com/x",
    "index.json",
    "http://example.com/x",
    "http://127.0.0.1.example.com/x",
    "http://[::2]/x",
    "http://[::1",
    "https://",
    "https:///x",
    "https://[x]/y",
    "",
)


@pytest.mark.parametrize("url", OTHERS)
def test_other_addresses_are_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(InputError, match=r"not an https address|is no address"):
        download(url, tmp_path / "x", Limits())
    assert list(tmp_path.iterdir()) == []


def test_nobody_listens(server: Server, tmp_path: Path) -> None:
    server.close()
    with pytest.raises(InputError, match="cannot be downloaded"):
        download(server.url, tmp_path / "x", Limits(silence_s=1))


@pytest.mark.parametrize("region", ["../../etc", "us-east-1/..", "", "US-EAST-1", "nowhere"])
def test_codes_that_are_no_region_reach_no_file(server: Server, old: Path, region: str) -> None:
    with pytest.raises(InputError, match="not the code of a Region"):
        _refresh(server, old, region)
    assert server.asked == []


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    found = refresh.from_file(OFFERS / "eu-west-1.json", "eu-west-1", PRICE_LIST)
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        refresh.write([found], blocked)


def test_a_connection_that_is_never_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise urllib.error.URLError(TimeoutError("timed out"))

    monkeypatch.setattr(urllib.request.OpenerDirector, "open", never)
    with pytest.raises(InputError, match="too slow"):
        download("https://192.0.2.1/x", tmp_path / "x", Limits())


def test_a_failure_half_way_leaves_no_temporary_file(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (old / "eu-west-1.json").read_bytes()
    found = [
        refresh.from_file(OFFERS / f"{region}.json", region, PRICE_LIST)
        for region in ("us-east-1", "eu-west-1")
    ]
    written: list[object] = []

    def full(handle: object) -> None:
        written.append(handle)
        if len(written) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(InputError, match="No space left"):
        refresh.write(found, old)
    assert [path.name for path in old.iterdir()] == ["eu-west-1.json"]
    assert (old / "eu-west-1.json").read_bytes() == before
