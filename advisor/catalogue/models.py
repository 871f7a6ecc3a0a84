"""Open models by their ids, and accelerators by those of their instance types, as values.

The tables are those of ``advisor.rulebook.model_tables``, read when a model is named.
"""

from collections.abc import Mapping
from typing import Any

from advisor.model.errors import InputError
from advisor.model.geometry import Accelerator, Family, Geometry
from advisor.model.value import Value

_OFFERED = 3  # ids that an error names
_HINT = "Give model.config, the path of the model's config.json."


class KnownModel(Value):
    """One row of ``models.csv``."""

    id: str  # meta-llama/Llama-3.1-8B-Instruct
    family: str
    gated: bool  # given out after a form, as remembered
    source: str
    as_of: str
    geometry: Geometry


class Models:
    """The models and accelerators of the tables, and the numbers of ``models.yaml`` by id."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        self._rows: dict[str, Mapping[str, str]] = {
            row["id"].lower(): row for row in tables["models"]
        }
        self._devices: list[Mapping[str, str]] = tables["accelerators"]
        self.numbers: Mapping[str, float] = {
            entry["id"]: entry["value"] for entry in tables["constants"]
        }

        self.families = {row["family"]: _family(row) for row in tables["families"]}

    @property
    def ids(self) -> list[str]:
        """The id of each model, in the order of the table."""
        return [row["id"] for row in self._rows.values()]

    def find(self, name: str) -> KnownModel:
        """The model of an id; case does not count, nor the owner where one model has the name.

        Raises:
            InputError: there is none, or several owners have one of the name; the caller adds
                the place.
        """
        wanted = name.strip().lower()
        if wanted in self._rows:
            return _model(self._rows[wanted])
        found = [key for key in self._rows if key.rpartition("/")[2] == wanted]
        if len(found) == 1:
            return _model(self._rows[found[0]])
        ids = [self._rows[key]["id"] for key in found]
        if ids:
            raise InputError(
                f"{name!r} is the name of {len(ids)} models", hint=f"Write {' or '.join(ids)}."
            )
        near = self._near(wanted)
        offered = f"The nearest are {', '.join(near)}. " if near else ""
        raise InputError(f"no model is known as {name[:100]!r}", hint=f"{offered}{_HINT}")

    def _near(self, wanted: str) -> list[str]:
        from difflib import SequenceMatcher  # only once something is wrong

        wanted = wanted[:100]
        tail = wanted.rpartition("/")[2]
        alike = {
            key: SequenceMatcher(None, key.rpartition("/")[2], tail).ratio()
            + (key.rpartition("/")[0] == wanted.rpartition("/")[0]) / 10
            for key in self._rows
        }
        best = sorted(alike, key=lambda key: -alike[key])[:_OFFERED]
        return [self._rows[key]["id"] for key in best]

    def accelerator(self, name: str, memory_mib: int | None) -> Accelerator | None:
        """The device that ``instances.csv`` calls by a name; ``None`` where it is not known.

        Args:
            name: a100, say.
            memory_mib: of one device; tells two sizes of one name apart.
        """
        for row in self._devices:
            own = row["accelerator"]
            if own == name or (
                own.rpartition("-")[0] == name and int(row["memory_mib"]) == memory_mib
            ):
                return _accelerator(row)
        return None


def _model(row: Mapping[str, str]) -> KnownModel:
    return KnownModel(
        id=row["id"],
        family=row["family"],
        gated=row["gated"] == "1",
        source=row["source"],
        as_of=row["as_of"],
        geometry=geometry_of(row),
    )


def geometry_of(row: Mapping[str, str]) -> Geometry:
    """The geometry that a row of ``models.csv`` states; empty columns are 0."""
    number = {name: int(text) for name, text in row.items() if text.isdecimal()}
    return Geometry(
        kind=row["kind"],
        dtype=row["dtype"],
        parameters=number.get("parameters", 0),
        active_parameters=number.get("active_parameters", 0),
        layers=number.get("layers", 0),
        hidden=number.get("hidden", 0),
        heads=number.get("heads", 0),
        kv_heads=number.get("kv_heads", 0),
        head_dim=number.get("head_dim", 0),
        vocabulary=number.get("vocab", 0),
        context=number.get("context", 0),
        full_layers=number.get("kv_layers_full", 0),
        window_layers=number.get("kv_layers_window", 0),
        window=number.get("window", 0),
        kv_elements=number.get("kv_elements_per_token_layer", 0),
        window_elements=number.get("kv_elements_window_layer", 0),
        state_bytes=number.get("state_bytes_per_sequence", 0),
        experts=number.get("experts", 1),
        experts_per_token=number.get("experts_per_token", 1),
        expert_parameters=number.get("expert_parameters", 0),
        latent=row["mla"] == "1",
        artifact_bytes=number.get("artifact_bytes", 0),
    )


def _family(row: Mapping[str, str]) -> Family:
    left_out = (each.partition("=") for each in row["left_out"].split())
    return Family(
        kind=row["kind"],
        tied=row["tied"] == "1",
        matrices=int(row["matrices"]),
        full_every=int(row["full_every"]),
        shared=int(row["shared"]),
        positions=row["positions"] == "1",
        pooler=row["pooler"] == "1",
        left_out={name: int(size) for name, _, size in left_out},
    )


def _accelerator(row: Mapping[str, str]) -> Accelerator:
    number = {name: float(row[name] or 0) for name in row if name.startswith(("tflops", "band"))}
    return Accelerator(
        id=row["accelerator"],
        memory_mib=int(row["memory_mib"]),
        bandwidth=number["bandwidth_GBps"] * 1e9,
        bandwidth_high=number["bandwidth_high_GBps"] * 1e9,
        flops_fp32=number["tflops_fp32"] * 1e12,
        flops_fp16=number["tflops_fp16"] * 1e12,
        flops_bf16=number["tflops_bf16"] * 1e12,
        flops_fp8=number["tflops_fp8"] * 1e12,
        flops_fp4=number["tflops_fp4"] * 1e12,
        link=row["link"],
        link_bandwidth=float(row["link_GBps"]) * 1e9,
        families=tuple(row["families"].split()),
        source=row["source"],
        as_of=row["as_of"],
    )
