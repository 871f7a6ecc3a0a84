"""Where a fact moves what follows from it across a constant of the rules."""

from collections.abc import Callable
from typing import TypeAlias

Places: TypeAlias = "tuple[list[int], list[int]]"  # the numbers of cells, and the values in them
_FAR = 16  # ends that are more times apart are halved by their digits


def crossings(
    at: Callable[[int], Places], cuts: list[tuple[int, ...]], low: int, high: int
) -> list[int]:
    """Cuts between two values: guessed, and then halved."""
    found, open_ = [], [(low, at(low), high, at(high), 0)]
    while open_:
        low, at_low, high, at_high, turn = open_.pop()
        if at_low[0] == at_high[0]:
            continue
        if high - low == 1:
            found.append(low)
            continue
        pairs = enumerate(zip(at_low[0], at_high[0], strict=True))
        number, (place, other) = next(each for each in pairs if each[1][0] != each[1][1])
        ends = (low, at_low[1][number]), (high, at_high[1][number])
        double = 2 * cuts[number][min(place, other)] + 1  # between the values beside the cut
        middle = _guess(turn, *ends, double)
        middle = min(max(middle, low + 1), high - 1)
        at_middle = at(middle)
        open_.append((low, at_low, middle, at_middle, turn + 1))
        open_.append((middle, at_middle, high, at_high, turn + 1))
    return found


def _guess(turn: int, lower: tuple[int, int], upper: tuple[int, int], double: int) -> int:
    """Where a fact may move what follows from it across half of ``double``.

    In turn as if that was a product of the fact, from the nearer end; as if it was a straight line;
    and halfway, between far ends by the number of digits.
    """
    (low, first), (high, last) = lower, upper
    if turn % 3 == 0:
        first, last = max(first, 1), max(last, 1)
        size = double.bit_length() - 1
        near = abs(first.bit_length() - size) <= abs(last.bit_length() - size)
        value, here = (first, low) if near else (last, high)
        return here * double // (2 * value) if first < last else here * 2 * value // double
    if turn % 3 == 1 and high < _FAR * low:
        return low + (double - 2 * first) * (high - low) // (2 * (last - first))
    middle = 1 << (low.bit_length() + high.bit_length()) // 2
    return middle if high > _FAR * low and low < middle < high else (low + high) // 2
