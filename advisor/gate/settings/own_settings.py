"""The keys ``prices`` and ``overlay`` of the settings: own prices, and what AWS published since.

Of both the nearest file wins, entry by entry. What an overlay says is checked here, where its place
is known, against the rules that it is compiled with later.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from advisor.catalogue.price_snapshot import components, is_price, require_region
from advisor.gate.settings.settings_file import SettingsFile
from advisor.model.errors import InputError
from advisor.model.workload import NO_SETTINGS, OwnSettings
from advisor.rulebook.hardware import family_of
from advisor.rulebook.load import compiled
from advisor.rulebook.source import rules_directory
from advisor.text.quantity import QuantityError, parse
from advisor.text.spelling import nearest


class _Entry(NamedTuple):
    """One entry of an overlay, and where it stands."""

    kind: str
    name: str
    says: dict[str, Any]
    file: SettingsFile

    def wrong(self, message: str, hint: str, *key: str) -> InputError:
        """What is wrong with it, or with one of its keys."""
        line, column = self.file.place(("overlay", self.kind, self.name, *key))
        return InputError(
            f"{self.name}: {message}", file=self.file.path, line=line, column=column, hint=hint
        )

    def among(self, what: str, name: str, known: Collection[str], *key: str) -> None:
        """Refuse a name that is none of the known ones.

        Raises:
            InputError: it is none.
        """
        if name not in known:
            near = nearest(name, known)
            hint = f"did you mean {near}?" if near else "sm-advise rules list prints every id"
            raise self.wrong(f"there is no {what} {name}", hint, *key)


def own_settings(said: Sequence[SettingsFile]) -> OwnSettings:
    """What files of settings, the nearest first, say of prices and of the rules.

    Raises:
        InputError: a snapshot does not exist, or an entry does not fit the rules.
    """
    prices: dict[str, str] = {}
    laid: dict[tuple[str, str], _Entry] = {}
    files = [file for file in reversed(said) if {"prices", "overlay"} & file.table.keys()]
    for file in files:
        for key, text in file.table.get("prices", {}).items():
            prices[key] = text if key == "discount" else _existing(file, text)
        for kind, entries in file.table.get("overlay", {}).items():
            laid.update({(kind, n): _Entry(kind, n, {**e}, file) for n, e in entries.items()})
    overlay: dict[str, dict[str, Any]] = {}
    for entry in laid.values():
        overlay.setdefault(entry.kind, {})[entry.name] = entry.says
    for entry in laid.values():
        _check(entry, overlay)
    if not prices and not overlay:
        return NO_SETTINGS
    words = [f"{key} {text}" for key, text in prices.items()]
    words += [
        " ".join(filter(None, (e.name, _value(e), f"({e.says['source']})"))) for e in laid.values()
    ]
    rules = {kind: entries for kind, entries in overlay.items() if kind != "prices"}
    said_so = {"prices": prices, "overlay": overlay}
    discount = Decimal(prices.get("discount", "0").rstrip("% "))
    return OwnSettings(
        words=", ".join(words),
        said={"files": [e.path for e in files], **{k: v for k, v in said_so.items() if v}},
        discount=f"{discount.normalize():f}" if discount else "",
        snapshot=prices.get("snapshot", ""),
        overlay=json.dumps(rules, sort_keys=True) if rules else "",
        prices=_by_region(overlay.get("prices", {})),
    )


def _value(entry: _Entry) -> str:
    value = entry.says.get("value", "")
    return ", ".join(value) if isinstance(value, list) else str(value)


def _by_region(entries: Mapping[str, Any]) -> str:
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for name, entry in entries.items():
        region, component, key = name.split("/")
        found.setdefault(region, {}).setdefault(component, {})[key] = {**entry, "basis": "settings"}
    return json.dumps(found, sort_keys=True) if found else ""


def _existing(file: SettingsFile, text: str) -> str:
    """The path of a snapshot, or of a folder of them, as the folder of its settings sees it."""
    path = os.path.normpath(os.path.join(os.path.dirname(file.path), text))
    if os.path.exists(path):
        return path
    line, column = file.place(("prices", "snapshot"))
    hint = "sm-advise prices refresh --output FOLDER writes one"
    raise InputError(f"there is no {path}", file=file.path, line=line, column=column, hint=hint)


def _check(entry: _Entry, overlay: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse an entry that does not fit the rules; its source then names the settings and its day.

    Raises:
        InputError: it does not.
    """
    says = entry.says
    try:
        date.fromisoformat(says["as_of"])
    except ValueError:
        raise entry.wrong("as_of is no date", 'write as_of: "2026-11-28"', "as_of") from None
    _CHECKS[entry.kind](entry, overlay)
    says["source"] = f"your settings, {says['as_of']}, {says['source']}"


