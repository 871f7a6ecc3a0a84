"""What a model needs of the machine it runs on: memory, accelerators, workers, disk."""

from typing import NamedTuple

from advisor.options.draft import Draft
from advisor.options.load import mib, number, upper
from advisor.rulebook.hardware import CPU, GPU

MIB = 1024 * 1024
GIB = 1024 * MIB
_BYTES = {"fp32": 4.0, "fp16": 2.0, "bf16": 2.0, "int8": 1.0, "int4": 0.5}


class Need(NamedTuple):
    """What an instance must offer."""

    accelerator: str  # none, gpu or neuron
    accelerator_mib: int  # over all devices; 0 when nothing is known
    accelerator_text: str
    host_mib: int
    host_text: str
    workers: int  # vCPUs that the stated concurrency keeps busy
    precision: str | None
    arm: bool  # may run on Graviton
    local_disk: bool
    single_device: bool  # multi-model endpoints take types with one GPU only
    transform: bool


def models(draft: Draft) -> int:
    """Models behind the workload, the larger end of a range."""
    return max(1, upper(draft.facts.interval("model.count")) or 1)


def shared(draft: Draft) -> bool:
    """Whether the models share the instances of a multi-model endpoint."""
    facts = draft.facts
    apart = facts.needs("multi-container") or facts.needs("inference-pipeline")
    return models(draft) > 1 and not apart


def need(
    draft: Draft,
    *,
    together: int = 1,
    multi_model: bool = False,
    transform: bool = False,
    local_disk: bool = False,
) -> Need:
    """The need of a workload.

    Args:
        draft: the plan being made.
        together: models that one instance holds at once.
        multi_model: whether they are loaded and unloaded as they are called.
        transform: whether the type must be one of batch transform's.
        local_disk: whether the model outgrows the volume that the option gives.
    """
    facts = draft.facts
    accelerator = _accelerator(draft)
    device, device_text = _device(draft, accelerator)
    host, host_text = _host(draft, accelerator, together, multi_model)
    concurrency = upper(facts.workload.interval("model.concurrency"))
    return Need(
        accelerator,
        device,
        device_text,
        host,
        host_text,
        max(1, concurrency or 1) if accelerator == CPU else 1,
        facts.word("model.precision"),
        facts.needs("graviton") and not transform,
        local_disk,
        multi_model and accelerator == GPU,
        transform,
    )


def resident_mib(draft: Draft) -> tuple[int | None, str]:
    """Memory of one loaded model in MiB, with its arithmetic; ``None`` when nothing leads to it."""
    stated = upper(draft.facts.workload.interval("model.memory"))
    if stated is not None:
        size = -(-stated // MIB)
        return size, f"{mib(size)} loaded as stated"
    weights, text = weights_mib(draft)
    if weights is None:
        return None, "memory of the loaded model not stated"
    copies = draft.number("load-copies")
    return copies * weights, f"{text} x {copies} copies while loading = {mib(copies * weights)}"


def weights_mib(draft: Draft) -> tuple[int | None, str]:
    """The larger of artifact and parameters x bytes, in MiB."""
    facts = draft.facts
    known: list[tuple[int, str]] = []
    size = upper(facts.workload.interval("model.size"))
    if size is not None:
        known.append((-(-size // MIB), f"{mib(size / MIB)} artifact"))
    count = upper(facts.workload.interval("model.parameters"))
    if count is not None:
        precision = facts.taken("model.precision")
        bytes_each = _BYTES[precision]
        weights = -(-int(count * bytes_each) // MIB)
        each = f"{count:,} parameters x {number(bytes_each)} bytes ({precision})"
        known.append((weights, f"{each} = {mib(weights)}"))
    return max(known, default=(None, ""), key=lambda pair: pair[0] or 0)


def _accelerator(draft: Draft) -> str:
    """What is stated, else a GPU where accelerator memory is, else what is assumed."""
    facts = draft.facts
    stated = facts.word("model.accelerator")
    if stated is None and facts.workload.interval("model.accelerator_memory") is not None:
        return GPU
    return str(stated or facts.taken("model.accelerator"))


def _device(draft: Draft, accelerator: str) -> tuple[int, str]:
    if accelerator == CPU:
        return 0, ""
    stated = upper(draft.facts.workload.interval("model.accelerator_memory"))
    if stated is not None:
        size = -(-stated // MIB)
        return size, f"{mib(size)} of accelerator memory as stated"
    weights, text = weights_mib(draft)
    if weights is None:
        return 0, "accelerator memory not stated, so the smallest device is taken"
    times = draft.number("accelerator-overhead")
    size = int(weights * times) + 1
    return size, f"{text} x {times} = {mib(size)} of accelerator memory"


def _host(draft: Draft, accelerator: str, together: int, multi_model: bool) -> tuple[int, str]:
    """Host memory in MiB: the models held at once, or the copies while loading, and the server."""
    server = draft.number("server-memory")
    each, text = resident_mib(draft)
    if each is None:
        each = -(-draft.facts.taken("model.memory") // MIB)
        text = f"{mib(each)} assumed for the loaded model"
    weights, weights_text = weights_mib(draft)
    loading = (weights or 0) * draft.number("load-copies")
    if accelerator != CPU and loading > each:
        each = loading
        text = f"{weights_text} x {draft.number('load-copies')} copies while loading"
    if together > 1:
        cap = draft.number("shared-models-memory")
        total = each * together
        text = f"{together} models x {text} = {mib(total)}"
        if multi_model and total > cap:
            total, text = max(each, cap), f"{text}, of which {mib(cap)} are held at once"
        each = total
    return each + server, f"{text} + {server} MB server = {mib(each + server)}"
