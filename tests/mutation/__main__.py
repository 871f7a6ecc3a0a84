"""Changes the program in small ways; a test of the area that states a value must notice each.

    python -m tests.mutation [AREA …] [--sample N] [--seed N] [--module NAME] [--slips]

A sample of the mutants of each area is judged, and what survives is printed. The exit code is 1
when fewer than 85 of 100 are noticed. The mutants of ``equivalent.tsv`` are not counted. With
``--slips`` those of ``slips.yaml`` are judged instead, and each must be noticed. It needs ``fork``.
"""

from __future__ import annotations

import argparse
import ast
import random
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.mutation.areas import AREAS, ROOT, equivalent, slips
from tests.mutation.mutator import Mutant, mutants
from tests.mutation.warm import Judges, killer

WANTED = 0.85


class Judged(NamedTuple):
    """A mutant, and the test that noticed it."""

    module: str
    mutant: Mutant
    killer: str


class Session:
    """A plugin of pytest that judges mutants where pytest would run what it collected."""

    def __init__(self, name: str, asked: argparse.Namespace) -> None:
        self.name, self.area, self.asked = name, AREAS[name], asked
        self.judged: list[Judged] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Judge the sample."""
        sources = self.area.sources()
        judges = Judges(session.items, sources)
        for path, tree, mutant in self._slips() if self.asked.slips else self._sample(sources):
            reached = judges.of(path, range(mutant.line, mutant.line + 1))
            items = reached or judges.of(path, _lines_of(tree, mutant))
            noticed = killer(tree, path, items, self.asked.seconds)
            module = path.relative_to(ROOT / "advisor").as_posix()
            self.judged.append(Judged(module, mutant, noticed))
            if self.asked.verbose or not noticed:
                verdict = f"noticed by {noticed}" if noticed else f"SURVIVES {len(items)} tests"
                say(f"{module}:{mutant.line} {mutant.key}: {verdict}")
        return True

    def _slips(self) -> Iterator[tuple[Path, ast.Module, Mutant]]:
        """The slips of the area that were written down."""
        for slip in slips():
            path = ROOT / "advisor" / slip["module"]
            text = path.read_text(encoding="utf-8")
            if slip["area"] == self.name and self.asked.module in slip["module"]:
                before, _, _ = text.partition(slip["old"])
                tree = ast.parse(text.replace(slip["old"], slip["new"], 1))
                yield path, tree, Mutant(before.count("\n") + 1, slip["new"], slip["what"])

    def _sample(self, sources: list[Path]) -> Iterator[tuple[Path, ast.Module, Mutant]]:
        """Some mutants, drawn from all of the area; each is judged before the next is made."""
        same = equivalent()
        every: list[tuple[Path, int]] = []
        for path in sources:
            module = path.relative_to(ROOT / "advisor").as_posix()
            if self.asked.module and self.asked.module not in module:
                continue
            for index, mutant in enumerate(mutants(ast.parse(path.read_text(encoding="utf-8")))):
                if (module, mutant.key) not in same:
                    every.append((path, index))
        size = min(self.asked.sample, len(every))
        drawn = defaultdict(set)
        for path, index in random.Random(self.asked.seed).sample(every, size):
            drawn[path].add(index)
        say(f"{len(every)} mutants, {size} of them judged")
        for path, wanted in drawn.items():
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for index, mutant in enumerate(mutants(tree)):
                if index in wanted:
                    yield path, tree, mutant


def _lines_of(tree: ast.Module, mutant: Mutant) -> range:
    """The lines of the innermost function around a mutant, or of the whole module."""
    around = [
        range(node.lineno, (node.end_lineno or node.lineno) + 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and node.lineno <= mutant.line <= (node.end_lineno or 0)
    ]
    return around[-1][1:] if around else range(1, 1 << 16)


def say(text: str) -> None:
    """Print a line at once: a run takes minutes."""
    sys.__stdout__.write(f"{text}\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]


def judge(name: str, asked: argparse.Namespace) -> float:
    """The share of an area's sample that its tests notice."""
    say(f"== {name}")
    plugin = Session(name, asked)
    quiet = ["-q", "-q", "-p", "no:randomly", "-p", "no:xdist", "-p", "no:cacheprovider"]
    done = pytest.main([*quiet, "--capture=no", *map(str, plugin.area.judges())], [plugin])
    if done not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise SystemExit(f"{name}: pytest ended with {done}")
    noticed = sum(bool(each.killer) for each in plugin.judged)
    say(f"{name}: {noticed} of {len(plugin.judged)} noticed")
    return noticed / max(len(plugin.judged), 1)


def main() -> int:
    """Judge the areas that are asked for, all without any."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("areas", nargs="*", metavar="AREA", help=", ".join(AREAS))
    parser.add_argument("--sample", type=int, default=60, help="mutants of each area")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--module", default="", help="only modules with this in their name")
    parser.add_argument("--seconds", type=int, default=60, help="longer counts as noticed")
    parser.add_argument("--slips", action="store_true", help="judge those of slips.yaml")
    parser.add_argument("--verbose", action="store_true", help="say what noticed each mutant")
    asked = parser.parse_args()
    shares = [judge(name, asked) for name in asked.areas or AREAS]
    return 0 if min(shares) >= (1 if asked.slips else WANTED) else 1


if __name__ == "__main__":
    sys.exit(main())
