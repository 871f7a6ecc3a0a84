"""Draws the rooms of advisor/ from its imports: docs/architecture.svg and a table in its page.

``--check`` only compares.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise
from math import fsum
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PAGE, PICTURE = ROOT / "docs" / "architecture.md", ROOT / "docs" / "architecture.svg"
BEGIN = "<!-- Written by scripts/draw_house.py from the imports: run make docs. -->"
END = "<!-- The end of what is written. -->"

Graph = Mapping[str, set[str]]  # a room or module -> those that it imports

_ENTRIES = ("advisor", "__main__")  # they only name what stands in a room
_WIDTH, _HEIGHT = 150, 46  # of a box
_DOWN, _GAP, _EDGE = 86, 26, 20
_SWEEPS = 8  # after which no box moves any more

_HEAD = """\
<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7"\
 orient="auto"><path d="M0 0 8 4 0 8z" fill="#59636e"/></marker></defs>
<style>
  text { font: 13px system-ui, sans-serif; fill: #1f2328; text-anchor: middle; }
  .name { font-weight: 600; }
  .note { font-size: 11px; fill: #59636e; }
  .box { fill: #f6f8fa; stroke: #59636e; }
  .way { stroke: #59636e; fill: none; marker-end: url(#tip); }
</style>"""


class House(NamedTuple):
    """The modules of a package as they stand on disk."""

    modules: Graph  # a module -> the modules that it imports, in functions and for types too
    rooms: Graph  # a room -> the rooms that its modules import, or name in a table of modules
    sentences: Mapping[str, str]  # a room -> the first sentence of its docstring
    rows: tuple[tuple[str, ...], ...]  # the rooms from the top down, as the contract of layers says


def read(root: Path = ROOT) -> House:
    """The house as its source says now."""
    paths = {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted((root / "advisor").rglob("*.py"))
    }
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in paths.items()}
    modules: dict[str, set[str]] = {}
    rooms: dict[str, set[str]] = defaultdict(set)
    for name, tree in trees.items():
        modules[name] = set(_imported(tree, trees)) - {name}
        rooms[_room(name)] |= {_room(each) for each in (*modules[name], *_named(tree, trees))}
    inside = set(rooms) - set(_ENTRIES)
    said = {name: ast.get_docstring(trees[f"advisor.{name}"]) or "" for name in inside}
    return House(
        modules,
        {name: (rooms[name] & inside) - {name} for name in sorted(inside)},
        {name: " ".join(text.partition("\n\n")[0].split()) for name, text in said.items()},
        tuple(_rows(root, inside)),
    )


def _rows(root: Path, rooms: set[str]) -> Iterator[tuple[str, ...]]:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    for contract in project["tool"]["importlinter"]["contracts"]:
        for layer in contract.get("layers", ()):
            names = tuple(each.strip() for each in layer.split("|") if each.strip() in rooms)
            if names:
                yield names


def _room(module: str) -> str:
    return module.split(".")[1] if "." in module else module


def _imported(tree: ast.Module, modules: Mapping[str, object]) -> Iterator[str]:
    """The modules that the import statements anywhere in a module load or name for types."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in modules:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in modules else str(node.module)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)


def _named(tree: ast.Module, modules: Mapping[str, object]) -> Iterator[str]:
    """The modules that a table names by text, to load one when it is asked for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in modules:
            yield node.value


def circles(graph: Graph) -> list[list[str]]:
    """Groups of which each member reaches all others, sorted; empty when nothing goes round."""
    ahead = {name: _reached(graph, name) for name in graph}
    found = {
        tuple(sorted(other for other in ahead[name] if name in ahead.get(other, ())))
        for name in graph
    }
    return sorted(list(group) for group in found if len(group) > 1)


def _reached(graph: Graph, start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = graph.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def needed(graph: Graph) -> list[tuple[str, str]]:
    """The arrows that do not follow from others, for a graph without circles."""
    ahead = {name: _reached(graph, name) for name in graph}
    return [
        (upper, lower)
        for upper in sorted(graph)
        for lower in sorted(graph[upper])
        if not any(lower in ahead[other] for other in graph[upper])
    ]


def table(house: House) -> str:
    """The rooms from the top down: what goes in and comes out, and what each may read."""
    lines = ["| Room | In and out | Imports |", "| --- | --- | --- |"]
    below = [name for row in house.rows for name in row]
    for name in below:
        used = ", ".join(each for each in below if each in house.rooms[name])
        sentence = house.sentences[name].replace("``", "`")
        lines.append(f"| `{name}` | {sentence} | {used or 'nothing'} |")
    return "\n".join(lines)


def draw(house: House) -> str:
    """A complete SVG document: rows as in the contract, an arrow for each import that is needed."""
    order = {name: number for number, row in enumerate(house.rows) for name in row}
    ways = [_way(upper, lower, order) for upper, lower in needed(house.rooms)]
    middles = _middles(house.rows, ways)
    left = min(middles.values()) - _WIDTH // 2 - _EDGE
    width = max(middles.values()) + _WIDTH // 2 + _EDGE - left
    height = len(house.rows) * _DOWN + _EDGE
    body = [_line(way, middles, order) for way in ways]
    body += [line for name in order for line in _box(name, house, middles[name], order[name])]
    box = f"{left} 0 {width} {height}"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" role="img">',
            "<title>The rooms of advisor/, and which imports which</title>",
            _HEAD,
            f'<rect x="{left}" width="{width}" height="{height}" fill="#ffffff"/>',
            *body,
            "</svg>\n",
        ]
    )


def _way(upper: str, lower: str, order: Mapping[str, int]) -> list[str]:
    """An arrow as the places that it passes: its rooms, and a free place in each row between."""
    between = range(order[upper] + 1, order[lower])
    return [upper, *(f"{upper}>{lower}:{row}" for row in between), lower]


def _middles(rows: tuple[tuple[str, ...], ...], ways: list[list[str]]) -> dict[str, int]:
    """Where each room and each place of a passing arrow stands, from left to right."""
    places = [list(row) for row in rows]
    near: dict[str, set[str]] = defaultdict(set)
    for way in ways:
        for place in way[1:-1]:
            places[int(place.rpartition(":")[2])].append(place)
        for one, other in pairwise(way):
            near[one].add(other)
            near[other].add(one)
    middles = {name: 0.0 for row in places for name in row}
    for row in places:
        _spread(row, {name: float(number) for number, name in enumerate(row)}, middles)
    for sweep in range(_SWEEPS):
        for row in places if sweep % 2 else reversed(places):
            pull = {name: _mean([middles[other] for other in near[name]]) for name in row}
            row.sort(key=lambda name: (pull[name], name))
            _spread(row, pull, middles)
    return {name: round(middle) for name, middle in middles.items()}


def _spread(row: list[str], pull: Mapping[str, float], middles: dict[str, float]) -> None:
    """Place a row from left to right without overlap, its members as near as they are pulled."""
    at: list[float] = []
    for one, other in pairwise([row[0], *row]):
        apart = (_wide(one) + _wide(other)) / 2 + _GAP
        at.append(max(pull[other], at[-1] + apart) if at else pull[other])
    shift = fsum(pull[name] - place for name, place in zip(row, at, strict=True)) / len(row)
    middles.update(zip(row, (place + shift for place in at), strict=True))


def _mean(values: list[float]) -> float:
    return fsum(values) / (len(values) or 1)  # fsum: the same in whatever order a set comes


def _wide(name: str) -> int:
    return 0 if ":" in name else _WIDTH


def _line(way: list[str], middles: Mapping[str, int], order: Mapping[str, int]) -> str:
    top = _EDGE + order[way[0]] * _DOWN
    points = [(middles[way[0]], top + _HEIGHT)]
    for number, place in enumerate(way[1:-1], 1):
        y = top + number * _DOWN
        points += [(middles[place], y), (middles[place], y + _HEIGHT)]
    points.append((middles[way[-1]], top + (len(way) - 1) * _DOWN))
    path = f"M{points[0][0]} {points[0][1]}"
    for (x, y), (to_x, to_y) in pairwise(points):
        half = (y + to_y) // 2
        path += f"C{x} {half} {to_x} {half} {to_x} {to_y}"
    return f'<path class="way" d="{path}"/>'


def _box(name: str, house: House, middle: int, row: int) -> Iterator[str]:
    top = _EDGE + row * _DOWN
    users = sum(name in used for used in house.rooms.values())
    yield (
        f'<rect class="box" x="{middle - _WIDTH // 2}" y="{top}" width="{_WIDTH}"'
        f' height="{_HEIGHT}" rx="6"/>'
    )
    yield f'<text class="name" x="{middle}" y="{top + 19}">{name}</text>'
    note = f"imports {len(house.rooms[name])}, used by {users}"
    yield f'<text class="note" x="{middle}" y="{top + 36}">{note}</text>'


def written(page: str, house: House) -> str:
    """The page with the table of today between its two marks.

    Raises:
        ValueError: the page lacks a mark.
    """
    head, _, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not end:
        raise ValueError(f"{PAGE.name} needs the lines {BEGIN} and {END}")
    return f"{head}{BEGIN}\n\n{table(house)}\n\n{END}{tail}"


def main() -> int:
    """Write picture and table; 1 when they were to be checked and one is not current."""
    house = read()
    texts = {PAGE: written(PAGE.read_text(encoding="utf-8"), house), PICTURE: draw(house)}
    stale = [p for p, text in texts.items() if not p.is_file() or p.read_text("utf-8") != text]
    for path in stale:
        if "--check" in sys.argv[1:]:
            print(f"{path.relative_to(ROOT)} is not current: run make docs", file=sys.stderr)
        else:
            path.write_text(texts[path], encoding="utf-8")
    return int("--check" in sys.argv[1:] and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
