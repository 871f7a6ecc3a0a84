"""A measurement in words, for the reports and for the facts that it replaces."""

from __future__ import annotations

from advisor.model.workload import Measured, Measurement
from advisor.options.load import per_second, seconds
from advisor.text.quantity_format import number, percent

HEADINGS = ("Measured on", "Highest rate", "Latency", "CPU", "Memory", "Stands", "Because")


def origin(measured: Measured) -> str:
    """``on ml.c5.xlarge by the job fraud of 2026-11-02 (result.json)``; each that is taken."""
    taken = [each for each in (measured.taken, measured.serverless) if each is not None]
    if not taken:
        return " and ".join(job.by for job in measured.jobs)
    return " and ".join(each.by for each in taken)


def cells(found: Measurement) -> tuple[str, ...]:
    """One configuration under ``HEADINGS``; empty where a figure is not available."""
    setup = "" if found.setup_s is None else f", start {seconds(found.setup_s)}"
    return (
        found.name,
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


def beside_model(found: Measurement) -> str:
    """Measured over modelled; empty where nothing is modelled."""
    own, told = found.tokens, found.modelled
    if own is None or told is None:
        return ""
    pairs = [
        ("TTFT", seconds, own.first_token_s, told.first_token_s),
        ("TPOT", seconds, own.per_token_s, told.per_token_s),
        ("answer", seconds, own.request_s, told.request_s),
        ("rate", per_second, own.per_second, told.per_second),
    ]
    said = (f"{name} {show(a)} / {show(b)} = {a / b:.2f}" for name, show, a, b in pairs)
    return f"measured over modelled, {number(own.in_flight)} in flight: {', '.join(said)}"


def _percent(value: float | None) -> str:
    return "" if value is None else percent(value / 100)
