"""What a model needs of the machine it runs on: memory, accelerators, workers, disk."""

from advisor.model.options import MULTI_MODEL
from advisor.model.value import Value
from advisor.options.load import counted, mib
from advisor.options.plan_builder import Draft, once
from advisor.rulebook.hardware import CPU, GPU
from advisor.text.quantity import MIB
from advisor.text.quantity_format import number

GIB = 1024 * MIB


class Need(Value):
    """What an instance must offer."""

    accelerator: str  # none, gpu or neuron
    accelerator_mib: int  # over all devices; 0 when nothing is known
    accelerator_text: str
    host_mib: int
    host_text: str
    text: str  # all of it
    workers: int  # vCPUs that the stated concurrency keeps busy
    precision: str
    arm: bool  # may run on Graviton
    local_disk: bool
    single_device: bool  # multi-model endpoints take types with one GPU only
    transform: bool
    device: str = ""  # the one that is named, as instances.csv calls it; empty for any


@once
def models(draft: Draft) -> int:
    """Models behind the workload, the larger end of a range."""
    return max(1, draft.upper("model.count") or 1)


def shared(draft: Draft) -> bool:
    """Whether the models share the instances of a multi-model endpoint."""
    return draft.way == MULTI_MODEL


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
    alone = _alone(draft)
    if together == 1 and not (multi_model or transform or local_disk):
        return alone
    host, host_text = alone.host_mib, alone.host_text
    if together > 1:
        host, host_text = _host(draft, together, multi_model)
    return alone._replace(
        host_mib=host,
        host_text=host_text,
        text=_text(alone.accelerator_text, host_text, alone.workers),
        arm=alone.arm and not transform,
        local_disk=local_disk,
        single_device=multi_model,
        transform=transform,
    )


def with_host(found: Need, host: int, text: str, device: int, device_text: str) -> Need:
    """The need with other memory: of the host in MiB, and of all devices together."""
    return found._replace(
        host_mib=host,
        host_text=text,
        accelerator_mib=device,
        accelerator_text=device_text,
        text=_text(device_text, text, found.workers),
    )


@once
def _alone(draft: Draft) -> Need:
    """The need of an endpoint with one model on each instance."""
    accelerator = _accelerator(draft)
    device, device_text = _device(draft, accelerator)
    host, host_text = _host(draft, 1, multi_model=False)
    workers = 1
    if accelerator == CPU:
        workers = max(1, draft.upper("model.concurrency") or 1)
    return Need(
        accelerator=accelerator,
        device=draft.facts.workload.device,
        accelerator_mib=device,
        accelerator_text=device_text,
        host_mib=host,
        host_text=host_text,
        text=_text(device_text, host_text, workers),
        workers=workers,
        precision=draft.facts.taken("model.precision"),
        arm=draft.needs("graviton"),
        local_disk=False,
        single_device=False,
        transform=False,
    )


@once
def resident_mib(draft: Draft) -> tuple[int | None, str]:
    """Memory of one loaded model in MiB, with its arithmetic; ``None`` when nothing leads to it."""
    stated = draft.upper("model.memory")
    if stated is not None:
        size = -(-stated // MIB)
        return size, f"{mib(size)} loaded{_how(draft, 'model.memory')}"
    weights, text = weights_mib(draft)
    if weights is None:
        return None, "memory of the loaded model not stated"
    copies = draft.number("load-copies")
    return copies * weights, f"{text} x {copies} copies while loading = {mib(copies * weights)}"


@once
def weights_mib(draft: Draft) -> tuple[int | None, str]:
    """The larger of artifact and parameters x bytes, in MiB."""
    size, count = draft.upper("model.size"), draft.upper("model.parameters")
    archive = None if size is None else -(-size // MIB)
    if count is not None:
        precision = draft.facts.taken("model.precision")
        bytes_each = draft.facts.book.bits[precision] / 8
        weights = -(-int(count * bytes_each) // MIB)
        if archive is None or weights > archive:
            said = f"{count:,} parameters{_of_word(draft, 'model.parameters')}"
            each = f"{said} x {number(bytes_each)} bytes ({precision})"
            return weights, f"{each} = {mib(weights)}"
    said = _of_word(draft, "model.size")
    return archive, "" if size is None else f"{mib(size / MIB)} artifact{said}"


def _how(draft: Draft, path: str) -> str:
    """Where a number comes from."""
    if draft.facts.workload.is_told(path):
        return " as modelled"
    return _of_word(draft, path) or " as stated"


def _of_word(draft: Draft, path: str) -> str:
    """The word that a number was taken of; empty where the number was stated."""
    word = draft.text(path)
    return f" (usual of {word!r})" if word else ""


def archive_bytes(draft: Draft) -> int | None:
    """Size of the artifact: stated, else that of the stated parameters."""
    size = draft.upper("model.size")
    if size is not None or draft.upper("model.parameters") is None:
        return size
    return int(draft.facts.taken("model.size"))


def _accelerator(draft: Draft) -> str:
    """What is stated, else a GPU where accelerator memory is, else what is assumed."""
    stated = draft.text("model.accelerator")
    if stated is None and draft.upper("model.accelerator_memory") is not None:
        return GPU
    return str(stated or draft.facts.taken("model.accelerator"))


def _text(accelerator: str, host: str, workers: int) -> str:
    text = f"{accelerator}, {host}" if accelerator else host
    if workers > 1:
        text += f", {counted(workers, 'vCPU')} for as many requests at once"
    return text


def _device(draft: Draft, accelerator: str) -> tuple[int, str]:
    if accelerator == CPU:
        return 0, ""
    stated = draft.upper("model.accelerator_memory")
    if stated is not None:
        size = -(-stated // MIB)
        return size, f"{mib(size)} of accelerator memory{_how(draft, 'model.accelerator_memory')}"
    weights, text = weights_mib(draft)
    if weights is None:
        return 0, "accelerator memory not stated, so the smallest device is taken"
    times = draft.number("accelerator-overhead")
    size = int(weights * times) + 1
    return size, f"{text} x {times} = {mib(size)} of accelerator memory"


def _each(draft: Draft) -> tuple[int, str]:
    """Host memory of one model in MiB, also of one whose weights only pass through."""
    each, text = resident_mib(draft)
    if each is None:
        each = -(-draft.facts.taken("model.memory") // MIB)
        text = f"{mib(each)} assumed for the loaded model"
    return each, text


def _host(draft: Draft, together: int, multi_model: bool) -> tuple[int, str]:
    """Host memory in MiB: the models held at once, or the copies while loading, and the server."""
    server = draft.number("server-memory")
    each, text = _each(draft)
    if together > 1:
        cap = draft.number("shared-models-memory")
        total = each * together
        text = f"{together} models x {text} = {mib(total)}"
        if multi_model and total > cap:
            total, text = max(each, cap), f"{text}, {mib(cap)} held at once"
        each = total
    return each + server, f"{text} + {server} MB server = {mib(each + server)}"
