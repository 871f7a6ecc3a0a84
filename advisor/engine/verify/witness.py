"""From a box to the smallest workload file that lies in it, and the answer it should get."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisor.engine.verify.space import INFINITY, Box, Space, is_late
from advisor.model.workload import Interval, Stated, Workload
from advisor.rulebook.formulas import IN_FLIGHT_UNIT
from advisor.rulebook.resolve import Rulebook
from advisor.text.quantity import show
from advisor.text.quantity_format import word

_MILLISECOND = 1000
# What is stated so that a derived fact has a given value.
_BASE = {
    "wire.payload": "requests.payload",
    "wire.response": "requests.response",
    "model.loaded": "model.memory",
    "model.unpacked": "model.disk",
}
# Derived facts about starts: every combination is taken as possible, and none is stated.
_FREE = ("start.", "wait.", "answer.", "serverless.", "answer-is-")
# What makes one of them late, or serverless not kept warm, unless the box says something of a fact.
_LATE = {
    "wait": ("requests.cold_start", 0, "requests.cold_start"),
    "answer": ("requests.answer", 1_000_000, "requests.answer"),
    "serverless": ("traffic.concurrent", 2, "load.in-flight"),
}
_JUST_LATE = 100_001  # thousandths of a percent
_STATED_ALWAYS = {"requests.encoding": Stated("requests.encoding", "binary", "binary", 0, 0)}


class Witness:
    """One input: the value of every variable a box constrains, and a workload that states it.

    Values sit next to a constant where a cell has one, so that a wrong bound shows. Facts that
    share an input are made to agree; where they cannot, the box holds no input: not ``real``.
    """

    def __init__(self, space: Space, box: Box) -> None:
        self.space = space
        self.values: dict[str, Any] = {
            variable: self._value(variable, allowed) for variable, allowed in box.items()
        }
        self.values.setdefault("requests.arrival", "online")
        for number, fact in enumerate(space.raw["derived"], start=1):
            if fact["id"].startswith("start."):
                self.values.setdefault(fact["id"], number)
        self._agree()
        late = [self.values.get(f"wait.{way}", 0) for way in ("serverless", "component")]
        ordered = max(late) < _JUST_LATE or box.get("wait.asynchronous", 2) & 2 > 0
        self.real = ordered and all(self._inside(name, allowed) for name, allowed in box.items())
        self.workload = self._workload()

    def _value(self, variable: str, allowed: int) -> Any:
        """Of the first cell that is allowed the end that borders on the next."""
        first = (allowed & -allowed).bit_length() - 1
        if variable.startswith("needs."):
            return bool(first)
        if variable in self.space.domains:
            return self.space.domains[variable][first]
        low, high = self.space.cells[variable][first]
        return max(high if high < INFINITY else low, 1)

    def _agree(self) -> None:
        """A loaded model holds its archive, and so does the disk it is unpacked on."""
        values = self.values
        size = values.get("model.size")
        for name in ("model.loaded", "model.unpacked"):
            if name in values:
                size = min(size, values[name]) if size is not None else 1
        if size is not None:
            values["model.size"] = size
            values.setdefault("model.loaded", size)
            values.setdefault("model.unpacked", size)
        self._agree_on_record()
        busy, flying = values.get("load.busy-share"), values.get("load.in-flight")
        if busy is not None:  # the mean of a month is at most the peak, in one unit
            cold = flying is None and values.get("serverless.kept-warm") is False
            values["load.in-flight"] = max(busy, flying or 0, 2 * IN_FLIGHT_UNIT * cold)

    def _agree_on_record(self) -> None:
        """Where the input is known beforehand, a request carries one record at least."""
        values = self.values
        record, payload = values.get("dataset.record"), values.get("wire.payload")
        if payload is None and record is not None and values["requests.arrival"] == "batch":
            values["wire.payload"] = record
        elif payload is not None and record is None:
            values["dataset.record"] = payload
        elif payload is not None and values["requests.arrival"] == "batch":
            values["dataset.record"] = min(record, payload)

    def _inside(self, variable: str, allowed: int) -> bool:
        if variable not in self.space.cells:
            return True
        for number, (low, high) in enumerate(self.space.cells[variable]):
            if low <= self.values[variable] <= high:
                return bool(allowed >> number & 1)
        return False

    def _workload(self) -> Workload:
        stated = dict(_STATED_ALWAYS)
        for variable, value in sorted(self.values.items()):
            for path, each in self._statements(variable, value):
                stated[path] = Stated(path, "", each, 0, 0)
        return Workload(
            name="witness", file="witness.yaml", sha256="", values=stated, needs_stated=True
        )

    def _statements(self, variable: str, value: Any) -> list[tuple[str, Any]]:
        if variable.startswith(_FREE):
            path, each, unless = _LATE.get(variable.partition(".")[0], ("", 0, ""))
            late = path and value in (False, _JUST_LATE) and unless not in self.values
            return [(path, _one(each))] if late else []
        if not isinstance(value, int) or isinstance(value, bool):
            return [(variable, value)]
        if variable == "load.busy-share":
            volume = max(value // _MILLISECOND, 1)
            return [
                ("requests.processing.typical", _one(_MILLISECOND)),
                ("requests.processing.p99", _one(_MILLISECOND)),  # so that it is the mean
                ("traffic.volume", _one(volume)),
            ]
        if variable == "load.in-flight":
            return [("traffic.concurrent", _one(-(-value // IN_FLIGHT_UNIT)))]
        if variable == "dataset.record":
            return [("dataset.size", _one(value)), ("dataset.records", _one(1))]
        if variable == "requests.processing":
            return [("requests.processing.max", _one(value))]
        if variable == "model.unpacked":
            value -= self.values["model.size"]
        return [(_BASE.get(variable, variable), _one(value))]

    @property
    def text(self) -> str:
        """The workload file, in the order of the contract; what is not needed is left out."""
        top: list[str] = ["name: witness"]
        sections: dict[str, list[str]] = {}
        times: list[str] = []
        for path, item in self.workload.values.items():
            if path in _STATED_ALWAYS or item.value is False:
                continue
            section, _, key = path.partition(".")
            if section == "needs":
                sections.setdefault(section, []).append(key)
            elif not key:
                top.append(f"{path}: {item.value}")
            elif key.startswith("processing."):
                times.append(f"{key.partition('.')[2]}: {self._written(path, item.value)}")
            else:
                written = self._written(path, item.value)
                sections.setdefault(section, []).append(f"{key}: {written}")
        if times:
            sections.setdefault("requests", []).append(f"processing: {{{', '.join(times)}}}")
        top += [
            f"{section}: {{{', '.join(sections[section])}}}"
            for section in ("requests", "traffic", "dataset", "model")
            if section in sections
        ]
        if "needs" in sections:
            top.append(f"needs: [{', '.join(sections['needs'])}]")
        return "\n".join(top) + "\n"

    def _written(self, path: str, value: Any) -> str:
        if isinstance(value, Interval):
            return show(value, _kind(self.space, path))
        return word(value)


def _one(value: int) -> Interval:
    return Interval(value, value)


def _kind(space: Space, path: str) -> str:
    if path.startswith("requests.processing"):
        return "time"
    for fact in space.raw["facts"]:
        if fact["id"] == path:
            return str(fact["kind"])
    raise KeyError(path)


def answer_of_rules(space: Space, values: Mapping[str, Any]) -> str | None:
    """The answer by the raw rules, with nothing shared with the engine.

    Facts without a value meet everything.
    """
    question = space.questions[space.start]
    while True:
        side = "then" if _true(space, question["when"], values) else "otherwise"
        target = question[side]
        if not isinstance(target, str):
            break
        question = space.questions[target]
    contested, late = [], []
    for option in target["options"]:
        if not _broken(space, option, values, newest=False):
            return str(option)
        if not _broken(space, option, values, newest=True):
            entry = space.options[option]
            starts = [limit for limit in entry["limits"] if is_late(limit)]
            if all(_inside(space, limit, values, False) for limit in starts):
                contested.append(str(option))
            else:
                late.append((values[entry["start"]], str(option)))
    return contested[0] if contested else min(late)[1] if late else None


def _inside(
    space: Space, limit: Mapping[str, Any], values: Mapping[str, Any], newest: bool
) -> bool:
    if newest and is_late(limit):
        return True
    if limit["when"] is not None and not _true(space, limit["when"], values):
        return True
    value = values.get(limit["fact"])
    if value is None:
        return True
    bound = (space.newest(limit) if newest else space.in_force(limit))["bound"]
    if "mask" in bound:
        return bool(bound["mask"] >> space.domains[limit["fact"]].index(value) & 1)
    low, high = space.range_of(bound)
    return bool(low <= value <= high)


def _broken(space: Space, option: str, values: Mapping[str, Any], newest: bool) -> bool:
    for limit in space.options[option]["limits"]:
        if not _inside(space, limit, values, newest):
            return True
    for feature in space.raw["features"]:
        support = feature["support"][option]
        lacking = (support if isinstance(support, str) else support["is"]) == "unsupported"
        if lacking and values.get(space.needed(feature["id"])):
            return True
    return False


def _true(space: Space, condition: Any, values: Mapping[str, Any]) -> bool:
    kind = condition[0]
    if kind == "all":
        return all(_true(space, part, values) for part in condition[1])
    if kind == "any":
        return any(_true(space, part, values) for part in condition[1])
    if kind == "within":
        return _inside(space, space.all_limits[condition[1]], values, False)
    if kind == "need":
        return bool(values.get(space.needed(condition[1]))) is bool(condition[2])
    value = values.get(condition[1])
    if kind == "in":
        low, high = space.test_range(condition[1], condition[2])
        return value is not None and low <= value <= high
    if value is None:
        return False
    bits = condition[2]
    if kind == "listed":
        bits = space.in_force(space.all_limits[bits])["bound"]["mask"]
    return bool(bits >> space.domains[condition[1]].index(value) & 1) is bool(condition[3])


def engine_answer(book: Rulebook, witness: Witness) -> str | None:
    """What the engine answers for the witness's workload."""
    from advisor.engine.decide import decide
    from advisor.engine.facts import Facts

    point = Facts(book, witness.workload).point
    for name, variable in book.index.items():
        if name.startswith(_FREE):
            point[variable] = int(witness.values.get(name, 0))
    return decide(book, point)
