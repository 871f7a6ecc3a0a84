"""The prices of a Region: the snapshot in force, and estimates for gaps.

A snapshot is one JSON file for one Region, ``<region>.json``, which
``rules/schema/prices.schema.json`` describes. The user's own, written by ``sm-advise prices
refresh``, replaces the shipped one as a whole. A price that is not known is absent: it is never
zero. What may be used in its place stands in the shipped snapshot or in
``rules/prices/terms.json`` with its reason, and is labelled as a stand-in wherever it is used.

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
from advisor.model.workload import NO_SETTINGS, OwnSettings

SCHEMA = "sm-advise/prices.v1"
STAND_IN = "stand-in:"
_NOT_SOLD = f"{STAND_IN}ec2-ratio"  # the one estimate for types that the list does not sell
# Plain paths: pathlib costs 4 ms of start-up, and prices are on the way to every answer.
Folder: TypeAlias = str | os.PathLike[str]


class Price(NamedTuple):
    """One unit price and how strong it is."""

    usd: str  # decimal text
    basis: str  # price-list, price-list-quoted, aws-bill, derived, …, stand-in:hosting
    source: str
    as_of: str
    stand_in: bool  # the price of something else, used for want of its own
    because: str = ""  # for a stand-in: why it may be used
    listed: str = ""  # before the discount of the settings; empty where there is none


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
        discount: what the user's settings take off each price, in per cent; empty: nothing.
        terms: estimates for gaps, and notes on discounts.
    """

    def __init__(
        self,
        snapshot: Mapping[str, Any],
        shipped: Mapping[str, Any],
        terms: Mapping[str, Any],
        *,
        own: bool = False,
        stated: bool = True,
        discount: str = "",
    ) -> None:
        self.region: str = snapshot["region"]
        self.date: str | None = snapshot["date"]
        self.own = own
        self.stated = stated
        self.discount = discount
        self.terms = terms
        self._snapshot = snapshot
        self._shipped = shipped  # of the same Region; the same object unless the user has one
        self._found: dict[tuple[str, str], Price | None] = {}
        self._hourly: dict[tuple[str, bool], PerHour] = {}
        self._list: Prices | None = None
        self._notes: dict[str, tuple[str, ...]] = {}

    def lookup(self, component: str, key: str) -> Price | None:
        """The price, else an estimate for it, else ``None``."""
        place = (component, key)
        if place not in self._found:
            found = self._look_up(component, key)
            self._found[place] = found and _less(found, self.discount)
        return self._found[place]

    def _look_up(self, component: str, key: str) -> Price | None:
        found = self._within(self._snapshot, component, key)
        if found is not None or self._snapshot is self._shipped:
            return found
        return _lent(self._within(self._shipped, component, key), self.terms["shipped"])

    def _within(self, place: Mapping[str, Any], component: str, key: str) -> Price | None:
        """What one snapshot says of a price, or of one that costs the same."""
        found = _known(place, component, key)
        for rule in self.terms["stand_ins"]:
            if found is None and rule["component"] == component and rule.get("key", key) == key:
                found = _lent(_known(place, rule["take"], rule.get("take_key", key)), rule)
        return found

    def sold(self, instance_type: str) -> bool | None:
        """Whether the shipped list sells a type for hosting here; ``None`` without a list."""
        hosting = self._shipped["prices"].get("hosting")
        if hosting is None:
            return None
        entry = hosting.get(instance_type)
        return entry is not None and _price(self._shipped, entry).basis != _NOT_SOLD

    def per_hour(self, component: str, *, sold: bool = False) -> "PerHour":
        """Instance type to its price in whole millionths of a USD an hour, for choosing by price.

        Includes estimates; a type without a price is left out. A discount is no reason to choose
        another type, so these are prices without it.

        Args:
            component: hosting, say.
            sold: only types that the shipped list sells; then false where there is no list.
        """
        place = (component, sold)
        if place not in self._hourly:
            self._hourly[place] = PerHour(self, component, sold)
        return self._hourly[place]

    @property
    def shipped(self) -> "Prices":
        """The prices of the shipped snapshot alone, which are the same on every machine."""
        if self._snapshot is self._shipped:
            return self
        if self._list is None:
            self._list = Prices(self._shipped, self._shipped, self.terms, stated=self.stated)
        return self._list

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
        origin, new = {"basis": basis, "source": source, "as_of": as_of}, {}
        for key, text in usd.items():
            known = self.lookup(component, key)
            if known is None or known.stand_in:
                new[key] = {"value": text, **origin}
        if not new:
            return self
        snapshot = _laid_over(self._snapshot, {component: new})
        own, stated, discount = self.own, self.stated, self.discount
        return Prices(
            snapshot, self._shipped, self.terms, own=own, stated=stated, discount=discount
        )

    def instance_types(self) -> tuple[str, ...]:
        """The types with a known hourly price, of any component."""
        known = (*self._snapshot["prices"].values(), *self._shipped["prices"].values())
        return tuple(sorted({key for prices in known for key in prices if key.startswith("ml.")}))

    def rows(self) -> Iterator[PriceRow]:
        """Every price and estimate of the Region's snapshot, in a fixed order."""
        for component, prices in sorted(self._snapshot["prices"].items()):
            for key in sorted(prices, key=_by_size):
                yield PriceRow(
                    component=component, key=key, price=_price(self._snapshot, prices[key])
                )

    def notes(self, option: str) -> tuple[str, ...]:
        """The discount of the settings, and those that sources state, which are never counted."""
        if option not in self._notes:
            taken = f"Each price is less {self.discount} %, the discount of your settings."
            self._notes[option] = (taken,) * bool(self.discount) + tuple(
                f"{note['text']} ({'' if note['as_of'] == 'undated' else 'as of '}{note['as_of']})"
                for note in self.terms["notes"]
                if option in note["options"]
            )
        return self._notes[option]


