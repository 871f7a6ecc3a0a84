"""Fetch one file over HTTP into a folder, within limits of size and time, or say why not."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import IO, NamedTuple

from advisor.model.errors import InputError

_CHUNK = 1 << 16
_HINT = "Nothing was changed. Download the file in another way, and pass it with --from FILE."


class Limits(NamedTuple):
    """The bounds of a download. One Region's file had 3.7 MB in 2026, that of all Regions more."""

    most_bytes: int = 512 << 20
    silence_s: float = 20.0  # without a byte
    total_s: float = 600.0


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Refuse redirects: a person must judge an address that moved."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> None:
        del req, fp, code, msg, headers, newurl


def download(url: str, target: Path, limits: Limits) -> None:
    """Write what ``url`` holds to ``target``.

    Raises:
        InputError: the address is not http or https, the server does not answer, answers with an
            error or elsewhere, is too slow, sends too much, or stops before the end.
    """
    if urllib.parse.urlsplit(url).scheme not in {"http", "https"}:
        raise InputError(f"{url} is not an http or https address")
    deadline = time.monotonic() + limits.total_s
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(url, timeout=limits.silence_s) as response, target.open("wb") as sink:
            _copy(url, response, sink, limits, deadline)
    except urllib.error.HTTPError as error:
        with error:  # it holds the connection
            raise _refused(url, error) from error
    except TimeoutError as error:
        raise _slow(url, limits) from error
    except (OSError, http.client.HTTPException) as error:
        raise _unreachable(url, error, limits) from error


def _copy(
    url: str, response: http.client.HTTPResponse, sink: IO[bytes], limits: Limits, deadline: float
) -> None:
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced) > limits.most_bytes:
        raise _too_large(url, int(announced), limits)
    received = 0
    # read1 returns what has arrived; read would wait for a full chunk, however slowly it comes.
    while chunk := response.read1(_CHUNK):
        received += len(chunk)
        if received > limits.most_bytes:
            raise _too_large(url, received, limits)
        if time.monotonic() > deadline:
            raise _slow(url, limits)
        sink.write(chunk)
    if announced.isdecimal() and received != int(announced):
        raise InputError(
            f"the download of {url} stopped after {received:,} of {int(announced):,} bytes",
            hint=_HINT,
        )


def _refused(url: str, error: urllib.error.HTTPError) -> InputError:
    where = error.headers.get("Location")
    if where:
        return InputError(
            f"{url} redirects to {where}, which sm-advise does not follow",
            hint=f"{_HINT} If you trust the address, pass it with --url.",
        )
    return InputError(f"{url} returned status {error.code}", hint=_HINT)


def _unreachable(url: str, error: Exception, limits: Limits) -> InputError:
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return _slow(url, limits)
    return InputError(f"{url} cannot be downloaded: {reason}", hint=_HINT)


def _slow(url: str, limits: Limits) -> InputError:
    return InputError(
        f"{url} is too slow: no byte for {limits.silence_s:g} s, or not all within "
        f"{limits.total_s:g} s",
        hint=_HINT,
    )


def _too_large(url: str, size: int, limits: Limits) -> InputError:
    return InputError(
        f"{url} has {size:,} bytes; sm-advise downloads at most {limits.most_bytes:,}", hint=_HINT
    )