def _check_limit(entry: _Entry, overlay: Mapping[str, Mapping[str, Any]]) -> None:
    rules = compiled(rules_directory())
    limits = {each["id"]: each for option in rules["options"] for each in option["limits"]}
    entry.among("limit", entry.name, limits)
    limit, value = limits[entry.name], entry.says["value"]
    if isinstance(value, list) != bool(limit.keys() & {"tiers", "one_of", "not_in"}):
        hint = "write one value" if isinstance(value, list) else "write a list"
        raise entry.wrong("the value has another form than that of the rules", hint, "value")
    words = next((e["words"] for e in rules["facts"] if e["id"] == limit["fact"]), None) or ()
    for each in value if isinstance(value, list) else [value]:
        if "mask" in limit["bound"]:
            entry.among(limit["fact"], each, [*words, *overlay.get("regions", ())], "value")
        else:
            _require_quantity(entry, "value", str(each), limit["kind"])


def _require_quantity(entry: _Entry, key: str, text: str, kind: str) -> None:
    try:
        low, high = parse(text, kind)
    except QuantityError as error:
        raise entry.wrong(str(error), "write one value with its unit", key) from None
    if low is None or low != high:
        raise entry.wrong(f"{text} is a range", "write one value with its unit", key)


def _check_type(entry: _Entry, _: Mapping[str, Mapping[str, Any]]) -> None:
    family = family_of(entry.name)
    if not family or not entry.name.startswith("ml."):
        raise entry.wrong("this is no instance type", "write ml.FAMILY.SIZE, such as ml.m7i.large")
    known = [each["id"] for each in compiled(rules_directory())["families"]]
    like = entry.says.get("like", "")
    if like:
        entry.among("family", like, known, "like")
    elif family not in known:
        raise entry.wrong(f"the family {family} is new", "name a known one: like: m7i")
    for key in ("memory", "accelerator_memory"):
        if key in entry.says:
            _require_quantity(entry, key, entry.says[key], "size")


def _check_region(entry: _Entry, _: Mapping[str, Mapping[str, Any]]) -> None:
    try:
        require_region(entry.name)
    except InputError as error:
        raise entry.wrong(error.message, error.hint) from None


def _check_price(entry: _Entry, overlay: Mapping[str, Mapping[str, Any]]) -> None:
    rules, parts = compiled(rules_directory()), entry.name.split("/")
    if len(parts) != 3:
        hint = "write REGION/COMPONENT/KEY, such as us-east-1/hosting/ml.m5.large"
        raise entry.wrong("this names no price", hint)
    region, component, key = parts
    entry.among("Region", region, {*rules["regions"]["regions"], *overlay.get("regions", ())})
    per = components(os.path.join(rules_directory(), "prices"))
    entry.among("component of prices", component, per)
    if per[component] == "an hour":
        types = {row[0] for row in rules["instances"][1:]}
        entry.among("instance type", key, types | {*overlay.get("instance_types", ())})
    value = entry.says["value"]
    text = value if isinstance(value, str) else f"{Decimal(repr(value)):f}"
    if not is_price(text):
        raise entry.wrong(f"{text} is no price", 'write USD as a decimal: "0.0000233"', "value")
    entry.says["value"] = text


_CHECKS: Mapping[str, Callable[[_Entry, Mapping[str, Mapping[str, Any]]], None]] = {
    "limits": _check_limit,
    "instance_types": _check_type,
    "regions": _check_region,
    "prices": _check_price,
}
