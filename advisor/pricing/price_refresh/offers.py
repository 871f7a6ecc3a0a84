"""The on-demand prices of one Region from an offer file, as JSON or as CSV.

The offer file of all Regions is larger than most machines want to hold, and none of it but the
products and their terms matters: its members are read one by one.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from advisor.catalogue.price_snapshot import is_price
from advisor.model.errors import InputError

_NOTHING = {"", "na", "n/a"}


class Charge(NamedTuple):
    """One kind of charge: how its products are recognised, and what its prices are called."""

    component: str  # of the snapshot
    usage_type: re.Pattern[str]  # the whole usage type; its group is the key
    attributes: Mapping[str, str]  # must agree wherever a product has them
    key: str  # instance-type | memory-gb | direction | volume
    units: frozenset[str]


class PriceList(NamedTuple):
    """The description of the Price List: ``rules/prices/price-list.json``."""

    service: str
    index_url: str
    charges: tuple[Charge, ...]


class PricePlace(NamedTuple):
    """The place of a price in a snapshot, and its accepted units."""

    component: str
    key: str
    units: frozenset[str]


def load(rules: Path) -> PriceList:
    """Read ``price-list.json`` from the folder of the shipped prices."""
    document = json.loads((rules / "price-list.json").read_bytes())
    charges = tuple(
        Charge(
            component=entry["component"],
            usage_type=re.compile(entry["usage_type"]),
            attributes=entry["attributes"],
            key=entry["key"],
            units=frozenset(document["keys"][entry["key"]]["units"]),
        )
        for entry in document["charges"]
    )
    return PriceList(document["service"], document["index_url"], charges)


def normalised(name: str) -> str:
    """An attribute's name without what differs between JSON, CSV and time: regioncode."""
    return "".join(character for character in name if character.isalnum()).lower()


def place(
    attributes: Mapping[str, Any], region: str, charges: tuple[Charge, ...]
) -> PricePlace | None:
    """Where a product's price belongs; ``None`` for what no option is charged for.

    Hardware attributes are not looked at: some are wrong, and none is needed. ``instanceType`` is
    not either, because it carries suffixes; ``instanceName`` and the usage type must agree.
    """
    for name, wanted in (("locationtype", "AWS Region"), ("regioncode", region)):
        if not _is_blank(attributes.get(name)) and attributes[name] != wanted:
            return None
    usage_type = attributes.get("usagetype")
    if not isinstance(usage_type, str):
        return None
    for charge in charges:
        found = charge.usage_type.fullmatch(usage_type)
        if found is not None and _agrees(attributes, charge):
            key = _key(charge, found[1], attributes)
            return None if key is None else PricePlace(charge.component, key, charge.units)
    return None


def _agrees(attributes: Mapping[str, Any], charge: Charge) -> bool:
    return all(
        str(attributes[name]).lower() == value.lower()
        for name, value in charge.attributes.items()
        if not _is_blank(attributes.get(name))
    )


def _key(charge: Charge, found: str, attributes: Mapping[str, Any]) -> str | None:
    if charge.key == "memory-gb":
        return str(int(found) * 1024)
    if charge.key == "instance-type":
        name = attributes.get("instancename")
        return found if _is_blank(name) or name == found else None
    return found.lower()


def _is_blank(value: Any) -> bool:
    return value is None or str(value).lower() in _NOTHING


_CHUNK = 1 << 18
_LARGEST_VALUE = 1 << 24
_DEPTH = 3  # levels of an unwanted object that are skipped member by member


def members(stream: TextIO, file: str, *path: str) -> Iterator[tuple[str, Any]]:
    """Key and value of every member of the object that ``path`` leads to from the top.

    Raises:
        InputError: the text is cut off, or is not JSON.
    """
    yield from _members(_Text(stream, file), path)


def leading_texts(stream: TextIO, file: str) -> dict[str, str]:
    """The texts that stand before the first object or list of a JSON object: its head.

    Raises:
        InputError: the text is cut off, or is not JSON.
    """
    text = _Text(stream, file)
    found: dict[str, str] = {}
    for key in text.each_key():
        if text.peek() in "{[":
            break
        value = text.value()
        if isinstance(value, str):
            found[key] = value
    return found


