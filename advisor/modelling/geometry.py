"""A model's configuration file, as a mapping, in; its geometry out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from advisor.model.errors import InputError
from advisor.model.geometry import Family, Geometry

# What families call the same size, the usual name first.
_LAYERS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers", "encoder_layers")
_HIDDEN = ("hidden_size", "n_embd", "d_model", "dim")
_HEADS = ("num_attention_heads", "n_head", "n_heads", "num_heads", "encoder_attention_heads")
_KV_HEADS = ("num_key_value_heads", "num_kv_heads", "kv_n_heads", "multi_query_group_num")
_WIDTH = ("intermediate_size", "ffn_hidden_size", "n_inner", "d_ff", "ffn_dim", "hidden_dim")
_DENSE = ("intermediate_size_mlp", "dense_intermediate_size", *_WIDTH, "encoder_ffn_dim")
_CONTEXT = ("max_position_embeddings", "n_positions", "max_seq_len", "seq_length")
_EXPERTS = ("num_local_experts", "n_routed_experts", "num_experts", "moe_num_experts")
_CHOSEN = (
    "num_experts_per_tok",
    "experts_per_token",
    "num_experts_per_token",
    "moe_top_k",
    "top_k_experts",
)
_BESIDE = ("shared_expert_intermediate_size", "moe_shared_expert_intermediate_size")
_BLOCKS = ("hybrid_override_pattern", "layers_block_type")
_INSIDE = (
    "text_config",
    "llm_config",
    "language_config",
    "thinker_config",
    "attn_config",
    "ffn_config",
)
_SEES = ("vision_config", "visual", "vision_tower_config")
# A file that says more is damaged or hostile: of one size, of layers, of parameters and of a state.
_MOST, _MOST_LAYERS, _MOST_OF_ALL = 10**8, 10_000, 10**14
_PUBLISHED = "Give the files as they were published."
_WAYS = {"sliding_attention": "window", "chunked_attention": "window", "*": "full"}
_WAYS |= {"linear_attention": "linear", "mamba": "linear", "M": "linear"}
_WAYS |= {"E": "", "moe": "", "-": "", "mlp": ""}
_TYPES = {"bfloat16": "bf16", "float16": "fp16", "float32": "fp32", "float8_e4m3fn": "fp8"}


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
    if network.family.kind != "llm":
        return bounded(_without_cache(network))
    sees = any(isinstance(config.get(part), Mapping) for part in _SEES)
    return bounded(_decoder(network, "vlm" if sees else "llm"))


def bounded(found: Geometry) -> Geometry:
    """A geometry as it is.

    Raises:
        InputError: its parameters, or what it keeps of a request, are beyond any network.
    """
    if max(found.parameters, found.state_bytes) > _MOST_OF_ALL:
        message = f"the sizes of the model make more than {_MOST_OF_ALL:,} parameters"
        raise InputError(message, hint=_PUBLISHED)
    return found


class _Network:
    """The sizes of a configuration by the names that families give them."""

    def __init__(self, keys: Mapping[str, Any], families: Mapping[str, Family]) -> None:
        self.keys = keys
        self.certain = str(keys.get("model_type")) in families
        self.family = families.get(str(keys.get("model_type")), Family())
        self.hidden = self.size(*_HIDDEN)
        listed = [keys[name] for name in _BLOCKS if isinstance(keys.get(name), (list, str))]
        self.blocks = [str(each) for blocks in listed for each in blocks[:_MOST_LAYERS]]
        blocks = len(self.blocks) or None
        self.layers = self.size(*_LAYERS, default=blocks, most=_MOST_LAYERS)
        self.heads = self.size(*_HEADS)
        one = keys.get("multi_query") is True and not keys.get("new_decoder_architecture")
        self.kv_heads = 1 if one else self.size(*_KV_HEADS, default=self.heads)
        if self.heads % self.kv_heads:
            message = f"{self.heads} heads are no multiple of {self.kv_heads} of keys and values"
            raise InputError(f"the model's configuration: {message}", hint=_PUBLISHED)
        share = max(self.hidden // self.heads, 1)
        self.head_dim = self.size("head_dim", "kv_channels", "d_kv", default=share)
        self.vocabulary = self.size("vocab_size", "padded_vocab_size")
        self.context = self.size(*_CONTEXT, "max_target_positions", default=0)
        gated = "gated" in str(keys.get("feed_forward_proj"))
        self.matrices = 3 if gated else self.family.matrices
        stated = keys.get("tie_word_embeddings")
        self.tied = stated if isinstance(stated, bool) else self.family.tied

    def size(self, *names: str, default: int | None = None, most: int = _MOST) -> int:
        """The first of these keys that is stated.

        Raises:
            InputError: none is and there is no default, or it is no whole number from one to most.
        """
        for name in names:
            if (value := self.keys.get(name)) is not None:
                return _size(value, name, 0 if default == 0 else 1, most)
        if default is None:
            known = " or ".join(names[:2])
            hint = "Give the config.json of the model's repository, or state model.parameters."
            raise InputError(f"the model's configuration has no {known}", hint=hint)
        return default

    def listed(self, name: str) -> list[Any]:
        """The entries of a list with one for each layer; empty where there is none."""
        found = self.keys.get(name)
        return found[: self.layers] if isinstance(found, list) else []


class _Attention(NamedTuple):
    """What a layer holds, in parameters, and keeps of a token, in elements."""

    full: int
    window: int
    kv_elements: int
    window_elements: int


def _decoder(network: _Network, kind: str) -> Geometry:
    hidden, size, ways = network.hidden, network.size, _ways(network)
    latent = size("kv_lora_rank", default=0)
    attention = _latent(network, latent) if latent else _heads(network)
    linear, state = _linear(network) if ways["linear"] else (0, 0)
    experts = max(size(*_EXPERTS, default=0), 1)
    routed_layers, dense_layers = _feed_forward(network)
    chosen, routed, forward = 1, 0, dense_layers * size(*_DENSE, default=4 * hidden)
    fixed = forward * network.matrices * hidden
    if routed_layers:
        chosen = size(*_CHOSEN, default=1)
        if chosen > experts:
            message = f"a token passes {chosen} experts, and there are {experts}"
            raise InputError(f"the model's configuration: {message}", hint=_PUBLISHED)
        width = size("moe_intermediate_size", "expert_ffn_hidden_size", *_WIDTH)
        inner = size("moe_latent_size", "routed_expert_hidden_size", default=hidden)
        routed = routed_layers * experts * network.matrices * inner * width
        shared = size("n_shared_experts", "num_shared_experts", default=0) or network.family.shared
        beside = size(*_BESIDE, "share_expert_dim", default=0) or width * shared
        fixed += routed_layers * hidden * (network.matrices * beside + experts)
        fixed += routed_layers * 2 * inner * hidden * (inner != hidden)
    table = network.vocabulary * hidden
    fixed += ways["full"] * attention.full + ways["window"] * attention.window
    fixed += ways["linear"] * linear + (2 * network.layers + 1) * hidden + table
    fixed += network.family.positions * network.context * hidden
    return Geometry(
        kind=kind,
        dtype=_dtype(network.keys, "bf16"),
        parameters=fixed + routed + (not network.tied) * table,
        active_parameters=fixed + routed * chosen // experts,
        layers=network.layers,
        hidden=hidden,
        heads=network.heads,
        kv_heads=network.kv_heads,
        head_dim=network.head_dim,
        vocabulary=network.vocabulary,
        context=network.context,
        full_layers=ways["full"],
        window_layers=ways["window"],
        window=_reach(network) if ways["window"] else 0,
        kv_elements=attention.kv_elements,
        window_elements=attention.window_elements,
        state_bytes=ways["linear"] * state,
        experts=experts if routed else 1,
        experts_per_token=chosen,
        expert_parameters=routed,
        latent=latent > 0,
        certain=network.certain,
    )


def _heads(network: _Network) -> _Attention:
    """Attention by heads, which in layers with a window may have other sizes."""
    hidden, size = network.hidden, network.size
    gate = 2 if network.keys.get("attn_output_gate") else 1
    wide = size("global_head_dim", default=network.head_dim)
    value = size("v_head_dim", default=wide)
    kept = size("num_global_key_value_heads", default=network.kv_heads)
    near = min(value, network.head_dim)
    around = size("swa_num_key_value_heads", default=network.kv_heads) * (network.head_dim + near)
    computed = wide if network.keys.get("attention_k_eq_v") else wide + value
    return _Attention(
        full=hidden * (network.heads * (wide * gate + value) + kept * computed),
        window=hidden * (network.heads * (network.head_dim * gate + near) + around),
        kv_elements=kept * (wide + value),
        window_elements=around,
    )


def _latent(network: _Network, rank: int) -> _Attention:
    """Attention that keeps one latent of ``rank`` elements, and the part with positions."""
    hidden, heads, size = network.hidden, network.heads, network.size
    rope, plain = (size(f"qk_{name}_head_dim", default=64) for name in ("rope", "nope"))
    value = size("v_head_dim", default=plain)
    query = size("q_lora_rank", default=0)
    asked = heads * (plain + rope)
    queries = query * (hidden + asked) if query else hidden * asked
    keys = hidden * (rank + rope) + rank * heads * (plain + value)
    each = queries + keys + heads * value * hidden
    return _Attention(each, each, rank + rope, rank + rope)


def _ways(network: _Network) -> Counter[str]:
    """Layers that keep every token (``full``), the last ones (``window``), or a state (``linear``).

    Layers that do not attend at all, in networks that list their blocks, have an empty name.
    """
    layers = network.layers
    if listed := network.listed("layer_types") or network.blocks:
        return Counter(_WAYS.get(str(each), "full") for each in listed)
    if marks := network.listed("hybrid_layer_pattern"):
        return Counter("window" if each == 1 else "full" for each in marks)
    if network.keys.get("linear_num_value_heads") is not None:
        full = layers // network.size("full_attention_interval", default=4)
        return Counter(full=full, linear=layers - full)
    every = network.size("sliding_window_pattern", default=network.family.full_every)
    if every == 1 or not _reach(network) or network.keys.get("use_sliding_window") is False:
        return Counter(full=layers)
    full = layers // every if every else 0
    return Counter(full=full, window=layers - full)


def _reach(network: _Network) -> int:
    """Tokens of a window; 0 where the network has none, or none shorter than its context."""
    reach = network.size("sliding_window", "attention_chunk_size", default=0)
    return 0 if network.context and reach >= network.context else reach


def _linear(network: _Network) -> tuple[int, int]:
    """Parameters and state bytes of a layer with a state: of gated delta rule or of Mamba 2."""
    size, hidden = network.size, network.hidden
    kernel = size("linear_conv_kernel_dim", "conv_kernel", "mamba_d_conv", default=4)
    values = size("linear_num_value_heads", "mamba_num_heads", "mamba_n_heads")
    inner = values * size("linear_value_head_dim", "mamba_head_dim", "mamba_d_head")
    tall = size("linear_key_head_dim", "ssm_state_size", "mamba_d_state", default=128)
    groups = size("linear_num_key_heads", "n_groups", "mamba_n_groups", default=1)
    mixed = inner + 2 * groups * tall
    rates = values * (2 if "linear_num_value_heads" in network.keys else 1)
    parameters = hidden * (2 * inner + mixed + rates) + mixed * kernel
    return parameters, 4 * inner * tall + 2 * mixed * (kernel - 1)  # fp32, and bf16


def _feed_forward(network: _Network) -> tuple[int, int]:
    """How many layers choose among experts, and how many have one network for all tokens."""
    layers, size = network.layers, network.size
    if network.blocks:
        count = Counter(network.blocks)
        return count["E"] + count["moe"], count["-"] + count["mlp"]
    if size(*_EXPERTS, default=0) <= 1:
        return 0, layers
    if marks := network.listed("moe_layer_freq"):
        routed = sum(1 for each in marks if each)
        return routed, layers - routed
    first = size("first_k_dense_replace", default=0)
    every = size("interleave_moe_layer_step", "decoder_sparse_step", default=1)
    dense = [each for each in network.listed("mlp_only_layers") if isinstance(each, int)]
    routed = sum((at + 1) % every == 0 and at not in dense for at in range(first, layers))
    return routed, layers if network.keys.get("enable_moe_block") else layers - routed


def _without_cache(network: _Network) -> Geometry:
    """An encoder, or an encoder with a decoder, whose cache is too small to matter."""
    hidden, layers, size, family = network.hidden, network.layers, network.size, network.family
    projections = hidden * network.heads * network.head_dim
    forward = network.matrices * hidden * size(*_DENSE, default=4 * hidden)
    wide = size("embedding_size", default=hidden)
    held = size("num_hidden_groups", default=layers)  # layers that share their weights are one
    parameters = (network.vocabulary + hidden * (wide != hidden)) * wide
    parameters += held * (4 * projections + forward + 13 * hidden)
    parameters += family.positions * (network.context + 2) * wide + family.pooler * hidden**2
    if family.kind != "encoder":
        decoders = size("num_decoder_layers", "decoder_layers", default=layers)
        parameters += decoders * (8 * projections + forward + 22 * hidden)
        parameters += (not network.tied) * network.vocabulary * hidden
        layers += decoders
    return Geometry(
        kind=family.kind,
        dtype=_dtype(network.keys, "fp32"),
        parameters=parameters,
        active_parameters=parameters,
        layers=layers,
        hidden=hidden,
        heads=network.heads,
        vocabulary=network.vocabulary,
        context=network.context,
    )


def _merged(config: Mapping[str, Any], families: Mapping[str, Family]) -> Mapping[str, Any]:
    """The keys of the inner parts, before those around them and before what these leave out."""
    found = config
    for name in _INSIDE:
        inside = config.get(name)
        if isinstance(inside, Mapping):
            deeper = _merged(inside, families)
            family = families.get(str(deeper.get("model_type")), Family())
            found = {**found, **family.left_out, **deeper}
    return found


def _dtype(keys: Mapping[str, Any], otherwise: str) -> str:
    """What the weights are stored in: the quantisation, else the type of the tensors."""
    found = keys.get("quantization_config")
    if isinstance(found, Mapping):
        text = str(found).lower()
        if "mxfp4" in text:
            return "mxfp4"
        if "nvfp4" in text:
            return "fp4"
        method = f"{found.get('quant_method')} {found.get('quant_algo')}".lower()
        bits = found.get("bits", found.get("w_bit"))
        if bits == 4 or found.get("load_in_4bit") is True or "'num_bits': 4" in text:
            return "int4"
        floats = "fp8" in method or "'type': 'float'" in text
        if floats or bits == 8 or found.get("load_in_8bit") is True or "'num_bits': 8" in text:
            return "fp8" if floats else "int8"
    stated = keys.get("torch_dtype", keys.get("dtype"))
    return _TYPES.get(str(stated).removeprefix("torch."), otherwise)


def _size(value: Any, name: str, least: int, most: int) -> int:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not least <= value <= most or value != int(value):
        shown, hint = str(value)[:40], f"Expected a whole number from {least} to {most:,}."
        raise InputError(f"{name} of the model's configuration is {shown!r}", hint=hint)
    return int(value)
