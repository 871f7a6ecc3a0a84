"""The modelled speed beside the measured rows: what the figures in rules/models.yaml promise."""

from __future__ import annotations

from itertools import chain

import pytest

from advisor.workload.model_files import known_models
from bench.models import FIGURES, Accuracy, Ratio, accuracy, measured_rows, ratios


@pytest.fixture(scope="module")
def modelled() -> list[Ratio]:
    """Rows of current servers; not those of compiled devices and of TGI 1.0."""
    return [each for each in ratios(measured_rows(), known_models()) if not each.outside]


def of(found: list[Ratio], *figures: str) -> Accuracy:
    return accuracy(each for each in found if each.figure in figures)


def test_time_per_token(modelled: list[Ratio]) -> None:
    found = of(modelled, "tpot_ms")
    assert found.rows == 1814
    assert found.median <= 1.25
    assert found.within_two >= 0.92


def test_time_to_first_token(modelled: list[Ratio]) -> None:
    found = of(modelled, "ttft_ms")
    assert found.rows == 1778
    assert found.within_two >= 0.70


def test_intervals_cover(modelled: list[Ratio]) -> None:
    assert of(modelled, *FIGURES).covered >= 0.88
    assert of(modelled, "tpot_ms").covered >= 0.95
    assert of(modelled, "request_ms").covered >= 0.95


def test_it_is_nearer_than_weights_over_bandwidth(modelled: list[Ratio]) -> None:
    naive = of(modelled, "weights / bandwidth")
    assert of(modelled, "tpot_ms").median < naive.median
    assert of(modelled, "tpot_ms").within_two > naive.within_two


def test_what_is_outside_is_counted_apart() -> None:
    outside = [each for each in ratios(measured_rows(), known_models()) if each.outside]
    assert {each.outside for each in outside} == {"compiled", "tgi 1.0"}
    assert len(list(chain(outside))) == 40 * 3 + 36 * 3  # first token only of compiled ones
