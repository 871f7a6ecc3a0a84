"""Where a fact moves what follows from it across a constant of the rules."""

from collections.abc import Callable

_FAR = 16  # ends that are more times apart are halved by their digits
_TURNS = ("line", "beside", "line", "beside", "inverse", "beside", *3 * ("half",))  # and again
_WIDER = 4  # times the last step from a guess


def crossings(over: Callable[[int], list[int]], low: int, high: int) -> list[int]:
    """The values of a fact after which the sign of something changes: positive, or not.

    Guessed, looked for beside each guess, and else halved.

    Args:
        over: by how much things are above their constants, at a value of the fact; each of these
            rises or falls with it.
        low: the smallest value.
        high: the largest.
    """
    found: list[int] = []
    # Two values, what is there, what was last looked for, how often, and the end that was guessed.
    open_ = [(low, over(low), high, over(high), -1, 0, 0)]
    while open_:
        low, first, high, last, number, turn, side = open_.pop()
        crossed = [one > 0 for one in first] != [two > 0 for two in last]
        if not crossed:
            continue
        if high - low == 1:
            found.append(low)
            continue
        if number < 0 or (first[number] > 0) == (last[number] > 0):
            pairs = enumerate(zip(first, last, strict=True))
            number = next(each for each, (one, two) in pairs if (one > 0) != (two > 0))
            turn = side = 0
        rounds, place = divmod(turn, len(_TURNS))
        flag = abs(last[number] - first[number]) == 1  # which tells no distance
        way = "half" if flag else _TURNS[place]
        if side and way == "beside":
            step = _WIDER ** (rounds + place // 2)
            middle = low + step if side > 0 else high - step
        else:
            middle = _guess(way, low, first[number], high, last[number])
        middle = min(max(middle, low + 1), high - 1)
        beside = over(middle)
        open_.append((low, first, middle, beside, number, turn + 1, -1))
        open_.append((middle, beside, high, last, number, turn + 1, 1))
    return found


def _guess(way: str, low: int, first: int, high: int, last: int) -> int:
    """Where nothing may be left: on a straight line, of the fact or of its inverse; or halfway."""
    rise = last - first
    if way == "line":
        return low - first * (high - low) // rise
    inverse = high * last - low * first
    if way == "inverse" and low and inverse:
        return low * high * rise // inverse
    middle = 1 << (low.bit_length() + high.bit_length()) // 2
    return middle if high > _FAR * low and low < middle < high else (low + high) // 2
