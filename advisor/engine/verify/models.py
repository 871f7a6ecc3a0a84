"""Claims about the tables of models: each row is one, dated, and follows from what it says."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from advisor.catalogue.models import Models, geometry_of
from advisor.model.errors import InputError
from advisor.modelling.geometry import from_config

_NEAR = 0.005  # by which a count may differ from the one that is recomputed
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
        instances: ``instances.csv``, the names of its columns first. A type whose accelerator it
            does not name holds no model, so there is nothing to prove.
    """
    for kind, key in (("models", "id"), ("families", "family"), ("accelerators", "id")):
        count = Counter(row[key].lower() for row in tables[kind])
        yield from (f"{kind}: {name} has two rows" for name, rows in count.items() if rows > 1)
        for row in tables[kind]:
            for column in ("source", "as_of"):
                if not row[column]:
                    yield f"{kind}: {row[key]} has no {column}"
    known = Models(tables)
    for row in tables["models"]:
        if row["rest"]:
            yield from _recomputed(row, known)
    columns, *types = instances
    for values in types:
        kind = dict(zip(columns, values, strict=True))
        name, memory = kind["accelerator_model"], kind["accelerator_memory_mib"]
        if name and known.accelerator(name, int(memory or 0)) is None:
            yield f"accelerators.csv has no {name} of {kind['instance_type']}"


def _recomputed(row: Mapping[str, str], known: Models) -> Iterator[str]:
    """Counts of a row that its own sizes do not lead to."""
    stated = geometry_of(row)
    texts = {key: row[name] for name, key in _NAMES.items() if row[name] not in ("", "0")}
    texts |= dict(each.split("=") for each in row["rest"].split())
    config = {key: int(text) if text.isdecimal() else text for key, text in texts.items()}
    if (tied := texts.get("tie_word_embeddings")) is not None:
        config["tie_word_embeddings"] = tied == "true"
    try:
        found = from_config(config, known.families)
    except InputError as error:
        yield f"models.csv: {row['id']}: {error.message}"
        return
    compared = ("parameters", "active_parameters", "expert_parameters")
    if stated.generates:
        compared += ("full_layers", "window_layers", "state_bytes", "latent")
    for name in compared:
        here, there = getattr(stated, name), getattr(found, name)
        if abs(there - here) > _NEAR * here:
            yield f"models.csv: {row['id']} has {name} {here}, and its sizes lead to {there}"
