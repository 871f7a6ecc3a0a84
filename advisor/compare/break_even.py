"""Where the cheapest option changes along a quantity, to the next whole number."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations, pairwise

from advisor.compare.scenario import Outcome
from advisor.model.value import Value
from advisor.pricing.monthly import Total
from advisor.text.money_format import figure

_CENT = Decimal("0.01")
_FAR = 4096
_NEAR = 8  # within so many times costs are straight enough to interpolate
_TRUNCATION = 5  # the fifth of a bracket's share of the first one


class Crossing(Value):
    """Two neighbouring values between which another option becomes the cheapest."""

    below: Outcome  # the last value at which `before` is the cheapest
    above: Outcome  # the first at which `after` is
    before: str | None  # None where no cost is known
    after: str | None

    @property
    def jump(self) -> bool:
        """Whether a cost jumps here, so that the two costs are equal at no value."""
        return self._gap(self.below) > _CENT and self._gap(self.above) > _CENT

    def sentence(self, arrow: str = "to") -> str:
        """The cheapest option before and after, each with its cost."""
        before, after = self.before, self.after
        if None not in (before, after) and before not in self.above.costs:
            return f"{before} {arrow} {after}: {before} is not available above that"
        texts = []
        for option, at in ((before, self.below), (after, self.above)):
            usd = None if option is None else at.middle(option)
            if option is None or usd is None:
                texts.append("none")
                continue
            cost = at.costs[option]
            sign = "about " if cost.assumed or cost.low != cost.high else ""
            texts.append(f"{option} {sign}{figure(usd)} USD")
        step = ", a step" if self.jump and None not in (before, after) else ""
        return f"{texts[0]} {arrow} {texts[1]}{step}"

    def _gap(self, at: Outcome) -> Decimal:
        if self.before is None or self.after is None:
            return Decimal("Infinity")
        one, other = at.middle(self.before), at.middle(self.after)
        return Decimal("Infinity") if one is None or other is None else abs(one - other)


class Turn(Value):
    """Where one of two options becomes cheaper than the other; a range where a cost is one."""

    crossing: Crossing  # of the two alone, at the middle of their costs
    low: int | None  # up to here the one before is cheaper for certain; None: nowhere
    high: int | None  # from here on the one after is


def turns(at: Callable[[int], Outcome], points: Sequence[int]) -> Iterator[Turn]:
    """The break-evens of every two options, pair by pair, as far as the points show them.

    Args:
        at: the full model.
        points: values of the quantity, ascending.
    """
    options = dict.fromkeys(option for value in points for option in at(value).costs)
    for names in combinations(options, 2):
        for found in crossings(_of_two(at, dict.fromkeys(names, "middle")), points):
            ends = found.below, found.above
            if all(each.middle(name) is not None for each in ends for name in names):
                yield Turn(
                    crossing=found,
                    low=_certain(at, points, found, cheap=True),
                    high=_certain(at, points, found, cheap=False),
                )


def _of_two(at: Callable[[int], Outcome], ends: Mapping[str, str]) -> Callable[[int], Outcome]:
    """The model of some options alone, each at one end of its cost: low, middle or high."""

    def of_two(value: int) -> Outcome:
        found = at(value)
        usd = {name: getattr(found.costs.get(name), end, None) for name, end in ends.items()}
        return found._replace(costs={name: Total(low=it, high=it) for name, it in usd.items()})

    return of_two


def _certain(
    at: Callable[[int], Outcome], points: Sequence[int], found: Crossing, *, cheap: bool
) -> int | None:
    """The last value at which the one before is cheaper at any cost, or the first of the other."""
    assert found.before is not None
    assert found.after is not None
    side = found.below if cheap else found.above
    costs = [at(number_at(side)).costs[name] for name in (found.before, found.after)]
    if all(each.low == each.high for each in costs):
        return number_at(side)
    ends = {found.before: "high" if cheap else "low", found.after: "low" if cheap else "high"}
    sure = [c for c in crossings(_of_two(at, ends), points) if c.before == found.before]
    if cheap:
        return max((number_at(c.below) for c in sure if _is_before(c, found)), default=None)
    return min((number_at(c.above) for c in sure if not _is_before(c, found)), default=None)


def _is_before(one: Crossing, other: Crossing) -> bool:
    return number_at(one.below) <= number_at(other.below)


def crossings(at: Callable[[int], Outcome], points: Sequence[int]) -> Iterator[Crossing]:
    """Every change of the cheapest option that the points show, in their order.

    Between two points with the same cheapest option none is looked for; a finer grid shows more.

    Args:
        at: the full model.
        points: values of the quantity, ascending.
    """
    for start, end in pairwise(points):
        low, high = at(start), at(end)
        while low.cheapest != high.cheapest:
            below, above = close(at, low, high)
            yield Crossing(below=below, above=above, before=below.cheapest, after=above.cheapest)
            low = above


def grid(low: int, high: int, count: int) -> tuple[int, ...]:
    """About ``count`` whole numbers from one to the other, each the same factor from the next."""
    start = max(1, low)
    ratio = (high / start) ** (1 / max(1, count - 1))
    between = (min(high, round(start * ratio**step)) for step in range(count))
    return tuple(sorted({low, high, *between}))


def nearest(at: Callable[[int], Outcome], start: int, precision: float) -> Crossing | None:
    """A change of the cheapest option on the way from a value, upward if there is one, else down.

    ``None`` when the same option is the cheapest ``_FAR`` times away on either side.
    """
    first = at(start)
    for up in (True, False):
        ends = [first, at(start * _FAR if up else max(1, start // _FAR))]
        if ends[0].cheapest == ends[1].cheapest:
            continue
        while (ratio := number_at(ends[up]) // max(1, number_at(ends[not up]))) > _NEAR:
            middle = at(number_at(ends[not up]) * math.isqrt(ratio))
            ends[middle.cheapest != first.cheapest] = middle
        low, high = close(at, ends[not up], ends[up], precision)
        return Crossing(below=low, above=high, before=low.cheapest, after=high.cheapest)
    return None


def close(
    at: Callable[[int], Outcome], low: Outcome, high: Outcome, precision: float = 0.0
) -> tuple[Outcome, Outcome]:
    """Neighbouring values between which what is the cheapest at ``low`` no longer is.

    With a ``precision`` they may differ by that share of the value. Interpolates, truncates
    towards the middle and projects: the ITP method of Oliveira and Takahashi (ACM Transactions on
    Mathematical Software 47, 2020), which is as good as halving at its worst and much better where
    costs are nearly straight lines.
    """
    first, width = low.cheapest, number_at(high) - number_at(low)
    slack = 1 << (width.bit_length() + 1)
    while (gap := number_at(high) - number_at(low)) > max(1.0, number_at(low) * precision):
        slack //= 2
        middle = number_at(low) + gap // 2
        guess = _interpolated(low, high)
        if guess is None:
            guess = middle
        else:
            truncation = gap * gap // (_TRUNCATION * width)
            side = 1 if guess <= middle else -1
            guess = middle if abs(middle - guess) <= truncation else guess + side * truncation
            reach = max(0, slack - gap // 2)
            guess = min(max(guess, middle - reach), middle + reach)
        found = at(min(max(guess, number_at(low) + 1), number_at(high) - 1))
        if found.cheapest == first:
            low = found
        else:
            high = found
    return low, high


def number_at(outcome: Outcome) -> int:
    """The value of a point where that is a number."""
    assert isinstance(outcome.value, int)
    return outcome.value


def _interpolated(low: Outcome, high: Outcome) -> int | None:
    """Where straight lines through both ends would meet; ``None`` where a cost is not known."""
    before, after = low.cheapest, high.cheapest
    if before is None or after is None:
        return None
    gaps = []
    for end in (low, high):
        one, other = end.middle(before), end.middle(after)
        if one is None or other is None:
            return None
        gaps.append(other - one)
    if gaps[0] <= gaps[1]:
        return None
    return number_at(low) + int((number_at(high) - number_at(low)) * gaps[0] / (gaps[0] - gaps[1]))
