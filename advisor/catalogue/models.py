"""Open models by their ids, and accelerators by those of their instance types, as values.

The tables are those of ``advisor.rulebook.model_tables``, read when a model is named.
"""

import re
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from itertools import pairwise
from typing import Any

from advisor.model.errors import InputError
from advisor.model.geometry import Accelerator, Family, Geometry
from advisor.model.value import Value

_OFFERED = 3  # ids that an error names
_ALIKE = 0.25  # share of letters in pairs from which a name is like another
_MOST_LETTERS = 100  # of an id that are compared with those of the table
_HINT = "A model of your own needs no id. Give model.config, the path of the model's config.json."
# What people leave out of a name, since it changes no size: how a model was tuned, and its release.
_LEFT_OUT = re.compile(r"-(?:instruct|it|chat|hf|v[\d.]+|\d{4})$")
_LOOSE = re.compile(r"\bmeta-(?=llama)|[\s_.:-]+")  # Meta's models were renamed on the Hub


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
        self._measured: list[Mapping[str, str]] = tables["measured"]
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

        Without an owner, signs between words and how a model was tuned may be left out as well.

        Raises:
            InputError: there is none, or several owners have one of the name; the caller adds
                the place.
        """
        wanted = "-".join(name[:_MOST_LETTERS].lower().split())
        if wanted in self._rows:
            return _model(self._rows[wanted])
        named = self._named.get(wanted) or self._named.get(_loose(wanted), [])
        ids = [self._rows[key]["id"] for key in named]
        if len(ids) == 1:
            return _model(self._rows[named[0]])
        if ids:
            raise InputError(
                f"{name!r} is the name of {len(ids)} models", hint=f"Write {' or '.join(ids)}."
            )
        near = self._near(wanted)
        offered = f"The nearest are {', '.join(near)}. " if near else ""
        raise InputError(f"no model is known as {name[:100]!r}", hint=f"{offered}{_HINT}")

    @cached_property
    def _named(self) -> Mapping[str, list[str]]:
        """The keys of the rows by their names: as they are, loosely, and with less at the end."""
        found: dict[str, list[str]] = {}
        for key in self._rows:
            name, names = key.rpartition("/")[2], {_loose(key)}
            while name not in names:
                names |= {name, _loose(name)}
                name = _LEFT_OUT.sub("", name)
            for each in names:
                found.setdefault(each, []).append(key)
        return found

    @cached_property
    def _with_pair(self) -> Mapping[str, list[tuple[str, int]]]:
        """The rows whose name has a pair of neighbouring letters, with how many pairs it has."""
        found: dict[str, list[tuple[str, int]]] = {}
        for key in self._rows:
            pairs = _pairs_of(key.rpartition("/")[2])
            for pair in pairs:
                found.setdefault(pair, []).append((key, len(pairs)))
        return found

    def _near(self, wanted: str) -> list[str]:
        """The ids that share most pairs of letters: a count, since a long file may name many."""
        owner, _, name = wanted.rpartition("/")
        own, prefix = _pairs_of(name), f"{owner}/"
        shared = Counter(row for pair in own for row in self._with_pair.get(pair, ()))
        most = len(own) + 2  # what a name goes on with was left out, and counts less
        alike = {
            key: 2 * count / (len(own) + min(pairs, most)) + key.startswith(prefix) / 10
            for (key, pairs), count in shared.items()
        }
        best = sorted(alike, key=lambda key: (-alike[key], key))[:_OFFERED]
        return [self._rows[key]["id"] for key in best if alike[key] > _ALIKE]

    def measured(self, name: str) -> list[Mapping[str, str]]:
        """The rows of ``measured.csv`` about the model of a full id."""
        return [row for row in self._measured if row["model"] == name]

    def accelerator(self, name: str, memory_mib: int | None) -> Accelerator | None:
        """The device that ``instances.csv`` calls by a name; ``None`` where it is not known.

        Args:
            name: a100, say.
            memory_mib: of one device; tells two sizes of one name apart.
        """
        for row in self._devices:
            own = row["id"]
            if own == name or (
                own.rpartition("-")[0] == name and int(row["memory_mib"]) == memory_mib
            ):
                return _accelerator(row)
        return None


def _loose(name: str) -> str:
    return _LOOSE.sub("", name)


def _pairs_of(name: str) -> frozenset[str]:
    return frozenset(map("".join, pairwise(name)))


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
    """The geometry that a row of ``models.csv`` states: its columns are called as the fields."""
    fields = Geometry.__annotations__.keys() & row.keys()
    stated: dict[str, Any] = {name: int(row[name]) for name in fields if row[name].isdecimal()}
    stated |= {"latent": row["latent"] == "1", "kind": row["kind"], "dtype": row["dtype"]}
    return Geometry(**stated)


def _family(row: Mapping[str, str]) -> Family:
    left_out = (each.partition("=") for each in row["left_out"].split())
    sizes = {name: int(size) for name, _, size in left_out}
    numbers = {name: int(text) for name, text in row.items() if text.isdecimal()}
    return Family(kind=row["kind"], left_out=sizes, **numbers)


def _accelerator(row: Mapping[str, str]) -> Accelerator:
    rates = {
        name: float(text or 0) * (1e12 if name.startswith("flops") else 1e9)
        for name, text in row.items()
        if name.startswith(("flops", "bandwidth", "link_"))
    }
    return Accelerator(id=row["id"], memory_mib=int(row["memory_mib"]), link=row["link"], **rates)


def server_of(table: Mapping[str, Any], image: str) -> Mapping[str, Any] | None:
    """The server that an image has by its name; ``None``: no server whose variables are known.

    Args:
        table: of ``rules/service/containers.json``.
        image: with its registry and tag.
    """
    if any(word in image for word in table["not_read"]):
        return None
    repository = f"-{image.partition('/')[2].partition(':')[0].replace('/', '-')}-"
    engines: list[Mapping[str, Any]] = list(table["engines"].values())
    for engine in engines:
        if any(f"-{name}-" in repository for name in engine["images"]):
            return engine
    return None
