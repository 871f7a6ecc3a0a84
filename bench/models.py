"""The modelled speed of language models beside measured rows: how far off, and how often.

python -m bench.models [FILE]

Rows of devices that models are compiled for, and of TGI 1.0, are outside of what is modelled: they
are counted apart, and say nothing about the others.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import NamedTuple

from advisor.catalogue.models import Models
from advisor.modelling.memory import weight_bytes
from advisor.modelling.speed import Copy, Tokens
from advisor.workload.model_files import known_models

ROWS = Path(__file__).resolve().parents[1] / "tests" / "data" / "llm_measurements.csv"
FIGURES = {"ttft_ms": "first-token", "tpot_ms": "token", "request_ms": "token"}
_NAIVE = "weights / bandwidth"


class Ratio(NamedTuple):
    """Modelled over measured for one figure of one row."""

    figure: str
    ratio: float
    covered: bool  # whether the measured value lies within the published interval
    outside: str  # why the row is outside of what is modelled; empty where it is not


class Accuracy(NamedTuple):
    """How far the rows are off, each as a factor of at least 1, and shares of the rows."""

    rows: int
    median: float
    within_half: float  # within a factor of 1.5
    within_two: float
    nine_in_ten: float  # the factor that nine of ten rows keep
    covered: float


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
        precision, degree = row["weights_dtype"], int(row["tp"])
        copy = Copy(geometry, precision, device, degree, models.numbers)
        tokens = Tokens(float(row["input_tokens"]), float(row["output_tokens"]))
        running = copy.running(tokens, float(row["concurrency"] or 1))
        outside = "compiled" if not device.modelled else "tgi 1.0" if row["engine"] == "tgi" else ""
        modelled = {
            "ttft_ms": running.first_token,
            "tpot_ms": running.per_token,
            "request_ms": running.request,
        }
        for name, figure in FIGURES.items():
            if row[name]:
                value = float(row[name]) / 1000
                ends = copy.interval(modelled[name], figure)
                covered = ends.low <= value <= ends.high
                yield Ratio(name, modelled[name] / value, covered, outside)
        if row["tpot_ms"]:
            size = weight_bytes(geometry, precision, models.numbers)
            naive = size / degree / device.bandwidth
            yield Ratio(_NAIVE, naive / (float(row["tpot_ms"]) / 1000), False, outside)


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


def main() -> int:
    """Print a line for each figure; 0."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    every = list(ratios(measured_rows(path), known_models()))
    for outside in sorted({each.outside for each in every}):
        print(f"{outside or 'modelled'}:")
        for figure in (*FIGURES, _NAIVE):
            chosen = [each for each in every if (each.figure, each.outside) == (figure, outside)]
            if chosen:
                found = accuracy(chosen)
                covered = "" if figure == _NAIVE else f"  covered {found.covered:6.1%}"
                print(
                    f"  {figure:20} {found.rows:5} rows  median x{found.median:.2f}"
                    f"  in x1.5 {found.within_half:6.1%}  in x2 {found.within_two:6.1%}"
                    f"  90 % in x{found.nine_in_ten:.2f}{covered}"
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
