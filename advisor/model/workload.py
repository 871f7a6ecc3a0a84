"""Stated and measured values: the first value of the flow."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from advisor.model.value import Value

if TYPE_CHECKING:
    from advisor.model.geometry import Geometry

# What is appended to the key of a quantity. One quantity stands at the key itself, and then none of
# its parts is stated beside it.
LARGEST_FIRST = ("", ".max", ".p99", ".typical")  # as limits read it
USUAL_FIRST = ("", ".typical", ".p99", ".max")  # as load facts read it
TAIL_FIRST = ("", ".p99", ".typical", ".max")  # as the mean reads it, beside the usual one
PARTS = USUAL_FIRST[1:]

# Of a list of models what one fact of `model` says of all: of these keys the largest value, since
# limits must hold for every model; of the weights those of the heaviest model together, since they
# tell of each other; and what all have, or one must have. What names a model is said of each alone.
LARGEST_OF_ALL = ("memory", "accelerator_memory", "image_size", "startup", "disk")
HEAVIEST_OF_ALL = ("size", "parameters", "precision")
SAID_OF_ALL = (
    *(*LARGEST_OF_ALL, *HEAVIEST_OF_ALL, "accelerator", "framework"),
    *("id", "kind", "config", "context", "engine"),
)


GENERATIVE = ("llm", "vlm")
"""Kinds of models that write text, token by token."""

LANGUAGE_SERVERS = ("vllm", "lmi", "tgi", "sglang")
"""Servers of language models; TEI and Triton serve others."""


class Interval(NamedTuple):
    """A closed range of whole base units; ``None`` where nothing bounds it.

    Base units: bytes, microseconds, 84,000ths of a request per month, microseconds per week,
    millionths of a USD per month, or plain counts (see ``advisor.text.quantity``).
    """

    low: int | None
    high: int | None


class Stated(NamedTuple):
    """One value that the user wrote."""

    path: str  # key path: requests.payload.max
    text: str  # as written: 2 MB
    value: Any  # Interval for quantities; str, bool, tuple of str or dict for the rest
    line: int  # 1-based; 0 when it came from an option such as --set
    column: int

    def addresses(self) -> Iterator[str]:
        """The texts that may be an address: its own, or those of a list; tags do not count."""
        if isinstance(self.value, str):
            yield self.value
        elif isinstance(self.value, tuple) and not isinstance(self.value, Interval):
            for each in self.value:
                inner = each.values() if isinstance(each, dict) else (each,)
                yield from (text for text in inner if isinstance(text, str))


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Window(Value):
    """Hours of some days of the week in which requests come."""

    days: tuple[int, ...]  # places in DAYS, in order
    start: int  # minutes of the day
    end: int  # minutes of the day, of the next one where it is not after the start

    @property
    def last(self) -> int:
        """The end in minutes since the day began."""
        return self.end if self.end > self.start else self.end + 24 * 60

    @property
    def text(self) -> str:
        """As people say it: mon, tue 8:00-18:00."""
        ends = "-".join(f"{minutes // 60}:{minutes % 60:02}" for minutes in (self.start, self.end))
        return f"{', '.join(DAYS[day] for day in self.days)} {ends}"


def minutes_covered(windows: tuple[Window, ...]) -> int:
    """Minutes of the week that windows cover together."""
    week = 7 * 24 * 60
    return len(
        {
            (day * 24 * 60 + minute) % week
            for window in windows
            for day in window.days
            for minute in range(window.start, window.last)
        }
    )


class Finding(NamedTuple):
    """A message to the reader, with its place."""

    rule: str
    severity: str  # error | warning | info
    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    fix: str = ""
    source: str = ""


def by_severity(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings with the errors first, then the warnings; else in the order in which they come."""
    rank = {"error": 0, "warning": 1, "info": 2}
    return tuple(sorted(findings, key=lambda each: rank[each.severity]))


class Job(Value):
    """A job of load tests that has ended."""

    name: str
    date: str  # YYYY-MM-DD on which it ended; empty where the result does not say
    file: str  # with its result, as named on the command line

    @property
    def by(self) -> str:
        """``by the job fraud of 2026-11-02 (result.json)``."""
        from advisor.model.printable import printable

        day = f" of {self.date}" if self.date else ""
        return f"by the job {self.name}{day} ({printable(self.file)})"


class TokenTimes(Value):
    """Requests to a language model under some load, on one instance; means, times in seconds."""

    per_second: float  # requests
    request_s: float
    first_token_s: float
    per_token_s: float  # of each further token
    given: float  # tokens of a prompt
    written: float  # of an answer

    @property
    def in_flight(self) -> float:
        """Requests in progress, by Little's law."""
        return self.per_second * self.request_s


