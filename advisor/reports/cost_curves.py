"""Outcomes in the reports of compare and whatif: costs, stretches, a curve for each option."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from advisor.compare.break_even import Turn, number_at
from advisor.compare.scenario import Outcome
from advisor.compare.whatif import Stretch, Sweep
from advisor.model.advice import Latency
from advisor.model.workload import Interval
from advisor.reports.terminal_chart import LEAST_CHART, Canvas, Curve, heading, plot, table, wrapped
from advisor.text.money_format import NOT_APPLICABLE, UNKNOWN, tick
from advisor.text.quantity import show
from advisor.text.quantity_format import about, amount, milliseconds, percent, plain, unit, unit_of
from advisor.text.tones import TITLE

_LETTERS = {"batch-transform": "B", "asynchronous": "A", "serverless": "S", "real-time": "R"}
# Key of an axis -> the kind in which it is shown, and its name.
AXES = {
    "traffic.volume": ("volume", "volume, peak and concurrency in proportion,"),
    "requests.processing": ("time", "duration of a request"),
    "dataset.records": ("count", "records of a run"),
}
ABOUT_MONEY = (
    "budget-not-proven",
    "cheaper-option",
    "over-budget",
    "over-max-estimates",
    "over-max-monthly",
)
_ROWS = 5  # of the table in place of curves
_MOST_TURNS = 6


def costs(outcome: Outcome) -> dict[str, Any]:
    """USD a month of each option that may be used, as texts; ``None`` where it is not known."""
    return {
        option: {
            "usd_low": cost.usd_low,
            "usd_high": cost.usd_high,
            "usd_estimate": cost.usd_estimate,
        }
        for option, cost in outcome.costs.items()
    }


def times(latency: Latency | None) -> tuple[str, str, str]:
    """Median and 99th percentile of the answer time, and the share of cold starts."""
    if latency is None:
        return (NOT_APPLICABLE,) * 3
    p50, p99 = (
        UNKNOWN if time is None else milliseconds(time) for time in (latency.p50_ms, latency.p99_ms)
    )
    cold = latency.cold_start_share
    return p50, p99, UNKNOWN if cold is None else percent(cold)


def curves(points: Sequence[Outcome]) -> list[Curve]:
    """One curve for each option that has a cost at a point; what is preferred is drawn last."""
    return [
        Curve(
            _LETTERS[option],
            tuple(
                None if (cost := point.middle(option)) is None else float(cost) for point in points
            ),
        )
        for option in reversed(_options(points))
    ]


class Along(NamedTuple):
    """What costs are drawn over."""

    name: str
    kind: str  # of advisor.text.quantity_format
    now: float | None  # the value of the workload
    origin: str  # as stated, assumed
    values: tuple[float, ...]  # positive, ascending

    @property
    def unit(self) -> str:
        """The one unit of the axis, that of the middle of its logarithmic scale."""
        return unit_of(math.sqrt(self.values[0] * self.values[-1]), self.kind)

    @property
    def title(self) -> str:
        """The axis with its unit: requests.processing in s, traffic.volume per month."""
        unit = self.unit.strip()
        within = unit.replace("/", "per ", 1) if unit.startswith("/") else f"in {unit}"
        return f"{self.name} {within}, log scale" if unit else f"{self.name}, log scale"

    def label(self, value: float) -> str:
        """A value on the axis, large ones with separators: 14,400."""
        text = amount(value, self.kind, self.unit)
        return f"{int(text):,}" if text.isdecimal() and len(text) > 4 else text


def along(points: Sequence[Outcome], name: str, kind: str, now: object, origin: str) -> Along:
    """The axis of some points; one below 1 of the smallest unit has no place on it."""
    values = tuple(max(1.0, float(str(point.value))) for point in points)
    return Along(name, kind, float(now) if isinstance(now, int) else None, origin, values)


def chart(points: Sequence[Outcome], axis: Along, canvas: Canvas) -> Iterator[str]:
    """What the options cost over a quantity: curves, or a table where they have no room."""
    values, drawn = axis.values, curves(points)
    if not any(height for each in drawn for height in each.heights) or len(values) < 2:
        return
    legend = ", ".join(f"{_LETTERS[option]} {option}" for option in _options(points))
    narrow = canvas.width < LEAST_CHART
    title = f"USD a month, {f'over {axis.title}' if narrow else 'log scale'}: {legend}"
    yield ""
    yield from wrapped(title, canvas, tone=TITLE)
    labels = {value: axis.label(value) for value in values}
    if narrow:
        yield from _tabled(values, drawn[::-1], labels, canvas)
        return
    if axis.now is not None:
        labels[axis.now] = f"{axis.label(axis.now)}, {axis.origin}"
        labels = {**labels, **{value: axis.label(value) for value in (values[0], values[-1])}}
    yield from plot(values, drawn, labels, axis.now, canvas, title=axis.title)


def _tabled(
    values: Sequence[float], drawn: Sequence[Curve], labels: Mapping[float, str], canvas: Canvas
) -> Iterator[str]:
    """The costs at a few values, the ends among them."""
    rows = []
    for step in range(_ROWS):
        place = step * (len(values) - 1) // (_ROWS - 1)
        usd = [each.heights[place] for each in drawn]
        rows.append((labels[values[place]], *("-" if it is None else tick(it) for it in usd)))
    yield from table((" ", *(f"{each.letter} " for each in drawn)), rows, canvas)


def turned(found: Sequence[Turn], kind: str) -> list[str]:
    """The break-evens of every two options as texts, each with what is cheaper on both sides."""
    pairs: dict[frozenset[str | None], list[Turn]] = {}
    for each in found:
        pair = frozenset((each.crossing.before, each.crossing.after))
        pairs.setdefault(pair, []).append(each)
    return [
        _turn(several[0], kind) if len(several) == 1 else _alternating(several, kind)
        for several in pairs.values()
    ]


def pair_break_even(key: str, kind: str, each: Turn) -> dict[str, Any]:
    """A break-even of two options for programs; ``None`` where neither is cheaper for certain."""
    return {
        "fact": key,
        "unit": unit(kind),
        "at": plain(number_at(each.crossing.above), kind),
        "before": each.crossing.before,
        "after": each.crossing.after,
        "before_up_to": None if each.low is None else plain(each.low, kind),
        "after_from": None if each.high is None else plain(each.high, kind),
        "step": each.crossing.jump,
    }


def listed_turns(texts: Sequence[str], canvas: Canvas) -> Iterator[str]:
    """A block of break-evens; where there is none it says so."""
    yield from heading("Break-even" if texts else "Break-even: none in this range", canvas)
    for text in texts:
        yield from wrapped(text, canvas, "  ", "    ")


def _turn(each: Turn, kind: str) -> str:
    before, after = each.crossing.before, each.crossing.after
    low, high = (None if it is None else about(it, kind) for it in (each.low, each.high))
    at = about(number_at(each.crossing.above), kind)
    if each.low is not None and each.high == each.low + 1:
        return f"below {at} {before}, above {after}"
    if low and high:
        return f"below {low} {before}, above {high} {after}, between them either"
    if low or high:
        return (
            f"below {low} {before}, above either" if low else f"above {high} {after}, below either"
        )
    return f"{before} or {after} everywhere, by the middle of their costs from {at} on {after}"


def _alternating(several: Sequence[Turn], kind: str) -> str:
    """More than one change between the same two."""
    shown = several[:_MOST_TURNS]
    told = [
        f"{each.crossing.before} to {about(number_at(each.crossing.above), kind)}" for each in shown
    ]
    more = len(several) - len(shown)
    rest = f"and {more} more changes" if more else f"{shown[-1].crossing.after} above"
    return ", ".join([*told, rest])


def _options(points: Sequence[Outcome]) -> list[str]:
    return list(dict.fromkeys(option for point in points for option in point.costs))


def kind_of(found: Sweep) -> str:
    """The kind as figures are written: a volume is given by the month."""
    return "volume" if found.key == "traffic.volume" else found.kind


def now(found: Sweep) -> str:
    """The value of the workload, and whether it is stated."""
    if found.current is None:
        return "nothing is stated"
    word = "as stated" if found.stated else "assumed"
    if isinstance(found.current, str):
        return f"{word}: {found.current}"
    return f"{word}: {about(found.current, kind_of(found))}"


def span(found: Sweep, each: Stretch) -> str:
    """A stretch as the workload file accepts it; open at the ends of the sweep."""
    if each.words:
        return ", ".join(each.words)
    first, last = each is found.stretches[0], each is found.stretches[-1]
    low = "" if first else show(Interval(each.low, None), found.kind)
    high = "" if last else show(Interval(None, each.high), found.kind)
    return ", ".join(text for text in (low, high) if text) or "any"
