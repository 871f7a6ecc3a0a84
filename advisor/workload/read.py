"""A workload file to Workloads: one walk over the nodes of each document, by the table of keys."""

import os
import sys
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, NamedTuple

from advisor.catalogue.regions import AT_HOME, named_places
from advisor.model.errors import InputError
from advisor.model.workload import Stated, Workload
from advisor.text.digest import sha256
from advisor.text.quantity import KINDS
from advisor.text.terms import WORKLOAD
from advisor.text.yaml_reader import MappingNode, YamlNode, error_at, is_nothing, read_documents
from advisor.workload.forms import RefusedError
from advisor.workload.groups import GROUPS, stand_for_all
from advisor.workload.keys import Key, keys, required
from advisor.workload.reading import Reading
from advisor.workload.values import is_text_anyway, scalar


def read_bytes(path: str, most: int = WORKLOAD.most_bytes) -> bytes:
    """Bytes of a file, or of standard input for ``-``; one more than it may have at most.

    Raises:
        InputError: it cannot be read.
    """
    try:
        if path == "-":
            if sys.stdin is None:
                raise InputError("standard input is closed", file=path, hint="name a file instead")
            return sys.stdin.buffer.read(most + 1)
        return _read_path(path, most)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"cannot be read: {reason}", file=path, hint=_reading_hint(error, path)
        ) from error


def _read_path(path: str, most: int) -> bytes:
    with open(path, "rb", opener=_open_without_waiting) as stream:
        os.set_blocking(stream.fileno(), True)
        return stream.read(most + 1)


