"""Every regular expression of the package takes time in proportion to its text, not to its square.

The patterns are those that the modules compile and those of the rules. Each is tried with texts
that its own repeats ask for: what stands before the repeat, the repeated part many times, and an
end that does not fit.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest

import advisor

ROOT = Path(__file__).parents[2]
LETTERS = 3000
NOISE_S = 0.002  # what is faster for so many letters is no matter, whatever its shape
METHODS = r"\.(?:search|match|fullmatch|sub|split|finditer|findall)\b"
SAMPLES = "a1 /:-._,;\n\tA\"'(){}[]<>=@|#*+é\x01"
BOUNDED = {
    "advisor.workload.familiar": "at most 100 characters are tried",
    "advisor.workload.windows": "at most 100 characters are tried",
    "rules/service/model.json": "AWS's own; tried on texts as short as AWS takes",
}
"""Where a pattern may grow faster, and why that is no matter."""


def compiled() -> Iterator[tuple[str, re.Pattern[Any], set[str]]]:
    """Module, pattern and the methods that are called on it, of each that a module keeps."""
    for module in pkgutil.walk_packages(advisor.__path__, "advisor."):
        if module.name.endswith("__main__"):
            continue
        found = importlib.import_module(module.name)
        text = Path(str(found.__file__)).read_text(encoding="utf-8")
        for name, value in vars(found).items():
            if isinstance(value, re.Pattern):
                called = set(re.findall(rf"\b{name}({METHODS})", text))
                yield module.name, value, {each.lstrip(".") for each in called}


def of_rules() -> Iterator[tuple[str, re.Pattern[Any], set[str]]]:
    """The same of the patterns in the rules' tables, which match whole texts unless anchored."""
    for path in sorted((ROOT / "rules").rglob("*.json")):
        name = path.relative_to(ROOT).as_posix()
        for key, text in _texts(json.loads(path.read_text(encoding="utf-8"))):
            if key == "pattern" or (name.endswith("containers.json") and _is_pattern(text)):
                try:
                    yield name, re.compile(text), {"search" if key != "pattern" else "fullmatch"}
                except re.error:  # AWS's patterns are Java's; the gate passes such over
                    continue


def _is_pattern(text: str) -> bool:
    return bool(re.search(r"\[\^|\(\?", text))


def _texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, key)
    elif isinstance(value, str):
        yield key, value


def attacks(pattern: str | bytes, flags: int) -> set[tuple[str, str]]:
    """Pairs of a text and the part to repeat behind it, from the repeats of a pattern."""
    found: set[tuple[str, str]] = set()

    def walk(parts: Any, before: str) -> None:
        for op, value in parts:
            name = str(op)
            if name.endswith("_REPEAT"):
                inner = value[2]
                if value[1] > 100:
                    found.update((before, each) for each in _each(inner))
                    found.add(("", _one(inner) or "a"))
                walk(inner, before)
            elif name == "SUBPATTERN":
                walk(value[3], before)
            elif name == "BRANCH":
                for branch in value[1]:
                    walk(branch, before)
            elif name in ("ASSERT", "ASSERT_NOT"):
                walk(value[1], before)
            elif name == "ATOMIC_GROUP":
                walk(value, before)
            before += _one([(op, value)])

    walk(_parser.parse(pattern, flags), "")
    return found


def _each(parts: Any) -> list[str]:
    """Some texts that a repeated part matches."""
    op, value = parts[0]
    if len(parts) == 1 and str(op) in ("IN", "ANY", "NOT_LITERAL"):
        members = {
            "IN": value,
            "ANY": [(op, value)],
            "NOT_LITERAL": [("NEGATE", None), ("LITERAL", value)],
        }
        return [each for each in SAMPLES if _fits(members[str(op)], each)][:8]
    return [_one(parts) or "a"]


def _one(parts: Any) -> str:
    """One short text that parts of a pattern match, look-arounds aside."""
    text = ""
    for op, value in parts:
        name = str(op)
        if name == "LITERAL":
            text += chr(value)
        elif name == "NOT_LITERAL":
            text += "a" if value != ord("a") else "b"
        elif name == "ANY":
            text += "a"
        elif name == "IN":
            text += next((each for each in SAMPLES if _fits(value, each)), "a")
        elif name.endswith("_REPEAT"):
            text += _one(value[2]) * value[0]
        elif name == "SUBPATTERN":
            text += _one(value[3])
        elif name == "BRANCH":
            text += _one(value[1][0])
        elif name == "ATOMIC_GROUP":
            text += _one(value)
    return text


def _fits(members: Any, letter: str) -> bool:
    tests: dict[str, Callable[[str], bool]] = {
        "DIGIT": str.isdigit,
        "SPACE": str.isspace,
        "WORD": lambda each: each.isalnum() or each == "_",
    }
    hit = False
    for op, value in members:
        name = str(op)
        if name == "LITERAL":
            hit |= ord(letter) == value
        elif name == "ANY":
            hit |= letter != "\n"
        elif name == "RANGE":
            hit |= value[0] <= ord(letter) <= value[1]
        elif name == "CATEGORY":
            kind = str(value).removeprefix("CATEGORY_").removeprefix("UNI_")
            hit |= tests[kind.removeprefix("NOT_")](letter) != kind.startswith("NOT_")
    return hit != (str(members[0][0]) == "NEGATE")


def seconds(pattern: re.Pattern[Any], method: str, text: str, tries: int) -> float:
    """The least time of some tries."""
    given = text.encode() if isinstance(pattern.pattern, bytes) else text
    least = float("inf")
    for _ in range(tries):
        start = time.perf_counter()
        if method in ("match", "fullmatch"):
            getattr(pattern, method)(given)
        else:
            for _found in pattern.finditer(given):
                pass
        least = min(least, time.perf_counter() - start)
    return least


def growth(pattern: re.Pattern[Any], methods: set[str]) -> list[str]:
    """The texts for which four times as many letters take far more than four times as long."""
    found = []
    for before, part in attacks(pattern.pattern, pattern.flags & ~re.UNICODE):
        for end in ("", "\x01!"):
            for method in methods or {"search"}:

                def text(
                    letters: int, before: str = before, part: str = part, end: str = end
                ) -> str:
                    return before + part * (letters // len(part)) + end

                if seconds(pattern, method, text(LETTERS), 1) < NOISE_S:
                    continue
                many = seconds(pattern, method, text(LETTERS), 3)
                few = seconds(pattern, method, text(LETTERS // 4), 3)
                if many > NOISE_S and many > 9 * few:
                    found.append(f"{method} of {before!r} + {part!r} * n + {end!r}")
    return found


@pytest.mark.parametrize("source", [compiled, of_rules])
def test_every_pattern_grows_with_its_text(source: Any) -> None:
    slow = {
        f"{where}: {pattern.pattern!r}": found
        for where, pattern, methods in source()
        if where not in BOUNDED and (found := growth(pattern, methods))
    }
    assert not slow


def test_a_pattern_that_grows_with_the_square_is_seen() -> None:
    assert growth(re.compile(r"a*b"), {"search"})
    assert growth(re.compile(r"\s*,|\s*;"), {"search"})
    assert growth(re.compile(r":[^/]*(?<!a)cpu"), {"search"})
    assert not growth(re.compile(r"a*+b?"), {"search"})