class PerHour(Mapping[str, int]):
    """Hourly prices of one component, looked up when they are asked for."""

    def __init__(self, prices: Prices, component: str, sold: bool) -> None:
        self._prices = prices
        self._component = component
        self._sold = sold
        self._usd: dict[str, int | None] = {}

    def __getitem__(self, key: str) -> int:
        if key not in self._usd:
            found = self._prices.lookup(self._component, key)
            missing = found is None or (self._sold and not self._prices.sold(key))
            usd = None if found is None or missing else found.listed or found.usd
            self._usd[key] = None if usd is None else _millionths(usd)
        price = self._usd[key]
        if price is None:
            raise KeyError(key)
        return price

    def __bool__(self) -> bool:
        return self._prices.sold("") is not None if self._sold else len(self) > 0

    def __iter__(self) -> Iterator[str]:
        return (key for key in self._prices.instance_types() if key in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def load(
    region: str | None,
    shipped: Folder,
    own: Folder | None = None,
    settings: OwnSettings = NO_SETTINGS,
) -> Prices:
    """The prices of a Region.

    Args:
        region: its code, us-east-1; an unknown one gives no prices of its own.
            Without one the reference Region stands for it.
        shipped: folder of the shipped snapshots and of ``terms.json``.
        own: folder of the user's snapshots, which replace the shipped ones.
        settings: what the user's settings say of prices; their snapshots go before ``own``.

    Raises:
        InputError: the code is not one of a Region, or the user's snapshot is not readable.
    """
    terms = _read(os.path.join(shipped, "terms.json"))
    wanted: str = terms["reference_region"] if region is None else region
    require_region(wanted)
    given = _given(settings.prices, wanted)
    listed = _laid_over(_shipped_snapshot(wanted, shipped), given)
    own = settings.snapshot or own
    found = None if own is None else _own_snapshot(own, wanted)
    snapshot = listed if found is None else _laid_over(found, given)
    discount, stated = settings.discount, region is not None
    return Prices(snapshot, listed, terms, own=found is not None, stated=stated, discount=discount)


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
    return tuple(sorted(stem for stem in stems if _is_code(stem) and stem[-1].isdecimal()))


def _is_code(region: str) -> bool:
    parts = region.split("-")
    sound = all(part.isascii() and part.isalnum() and part == part.lower() for part in parts)
    return sound and len(parts) > 2


def require_region(region: str) -> None:
    """Refuse a text that cannot be the code of a Region; file names contain it.

    Raises:
        InputError: it has other characters than lower-case letters, digits and hyphens.
    """
    if not _is_code(region):
        raise InputError(
            f"{region!r} is not the code of a Region", hint="Codes look like us-east-1."
        )


def _shipped_snapshot(region: str, folder: Folder) -> Mapping[str, Any]:
    """The shipped snapshot of a Region; empty where nothing is known of it."""
    path = os.path.join(folder, f"{region}.json")
    if os.path.isfile(path):
        return _read(path)
    return {"schema": SCHEMA, "region": region, "date": None, "sources": [], "prices": {}}


def _own_snapshot(own: Folder, region: str) -> Mapping[str, Any] | None:
    """The user's snapshot of a Region: of a folder the file of its name, or a file itself."""
    if os.path.isfile(own):
        found = _read_own(os.fspath(own), region, named=True)
        return found if found["region"] == region else None
    path = os.path.join(own, f"{region}.json")
    return _read_own(path, region) if os.path.isfile(path) else None


def _laid_over(
    snapshot: Mapping[str, Any], given: Mapping[str, Mapping[str, Mapping[str, str]]]
) -> Mapping[str, Any]:
    """A snapshot with other prices: component -> key -> value, basis, source and day of each."""
    if not given:
        return snapshot
    sources, prices = [*snapshot["sources"]], {**snapshot["prices"]}
    for component, entries in given.items():
        first = len(sources)
        sources += entries.values()
        new = {key: (each["value"], first + n) for n, (key, each) in enumerate(entries.items())}
        prices[component] = {**prices.get(component, {}), **new}
    return {**snapshot, "sources": sources, "prices": prices}


def _given(text: str, region: str) -> dict[str, dict[str, dict[str, str]]]:
    """The prices of a Region that settings give: component -> key -> entry."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    if not text:
        return found
    import json

    for name, entry in json.loads(text).items():
        place, component, key = name.split("/")
        if place == region:
            found.setdefault(component, {})[key] = {**entry, "basis": "settings"}
    return found


def _less(price: Price, discount: str) -> Price:
    """A price less a discount in per cent."""
    if not discount:
        return price
    from decimal import Decimal

    usd = Decimal(price.usd) * (100 - Decimal(discount)) / 100
    source = f"{price.source}, less {discount} % (your settings)"
    return price._replace(usd=f"{usd.normalize():f}", listed=price.usd, source=source)


def _read(path: str) -> Mapping[str, Any]:
    import json

    with open(path, "rb") as stream:
        document: Mapping[str, Any] = json.loads(stream.read())
    return document


def _read_own(path: str, region: str, named: bool = False) -> Mapping[str, Any]:
    """A snapshot that the program did not ship, so that everything about it may be wrong.

    A file that the user ``named`` may be of another Region.
    """
    hint = f"Write it again with: sm-advise prices refresh --region {region}"
    try:
        document = _read(path)
    except OSError as error:
        message = f"the price snapshot cannot be read: {error.strerror}"
        raise InputError(message, file=path, hint=hint) from error
    except (ValueError, RecursionError) as error:
        raise InputError("this is not a price snapshot", file=path, hint=hint) from error
    if not _is_sound(document, None if named else region):
        raise InputError("this is not a price snapshot", file=path, hint=hint)
    return document


def _is_sound(document: Any, region: str | None) -> bool:
    """Whether lookups in a document cannot fail, and no price in it is zero."""
    try:
        return (
            document["schema"] == SCHEMA
            and isinstance(document["region"], str)
            and region in (None, document["region"])
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


def _lent(found: Price | None, rule: Mapping[str, str]) -> Price | None:
    """A price in place of another; an estimate keeps its own, weaker reason."""
    if found is None or found.stand_in:
        return found
    return found._replace(basis=rule["basis"], stand_in=True, because=rule["because"])


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
