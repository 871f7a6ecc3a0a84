"""Facts that follow from others: the value at a point, and the range over sets.

Each formula is monotone in each of its inputs, so the cut of an input at which a bound is crossed
is found by asking. Units are whole: a rate times a time is kept as the product.
"""

from collections.abc import Callable, Mapping, Sequence

from advisor.model.value import Value
from advisor.rulebook.types import INFINITY, UNSET, Feature, Point
from advisor.text.quantity import MICROSECONDS_PER_MONTH, RATE_PER_MONTH, WEEK

IN_FLIGHT_UNIT = RATE_PER_MONTH * MICROSECONDS_PER_MONTH  # one request in progress
BUSY_UNIT = IN_FLIGHT_UNIT // 100_000  # one thousandth of a percent
UNITS = {"load.in-flight": IN_FLIGHT_UNIT, "load.busy-share": BUSY_UNIT}
_BATCH = 1  # of requests.arrival's words
_BASE64 = (3, 4)  # of the bytes that base64 sends so many are data
_BASE64_ONLY = 2  # the set of requests.encoding's words without binary

Sets = list[int]


class Formula(Value):
    """One derived fact.

    The fact is counted in ``UNITS`` of its kind's base unit (1 where the table has no entry).
    ``value`` takes a point; ``bounds`` takes lower bounds (bit sets for words), upper bounds and
    the set of stated variables and gives the range. A word may make an input a ``share`` of the
    fact, as a numerator and a denominator. ``finer`` tells better than ``value``, which is rounded,
    how far a point is above a cut of the fact: about a straight line of each input.
    """

    id: str
    variable: int
    inputs: tuple[int, ...]
    value: Callable[[Point], int]
    bounds: Callable[[Sets, Sets, int], tuple[int, int]]
    share: tuple[int, int] = (1, 1)
    finer: Callable[[Point, int], int] | None = None

    def over(self, point: Point, cut: int) -> int:
        """How far the fact, which a point holds, is above a cut; not positive where it is not."""
        above = point[self.variable] - cut
        if self.finer is None:
            return above
        exact = self.finer(point, cut)
        return exact if (exact > 0) == (above > 0) else int(above > 0)


def formulas(
    index: Mapping[str, int], features: Sequence[Feature], bits: Sequence[int]
) -> tuple[Formula, ...]:
    """Every formula, in an order in which each reads only facts before it.

    Args:
        index: the variable of each fact.
        features: in the order of their bits.
        bits: of one parameter, in the order of the words of model.precision.
    """
    at = index.__getitem__
    encoding = at("requests.encoding")
    return (
        _payload(index),
        _wire("wire.response", at("wire.response"), at("requests.response"), encoding),
        _in_flight(index),
        _busy_share(index),
        _record(index),
        _object(index),
        _loaded(index, bits),
        _unpacked(index),
        *_needed_by_fact(index, features),
    )


