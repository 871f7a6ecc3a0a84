"""What others measured of a model on an instance type, in words, beside what is modelled of it.

Never in its place: servers differ, and some of the prompts were cached.
"""

from math import log

from advisor.catalogue.models import Models
from advisor.model.geometry import MeasuredRow
from advisor.modelling.speed import ENGINES, Copy, Tokens
from advisor.rulebook.knowledge import Knowledge
from advisor.text.quantity_format import about

_MS = 1000  # in microseconds


def nearest_rows(rows: list[MeasuredRow], tokens: Tokens, in_flight: float) -> list[MeasuredRow]:
    """Of each type, precision, degree and server the row of the nearest load, by ratios."""
    best: dict[tuple[str, ...], tuple[float, MeasuredRow]] = {}
    for row in rows:
        pairs = (row.given, tokens.given), (row.written, tokens.written), (row.in_flight, in_flight)
        off = sum(abs(log(max(here, 1) / max(there, 1))) for here, there in pairs)
        kind = (row.instance_type, row.precision, str(row.tensor_parallel), row.engine)
        best[kind] = min(best.get(kind, (off, row)), (off, row))
    return [row for _, row in best.values()]


def said(row: MeasuredRow, models: Models, known: Knowledge) -> str:
    """A row in words, with the time per token that is modelled of the same load, if one is."""
    times = {"TTFT": row.first_token_ms, "TPOT": row.per_token_ms, "answer": row.request_ms}
    told = ", ".join(f"{name} {about(each * _MS, 'time')}" for name, each in times.items() if each)
    instance = known.catalogue.types[row.instance_type]
    device = models.accelerator(instance.accelerator_model, instance.accelerator_memory_mib)
    if device is not None and device.modelled and row.engine in ENGINES:
        geometry = models.find(row.model).geometry
        copy = Copy(geometry, row.precision, device, row.tensor_parallel, models.numbers)
        run = copy.running(Tokens(row.given, row.written), row.in_flight)
        told += f" (modelled: TPOT {about(run.per_token * 1e6, 'time')})"
    load = f"{row.given:,} in and {row.written:,} out, {row.in_flight} in flight"
    return f"{load}, {row.engine} {row.version}: {told}; {row.source}"