def _members(text: _Text, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for key in text.each_key():
        if not path:
            yield key, text.value()
        elif key == path[0]:
            yield from _members(text, path[1:])
        else:
            text.skip(_DEPTH)


class _Text:
    """A window on a stream, which grows until the value at hand ends inside it."""

    def __init__(self, stream: TextIO, file: str) -> None:
        self._stream = stream
        self._file = file
        self._decoder = json.JSONDecoder()
        self._window = ""
        self._at = 0

    def each_key(self) -> Iterator[str]:
        """The keys of an object; whoever asks for the next has taken the value of the last."""
        self._take("{")
        if self.peek() == "}":
            self._take("}")
            return
        while True:
            key = self.value()
            if not isinstance(key, str):
                raise self._wrong("a key is not a text")
            self._take(":")
            yield key
            if self.peek() == "}":
                self._take("}")
                return
            self._take(",")

    def peek(self) -> str:
        """The next character that is not white space."""
        while True:
            rest = len(self._window)
            while self._at < rest and self._window[self._at] in " \t\r\n":
                self._at += 1
            if self._at < rest:
                return self._window[self._at]
            if not self._grow():
                raise self._wrong("it is cut off")

    def value(self) -> Any:
        """The next value, as Python values."""
        self.peek()
        while True:
            try:
                found, end = self._decoder.raw_decode(self._window, self._at)
            except (ValueError, RecursionError) as error:
                rest = len(self._window) - self._at
                if isinstance(error, RecursionError) or rest > _LARGEST_VALUE:
                    raise self._wrong("it is not JSON") from error
                if not self._grow():
                    raise self._wrong("it is cut off, or not JSON") from error
                continue
            # A number that ends with the window may go on in the next one.
            if end == len(self._window) and self._grow():
                continue
            self._at = end
            return found

    def skip(self, depth: int) -> None:
        """Skip the next value."""
        if depth and self.peek() == "{":
            for _ in self.each_key():
                self.skip(depth - 1)
        else:
            self.value()

    def _take(self, character: str) -> None:
        if self.peek() != character:
            raise self._wrong(f"{character} is missing")
        self._at += 1

    def _grow(self) -> bool:
        try:
            more = self._stream.read(max(_CHUNK, len(self._window)))
        except UnicodeDecodeError as error:
            raise self._wrong("it is not UTF-8") from error
        self._window = self._window[self._at :] + more
        self._at = 0
        return bool(more)

    def _wrong(self, why: str) -> InputError:
        return InputError(
            f"the offer file cannot be read: {why}",
            file=self._file,
            hint="Download the file again; the old prices are kept.",
        )


_ON_DEMAND = "OnDemand"
_HEAD_LINES = 5
_MOST_PROBLEMS = 20


class Quote(NamedTuple):
    """One on-demand price as the file states it."""

    place: PricePlace
    usd: str | None  # None where the price is in another currency
    unit: str
    problem: str = ""  # why it cannot be read


class PriceOffer(NamedTuple):
    """The prices of one Region in an offer file."""

    date: str  # of its publication
    prices: Mapping[tuple[str, str], str]  # component and key -> USD
    problems: tuple[str, ...]  # what was left out, and why


def read(path: Path, region: str, price_list: PriceList) -> PriceOffer:
    """Read the prices of a Region.

    Args:
        path: an offer file of one Region or of all; .csv is read as CSV, all else as JSON.
        region: code of the Region.
        price_list: how products are recognised.

    Raises:
        InputError: the file cannot be read, is cut off, belongs to another service, is not in USD,
            or has no hosting prices of the Region.
    """
    is_csv = path.suffix.lower() == ".csv"
    try:
        date, quotes = (_read_csv if is_csv else _read_json)(path, region, price_list)
    except OSError as error:
        raise InputError(
            f"the offer file cannot be read: {error.strerror}", file=str(path)
        ) from error
    prices, problems = _sift(quotes, path)
    if not any(component == "hosting" for component, _ in prices):
        raise InputError(
            f"the offer file has no hosting prices of {region}",
            file=str(path),
            hint="Check --region; the old prices are kept.",
        )
    return PriceOffer(date, prices, tuple(problems[:_MOST_PROBLEMS]))


def _read_json(path: Path, region: str, price_list: PriceList) -> tuple[str, list[Quote]]:
    """Products first, then the terms of those that matter, each in a pass of its own."""
    file = str(path)
    with path.open(encoding="utf-8") as stream:
        head = leading_texts(stream, file)
    date = _checked_head(head.get("offerCode"), head.get("publicationDate"), price_list, path)
    with path.open(encoding="utf-8") as stream:
        places = dict(_places(stream, file, region, price_list))
    with path.open(encoding="utf-8") as stream:
        quotes = [
            quote
            for sku, terms in members(stream, file, "terms", _ON_DEMAND)
            if sku in places
            for quote in _quotes(places[sku], terms)
        ]
    return date, quotes


def _places(
    stream: TextIO, file: str, region: str, price_list: PriceList
) -> Iterator[tuple[str, PricePlace]]:
    for sku, product in members(stream, file, "products"):
        attributes = product.get("attributes") if isinstance(product, dict) else None
        if isinstance(attributes, dict):
            named = {normalised(name): value for name, value in attributes.items()}
            found = place(named, region, price_list.charges)
            if found is not None:
                yield sku, found


def _quotes(where: PricePlace, terms: Any) -> Iterator[Quote]:
    """Every first tier of a product's terms; SageMaker's prices have one."""
    try:
        dimensions = [
            dimension for term in terms.values() for dimension in term["priceDimensions"].values()
        ]
        for dimension in dimensions:
            if dimension.get("beginRange", "0") == "0":
                yield Quote(where, dimension["pricePerUnit"].get("USD"), str(dimension["unit"]))
    except (AttributeError, KeyError, TypeError):
        yield Quote(where, None, "", "its terms have another shape")


def _read_csv(path: Path, region: str, price_list: PriceList) -> tuple[str, list[Quote]]:
    with path.open(encoding="utf-8", newline="") as stream:
        try:
            rows = csv.reader(stream, strict=True)
            head = {row[0]: row[1] for _, row in zip(range(_HEAD_LINES), rows, strict=False)}
            date = _checked_head(
                head.get("OfferCode"), head.get("Publication Date"), price_list, path
            )
            names = [normalised(name) for name in next(rows)]
            return date, list(_csv_quotes(rows, names, region, price_list, path))
        except (csv.Error, IndexError, StopIteration, UnicodeDecodeError) as error:
            raise _cut_off(path) from error


def _csv_quotes(
    rows: Iterator[list[str]], names: list[str], region: str, price_list: PriceList, path: Path
) -> Iterator[Quote]:
    for row in rows:
        if len(row) != len(names):
            raise _cut_off(path)
        line = dict(zip(names, row, strict=True))
        if line.get("termtype") != _ON_DEMAND or line.get("startingrange", "0") != "0":
            continue
        found = place(line, region, price_list.charges)
        if found is not None:
            usd = line.get("priceperunit") if line.get("currency") == "USD" else None
            yield Quote(found, usd, line.get("unit", ""))


def _checked_head(
    service: str | None, published: str | None, price_list: PriceList, path: Path
) -> str:
    """The day of publication of a file that belongs to the service."""
    if service != price_list.service:
        raise InputError(
            f"this is not an offer file of {price_list.service}",
            file=str(path),
            hint=f"Its offerCode must be {price_list.service}, not {service}.",
        )
    day = str(published)[: len("2026-09-20")]
    with suppress(ValueError):
        if f"{datetime.strptime(day, '%Y-%m-%d'):%Y-%m-%d}" == day:  # noqa: DTZ007 - a day alone
            return day
    raise InputError("the offer file has no publication date", file=str(path))


def _sift(quotes: list[Quote], path: Path) -> tuple[dict[tuple[str, str], str], list[str]]:
    """One price for each place, without zero, contradictory or wrong-unit prices."""
    seen: dict[tuple[str, str], set[str]] = {}
    problems: list[str] = []
    for quote in quotes:
        name = f"{quote.place.component} {quote.place.key}"
        if quote.problem:
            problems.append(f"{name}: {quote.problem}")
        elif quote.unit.lower() not in quote.place.units:
            problems.append(f"{name}: the unit is {quote.unit!r}")
        elif quote.usd is None:
            problems.append(f"{name}: no price in USD")
        elif is_price(quote.usd):
            seen.setdefault(quote.place[:2], set()).add(_short(quote.usd))
    if not seen and any(quote.usd is None and not quote.problem for quote in quotes):
        raise InputError("the prices of the offer file are not in USD", file=str(path))
    for (component, key), values in seen.items():
        if len(values) > 1:
            listed = " and ".join(sorted(values))
            problems.append(f"{component} {key}: two prices, {listed}")
    found = {where: next(iter(values)) for where, values in seen.items() if len(values) == 1}
    return found, sorted(set(problems))


def _short(usd: str) -> str:
    """1.1267000000 as 1.1267."""
    return usd.rstrip("0").rstrip(".") if "." in usd else usd


def _cut_off(path: Path) -> InputError:
    return InputError(
        "the offer file cannot be read: it is cut off, or not CSV",
        file=str(path),
        hint="Download the file again; the old prices are kept.",
    )
