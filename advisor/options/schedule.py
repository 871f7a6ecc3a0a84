"""Scheduled scaling: the size for the peak within the stated windows, less outside of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from advisor.model.advice import Parameters, Request
from advisor.model.usage import OffHours
from advisor.model.value import Value
from advisor.model.workload import DAYS, Window
from advisor.options.load import seconds
from advisor.options.plan_builder import Draft
from advisor.text.quantity import time_covered
from advisor.text.quantity_format import number

_DAY = 24 * 60
_WEEK = 7 * _DAY
_MINUTE = 60


class Timetable(Value):
    """When a plan has its size for the peak, and how little it keeps outside of these hours."""

    outside: int  # instances, copies or environments
    up: tuple[tuple[int, int], ...]  # minutes of the week, of the next one beyond its end
    timezone: str | None  # where the minutes are local; UTC where None

    def off(self, linger_s: float = 0.0) -> OffHours:
        """What the plan runs on outside, where it goes down so long after the end of its hours."""
        lasts = sum(end - begin for begin, end in self.up)
        lingers = len(self.up) * -int(-linger_s // _MINUTE)
        return OffHours(count=self.outside, minutes=max(0, _WEEK - lasts - lingers))


def stated(draft: Draft) -> bool:
    """Whether the hours of a plan are known: windows hold all the time in which callers come."""
    facts = draft.facts
    values = facts.workload.values
    windows, active = values.get("traffic.windows"), facts.workload.interval("traffic.active")
    if windows is None or facts.word("requests.arrival") == "batch":
        return False
    return active is None or (active.low or 0) <= time_covered(windows.value)


def timetable(
    draft: Draft, size: int, outside: tuple[int, str], start: tuple[float, str]
) -> Timetable | None:
    """The hours of a plan whose windows are stated, noted in it; ``None`` where they save nothing.

    Args:
        draft: the plan being made.
        size: what it runs on for the peak.
        outside: what stays outside of the windows, with the reason.
        start: seconds from an action until the size is in service, with their formula.
    """
    if size <= outside[0]:
        return None
    windows = draft.facts.workload.values["traffic.windows"]
    least = draft.number("schedule-lead-least")
    lead_s, why = max(start, (float(least), f"at least {seconds(least)} for an update"))
    lead = -int(-lead_s // _MINUTE)
    up = _up(windows.value, lead, draft.number("schedule-pause-least") // _MINUTE)
    if not up:
        return None
    found = Timetable(outside=outside[0], up=up, timezone=draft.text("traffic.timezone"))
    hours = number((_WEEK - found.off().minutes) / _MINUTE)
    draft.set(
        "ScheduledActions",
        f"{size} up, {outside[0]} outside",
        f"{hours} h a week, from {lead} min before each of {windows.text} "
        f"({found.timezone or 'UTC'}): {why}. Outside, {outside[1]}.",
        constant="schedule-lead-least",
    )
    return found


@lru_cache(maxsize=256)
def _up(windows: tuple[Window, ...], lead: int, pause: int) -> tuple[tuple[int, int], ...]:
    """The hours of a week, from the lead of a window to its end; none where that is all of it.

    Hours that overlap, or leave a pause shorter than ``pause`` minutes, are one.
    """
    found: list[tuple[int, int]] = []
    spans = (
        ((day * _DAY + each.start - lead) % _WEEK, each.last - each.start + lead)
        for each in windows
        for day in each.days
    )
    for begin, lasts in sorted(spans):
        if found and begin - found[-1][1] < pause:
            found[-1] = (found[-1][0], max(found[-1][1], begin + lasts))
        else:
            found.append((begin, begin + lasts))
    while len(found) > 1 and found[0][0] + _WEEK - found[-1][1] < pause:  # the week is a circle
        _, end = found.pop(0)
        found[-1] = (found[-1][0], max(found[-1][1], end + _WEEK))
    begin, end = found[0]
    return () if begin + _WEEK - end < pause else tuple(found)


def scheduled(hours: Timetable | None, target: Request) -> tuple[Request, ...]:
    """A target, and PutScheduledAction before each window and at its end; nothing without hours.

    The target's bounds hold within the hours. Where they differ a policy moves the size, and the
    upper one stays outside.
    """
    return () if hours is None else (target, *_actions(hours, target))


def _actions(hours: Timetable, target: Request) -> Iterator[Request]:
    size, most = (target.parameters[f"{end}Capacity"] for end in ("Min", "Max"))
    outside = hours.outside, most if most > size else hours.outside
    begins, ends = zip(*hours.up, strict=True)
    for name, moments, (least, limit) in (("begin", begins, (size, most)), ("end", ends, outside)):
        times: dict[int, list[int]] = {}
        for moment in moments:
            day, minute = divmod(moment % _WEEK, _DAY)
            times.setdefault(minute, []).append(day)
        for minute, days in sorted(times.items()):
            parameters: Parameters = {
                **{key: target.parameters[key] for key in _SUBJECT},
                "ScheduledActionName": f"hours-{name}-{minute // 60:02}{minute % 60:02}",
                "Schedule": f"cron({minute % 60} {minute // 60} ? * {_cron_days(days)} *)",
                **({"Timezone": hours.timezone} if hours.timezone else {}),
                "ScalableTargetAction": {"MinCapacity": least, "MaxCapacity": limit},
            }
            yield target._replace(operation="PutScheduledAction", parameters=parameters)


_SUBJECT = ("ServiceNamespace", "ResourceId", "ScalableDimension")


def _cron_days(days: list[int]) -> str:
    """Days of the week in the words of a cron expression: MON-FRI. Its week begins with Sunday."""
    named = [DAYS[day].upper() for day in sorted(days)]
    if len(named) == len(DAYS):
        return "*"
    run = max(days) - min(days) == len(days) - 1 and DAYS[-1].upper() not in named
    return f"{named[0]}-{named[-1]}" if run and len(days) > 2 else ",".join(named)
