"""Checks of inference components against the variant that hosts them."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.configuration.document import Node, Resource
from advisor.gate.rules.instances import accelerators, is_a, memory_bytes
from advisor.gate.rules.view import Fault, View, no_such_variant, number_of, text_of
from advisor.text.quantity import MIB


def config_of(view: View) -> Resource | None:
    """The configuration of the component's endpoint, where the document makes both."""
    endpoint = view.world.meant_by(view.body.get("EndpointName"), "Endpoint", "EndpointName")
    return view.config_of(endpoint) if endpoint is not None else None


def _variants(view: View) -> list[Node]:
    """The production variants of the component's endpoint; empty where they are not known."""
    config = config_of(view)
    if config is None:
        return []
    return [node for path, node in view.variants(config) if path[0] == "ProductionVariants"]


def host_of(view: View) -> Node | None:
    """The variant that the component names, where it is known."""
    name = text_of(view.body.get("VariantName"))
    named = (each for each in _variants(view) if text_of(each.get("VariantName")) == name)
    return next(named, None) if name else None


def unknown_variant(view: View) -> Iterator[Fault]:
    """A component for a variant that the endpoint's configuration does not have."""
    node = view.body.get("VariantName")
    text = text_of(node)
    if node is not None and text is not None:
        yield from no_such_variant(node, ("VariantName",), text, _variants(view))


def unknown_in_update(view: View) -> Iterator[Fault]:
    """A weight or a capacity for a variant that the endpoint's configuration does not have."""
    config = config_of(view)
    if config is None or view.world.of_kind("EndpointUpdate"):
        return  # an update may have brought another configuration
    variants = [node for _, node in view.variants(config)]
    for index, item in enumerate(view.body.items("DesiredWeightsAndCapacities")):
        node = item.get("VariantName")
        text = text_of(node)
        if node is not None and text is not None:
            path = ("DesiredWeightsAndCapacities", index, "VariantName")
            yield from no_such_variant(node, path, text, variants)


def on_other_variant(view: View) -> Iterator[Fault]:
    """A component on a variant that names a model, or that is serverless."""
    host, node = host_of(view), view.body.get("VariantName")
    for field, words in (("ModelName", "names a model"), ("ServerlessConfig", "is serverless")):
        found = host.get(field) if host is not None else None
        if node is not None and found is not None and found.kind != "unknown":
            message = f"the variant {text_of(node)!r} {words}, so it hosts no components"
            yield Fault(node, ("VariantName",), message, related=(found,))


def does_not_fit(view: View) -> Iterator[Fault]:
    """A component that asks for more than one instance of its variant has."""
    host = host_of(view)
    type_name = text_of(host.get("InstanceType")) if host is not None else None
    path = ("Specification", "ComputeResourceRequirements")
    needs = view.body.at(*path)
    if needs is None or type_name is None:
        return
    memory, devices = memory_bytes(type_name)[0], accelerators(type_name)
    partition = needs.get("AcceleratorPartitionType")
    if partition is not None and is_a(type_name, "unpartitioned"):
        message = f"{type_name} has no accelerator that can be partitioned"
        yield Fault(partition, (*path, "AcceleratorPartitionType"), message)
    for field, most, unit in (
        ("MinMemoryRequiredInMb", memory // MIB if memory else None, "MB of memory"),
        ("NumberOfAcceleratorDevicesRequired", devices, "accelerators"),
    ):
        node = needs.get(field)
        wanted = number_of(node)
        if node is not None and wanted is not None and most is not None and wanted > most:
            message = f"{field} {wanted:g}: {type_name} has {most:,} {unit}"
            yield Fault(node, (*path, field), message)
