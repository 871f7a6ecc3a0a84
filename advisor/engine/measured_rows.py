"""What others measured of a model on instance types, in words, beside what is modelled of it.

Never in its place: servers differ, and some of the prompts were cached.
"""

from collections.abc import Mapping
from math import log

from advisor.catalogue.models import Models
from advisor.modelling.speed import ENGINES, Copy, Tokens
from advisor.rulebook.knowledge import Knowledge
from advisor.text.quantity_format import about

_KIND = ("instance_type", "precision", "tensor_parallel")
_TIMES = {"TTFT": "first_token_ms", "TPOT": "per_token_ms", "answer": "request_ms"}
_MS = 1000  # in microseconds


def measured_beside(
    models: Models, known: Knowledge, name: str, tokens: Tokens, in_flight: float
) -> dict[tuple[str, ...], str]:
    """The nearest load that was measured of a model, by type, precision and degree.

    Near as ratios go: of the tokens of a request, and of the requests in flight in one copy.
    """
    load = {"given": tokens.given, "written": tokens.written, "in_flight": in_flight}

    def off(row: Mapping[str, str]) -> float:
        return sum(abs(log(float(row[key]) / max(of, 1))) for key, of in load.items())

    rows = sorted(models.measured(name), key=off, reverse=True)
    nearest = {tuple(row[each] for each in _KIND): row for row in rows}
    return {kind: _said(row, models, known) for kind, row in nearest.items()}


def _said(row: Mapping[str, str], models: Models, known: Knowledge) -> str:
    times = {name: float(row[key] or 0) * _MS for name, key in _TIMES.items()}
    told = ", ".join(f"{name} {about(each, 'time')}" for name, each in times.items() if each)
    (kind, precision, degree), flying = (row[each] for each in _KIND), row["in_flight"]
    instance, tokens = known.catalogue.types[kind], Tokens(int(row["given"]), int(row["written"]))
    device = models.accelerator(instance.accelerator_model, instance.accelerator_memory_mib)
    if device is not None and row["engine"] in ENGINES:
        shape = models.find(row["model"]).geometry
        run = Copy(shape, precision, device, int(degree), models.numbers).running(
            tokens, int(flying)
        )
        told += f" (modelled: TPOT {about(run.per_token * 1e6, 'time')})"
    load = f"{tokens.given:,} in and {tokens.written:,} out, {flying} in flight"
    server = f"{row['engine']} {row['version']}"
    return f"{kind} ({precision}, degree {degree}), {load}, {server}: {told}; {row['source']}"
