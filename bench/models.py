"""The modelled speed of language models beside measured rows, and their types beside AWS's lists.

python -m bench.models [FILE]

Rows of devices that models are compiled for, and of TGI 1.0, are outside of what is modelled: they
are counted apart, and say nothing about the others. The rows hold no prediction of another tool, so
that weights over bandwidth stand beside.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Mapping
from math import ceil
from pathlib import Path
from statistics import median
from typing import NamedTuple

from advisor.catalogue.models import Models
from advisor.catalogue.price_snapshot import shipped
from advisor.modelling.memory import weight_bytes
from advisor.modelling.speed import Copy, Tokens
from advisor.pipeline import advise
from advisor.rulebook.cache import rules_directory
from advisor.rulebook.hardware import Instance
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.load import load
from advisor.workload.model_files import known_models
from advisor.workload.read import read_workloads

_DATA = Path(__file__).resolve().parents[1] / "tests" / "data"
ROWS = _DATA / "llm_measurements.csv"
HUB = _DATA / "jumpstart.csv"
FIGURES = {"ttft_ms": "first-token", "tpot_ms": "token", "request_ms": "token"}
NAIVE = "weights / bandwidth"
RATE = "requests a second"  # of one copy; its ratio is how many instances too few are planned
FLEETS = (2, 3, 4, 5)  # instances whose load a modelled fleet must carry
_DEVICE_FLOOR, _ONE_DEVICE_HOST = 1.16, 2  # times the weights; AWS lists no model below
_MIB, _MILLION = 2**20, 1e6
_REGION = "us-east-1"


class Ratio(NamedTuple):
    """Modelled over measured for one figure of one row."""

    figure: str
    ratio: float
    covered: bool  # whether the measured value lies within the published interval
    outside: str  # why the row is outside of what is modelled; empty where it is not
    engine: str


class Accuracy(NamedTuple):
    """How far the rows are off, each as a factor of at least 1, and shares of the rows."""

    rows: int
    median: float
    within_half: float  # within a factor of 1.5
    within_two: float
    nine_in_ten: float  # the factor that nine of ten rows keep
    covered: float


class Choice(NamedTuple):
    """The type that is chosen for a model of AWS's hub, beside the one that AWS takes first."""

    model: str
    chosen: str  # empty where none is
    default: str
    wrong: bool  # none is chosen, or one with less memory than the least that AWS lists
    memory: float = 0.0  # of the devices, over that of the default
    usd: float = 0.0  # an hour
    default_usd: float = 0.0


def measured_rows(path: Path = ROWS) -> list[dict[str, str]]:
    """The rows of a file of measurements, without its comments."""
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def ratios(rows: Iterable[Mapping[str, str]], models: Models) -> Iterator[Ratio]:
    """Every figure that a row has, beside the modelled one and beside weights over bandwidth."""
    for row in rows:
        geometry = models.find(row["model"]).geometry
        device = models.accelerator(row["accelerator"], None)
        assert device is not None, row["accelerator"]
        precision, degree, engine = row["weights_dtype"], int(row["tp"]), row["engine"]
        copy = Copy(geometry, precision, device, degree, models.numbers, engine=engine)
        tokens = Tokens(float(row["input_tokens"]), float(row["output_tokens"]))
        flying = float(row["concurrency"] or 1)
        running = copy.running(tokens, flying)
        outside = "compiled" if not device.modelled else "tgi 1.0" if engine == "tgi" else ""
        modelled = {
            "ttft_ms": running.first_token,
            "tpot_ms": running.per_token,
            "request_ms": running.request,
        }
        for name, figure in FIGURES.items():
            if row[name]:
                value = float(row[name]) / 1000
                low, high = copy.interval(modelled[name], figure)
                covered = low <= value <= high
                yield Ratio(name, modelled[name] / value, covered, outside, engine)
        if row["tpot_ms"]:
            size = weight_bytes(geometry, precision, models.numbers)
            each = float(row["tpot_ms"]) / 1000
            naive = size / degree / device.bandwidth
            yield Ratio(NAIVE, naive / each, False, outside, engine)
            first = float(row["ttft_ms"] or 0) / 1000 + (tokens.written - 1) * each
            request = float(row["request_ms"] or 0) / 1000 or first
            yield Ratio(RATE, running.rate * request / flying, False, outside, engine)


def within_one(found: Iterable[Ratio], instances: int) -> float:
    """Share of rows for which a fleet is planned with at most one instance more or fewer.

    Args:
        found: ratios of the rate.
        instances: which carry a load by what was measured.
    """
    off = [abs(ceil(instances / each.ratio - 1e-9) - instances) for each in found]
    return sum(each <= 1 for each in off) / len(off)


