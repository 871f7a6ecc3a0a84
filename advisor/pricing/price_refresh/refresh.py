"""New price snapshots from the Price List: all of them are read before one of them is written."""

from __future__ import annotations

import http.client
import json
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, NamedTuple

from advisor.catalogue.price_snapshot import SCHEMA, Folder, Prices, load, require_region
from advisor.model.advice import Advice, Cost
from advisor.model.errors import InputError
from advisor.model.value import Value
from advisor.pricing.amounts import quotient
from advisor.pricing.plan_cost import in_brief
from advisor.pricing.price_refresh.offers import PriceList, PriceOffer, read
from advisor.text.written import write_set

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
        InputError: the address is not https, the server does not answer, answers with an error
            or elsewhere, is too slow, sends too much, or stops before the end.
    """
    _require_safe(url)
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


def _require_safe(url: str) -> None:
    """Refuse what others on the way could change: only this machine may answer without TLS."""
    try:
        parts = urllib.parse.urlsplit(url)
        host = parts.hostname or ""
    except ValueError as error:
        raise InputError(f"{url} is no address: {error}") from error
    here = parts.scheme == "http" and host in ("localhost", "127.0.0.1", "::1")
    if not (here or (parts.scheme == "https" and host)):
        raise InputError(f"{url} is not an https address", hint=_HINT)


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


class Refreshed(NamedTuple):
    """A new snapshot with its missing prices and problems."""

    region: str
    document: Mapping[str, Any]  # rules/schema/prices.schema.json
    missing: tuple[str, ...]  # components that options are charged for, without a single price
    problems: tuple[str, ...]  # prices that were left out, and why


def from_file(path: Path, region: str, price_list: PriceList) -> Refreshed:
    """The snapshot of a Region from a downloaded offer file.

    Raises:
        InputError: see ``advisor.pricing.price_refresh.offers.read``.
    """
    require_region(region)
    offer = read(path, region, price_list)
    return _snapshot(region, offer, f"AWS Price List, {path.name}", price_list)


def from_url(
    regions: Sequence[str],
    price_list: PriceList,
    *,
    url: str | None = None,
    limits: Limits | None = None,
) -> tuple[Refreshed, ...]:
    """The snapshots of several Regions from the bulk offer files.

    Args:
        regions: codes of the Regions.
        price_list: how products are recognised.
        url: of the Region index; AWS's own when not given.
        limits: of each download.

    Raises:
        InputError: a Region is not in the index, or a file cannot be fetched or read.
    """
    for region in regions:
        require_region(region)
    bounds = limits or Limits()
    index_url = url or price_list.index_url
    with tempfile.TemporaryDirectory(prefix="sm-advise-") as scratch:
        index = Path(scratch, "region_index.json")
        download(index_url, index, bounds)
        addresses = _addresses(index, index_url, regions)
        found = []
        for region in regions:
            path = Path(scratch, "index.json")
            download(addresses[region], path, bounds)
            offer = _read_fetched(path, region, price_list, addresses[region])
            source = f"AWS Price List, {addresses[region]}"
            found.append(_snapshot(region, offer, source, price_list))
        return tuple(found)


def write(refreshed: Iterable[Refreshed], folder: Path) -> tuple[Path, ...]:
    """Put snapshots in the place of the old ones, all or none.

    Raises:
        InputError: the folder cannot be written.
    """
    texts = {
        folder / f"{one.region}.json": json.dumps(one.document, indent=1) + "\n"
        for one in refreshed
    }
    write_set([(str(path), text) for path, text in texts.items()])
    return tuple(texts)


def _addresses(index: Path, index_url: str, regions: Sequence[str]) -> dict[str, str]:
    """Region to the address of its offer file, on the server of the index."""
    try:
        listed = dict(json.loads(index.read_bytes())["regions"])
        paths = {
            region: listed[region]["currentVersionUrl"] for region in regions if region in listed
        }
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise InputError(
            f"{index_url} is not the Region index of a price list",
            hint='Pass an index with "regions", each with a "currentVersionUrl".',
        ) from error
    missing = [region for region in regions if region not in paths]
    if missing:
        raise InputError(
            f"the price list has no Region {', '.join(missing)}",
            hint=f"Use one of {', '.join(sorted(listed))}.",
        )
    addresses = {}
    home = urllib.parse.urlsplit(index_url)[:2]
    for region, path in paths.items():
        try:
            addresses[region] = address = urllib.parse.urljoin(index_url, str(path))
            place = urllib.parse.urlsplit(address)[:2]
        except ValueError:  # no address at all
            address, place = str(path), ("", "")
        if place != home:
            raise InputError(
                f"the Region index sends {region} to another server: {address}",
                hint="Nothing was changed. If you trust it, download the file and use --from FILE.",
            )
    return addresses


def _read_fetched(path: Path, region: str, price_list: PriceList, address: str) -> PriceOffer:
    """Read a temporary file; errors name the address of its source."""
    try:
        return read(path, region, price_list)
    except InputError as error:
        raise InputError(error.message, file=address, hint=error.hint) from error


def _snapshot(region: str, offer: PriceOffer, source: str, price_list: PriceList) -> Refreshed:
    prices: dict[str, dict[str, list[Any]]] = {}
    for (component, key), usd in sorted(offer.prices.items()):
        prices.setdefault(component, {})[key] = [usd, 0]
    document = {
        "schema": SCHEMA,
        "region": region,
        "date": offer.date,
        "sources": [{"basis": "price-list", "source": source, "as_of": offer.date}],
        "prices": prices,
    }
    charged = (charge.component for charge in price_list.charges)
    missing = tuple(component for component in charged if component not in prices)
    return Refreshed(region, document, missing, offer.problems)


_HUNDRED = Decimal(100)


class PriceChange(Value):
    """One price that differs between two snapshots; ``None`` where it is absent."""

    component: str
    key: str
    old: str | None
    new: str | None

    @property
    def percent(self) -> Decimal | None:
        """By how much it rose; ``None`` for one that is new or gone."""
        if self.old is None or self.new is None:
            return None
        return quotient(Decimal(self.new), Decimal(self.old)) * _HUNDRED - _HUNDRED


class Difference(Value):
    """One Region: the largest changes first, of the components that the new list has."""

    region: str
    date: str  # of the new list
    count: int  # of its prices
    missing: tuple[str, ...]  # components without a single price
    old_date: str | None  # of the prices that were in use
    old_own: bool  # whether these were a snapshot of the user's
    changed: tuple[PriceChange, ...]
    new: tuple[PriceChange, ...]
    gone: tuple[PriceChange, ...]
    shipped: int  # prices that come with the program and are in the new list
    wrong: tuple[PriceChange, ...]  # of these, those with another price
    unlisted: int  # shipped prices that the new list does not have


class MovedCost(NamedTuple):
    """One workload, answered with the prices that were in use and with the new ones."""

    old: Advice
    new: Advice

    @property
    def costs(self) -> tuple[Cost | None, ...]:
        """Of the chosen option, before and after."""
        return tuple(None if each.chosen is None else each.chosen.cost for each in self)

    @property
    def ways(self) -> tuple[str, ...]:
        """The chosen option and its instances, before and after: which new prices never change."""
        plans = [None if each.chosen is None else each.chosen.plan for each in self]
        return tuple("" if plan is None else f"{plan.option} on {in_brief(plan)}" for plan in plans)

    @property
    def costs_otherwise(self) -> bool:
        """Whether the price moves it."""
        ends = ("usd_low", "usd_high", "usd_estimate")
        old, new = ([getattr(cost, end, None) for end in ends] for cost in self.costs)
        return old != new

    @property
    def runs_otherwise(self) -> bool:
        """Whether its option or its instances change."""
        return len(set(self.ways)) > 1


def difference(one: Refreshed, shipped: Folder, own: Folder) -> Difference:
    """What a refreshed Region changes; a snapshot of the user's that cannot be read counts not."""
    before = delivered = load(one.region, shipped)
    with suppress(InputError):  # what is no snapshot is replaced
        before = load(one.region, shipped, own)
    fresh = {
        (component, key): entry[0]
        for component, prices in one.document["prices"].items()
        for key, entry in prices.items()
    }
    moved = _changes(_known(before, one.missing), fresh)
    old = _known(delivered, one.missing)
    return Difference(
        region=one.region,
        date=one.document["date"],
        count=len(fresh),
        missing=one.missing,
        old_date=before.date,
        old_own=before.own,
        changed=_largest_first(moved),
        new=tuple(each for each in moved if each.old is None),
        gone=tuple(each for each in moved if each.new is None),
        shipped=len(old.keys() & fresh.keys()),
        wrong=_largest_first(_changes(old, fresh)),
        unlisted=len(old.keys() - fresh.keys()),
    )


def _known(prices: Prices, missing: tuple[str, ...]) -> dict[tuple[str, str], str]:
    """The prices of a snapshot by place, without components that the new list lacks."""
    return {
        (row.component, row.key): row.price.usd
        for row in prices.rows()
        if row.component not in missing
    }


def _changes(
    old: Mapping[tuple[str, str], str], new: Mapping[tuple[str, str], str]
) -> tuple[PriceChange, ...]:
    """The prices that differ, in their order."""
    return tuple(
        PriceChange(component=place[0], key=place[1], old=old.get(place), new=new.get(place))
        for place in sorted(old.keys() | new.keys())
        if place not in old or place not in new or Decimal(old[place]) != Decimal(new[place])
    )


def _largest_first(changes: tuple[PriceChange, ...]) -> tuple[PriceChange, ...]:
    known = [(abs(percent), each) for each in changes if (percent := each.percent) is not None]
    return tuple(each for _, each in sorted(known, key=lambda pair: -pair[0]))
