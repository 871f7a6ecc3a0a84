"""Decoding, prefill and batching: the published points, the fixed point and the order of things."""

from __future__ import annotations

import math
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.modelling.memory import fit, in_flight_limit
from advisor.modelling.speed import Copy, Tokens
from advisor.workload.model_files import known_models

MODELS = known_models()
NUMBERS = MODELS.numbers


class Point(NamedTuple):
    """One published point: what runs where, and what it should take."""

    name: str
    precision: str
    device: str
    degree: int
    in_flight: int
    given: int
    written: int
    limit: float  # requests that the cache holds
    first_ms: float
    token_ms: float
    request_s: float
    tokens: float  # a second


L8, L70 = "Llama-3.1-8B-Instruct", "Llama-3.3-70B-Instruct"
MOE, PRO = "Mixtral-8x7B-Instruct-v0.1", "rtx-pro-server-6000"
POINTS = [
    Point(L8, "bf16", "a10g", 1, 1, 512, 256, 40.1, 208, 29.55, 7.74, 33),
    Point(L8, "bf16", "a10g", 1, 16, 512, 256, 40.1, 552, 39.44, 10.61, 386),
    Point(L8, "bf16", "l4", 1, 8, 512, 256, 40.1, 585, 61.12, 16.17, 127),
    Point(L8, "bf16", "l40s", 1, 32, 1024, 256, 152.8, 427, 33.41, 8.95, 916),
    Point(L8, "fp8", "h100", 1, 64, 1024, 1024, 252.5, 194, 9.85, 10.27, 6382),
    Point("Qwen3-32B", "bf16", "a10g", 4, 8, 1024, 512, 36.9, 981, 51.76, 27.43, 149),
    Point("Qwen3-32B", "bf16", PRO, 1, 16, 1024, 512, 63.9, 781, 55.52, 29.15, 281),
    Point(L70, "bf16", "a100-40", 8, 16, 1024, 256, 372.2, 396, 25.41, 6.88, 596),
    Point(L70, "fp8", "h200", 2, 64, 1024, 1024, 296.5, 632, 21.93, 23.07, 2841),
    Point("gpt-oss-120b", "mxfp4", "h100", 2, 32, 1024, 1024, 1077.4, 186, 13.56, 14.06, 2331),
    Point("DeepSeek-R1", "fp8", "h200", 8, 64, 1024, 1024, 353.5, 471, 34.20, 35.46, 1848),
    Point(MOE, "bf16", "a10g", 8, 8, 512, 256, 669.5, 411, 42.31, 11.20, 183),
]  # fmt: skip


def copy_of(name: str, precision: str, device: str, degree: int = 1, engine: str = "") -> Copy:
    accelerator = MODELS.accelerator(device, None)
    assert accelerator is not None
    shape = MODELS.find(name).geometry
    return Copy(shape, precision, accelerator, degree, NUMBERS, engine=engine)


@pytest.mark.parametrize("point", POINTS, ids=lambda each: f"{each.name} on {each.device}")
def test_the_published_points(point: Point) -> None:
    copy = copy_of(point.name, point.precision, point.device, point.degree)
    found = copy.running(Tokens(point.given, point.written), point.in_flight)
    held = fit(
        copy.geometry,
        point.precision,
        copy.accelerator,
        degree=point.degree,
        context=point.given + point.written,
        numbers=NUMBERS,
    )
    length = point.given + point.written
    limit = in_flight_limit(copy.geometry, length, held.room.middle, math.inf)
    assert held.fits == "yes"
    assert limit == pytest.approx(point.limit, rel=0.01)
    assert found.first_token * 1000 == pytest.approx(point.first_ms, rel=0.01)
    assert found.per_token * 1000 == pytest.approx(point.token_ms, rel=0.01)
    assert found.request == pytest.approx(point.request_s, rel=0.01)
    assert found.tokens == pytest.approx(point.tokens, rel=0.01)


def test_a_step_by_hand() -> None:
    # 7.505e9 active x 2 B / (0.92 x 600 GB/s) = 27.19 ms; 640 tokens x 131,072 B / (0.9 x 600e9)
    # = 0.155 ms; 1.26 ms + 32 x 29.5 us + 0.6 us = 2.205 ms: 29.55 ms in all.
    assert copy_of("Llama-3.1-8B-Instruct", "bf16", "a10g").step(1, 640) == pytest.approx(
        0.02955, rel=0.001
    )


TOKENS = Tokens(512, 256)


def test_a_server_that_reads_prompts_first_waits_for_half_of_the_others() -> None:
    # SGLang reads all prompts before it writes on: 49 ms + 0.1835 s x (1 + 0.5 x 15) for one alone
    # of 1 + 0.068 x 15 elsewhere; the steps and each further token take the same.
    copy = copy_of("Llama-3.1-8B-Instruct", "bf16", "a10g")
    other = copy_of("Llama-3.1-8B-Instruct", "bf16", "a10g", engine="sglang")
    alone = copy.running(TOKENS, 1)
    assert other.running(TOKENS, 1) == alone
    here, there = copy.running(TOKENS, 16), other.running(TOKENS, 16)
    prompt = alone.first_token - NUMBERS["speed-first-token"] / 1e6
    assert there.first_token - here.first_token == pytest.approx(prompt * 15 * (0.5 - 0.068))
    assert there.per_token == here.per_token


