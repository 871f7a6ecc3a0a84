"""The prices of a Region: the snapshot in force, and estimates for gaps.

A snapshot is one JSON file for one Region, ``<region>.json``, which
``rules/schema/prices.schema.json`` describes. The user's own, written by ``sm-advise prices
refresh``, replaces the shipped one as a whole. A price that is not known is absent: it is never
zero. What may be used in its place stands in ``rules/prices/terms.json`` with its reason, and is
labelled as a stand-in wherever it is used.

Components and the kinds of their keys stand in ``rules/prices/price-list.json``: prices in USD an
hour by instance type (``hosting``), a second by memory in MB (``serverless``), a GB by direction
(``data``: ``in``, ``out``, ``asynchronous``) and a GB-month by volume type (``storage``).
"""

import os
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from advisor.model.errors import InputError
from advisor.model.value import Value

SCHEMA = "sm-advise/prices.v1"
STAND_IN = "stand-in:"
# Plain paths: pathlib costs 4 ms of start-up, and prices are on the way to every answer.
Folder: TypeAlias = str | os.PathLike[str]


class Price(NamedTuple):
    """One unit price and how strong it is."""

    usd: str  # decimal text
    basis: str  # price-list, price-list-quoted, aws-bill, derived, …, stand-in:studio-notebook
    source: str
    as_of: str
    stand_in: bool  # the price of something else, used for want of its own
    because: str = ""  # for a stand-in: why it may be used


class PriceRow(Value):
    """One known price with its place, for lists of prices."""

    component: str
    key: str
    price: Price


class Prices:
    """The prices of one Region; look up by component and key.

    Attributes:
        region: its code.
        date: of the newest price; ``None`` when nothing is known of the Region.
        own: whether this is the user's snapshot, not the shipped one.
        stated: whether the workload names the Region; else the reference Region stands for it.
        terms: estimates for gaps, and notes on discounts.
    """

    __slots__ = (
        "_found",
        "_hourly",
        "_notes",
        "_reference",
        "_snapshot",
        "date",
        "own",
        "region",
        "stated",
        "terms",
    )

    def __init__(
        self,
        snapshot: Mapping[str, Any],
        reference: Mapping[str, Any],
        terms: Mapping[str, Any],
        *,
        own: bool = False,
        stated: bool = True,
    ) -> None:
        self.region: str = snapshot["region"]
        self.date: str | None = snapshot["date"]
        self.own = own
        self.stated = stated
        self.terms = terms
        self._snapshot = snapshot
        self._reference = reference  # of the Region whose prices may stand in
        self._found: dict[tuple[str, str], Price | None] = {}
        self._hourly: dict[str, PerHour] = {}
        self._notes: dict[str, tuple[str, ...]] = {}

    def lookup(self, component: str, key: str) -> Price | None:
        """The price, else an estimate for it, else ``None``."""
        place = (component, key)
        if place not in self._found:
            found = _known(self._snapshot, component, key)
            self._found[place] = found if found is not None else self._stand_in(component, key)
        return self._found[place]

    def _stand_in(self, component: str, key: str) -> Price | None:
        for rule in self.terms["stand_ins"]:
            if rule["component"] != component or rule.get("key", key) != key:
                continue
            place = self._reference if "region" in rule else self._snapshot
            found = _known(place, rule["take"], rule.get("take_key", key))
            if found is not None:
                source = f"{found.source} ({rule['region']})" if "region" in rule else found.source
                return found._replace(
                    basis=rule["basis"], source=source, stand_in=True, because=rule["because"]
                )
        return None

    def per_hour(self, component: str) -> "PerHour":
        """Instance type to its price in whole millionths of a USD an hour, for choosing by price.

        Includes stand-ins of the same Region; a type without a price is left out.
        """
        if component not in self._hourly:
            self._hourly[component] = PerHour(self, component)
        return self._hourly[component]

    def learning(
        self, component: str, usd: Mapping[str, str], basis: str, source: str, as_of: str
    ) -> "Prices":
        """The same prices, and others where none of their own is known; they go before stand-ins.

        Args:
            component: hosting, say.
            usd: decimal texts by key.
            basis: how strong they are.
            source: where they come from.
            as_of: their day, YYYY-MM-DD; may be empty.
        """
        known = self._snapshot["prices"].get(component, {})
        number = len(self._snapshot["sources"])
        new = {key: (text, number) for key, text in usd.items() if key not in known}
        if not new:
            return self
        snapshot = {
            **self._snapshot,
            "sources": [
                *self._snapshot["sources"],
                {"basis": basis, "source": source, "as_of": as_of},
            ],
            "prices": {**self._snapshot["prices"], component: {**known, **new}},
        }
        return Prices(snapshot, self._reference, self.terms, own=self.own, stated=self.stated)

    def instance_types(self) -> tuple[str, ...]:
        """The types with a known hourly price, of any component."""
        known = self._snapshot["prices"].values()
        return tuple(sorted({key for prices in known for key in prices if key.startswith("ml.")}))

    def rows(self) -> Iterator[PriceRow]:
        """Every known price of the Region, without stand-ins from elsewhere, in a fixed order."""
        for component, prices in sorted(self._snapshot["prices"].items()):
            for key in sorted(prices, key=_by_size):
                yield PriceRow(
                    component=component, key=key, price=_price(self._snapshot, prices[key])
                )

    def notes(self, option: str) -> tuple[str, ...]:
        """Discounts and free allowances of an option, as sources state them; never counted."""
        if option not in self._notes:
            self._notes[option] = tuple(
                f"{note['text']} ({'' if note['as_of'] == 'undated' else 'as of '}{note['as_of']})"
                for note in self.terms["notes"]
                if option in note["options"]
            )
        return self._notes[option]


