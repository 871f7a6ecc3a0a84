"""What checks read of an instance type: memory, devices, cores, family and properties, stated."""

from __future__ import annotations

import pytest

from advisor.gate.rules.instances import (
    accelerators,
    family,
    is_a,
    memory_bytes,
    memory_of,
    neuron_cores,
)

GIB = 1024**3


@pytest.mark.parametrize(
    ("name", "host", "devices", "count", "cores", "kind"),
    [
        ("ml.m5.large", 8, None, 0, None, "m5"),
        ("ml.c7g.large", 4, None, 0, None, "c7g"),
        # An A10G has 22,888 MiB, four of them 91,552 MiB.
        ("ml.g5.xlarge", 16, 22888 / 1024, 1, None, "g5"),
        ("ml.g5.12xlarge", 192, 91552 / 1024, 4, None, "g5"),
        # Eight A100 of 40,960 MiB.
        ("ml.p4d.24xlarge", 1152, 320, 8, None, "p4d"),
        # An Inferentia2 has 32 GiB and two cores; the largest type has twelve of them.
        ("ml.inf2.xlarge", 16, 32, 1, 2, "inf2"),
        ("ml.inf2.48xlarge", 768, 384, 12, 24, "inf2"),
    ],
)
def test_the_memory_and_the_devices_of_a_type(
    name: str, host: float, devices: float | None, count: int, cores: int | None, kind: str
) -> None:
    total = None if devices is None else round(devices * GIB)
    assert memory_bytes(name) == (host * GIB, total)
    assert memory_of(name) == max(host * GIB, total or 0)
    assert accelerators(name) == count
    assert neuron_cores(name) == cores
    assert family(name) == kind


def test_of_an_unknown_type_nothing_is_known() -> None:
    assert memory_bytes("ml.none.large") == (None, None)
    assert memory_of("ml.none.large") is None
    assert accelerators("ml.none.large") is None
    assert neuron_cores("ml.none.large") is None
    assert is_a("ml.none.large", "gpu") is None
    assert (family("ml.none.large"), family("text")) == ("none", "text")


@pytest.mark.parametrize(
    ("name", "has"),
    [
        ("ml.m5.large", "no-gpu no-neuron x86 unpartitioned"),
        ("ml.m5d.large", "local-storage no-gpu no-neuron x86 unpartitioned"),
        ("ml.c7g.large", "no-gpu no-neuron arm unpartitioned"),
        ("ml.t2.medium", "no-gpu no-neuron x86 burstable unpartitioned"),
        ("ml.g5.xlarge", "local-storage gpu no-neuron x86 unpartitioned"),
        ("ml.g5.12xlarge", "local-storage gpu several-gpus no-neuron x86 unpartitioned"),
        ("ml.p4d.24xlarge", "local-storage gpu several-gpus no-neuron x86"),
        ("ml.inf1.xlarge", "neuron no-gpu x86 unpartitioned inferentia-1"),
        ("ml.inf2.xlarge", "neuron no-gpu x86 unpartitioned"),
    ],
)
def test_the_properties_of_a_type(name: str, has: str) -> None:
    every = (
        "local-storage gpu several-gpus neuron no-gpu no-neuron arm x86 burstable unpartitioned"
        " inferentia-1"
    )
    assert {each for each in every.split() if is_a(name, each)} == set(has.split())