def mean_rate(volume: int, active: int) -> int:
    """Rate while there is traffic: a volume over the active time of each week, rounded up."""
    return -(-volume * WEEK // max(active, 1))


def weights(count: int, bits: int) -> int:
    """Bytes of so many parameters; 0 where their number is not known."""
    return -(-count * bits // 8) if count != UNSET else 0


def near(known: tuple[int, int], over: int, under: int, within: float) -> tuple[int, int]:
    """The values that differ from over / under of each value of a range by at most a factor."""
    more, less = round(within * 1000), 1000  # whole, so that a solved end is exact
    return -(-known[1] * over * less // (under * more)), known[0] * over * more // (under * less)


def _wire(name: str, result: int, size: int, encoding: int) -> Formula:
    """RFC 4648: every three bytes, begun or full, become four."""

    def value(point: Point) -> int:
        return _on_wire(point[size], point[encoding])

    def bounds(low: Sets, high: Sets, stated: int) -> tuple[int, int]:
        smallest, largest = low[size], high[size]
        if low[encoding] == _BASE64_ONLY:
            smallest = _on_wire(smallest, 1)
        if low[encoding] & _BASE64_ONLY and largest < INFINITY:
            largest = _on_wire(largest, 1)
        return smallest, largest

    return Formula(
        id=name, variable=result, inputs=(size, encoding), value=value, bounds=bounds, share=_BASE64
    )


def _payload(index: Mapping[str, int]) -> Formula:
    """The body on the wire; with the input known beforehand, at least one of its records."""
    payload, encoding, arrival = (
        index["requests.payload"],
        index["requests.encoding"],
        index["requests.arrival"],
    )
    body = _wire("wire.payload", index["wire.payload"], payload, encoding)
    record = _record(index)
    size, records = index["dataset.size"], index["dataset.records"]

    def described(point: Point) -> bool:
        return point[arrival] == _BATCH and point[size] != UNSET and point[records] != UNSET

    def value(point: Point) -> int:
        if not described(point):
            return body.value(point)
        return _on_wire(max(point[payload], record.value(point)), point[encoding])

    def finer(point: Point, cut: int) -> int:
        if not described(point):
            return body.value(point) - cut
        whole = max(point[payload] * point[records], point[size])
        of, each = _BASE64 if point[encoding] == 1 else (1, 1)
        return whole * each - cut * of * point[records]

    def bounds(low: Sets, high: Sets, stated: int) -> tuple[int, int]:
        known = body.bounds(low, high, stated)
        if not (low[arrival] >> _BATCH & 1 and stated >> size & 1 and stated >> records & 1):
            return known
        one = record.bounds(low, high, stated)
        return _with_record(known, one, low[encoding], surely=low[arrival] == 1 << _BATCH)

    inputs = (payload, encoding, size, records, arrival)
    return Formula(
        id=body.id,
        variable=body.variable,
        inputs=inputs,
        value=value,
        bounds=bounds,
        share=body.share,
        finer=finer,
    )


def _with_record(
    body: tuple[int, int], record: tuple[int, int], encodings: int, *, surely: bool
) -> tuple[int, int]:
    """The range of a body that perhaps, or surely, holds a record of a range, as it is sent."""
    smallest, largest = body
    least, most = record
    if surely:
        smallest = max(smallest, _on_wire(least, int(encodings == _BASE64_ONLY)))
    if encodings & _BASE64_ONLY and most < INFINITY:
        most = _on_wire(most, 1)
    return smallest, max(largest, most)


def _on_wire(size: int, encoding: int) -> int:
    return -(-size // 3) * 4 if encoding == 1 else size


def _in_flight(index: Mapping[str, int]) -> Formula:
    concurrent, peak, time = (
        index["traffic.concurrent"],
        index["traffic.peak"],
        index["requests.processing.mean"],
    )

    def value(point: Point) -> int:
        """Where all are stated and disagree, the larger load counts."""
        return max(point[concurrent] * IN_FLIGHT_UNIT, point[peak] * point[time])

    def bounds(low: Sets, high: Sets, stated: int) -> tuple[int, int]:
        least, most = low[concurrent] * IN_FLIGHT_UNIT, high[concurrent] * IN_FLIGHT_UNIT
        if not stated >> concurrent & 1:
            least, most = low[peak] * low[time], high[peak] * high[time]
        elif stated >> peak & stated >> time & 1:
            least, most = max(least, low[peak] * low[time]), max(most, high[peak] * high[time])
        return least, min(most, INFINITY)

    name = "load.in-flight"
    return Formula(
        id=name, variable=index[name], inputs=(concurrent, peak, time), value=value, bounds=bounds
    )


def _busy_share(index: Mapping[str, int]) -> Formula:
    volume, time = index["traffic.volume"], index["requests.processing.mean"]

    def value(point: Point) -> int:
        return point[volume] * point[time]

    def bounds(low: Sets, high: Sets, stated: int) -> tuple[int, int]:
        return low[volume] * low[time], min(high[volume] * high[time], INFINITY)

    name = "load.busy-share"
    return Formula(id=name, variable=index[name], inputs=(volume, time), value=value, bounds=bounds)


def _record(index: Mapping[str, int]) -> Formula:
    return _part_of_set("dataset.record", index, "dataset.records", "requests.payload")


def _object(index: Mapping[str, int]) -> Formula:
    """One input object: what a call carries when the format cannot be split into records."""
    return _part_of_set("dataset.object", index, "dataset.files")


def _part_of_set(name: str, index: Mapping[str, int], parts: str, otherwise: str = "") -> Formula:
    """The size of the data set over its parts; where one is not known another fact, or nothing."""
    size, number = index["dataset.size"], index[parts]
    other = index[otherwise] if otherwise else None

    def known(point: Point) -> bool:
        return point[size] != UNSET and point[number] != UNSET

    def value(point: Point) -> int:
        if not known(point):
            return 0 if other is None else point[other]
        return -(-point[size] // max(point[number], 1))

    def bounds(low: Sets, high: Sets, stated: int) -> tuple[int, int]:
        if not (stated >> size & 1 and stated >> number & 1):
            return (0, INFINITY) if other is None else (low[other], high[other])
        largest = -(-high[size] // max(low[number], 1)) if high[size] < INFINITY else INFINITY
        return -(-low[size] // max(high[number], 1)), largest

    def finer(point: Point, cut: int) -> int:
        if not known(point):
            return value(point) - cut
        return point[size] - cut * max(point[number], 1)

    return Formula(
        id=name,
        variable=index[name],
        inputs=(size, number) if other is None else (size, number, other),
        value=value,
        bounds=bounds,
        finer=finer,
    )


def _loaded(index: Mapping[str, int], bits: Sequence[int]) -> Formula:
    memory, size, parameters, precision = (
        index["model.memory"],
        index["model.size"],
        index["model.parameters"],
        index["model.precision"],
    )

    def value(point: Point) -> int:
        loaded = weights(point[parameters], bits[point[precision]])
        return max(point[memory], point[size], loaded)

    def bounds(low: Sets, high: Sets, stated: int) -> tuple[int, int]:
        least = [low[i] for i in (memory, size) if stated >> i & 1]
        most = [high[i] for i in (memory, size) if stated >> i & 1]
        if stated >> parameters & 1:
            words = [word for word in range(len(bits)) if low[precision] >> word & 1]
            each = [bits[word] for word in words]
            least.append(-(-low[parameters] * min(each) // 8))
            most.append(-(-high[parameters] * max(each) // 8))
        if not stated >> memory & 1:
            return max(least, default=0), INFINITY
        return max(least), min(max(most), INFINITY)

    name = "model.loaded"
    return Formula(
        id=name,
        variable=index[name],
        inputs=(memory, size, parameters, precision),
        value=value,
        bounds=bounds,
    )


def _unpacked(index: Mapping[str, int]) -> Formula:
    size, disk = index["model.size"], index["model.disk"]

    def value(point: Point) -> int:
        return point[size] + point[disk]

    def bounds(low: Sets, high: Sets, stated: int) -> tuple[int, int]:
        return low[size] + low[disk], min(high[size] + high[disk], INFINITY)

    name = "model.unpacked"
    return Formula(id=name, variable=index[name], inputs=(size, disk), value=value, bounds=bounds)


def _needed_by_fact(index: Mapping[str, int], features: Sequence[Feature]) -> list[Formula]:
    """A feature that a fact asks for (streaming) joins the needed ones."""
    return [
        _needed(index["needs"], index[feature.fact], feature.bit)
        for feature in features
        if feature.fact
    ]


def _needed(needs: int, flag: int, bit: int) -> Formula:
    def value(point: Point) -> int:
        return point[needs] | bit if point[flag] == 1 else point[needs] & ~bit

    def bounds(low: Sets, high: Sets, stated: int) -> tuple[int, int]:
        needed = low[needs] | bit if low[flag] == 2 else low[needs] & ~bit
        return needed, 0

    return Formula(id="needs", variable=needs, inputs=(flag,), value=value, bounds=bounds)
