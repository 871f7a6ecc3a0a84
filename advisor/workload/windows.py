"""``traffic.windows``: the hours of the week with traffic, and the time that follows from them."""

from __future__ import annotations

import re
from typing import Any

from advisor.model.workload import DAYS, Interval, Stated, Window
from advisor.text.quantity import show, time_covered
from advisor.text.yaml_reader import MappingNode, ScalarNode, YamlNode, mapping_node, text_node
from advisor.workload.forms import RefusedError, shown
from advisor.workload.keys import Key, keys
from advisor.workload.reading import Reading, read_record
from advisor.workload.values import spelt_word

_DAY, _NOON = 6 * 60, 12 * 60  # minutes
_BETWEEN = re.compile(r"(?<=[\dm])\s*[,;]\s*")  # one window and the next
_TIME = r"(?:\d{1,2}(?:[:.]?\d\d)? ?(?:[ap]\.?m\.?|h|uhr)?|noon|midnight)"
_IN_WORDS = re.compile(
    rf"(?P<before>[a-z ,&:\u2013-]*?)"
    rf"(?P<hours>{_TIME} *(?:-|\u2013|to|until|till|and) *{_TIME})(?P<after>[a-z ,&:\u2013-]*)",
    re.IGNORECASE,
)


def read_windows(reading: Reading, key: Key, key_node: YamlNode, node: YamlNode) -> None:
    """State a tuple of windows, one for each item of a list."""
    if isinstance(node, ScalarNode) and spelt_word(key, node.value) in key.words:
        window = {"days": "mon-fri", "hours": "9-17"}
        reading.state(key.path, node.value, (_window(window),), key_node)
        return
    several: list[YamlNode] | None = _in_words(node)
    if several == [node] and isinstance(node, ScalarNode):
        hint = f"write mon-fri 9-17, or {key.words[0]}; without the key every hour counts"
        reading.refuse(key.path, node, RefusedError(f"{shown(node.value)} names no hours", hint))
        return
    if several == [node] and not isinstance(node, MappingNode):
        several = reading.items(key, node)
    found = []
    items = [each for item in several or () for each in _in_words(item)]
    for number, item in enumerate(items, start=1):
        path = f"{key.path}[{number}]"
        record = read_record(reading, path, item, keys(key.path).values())
        if "hours" in record:
            found.append(_window(record))
            start, end = found[-1].start, found[-1].end
            clock = ":" in record["hours"]  # 9:00-5:00 is said of a clock, 9-5 of a day
            if 0 < end < start and _DAY <= start < _NOON and not clock:
                problem = f"{record['hours']} may end in the afternoon or on the next day"
                start, end = start // 60, end // 60
                hint = f"write {start}-{end + 12}, or {start}-24 and 0-{end} as two windows"
                reading.refuse(path, item, RefusedError(problem, hint))
    if several is None:
        return
    text = "; ".join(window.text for window in found)
    reading.state(key.path, text, tuple(found), key_node)


def _in_words(node: YamlNode) -> list[YamlNode]:
    """Windows such as ``Mon-Fri 9am-5pm`` as mappings; any other node as it is."""
    if not isinstance(node, ScalarNode):
        return [node]
    several: list[YamlNode] = []
    for part in _BETWEEN.split(node.value):
        found = _IN_WORDS.fullmatch(part)
        if found is None:
            return [node]
        said = (("hours", found["hours"]), ("days", found["before"] or found["after"] or ""))
        turns = [(name, text.strip(" ,:")) for name, text in said if text.strip(" ,:")]
        mark = node.start_mark
        texts: list[YamlNode] = [text_node(each, mark) for turn in turns for each in turn]
        several.append(mapping_node(texts, mark))
    return several


def _window(record: dict[str, Any]) -> Window:
    start, end = (_minutes(text) for text in record["hours"].split("-"))
    days = _days(record.get("days", f"{DAYS[0]}-{DAYS[-1]}"))
    return Window(days=days, start=start, end=end)


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes or 0)


def _days(text: str) -> tuple[int, ...]:
    found: set[int] = set()
    for part in text.replace(" ", "").split(","):
        first, _, last = part.partition("-")
        start, end = DAYS.index(first), DAYS.index(last or first)
        found.update((start + step) % 7 for step in range((end - start) % 7 + 1))
    return tuple(sorted(found))


def settle_active(values: dict[str, Stated]) -> None:
    """State the time with traffic that windows cover, unless the file states it."""
    stated = values["traffic.windows"]
    if stated.value:
        covered = time_covered(stated.value)
        time = Interval(covered, covered)
        found = Stated("traffic.active", show(time, "share"), time, stated.line, stated.column)
        values.setdefault("traffic.active", found)
