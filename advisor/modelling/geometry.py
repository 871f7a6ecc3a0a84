"""A model's configuration file, as a mapping, in; its geometry out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from advisor.model.errors import InputError
from advisor.model.geometry import Family, Geometry
from advisor.model.value import Value

_INSIDE = ("text_config", "llm_config", "language_config", "thinker_config")
_LAYERS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers", "encoder_layers")
_HIDDEN = ("hidden_size", "n_embd", "d_model", "dim")
_HEADS = ("num_attention_heads", "n_head", "n_heads", "num_heads", "encoder_attention_heads")
_KV_HEADS = ("num_key_value_heads", "num_kv_heads", "n_head_kv", "multi_query_group_num")
_WIDTH = ("intermediate_size", "ffn_hidden_size", "n_inner", "d_ff", "ffn_dim", "hidden_dim")
_WIDTHS = (*_WIDTH, "encoder_ffn_dim", "intermediate_size_mlp")
_CONTEXT = ("max_position_embeddings", "n_positions", "max_sequence_length", "seq_length")
_EXPERTS = ("num_local_experts", "n_routed_experts", "num_experts", "moe_num_experts")
_CHOSEN = ("num_experts_per_tok", "experts_per_token", "num_experts_per_token", "top_k_experts")
_MOST_LAYERS = 10_000
_MOST = 10**12
"""No size of a network is larger; a file that says so is damaged or hostile."""


def from_config(config: Mapping[str, Any], families: Mapping[str, Family]) -> Geometry:
    """The geometry of a ``config.json``; of a model with a vision part, that of its text part.

    Args:
        config: the file, as JSON has it.
        families: by the ``model_type`` of a file; of one that is not among them the parameters
            are an estimate.

    Raises:
        InputError: a size is missing, negative, zero or no number. The message names the key;
            the caller adds the file.
    """
    network = _Network(_merged(config, families), families)
    kind = network.family.kind
    if kind != "llm":
        return _without_cache(network, kind)
    sees = any(isinstance(config.get(part), Mapping) for part in _SEES)
    return _decoder(network, "vlm" if sees else kind)


_SEES = ("vision_config", "visual", "vision_tower_config")


class _Network:
    """The sizes of a configuration by the names that families give them."""

    def __init__(self, keys: Mapping[str, Any], families: Mapping[str, Family]) -> None:
        self.keys = keys
        name = str(keys.get("model_type"))
        self.certain = name in families
        self.family = families.get(name, Family())
        self.hidden = self.size(*_HIDDEN)
        self.layers = min(self.size(*_LAYERS), _MOST_LAYERS)
        self.heads = self.size(*_HEADS)
        self.kv_heads = self._kv_heads()
        self.head_dim = self.size("head_dim", "kv_channels", "d_kv", default=self._share())
        self.vocabulary = self.size("vocab_size", "padded_vocab_size")
        self.width = self.size(*_WIDTHS, default=4 * self.hidden)
        gated = "gated" in str(keys.get("feed_forward_proj"))
        self.matrices = 3 if gated else self.family.matrices

    def _share(self) -> int:
        return max(self.hidden // self.heads, 1)

    def _kv_heads(self) -> int:
        named = self.size(*_KV_HEADS, default=0)
        inside = self.keys.get("attn_config")
        if isinstance(inside, Mapping) and "kv_n_heads" in inside:
            return _size(inside["kv_n_heads"], "kv_n_heads")
        if self.keys.get("multi_query") and not self.keys.get("new_decoder_architecture"):
            return 1
        return named or self.heads

    def size(self, *names: str, default: int | None = None) -> int:
        """The first of these keys that is stated.

        Raises:
            InputError: none is and there is no default, or it is no whole number above zero.
        """
        for name in names:
            if self.keys.get(name) is not None:
                return _size(self.keys[name], name, least=0 if default == 0 else 1)
        if default is None:
            known = " or ".join(names[:2])
            hint = "Give the config.json of the model's repository, or state model.parameters."
            raise InputError(f"the model's configuration has no {known}", hint=hint)
        return default

    @property
    def tied(self) -> bool:
        """Whether one table serves input and output."""
        stated = self.keys.get("tie_word_embeddings")
        return stated if isinstance(stated, bool) else self.family.tied

    def listed(self, name: str) -> list[Any]:
        """The entries of a list with one entry for a layer; empty where there is none."""
        found = self.keys.get(name)
        return found[: self.layers] if isinstance(found, list) else []


class _Attention(Value):
    """How many layers attend in each way, and what one of them holds and keeps."""

    full: int
    window: int
    linear: int
    reach: int  # tokens of a window
    kv_elements: int
    window_elements: int
    parameters: int  # of all layers
    state_bytes: int
    latent: bool


def _decoder(network: _Network, kind: str) -> Geometry:
    attention = _attention(network)
    dense_layers, moe_layers = _feed_forward_layers(network)
    experts = network.size(*_EXPERTS, default=0)
    chosen, routed, beside = 1, 0, 0
    if experts > 1 and moe_layers:
        chosen = min(network.size(*_CHOSEN, default=1), experts)
        width = network.size("moe_intermediate_size", "expert_ffn_hidden_size", *_WIDTH)
        inner = network.size("moe_latent_size", default=network.hidden)
        routed = moe_layers * experts * network.matrices * inner * width
        beside = moe_layers * (_shared(network, width) + network.hidden * experts)
        beside += moe_layers * 2 * inner * network.hidden * (inner != network.hidden)
    else:
        experts = 1
    table = network.vocabulary * network.hidden
    dense = dense_layers * network.matrices * network.hidden * _dense_width(network)
    norms = (2 * network.layers + 1) * network.hidden
    fixed = attention.parameters + dense + beside + norms + table + _positions(network)
    parameters = fixed + routed + (0 if network.tied else table)
    return Geometry(
        kind=kind,
        dtype=_dtype(network.keys),
        parameters=parameters,
        active_parameters=fixed + routed * chosen // experts,
        layers=network.layers,
        hidden=network.hidden,
        heads=network.heads,
        kv_heads=network.kv_heads,
        head_dim=network.head_dim,
        vocabulary=network.vocabulary,
        context=network.size(*_CONTEXT, default=0),
        full_layers=attention.full,
        window_layers=attention.window,
        window=attention.reach if attention.window else 0,
        kv_elements=attention.kv_elements,
        window_elements=attention.window_elements,
        state_bytes=attention.state_bytes,
        experts=experts,
        experts_per_token=chosen,
        expert_parameters=routed,
        latent=attention.latent,
        certain=network.certain,
    )


def _attention(network: _Network) -> _Attention:
    kinds = _layer_kinds(network)
    full, window = kinds["full"], kinds["window"]
    hidden, heads, kv, size = network.hidden, network.heads, network.kv_heads, network.head_dim
    rank = network.size("kv_lora_rank", default=0)
    linear, state = _linear(network) if kinds["linear"] else (0, 0)
    parameters = kinds["linear"] * linear
    if rank:
        rope, plain = (network.size(f"qk_{name}_head_dim", default=64) for name in ("rope", "nope"))
        value = network.size("v_head_dim", default=plain)
        query = network.size("q_lora_rank", default=0)
        asked = heads * (plain + rope)
        queries = query * (hidden + asked) if query else hidden * asked
        each = queries + hidden * (rank + rope) + rank * heads * (plain + value)
        parameters += (full + window) * (each + heads * value * hidden)
        elements = around = rank + rope
    else:
        wide = network.size("global_head_dim", default=size)
        few = network.size("num_global_key_value_heads", default=kv)
        value = network.size("v_head_dim", default=wide)
        gate = 2 if network.keys.get("attn_output_gate") else 1
        once = 1 if network.keys.get("attention_k_eq_v") else 2
        many = network.size("swa_num_key_value_heads", default=kv)
        elements, around = few * (wide + value), many * (size + min(value, size))
        kept = few * wide if once == 1 else elements
        parameters += full * hidden * (heads * (wide * gate + value) + kept)
        parameters += window * hidden * (heads * (size * gate + min(value, size)) + around)
    return _Attention(
        full=full,
        window=window,
        linear=kinds["linear"],
        reach=_reach(network),
        kv_elements=elements,
        window_elements=around,
        parameters=parameters,
        state_bytes=kinds["linear"] * state,
        latent=rank > 0,
    )


def _layer_kinds(network: _Network) -> Counter[str]:
    """Layers that keep every token (``full``), the last ones (``window``), or a state (``linear``).

    ``none`` counts layers without attention, of networks that list their blocks one by one.
    """
    layers, stated = network.layers, network.listed("layer_types")
    pattern = network.keys.get("hybrid_override_pattern")
    if isinstance(pattern, str) and pattern:
        signs = Counter({"*": "full", "M": "linear"}.get(sign, "none") for sign in pattern)
        return Counter(signs)
    if stated:
        return Counter(_LAYER_TYPES.get(str(each), "full") for each in stated)
    if marks := network.listed("hybrid_layer_pattern"):
        return Counter("window" if each == 1 else "full" for each in marks)
    if network.keys.get("linear_num_value_heads") is not None:
        every = network.size("full_attention_interval", default=4)
        return Counter(full=layers // every, linear=layers - layers // every)
    every = _window_pattern(network)
    if every == 1 or not _reach(network):
        return Counter(full=layers)
    full = 0 if every == 0 else layers // every
    return Counter(full=full, window=layers - full)


_LAYER_TYPES = {
    "sliding_attention": "window",
    "chunked_attention": "window",
    "linear_attention": "linear",
    "mamba": "linear",
}


def _window_pattern(network: _Network) -> int:
    """Of how many layers one keeps every token: 1 all of them do, 0 none does."""
    if network.keys.get("use_sliding_window") is False:
        return 1
    stated = network.size("sliding_window_pattern", "_sliding_window_pattern", default=0)
    return stated or network.family.full_every


def _reach(network: _Network) -> int:
    """Tokens of a window; 0 where the network has none, or none shorter than its context."""
    reach = network.size("sliding_window", "attention_chunk_size", default=0)
    context = network.size(*_CONTEXT, default=0)
    return 0 if context and reach >= context else reach


def _linear(network: _Network) -> tuple[int, int]:
    """Parameters and state bytes of a layer with a state: of gated delta rule or of Mamba 2."""
    size, hidden = network.size, network.hidden
    if network.keys.get("linear_num_value_heads") is not None:
        values, keys = size("linear_num_value_heads"), size("linear_num_key_heads")
        wide, tall = size("linear_value_head_dim"), size("linear_key_head_dim")
        kernel = size("linear_conv_kernel_dim", default=4)
        mixed = 2 * keys * tall + values * wide
        inner = values * wide
        parameters = hidden * (mixed + inner + 2 * values) + inner * hidden
        held = values * wide * tall
    else:
        values = size("mamba_num_heads", "mamba_n_heads")
        wide = size("mamba_head_dim", "mamba_d_head")
        tall = size("ssm_state_size", "mamba_d_state", default=128)
        groups = size("n_groups", "mamba_n_groups", default=1)
        kernel = size("conv_kernel", "mamba_d_conv", default=4)
        inner = values * wide
        mixed = inner + 2 * groups * tall
        parameters = hidden * (inner + mixed + values) + inner * hidden
        held = values * wide * tall
    state = 4 * held + 2 * mixed * (kernel - 1)  # the state is kept in fp32, the rest in bf16
    return parameters + mixed * kernel, state


def _feed_forward_layers(network: _Network) -> tuple[int, int]:
    """How many layers have one feed-forward network, and how many choose among experts."""
    layers = network.layers
    pattern = network.keys.get("hybrid_override_pattern")
    if isinstance(pattern, str) and pattern:
        return pattern.count("-"), pattern.count("E")
    if network.size(*_EXPERTS, default=0) <= 1:
        return layers, 0
    if marks := network.listed("moe_layer_freq"):
        routed = sum(1 for each in marks if each)
        return layers - routed, routed
    first = min(network.size("first_k_dense_replace", default=0), layers)
    every = network.size("interleave_moe_layer_step", "decoder_sparse_step", default=1)
    dense = {each for each in network.listed("mlp_only_layers") if isinstance(each, int)}
    routed = sum(
        1 for each in range(first, layers) if (each + 1) % every == 0 and each not in dense
    )
    if network.keys.get("enable_moe_block"):  # each layer has both
        return layers, routed
    return layers - routed, routed


def _dense_width(network: _Network) -> int:
    named = "intermediate_size_mlp", "dense_intermediate_size"
    return network.size(*named, default=network.width)


def _shared(network: _Network, width: int) -> int:
    """Parameters of what every token passes beside the experts of a layer."""
    named = "shared_expert_intermediate_size", "moe_shared_expert_intermediate_size"
    stated = network.size(*named, "share_expert_dim", default=0)
    if not stated:
        count = network.size("n_shared_experts", "num_shared_experts", default=0)
        stated = width * (count or network.family.shared)
    return network.matrices * network.hidden * stated


def _positions(network: _Network) -> int:
    context = network.size(*_CONTEXT, default=0)
    return context * network.hidden if network.family.positions else 0


def _without_cache(network: _Network, kind: str) -> Geometry:
    """An encoder, or an encoder with a decoder, whose cache is too small to matter."""
    hidden, layers, inner = network.hidden, network.layers, network.heads * network.head_dim
    forward = network.matrices * hidden * network.width
    wide = network.size("embedding_size", default=hidden)
    context = network.size(*_CONTEXT, "max_target_positions", default=512)
    held = network.size("num_hidden_groups", default=layers)  # layers that share their weights
    parameters = network.vocabulary * wide + held * (4 * hidden * inner + forward + 13 * hidden)
    if wide != hidden:
        parameters += wide * hidden
    if kind == "encoder":
        parameters += network.family.positions * (context + 2) * wide
        parameters += network.family.pooler * hidden**2
    else:
        names = "num_decoder_layers", "decoder_layers"
        decoders = network.size(*names, default=layers)
        parameters += decoders * (8 * hidden * inner + forward + 22 * hidden)
        parameters += 0 if network.tied else network.vocabulary * hidden
        layers += decoders
    return Geometry(
        kind=kind,
        dtype=_dtype(network.keys, otherwise="fp32"),
        parameters=parameters,
        active_parameters=parameters,
        layers=layers,
        hidden=hidden,
        heads=network.heads,
        vocabulary=network.vocabulary,
        context=context,
        certain=network.certain,
    )


def _merged(config: Mapping[str, Any], families: Mapping[str, Family]) -> Mapping[str, Any]:
    """The keys of the text part, before those around it."""
    for name in _INSIDE:
        inside = config.get(name)
        if isinstance(inside, Mapping):
            deeper = _merged(inside, families)
            family = families.get(str(deeper.get("model_type")), Family())
            return {**config, **family.left_out, **deeper}
    return config


def _dtype(keys: Mapping[str, Any], otherwise: str = "bf16") -> str:
    """What the weights are stored in: the quantisation, else the type of the tensors."""
    found = keys.get("quantization_config")
    if isinstance(found, Mapping):
        text = str(found).lower()
        for name in ("mxfp4", "nvfp4"):
            if name in text:
                return {"nvfp4": "fp4"}.get(name, name)
        method = str(found.get("quant_method", "")).lower()
        if "fp8" in method or "fp8" in str(found.get("quant_algo", "")).lower():
            return "fp8"
        bits = found.get("bits", found.get("w_bit"))
        if bits == 4 or found.get("load_in_4bit") is True or "'num_bits': 4" in text:
            return "int4"
        floats = "'type': 'float'" in text or "float-quantized" in text
        if bits == 8 or found.get("load_in_8bit") is True or "'num_bits': 8" in text:
            return "fp8" if floats else "int8"
    stated = keys.get("torch_dtype", keys.get("dtype"))
    names = {"bfloat16": "bf16", "float16": "fp16", "float32": "fp32", "float8_e4m3fn": "fp8"}
    return names.get(str(stated).removeprefix("torch."), otherwise)


def _size(value: Any, name: str, least: int = 1) -> int:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not least <= value <= _MOST or value != int(value):
        raise InputError(
            f"{name} of the model's configuration is {str(value)[:40]!r}",
            hint=f"Expected a whole number of at least {least}.",
        )
    return int(value)
