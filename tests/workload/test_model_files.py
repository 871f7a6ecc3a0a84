"""Files of a model: configurations, headers of weights, and what no file may do to the program."""

from __future__ import annotations

import contextlib
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from advisor.model.errors import InputError
from advisor.workload.model_files import read_model

CONFIG = {
    "model_type": "llama",
    "hidden_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 128,
    "vocab_size": 100,
    "max_position_embeddings": 512,
    "torch_dtype": "bfloat16",
}
TENSORS: dict[str, Any] = {
    "embed": {"dtype": "BF16", "shape": [100, 64], "data_offsets": [0, 12800]},
    "scale": {"dtype": "F32", "shape": [64], "data_offsets": [12800, 13056]},
    "positions": {"dtype": "I64", "shape": [512], "data_offsets": [13056, 17152]},
    "__metadata__": {"format": "pt"},
}


def safetensors(header: Any) -> bytes:
    data = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(data)) + data


def gguf_text(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def gguf(pairs: dict[str, int | str | list[str] | float], tensors: list[tuple[int, ...]]) -> bytes:
    out = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(pairs))
    for name, value in pairs.items():
        out += gguf_text(name)
        if isinstance(value, list):
            out += struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(gguf_text, value))
        elif isinstance(value, str):
            out += struct.pack("<I", 8) + gguf_text(value)
        elif isinstance(value, float):
            out += struct.pack("<If", 6, value)
        else:
            out += struct.pack("<II", 4, value)
    for shape in tensors:
        out += gguf_text("blk") + struct.pack("<I", len(shape))
        out += struct.pack(f"<{len(shape)}Q", *shape) + struct.pack("<IQ", 2, 0)
    return out


PAIRS: dict[str, int | str | list[str] | float] = {
    "general.architecture": "llama",
    "general.scale": 1.5,
    "llama.block_count": 2,
    "llama.embedding_length": 64,
    "llama.attention.head_count": 4,
    "llama.attention.head_count_kv": 2,
    "llama.feed_forward_length": 128,
    "llama.context_length": 512,
    "tokenizer.ggml.tokens": [f"t{number}" for number in range(100)],
}


@contextlib.contextmanager
def folder(**files: bytes) -> Iterator[Path]:
    """A folder with files; an underscore in a name stands for its dot."""
    with TemporaryDirectory() as name:
        for file, data in files.items():
            Path(name, file.replace("_", ".")).write_bytes(data)
        yield Path(name)


def refused(path: Path | str) -> InputError:
    with pytest.raises(InputError) as caught:
        read_model(str(path))
    assert caught.value.hint
    assert caught.value.file
    return caught.value


def test_a_configuration_alone() -> None:
    with folder(config_json=json.dumps(CONFIG).encode()) as place:
        found = read_model(str(place / "config.json"))
    # 2 x (64 x 64 x 2 + 64 x 32 x 2 + 3 x 64 x 128 + 2 x 64) + 64 + 2 x 100 x 64
    assert found.parameters == 2 * (8192 + 4096 + 24576 + 128) + 64 + 12800
    assert (found.artifact_bytes, found.context) == (0, 512)


def test_weights_beside_it_count_exactly() -> None:
    weights = safetensors(TENSORS) + bytes(1000)
    with folder(config_json=json.dumps(CONFIG).encode(), model_safetensors=weights) as place:
        found = read_model(str(place))
    assert (found.parameters, found.dtype) == (100 * 64 + 64, "bf16")
    assert found.artifact_bytes == len(weights)
    assert found.layers == 2


def test_packed_weights_count_by_their_bytes_alone() -> None:
    packed = {"q": {"dtype": "I32", "shape": [8, 8], "data_offsets": [0, 256]}}
    config = CONFIG | {"quantization_config": {"quant_method": "gptq", "bits": 4}}
    with folder(
        config_json=json.dumps(config).encode(), model_safetensors=safetensors(packed)
    ) as place:
        found = read_model(str(place))
    assert (found.dtype, found.parameters) == ("int4", 86_848)
    assert found.artifact_bytes > 0


