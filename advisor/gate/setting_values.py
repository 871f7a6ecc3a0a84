"""What form a setting takes, and what is said of one that has another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from advisor.errors import InputError
from advisor.gate.spelling import nearest

Table = Mapping[str, Any]
Places = Mapping[str, tuple[int, int]]
_NOWHERE: Places = {}
Form = tuple[str, Callable[[Any], bool]]  # what is expected, in words, and whether a value is it


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _every(is_one: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list | tuple) and all(map(is_one, value))


TEXT: Form = ("a text", _is_text)
TEXTS: Form = ("a list of texts", _every(_is_text))
COUNT: Form = ("a whole number", _is_count)
TRUTH: Form = ("true or false", lambda value: isinstance(value, bool))
MAPPING: Form = ("a mapping", lambda value: isinstance(value, dict))
COUNTS: Form = (
    "a mapping to whole numbers",
    lambda value: isinstance(value, dict) and all(map(_is_count, value.values())),
)
MAPPINGS: Form = (
    "a mapping to mappings",
    lambda value: isinstance(value, dict) and all(isinstance(v, dict) for v in value.values()),
)
PAIRS: Form = (
    "a list of {workload: PATH, artifact: PATH}",
    _every(
        lambda pair: (
            isinstance(pair, dict)
            and pair.keys() == {"workload", "artifact"}
            and all(map(_is_text, pair.values()))
        )
    ),
)


def one_of(*words: str) -> Form:
    """One word of a few."""
    return f"one of {', '.join(words)}", lambda value: value in words


def some_of(*words: str) -> Form:
    """A list of words, each of a few."""
    return f"a list of {', '.join(words)}", _every(lambda value: value in words)


def require(
    table: Table, forms: Mapping[str, Form], file: str, what: str, places: Places = _NOWHERE
) -> None:
    """Refuse a key that is not known and a value of another form.

    Args:
        table: the settings.
        forms: key -> the form of its value.
        file: where they stand.
        what: how a message calls them.
        places: key -> its line and column, where that is known.

    Raises:
        InputError: there is one.
    """
    for key, value in table.items():
        line, column = places.get(key, (0, 0))
        if key not in forms:
            near = nearest(key, sorted(forms))
            hint = f"did you mean {near}?" if near else f"known keys: {', '.join(sorted(forms))}"
            message = f"{what} has no key {key}"
            raise InputError(message, file=file, line=line, column=column, hint=hint)
        expected, fits = forms[key]
        if not fits(value):
            message = f"{key} in {what} takes {expected}"
            raise InputError(message, file=file, line=line, column=column)
