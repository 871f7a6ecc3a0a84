"""One process that has imported and collected everything; a forked child judges each mutant."""

from __future__ import annotations

import ast
import gc
import os
import pickle
import resource
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from functools import _lru_cache_wrapper
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from coverage import Coverage

from tests.mutation.areas import ROOT

SLOWEST = 3.0
"""Seconds: a test that takes longer judges no mutant."""

Lines = dict[str, dict[int, set[str]]]
"""Path of a module -> line -> the tests that reach it."""


class Judges:
    """The tests that count, each with the lines that it reaches and its seconds."""

    def __init__(self, items: list[pytest.Item], sources: list[Path]) -> None:
        self.items = {item.nodeid: item for item in items if states_a_value(item)}
        self.seconds: dict[str, float] = {}
        self.lines: Lines = {}
        self._measure(sources)

    def _measure(self, sources: list[Path]) -> None:
        """Run every test once, in a child, so that nothing is remembered here."""
        inward, outward = os.pipe()
        if not os.fork():
            os.close(inward)
            silence()
            told = self._reached(sources)
            with os.fdopen(outward, "wb") as stream:
                pickle.dump(told, stream)
            os._exit(0)
        os.close(outward)
        with os.fdopen(inward, "rb") as stream:
            self.lines, self.seconds, failed = pickle.load(stream)  # noqa: S301
        os.wait()
        if failed:
            raise SystemExit(f"these fail without a change: {', '.join(failed)}")

    def _reached(self, sources: list[Path]) -> tuple[Lines, dict[str, float], list[str]]:
        cover = Coverage(data_file=None, config_file=False, include=[str(path) for path in sources])
        seconds: dict[str, float] = {}
        failed = []
        cover.start()
        for nodeid, item in self.items.items():
            cover.switch_context(nodeid)
            before = time.monotonic()
            if not passes(item):
                failed.append(nodeid)
            seconds[nodeid] = time.monotonic() - before
        cover.stop()
        lines: Lines = defaultdict(dict)
        data = cover.get_data()
        for file in data.measured_files():
            for line, contexts in data.contexts_by_lineno(file).items():
                lines[file][line] = {each for each in contexts if each}
        return dict(lines), seconds, failed

    def of(self, path: Path, lines: range) -> list[pytest.Item]:
        """The tests that reach any of some lines, the quickest first."""
        reached = self.lines.get(str(path), {})
        found = {name for line in lines for name in reached.get(line, ())}
        quick = [name for name in found if self.seconds[name] < SLOWEST]
        return [self.items[name] for name in sorted(quick, key=self.seconds.__getitem__)]


def states_a_value(item: pytest.Item) -> bool:
    """Neither a property nor a comparison with what the program wrote itself."""
    function = getattr(item, "function", None)
    return not hasattr(function, "hypothesis") and "golden" not in getattr(item, "fixturenames", ())


def passes(item: pytest.Item) -> bool:
    """Whether a test passes, or is skipped."""
    return not any(report.failed for report in runtestprotocol(item, log=False))


def silence() -> None:
    """Nothing of what a child prints is shown."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def killer(tree: ast.Module, path: Path, items: list[pytest.Item], seconds: int) -> str:
    """The test that notices a mutant; "time" when it takes too long, "" when none notices."""
    inward, outward = os.pipe()
    child = os.fork()
    if not child:
        os.close(inward)
        silence()
        signal.alarm(seconds)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
        told = "import"
        try:
            graft(tree, path)
            told = next((item.nodeid for item in items if not passes(item)), "")
        finally:
            os.write(outward, told.encode())
            os._exit(0)
    os.close(outward)
    with os.fdopen(inward) as stream:
        told = stream.read()
    _, status = os.waitpid(child, 0)
    return "time" if os.WIFSIGNALED(status) else told


def graft(tree: ast.Module, path: Path) -> None:
    """Give every function of a module the code that a changed tree has for it."""
    code = compile(tree, str(path), "exec", dont_inherit=True)
    changed = {_key(each): each for each in _codes(code)}
    for function in [each for each in gc.get_objects() if isinstance(each, FunctionType)]:
        if function.__code__.co_filename == str(path):
            new = changed.get(_key(function.__code__))
            if new is not None and len(new.co_freevars) == len(function.__code__.co_freevars):
                function.__code__ = new
    _rebind(code, path)
    for cached in [each for each in gc.get_objects() if isinstance(each, _lru_cache_wrapper)]:
        module = str(getattr(cached, "__module__", ""))
        if module.startswith("advisor.") and not module.startswith(("advisor.rulebook.load",)):
            cached.cache_clear()


def _rebind(code: CodeType, path: Path) -> None:
    """Give a module's constants and defaults what they are after the change, everywhere."""
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    live = sys.modules[name]
    fresh = ModuleType(name)
    fresh.__file__, fresh.__package__ = str(path), live.__package__
    exec(code, fresh.__dict__)  # noqa: S102  # our own source, changed by us
    for key, new in vars(fresh).items():
        old = vars(live).get(key)
        if isinstance(new, FunctionType) and isinstance(old, FunctionType):
            old.__defaults__, old.__kwdefaults__ = new.__defaults__, new.__kwdefaults__
        elif _is_data(new) and _is_data(old) and repr(new) != repr(old):
            for module in list(sys.modules.values()):
                if vars(module).get(key) is old:
                    setattr(module, key, new)


def _is_data(value: Any) -> bool:
    one = isinstance(value, int | float | str | Decimal)
    return one or isinstance(value, tuple | list | dict | set | frozenset)


def _codes(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _codes(each)


def _key(code: CodeType) -> tuple[object, ...]:
    """A function by its name and place; lambdas of a line differ by their column."""
    place = next((each for each in code.co_positions() if each[2] is not None), None)
    column = place[2] if place and code.co_name == "<lambda>" else 0
    return code.co_qualname, code.co_firstlineno, column
