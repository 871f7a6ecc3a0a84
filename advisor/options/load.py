"""How much work comes in: rates, times and requests in progress, from what was stated of them."""

from functools import lru_cache

from advisor.model.options import BATCH_TRANSFORM, REAL_TIME
from advisor.model.value import Value
from advisor.model.workload import Interval
from advisor.options.plan_builder import Draft, once
from advisor.rulebook.fact_entries import MEAN_PROCESSING, TYPICAL_PROCESSING
from advisor.rulebook.formulas import IN_FLIGHT_UNIT
from advisor.text.quantity import MIB, MONTH_HOURS, RATE_PER_MONTH, WEEK
from advisor.text.quantity_format import about, number

SECOND = 1_000_000
HOUR_S = 3600
PER_SECOND = RATE_PER_MONTH * MONTH_HOURS * HOUR_S  # base units of one request a second
_RATES = ("traffic.peak", "traffic.volume")
_SAID = 4096  # texts of figures that are kept: the options of one workload name the same ones


class Load(Value):
    """The load that a plan is sized for: the one point that the decision was made at.

    ``rests_on`` names what nobody stated of it. ``known`` leaves that out: ``None`` there.
    """

    peak: float | None  # requests per second
    peak_text: str  # with where it comes from
    mean: float | None  # requests per second over the active time
    active_share: float  # of the week, 0 to 1
    processing_s: float | None  # mean time of one request
    median_s: float | None  # its usual time
    time_text: str  # the mean with where it comes from
    slowest_s: float | None  # largest stated time; None also when it is open above
    concurrent: int | None  # stated requests in progress at the peak
    in_flight: float | None  # the same: stated, else peak times processing time (Little's law)
    answer_s: float | None  # how soon the answer is needed
    answer_open: bool  # any later answer will do
    rests_on: tuple[str, ...]

    @property
    def in_flight_text(self) -> str:
        """Requests in progress with their arithmetic."""
        if self.concurrent is not None and self.in_flight == self.concurrent:
            return f"{self.concurrent:,} requests in progress as stated"
        return f"{self.peak_text} x {self.time_text} = {number(self.in_flight or 0)} in progress"


@once
def load(draft: Draft) -> Load:
    """The load of the workload that a plan is made for."""
    facts = draft.facts
    point = [facts.taken(f"traffic.{name}") for name in ("peak", "volume", "active")]
    peak, mean, share = point[0] / PER_SECOND, point[1] / PER_SECOND, point[2] / WEEK
    mean /= share
    processing, median = (
        facts.taken(name) / SECOND for name in (MEAN_PROCESSING, TYPICAL_PROCESSING)
    )
    peak = max(peak, mean)  # where both are stated and contradict each other
    concurrent = facts.taken("traffic.concurrent")
    stated = [name for name in _RATES if facts.is_stated(name)]
    rests_on = []
    if not stated and concurrent is None and draft.text("requests.arrival") != "batch":
        rests_on.append("traffic.peak")
    if timed(draft) or concurrent is None:
        rests_on += timing(draft)
    answer = facts.interval("requests.answer")
    largest = facts.largest("requests.processing")
    return Load(
        peak=peak,
        peak_text=_peak_text(draft, peak, mean, stated),
        mean=mean,
        active_share=share,
        processing_s=processing,
        median_s=median,
        time_text=_time_text(draft, processing, median),
        slowest_s=None if largest is None or largest.high is None else largest.high / SECOND,
        concurrent=concurrent,
        in_flight=facts.taken("load.in-flight") / IN_FLIGHT_UNIT,
        answer_s=_answer_s(draft, answer, processing),
        answer_open=answer is not None and answer.high is None,
        rests_on=tuple(rests_on),
    )


@once
def known(draft: Draft) -> Load:
    """The same as far as stated facts lead to it."""
    work, facts = load(draft), draft.facts
    timed = facts.is_stated("requests.processing")
    rated = any(facts.is_stated(name) for name in _RATES) or (work.concurrent and timed)
    return work._replace(
        peak=work.peak if rated else None,
        mean=work.mean if facts.is_stated("traffic.volume") else None,
        processing_s=work.processing_s if timed else None,
        in_flight=work.in_flight if work.concurrent or (rated and timed) else None,
    )


