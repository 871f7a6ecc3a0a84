"""The geometry of configuration files: every family, what they leave out, and what is refused."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.model.errors import InputError
from advisor.model.geometry import Geometry
from advisor.modelling.geometry import from_config
from advisor.modelling.memory import kv_bytes
from advisor.workload.model_files import known_models

GIB = 2**30
LLAMA: dict[str, Any] = {
    "model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32,
    "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336,
    "vocab_size": 128256, "max_position_embeddings": 131072, "tie_word_embeddings": False,
    "torch_dtype": "bfloat16",
}  # fmt: skip
DEEPSEEK: dict[str, Any] = {
    "model_type": "deepseek_v3", "hidden_size": 7168, "num_hidden_layers": 61,
    "num_attention_heads": 128, "num_key_value_heads": 128, "intermediate_size": 18432,
    "moe_intermediate_size": 2048, "vocab_size": 129280, "max_position_embeddings": 163840,
    "n_routed_experts": 256, "n_shared_experts": 1, "num_experts_per_tok": 8,
    "first_k_dense_replace": 3, "kv_lora_rank": 512, "q_lora_rank": 1536,
    "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128,
    "tie_word_embeddings": False, "quantization_config": {"quant_method": "fp8"},
}  # fmt: skip
QWEN35: dict[str, Any] = {
    "model_type": "qwen3_5",
    "text_config": {
        "model_type": "qwen3_5_text", "hidden_size": 5120, "num_hidden_layers": 64,
        "num_attention_heads": 24, "num_key_value_heads": 4, "head_dim": 256,
        "intermediate_size": 17408, "vocab_size": 248320, "max_position_embeddings": 262144,
        "attn_output_gate": True, "full_attention_interval": 4, "linear_conv_kernel_dim": 4,
        "linear_key_head_dim": 128, "linear_num_key_heads": 16, "linear_num_value_heads": 48,
        "linear_value_head_dim": 128,
        "layer_types": (["linear_attention"] * 3 + ["full_attention"]) * 16,
    },
    "tie_word_embeddings": False,
}  # fmt: skip
GPT_OSS: dict[str, Any] = {
    "model_type": "gpt_oss", "hidden_size": 2880, "num_hidden_layers": 24, "head_dim": 64,
    "num_attention_heads": 64, "num_key_value_heads": 8, "intermediate_size": 2880,
    "vocab_size": 201088, "num_local_experts": 32, "num_experts_per_tok": 4,
    "sliding_window": 128, "max_position_embeddings": 131072, "tie_word_embeddings": False,
    "quantization_config": {"quant_method": "mxfp4"},
}  # fmt: skip
GEMMA3: dict[str, Any] = {  # as published: heads, vocabulary and context are left out
    "model_type": "gemma3",
    "text_config": {
        "model_type": "gemma3_text", "hidden_size": 2560, "num_hidden_layers": 34,
        "intermediate_size": 10240, "sliding_window": 1024,
    },
    "vision_config": {"hidden_size": 1152},
}  # fmt: skip

# Configuration -> parameters as transformers 5.24 counts them on its meta device.
FAMILIES: dict[str, tuple[dict[str, Any], int]] = {
    "grouped heads": (LLAMA, 8_030_261_248),
    "latent and experts": (DEEPSEEK, 671_026_404_352),
    "linear attention": (QWEN35, 26_895_998_464),
    "experts and windows": (GPT_OSS, 20_914_757_184),
    # 34 layers of 4 kv heads x 256, and a table of 262,208 rows: 167,680 more than 262,144 have
    "sizes left out": (GEMMA3, 3_880_099_328),
    "all heads alike": (
        {
            "model_type": "gpt_neox", "hidden_size": 5120, "num_hidden_layers": 36,
            "num_attention_heads": 40, "intermediate_size": 20480, "vocab_size": 50688,
            "max_position_embeddings": 2048, "tie_word_embeddings": False,
        },
        11_846_072_320,
    ),
    "one kv head": (
        {
            "model_type": "falcon", "hidden_size": 4544, "num_hidden_layers": 32,
            "num_attention_heads": 71, "multi_query": True, "vocab_size": 65024,
        },
        6_921_720_704,
    ),
    "names of GPT-2": (
        {
            "model_type": "gpt2", "n_embd": 768, "n_layer": 12, "n_head": 12, "n_inner": None,
            "vocab_size": 50257, "n_positions": 1024,
        },
        124_439_808,
    ),
    "experts in each layer": (
        {
            "model_type": "mixtral", "hidden_size": 4096, "num_hidden_layers": 32,
            "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336,
            "vocab_size": 32000, "num_local_experts": 8, "num_experts_per_tok": 2,
            "tie_word_embeddings": False,
        },
        46_702_792_704,
    ),
    "experts in all layers, and a shared one": (
        {
            "model_type": "llama4",
            "text_config": {
                "model_type": "llama4_text", "hidden_size": 5120, "num_hidden_layers": 48,
                "num_attention_heads": 40, "num_key_value_heads": 8, "head_dim": 128,
                "intermediate_size": 8192, "intermediate_size_mlp": 16384,
                "num_local_experts": 16, "num_experts_per_tok": 1, "vocab_size": 202048,
                "interleave_moe_layer_step": 1, "max_position_embeddings": 10485760,
            },
        },
        107_769_861_120,
    ),
    "an encoder": (
        {
            "model_type": "roberta", "hidden_size": 1024, "num_hidden_layers": 24,
            "num_attention_heads": 16, "intermediate_size": 4096, "vocab_size": 50265,
            "max_position_embeddings": 514,
        },
        355_359_744,
    ),
}  # fmt: skip


def shape(config: dict[str, Any]) -> Geometry:
    return from_config(config, known_models().families)


@pytest.mark.parametrize("name", FAMILIES)
def test_parameters_are_those_of_the_network(name: str) -> None:
    config, counted = FAMILIES[name]
    found = shape(config)
    assert found.parameters == pytest.approx(counted, rel=0.005)
    assert found.certain


@pytest.mark.parametrize(
    ("config", "tokens", "gib"),
    [
        (LLAMA, 8192, 1.0),  # 131,072 B a token x 8,192
        (DEEPSEEK, 163_840, 10.72),  # 61 x 576 x 2 B
        (QWEN35, 262_144, 16.143),  # 16 layers x 2 x 4 x 256 x 2 B, and 48 states
    ],
    ids=["heads", "latent", "states"],
)
def test_what_a_request_keeps(config: dict[str, Any], tokens: int, gib: float) -> None:
    assert kv_bytes(shape(config), tokens) / GIB == pytest.approx(gib, rel=0.001)


def test_a_model_with_a_vision_part_takes_sizes_that_are_left_out() -> None:
    found = shape(GEMMA3)
    assert (found.kind, found.heads, found.kv_heads, found.head_dim) == ("vlm", 8, 4, 256)
    # every sixth of 34 layers keeps every token: 5; the others keep 1,024
    assert (found.full_layers, found.window_layers, found.window) == (5, 29, 1024)
    assert found.context == 131072


def test_of_a_model_of_experts_few_are_read() -> None:
    found = shape(DEEPSEEK)
    # 58 layers x 256 experts x 3 x 7,168 x 2,048, of which 8 / 256 are read
    assert found.expert_parameters == 58 * 256 * 3 * 7168 * 2048
    assert found.active_parameters == pytest.approx(36.63e9, rel=0.001)
    assert (found.experts, found.experts_per_token, found.latent) == (256, 8, True)


def test_blocks_listed_one_by_one() -> None:
    config = {
        "model_type": "nemotron_h", "hidden_size": 2688, "head_dim": 128,
        "hybrid_override_pattern": "MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME",
        "num_attention_heads": 32, "num_key_value_heads": 2, "vocab_size": 131072,
        "intermediate_size": 1856, "moe_intermediate_size": 1856, "n_routed_experts": 128,
        "n_shared_experts": 1, "moe_shared_expert_intermediate_size": 3712,
        "num_experts_per_tok": 6, "mamba_num_heads": 64, "mamba_head_dim": 64,
        "ssm_state_size": 128, "n_groups": 8, "conv_kernel": 4, "tie_word_embeddings": False,
    }  # fmt: skip
    found = shape(config)
    assert (found.layers, found.full_layers, found.window_layers) == (52, 6, 0)
    assert found.parameters == pytest.approx(31.6e9, rel=0.005)  # published as 31.6B
    # 23 states of 64 x 64 x 128 in fp32, and three columns of 6,144 in bf16
    assert found.state_bytes == 23 * (4 * 64 * 64 * 128 + 2 * 3 * (4096 + 2 * 8 * 128))


@pytest.mark.parametrize(
    ("quantisation", "dtype"),
    [
        ({"quant_method": "fp8"}, "fp8"),
        ({"quant_method": "fbgemm_fp8"}, "fp8"),
        ({"quant_method": "modelopt", "quant_algo": "FP8"}, "fp8"),
        ({"quant_method": "modelopt", "quant_algo": "NVFP4"}, "fp4"),
        ({"quant_method": "mxfp4"}, "mxfp4"),
        ({"quant_method": "gptq", "bits": 4}, "int4"),
        ({"quant_method": "gptq", "bits": 8}, "int8"),
        ({"quant_method": "awq", "w_bit": 4}, "int4"),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True}, "int4"),
        ({"quant_method": "bitsandbytes", "load_in_8bit": True}, "int8"),
        ({"config_groups": {"g": {"weights": {"num_bits": 4, "type": "int"}}}}, "int4"),
        ({"config_groups": {"g": {"weights": {"num_bits": 8, "type": "float"}}}}, "fp8"),
        ({"config_groups": {"g": {"weights": {"num_bits": 8, "type": "int"}}}}, "int8"),
        ("nonsense", "bf16"),
        (None, "bf16"),
    ],
)
def test_the_precision_is_that_of_the_release(quantisation: Any, dtype: str) -> None:
    assert shape(LLAMA | {"quantization_config": quantisation}).dtype == dtype


@pytest.mark.parametrize(
    ("stated", "dtype"),
    [("float16", "fp16"), ("torch.float32", "fp32"), (None, "bf16"), (3, "bf16")],
)
def test_the_precision_is_that_of_the_tensors(stated: Any, dtype: str) -> None:
    assert shape(LLAMA | {"torch_dtype": stated}).dtype == dtype


@pytest.mark.parametrize(
    ("more", "full", "window"),
    [
        ({"model_type": "mistral", "sliding_window": 4096}, 0, 32),
        ({"model_type": "mistral", "sliding_window": None}, 32, 0),
        ({"model_type": "mistral", "sliding_window": 131072}, 32, 0),  # as long as the context
        ({"model_type": "qwen2", "sliding_window": 4096}, 32, 0),  # the family leaves it unused
        ({"model_type": "gemma2", "sliding_window": 4096}, 16, 16),
        ({"model_type": "cohere2", "sliding_window": 4096, "sliding_window_pattern": 4}, 8, 24),
        (
            {"layer_types": ["sliding_attention", "full_attention"] * 16, "sliding_window": 9},
            16,
            16,
        ),
    ],
)
def test_which_layers_keep_a_window(more: dict[str, Any], full: int, window: int) -> None:
    found = shape(LLAMA | more)
    assert (found.full_layers, found.window_layers) == (full, window)


def test_a_family_that_is_not_known_is_an_estimate() -> None:
    found = shape(LLAMA | {"model_type": "brand_new"})
    assert found.parameters == shape(LLAMA).parameters
    assert not found.certain
    assert not shape({key: value for key, value in LLAMA.items() if key != "model_type"}).certain


SIZES = ("hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size")


@pytest.mark.parametrize("key", SIZES)
def test_a_missing_size_is_named(key: str) -> None:
    with pytest.raises(InputError, match=f"no {key}"):
        shape({name: value for name, value in LLAMA.items() if name != key})


@given(
    st.sampled_from([*SIZES, "num_key_value_heads", "intermediate_size", "head_dim"]),
    st.sampled_from([0, -1, -(10**9), 1.5, float("nan"), float("inf"), True, "8", [], {}, 10**13]),
)
def test_a_size_that_no_network_has_is_named(key: str, value: Any) -> None:
    with pytest.raises(InputError, match=rf"^{key} of the model's configuration is "):
        shape(LLAMA | {key: value})


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"num_key_value_heads": 7}, "32 heads are no multiple of 7 of keys and values"),
        ({"num_key_value_heads": 64}, "32 heads are no multiple of 64"),
        ({"num_local_experts": 4, "num_experts_per_tok": 8}, "passes 8 experts, and there are 4"),
        ({"num_hidden_layers": 10**4, "hidden_size": 10**7}, "more than 100,000,000,000,000"),
    ],
)
def test_sizes_that_do_not_go_together_are_refused(more: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        shape(LLAMA | more)


@pytest.mark.parametrize(
    ("key", "most"), [("num_hidden_layers", "10,000"), ("hidden_size", "100,000,000")]
)
@pytest.mark.parametrize("size", [10**9, 10**12])
def test_a_size_beyond_any_network_names_the_largest(key: str, most: str, size: int) -> None:
    with pytest.raises(InputError) as caught:
        shape(LLAMA | {key: size})
    assert caught.value.hint == f"Expected a whole number from 1 to {most}."


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
KEYS = sorted({*LLAMA, *DEEPSEEK, *QWEN35["text_config"], *GPT_OSS, "text_config", "attn_config",
               "hybrid_override_pattern", "layers_block_type", "moe_layer_freq", "mlp_only_layers",
               "multi_query", "vision_config", "feed_forward_proj"})  # fmt: skip


@given(st.sampled_from([LLAMA, DEEPSEEK, QWEN35, GPT_OSS]), st.sampled_from(KEYS), JSON)
def test_any_value_of_any_key_is_taken_or_named(
    config: dict[str, Any], key: str, value: Any
) -> None:
    with contextlib.suppress(InputError):
        found = shape(config | {key: value})
        assert found.parameters > 0
        assert found.active_parameters > 0


@given(st.dictionaries(st.sampled_from(KEYS), JSON))
def test_any_object_is_taken_or_refused(config: dict[str, Any]) -> None:
    with contextlib.suppress(InputError):
        assert shape(config).parameters > 0
