"""Convert one written value, or refuse it with the accepted forms."""

from __future__ import annotations

import re
from typing import Any

from advisor.catalogue.regions import place_of
from advisor.model.workload import Interval
from advisor.rulebook.load import known_regions
from advisor.text.quantity import KINDS, QuantityError, parse, show
from advisor.text.spelling import likely, listed, plain
from advisor.text.yaml_reader import ScalarNode, YamlNode, is_nothing
from advisor.workload.forms import MOST_SHOWN, Form, RefusedError, fits, forms, shown
from advisor.workload.keys import Key

_BYTES = re.compile(r"\d{1,3}(?:\.\d+)?B").fullmatch
_MODEL_SIZE = ("model.size", "size")  # of `model`, and of one of `models`
_FLAGS = {"true": True, "false": False}
_OF_A_LIST = ("region", "timezone", "framework")  # forms whose texts are names of a list
_RESPELT = ("days", "hours", "instance", "date", "step")  # forms with more than one way to write


def single(node: YamlNode, hint: str) -> ScalarNode:
    """The node, if it holds one value and neither a list nor a mapping.

    Raises:
        RefusedError: it holds several.
    """
    if not isinstance(node, ScalarNode):
        raise RefusedError("expected a single value", hint)
    return node


def scalar(key: Key, value: YamlNode) -> Any:
    """The value of a key that takes a single one.

    Raises:
        RefusedError: the key does not take it.
    """
    example = "write true or false"
    if key.kind != "flag":
        example = (
            f"write a value such as {key.example}" if key.example else f"write {listed(key.words)}"
        )
    node = single(value, example)
    if is_nothing(node):
        optional = "" if key.required else ", or remove the key"
        raise RefusedError("the value is missing", example + optional)
    if key.kind in KINDS:
        return read_quantity(key, node.value)
    if key.kind == "text":
        return read_text(forms()[key.form], node)
    return read_flag(node) if key.kind == "flag" else read_word(key, node.value)


def read_quantity(key: Key, text: str) -> Interval | str:
    """A quantity or count as a closed range of base units, or one of the key's words.

    Raises:
        RefusedError: it cannot be read, or is impossible for this key.
    """
    try:
        interval = parse(text, key.kind)
    except QuantityError:
        meant = spelt_word(key, text)
        if meant in key.words:
            return meant
        interval = _familiar(key, meant if meant[:1].isdigit() else text)
    if _BYTES(text) and key.path in _MODEL_SIZE:  # people say 7B of its parameters
        hint = f"write its size, such as 15 GB, or its parameters: {text}"
        raise RefusedError(f"{shown(text)} would be that many bytes", hint)
    bounds = [bound for bound in interval if bound is not None]
    if key.kind == "count" and min(bounds) < key.least:
        raise RefusedError(f"{shown(text)} is less than {key.least}", f"write {key.least} or more")
    if key.kind != "count" and key.least and interval == (0, 0):
        raise RefusedError(f"{shown(text)} is zero", "remove the key if it does not apply")
    if key.most is not None and max(bounds) > key.most:
        most = show(Interval(key.most, key.most), key.kind)
        raise RefusedError(f"{shown(text)} is more than {most}", f"write {most} or less")
    if key.exact and (len(bounds) == 1 or ".." in text or bounds[0] != bounds[1]):
        raise RefusedError(f"{shown(text)} is a range", "write one number")
    return interval


def _familiar(key: Key, text: str) -> Interval:
    from advisor.workload.familiar import parse_any, rewritten  # few files need it

    try:
        return parse_any(rewritten(text, *key.path.split(".")) or text, key.kind)
    except QuantityError as error:
        problem = error.problem if len(text) <= MOST_SHOWN else f"{shown(text)} cannot be read"
        hint = error.forms
        if not key.words and text.isalpha() and not error.hint:
            hint = f"no word stands for it; {hint}"
        elif key.words and not error.hint:
            close = likely(text, key.words)
            guess = f"did you mean {close}?"
            hint = guess if close else f"{hint}; or {', '.join(key.words)}"
        raise RefusedError(problem, hint) from error


