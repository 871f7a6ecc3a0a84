"""How long an encoder takes: models that read a text in one pass and write no tokens."""

from typing import NamedTuple

from advisor.model.geometry import Accelerator, Geometry
from advisor.modelling.memory import Numbers

_MICRO, _GIGA = 1e-6, 1e9
ENCODES = ("encoder", "embedding", "reranker")
"""The kinds of models that this is about."""


class Device(NamedTuple):
    """What encodes: a device, or CPU cores where there is none."""

    accelerator: Accelerator | None
    cores: float  # physical ones; half the vCPUs where each core runs two threads
    compiled: bool  # by TensorRT, ONNX Runtime or TEI; else PyTorch as it is


def encoding_seconds(
    geometry: Geometry, tokens: float, texts: float, device: Device, numbers: Numbers
) -> float | None:
    """Seconds for some texts read at once; ``None`` where the device's rate is not known.

    The interval around it is ``interval-encoder``, as a factor. On a device all but fp32 runs in 16
    bits; a CPU runs fp32.

    Args:
        geometry: of a model of these kinds, its ``dtype`` the precision that it runs in.
        tokens: of one text.
        texts: read at once.
        device: that reads them.
        numbers: those of ``rules/models.yaml``.
    """
    layers, hidden = geometry.layers, geometry.hidden
    flops = texts * layers * hidden * tokens * (24 * hidden + 4 * tokens)
    if device.accelerator is None:
        rate = device.cores * numbers["encoder-core-flops"] * _GIGA * numbers["encoder-cpu"]
        fixed = numbers["encoder-layer-cpu"]
    else:
        how = "" if device.compiled else "-pytorch"
        if geometry.dtype == "fp32":
            rate = device.accelerator.flops_fp32 * numbers["encoder-gpu-fp32"]
        else:
            rate = device.accelerator.flops_fp16 * numbers[f"encoder-gpu{how}"]
        fixed = numbers[f"encoder-layer{how}"]
    return max(fixed * layers * _MICRO, flops / rate) if rate else None
