"""The space of all inputs as cells, read from the compiled rules on its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple, TypeAlias

# A box: for some variables the set of their cells that are allowed (bits); the others are free.
Box: TypeAlias = dict[str, int]

INFINITY = 1 << 240


class Boxes(NamedTuple):
    """A limit of an option or a feature it lacks, as unions of boxes."""

    id: str
    met: list[Box]  # at the bound in force
    newest: list[Box]  # met at the newest documented bound
    unmet: list[Box]  # not met at the bound in force
    broken: list[Box]  # not even met at the newest bound


class Space:
    """Variables, their cells, and every condition as boxes, for one limits mode.

    A variable is a fact that rules compare, stated or derived; a needed feature is ``needs.NAME``.
    Numeric cells are the closed ranges between the constants that rules compare the fact with.
    """

    def __init__(self, compiled: Mapping[str, Any], limits: str) -> None:
        self.raw = compiled
        self.limits = limits
        self.options: dict[str, Mapping[str, Any]] = {
            each["option"]: each for each in compiled["options"]
        }
        self.questions = {each["id"]: each for each in compiled["flowchart"]["questions"]}
        self.start: str = compiled["flowchart"]["start"]
        self.domains = _domains(compiled)
        self.all_limits = {
            limit["id"]: limit for option in compiled["options"] for limit in option["limits"]
        }
        self._words = {(word["fact"], word["id"]): word["bounds"] for word in compiled["words"]}
        self.cells: dict[str, list[tuple[int, int]]] = {}
        self._conditions: dict[str, list[Boxes]] = {}
        self._cut()

    # -- numbers -----------------------------------------------------------------------------------

    def in_force(self, limit: Mapping[str, Any]) -> Mapping[str, Any]:
        """The bound in force: the first, or with ``latest`` the newest documented one."""
        return self.newest(limit) if self.limits == "latest" else limit

    def newest(self, limit: Mapping[str, Any]) -> Mapping[str, Any]:
        """The newest documented bound, the one in force unless another is marked."""
        for other in limit["also"]:
            if other.get("newest"):
                return dict(other)
        return limit

    def range_of(self, bound: Mapping[str, int]) -> tuple[int, int]:
        """A bound as a closed range."""
        return bound.get("at_least", 0), bound.get("at_most", INFINITY)

    def word_range(self, fact: str, word: str) -> tuple[int, int]:
        """A word as a closed range of its fact."""
        low, high = 0, INFINITY
        for name, operand in self._words[fact, word].items():
            value = self.number(fact, operand, False)
            if name == "at_least":
                low = value
            elif name == "above":
                low = value + 1
            elif name == "below":
                high = value - 1
            else:
                high = value
        return low, high

    def number(self, fact: str, operand: Any, low: bool) -> int:
        """An operand as a number; of a word its lower or upper end."""
        if isinstance(operand, Mapping):
            return self.range_of(self.in_force(self.all_limits[operand["limit"]])["bound"])[1]
        if isinstance(operand, str):
            return self.word_range(fact, operand)[0 if low else 1]
        return int(operand)

    def test_range(self, fact: str, tests: Mapping[str, Any]) -> tuple[int, int]:
        """A comparison as a closed range."""
        low, high = 0, INFINITY
        for name, operand in tests.items():
            if name in ("is", "at_least"):
                low = max(low, self.number(fact, operand, True))
            if name in ("is", "at_most"):
                high = min(high, self.number(fact, operand, False))
            if name == "above":
                low = max(low, self.number(fact, operand, False) + 1)
            if name == "below":
                high = min(high, self.number(fact, operand, True) - 1)
        return low, high

    # -- cells -------------------------------------------------------------------------------------

    def _cut(self) -> None:
        cuts: dict[str, set[int]] = {}
        for fact, low, high in self._constants():
            each = cuts.setdefault(fact, set())
            each.update(cut for cut in (low - 1, high) if 0 <= cut < INFINITY)
        for fact, each in cuts.items():
            low = 0
            ranges = []
            for cut in sorted(each):
                ranges.append((low, cut))
                low = cut + 1
            self.cells[fact] = [*ranges, (low, INFINITY)]

    def _constants(self) -> Iterator[tuple[str, int, int]]:
        for question in self.questions.values():
            yield from self._condition_constants(question["when"])
        for limit in self.all_limits.values():
            if limit["when"] is not None:
                yield from self._condition_constants(limit["when"])
            if "mask" not in limit["bound"]:
                for bound in (limit, self.newest(limit)):
                    yield (limit["fact"], *self.range_of(bound["bound"]))

    def _condition_constants(self, condition: Any) -> Iterator[tuple[str, int, int]]:
        if condition[0] in ("all", "any"):
            for part in condition[1]:
                yield from self._condition_constants(part)
        elif condition[0] == "in":
            yield (condition[1], *self.test_range(condition[1], condition[2]))

    def needed(self, feature: str) -> str:
        """The variable that says whether a feature is needed: a fact, where one asks for it."""
        entry = next(each for each in self.raw["features"] if each["id"] == feature)
        return str(entry.get("fact") or f"needs.{feature}")

    def full(self, variable: str) -> int:
        """Every cell of a variable."""
        if variable.startswith("needs."):
            return 0b11
        size = len(self.domains.get(variable) or self.cells[variable])
        return (1 << size) - 1

    def mask(self, fact: str, low: int, high: int) -> int:
        """The cells of a closed range whose ends are constants of the rules."""
        bits = 0
        for number, (start, end) in enumerate(self.cells[fact]):
            if low <= start and end <= high:
                bits |= 1 << number
        return bits

    # -- conditions as boxes -----------------------------------------------------------------------

    def boxes(self, condition: Any, truth: bool) -> list[Box]:
        """The inputs on which a condition holds (or fails), as a union of boxes."""
        kind = condition[0]
        if kind in ("all", "any"):
            parts = [self.boxes(part, truth) for part in condition[1]]
            if (kind == "all") is truth:
                return meet(*parts)
            return [box for part in parts for box in part]
        if kind == "within":
            return self.limit_boxes(self.all_limits[condition[1]], truth, False)
        if kind == "need":
            return [{self.needed(condition[1]): 0b10 if condition[2] is truth else 0b01}]
        variable = condition[1]
        if kind == "in":
            allowed = self.mask(variable, *self.test_range(variable, condition[2]))
        else:
            allowed = condition[2]
            if kind == "listed":
                allowed = self.in_force(self.all_limits[condition[2]])["bound"]["mask"]
            if not condition[3]:
                allowed = self.full(variable) & ~allowed
        allowed = allowed if truth else self.full(variable) & ~allowed
        return [{variable: allowed}] if allowed else []

    def limit_boxes(self, limit: Mapping[str, Any], met: bool, newest: bool) -> list[Box]:
        """The inputs on which a limit is met or broken, at its bound in force or its newest.

        One that only makes an option late rules nothing out, as if a newest bound admitted all.
        """
        if newest and is_late(limit):
            return [{}] if met else []
        bound = (self.newest(limit) if newest else self.in_force(limit))["bound"]
        fact = limit["fact"]
        inside = bound["mask"] if "mask" in bound else self.mask(fact, *self.range_of(bound))
        outside = self.full(fact) & ~inside
        when = limit["when"]
        if met:
            boxes: list[Box] = [{fact: inside}] if inside else []
            return boxes + (self.boxes(when, False) if when else [])
        broken: list[Box] = [{fact: outside}] if outside else []
        return meet(broken, self.boxes(when, True)) if when else broken

    def conditions_of(self, option: str) -> list[Boxes]:
        """Limits of an option and features it lacks, in the order of the rules."""
        if option in self._conditions:
            return self._conditions[option]
        done = self._conditions[option] = []
        done += [
            Boxes(
                limit["id"],
                self.limit_boxes(limit, True, False),
                self.limit_boxes(limit, True, True),
                self.limit_boxes(limit, False, False),
                self.limit_boxes(limit, False, True),
            )
            for limit in self.options[option]["limits"]
        ]
        for feature in self.raw["features"]:
            support = feature["support"][option]
            if (support if isinstance(support, str) else support["is"]) == "unsupported":
                variable = self.needed(feature["id"])
                without: list[Box] = [{variable: 0b01}]
                needed: list[Box] = [{variable: 0b10}]
                name = f"{option}-{feature['id']}"
                done.append(Boxes(name, without, without, needed, needed))
        return done


def is_late(limit: Mapping[str, Any]) -> bool:
    """Whether an option beyond the limit comes after every clear one, and is not ruled out."""
    return limit.get("broken") == "late"


def _domains(compiled: Mapping[str, Any]) -> dict[str, list[Any]]:
    done: dict[str, list[Any]] = {}
    for fact in (*compiled["facts"], *compiled["derived"]):
        if fact["kind"] == "flag":
            done[fact["id"]] = [False, True]
        elif fact["kind"] == "word":
            done[fact["id"]] = list(fact["words"])
    return done


def meet(*unions: Iterable[Box]) -> list[Box]:
    """The intersection of unions of boxes."""
    done: list[Box] = []
    for boxes in product(*unions):
        joined = join(*boxes)
        if joined is not None:
            done.append(joined)
    return done


def join(*boxes: Box) -> Box | None:
    """The intersection of boxes, ``None`` when it is empty."""
    joined: Box = {}
    for box in boxes:
        for variable, allowed in box.items():
            both = joined.get(variable, allowed) & allowed
            if both == 0:
                return None
            joined[variable] = both
    return joined


def _narrowed(box: Box, other: Box) -> Box | None:
    """The intersection of a box with one that constrains little."""
    changed = None
    for variable, allowed in other.items():
        old = box.get(variable)
        both = allowed if old is None else old & allowed
        if both == 0:
            return None
        if both != old:
            changed = changed or box.copy()
            changed[variable] = both
    return changed or box


def narrow(boxes: Iterable[Box], unions: Iterable[Iterable[Box]]) -> list[Box]:
    """``meet`` step by step, which drops what is empty early."""
    left = list(boxes)
    for union in unions:
        left = [joined for box in left for other in union if (joined := _narrowed(box, other))]
        if not left:
            break
    return left
