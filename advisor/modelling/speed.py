"""How fast one copy of a language model answers: a closed form of decoding, prefill and batching.

All times are seconds, rates are a second, and the numbers are those of ``rules/models.yaml``. What
it leaves out: speculative decoding, cached prefixes, adapters, pipelines across instances, and
devices on which speed is not ``modelled``.
"""

from __future__ import annotations

from bisect import bisect_left
from math import log2
from typing import NamedTuple

from advisor.model.geometry import Accelerator, Geometry
from advisor.model.value import Value
from advisor.modelling.memory import FOUR_BIT, Numbers, kv_bytes, kv_split, weight_bytes

_MICRO = 1e-6
_PARTS = 2**30  # of an interval of requests in flight: closer than any figure is shown
ENGINES = ("vllm", "lmi", "sglang", "trtllm")
"""Servers with measured rows; LMI runs vLLM. The interval of any other is wider."""


class Tokens(NamedTuple):
    """What one request reads and writes, in tokens; means of all requests."""

    given: float
    written: float


class Running(Value):
    """One copy with some requests in flight, as modelled; the middle of each interval."""

    in_flight: float
    first_token: float  # seconds until the first token
    per_token: float  # seconds for each further one
    request: float  # seconds for the whole answer
    rate: float  # requests a second
    tokens: float  # written a second


