"""Instance types and their families, and what makes one smaller than another."""

from collections.abc import Iterable, Mapping, Sequence

from advisor.model.value import Value
from advisor.rulebook.lazy_mapping import OnDemand
from advisor.rulebook.types import Source

CPU, GPU, NEURON = "none", "gpu", "neuron"
_CLASS_ORDER = {"general": 0, "memory": 1, "compute": 2, "gpu": 0, "large-gpu": 1, "neuron": 0}


class Family(Value):
    """What the types of one family have in common."""

    id: str  # m5
    title: str
    group: str  # general, compute, memory, burstable, gpu, large-gpu, neuron, other
    order: int  # among families of the group that fit equally well
    choose: bool  # whether sizing takes it without being told to
    lacks: frozenset[str]  # precisions that the accelerator cannot compute in
    autoscaling: bool
    training_plans: bool  # its capacity can be reserved for endpoints, sold by the hour or not
    origin: Source

    @property
    def generation(self) -> int:
        """The number in the family's name: 5 of m5, 200 of p6-b200 aside."""
        return int(next((sign for sign in self.id if sign.isdecimal()), "0"))


class Instance(Value):
    """One instance type. Numbers are ``None`` where no specification is known."""

    type: str  # ml.m5.xlarge
    family: Family
    vcpu: int | None
    memory_mib: int | None
    accelerator: str  # none, gpu, neuron or gaudi
    accelerator_model: str
    accelerator_count: int | None
    accelerator_memory_mib: int | None  # of one device
    arch: str  # x86_64, arm64 or empty
    local_nvme: bool | None
    in_transform: bool
    source: str

    @property
    def accelerator_total_mib(self) -> int:
        """Memory of all devices together; 0 without devices or figures."""
        return (self.accelerator_count or 0) * (self.accelerator_memory_mib or 0)


class InstanceTypes:
    """All instance types by name, and the ones that sizing may choose."""

    def __init__(
        self, types: Sequence[Sequence[str]], families: Iterable[Mapping[str, str]]
    ) -> None:
        """Take ``instances.csv``, the names of its columns first, and rows of ``families.csv``."""
        self._columns = types[0]
        name = self._columns.index("instance_type")
        self._rows = {row[name]: row for row in types[1:]}
        self._chosen_families = {row["id"] for row in families if row["choose"] == "true"}
        self.families = OnDemand({row["id"]: row for row in families}, _family)
        self.types = OnDemand(self._rows, self._instance)
        self._candidates: dict[str, tuple[Instance, ...]] = {}

    def get(self, name: str) -> Instance | None:
        """The instance type of that name, ``None`` when the API has none."""
        return self.types[name] if name in self._rows else None

    def candidates(self, accelerator: str) -> tuple[Instance, ...]:
        """Types that sizing may choose for ``none``, ``gpu`` or ``neuron``."""
        if accelerator not in self._candidates:
            kind, vcpu = (self._columns.index(each) for each in ("accelerator", "vcpu"))
            self._candidates[accelerator] = tuple(
                self.types[name]
                for name, row in self._rows.items()
                if row[kind] == accelerator
                and row[vcpu]
                and family_of(name) in self._chosen_families
            )
        return self._candidates[accelerator]

    def _instance(self, values: Sequence[str]) -> Instance:
        row = dict(zip(self._columns, values, strict=True))
        name = row["instance_type"]
        nvme = row["local_nvme"]
        return Instance(
            type=name,
            family=self.families[family_of(name)],
            vcpu=_number(row["vcpu"]),
            memory_mib=_number(row["memory_mib"]),
            accelerator=row["accelerator"],
            accelerator_model=row["accelerator_model"],
            accelerator_count=_number(row["accelerator_count"]),
            accelerator_memory_mib=_number(row["accelerator_memory_mib"]),
            arch=row["arch"],
            local_nvme=nvme == "true" if nvme else None,
            in_transform=row["in_transform"] == "true",
            source=row["source"],
        )


def family_of(instance_type: str) -> str:
    """The id of a type's family: m5 of ml.m5.xlarge; empty where the name has another form."""
    parts = instance_type.split(".")
    return parts[1] if len(parts) == 3 else ""


def size(instance: Instance) -> tuple[int, ...]:
    """What makes two types equal fits: fewest devices and vCPUs first, then the least memory.

    A model on one device needs no parallelism between devices; among CPU types those of general
    purpose come before the others of as many vCPUs.
    """
    group = _CLASS_ORDER.get(instance.family.group, len(_CLASS_ORDER))
    vcpu, memory = instance.vcpu or 0, instance.memory_mib or 0
    if instance.accelerator == CPU:
        return (vcpu, group, memory)
    devices, device = instance.accelerator_count or 0, instance.accelerator_memory_mib or 0
    return (group, devices, device, vcpu, memory)


def _family(row: Mapping[str, str]) -> Family:
    return Family(
        id=row["id"],
        title=row["title"],
        group=row["class"],
        order=int(row["order"]),
        choose=row["choose"] == "true",
        lacks=frozenset(row["lacks"].split()),
        autoscaling=row["autoscaling"] == "true",
        training_plans=row["training_plans"] == "true",
        origin=Source(
            because=row["because"], source=row["source"], as_of=row["as_of"], since=row["since"]
        ),
    )


def _number(text: str) -> int | None:
    return int(text) if text else None