def spelt_word(key: Key, text: str) -> str:
    """The plain spelling of a word; empty for a text that is none.

    Raises:
        RefusedError: it has several meanings.
    """
    from advisor.workload.familiar import only_meaning

    same = {plain(word): word for word in key.words}.get(plain(text))
    return same or only_meaning(text, key.path.rpartition(".")[2], key.kind)


def read_word(key: Key, text: str) -> str:
    """A word of the key's list.

    Raises:
        RefusedError: it is another one.
    """
    meant = text if text in key.words else spelt_word(key, text)
    if meant in key.words:
        return meant
    close = likely(text, key.words) if len(key.words) > 1 else None
    guess = f"did you mean {close}? " if close else ""
    hint = f"write {meant}" if meant else f"{guess}write {listed(key.words)}"
    raise RefusedError(f"{shown(text)} is not an accepted word", hint)


def read_flag(node: ScalarNode) -> bool:
    """A boolean, unquoted: ``true`` or ``false``, or a word that means one of them.

    Raises:
        RefusedError: it is neither.
    """
    value = None if node.style else _FLAGS.get(node.value)
    if value is None and not node.style:
        from advisor.workload.familiar import only_meaning

        value = _FLAGS.get(only_meaning(node.value, "flag"))
    if value is None:
        problem = f"{shown(node.value)} is not true or false"
        if node.style and node.value in _FLAGS:
            problem = f"{node.value} in quotes is a text"
        raise RefusedError(problem, "write true or false, without quotes")
    return value


def read_text(form: Form, node: ScalarNode) -> str:
    """A text of a form.

    Raises:
        RefusedError: it has another form, or an editor would read it as a number or boolean.
    """
    text: str = node.value
    if not node.style:
        if is_nothing(node):
            raise RefusedError("the value is missing", f"write {form.says}, or remove the key")
        if form.quoted and (text in _FLAGS or is_number(text)):
            kind = "a boolean" if text in _FLAGS else "a number"
            quotes = re.fullmatch(form.pattern, text)
            hint = "put it in quotes" if quotes else f"write {form.says}"
            raise RefusedError(f"{shown(text)} without quotes is {kind}", hint)
    if form.name in _OF_A_LIST and not (form.name == "region" and text in known_regions()):
        from advisor.workload.listed import READERS  # few names are not the list's own

        return READERS[form.name](form, text)
    _refuse_misspelt_region(text)
    if fits(form, text):
        return text
    if meant := _respelt(form, text):
        return meant
    if len(text) > form.longest:
        problem = f"{shown(text)} has {len(text)} characters; expected at most {form.longest}"
        raise RefusedError(problem, f"write {form.says}")
    raise RefusedError(f"{shown(text)} is not accepted", f"write {form.says}")


def _respelt(form: Form, text: str) -> str:
    """A text as the form has it, where case or a way to write is all that differs; or empty."""
    from advisor.workload.familiar import rewritten

    tidy = rewritten(text, form.name)
    found = (each for each in (tidy, tidy.lower()) if form.name in _RESPELT and fits(form, each))
    return next(found, "")


def _refuse_misspelt_region(text: str) -> None:
    place = place_of(text)
    if place is None or not place.region or place.region in known_regions():
        return
    from advisor.rulebook.regions import misspelling  # only once something is wrong

    wrong = misspelling(place.region, known_regions())
    if wrong is not None:
        raise RefusedError(*wrong)


def is_text_anyway(text: str) -> bool:
    """Whether a text means the same with and without quotes."""
    return text[:1].isalpha() and text not in _FLAGS and text.lower() != "null"


def is_number(text: str) -> bool:
    """Whether an editor would read an unquoted text as a number."""
    digits = text.lstrip("+-")
    if not digits.isascii() or "_" in text or not (digits[:1].isdigit() or digits[:1] == "."):
        return False
    try:
        float(text)
    except ValueError:
        return digits[:2] in ("0x", "0o") or digits.lower() in (".inf", ".nan")
    return True
