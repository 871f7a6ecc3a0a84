"""The start of an instance with a large model: the observed totals lie in the interval."""

from __future__ import annotations

import pytest

from advisor.modelling.start_up import start_up
from advisor.workload.model_files import known_models

NUMBERS = known_models().numbers
GB = 10**9
# GB of the image and of the weights, and whole seconds without and with the image cached.
OBSERVED = [
    (17.7, 16.4, 525, 258),
    (15.7, 0, 381, 134),
    (17.5, 5.8, 346, 164),
    (10.6, 6.5, 346, 216),
]


@pytest.mark.parametrize(("image", "weights", "pulled", "cached"), OBSERVED)
def test_observed_starts(image: float, weights: float, pulled: int, cached: int) -> None:
    whole = start_up(round(weights * GB), round(image * GB), NUMBERS)
    warm = start_up(round(weights * GB), 0, NUMBERS)
    assert whole.least <= pulled <= whole.most
    assert warm.least <= cached <= warm.most


def test_by_hand() -> None:
    # 16.4 GB at 213 and 98 MB/s: 77 and 167.3 s; 17.7 GB at 96 and 53 MB/s: 184.4 and 334 s
    found = start_up(round(16.4 * GB), round(17.7 * GB), NUMBERS)
    assert (found.weights_least, found.weights_most) == pytest.approx((77.0, 167.3), abs=0.1)
    assert (found.least, found.most) == pytest.approx((85 + 184.4, 200 + 334.0), abs=0.1)
    # Beside the image, which comes before, the container waits for its own reading of the weights.
    assert found.loading_most == pytest.approx(200 + 77.0, abs=0.1)


def test_the_largest_instances_fetch_faster() -> None:
    # 138 GB at 520 MB/s: 265.4 s, what Llama-2-70B took on eight devices; at 98 MB/s still 1,408 s.
    found = start_up(138 * GB, 0, NUMBERS, devices=8)
    assert (found.weights_least, found.weights_most) == pytest.approx((265.4, 1408.2), abs=0.1)
    assert start_up(138 * GB, 0, NUMBERS, devices=4).weights_least > found.weights_least