def _open_without_waiting(path: str, flags: int) -> int:
    """Open a pipe that nobody writes to as an empty file instead of waiting for a writer."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _reading_hint(error: Exception, path: str) -> str:
    if isinstance(error, FileNotFoundError):
        from advisor.text.spelling import likely

        folder, name = os.path.split(path)
        files = {each: each for each in _files_in(folder)}
        files |= {os.path.splitext(each)[0]: each for each in files}
        near = files.get(likely(name, files) or "")
        if near:
            return f"did you mean {os.path.join(folder, near)}?"
        return "check the path; sm-advise init writes a first workload file"
    if isinstance(error, IsADirectoryError):
        named = "".join(f", such as {os.path.join(path, it)}" for it in _files_in(path)[:1])
        return f"name a workload file in it{named}; sm-advise check {path} reads them all"
    return "name a file that can be read"


def _files_in(folder: str) -> list[str]:
    """The files of a folder that may be workloads."""
    try:
        found = os.listdir(folder or ".")
    except OSError:
        return []
    return sorted(
        name for name in found if name.endswith((".yaml", ".yml", ".json")) and name[0] != "."
    )


_NAMING = ("models", "model.id", "model.config", "model.context")  # keys that name a model
_DEVICE = "model.accelerator"  # whose text keeps the one device that it names
_REMEMBERED = 2000  # texts per key whose value is kept; a stream of files repeats most of them


class _Place(NamedTuple):
    """A key as the walk uses it."""

    path: str
    known: dict[str, Any]  # texts that were read before, or are words -> value
    key: Key
    inner: "dict[str, _Place]"


@cache
def _places() -> dict[str, _Place]:
    """The table of keys as a tree."""
    levels: dict[str, dict[str, _Place]] = {"": {}}
    for key in keys().values():
        parent, _, name = key.path.rpartition(".")
        inner: dict[str, _Place] = {}
        if key.kind in KINDS:
            for part in key.parts:
                path = f"{key.path}.{part}"
                words = {word: word for word in key.words}
                inner[part] = _Place(path, words, key._replace(path=path, parts=()), {})
        levels[key.path] = inner
        words = {} if key.kind in GROUPS else {word: word for word in key.words}
        levels[parent][name] = _Place(key.path, words, key, inner)
    return levels[""]


_new = tuple.__new__  # a third of the time of calling the class


def read_workloads(
    data: bytes,
    file: str,
    changes: Sequence[tuple[str, str]] = (),
    features: Collection[str] | None = None,
) -> list[Workload]:
    """Read every document of a YAML or JSON stream.

    Args:
        data: the stream, UTF-8.
        file: how messages name it.
        changes: key paths with YAML texts, applied as if they stood in every document.
        features: the names that ``needs`` takes; those of the rules without them.

    Raises:
        InputError: the first thing that is wrong; its ``others`` are the rest.
    """
    roots = read_documents(data, file)
    if changes:
        from advisor.workload.overrides import apply

        roots = [apply(root, changes) for root in roots]
    readings = [_document(root, Reading(file, features)) for root in roots]
    errors = [each for reading in readings if reading.errors for each in reading.in_order()]
    if errors:
        errors[0].others = tuple(errors[1:])
        raise errors[0]
    return [
        Workload(
            name=reading.values["name"].value,
            file=file,
            sha256=sha256(data if len(roots) == 1 else _bytes_of(root, data)),
            values=reading.values,
            needs_stated=reading.needs_stated,
            shapes=reading.shapes,
            notes=tuple(reading.notes),
        )
        for reading, root in zip(readings, roots, strict=True)
    ]


def _document(root: YamlNode, reading: Reading) -> Reading:
    """The stated values of one document, and its errors as a whole."""
    _walk(reading, "", root, _places())
    if not reading.values.keys() >= required().keys():
        _refuse_missing(reading, root)
    said = reading.values.get(_DEVICE)
    if said is not None and said.text != said.value:
        from advisor.workload.familiar import device_named

        reading.values[_DEVICE] = said._replace(text=device_named(said.text) or said.value)
    if "deploy.instances.min" in reading.values:
        _refuse_empty_fleet(reading)
    if not reading.values.keys().isdisjoint(_NAMING):
        from advisor.workload.named_models import look_up

        reading.shapes = look_up(reading)
    if "models" in reading.values:
        stand_for_all(reading)
    if "traffic.windows" in reading.values:
        from advisor.workload.windows import settle_active

        settle_active(reading.values)
    if "region" not in reading.values:
        _settle_region(reading)
    return reading


def _settle_region(reading: Reading) -> None:
    """The Region of the images, keys and topics that are stated, where all are in one."""
    found: dict[str, Stated] = {}
    for stated, _, place in named_places(reading.values.values()):
        if place.service in AT_HOME and place.region:
            found.setdefault(place.region, stated)
    if len(found) == 1:
        ((region, by),) = found.items()
        reading.values["region"] = Stated("region", region, region, by.line, by.column)
        text = f"region is not stated; {region}, as {by.path} names it"
        reading.note("region-derived", by.line, by.column, text)


def read_file(
    path: str, changes: Sequence[tuple[str, str]] = (), features: Collection[str] | None = None
) -> list[Workload]:
    """Read the workloads of a file, or of standard input for ``-``.

    Raises:
        InputError: it cannot be read, or as ``read_workloads`` says.
    """
    return read_workloads(read_bytes(path), path, changes, features)


def _bytes_of(root: YamlNode, data: bytes) -> bytes:
    """The bytes of one document among several."""
    text = data.decode("utf-8-sig")
    return text[root.start_mark.index : root.end_mark.index].encode()


def _walk(reading: Reading, path: str, node: YamlNode, places: dict[str, _Place]) -> None:
    """Read one mapping. Goes by the table, so that the order in the file changes nothing."""
    hint = f"write `{next(iter(places))}: …` under it" if path else "write `name: …` first"
    found = reading.pairs(path, node, hint, places.keys())
    values = reading.values
    stated = [name for name in places if name in found]
    for name in stated:
        place = places[name]
        key_node, node = found[name]
        where, known, _, _ = place
        text = node.value
        value = known.get(text) if text.__class__ is str else None
        if value is None:
            value = _read(reading, place, key_node, node)
            if value is None:
                continue
        if value.__class__ is str and where != _DEVICE:
            text = value  # as the plain spelling has it
        mark = key_node.start_mark
        values[where] = _new(Stated, (where, text, value, mark.line + 1, mark.column + 1))
    if len(stated) < len(found):
        reading.refuse_keys(path, found, places)


def _read(reading: Reading, place: _Place, key_node: YamlNode, node: YamlNode) -> Any:
    """The value of a key that takes one; ``None`` when it was stated otherwise, or refused."""
    key = place.key
    if key.kind in GROUPS:
        if not is_nothing(node):
            GROUPS[key.kind](reading, key, key_node, node)
        return None
    if key.kind == "section" or (place.inner and isinstance(node, MappingNode)):
        if not is_nothing(node):
            _walk(reading, key.path, node, place.inner)
        return None
    try:
        value = scalar(key, node)
    except RefusedError as refusal:
        reading.refuse(key.path, node, refusal)
        return None
    if len(place.known) < _REMEMBERED and (
        key.kind in KINDS or (key.kind != "flag" and is_text_anyway(node.value))
    ):
        place.known[node.value] = value
    return value


def _refuse_missing(reading: Reading, root: YamlNode) -> None:
    """Note the missing required keys, except those present with an error."""
    if "" in reading.refused:
        return
    for path, hint in required().items():
        parent, _, _ = path.rpartition(".")
        if not {path, parent} & (reading.refused | reading.values.keys()):
            keys = (key for key in root.value[::2] if key.value == parent)
            node = next(keys, root)
            reading.errors.append(error_at(node, f"{path} is missing", reading.file, hint))


def _refuse_empty_fleet(reading: Reading) -> None:
    least, most = (reading.values.get(f"deploy.instances.{end}") for end in ("min", "max"))
    if least is not None and most is not None and least.value.low > most.value.low:
        message = f"deploy.instances: min {least.text} is above max {most.text}"
        reading.refuse_stated(least, message, "write the smaller number as min")