class PerHour(Mapping[str, int]):
    """Hourly prices of one component, looked up when they are asked for."""

    __slots__ = ("_component", "_prices")

    def __init__(self, prices: Prices, component: str) -> None:
        self._prices = prices
        self._component = component

    def __getitem__(self, key: str) -> int:
        found = self._prices.lookup(self._component, key)
        if found is None:
            raise KeyError(key)
        return _millionths(found.usd)

    def __iter__(self) -> Iterator[str]:
        return (key for key in self._prices.instance_types() if key in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def load(region: str | None, shipped: Folder, own: Folder | None = None) -> Prices:
    """The prices of a Region.

    Args:
        region: its code, us-east-1; an unknown one gives no prices of its own.
            Without one the reference Region stands for it.
        shipped: folder of the shipped snapshots and of ``terms.json``.
        own: folder of the user's snapshots, which replace the shipped ones.

    Raises:
        InputError: the code is not one of a Region, or the user's snapshot is not readable.
    """
    terms = _read(os.path.join(shipped, "terms.json"))
    wanted: str = terms["reference_region"] if region is None else region
    require_region(wanted)
    snapshot, is_own = _snapshot(wanted, shipped, own)
    reference = snapshot
    if wanted != terms["reference_region"]:
        reference, _ = _snapshot(terms["reference_region"], shipped, own)
    return Prices(snapshot, reference, terms, own=is_own, stated=region is not None)


@cache
def shipped(region: str | None, folder: str) -> Prices:
    """The prices of a Region that come with the program, read once per process; see ``load``."""
    return load(region, folder)


def components(folder: Folder) -> dict[str, str]:
    """Components of the folder's price list, and what each of their prices is for: an hour."""
    price_list = _read(os.path.join(folder, "price-list.json"))
    keys = price_list["keys"]
    return {each["component"]: keys[each["key"]]["per"] for each in price_list["charges"]}


def regions(folder: Folder) -> tuple[str, ...]:
    """Codes of the Regions with a snapshot in the folder."""
    stems = (name.removesuffix(".json") for name in os.listdir(folder) if name.endswith(".json"))
    return tuple(sorted(stem for stem in stems if stem.count("-") > 1 and stem[-1].isdecimal()))


def require_region(region: str) -> None:
    """Refuse a text that cannot be the code of a Region; file names contain it.

    Raises:
        InputError: it has other characters than lower-case letters, digits and hyphens.
    """
    parts = region.split("-")
    sound = all(part.isascii() and part.isalnum() and part == part.lower() for part in parts)
    if not sound or len(parts) < 3:
        raise InputError(
            f"{region!r} is not the code of a Region", hint="Codes look like us-east-1."
        )


def _snapshot(region: str, shipped: Folder, own: Folder | None) -> tuple[Mapping[str, Any], bool]:
    """A Region's snapshot, and whether it is the user's; empty when there is none."""
    name = f"{region}.json"
    if own is not None and os.path.isfile(os.path.join(own, name)):
        return _read_own(os.path.join(own, name), region), True
    path = os.path.join(shipped, name)
    if os.path.isfile(path):
        return _read(path), False
    return {"schema": SCHEMA, "region": region, "date": None, "sources": [], "prices": {}}, False


def _read(path: str) -> Mapping[str, Any]:
    import json

    with open(path, "rb") as stream:
        document: Mapping[str, Any] = json.loads(stream.read())
    return document


def _read_own(path: str, region: str) -> Mapping[str, Any]:
    """A snapshot that the program did not ship, so that everything about it may be wrong."""
    hint = f"Write it again with: sm-advise prices refresh --region {region}"
    try:
        document = _read(path)
    except OSError as error:
        message = f"the price snapshot cannot be read: {error.strerror}"
        raise InputError(message, file=path, hint=hint) from error
    except (ValueError, RecursionError) as error:
        raise InputError("this is not a price snapshot", file=path, hint=hint) from error
    if not _is_sound(document, region):
        raise InputError("this is not a price snapshot", file=path, hint=hint)
    return document


def _is_sound(document: Any, region: str) -> bool:
    """Whether lookups in a document cannot fail, and no price in it is zero."""
    try:
        return (
            document["schema"] == SCHEMA
            and document["region"] == region
            and isinstance(document["date"], str)
            and all(
                isinstance(source[name], str)
                for source in document["sources"]
                for name in ("basis", "source", "as_of")
            )
            and all(
                is_price(usd) and type(number) is int and 0 <= number < len(document["sources"])
                for prices in document["prices"].values()
                for usd, number in prices.values()
            )
        )
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return False


def is_price(text: Any) -> bool:
    """Whether this is a plain decimal text above zero: 0.0000233."""
    if not isinstance(text, str) or not text.isascii() or text.count(".") > 1:
        return False
    digits = text.replace(".", "", 1)
    return digits.isdecimal() and digits.strip("0") != "" and text[0] != "." and text[-1] != "."


def _known(snapshot: Mapping[str, Any], component: str, key: str) -> Price | None:
    """A price that the snapshot itself holds."""
    entry = snapshot["prices"].get(component, {}).get(key)
    return None if entry is None else _price(snapshot, entry)


def _price(snapshot: Mapping[str, Any], entry: tuple[str, int]) -> Price:
    """An entry of a snapshot together with its source."""
    usd, number = entry
    source = snapshot["sources"][number]
    return Price(
        usd=usd,
        basis=source["basis"],
        source=source["source"],
        as_of=source["as_of"],
        stand_in=source["basis"].startswith(STAND_IN),
        because=source.get("because", ""),
    )


def _by_size(key: str) -> tuple[int, str]:
    """Memory sizes in their order, names in theirs."""
    return (int(key), "") if key.isdecimal() else (0, key)


def _millionths(usd: str) -> int:
    """A price in whole millionths of a USD, cut off below."""
    whole, _, part = usd.partition(".")
    return int(whole + f"{part[:6]:0<6}")
