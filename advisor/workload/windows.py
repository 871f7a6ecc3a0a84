"""``traffic.windows``: the hours of the week with traffic, and the time that follows from them."""

from __future__ import annotations

from typing import Any

from advisor.model.workload import DAYS, Interval, Stated, Window
from advisor.text.quantity import show, time_covered
from advisor.text.spelling import likely
from advisor.text.yaml_reader import ScalarNode, YamlNode
from advisor.workload.keys import Key, keys
from advisor.workload.reading import Reading, read_record


def read_windows(reading: Reading, key: Key, key_node: YamlNode, node: YamlNode) -> None:
    """State a tuple of windows, one for each item of a list."""
    if isinstance(node, ScalarNode) and node.value in key.words:
        window = {"days": "mon-fri", "hours": "9-17"}
        reading.state(key.path, node.value, (_window(window),), key_node)
        return
    listed = reading.items(key, node, f"write [{key.example}], or {key.words[0]}")
    if listed is None:
        return
    found = []
    for number, item in enumerate(listed, start=1):
        path = f"{key.path}[{number}]"
        record = read_record(reading, path, item, keys(key.path).values())
        if "hours" in record:
            found.append(_window(record))
    text = "; ".join(window.text for window in found)
    reading.state(key.path, text, tuple(found), key_node)


def require_zone(reading: Reading) -> None:
    """Refuse a time zone that this machine's list lacks; without a list any name is taken."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    said = reading.values["traffic.timezone"]
    try:
        ZoneInfo(str(said.value))
    except (ZoneInfoNotFoundError, OSError):
        known = available_timezones()  # takes as long as all the rest of an answer
    else:
        return
    if known and said.value not in known:
        close = likely(str(said.value), sorted(known))
        hint = f"did you mean {close}?" if close else "write one such as Europe/Berlin"
        reading.refuse_stated(said, f"traffic.timezone: {said.text!r} is not a time zone", hint)


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
