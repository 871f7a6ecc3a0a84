"""The models that a file names: looked up or read from their files, and held against tokens."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from advisor.model.errors import InputError
from advisor.model.geometry import Geometry
from advisor.model.workload import LARGEST_FIRST, Interval, Stated
from advisor.workload.forms import shown
from advisor.workload.model_files import known_models, read_model
from advisor.workload.reading import Reading

_TOKENS = ("requests.tokens.input", "requests.tokens.output")


def look_up(reading: Reading) -> dict[str, Geometry]:
    """The models of a file by path of their configuration; what is wrong with one is refused.

    Every model of a list is looked up as the one of ``model`` is. A configuration replaces an id.
    """
    values, shapes = reading.values, dict[str, Geometry]()
    listed = values.get("models")
    entries: list[tuple[dict[str, Any], Stated]] = []
    if listed is not None:
        entries += [(model, listed) for model in listed.value]
    own = values.get("model.config") or values.get("model.id")
    if own is not None:
        entries.append(({own.path.removeprefix("model."): own.value}, own))
    for model, place in entries:
        try:
            _one(reading, model, shapes)
        except InputError as error:
            reading.refuse_stated(place, f"{place.path}: {error.message}", error.hint)
            continue
        if place is own and "id" in model:
            values[own.path] = own._replace(value=model["id"])
        shape = shapes.get(model.get("config", ""))
        counted = "parameters" in model or "model.parameters" in values
        if shape is not None and not shape.certain and not counted:
            message = f"{model['config']} is of an architecture that is not known"
            fix = "State model.parameters, or give the folder with the weights."
            reading.note("model-shape-unknown", place.line, place.column, message, fix)
    if not reading.errors:
        _within_context(reading, shapes)
    return shapes


def _one(reading: Reading, model: dict[str, Any], shapes: dict[str, Geometry]) -> None:
    path = model.get("config")
    if path is None:
        if "id" in model:
            model["id"] = _id(model["id"])
    elif path not in shapes:
        folder = "" if reading.file == "-" else os.path.dirname(reading.file)
        try:
            shapes[path] = read_model(os.path.join(folder, path))
        except InputError as error:
            where = f"{error.file}:{error.line}: " if error.line else ""
            raise InputError(f"{where}{error.message}", hint=error.hint) from error


def _id(written: str) -> str:
    """What the tables know a model by: as it is written, or an address without what is around it.

    Raises:
        InputError: no model is known so, or the text is no id.
    """
    try:
        known_models().find(written)
    except InputError:
        from advisor.workload.familiar import refusal, rewritten  # only once something is odd

        tidy = rewritten(written, "id") or written
        problem, hint = refusal(tidy, "id")
        if problem:
            raise InputError(f"{shown(written)} {problem}", hint=hint) from None
        if tidy == written:
            raise
        known_models().find(tidy)
        return tidy
    return written


def _within_context(reading: Reading, shapes: Mapping[str, Geometry]) -> None:
    """Refuse tokens that the stated context does not hold, and a context that no model has."""
    values, most, texts = reading.values, 0, []
    for path in _TOKENS:
        parts = (values.get(path + part) for part in LARGEST_FIRST)
        stated = next(filter(None, parts), None)
        if stated is not None and isinstance(stated.value, Interval):
            most += stated.value.high or stated.value.low or 0
            texts.append(stated)
    wanted, bound, what = values.get("model.context"), 0, ""
    config, name = values.get("model.config"), values.get("model.id")
    if config is not None:
        bound, what = shapes[config.value].context, config.value
    elif name is not None:
        bound, what = known_models().find(name.value).geometry.context, name.value
    if wanted is not None and bound and wanted.value.high > bound:
        message = f"model.context is {wanted.text}, but {what} takes {bound:,} tokens"
        reading.refuse_stated(wanted, message, f"write {bound} or less, or leave the key out")
    if wanted is not None:
        bound, what = wanted.value.high, "model.context"
    if texts and bound and most > bound:
        said = " and ".join(f"{each.path} {each.text}" for each in texts)
        message = f"{said} are {most:,} tokens, but {what} takes {bound:,}"
        reading.refuse_stated(texts[-1], message, f"write tokens that are {bound} together at most")
