"""What a user's settings say that AWS has changed since: entries laid over those of ``rules/``.

An overlay is JSON text with the keys ``limits``, ``instance_types`` and ``regions`` of
``rules/schema/settings.schema.json``: id -> entry. It is compiled with the rules, so that an entry
of it is judged, explained and shown like any other, under its own source and date.
"""

from collections.abc import Collection, Mapping
from typing import Any

from advisor.model.errors import RulebookError
from advisor.rulebook.hardware import CPU, family_of
from advisor.text.quantity import MIB, QuantityError, parse

Entries = Mapping[str, Mapping[str, Any]]
COMPARED = ("tiers", "at_most", "at_least", "one_of", "not_in")
"""Keys under which a limit holds its bound."""
_BECAUSE = "Your settings say that AWS has changed this since this release."


def require_known(what: str, name: str, known: Collection[str]) -> None:
    """Refuse a name that is none of the known ones.

    Raises:
        RulebookError: it is none; behind the semicolon, the nearest.
    """
    if name not in known:
        from advisor.text.spelling import nearest  # only once something is wrong

        near = nearest(name, known)
        hint = f"did you mean {near}?" if near else "sm-advise rules list prints every id"
        raise RulebookError(f"there is no {what} {name!r}; {hint}")


def limit_of(raw: Mapping[str, Any], own: Entries) -> Mapping[str, Any]:
    """A limit as the settings have it: their bound, source and date, and no other document's.

    Raises:
        RulebookError: the rules have a list of values there and the settings do not, or so.
    """
    entry = own.get(raw["id"])
    if entry is None:
        return raw
    bound = next(key for key in COMPARED if key in raw)
    if isinstance(raw[bound], list) != isinstance(entry["value"], list):
        form = "a list" if isinstance(raw[bound], list) else "one value"
        raise RulebookError(f"{raw['id']} has {entry['value']}; write {form}")
    # Of several documented bounds one names the field of AWS's API, which others refer to.
    documented = (raw, *raw.get("also", ()))
    fields = next(({"model": each["model"]} for each in documented if "model" in each), {})
    kept = {key: value for key, value in raw.items() if key != "also"}
    return {**kept, **fields, bound: entry["value"], **_origin(entry)}


def types_of(
    types: list[dict[str, str]], families: list[dict[str, str]], own: Entries
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The rows of instance types and families with those that the settings add.

    A type of a new family names a known one that it is ``like``.

    Raises:
        RulebookError: it names none, or a size is no quantity.
    """
    rows = {row["instance_type"]: row for row in types}
    groups = {row["id"]: row for row in families}
    for name, entry in own.items():
        rows[name] = _row(name, entry, rows.get(name, dict.fromkeys(types[0], "")))
        family = family_of(name)
        if family not in groups:
            require_known("family", entry.get("like", family), groups)
            groups[family] = {**groups[entry["like"]], "id": family, **_origin(entry)}
    return list(rows.values()), list(groups.values())


def _row(name: str, entry: Mapping[str, Any], row: Mapping[str, str]) -> dict[str, str]:
    """A row of ``instances.csv``; sizes of an entry are quantities, those of a row MiB."""
    told = {
        "instance_type": name,
        "vcpu": entry["vcpu"],
        "memory_mib": _mib(entry["memory"]),
        "accelerator": entry.get("accelerator", CPU),
        "accelerator_model": entry.get("accelerator_model", ""),
        "accelerator_count": entry.get("accelerator_count", 0),
        "accelerator_memory_mib": _mib(entry.get("accelerator_memory")),
        "arch": entry.get("arch", "x86_64"),
        "in_transform": "true" if entry.get("batch_transform") else "false",
        "source": entry["source"],
    }
    return {**row, **{key: str(value) for key, value in told.items()}}


def _origin(entry: Mapping[str, Any]) -> dict[str, str]:
    return {"because": _BECAUSE, "source": entry["source"], "as_of": entry["as_of"]}


def _mib(size: str | None) -> str:
    try:
        return "" if size is None else str((parse(size, "size").low or 0) // MIB)
    except QuantityError as error:
        raise RulebookError(f"{size!r} is no size; {error}") from error