class Measurement(Value):
    """One configuration that a load test ran, and how it stands beside the others."""

    job: Job
    instance_type: str  # empty for serverless
    memory_mb: int | None  # serverless memory
    per_second: float  # requests that one instance, or the serverless endpoint, serves at most
    latency_s: float  # of the model at that rate
    setup_s: float | None  # serverless: start of an environment
    cpu_percent: float | None
    memory_percent: float | None
    usd_per_hour: str | None  # of one instance, as the job estimated it
    instances: int | None  # for the peak; None where the configuration was not weighed
    standing: str  # taken | slower | dearer | unusable: by the answer time, then by cost
    note: str  # why it is unusable, else how it compares
    tokens: TokenTimes | None = None  # of a language model
    modelled: TokenTimes | None = None  # the same load as modelled

    @property
    def name(self) -> str:
        """The configuration: an instance type, or serverless inference with its memory."""
        return self.instance_type or f"serverless inference with {self.memory_mb} MB"

    @property
    def by(self) -> str:
        """The measured configuration and its job."""
        return f"on {self.name} {self.job.by}"


class Measured(Value):
    """What of a workload was measured in place of what was stated or assumed."""

    jobs: tuple[Job, ...]
    keys: tuple[str, ...]  # key paths that hold measured values
    taken: Measurement | None  # the instance type that sizing takes
    serverless: Measurement | None  # what serverless inference is sized with
    tests: tuple[Measurement, ...]  # in the order of the results
    findings: tuple[Finding, ...]


class Derived(Value):
    """A value that a workload does not state and its model tells."""

    item: Stated  # a point, or an interval; its place is that of nothing
    middle: int | None  # base units; sizing takes it, limits judge the whole interval
    because: str  # the formula


class OnType(Value):
    """A model on the instances of one type, as modelled for the load of a workload."""

    instance_type: str
    tensor_parallel: int  # devices of one copy
    copies: int  # side by side on one instance
    certain: bool  # false where it fits at the optimistic end only
    unpacked: bool  # weights of fewer bits than its devices compute in
    kept: bool  # whether the targets are kept; true where there are none
    longest: int | None  # tokens of one request whose cache fits by itself; None: any
    holds: int  # requests of the usual length whose cache fits on one instance
    concurrency: int  # of them in flight while the targets are kept
    instances: int  # for the load
    rate: float  # requests a second of the load
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
    sure_context: int  # tokens of one request that is certain to fit
    highest_per_s: float  # requests a second that one instance serves within the targets
    usd_hour: float | None  # of one instance, by the shipped list
    usd_at_load: float | None  # of a million tokens written
    usd_at_most: float | None  # the same where an instance is as busy as the targets allow
    beside: str = ""  # what others measured on the type, in words


class Alternative(Value):
    """The same load with one thing changed, as a plan of its own has it."""

    change: str  # another type, model.precision fp8, model.context 4096
    on: OnType
    runs_on: str = ""  # 2 to 5 x ml.g5.xlarge
    cost: Any = None  # an advisor.model.advice.Cost, of a month or of one run


class Modelled(Value):
    """What the model of a workload tells of it."""

    name: str  # meta-llama/Llama-3.1-8B-Instruct, or 8B parameters
    kind: str
    precision: str = ""
    released: str = ""  # precision that the weights are released in
    hub: str = ""  # full id on the Hugging Face Hub; empty where the table has none
    gated: bool = False  # given out there after a form
    weights: int = 0  # bytes of one copy; 0 where nothing tells them
    kv_per_token: int = 0  # bytes of one token in the cache; 0 where there is none
    context: int = 0  # tokens of the longest request; 0 where it has none
    given: int = 0  # usual tokens of a prompt; 0 where tokens say nothing
    written: int = 0  # of an answer
    derived: Mapping[str, Derived] = {}  # by key path
    assumed: Mapping[str, tuple[str, str]] = {}  # key path -> value and reason
    on: OnType | None = None  # None: no speed is modelled, or no type holds it
    held: bool = True  # false where no type holds it
    lacking: str = ""  # then: the least memory that would, and where it is sold
    fixes: tuple[tuple[str, str], ...] = ()  # then: keys with values at which one does
    loading_s: float = 0.0  # at the most until a container answers whose weights are at hand
    findings: tuple[Finding, ...] = ()
    asked: Any = None  # what was asked of a type; of advisor.engine.model_load.Asked
    alternatives: tuple[Alternative, ...] = ()
    members: tuple[tuple[str, "Modelled"], ...] = ()  # of a list; the rest is of its heaviest

    @property
    def rate(self) -> float:
        """Requests a second at the peak, by Little's law; 0 where no speed is modelled."""
        return 0.0 if self.on is None else self.on.in_flight / self.on.request_s

    @property
    def counts(self) -> Mapping[str, int]:
        """The tokens that are taken, by key path."""
        return {
            "model.context": self.context,
            "requests.tokens.input": self.given,
            "requests.tokens.output": self.written,
        }


