"""A price list on this machine, and the ways in which its answers can be wrong."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

OFFERS = Path(__file__).parent / "pricing/offers"
INDEX = "/offers/v1.0/aws/AmazonSageMaker/current/region_index.json"
US_EAST_1 = "/offers/v1.0/aws/AmazonSageMaker/20260920025606/us-east-1/index.json"
EU_WEST_1 = "/offers/v1.0/aws/AmazonSageMaker/20260920025606/eu-west-1/index.json"

Answer = Callable[[BaseHTTPRequestHandler], None]


def whole(body: bytes) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


class Server:
    """A price list on this machine, and what was asked of it."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {
            INDEX: whole((OFFERS / "region_index.json").read_bytes()),
            US_EAST_1: whole((OFFERS / "us-east-1.json").read_bytes()),
            EU_WEST_1: whole((OFFERS / "eu-west-1.json").read_bytes()),
        }
        self.asked: list[str] = []
        self.released = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                answer = outer.answers.get(self.path)
                if answer is None:
                    self.send_error(404)
                    return
                try:
                    answer(self)
                except OSError:
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                del format, args

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def close(self) -> None:
        self.released.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


def truncated(handler: BaseHTTPRequestHandler) -> None:
    body = (OFFERS / "eu-west-1.json").read_bytes()
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])


def truncated_without_length(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write((OFFERS / "eu-west-1.json").read_bytes()[:2000])


def five_gigabytes(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(5 * 1024**3))
    handler.end_headers()


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(64):
        handler.wfile.write(b" " * 65536)


def elsewhere(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(302)
    handler.send_header("Location", "https://prices.example.com/index.json")
    handler.end_headers()


def broken(handler: BaseHTTPRequestHandler) -> None:
    handler.send_error(503)


def not_http(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"SSH-2.0-OpenSSH\r\n")


def without_hosting(handler: BaseHTTPRequestHandler) -> None:
    document = json.loads((OFFERS / "eu-west-1.json").read_bytes())
    document["products"] = {}
    whole(json.dumps(document).encode())(handler)
