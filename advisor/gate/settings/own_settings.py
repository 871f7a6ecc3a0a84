"""The keys ``prices`` and ``overlay`` of the settings: own prices, and what AWS published since.

Of both the nearest file wins, entry by entry.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from advisor.catalogue.price_snapshot import components, is_price, load, require_region
from advisor.gate.settings.settings_file import SettingsFile
from advisor.model.errors import InputError, RulebookError
from advisor.model.workload import NO_SETTINGS, OwnSettings
from advisor.rulebook.cache import rules_directory
from advisor.rulebook.load import compiled
from advisor.rulebook.overlay import require_known


class _Entry(NamedTuple):
    """One entry of an overlay, and the file in which it stands."""

    kind: str
    name: str
    says: dict[str, Any]
    file: SettingsFile


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
    if not prices and not laid:
        return NO_SETTINGS
    overlay: dict[str, dict[str, Any]] = {}
    for each in laid.values():
        each.says["source"] = f"your settings, {each.says['as_of']}, {each.says['source']}"
        overlay.setdefault(each.kind, {})[each.name] = each.says
    rules = _as_text(kind_of for kind_of in overlay.items() if kind_of[0] != "prices")
    _require_sense(laid.values(), rules)
    words = [f"{key} {text}" for key, text in prices.items()]
    words += [f"{each.name}{_value(each)} ({each.says['source']})" for each in laid.values()]
    told = {"prices": prices, "overlay": overlay}
    discount = Decimal(prices.get("discount", "0").rstrip("% ")).normalize()
    return OwnSettings(
        words=", ".join(words),
        said={"files": [e.path for e in files], **{k: v for k, v in told.items() if v}},
        discount=f"{discount:f}" if discount else "",
        snapshot=prices.get("snapshot", ""),
        overlay=rules,
        prices=_as_text(overlay.get("prices", {}).items()),
    )


def _value(entry: _Entry) -> str:
    value = entry.says.get("value", "")
    return " " + (", ".join(value) if isinstance(value, list) else str(value)) if value else ""


def _existing(file: SettingsFile, text: str) -> str:
    """The path of a snapshot, or of a folder of them, as the folder of its settings sees it."""
    path = os.path.normpath(os.path.join(os.path.dirname(file.path), text))
    if os.path.exists(path):
        return path
    hint = "sm-advise prices refresh --output FOLDER writes one"
    raise file.error(("prices", "snapshot"), f"there is no {path}", hint)


def _as_text(entries: Iterable[tuple[str, Any]]) -> str:
    """Entries as JSON; an empty text without one."""
    found = dict(entries)
    return json.dumps(found, sort_keys=True) if found else ""


def _require_sense(entries: Collection[_Entry], rules: str) -> None:
    """Refuse an overlay that does not fit the rules; each entry alone tells which one it is.

    Raises:
        InputError: there is one.
    """
    try:
        known = compiled(rules_directory(), rules)
    except RulebookError:
        known = {}
    for each in sorted(entries, key=lambda entry: entry.kind == "prices"):
        try:
            _require_day(each.says["as_of"])
            if each.kind == "prices":
                _require_price(each, known or compiled(rules_directory()))
            elif each.kind == "regions":
                require_region(each.name)
            elif not known:
                compiled(rules_directory(), json.dumps({each.kind: {each.name: each.says}}))
        except (RulebookError, InputError) as error:
            message, _, hint = str(error).replace("\n", "; ").partition("; ")
            at = ("overlay", each.kind, each.name)
            raise each.file.error(at, message, hint.strip()) from None
    assert known, "each entry fits the rules, and all together do not"


def _require_day(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise RulebookError(f"there is no day {text}; write as_of: 2026-11-28") from None


def _require_price(entry: _Entry, rules: Mapping[str, Any]) -> None:
    """Refuse a price of nothing that is sold, or that is no amount; it becomes decimal text.

    Raises:
        RulebookError: it is one.
    """
    region, component, key = (*entry.name.split("/"), "", "")[:3]
    folder = os.path.join(rules_directory(), "prices")
    per = components(folder)
    require_known("Region", region, rules["regions"]["regions"])
    require_known("component of prices", component, per)
    if per[component] == "an hour":
        require_known("instance type", key, [row[0] for row in rules["instances"][1:]])
    else:  # sizes in MB that the rules tell, directions and volumes that us-east-1 has a price of
        limits = [limit for option in rules["options"] for limit in option["limits"]]
        sizes = [str(each >> 20) for limit in limits for each in limit.get("tiers", ())]
        others = [row.key for row in load(None, folder).rows() if row.component == component]
        known = sizes if per[component] == "a second" else others
        require_known("price of this component for", key, known)
    value = entry.says["value"]
    entry.says["value"] = text = value if isinstance(value, str) else f"{Decimal(repr(value)):f}"
    if not is_price(text):
        raise RulebookError(f"{text} is no price; write USD as a decimal: 0.0000233")
