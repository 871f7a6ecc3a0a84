"""The closed form of encoders, beside the rows that it was fitted on."""

from __future__ import annotations

from statistics import median

import pytest

from advisor.modelling.encoders import ENCODES, Device, encoding_seconds
from advisor.workload.model_files import known_models

MODELS = known_models()
T4 = MODELS.accelerator("t4", 16384)
# Model, precision, compiled, texts, tokens, measured ms: transformer-deploy on a T4.
ON_T4 = [
    ("all-MiniLM-L6-v2", "fp16", True, 1, 16, 0.59),
    ("all-MiniLM-L6-v2", "fp32", True, 1, 16, 1.3),
    ("all-MiniLM-L6-v2", "fp16", True, 1, 16, 0.7),
    ("all-MiniLM-L6-v2", "fp32", False, 1, 16, 5.01),
    ("all-MiniLM-L6-v2", "fp16", False, 1, 16, 5.43),
    ("all-MiniLM-L6-v2", "fp16", True, 16, 384, 16.42),
    ("all-MiniLM-L6-v2", "fp32", True, 16, 384, 65.21),
    ("all-MiniLM-L6-v2", "fp16", True, 16, 384, 26.73),
    ("all-MiniLM-L6-v2", "fp32", False, 16, 384, 82.28),
    ("all-MiniLM-L6-v2", "fp16", False, 16, 384, 46.3),
    ("roberta-base", "fp16", True, 16, 384, 80.53),
    ("roberta-base", "fp32", True, 16, 384, 348.41),
    ("roberta-base", "fp16", True, 16, 384, 97.84),
    ("roberta-base", "fp32", False, 16, 384, 387.17),
    ("roberta-base", "fp16", False, 16, 384, 133.8),
]
# Tokens, measured ms of DistilBERT on the two physical cores of a c6i.xlarge.
ON_CPU = [(8, 20.41), (32, 25.0), (128, 55.56), (512, 250.0)]


def seconds(name: str, precision: str, device: Device, texts: float, tokens: float) -> float:
    shape = MODELS.find(name).geometry._replace(dtype=precision)
    found = encoding_seconds(shape, tokens, texts, device, MODELS.numbers)
    assert found is not None
    return found


def test_by_hand() -> None:
    # 12 layers x 384 tokens x 768 x (24 x 768 + 4 x 384) = 70.7 GFLOP a text, 16 of them at
    # 0.2 x 65 TFLOP/s: 87.0 ms
    found = seconds("roberta-base", "fp16", Device(T4, 0, True), 16, 384)
    assert found == pytest.approx(0.0870, rel=0.001)
    # 16 tokens take less than the 12 x 100 us that the layers take in any case
    assert seconds("roberta-base", "fp16", Device(T4, 0, True), 1, 16) == pytest.approx(0.0012)


def test_the_measured_rows() -> None:
    off = [
        seconds(name, precision, Device(T4, 0, compiled), texts, tokens) * 1000 / measured
        for name, precision, compiled, texts, tokens, measured in ON_T4
    ]
    off += [
        seconds("distilbert-base-uncased", "fp32", Device(None, 2, False), 1, tokens)
        * 1000
        / measured
        for tokens, measured in ON_CPU
    ]
    factors = [max(each, 1 / each) for each in off]
    assert len(factors) == 19
    assert median(factors) == pytest.approx(1.13, abs=0.01)
    within = sum(each <= MODELS.numbers["interval-encoder"] for each in factors)
    assert within == 18  # MiniLM by PyTorch in fp16 takes 2.57 times the middle


def test_a_device_whose_rate_is_not_known_says_nothing() -> None:
    card = MODELS.accelerator("rtx-pro-server-6000", None)
    shape = MODELS.find("bge-m3").geometry
    assert shape.dtype == "fp32"
    assert encoding_seconds(shape, 512, 1, Device(card, 0, True), MODELS.numbers) is None


def test_the_kinds_that_encode_are_in_the_table() -> None:
    kinds = {MODELS.find(each).geometry.kind for each in MODELS.ids}
    assert kinds >= set(ENCODES)
