"""The model that a workload names: by an id of the tables, or by files that came with its weights.

Read are a ``config.json``, a folder with one and with weights, or a ``.gguf`` file. Of weights only
the headers are read: they count parameters exactly, so they go before the formula.
"""

from __future__ import annotations

import os
from collections import Counter
from functools import cache
from math import prod
from typing import Any, BinaryIO

from advisor.catalogue.models import Models
from advisor.model.errors import InputError
from advisor.model.geometry import Geometry
from advisor.modelling.geometry import bounded, from_config
from advisor.rulebook.model_tables import model_tables
from advisor.text.json_text import json_object
from advisor.workload.forms import service_table

_CONFIG = "config.json"
_MOST_CONFIG = 1 << 20
_MOST_HEADER = 100_000_000  # bytes, as the format itself has it
_MOST_PAIRS = 100_000
_HINT = "Give the config.json that its repository has beside the weights."
# Types of tensors whose elements are parameters; packed ones hold several in each element.
_PLAIN = {"F32": "fp32", "F16": "fp16", "BF16": "bf16", "F8_E4M3": "fp8", "F8_E5M2": "fp8"}
_WIDTHS = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_TEXT, _LIST, _FLOATS = 8, 9, (6, 12)


@cache
def known_models() -> Models:
    """The models, families and accelerators of the rules in use.

    Raises:
        RulebookError: a table cannot be read.
    """
    return Models(model_tables())


def read_model(path: str) -> Geometry:
    """The geometry of a model from its files.

    Args:
        path: of a ``config.json``, of a folder that has one, or of a ``.gguf`` file.

    Raises:
        InputError: a file cannot be read, or says what no model can have.
    """
    try:
        if os.path.isdir(path):
            return _with_weights(_read_config(os.path.join(path, _CONFIG)), path)
        return _read_gguf(path) if path.lower().endswith(".gguf") else _read_config(path)
    except (OSError, ValueError) as error:  # a name with a zero in it is a ValueError
        why = getattr(error, "strerror", None) or "no file has such a name"
        where = getattr(error, "filename", None) or path
        message = f"the model's file cannot be read: {why}"
        raise InputError(message, file=str(where), hint=_HINT) from error


def _read_config(path: str) -> Geometry:
    with open(path, "rb") as file:
        data = file.read(_MOST_CONFIG + 1)
    if len(data) > _MOST_CONFIG:
        raise InputError("the model's configuration is larger than 1 MiB", file=path, hint=_HINT)
    return _geometry(json_object(data, path, _HINT), path)


def _geometry(config: dict[str, Any], path: str) -> Geometry:
    try:
        return from_config(config, known_models().families)
    except InputError as error:
        raise InputError(error.message, file=path, hint=error.hint) from error
    except RecursionError as error:
        raise InputError("the values are nested too deeply", file=path, hint=_HINT) from error


def _with_weights(geometry: Geometry, folder: str) -> Geometry:
    """The geometry with what the weights in a folder say: exact parameters, and their bytes."""
    names = sorted(os.listdir(folder))
    tensors = [os.path.join(folder, name) for name in names if name.endswith(".safetensors")]
    weights = tensors or [os.path.join(folder, name) for name in names if name.endswith(".bin")]
    stored = sum(os.path.getsize(path) for path in weights)
    counted: Counter[str] = Counter()
    for path in tensors:
        counted += _tensors(path)
    found = geometry._replace(artifact_bytes=stored)
    if not counted or not counted.keys() <= _PLAIN.keys():
        return found
    dtype = _PLAIN[counted.most_common(1)[0][0]]
    return bounded(found._replace(parameters=counted.total(), dtype=dtype, certain=True))


def _tensors(path: str) -> Counter[str]:
    """The elements of each type of tensor that a ``.safetensors`` file holds, from its header."""
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = file.read(length) if length <= _MOST_HEADER else b""
    if len(header) != length or not header:
        raise _damaged(path)
    found: Counter[str] = Counter()
    for name, tensor in json_object(header, path, _HINT).items():
        if name == "__metadata__":
            continue
        shape = tensor.get("shape") if isinstance(tensor, dict) else None
        if not isinstance(shape, list) or any(type(each) is not int or each < 0 for each in shape):
            raise _damaged(path)
        if tensor.get("dtype") != "I64":  # positions, no parameters
            found[str(tensor.get("dtype"))] += prod(shape)
    return found


def _damaged(path: str) -> InputError:
    hint = "Download the file again, or give the config.json alone."
    return InputError("the header of the weights is damaged", file=path, hint=hint)


def _read_gguf(path: str) -> Geometry:
    stored = os.path.getsize(path)
    with open(path, "rb") as file:
        pairs, parameters = _Gguf(file, stored, path).header()
    family = str(pairs.get("general.architecture"))
    names = service_table("gguf.json")["keys"].items()
    stated = {key: pairs.get(f"{family}.{name}") for name, key in names}
    config = {"vocab_size": pairs.get("tokenizer.ggml.tokens"), "model_type": family}
    config |= {key: value for key, value in stated.items() if value is not None}
    found = _geometry(config, path)._replace(artifact_bytes=stored)
    if not parameters:
        return found
    each = stored / parameters
    dtype = next((name for most, name in _BY_BYTES if each < most), "fp32")
    return bounded(found._replace(parameters=parameters, dtype=dtype, certain=True))


_BY_BYTES = ((0.8, "int4"), (1.5, "int8"), (3, "fp16"))
"""Bytes of a parameter below which a file counts as one of a precision; scales are included."""


class _Gguf:
    """Reads the header of a ``.gguf`` file: its key-value block and its list of tensors.

    A list of texts is given as its length; fractions and lists of numbers, as ``None``.
    """

    def __init__(self, file: BinaryIO, stored: int, path: str) -> None:
        self.file, self.stored, self.path = file, stored, path

    def header(self) -> tuple[dict[str, Any], int]:
        self.require(self.bytes(4) == b"GGUF" and self.number(4) in (2, 3))
        tensors, count = self.number(8), self.number(8)
        self.require(max(tensors, count) <= _MOST_PAIRS)
        pairs = {}
        for _ in range(count):
            name = self.text()
            pairs[name] = self.value(self.number(4))
        parameters = 0
        for _ in range(tensors):
            self.text()
            dimensions = self.number(4)
            self.require(dimensions <= 8)
            parameters += prod([self.number(8) for _ in range(dimensions)])
            self.bytes(12)  # type and offset
        return pairs, parameters

    def value(self, kind: int) -> Any:
        if kind == _TEXT:
            return self.text()
        if kind != _LIST:
            found = self.number(self.width(kind))
            return None if kind in _FLOATS else found
        item, count = self.number(4), self.number(8)
        self.require(count <= self.stored)
        if item != _TEXT:
            self.file.seek(count * self.width(item), os.SEEK_CUR)
        for _ in range(count if item == _TEXT else 0):
            self.text()
        return count if item == _TEXT else None

    def width(self, kind: int) -> int:
        self.require(kind in _WIDTHS)
        return _WIDTHS[kind]

    def text(self) -> str:
        return self.bytes(self.number(8)).decode("utf-8", "replace")

    def number(self, width: int) -> int:
        return int.from_bytes(self.bytes(width), "little")

    def bytes(self, count: int) -> bytes:
        data = self.file.read(count) if count <= self.stored else b""
        self.require(len(data) == count)
        return data

    def require(self, sound: bool) -> None:
        if not sound:
            raise _damaged(self.path)
