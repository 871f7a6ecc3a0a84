"""Convert one written value, or refuse it with the accepted forms."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from advisor.catalogue.regions import place_of
from advisor.model.workload import Interval
from advisor.text.places import UNSEEN, UNSEEN_ASCII
from advisor.text.quantity import QuantityError, parse_any, show
from advisor.text.spelling import likely, listed, plain
from advisor.text.yaml_reader import ScalarNode, YamlNode, is_nothing
from advisor.workload.forms import LETTERS, Form, forms
from advisor.workload.keys import Key

_MOST_SHOWN = 60
_FLAGS = {"true": True, "false": False}


class RefusedError(ValueError):
    """A value that its key does not take.

    Args:
        problem: what is wrong with it, without a final stop.
        hint: what to write instead.
    """

    def __init__(self, problem: str, hint: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint


def single(node: YamlNode, hint: str) -> ScalarNode:
    """The node, if it holds one value and neither a list nor a mapping.

    Raises:
        RefusedError: it holds several.
    """
    if not isinstance(node, ScalarNode):
        raise RefusedError("expected a single value", hint)
    return node


def shown(text: str) -> str:
    """A text from a file as messages quote it: on one line and not too long."""
    return repr(text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…")


def read_quantity(key: Key, text: str) -> Interval:
    """A quantity or count as a closed range of base units.

    Raises:
        RefusedError: it cannot be read, or is impossible for this key.
    """
    try:
        interval = parse_any(text, key.kind)
    except QuantityError as error:
        problem = error.problem if len(text) <= _MOST_SHOWN else f"{shown(text)} cannot be read"
        raise RefusedError(problem, _quantity_hint(key, error.forms, text)) from error
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


def _quantity_hint(key: Key, forms: str, text: str) -> str:
    if not key.words:
        return f"no word stands for it; {forms}" if text.isalpha() else forms
    close = likely(text, key.words)
    return f"{forms}; or {', '.join(key.words)}" if close is None else f"did you mean {close}?"


def read_word(key: Key, text: str) -> str:
    """A word of the key's list.

    Raises:
        RefusedError: it is another one.
    """
    if text in key.words:
        return text
    same = {plain(word): word for word in key.words}.get(plain(text))
    if same is not None:
        return same
    close = likely(text, key.words) if len(key.words) > 1 else None
    guess = f"did you mean {close}? " if close else ""
    raise RefusedError(
        f"{shown(text)} is not an accepted word", f"{guess}write {listed(key.words)}"
    )


def read_flag(node: ScalarNode) -> bool:
    """A boolean: ``true`` or ``false``, unquoted.

    Raises:
        RefusedError: it is neither.
    """
    value = None if node.style else _FLAGS.get(node.value)
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
            fits = re.fullmatch(form.pattern, text)
            hint = "put it in quotes" if fits else f"write {form.says}"
            raise RefusedError(f"{shown(text)} without quotes is {kind}", hint)
    _refuse_misspelt_region(form, text)
    if len(text) > form.longest:
        problem = f"{shown(text)} has {len(text)} characters; expected at most {form.longest}"
        raise RefusedError(problem, f"write {form.says}")
    matches = _matcher(form.pattern, text.isascii())
    if len(text) < form.shortest or not matches(text) or not _exists(form, text):
        raise RefusedError(f"{shown(text)} is not accepted", f"write {form.says}")
    return text


def _refuse_misspelt_region(form: Form, text: str) -> None:
    place = None if form is forms()["region"] else place_of(text)
    region = text if form is forms()["region"] else place.region if place is not None else ""
    if not region:
        return
    from advisor.rulebook.load import known_regions

    if region in known_regions():
        return
    from advisor.rulebook.regions import misspelling  # only once something is wrong

    wrong = misspelling(region, known_regions())
    if wrong is not None:
        raise RefusedError(*wrong)


@cache
def _matcher(pattern: str, ascii_only: bool) -> Callable[[str], re.Match[str] | None]:
    # A class with letters or signs of all scripts takes a part of a millisecond to compile.
    if ascii_only:
        pattern = pattern.replace(LETTERS, "A-Za-z").replace(UNSEEN, UNSEEN_ASCII)
    return re.compile(pattern).fullmatch


def _exists(form: Form, text: str) -> bool:
    """Whether the calendar has a date; true for any other text."""
    if form is not forms()["date"]:
        return True
    from datetime import date

    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


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