def test_a_gguf_file() -> None:
    data = gguf(PAIRS, [(64, 100), (64,)]) + bytes(5000)
    with folder(model_gguf=data) as place:
        found = read_model(str(place / "model.gguf"))
    assert (found.parameters, found.vocabulary, found.kv_heads) == (6464, 100, 2)
    assert (found.dtype, found.artifact_bytes) == ("int8", len(data))  # 0.8 to 1.5 bytes each
    assert found.context == 512


@pytest.mark.parametrize(
    ("data", "message", "line"),
    [
        (b"{\n  oops", "this is not JSON", 2),
        (b"", "this is not JSON", 1),
        (b"[1]", "this is not a JSON object", 0),
        (b"\xff\xfe\x00", "this is not JSON", 0),
        (b"[" * 100_000, "this is not JSON", 0),
        (b'{"hidden_size": ' + b"9" * 5000 + b"}", "a number of this JSON has too", 0),
        (b" " * (2**20 + 1), "the model's configuration is larger than 1 MiB", 0),
        (b"{}", "the model's configuration has no hidden_size or n_embd", 0),
        (b'{"hidden_size": -1}', "hidden_size of the model's configuration is '-1'", 0),
        (b'{"hidden_size": NaN}', "hidden_size of the model's configuration is 'nan'", 0),
    ],
)
def test_a_configuration_that_cannot_be_one(data: bytes, message: str, line: int) -> None:
    with folder(config_json=data) as place:
        found = refused(place / "config.json")
    assert found.message.startswith(message)
    assert found.line == line


@pytest.mark.parametrize("name", ["gone.json", "gone", "a\0b", "gone.gguf", ""])
def test_a_file_that_is_not_there(name: str) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_model(name)


def test_a_folder_without_a_configuration() -> None:
    with folder(model_safetensors=safetensors(TENSORS)) as place:
        assert refused(place).file == str(place / "config.json")


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"\x01",
        struct.pack("<Q", 2**63),
        struct.pack("<Q", 100_000_001) + b"{}",
        struct.pack("<Q", 50) + b"{}",
        safetensors(b"[]"),
        safetensors(b"{"),
        safetensors({"a": 1}),
        safetensors({"a": {"dtype": "F32"}}),
        safetensors({"a": {"dtype": "F32", "shape": ["2"]}}),
        safetensors({"a": {"dtype": "F32", "shape": [-2]}}),
        safetensors({"a": {"dtype": "F32", "shape": 3}}),
        safetensors({"a": {"dtype": ["F32"], "shape": [1.5]}}),
    ],
)
def test_a_damaged_header_is_refused(header: bytes) -> None:
    with folder(config_json=json.dumps(CONFIG).encode(), model_safetensors=header) as place:
        refused(place)


@given(st.binary(max_size=200))
@example(b"GGUF" + struct.pack("<IQQ", 3, 2**60, 1))
@example(b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 2**62))
@example(b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + gguf_text("a") + struct.pack("<IIQ", 9, 8, 2**60))
@example(b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + gguf_text("a") + struct.pack("<IIQ", 9, 9, 3))
@example(b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + gguf_text("a") + struct.pack("<I", 77))
def test_no_bytes_of_a_gguf_file_crash(data: bytes) -> None:
    with folder(model_gguf=data) as place:
        refused(place / "model.gguf")


@given(st.integers(0, 10**4))
def test_a_gguf_file_that_ends_early_is_refused(length: int) -> None:
    data = gguf(PAIRS, [(64, 100), (64,)])
    with folder(model_gguf=data[: length % len(data)]) as place:
        refused(place / "model.gguf")


@given(st.binary(max_size=200))
def test_no_bytes_of_weights_crash(data: bytes) -> None:
    config = json.dumps(CONFIG).encode()
    with (
        folder(config_json=config, model_safetensors=data) as place,
        contextlib.suppress(InputError),
    ):
        assert read_model(str(place)).layers == 2
