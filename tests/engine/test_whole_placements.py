"""Language models on the type that is taken for them: every figure of each case is stated.

Of each case holds: in flight = rate x seconds of a request, and USD of a million tokens at the
load = USD an hour x instances x 1,000,000 / (rate x tokens written x 3600).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from advisor.model.workload import Modelled
from advisor.rulebook.source import read_rules
from tests.planned import facts_of

CASES: dict[str, Any] = read_rules(Path(__file__).parent / "placements.yaml")


def rounded(value: object) -> object:
    """Four digits of a figure, which is what a model can be held to."""
    return float(f"{value:.4g}") if isinstance(value, float) else value


def placed(told: Modelled | None) -> dict[str, Any]:
    if told is None:
        return {"model": "none"}
    said: dict[str, Any] = {
        "weights_mib": told.weights // 2**20,
        "precision": told.precision,
        "held": told.held,
        "derived": {path: each.item.text for path, each in told.derived.items()},
        "assumed": {path: value for path, (value, _) in told.assumed.items()},
    }
    if told.on is not None:
        figures = told.on._asdict()
        said["on"] = {
            name: rounded(value)
            for name, value in figures.items()
            if isinstance(value, int | float | str) and value != ""
        }
    return said


@pytest.mark.parametrize("name", CASES)
def test_every_figure_of_a_placement_is_that(name: str) -> None:
    case = dict(CASES[name])
    told = facts_of({"name": "case", **case.pop("workload")}).workload.modelled
    assert placed(told) == case
    if told is not None and told.on is not None and told.on.usd_at_load and told.asked.usual:
        on = told.on
        assert on.in_flight == pytest.approx(on.rate * on.request_s)
        tokens_an_hour = on.rate * told.asked.usual.written * 3600
        assert on.usd_hour is not None
        usd = on.usd_hour * on.instances / tokens_an_hour * 1e6
        assert on.usd_at_load == pytest.approx(usd)