def test_arrivals_settle_where_as_many_leave() -> None:
    copy = copy_of("Llama-3.1-8B-Instruct", "bf16", "a10g")
    found = copy.settled(TOKENS, 1.0, 40.1)
    assert found is not None
    assert found.in_flight == pytest.approx(9.43, rel=0.01)
    assert found.in_flight == pytest.approx(found.request)  # Little's law at one a second
    assert found.per_token * 1000 == pytest.approx(35.1, rel=0.01)
    assert found.first_token * 1000 == pytest.approx(476, rel=0.01)
    assert copy.settled(TOKENS, 5.0, 40.1) is None
    assert copy.settled(TOKENS, 0.001, 0.9) is None  # not one request fits
    assert copy.running(TOKENS, 40.1).rate == pytest.approx(2.68, rel=0.01)


def test_a_rare_request_runs_alone() -> None:
    copy = copy_of("Llama-3.1-8B-Instruct", "bf16", "a10g")
    found = copy.settled(TOKENS, 0.01, 40.1)
    assert found is not None
    assert found.in_flight == pytest.approx(0.0774, rel=0.01)  # 7.74 s x 0.01/s
    assert found.request == copy.running(TOKENS, 1).request
    assert found.tokens == pytest.approx(2.56)


def test_the_fullest_copy_that_keeps_its_targets() -> None:
    copy = copy_of("Llama-3.1-8B-Instruct", "bf16", "a10g")
    free = copy.fullest(TOKENS, 40.1)
    kept = copy.fullest(TOKENS, 40.1, answer=10)
    first = copy.fullest(TOKENS, 40.1, first_byte=0.5)
    assert free is not None
    assert kept is not None
    assert first is not None
    assert free.in_flight == 40
    assert kept.request <= 10 < copy.running(TOKENS, kept.in_flight + 1).request
    assert first.first_token <= 0.5 < copy.running(TOKENS, first.in_flight + 1).first_token
    assert copy.fullest(TOKENS, 40.1, answer=5) is None  # one alone takes 7.74 s
    assert copy.fullest(TOKENS, 0.5) is None  # not one fits


def test_intervals_are_the_published_ones() -> None:
    copy = copy_of("Llama-3.1-8B-Instruct", "bf16", "a10g")
    assert copy.interval(1.75, "token") == pytest.approx((1, 3.0625))
    on_vllm, on_triton = (
        copy_of("Llama-3.1-8B-Instruct", "bf16", "a10g", engine=each) for each in ("vllm", "triton")
    )
    assert on_vllm.interval(2.6, "first-token") == pytest.approx((1, 6.76))
    assert on_triton.interval(1.0, "token") == pytest.approx((0.5, 2))
    assert on_triton.interval(1.0, "first-token") == pytest.approx((1 / 2.6, 2.6))
    # sources give 1,597 and 1,792 GB/s: the fast end is that much faster
    card = copy_of("Llama-3.1-8B-Instruct", "bf16", "rtx-pro-server-6000")
    assert card.interval(1.75, "token")[0] == pytest.approx(1597 / 1792)


GENERATING = [each for each in MODELS.ids if MODELS.find(each).geometry.generates]
DEVICES = ["t4", "a10g", "l4", "l40s", "rtx-pro-server-6000", "a100-80", "h100", "h200", "b200"]
names, devices = st.sampled_from(GENERATING), st.sampled_from(DEVICES)
precisions = st.sampled_from(["bf16", "fp8", "int8", "int4", "fp4", "mxfp4", "fp32", "fp16"])
counts, lengths = st.integers(1, 256), st.integers(1, 8192)


@given(names, devices, precisions, counts, lengths, lengths)
def test_more_at_once_or_longer_takes_longer(
    name: str, device: str, precision: str, count: int, read: int, written: int
) -> None:
    copy = copy_of(name, precision, device)
    here = copy.running(Tokens(read, written), count)
    fuller = copy.running(Tokens(read, written), count + 1)
    longer = copy.running(Tokens(read + 1, written), count)
    assert 0 < here.first_token < fuller.first_token
    assert 0 < here.per_token < fuller.per_token
    assert here.first_token <= longer.first_token
    assert here.per_token <= longer.per_token
    assert here.request <= copy.running(Tokens(read, written + 1), count).request * (1 + 1e-9) + (
        copy.prefill_load(read) * count
    )


@given(names, devices, st.floats(0.001, 50), st.floats(1, 256))
def test_where_arrivals_settle_little_holds(
    name: str, device: str, rate: float, limit: float
) -> None:
    copy = copy_of(name, "bf16", device)
    found = copy.settled(TOKENS, rate, limit)
    if found is None:
        assert copy.running(TOKENS, limit).rate < rate
        return
    assert found.rate >= rate * (1 - 1e-9)
    assert found.in_flight <= limit
    more = copy.settled(TOKENS, rate * 0.9, limit)
    assert more is not None
    assert more.in_flight <= found.in_flight


@given(names, precisions, counts)
def test_more_bandwidth_is_never_slower(name: str, precision: str, count: int) -> None:
    slow = copy_of(name, precision, "a10g")
    faster = slow.accelerator._replace(bandwidth=slow.accelerator.bandwidth * 1.5)
    quick = Copy(slow.geometry, precision, faster, 1, NUMBERS)
    assert quick.running(TOKENS, count).per_token <= slow.running(TOKENS, count).per_token
