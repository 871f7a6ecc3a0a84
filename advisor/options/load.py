"""How much work comes in: rates, times and requests in progress, from what was stated of them."""

from functools import lru_cache

from advisor.model.value import Value
from advisor.model.workload import Interval
from advisor.options.plan_builder import Draft, once, upper
from advisor.text.quantity import MONTH_HOURS, RATE_PER_MONTH, WEEK
from advisor.text.quantity_format import about

SECOND = 1_000_000
_MIB = 1024**2
HOUR_S = 3600
PER_SECOND = RATE_PER_MONTH * MONTH_HOURS * HOUR_S  # base units of one request a second
_SAID = 4096  # texts of figures that are kept: the options of one workload name the same ones


class Load(Value):
    """The load of a workload; ``None`` where nothing stated leads to a number."""

    peak: float | None  # requests per second
    assumed: float  # times the mean that the peak is assumed to be; 0 where it is stated
    mean: float | None  # requests per second over the active time
    active_share: float  # of the week, 0 to 1
    processing_s: float | None  # usual time of one request
    slowest_s: float | None  # largest stated time; None also when it is open above
    concurrent: int | None  # stated requests in progress at the peak
    in_flight: float | None  # the same: stated, else peak times processing time (Little's law)
    answer_s: float | None  # how soon the answer is needed
    answer_open: bool  # any later answer will do

    @property
    def peak_text(self) -> str:
        """The peak with where it comes from, where it is known."""
        assert self.peak is not None
        if self.mean is None or not self.assumed:
            return f"{per_second(self.peak)} at the peak"
        mean, peak = per_second(self.mean), per_second(self.peak)
        return f"{self.assumed} x {mean} mean = {peak} assumed at the peak"

    @property
    def in_flight_text(self) -> str:
        """Requests in progress with their arithmetic, where they are known."""
        if self.concurrent is not None:
            return f"{self.concurrent:,} requests in progress as stated"
        assert self.in_flight is not None
        assert self.processing_s is not None
        return (
            f"{self.peak_text} x {seconds(self.processing_s)} = "
            f"{number(self.in_flight)} requests in progress"
        )


@once
def load(draft: Draft) -> Load:
    """The load of the workload that a plan is made for."""
    facts = draft.facts
    active = draft.upper("traffic.active")
    share = min(1.0, active / WEEK) if active else 1.0
    volume = _rate(draft, "traffic.volume")
    mean = volume / PER_SECOND / share if volume is not None else None
    peak, assumed = _peak(draft, mean)
    processing, slowest = _times(draft)
    concurrent = draft.upper("traffic.concurrent")
    if concurrent is not None:
        concurrent = max(1, concurrent)
    flying = None if concurrent is None else float(concurrent)
    if flying is None and peak is not None and processing is not None:
        flying = peak * processing
    answer = facts.interval("requests.answer")
    return Load(
        peak=peak,
        assumed=assumed,
        mean=mean,
        active_share=share,
        processing_s=processing,
        slowest_s=slowest,
        concurrent=concurrent,
        in_flight=flying,
        answer_s=_answer(answer),
        answer_open=answer is not None and answer.high is None,
    )


def _times(draft: Draft) -> tuple[float | None, float | None]:
    """The usual and the largest time of one request, as far as they are stated and bounded."""
    facts = draft.facts
    if not facts.is_stated("requests.processing"):
        return None, None
    usual = upper(facts.typical("requests.processing"))
    largest = facts.largest("requests.processing")
    return (
        usual / SECOND if usual else None,
        largest.high / SECOND if largest is not None and largest.high is not None else None,
    )


def _rate(draft: Draft, path: str) -> int | None:
    """The stated rate; ``>= 0`` says as much as nothing."""
    found = draft.upper(path)
    return found if found != 0 else upper(draft.facts.interval(path))


def _peak(draft: Draft, mean: float | None) -> tuple[float | None, float]:
    stated = _rate(draft, "traffic.peak")
    if stated is not None:
        return stated / PER_SECOND, 0
    if mean is None:
        return None, 0
    times = draft.facts.book.fact["traffic.peak"].assume[0].times
    return times * mean, times


def _answer(interval: Interval | None) -> float | None:
    """The earliest moment that must do: the lower end of a range."""
    if interval is None:
        return None
    value = interval.low or interval.high
    return value / SECOND if value is not None else None


def number(value: float) -> str:
    """A number as people write it: three significant digits, whole from a hundred on."""
    return f"{value:,.0f}" if value >= 99.95 else f"{value:.3g}"


@lru_cache(maxsize=_SAID)
def per_second(rate: float) -> str:
    """A rate given in requests a second."""
    return about(rate * PER_SECOND, "rate")


def counted(count: int, thing: str) -> str:
    """``1 instance``, ``2 instances``."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


@lru_cache(maxsize=_SAID)
def seconds(time: float) -> str:
    """A time given in seconds."""
    return about(time * SECOND, "time")


def sentence(text: str) -> str:
    """A text with a capital letter and a full stop."""
    return f"{text[0].upper()}{text[1:]}."


def mib(size: float) -> str:
    """A size given in MiB."""
    return about(size * _MIB, "size")
