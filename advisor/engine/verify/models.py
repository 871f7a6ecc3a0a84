"""Claims about the tables of models: each row is one, dated, and follows from what it says."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from advisor.catalogue.models import Models, geometry_of
from advisor.model.errors import InputError
from advisor.modelling.geometry import from_config

_NEAR = 0.005  # by which a count may differ from the one that is recomputed
_KEYS = {"models": "id", "families": "family", "accelerators": "id", "measured": "model"}
_NAMES = {
    "hidden": "hidden_size",
    "layers": "num_hidden_layers",
    "heads": "num_attention_heads",
    "kv_heads": "num_key_value_heads",
    "head_dim": "head_dim",
    "vocabulary": "vocab_size",
    "context": "max_position_embeddings",
    "window": "sliding_window",
    "experts": "num_experts",
    "experts_per_token": "num_experts_per_tok",
}


def models_hold(tables: Mapping[str, Any], instances: list[list[str]]) -> Iterator[str]:
    """What is wrong in the tables of models.

    Args:
        tables: those of ``advisor.rulebook.model_tables``.
        instances: ``instances.csv``, the names of its columns first.
    """
    for table, key in _KEYS.items():
        count = Counter(row[key].lower() for row in tables[table] if table != "measured")
        yield from (f"{table}: {name} has two rows" for name, rows in count.items() if rows > 1)
        for row in tables[table]:
            for column in ("source", "as_of"):
                if not row[column]:
                    yield f"{table}: {row[key]} has no {column}"
    known = Models(tables)
    names = {*known.ids, *(values[0] for values in instances)}
    rows = {row[key] for row in tables["measured"] for key in ("model", "instance_type")}
    yield from (f"measured.csv: {name} is not known" for name in sorted(rows - names))
    for row in tables["models"]:
        if row["rest"]:
            yield from _recomputed(row, known)
    for kind in _types(instances):
        name, memory = kind["accelerator_model"], kind["accelerator_memory_mib"]
        if name and known.accelerator(name, int(memory or 0)) is None:
            yield f"accelerators.csv has no {name} of {kind['instance_type']}"


def unknown_accelerators(instances: list[list[str]]) -> str:
    """A note on the types whose accelerator no table names; empty where there are none."""
    unknown = [
        kind["instance_type"]
        for kind in _types(instances)
        if kind["accelerator"] in ("gpu", "neuron") and not kind["accelerator_model"]
    ]
    said = "instances.csv: the accelerator is not known, so no model is placed on"
    return f"{said} {', '.join(unknown)}" if unknown else ""


def _types(instances: list[list[str]]) -> list[dict[str, str]]:
    return [dict(zip(instances[0], values, strict=True)) for values in instances[1:]]


def _recomputed(row: Mapping[str, str], known: Models) -> Iterator[str]:
    """Counts of a row that its own sizes do not lead to."""
    stated = geometry_of(row)
    texts = {key: row[name] for name, key in _NAMES.items() if row[name] not in ("", "0")}
    texts |= dict(each.split("=") for each in row["rest"].split())
    config: dict[str, Any] = {
        key: int(text) if text.isdecimal() else text for key, text in texts.items()
    }
    if (tied := texts.get("tie_word_embeddings")) is not None:
        config["tie_word_embeddings"] = tied == "true"
    try:
        found = from_config(config, known.families)
    except InputError as error:
        yield f"models.csv: {row['id']}: {error.message}"
        return
    compared = ["parameters", "active_parameters", "expert_parameters"]
    if stated.generates:
        compared += ["full_layers", "window_layers", "state_bytes", "latent"]
    for name in compared:
        here, there = getattr(stated, name), getattr(found, name)
        if abs(there - here) > _NEAR * here:
            yield f"models.csv: {row['id']} has {name} {here}, and its sizes lead to {there}"
