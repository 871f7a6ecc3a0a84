"""What follows from the name of a model: figures in place of guesses, and the type they hold on."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from advisor.model.value import Value
from advisor.model.workload import Finding, Stated


class Derived(NamedTuple):
    """A value that a workload does not state and its model tells."""

    item: Stated  # a point, or an interval; its place is that of nothing
    middle: int | None  # base units; sizing takes it, limits judge the whole interval
    because: str  # the formula


class OnType(Value):
    """A model on the instances of one type, as modelled for the load of a workload."""

    instance_type: str
    degree: int  # devices of one copy
    copies: int  # side by side on one instance
    certain: bool  # false where it fits at the optimistic end only
    kept: bool  # whether the targets are kept; true where there are none
    holds: int  # requests of the usual length whose cache fits on one instance
    most: int  # of them in flight while the targets are kept
    instances: int  # for the load
    in_flight: float  # on all of them at the load
    first_token_s: float  # at the load
    per_token_s: float
    request_s: float  # as it is stated, else as modelled
    modelled_s: float
    first_token: tuple[float, float]  # interval of what is modelled, seconds
    per_token: tuple[float, float]
    request: tuple[float, float]
    needs_mib: int  # of the devices of one copy, all together
    host_mib: int  # of the host while the weights are loaded, no more than is planned for
    longest: int  # tokens of a request that fits for certain beside the weights
    highest: float  # requests a second that one instance serves within the targets
    usd_hour: float | None  # of one instance, by the shipped list
    usd_at_load: float | None  # of a million tokens written
    usd_at_most: float | None  # the same where an instance is as busy as the targets allow


class Alternative(Value):
    """The same load with one thing changed."""

    change: str  # another type, model.precision fp8, model.context 4096
    on: OnType


class Modelled(Value):
    """What the model of a workload tells of it."""

    name: str  # meta-llama/Llama-3.1-8B-Instruct, or 8B parameters
    kind: str
    precision: str
    released: str  # precision that the weights are released in
    hub: str  # full id on the Hugging Face Hub; empty where the table has none
    gated: bool  # given out there after a form
    weights: int  # bytes of one copy
    kv_per_token: int  # bytes of one token in the cache; 0 where there is none
    context: int  # tokens of the longest request; 0 where it has none
    given: int  # usual tokens of a prompt; 0 where tokens say nothing
    written: int  # of an answer
    derived: Mapping[str, Derived]  # by key path
    assumed: Mapping[str, tuple[str, str]]  # key path -> value and reason
    rate: float = 0.0  # requests a second at the peak
    on: OnType | None = None  # None: no speed is modelled, or no type holds it
    held: bool = True  # false where no type holds it
    lacking: str = ""  # then: the least memory that would
    fixes: tuple[tuple[str, str], ...] = ()  # then: keys with values at which one does
    findings: tuple[Finding, ...] = ()
    asked: Any = None  # what was asked of a type; of advisor.engine.model_types
    alternatives: tuple[Alternative, ...] = ()
