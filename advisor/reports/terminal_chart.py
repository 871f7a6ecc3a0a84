"""Bars, curves and tables made of characters, for any width and for terminals without Unicode."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

from advisor.model.printable import printable
from advisor.reports.advice_view import SEVERITIES, columns_of
from advisor.text.money_format import tick
from advisor.text.tones import QUIET, TITLE, TONES, painted

NARROWEST = 40
_LEAST_PLOT = 16
_TALL = 11  # rows of a plot
_LEAST_TEXT = 26
_GAP = 2
_LABEL = 12
_LEAST_HEIGHT = 1e-9
_COINCIDE = 0.1  # the share of the width from which on curves that meet are named
LEAST_CHART = 60  # columns; below it there are tables


class Signs(NamedTuple):
    """The characters that a drawing is made of."""

    full: str
    parts: str  # of the last cell of a bar, from one eighth on
    open: str  # from the low to the high end of a range
    side: str
    corner: str
    floor: str
    mark: str
    arrow: str


_SIGNS = {
    True: Signs(
        full="█", parts="▏▎▍▌▋▊▉", open="░", side="│", corner="└", floor="─", mark="▲", arrow="→"
    ),
    False: Signs(
        full="#", parts="", open="-", side="|", corner="+", floor="-", mark="^", arrow="->"
    ),
}


class Canvas(NamedTuple):
    """Where a text goes."""

    width: int = 80
    unicode: bool = True
    colour: bool = False

    def paint(self, text: str, tone: str) -> str:
        """A text in a tone, where there is colour."""
        return painted(text, tone, colour=self.colour)

    @property
    def signs(self) -> Signs:
        """The characters that it can show."""
        return _SIGNS[self.unicode]


class Bar(NamedTuple):
    """One labelled amount, or a range of it."""

    label: str
    low: float
    high: float | None  # None: open above
    text: str


class Curve(NamedTuple):
    """One line of a plot: a letter, and its height at each value, ``None`` where it has none."""

    letter: str
    heights: tuple[float | None, ...]


def bars(rows: Sequence[Bar], canvas: Canvas) -> Iterator[str]:
    """One line for each amount, all on one scale that starts at zero."""
    if not rows:
        return
    labels = max(len(row.label) for row in rows)
    texts = max(len(row.text) for row in rows)
    room = max(_LEAST_PLOT, canvas.width - labels - texts - 4)
    most = max(max(row.low, row.high or 0.0) for row in rows)
    for row in rows:
        drawn = _bar(row, most, room, canvas)
        yield f"{row.label:<{labels}}  {drawn:<{room}}  {row.text:>{texts}}".rstrip()


def _bar(row: Bar, most: float, room: int, canvas: Canvas) -> str:
    signs = canvas.signs
    if most <= 0:
        return ""
    cells = row.low / most * room
    drawn = signs.full * int(cells)
    rest = int((cells - int(cells)) * (len(signs.parts) + 1))
    if rest and signs.parts:
        drawn += signs.parts[rest - 1]
    elif not drawn and row.low > 0:
        drawn = signs.parts[:1] or signs.side  # small is not nothing
    if row.high is None:
        return drawn + signs.open * min(3, room - len(drawn)) + ">"[: room - len(drawn)]
    reach = int(row.high / most * room)
    return drawn + signs.open * max(0, reach - len(drawn))


def plot(
    values: Sequence[float],
    curves: Sequence[Curve],
    labels: Mapping[float, str],
    now: float | None,
    canvas: Canvas,
    *,
    title: str = "",
) -> Iterator[str]:
    """Curves over a quantity, both scales logarithmic; then which letters others hide.

    Args:
        values: positive, ascending, where the heights were taken.
        curves: drawn in this order, so that the last one lies on top.
        labels: text of the first and of the last value, and of ``now``.
        now: value to be marked under the axis, ``None`` for none.
        canvas: where it goes.
        title: what the values are, below them.
    """
    curves = [
        Curve(each.letter, tuple(height if _seen(height) else None for height in each.heights))
        for each in curves
    ]
    heights = [height for curve in curves for height in curve.heights if height]
    if not heights or len(values) < 2:
        return
    low, high = _scale(min(heights), max(heights))
    ticks = _ticks(low, high)
    margin = max(len(text) for text in ticks.values())
    wide = max(_LEAST_PLOT, canvas.width - margin - 2)
    rows = [[" "] * wide for _ in range(_TALL)]
    drawn, hidden = Counter[str](), Counter[tuple[str, str]]()
    for curve in curves:
        for column in range(wide):
            height = _height(curve, values, column / (wide - 1))
            if height:
                share = math.log(height / low) / math.log(high / low)
                row = rows[_TALL - 1 - round(share * (_TALL - 1))]
                drawn[curve.letter] += 1
                hidden[row[column], curve.letter] += 1
                row[column] = curve.letter
    for number, row in enumerate(rows):
        label = ticks.get(_TALL - 1 - number, "")
        yield f"{label:>{margin}} {canvas.signs.side}{''.join(row)}".rstrip()
    yield " " * (margin + 1) + canvas.signs.corner + canvas.signs.floor * wide
    yield from _mark(values, labels, now=now, margin=margin, wide=wide, canvas=canvas)
    ends = labels[values[0]], labels[values[-1]]
    yield from foot(ends, title, canvas._replace(width=margin + 2 + wide), margin + 2)
    for (under, over), count in hidden.items():
        if under.strip() and count > wide * _COINCIDE:
            part = "" if count == drawn[under] else " in part"
            yield from wrapped(f"{under} lies under {over}{part}.", canvas)


def _seen(height: float | None) -> bool:
    """Whether a height has a place on a logarithmic scale; less than this is no money."""
    return height is not None and height >= _LEAST_HEIGHT


def _scale(low: float, high: float) -> tuple[float, float]:
    """Ends of the height scale, a little apart also where all is level."""
    return (low / 2, high * 2) if high < low * 1.2 else (low, high)


def _ticks(low: float, high: float) -> dict[int, str]:
    """Row from the bottom -> amount: the ends and the middle."""
    return {
        row: tick(low * (high / low) ** (row / (_TALL - 1)))
        for row in (0, (_TALL - 1) // 2, _TALL - 1)
    }


def _height(curve: Curve, values: Sequence[float], share: float) -> float | None:
    """Height at a share of the logarithmic axis, straight between two neighbouring values."""
    start, end = math.log(values[0]), math.log(values[-1])
    at = start + share * (end - start)
    for number in range(1, len(values)):
        left, right = math.log(values[number - 1]), math.log(values[number])
        if at <= right or number == len(values) - 1:
            one, other = curve.heights[number - 1], curve.heights[number]
            weight = 0.0 if right == left else min(1.0, max(0.0, (at - left) / (right - left)))
            if not one or not other:
                return one if weight < 1 / 2 else other
            return math.exp(math.log(one) * (1 - weight) + math.log(other) * weight)
    return None


def _mark(
    values: Sequence[float],
    labels: Mapping[float, str],
    now: float | None,
    margin: int,
    wide: int,
    canvas: Canvas,
) -> Iterator[str]:
    indent = " " * (margin + 2)
    if now is not None and values[0] <= now <= values[-1]:
        share = math.log(now / values[0]) / math.log(values[-1] / values[0])
        column, text = round(share * (wide - 1)), labels.get(now, "")
        if column + 2 + len(text) <= wide:
            yield f"{indent}{' ' * column}{canvas.signs.mark} {text}".rstrip()
        else:
            yield f"{indent}{text:>{max(0, column - 1)}} {canvas.signs.mark}"


def foot(ends: tuple[str, str], title: str, canvas: Canvas, margin: int) -> Iterator[str]:
    """The first and the last value below an axis, with its title between or below them."""
    first, last = ends
    room = canvas.width - margin - len(first) - len(last)
    between = title if len(title) <= room - 4 else ""
    yield " " * margin + first + between.center(max(1, room)) + last
    if title != between:
        yield from wrapped(title, canvas, " " * margin, " " * margin)


def strip(spans: Sequence[tuple[float, str]], canvas: Canvas, margin: int) -> str:
    """Words side by side, each in its share of the width: where which answer holds."""
    wide = max(_LEAST_PLOT, canvas.width - margin)
    done, start = "", 0
    for number, (end, word) in enumerate(spans):
        stop = wide if number == len(spans) - 1 else min(wide, round(end * wide))
        room = max(1, stop - start)
        inside = word if len(word) < room else ""  # the list below has it
        done += canvas.signs.side + inside.center(room - 1, canvas.signs.floor)[: room - 1]
        start += room
    return done[:wide]


def table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    canvas: Canvas,
    flexible: int = -1,
    *,
    tones: Sequence[str] = (),
    below: Sequence[Iterable[str]] = (),
) -> Iterator[str]:
    """Columns without lines; the flexible one wraps, or stands below where there is no room.

    Args:
        headings: empty texts make no line.
        rows: of texts, as many as headings; numbers align where their heading ends with a space.
        canvas: where it goes; where it is too narrow each row is a paragraph.
        flexible: number of the column that wraps.
        tones: one of each row, or none at all.
        below: quiet lines under each row, or none at all.
    """
    shown = [[printable(cell) for cell in row] for row in rows]
    names = [heading.rstrip() for heading in headings]
    widths = [max(map(columns_of, column)) for column in zip(names, *shown, strict=True)]
    kept = [number for number in range(len(names)) if number != flexible]
    used = sum(widths[number] + _GAP for number in kept)
    room = canvas.width - used
    stacked = flexible >= 0 and room < min(_LEAST_TEXT, widths[flexible])
    if flexible >= 0 and not stacked:
        kept.append(flexible)
        kept.sort()
        widths[flexible] = min(widths[flexible], room)
    fits = used - _GAP <= canvas.width
    if any(headings) and fits:
        yield canvas.paint(_line(headings, widths, headings, kept), QUIET)
    for row, tone, quiet in zip_longest(shown, tones, below, fillvalue=()):
        lines = _cells(row, widths, headings, kept, flexible)
        if not fits:
            lines = wrapped(_paragraph(row, names, flexible), canvas, "", "    ")
        for line in lines:
            yield canvas.paint(line, tone or "")
        if stacked and fits and row[flexible]:
            yield from wrapped(row[flexible], canvas, "    ", "    ", tone=tone or "")
        for each in quiet:
            yield from wrapped(each, canvas, "    ", "      ", tone=QUIET)


def _paragraph(row: Sequence[str], names: Sequence[str], flexible: int) -> str:
    """A row that has no room for its columns: each cell behind its heading, but the first."""
    told = [
        (number, name, cell.strip())
        for number, (name, cell) in enumerate(zip(names, row, strict=True))
        if cell.strip()
    ]
    bare = (told[0][0] if told else 0, flexible)
    return ", ".join(cell if at in bare else f"{name} {cell}".strip() for at, name, cell in told)


def _cells(
    row: Sequence[str],
    widths: Sequence[int],
    headings: Sequence[str],
    kept: Sequence[int],
    flexible: int,
) -> Iterator[str]:
    """The lines of a row, as many as those of its flexible cell."""
    pieces = [""]
    if flexible in kept:
        pieces = list(_folded(row[flexible], widths[flexible])) or [""]
    for number, piece in enumerate(pieces):
        cells = ["" if number else cell for cell in row]
        cells[flexible] = piece if flexible in kept else cells[flexible]
        yield _line(cells, widths, headings, kept)


def _line(
    cells: Sequence[str], widths: Sequence[int], headings: Sequence[str], kept: Sequence[int]
) -> str:
    parts = []
    for number in kept:
        cell, right = cells[number].rstrip(), headings[number].endswith(" ")
        pad = " " * (widths[number] - columns_of(cell))
        parts.append(pad + cell if right else cell + pad)
    return (" " * _GAP).join(parts).rstrip()


def wrapped(
    text: str, canvas: Canvas, first: str = "", then: str = "", *, tone: str = ""
) -> Iterator[str]:
    """A paragraph, safe to print."""
    width = max(NARROWEST, canvas.width)
    yield from (canvas.paint(line, tone) for line in _folded(printable(text), width, first, then))


def _folded(text: str, width: int, first: str = "", then: str = "") -> Iterator[str]:
    """Lines that end between words; a word that is longer than a line is cut."""
    line, empty = first, True
    for word in text.split():
        rest = word
        if not empty and columns_of(line) + 1 + columns_of(rest) > width:
            yield line
            line, empty = then, True
        while empty and columns_of(line) + columns_of(rest) > width:
            room = max(1, width - columns_of(line))
            head = next(n for n in range(room, 0, -1) if n == 1 or columns_of(rest[:n]) <= room)
            yield line + rest[:head]
            line, rest = then, rest[head:]
        line += rest if empty else f" {rest}"
        empty = False
    if not empty:
        yield line


def heading(text: str, canvas: Canvas) -> Iterator[str]:
    """An empty line, and the title of what follows."""
    yield ""
    yield canvas.paint(text, TITLE)


_COMMAND = "aws "


def labelled(label: str, lines: Iterable[str], canvas: Canvas) -> Iterator[str]:
    """A label in a column of its own, and lines beside it that hang after their first.

    A command that takes several lines can be pasted into a shell.
    """
    start = label
    for each in lines:
        joint = " \\" if each.startswith(_COMMAND) else ""
        within = canvas._replace(width=canvas.width - len(joint))
        *most, last = wrapped(each, within, start.ljust(_LABEL), " " * (_LABEL + _GAP))
        first, *rest = *(f"{line}{joint}" for line in most), last
        word = first[_LABEL:].partition(" ")[0]
        shown = canvas.paint(word, TONES[word] if word in SEVERITIES else "")
        yield (
            canvas.paint(start.ljust(_LABEL), TITLE if start else "")
            + shown
            + first[_LABEL + len(word) :]
        )
        yield from rest
        start = ""
