"""What fits on a device, at which degree, and how many requests at once: with logged capacities."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.model.geometry import Accelerator, Geometry
from advisor.modelling import memory
from advisor.workload.model_files import known_models

MODELS = known_models()
NUMBERS = MODELS.numbers
GIB = 2**30


def geometry(name: str) -> Geometry:
    return MODELS.find(name).geometry


def device(name: str) -> Accelerator:
    found = MODELS.accelerator(name, None)
    assert found is not None
    return found


def fitted(name: str, precision: str, on: str, degree: int, context: int = 1024) -> memory.Fit:
    return memory.fit(
        geometry(name), precision, device(on), degree=degree, context=context, numbers=NUMBERS
    )


@pytest.mark.parametrize(
    ("name", "precision", "gib"),
    [
        ("Llama-3.1-8B-Instruct", "bf16", 14.957),  # 8.03e9 x 2
        ("Llama-3.1-8B-Instruct", "fp8", 7.479),
        ("Llama-3.1-8B-Instruct", "fp32", 29.915),
        ("Llama-3.1-8B-Instruct", "int4", 4.207),  # x 0.5625
        ("gpt-oss-20b", "mxfp4", 12.807),  # 19.12e9 of experts x 0.53125, the rest x 2
        ("Kimi-K2.5", "int4", 553.4),
    ],
)
def test_the_weights_of_a_precision(name: str, precision: str, gib: float) -> None:
    assert memory.weight_bytes(geometry(name), precision, NUMBERS) / GIB == pytest.approx(
        gib, rel=0.001
    )


@pytest.mark.parametrize(
    ("name", "tokens", "size"),
    [
        ("Llama-3.1-8B-Instruct", 1, 131_072),
        ("Llama-2-13b-hf", 1, 819_200),
        ("gemma-3-27b-it", 131_072, 10.41 * GIB),
        ("Qwen3.5-27B", 262_144, 16.14 * GIB),
        ("DeepSeek-V3", 163_840, 10.72 * GIB),
        ("Kimi-K2.5", 262_144, 17.16 * GIB),
        ("Qwen3-0.6B", 40_960, 4.375 * GIB),
    ],
)
def test_what_tokens_keep(name: str, tokens: int, size: float) -> None:
    assert memory.kv_bytes(geometry(name), tokens) == pytest.approx(size, rel=0.001)


@given(st.sampled_from(MODELS.ids), st.integers(0, 10**6))
def test_the_longest_request_of_a_room_is_the_one_that_fills_it(name: str, tokens: int) -> None:
    shape = geometry(name)
    longest = memory.longest_tokens(shape, memory.kv_bytes(shape, tokens))
    assert longest is None or longest >= tokens
    if longest is not None and shape.full_layers:
        assert longest == tokens


@pytest.mark.parametrize(
    ("name", "valid"),
    [
        ("falcon-7b-instruct", (1,)),  # 71 heads
        ("Qwen2.5-7B-Instruct", (1, 2, 4)),  # 28 heads, 4 kv heads
        ("phi-4", (1, 2, 5)),  # 40, 10: 4 and 8 divide no ten
        ("Llama-3.3-70B-Instruct", (1, 2, 4, 8)),
        ("DeepSeek-R1", (1, 2, 4, 8)),
        ("falcon-40b-instruct", (1, 2, 4, 8)),
        ("bge-m3", (1,)),  # no cache to divide: a copy a device
        ("stable-diffusion-xl-base-1.0", (1,)),
    ],
)
def test_valid_degrees(name: str, valid: tuple[int, ...]) -> None:
    assert memory.degrees(geometry(name), 8) == valid


@given(st.sampled_from(MODELS.ids), st.integers(1, 16))
def test_a_degree_divides_the_heads(name: str, devices: int) -> None:
    shape = geometry(name)
    valid = memory.degrees(shape, devices)
    assert valid[0] == 1
    assert all(shape.heads % each == 0 and each <= devices for each in valid if each > 1)


def test_what_a_device_leaves_for_requests() -> None:
    # A10G: 22,888 MiB. 0.9 of it are 20,599 MiB, the weights 15,317 MiB.
    found = fitted("Llama-3.1-8B-Instruct", "bf16", "a10g", 1)
    mib = 2**20
    assert found.room.middle / mib == pytest.approx(20_599.2 - 15_316.5 - 1.4 * 1024, abs=1)
    assert found.room.low / mib == pytest.approx(20_599.2 - 15_316.5 - 3.4 * 1024, abs=1)
    assert found.room.high / mib == pytest.approx(21_743.6 - 15_316.5 - 0.4 * 1024, abs=1)
    # 3,849 MiB / (768 x 128 KiB) = 40.1
    shape = geometry("Llama-3.1-8B-Instruct")
    assert memory.in_flight_limit(shape, 768, found.room.middle, math.inf) == pytest.approx(
        40.1, rel=0.001
    )
    assert memory.in_flight_limit(shape, 768, found.room.middle, 16) == 16


@pytest.mark.parametrize(
    ("name", "precision", "on", "degree", "context", "fits"),
    [
        ("Llama-3.1-8B-Instruct", "bf16", "a10g", 1, 8192, memory.YES),  # 1,801 MiB of 1,024
        ("Llama-3.1-8B-Instruct", "bf16", "a10g", 1, 131_072, memory.OPEN),
        ("falcon-40b-instruct", "bf16", "a10g", 4, 1024, memory.OPEN),  # AWS lists it there
        ("Llama-3.3-70B-Instruct", "bf16", "a10g", 8, 1024, memory.YES),  # 297 MiB x 8 are left
        ("Llama-3.3-70B-Instruct", "bf16", "a10g", 8, 8192, memory.OPEN),  # of 2.5 GiB
        ("Llama-3.3-70B-Instruct", "bf16", "a10g", 1, 1024, memory.NO),
        ("Llama-3.3-70B-Instruct", "bf16", "a10g", 4, 1024, memory.NO),
        ("Llama-3.3-70B-Instruct", "fp8", "l40s", 4, 8192, memory.YES),
        ("bge-m3", "fp32", "t4", 1, 512, memory.YES),
        ("stable-diffusion-xl-base-1.0", "fp16", "a10g", 1, 0, memory.YES),
    ],
)
def test_whether_a_copy_fits(
    name: str, precision: str, on: str, degree: int, context: int, fits: str
) -> None:
    assert fitted(name, precision, on, degree, context).fits == fits


def test_the_smallest_degree_that_fits_is_taken() -> None:
    shape, a10g = geometry("Qwen3-32B"), device("a10g")

    def best(devices: int, context: int) -> memory.Fit:
        return memory.best_fit(
            shape, "bf16", a10g, devices=devices, context=context, numbers=NUMBERS
        )

    # 65.5 GB: 32.8 a device with two, 16.4 with four, 8.2 with eight, of 24.0
    assert (best(2, 1024).fits, best(2, 1024).degree) == (memory.NO, 2)
    assert (best(8, 1024).fits, best(8, 1024).degree) == (memory.YES, 4)
    assert (best(8, 40_960).fits, best(8, 40_960).degree) == (memory.YES, 8)


# Logged capacities of vLLM: model, precision, GiB of the device, degree, tokens that fit.
LOGGED = [
    ("Llama-3.1-8B-Instruct", "bf16", 23.58, 1, 31_232),
    ("Llama-3.1-8B-Instruct", "bf16", 23.58, 1, 23_648),  # an engine without chunked prefill
    ("Llama-3.1-8B-Instruct", "bf16", 23.58, 1, 47_677),
    ("Meta-Llama-3-8B-Instruct", "bf16", 47.43, 1, 211_968),
    ("Mistral-7B-Instruct-v0.2", "bf16", 47.43, 1, 203_760),
    ("Llama-2-7b-hf", "int4", 47.43, 1, 78_032),
    ("Mistral-7B-Instruct-v0.2", "int4", 47.43, 1, 282_256),
    ("Qwen3-235B-A22B-FP8", "fp8", 79.1, 4, 178_880),
]


def test_logged_capacities_lie_between_the_rooms() -> None:
    inside, ratios = 0, []
    for name, precision, gib, degree, tokens in LOGGED:
        shape = geometry(name)
        card = device("a10g")._replace(memory_mib=round(gib * 1024))
        room = memory.fit(shape, precision, card, degree=degree, context=1, numbers=NUMBERS).room
        each = memory.kv_bytes(shape, 1)
        inside += room.low / each <= tokens <= room.high / each
        ratios.append(room.middle / each / tokens)
    assert inside == 7
    assert sum(0.84 <= round(each, 2) <= 1.28 for each in ratios) == 6
    assert sorted(round(each, 2) for each in ratios)[-2:] == [1.69, 1.88]


@pytest.mark.parametrize(
    ("name", "precision", "devices", "gib"),
    [
        # AWS lists this model on ml.g5.2xlarge, which has 32 GiB
        ("Llama-3.1-8B-Instruct", "bf16", 1, 2 * 14.957 + 0.25),
        # each of four ranks loads its shard: 77 GiB of 192 on ml.g5.12xlarge
        ("falcon-40b-instruct", "bf16", 4, 76.93),
    ],
)
def test_host_memory(name: str, precision: str, devices: int, gib: float) -> None:
    weights = memory.weight_bytes(geometry(name), precision, NUMBERS)
    found = memory.host_bytes(weights, devices, 2**28, NUMBERS)
    assert found / GIB == pytest.approx(gib, rel=0.001)


@given(st.sampled_from(MODELS.ids), st.sampled_from(["bf16", "fp8", "int4"]), st.integers(1, 8))
def test_rooms_are_in_order_and_a_longer_context_fits_no_better(
    name: str, precision: str, degree: int
) -> None:
    order = [memory.YES, memory.OPEN, memory.NO]
    fits = []
    for context in (0, 1024, 10**6):
        found = fitted(name, precision, "l40s", degree, context)
        assert found.room.low <= found.room.middle <= found.room.high
        fits.append(order.index(found.fits))
    assert fits == sorted(fits)


# What AWS lists for its model hub: the tightest type of each model, with its devices and host GiB.
LISTED = [
    ("Llama-3.1-8B-Instruct", "a10g", 1, 32),
    ("Mistral-7B-Instruct-v0.2", "a10g", 1, 32),
    ("falcon-180B-chat", "a100-80", 8, 1152),
    ("falcon-40b-instruct", "a10g", 4, 192),
    ("Mixtral-8x7B-Instruct-v0.1", "a10g", 8, 768),
    ("Mixtral-8x22B-Instruct-v0.1", "a100-40", 8, 1152),
    ("Llama-3.1-70B-Instruct", "a10g", 8, 768),
    ("DeepSeek-R1-Distill-Llama-8B", "a10g", 4, 192),
]


@pytest.mark.parametrize(("name", "on", "devices", "host"), LISTED)
def test_what_aws_lists_is_never_refused(name: str, on: str, devices: int, host: int) -> None:
    shape = geometry(name)
    found = memory.best_fit(
        shape, shape.dtype, device(on), devices=devices, context=1024, numbers=NUMBERS
    )
    assert found.fits != memory.NO
    assert memory.host_bytes(found.weights, devices, 2**28, NUMBERS) <= host * GIB
