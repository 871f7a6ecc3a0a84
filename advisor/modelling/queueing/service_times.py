"""Processing times as a distribution made of what is known: a constant, or two quantiles."""

import math
from collections.abc import Iterator

from advisor.model.value import Value

_Z99 = 2.3263478740408408  # 99th percentile of the standard normal distribution
# Quantiles of responses are then right to 0.05 %, where the forms themselves are to 8 %.
_STEPS = 96
WIDEST = 100  # 99th percentile over median; the mean falls beyond exp(z99 ** 2), 224
_REACH = 6.0  # standard deviations on either side; beyond lie 2e-9


class ServiceTime(Value):
    """A processing time: log-normal, or constant where its logarithm does not spread."""

    median_s: float
    sigma: float  # of the logarithm; 0 when constant

    @property
    def mean_s(self) -> float:
        """Mean, in seconds."""
        return self.median_s * math.exp(self.sigma**2 / 2)

    @property
    def cv2(self) -> float:
        """Squared coefficient of variation."""
        return math.expm1(self.sigma**2)

    def above(self, seconds: float) -> float:
        """P(processing time > ``seconds``)."""
        if seconds <= 0:
            return 1.0
        if not self.sigma:
            return 1.0 if self.median_s > seconds else 0.0
        return math.erfc(math.log(seconds / self.median_s) / self.sigma / math.sqrt(2)) / 2

    def points(self) -> tuple[tuple[float, float], ...]:
        """Times and weights that sum to 1, for integrals over the distribution."""
        return tuple(_points(self))


def _points(service: ServiceTime) -> Iterator[tuple[float, float]]:
    """The trapezoidal rule over a standard normal variable, of which the time is a function."""
    if not service.sigma:
        yield service.median_s, 1.0
        return
    step = 2 * _REACH / _STEPS
    for index in range(_STEPS + 1):
        z = -_REACH + index * step
        weight = step * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        yield service.median_s * math.exp(service.sigma * z), weight


def constant(seconds: float) -> ServiceTime:
    """Every request takes the same time."""
    return ServiceTime(median_s=seconds, sigma=0.0)


def around(mean_s: float, p99_s: float) -> ServiceTime:
    """The log-normal time with this mean and this 99th percentile, as far as one has both."""
    if p99_s <= mean_s:
        return constant(mean_s)
    sigma = _Z99 - math.sqrt(max(0.0, _Z99**2 - 2 * math.log(p99_s / mean_s)))
    return ServiceTime(median_s=mean_s * math.exp(-(sigma**2) / 2), sigma=sigma)


def lognormal(median_s: float, p99_s: float) -> ServiceTime:
    """The log-normal time with this median and this 99th percentile.

    Processing times are bounded below and have a tail above, which a log-normal shape has too; that
    it is this shape is an assumption of sm-advise. The ratio of the two counts up to ``WIDEST``.
    """
    if p99_s <= median_s:
        return constant(median_s)
    ratio = min(p99_s / median_s, WIDEST)
    return ServiceTime(median_s=median_s, sigma=math.log(ratio) / _Z99)
