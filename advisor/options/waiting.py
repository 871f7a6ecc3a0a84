"""Instances for an answer time: the wait before a fleet, by Erlang C, its routing stated."""

from bisect import bisect_left
from typing import TYPE_CHECKING

from advisor.model.value import Value
from advisor.options.fleet import Capacity
from advisor.options.load import SECOND, Load, seconds
from advisor.options.plan_builder import Draft
from advisor.text.quantity_format import percent

if TYPE_CHECKING:
    from advisor.modelling.queueing.erlang import Wait
    from advisor.modelling.queueing.service_times import ServiceTime

_LATE = 0.01  # of the answers: the time in `requests.answer` is that of 99 in 100
_HARDLY_ANY = 0.001  # of the requests wait, so that nothing but the processing counts
_MOST_TIMES = 8  # the fleet for the rate; beyond, waiting is not what makes answers late


class Answering(Value):
    """A fleet and what is known of the waiting in front of it."""

    fleet: int
    text: str  # empty where nothing supports a number
    met: bool  # false only where waiting makes answers late whatever the fleet


class _Queue(Value):
    """Requests that wait for a fleet, as one queue or as one for each instance."""

    peak: float  # requests per second
    service: "ServiceTime"
    workers: int  # of one instance
    one_queue: bool
    pattern: str | None

    @property
    def routing(self) -> str:
        """How SageMaker names it."""
        from advisor.modelling.queueing import responses

        return responses.LEAST_OUTSTANDING_REQUESTS if self.one_queue else responses.RANDOM

    def waiting(self, fleet: int) -> "Wait | None":
        """The wait in front of a fleet, ``None`` when the queue only grows."""
        from advisor.modelling.queueing import responses

        return responses.fleet_wait(self.peak, self.service, fleet, self.workers, self.routing)

    def in_time(self, fleet: int, answer_s: float) -> bool:
        """Whether 99 of 100 are answered in that time."""
        from advisor.modelling.queueing import responses

        waiting = self.waiting(fleet)
        if waiting is None:
            return False
        few = waiting.probability <= _HARDLY_ANY
        return few or responses.share_above(waiting, self.service)(answer_s) <= _LATE

    def is_beyond(self, fleets: range) -> bool:
        """Whether no closed form describes the load of one of the fleets that is not overloaded.

        What speaks against a form speaks the more against it the fewer servers there are.
        """
        from advisor.modelling.queueing import validity
        from advisor.modelling.queueing.scaling import whole

        load = self.peak * self.service.mean_s
        fleet = max(fleets.start, whole(load / (validity.HIGHEST_UTILISATION * self.workers)))
        if fleet not in fleets:
            return False
        servers = fleet * self.workers if self.one_queue else self.workers
        # Rounding may leave the utilisation a digit above the highest one.
        busy = min(load / (fleet * self.workers), validity.HIGHEST_UTILISATION)
        return bool(validity.against_response_times(busy, self.service.cv2, servers, self.pattern))


def for_answer(
    draft: Draft, work: Load, capacity: Capacity, count: int, *, one_queue: bool
) -> Answering:
    """The fleet of at least ``count`` that answers in time.

    It is ``count`` where nothing supports a number: no peak, processing or answer time stated, or a
    load that no closed form describes.

    Args:
        draft: the plan being made.
        work: its load.
        capacity: of one instance.
        count: instances that carry the peak.
        one_queue: requests go where fewest are in progress, which comes close to one queue; else
            at random, SageMaker's default, which makes each instance a queue of its own.
    """
    nothing = Answering(fleet=count, text="", met=True)
    answer = _answer_s(draft)
    if answer is None or work.peak is None or work.median_s is None or work.rests_on:
        return nothing
    from advisor.modelling.queueing import service_times

    slow, certain = _slow_s(draft)
    service = service_times.around(work.processing_s or 0.0, slow or 0.0)
    if certain and slow is not None:
        service = service_times.lognormal(work.median_s, slow)
    if service.above(answer) > _LATE:
        return nothing  # a conflict of the file, which more instances do not mend
    pattern = draft.text("traffic.pattern")
    queue = _Queue(
        peak=work.peak,
        service=service,
        workers=_workers(work, capacity),
        one_queue=one_queue,
        pattern=pattern,
    )
    most = _MOST_TIMES * count if certain else count
    # Each instance more makes the wait shorter, so the fleet is found by halving.
    fleets = range(count, most + 1)
    fleet = count + bisect_left(fleets, True, key=lambda fleet: queue.in_time(fleet, answer))
    if queue.is_beyond(range(count, min(fleet, most) + 1)) or (fleet > most and not certain):
        return nothing
    if fleet > most:
        text = f"no fleet up to {most} answers 99 of 100 in {seconds(answer)} with {queue.routing}"
        return Answering(fleet=count, text=f"{text} routing", met=False)
    waiting = queue.waiting(fleet)
    share = 0.0 if waiting is None else waiting.probability
    wait = f"{percent(share)} of the requests wait with {queue.routing} routing"
    text = f"{wait} (Erlang C), and 99 of 100 are answered in {seconds(answer)}"
    return Answering(fleet=fleet, text=text, met=True)


def _answer_s(draft: Draft) -> float | None:
    """The stated answer time; a word says too little to size for."""
    stated = draft.facts.workload.interval("requests.answer")
    if stated is None:
        return None
    end = stated.low or stated.high
    return None if end is None else end / SECOND


def _slow_s(draft: Draft) -> tuple[float | None, bool]:
    """The 99th percentile of the processing time, and whether it is one.

    The largest value stands for it where it is not stated, but is no reason for more instances.
    """
    for part in ("p99", "max"):
        stated = draft.facts.workload.interval(f"requests.processing.{part}")
        if stated is not None and stated.high is not None:
            return stated.high / SECOND, part == "p99"
    return None, True


def _workers(work: Load, capacity: Capacity) -> int:
    """Requests that one instance works on at once; of a measured rate those that it implies."""
    return max(1, int(round(capacity.per_second * (work.processing_s or 0.0), 6)))