def accuracy(found: Iterable[Ratio]) -> Accuracy:
    """What the ratios of one figure add up to."""
    every = list(found)
    factors = sorted(max(each.ratio, 1 / each.ratio) for each in every)
    count = len(factors)
    return Accuracy(
        rows=count,
        median=median(factors),
        within_half=sum(each <= 1.5 for each in factors) / count,
        within_two=sum(each <= 2 for each in factors) / count,
        nine_in_ten=factors[int(0.9 * (count - 1))],
        covered=sum(each.covered for each in every) / count,
    )


def choices(*, full: bool) -> Iterator[Choice]:
    """For each model of AWS's hub that writes text: the type of ten requests a minute.

    Args:
        full: whether requests as long as the model reads must fit, as on the hub; else 500 tokens
            in and 250 out.
    """
    models, types = known_models(), knowledge(load().raw).catalogue.types
    prices = shipped(_REGION, f"{rules_directory()}/prices").per_hour("hosting", sold=True)
    for row in measured_rows(HUB):
        shape = models.find(row["model"]).geometry
        if not shape.generates:
            continue
        told = advise(read_workloads(_asks(row["model"], shape.context if full else 750), "-")[0])
        on, default = None if told.model is None else told.model.on, types[row["default"]]
        if on is None:
            yield Choice(row["model"], "", default.type, wrong=True)
            continue
        chosen = types[on.instance_type]
        weights = weight_bytes(shape, shape.dtype, models.numbers) / _MIB
        small = _devices(chosen) < _DEVICE_FLOOR * weights
        host = weights * (_ONE_DEVICE_HOST if chosen.accelerator_count == 1 else 1)
        yield Choice(
            model=row["model"],
            chosen=f"{on.instances} x {chosen.type}",
            default=default.type,
            wrong=small or (chosen.memory_mib or 0) < host,
            memory=_devices(chosen) / _devices(default),
            usd=prices[chosen.type] * on.instances / _MILLION,
            default_usd=prices[default.type] / _MILLION,
        )


def _asks(model: str, context: int) -> bytes:
    return f"""\
name: hub
region: {_REGION}
environment: test
requests: {{arrival: online, tokens: {{input: 500, output: 250}}}}
traffic: {{peak: 10/min}}
model: {{id: {model}, context: {context}}}
""".encode()


def _devices(instance: Instance) -> int:
    """MiB of all devices."""
    return (instance.accelerator_count or 0) * (instance.accelerator_memory_mib or 0)


def main() -> int:
    """Print a line for each figure; 0."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    every = list(ratios(measured_rows(path), known_models()))
    for outside in sorted({each.outside for each in every}):
        print(f"{outside or 'modelled'}:")
        some = [each for each in every if each.outside == outside]
        for figure in (*FIGURES, NAIVE):
            _print(figure, [each for each in some if each.figure == figure])
        for engine in sorted({each.engine for each in some}):
            chosen = [each for each in some if (each.figure, each.engine) == ("ttft_ms", engine)]
            _print(f"  ttft_ms of {engine[:7]}", chosen)
    print("modelled, instances planned within one of those that carry the load as measured:")
    rates = [each for each in every if each.figure == RATE and not each.outside]
    print("  " + ", ".join(f"{within_one(rates, each):.1%} of {each}" for each in FLEETS))
    for full in (True, False):
        _print_hub(list(choices(full=full)), "its whole context" if full else "750 tokens")
    return 0


def _print(title: str, chosen: list[Ratio]) -> None:
    if not chosen:
        return
    found = accuracy(chosen)
    covered = "" if chosen[0].figure == NAIVE else f"  covered {found.covered:6.1%}"
    print(
        f"  {title:20} {found.rows:5} rows  median x{found.median:.2f}"
        f"  in x1.5 {found.within_half:6.1%}  in x2 {found.within_two:6.1%}"
        f"  90 % in x{found.nine_in_ten:.2f}{covered}"
    )


def _print_hub(every: list[Choice], requests: str) -> None:
    near = [each for each in every if 0.5 <= round(each.memory, 1) <= 2]
    usd, listed = (median(getattr(each, of) for each in every) for of in ("usd", "default_usd"))
    print(f"{len(every)} models of AWS's hub, each with requests of {requests}:")
    print(
        f"  wrong {sum(each.wrong for each in every)}  device memory within x2 of the default"
        f" {len(near) / len(every):.1%}  median {usd:.2f} USD an hour, of the defaults {listed:.2f}"
    )
    for each in every:
        if each.wrong or each not in near:
            print(f"  {each.model}: {each.chosen or 'none'}, default {each.default}")


if __name__ == "__main__":
    sys.exit(main())