class Copy:
    """One copy of a model on its devices.

    Args:
        geometry: of the model, which must be one that generates.
        precision: of its weights.
        accelerator: each device, on which speed must be modelled.
        degree: how many devices it is split over.
        numbers: those of ``rules/models.yaml``.
        engine: the server; any that has no measured rows makes intervals wider.
    """

    def __init__(
        self,
        geometry: Geometry,
        precision: str,
        accelerator: Accelerator,
        degree: int,
        numbers: Numbers,
        *,
        engine: str = "",
    ) -> None:
        self.geometry = geometry
        self.accelerator = accelerator
        self.degree = degree
        self.numbers = numbers
        self.engine = engine
        self._weights = weight_bytes(geometry, precision, numbers)
        routed = geometry.expert_parameters
        self._expert_bytes = routed * numbers[f"bytes-{precision}"]
        self._share = geometry.experts_per_token / geometry.experts
        mixed = routed > 0 and precision in FOUR_BIT
        dense = "bf16" if mixed else precision
        read = numbers["speed-weights"] * accelerator.bandwidth * degree
        if dense in FOUR_BIT:
            read *= numbers["speed-four-bit"]
        fixed = geometry.active_parameters - routed * self._share
        self._dense_time = fixed * numbers[f"bytes-{dense}"] / read
        experts = numbers["speed-experts"] * accelerator.bandwidth * degree
        self._experts_time = self._expert_bytes / experts
        flops, low = _flops(accelerator, precision)
        self._decode_flops = flops * degree * numbers["speed-decode"]
        prefill = numbers["speed-prefill"] * (numbers["speed-prefill-low"] if low else 1)
        self._prefill_flops = flops * degree * prefill
        own = f"speed-first-token-sequences-{engine}"
        self._others = numbers.get(own, numbers["speed-first-token-sequences"])

    def step(self, batch: float, context: float) -> float:
        """Seconds of one step that writes a token for each of ``batch`` requests.

        Args:
            batch: requests in the step.
            context: tokens that each has in the cache, on average.
        """
        geometry, numbers = self.geometry, self.numbers
        touched = 1 - (1 - self._share) ** batch if self._expert_bytes else 0
        weights = self._dense_time + self._experts_time * touched
        compute = 2 * geometry.active_parameters * batch / self._decode_flops
        split = kv_split(geometry, self.degree)
        read = self.accelerator.bandwidth * numbers["speed-cache"] * split
        cache = batch * kv_bytes(geometry, context) / read
        fixed = numbers["speed-step"] + numbers["speed-layer"] * geometry.layers
        overhead = (fixed + numbers["speed-sequence"] * batch) * _MICRO
        return max(weights, compute) + cache + self._exchange(batch) + overhead

    def prefill_load(self, tokens: float) -> float:
        """Seconds of computing that reading a prompt of some tokens takes from all others."""
        geometry = self.geometry
        dense = 2 * (geometry.active_parameters - geometry.embedding_parameters) * tokens
        width = geometry.heads * geometry.head_dim
        attention = 2 * width * tokens**2 * geometry.full_layers
        return (dense + attention) / self._prefill_flops + self._exchange(tokens)

    def running(self, tokens: Tokens, in_flight: float) -> Running:
        """The copy with a steady number of requests in flight, at least one."""
        numbers, geometry = self.numbers, self.geometry
        count, written = max(in_flight, 1.0), max(tokens.written, 1.0)
        load = self.prefill_load(tokens.given)
        step = self.step(count, tokens.given + written / 2)
        read = self.accelerator.bandwidth * numbers["speed-weights"] * self.degree
        touched = min(1.0, tokens.given * self._share)
        layers = numbers["speed-prefill-layer"] * geometry.layers * _MICRO
        alone = load + self._weights / read * touched + layers
        others = 1 + self._others * (count - 1)
        waits = numbers["speed-first-token-steps"] * step if count > 1 else 0
        first = numbers["speed-first-token"] * _MICRO + alone * others + waits
        each = step + load * (count - 1) / written
        request = first + (written - 1) * each
        return Running(
            in_flight=in_flight,
            first_token=first,
            per_token=each,
            request=request,
            rate=in_flight / request,
            tokens=in_flight * written / request,
        )

    def settled(self, tokens: Tokens, rate: float, limit: float) -> Running | None:
        """Where the requests in flight settle when they arrive at a rate; ``None``: never.

        Args:
            tokens: of a request.
            rate: requests that arrive a second.
            limit: requests that fit in flight; the rest would wait.
        """
        if limit < 1:
            return None
        alone = self.running(tokens, 1)
        if rate * alone.request <= 1:
            return alone._replace(
                in_flight=rate * alone.request, rate=rate, tokens=rate * max(tokens.written, 1)
            )
        if self.running(tokens, limit).rate < rate:
            return None
        part = (limit - 1) / _PARTS
        found = bisect_left(
            range(_PARTS), rate, key=lambda each: self.running(tokens, 1 + part * each).rate
        )
        return self.running(tokens, 1 + part * found)

    def fullest(
        self,
        tokens: Tokens,
        limit: float,
        first_byte: float | None = None,
        answer: float | None = None,
    ) -> Running | None:
        """The copy with the most whole requests in flight that keep both times.

        Args:
            tokens: of a request.
            limit: requests that fit in flight.
            first_byte: seconds within which the first token must come; ``None``: any.
            answer: seconds within which the answer must end; ``None``: any.

        Returns:
            ``None`` where not even one request alone keeps them, or fits.
        """

        def late(count: int) -> bool:
            tried = self.running(tokens, count)
            pairs = (tried.first_token, first_byte), (tried.request, answer)
            return any(most is not None and time > most for time, most in pairs)

        count = bisect_left(range(1, int(limit) + 1), True, key=late)  # both grow with the count
        return self.running(tokens, count) if count else None

    def interval(self, middle: float, figure: str) -> tuple[float, float]:
        """The ends of the interval of a modelled time, in its unit.

        Args:
            middle: the time.
            figure: ``first-token``, or ``token`` for a time per token or of a whole answer.
        """
        factor = self.numbers[f"interval-{figure}"]
        if self.engine and self.engine not in ENGINES:
            factor = max(factor, self.numbers["interval-engine"])
        faster = self.accelerator.bandwidth_high / self.accelerator.bandwidth
        return middle / factor / faster, middle * factor

    def _exchange(self, tokens: float) -> float:
        """Seconds in which the devices of a copy exchange results, twice a layer."""
        if self.degree == 1:
            return 0.0
        numbers, degree = self.numbers, self.degree
        joined = "nvlink" if self.accelerator.link.startswith("nvlink") else "pcie"
        hops = numbers[f"speed-hop-{joined}"] * _MICRO * log2(degree) / 3
        rate = self.accelerator.link_bandwidth * numbers["speed-link"]
        moved = tokens * self.geometry.hidden * 4 * (degree - 1) / degree
        return 2 * self.geometry.layers * (hops + moved / rate)


def _flops(accelerator: Accelerator, precision: str) -> tuple[float, bool]:
    """The matrix rate for weights of a precision, and whether it is one of fewer than 16 bits."""
    if precision in ("fp8", "int8") and accelerator.flops_fp8:
        return accelerator.flops_fp8, True
    if precision == "fp4" and accelerator.flops_fp4:
        return accelerator.flops_fp4, True
    if precision == "fp32" and accelerator.flops_fp32:
        return accelerator.flops_fp32, False
    return accelerator.flops_bf16 or accelerator.flops_fp16, False
