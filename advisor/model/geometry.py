"""The figures that memory and speed follow from: of a model's network, and of a device."""

from collections.abc import Mapping
from typing import NamedTuple

from advisor.model.value import Value


class Geometry(Value):
    """The shape of a model's network. Counts are parameters or elements; only names end in bytes.

    A figure that the kind of model has no use for is 0; ``experts`` is then 1.
    """

    kind: str  # llm, vlm, embedding, encoder, reranker, seq2seq, speech, diffusion, tabular, …
    dtype: str  # what the weights are released in: bf16, fp8, …
    parameters: int = 0
    active_parameters: int = 0  # read for one token; without input embeddings of their own
    layers: int = 0
    hidden: int = 0
    heads: int = 0
    kv_heads: int = 0
    head_dim: int = 0
    vocabulary: int = 0
    context: int = 0  # longest input and output together, in tokens; 0 where it is not known
    full_layers: int = 0  # layers that keep every token
    window_layers: int = 0  # layers that keep the last `window` tokens
    window: int = 0
    kv_elements: int = 0  # kept for a token in one of the full layers
    window_elements: int = 0  # kept for a token in one of the others
    state_bytes: int = 0  # kept for a sequence of any length
    experts: int = 1
    experts_per_token: int = 1
    expert_parameters: int = 0  # of all experts that are chosen among
    latent: bool = False  # MLA: each device keeps the whole latent
    artifact_bytes: int = 0  # of the weights as they are stored; 0 where it is not known
    certain: bool = True  # the family is known, so the parameters are not an estimate

    @property
    def embedding_parameters(self) -> int:
        """Of the one table that turns tokens into vectors, or back."""
        return self.vocabulary * self.hidden

    @property
    def generates(self) -> bool:
        """Whether it writes token after token, with a cache of keys and values."""
        return self.full_layers + self.window_layers > 0 or self.state_bytes > 0


class Family(NamedTuple):
    """What a family of networks has that its configuration files do not say."""

    kind: str = "llm"
    tied: int = 0  # 1 where one table of embeddings serves input and output
    matrices: int = 3  # of a feed-forward network
    full_every: int = 0  # of how many layers one keeps every token, where windows are used
    shared: int = 0  # experts that every token passes
    positions: int = 0  # 1 where they are learned
    pooler: int = 0  # 1 where one more layer makes a vector of the text
    left_out: Mapping[str, int] = {}  # sizes that such a file may leave out


class Accelerator(Value):
    """One device. Rates are those of dense matrices; 0 where the device has none."""

    id: str  # l40s
    memory_mib: int
    bandwidth: float  # of its memory, bytes a second
    bandwidth_high: float  # where sources differ, the higher figure
    flops_fp32: float  # a second; outside the matrix units
    flops_fp16: float
    flops_bf16: float
    flops_fp8: float
    flops_fp4: float
    link: str  # nvlink4, pcie4, neuronlink2: what joins the devices of an instance
    link_bandwidth: float  # bytes a second, one way

    @property
    def modelled(self) -> bool:
        """Whether speed is modelled: not where models are compiled, nor without a rate."""
        return self.flops_fp16 > 0 and not self.link.startswith("neuronlink")
