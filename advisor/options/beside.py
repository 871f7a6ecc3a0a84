"""Whether other models stand beside that of the workload; ``variants`` makes what there is."""

from __future__ import annotations

from advisor.model.advice import Parameters, Request
from advisor.model.usage import VariantUsage
from advisor.model.value import Value
from advisor.options.plan_builder import Draft, once
from advisor.rulebook.hardware import Instance

_NEEDS = ("multiple-variants", "shadow-testing")
_KEYS = ("deploy.variants", "deploy.shadow")


class Beside(Value):
    """One variant beside the workload's own."""

    name: str
    image: str | None  # that of the workload, unless stated
    artifact: str | None
    weight: float  # of the workload's own variant: 1
    instance_type: str
    instances: int
    because: str
    shadow: bool = False


def others(draft: Draft, instance: Instance, count: int, *, shared: bool) -> tuple[Beside, ...]:
    """The other variants of a real-time endpoint; see ``variants.beside``."""
    if not _asked(draft):
        return ()
    # Most workloads have none, and start-up is a promise.
    from advisor.options import variants

    return variants.beside(draft, instance, count, shared=shared)


def add(
    draft: Draft, found: tuple[Beside, ...], model: Request, config: Parameters
) -> tuple[Request, ...]:
    """Their models, and their variants in the configuration; see ``variants.add``."""
    if not found:
        return ()
    from advisor.options import variants

    return variants.add(draft, found, model, config)


def elsewhere(draft: Draft) -> None:
    """Say of an option without variants that the stated ones are not set up."""
    if _asked(draft):
        from advisor.options import variants

        variants.elsewhere(draft)


@once
def _asked(draft: Draft) -> bool:
    stated = any(path.startswith(_KEYS) for path in draft.facts.workload.values)
    return stated or any(draft.needs(need) for need in _NEEDS)


def usage(others: tuple[Beside, ...]) -> tuple[VariantUsage, ...]:
    """What their cost depends on."""
    return tuple(VariantUsage(each.name, each.instance_type, each.instances) for each in others)


def alike(others: tuple[Beside, ...], instance: Instance) -> int:
    """Instances of one type among them."""
    return sum(each.instances for each in others if each.instance_type == instance.type)
