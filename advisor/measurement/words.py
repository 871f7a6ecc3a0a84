"""A measurement in words, for the reports and for the facts that it replaces."""

from __future__ import annotations

from advisor.model import Job, Measured, Measurement
from advisor.options.load import per_second, seconds
from advisor.printable import printable
from advisor.rounding import percent

HEADINGS = ("Measured on", "Highest rate", "Latency", "CPU", "Memory", "Stands", "Because")


def name(found: Measurement) -> str:
    """The configuration: an instance type, or serverless inference with its memory."""
    return found.instance_type or f"serverless inference with {found.memory_mb} MB"


def origin(measured: Measured) -> str:
    """``on ml.c5.xlarge by the job fraud of 2026-11-02 (result.json)``; each that is taken."""
    taken = [each for each in (measured.taken, measured.serverless) if each is not None]
    if not taken:
        return " and ".join(_by(job) for job in measured.jobs)
    return " and ".join(by(each) for each in taken)


def by(found: Measurement) -> str:
    """What was measured, and in which job."""
    return f"on {name(found)} {_by(found.job)}"


def _by(job: Job) -> str:
    day = f" of {job.date}" if job.date else ""
    return f"by the job {job.name}{day} ({printable(job.file)})"


def cells(found: Measurement) -> tuple[str, ...]:
    """One configuration under ``HEADINGS``; empty where a figure is not available."""
    setup = "" if found.setup_s is None else f", start {seconds(found.setup_s)}"
    return (
        name(found),
        per_second(found.per_second),
        seconds(found.latency_s) + setup,
        _percent(found.cpu_percent),
        _percent(found.memory_percent),
        found.standing,
        found.note,
    )


def line(found: Measurement) -> str:
    """One configuration as a line of text."""
    each = dict(zip(HEADINGS, cells(found), strict=True))
    figures = [f"{each['Highest rate']} at {each['Latency']}"]
    figures += [f"{label} {each[label]}" for label in ("CPU", "Memory") if each[label]]
    return f"{each['Measured on']} {each['Stands']}: {', '.join(figures)}; {each['Because']}"


def _percent(value: float | None) -> str:
    return "" if value is None else percent(value / 100)