class Deadline(Value):
    """How long one run of a data set may take."""

    seconds: float
    path: str  # what says so
    text: str


@once
def deadline(draft: Draft) -> Deadline | None:
    """The stated deadline, or the time until the next run begins, whichever is shorter."""
    facts, found = draft.facts.workload, []
    stated, runs = facts.interval("dataset.deadline"), facts.interval("dataset.runs")
    limit = None if stated is None else stated.low or stated.high
    if limit:
        said = seconds(limit / SECOND)
        found.append(
            Deadline(
                seconds=limit / SECOND, path="dataset.deadline", text=f"the deadline of {said}"
            )
        )
    often = None if runs is None else runs.high or runs.low
    if often:
        period = PER_SECOND / often
        said = f"the {seconds(period)} until the next run begins"
        found.append(Deadline(seconds=period, path="dataset.runs", text=said))
    return min(found, default=None, key=lambda each: each.seconds)


def sized(draft: Draft) -> tuple[str, tuple[str, ...]]:
    """``stated``, ``assumed`` or ``not-sized``, with the facts that the size of a plan lacks."""
    fewest, most = draft.upper("deploy.instances.min"), draft.upper("deploy.instances.max")
    if fewest is not None and fewest == most:
        return "stated", ()
    flying = draft.option == REAL_TIME and load(draft).concurrent is not None
    once = draft.option == BATCH_TRANSFORM and deadline(draft) is None
    if draft.facts.workload.untimed and not (timed(draft) or flying or once):
        return "not-sized", ("requests.processing",)
    if once:  # one instance, however long it takes
        return "stated", ()
    if draft.option == BATCH_TRANSFORM and draft.upper("dataset.records") is None:
        return "not-sized", ("dataset.records",)
    found = timing(draft) if draft.option == BATCH_TRANSFORM else load(draft).rests_on
    return ("assumed" if found else "stated"), found


def timing(draft: Draft) -> tuple[str, ...]:
    """What the time of one request rests on and nobody stated."""
    if not timed(draft):
        return ("requests.processing",)
    told = draft.facts.workload.modelled
    read = ("requests.processing", "model.concurrency")  # what follows from tokens
    if told is None or not any(map(draft.facts.workload.is_told, read)):
        return ()
    return tuple(told.assumed)


def timed(draft: Draft) -> bool:
    """Whether a stated fact says how fast one instance works."""
    measured = draft.upper("model.throughput") is not None
    facts = draft.facts
    return measured or (facts.is_stated("requests.processing") and not facts.workload.untimed)


def _answer_s(draft: Draft, answer: Interval | None, processing: float) -> float | None:
    """How soon the answer must come; a word is no shorter than the work alone takes."""
    if answer is None:
        return None
    taken: int = draft.facts.taken("requests.answer")
    if draft.text("requests.answer") is not None and taken < processing * SECOND:
        taken = max(answer.high or 0, round(processing * SECOND))
    return taken / SECOND


def _peak_text(draft: Draft, peak: float, mean: float, stated: list[str]) -> str:
    said = per_second(peak)
    if "traffic.peak" in stated or draft.facts.is_stated("traffic.concurrent"):
        return f"{said} at the peak"
    times = draft.facts.book.fact["traffic.peak"].assume[0].times
    assumed = "" if stated else " assumed"
    return f"{times} x {per_second(mean)}{assumed} mean = {said} assumed at the peak"


def _time_text(draft: Draft, mean: float, median: float) -> str:
    said, workload = seconds(mean), draft.facts.workload
    if workload.untimed:
        return "an unknown time"
    if mean != median:
        return f"{said} (mean of {seconds(median)} and its 99th percentile)"
    if draft.text("requests.processing") is not None:
        return f"{said} assumed of {draft.text('requests.processing')}"
    guessed = workload.modelled is not None and "requests.processing" in workload.modelled.assumed
    stated = draft.facts.is_stated("requests.processing") and not guessed
    return said if stated else f"{said} assumed"


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
    return about(size * MIB, "size")