class OwnSettings(Value):
    """What files of settings say that changes the answer to a workload."""

    words: str = ""  # all of it in a line, with the files
    said: Mapping[str, Any] = {}  # the same by key, as ``inputs`` of the JSON shows it
    discount: str = ""  # per cent off each price, as decimal text
    snapshot: str = ""  # path of a price snapshot, or of a folder of them
    overlay: str = ""  # what is laid over the rules; see advisor.rulebook.overlay
    prices: str = ""  # JSON of prices laid over snapshots: REGION/COMPONENT/KEY -> entry

    def as_inputs(self) -> dict[str, Any]:
        """``{"settings": …}`` for the inputs of a JSON; empty where no settings count."""
        return {"settings": self.said} if self.said else {}


NO_SETTINGS = OwnSettings()


class Workload(Value):
    """A workload file as read: stated values with their places. An unstated key is absent."""

    name: str
    file: str  # as named on the command line; '-' for standard input
    sha256: str  # of the document's bytes
    values: Mapping[str, Stated]  # key path -> value; needs are 'needs.vpc' -> True
    needs_stated: bool  # a `needs` list is complete: what it leaves out is not needed
    measured: Measured | None = None  # the load tests that some of the values come from
    settings: OwnSettings = NO_SETTINGS
    shapes: Mapping[str, "Geometry"] = {}  # by the path under model.config that tells it
    modelled: Modelled | None = None  # what its model tells in place of what is not stated
    notes: tuple[Finding, ...] = ()  # on how the file was read

    @property
    def as_stated(self) -> "Workload":
        """The same without what its model tells."""
        if self.modelled is None:
            return self
        told = {id(each.item) for each in self.modelled.derived.values()}
        values = {path: each for path, each in self.values.items() if id(each) not in told}
        return self._replace(values=values, modelled=None)

    @property
    def held(self) -> bool:
        """Whether a type that is sold holds the model; true where no model is named."""
        return self.modelled is None or self.modelled.held

    @property
    def untimed(self) -> bool:
        """Whether nothing tells the time of a request of a model that is named.

        What is assumed of other workloads does not stand for it, and no more does a lower bound.
        """
        if self.modelled is None:
            return False
        time = self.stated("requests.processing")
        return time is None or (self.is_told(time.path) and time.value.high is None)

    @property
    def batched(self) -> bool:
        """Whether a load test of a language model says what an instance carries."""
        taken = None if self.measured is None else self.measured.taken
        return taken is not None and taken.tokens is not None

    @property
    def server(self) -> str:
        """The server of the model, by its own key or as the framework; empty without one."""
        return (self.text("model.engine") or self.text("model.framework") or "").lower()

    @property
    def device(self) -> str:
        """The one device that is named as the accelerator, such as a10g; empty for any."""
        said = self.values.get("model.accelerator")
        return "" if said is None or said.text == said.value else said.text

    def middle(self, item: Stated) -> int | None:
        """The middle of an interval that the model tells; ``None`` of what is stated."""
        told = None if self.modelled is None else self.modelled.derived.get(item.path)
        return None if told is None or told.item is not item else told.middle

    def is_told(self, path: str) -> bool:
        """Whether a value is what the model tells, and nobody stated it."""
        told = () if self.modelled is None else self.modelled.derived
        return path in told or f"{path}.max" in told

    def interval(self, path: str) -> Interval | None:
        """The stated range of a quantity or count, ``None`` without one."""
        found = self.values.get(path)
        return found.value if found is not None and isinstance(found.value, Interval) else None

    def text(self, path: str) -> str | None:
        """A stated word or free text, ``None`` without one."""
        found = self.values.get(path)
        return found.value if found is not None and isinstance(found.value, str) else None

    def flag(self, path: str) -> bool | None:
        """A stated boolean, ``None`` without one."""
        found = self.values.get(path)
        return found.value if found is not None and isinstance(found.value, bool) else None

    def items(self, path: str) -> tuple[str, ...]:
        """A stated list of texts (subnets, security groups); empty without one."""
        found = self.values.get(path)
        return found.value if found is not None and isinstance(found.value, tuple) else ()

    def mapping(self, path: str) -> dict[str, Any]:
        """A stated mapping (tags, accept, decision); empty without one."""
        found = self.values.get(path)
        return found.value if found is not None and isinstance(found.value, dict) else {}

    def stated(self, path: str, order: tuple[str, ...] = LARGEST_FIRST) -> Stated | None:
        """What was written at a key, or of its parts the first in an order; ``None``: nothing."""
        for part in order:
            found = self.values.get(path + part)
            if found is not None:
                return found
        return None

    def typical(self, path: str) -> Interval | None:
        """The most usual range stated, ``None`` for a word or when nothing was said."""
        found = self.stated(path, USUAL_FIRST)
        return found.value if found is not None and isinstance(found.value, Interval) else None

    def place(self, path: str) -> tuple[str, int, int]:
        """File, line and column of what was written at a key; line and column 0: nothing."""
        found = self.stated(path)
        return (self.file, found.line, found.column) if found is not None else (self.file, 0, 0)
